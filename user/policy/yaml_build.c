/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a tree of nodes from the events of libfyaml's parser. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/yaml_build.h"

/* The parser's words that need better ones. */
static const char *const reworded[][2] = {
	{"invalid tab as indendation in a mapping",
	 "a tab cannot indent: use spaces"},
	{"tab character may not be used as indentation",
	 "a tab cannot indent: use spaces"},
	{"invalid nested block mapping on the same line",
	 "a second ': ' in one line: put the value in quotes"},
	{"flow sequence without a closing bracket", "'[' without its ']'"},
	{"flow mapping without a closing brace", "'{' without its '}'"},
	{"double-quoted scalar without closing quote",
	 "'\"' without its closing '\"'"},
	{"single-quoted scalar without closing quote",
	 "\"'\" without its closing \"'\""},
};

static enum yaml_kind kind_from_event(enum fy_event_type type)
{
	if (type == FYET_SEQUENCE_START)
		return YAML_LIST;
	return type == FYET_MAPPING_START ? YAML_MAPPING : YAML_SCALAR;
}

/* Puts a node where the text has it. */
static int attach(struct builder *builder, struct yaml_node *node)
{
	struct frame *frame = yaml_innermost(builder);

	if (!frame) {
		builder->yaml->root = node;
		return 0;
	}
	if (frame->node->kind == YAML_MAPPING && !frame->key) {
		frame->key = node;
		if (node->kind == YAML_SCALAR)
			return 0;
		return yaml_error(builder->diag, node,
				  "expected a name, got a %s",
				  node->kind == YAML_LIST ? "list" : "mapping");
	}
	node->key = frame->key;
	frame->key = NULL;
	if (frame->last)
		frame->last->next = node;
	else
		frame->node->first = node;
	frame->last = node;
	frame->node->count++;
	return 0;
}

static int frame_open(struct builder *builder, struct yaml_node *node)
{
	struct frame *frame;

	if (builder->depth == YAML_DEPTH_MAX)
		return yaml_error(builder->diag, node,
				  "nested more than %d deep", YAML_DEPTH_MAX);
	frame = &builder->frames[builder->depth++];
	*frame = (struct frame){.node = node};
	node->is_open = 1;
	return 0;
}

static int check_duplicates(struct builder *builder,
			    const struct yaml_node *mapping)
{
	const struct yaml_node *element, *key;
	struct names lines = {};
	int err = 0;

	yaml_for_each(element, mapping)
	{
		key = element->key;
		err = names_add(&lines, key->text, key->line);
		if (err == -ENOMEM)
			break;
		if (err)
			yaml_error(builder->diag, key,
				   "'%s' stands here twice, first in line %ld",
				   key->text, names_find(&lines, key->text));
		err = 0;
	}
	names_release(&lines);
	return err;
}

/* "[a: b]" begins with its first key, whatever the event says. */
static int frame_close(struct builder *builder, struct fy_event *event)
{
	struct yaml_node *node = builder->frames[--builder->depth].node;
	const struct fy_mark *end = fy_event_end_mark(event);
	unsigned int line, column;

	node->is_open = 0;
	if (end) {
		source_locate(builder->source, end->input_pos, &line, &column);
		if (line == node->line && column > node->column)
			node->length = column - node->column;
	}
	if (node->kind != YAML_MAPPING)
		return 0;
	if (node->first && node->first->key->line == node->line &&
	    node->first->key->column < node->column)
		node->column = node->first->key->column;
	return check_duplicates(builder, node);
}

static int take_node(struct builder *builder, struct fy_event *event)
{
	struct yaml_node *node = NULL;
	struct fy_token *anchor = NULL;
	int err;

	if (builder->yaml->count > YAML_NODES_MAX)
		return yaml_error(builder->diag, builder->yaml->newest,
				  "capacity exceeded: more than %d values",
				  YAML_NODES_MAX);
	if (event->type == FYET_ALIAS) {
		err = yaml_node_from_alias(builder, event, &node);
	} else {
		err = yaml_node_from_event(builder, event,
					   kind_from_event(event->type), &node);
		anchor = fy_event_get_anchor_token(event);
	}
	if (!err)
		err = yaml_node_anchor(builder, anchor, node);
	if (!err)
		err = attach(builder, node);
	if (!err && event->type != FYET_ALIAS && node->kind != YAML_SCALAR)
		err = frame_open(builder, node);
	return err;
}

static int begin_document(struct builder *builder, struct fy_event *event)
{
	const struct fy_version *version;
	struct yaml_node *place;

	place = yaml_node_new(builder, 0);
	if (!place)
		return -ENOMEM;
	yaml_node_place(builder, place, fy_event_start_mark(event), NULL);
	if (builder->documents++)
		return yaml_error(builder->diag, place,
				  "a second document begins here: "
				  "only one is read");
	version =
		fy_document_state_version(event->document_start.document_state);
	if (version && (version->major != 1 || version->minor != 2))
		return yaml_error(builder->diag, place,
				  "YAML %d.%d: only 1.2 is read",
				  version->major, version->minor);
	return 0;
}

static int take_event(struct builder *builder, struct fy_event *event)
{
	switch (event->type) {
	case FYET_DOCUMENT_START:
		return begin_document(builder, event);
	case FYET_SCALAR:
	case FYET_ALIAS:
	case FYET_SEQUENCE_START:
	case FYET_MAPPING_START:
		return take_node(builder, event);
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		return frame_close(builder, event);
	default:
		return 0;
	}
}

static const char *reword(const char *message)
{
	size_t i;

	for (i = 0; i < sizeof(reworded) / sizeof(reworded[0]); i++)
		if (!strcmp(message, reworded[i][0]))
			return reworded[i][1];
	return message;
}

/* What is never closed is found at the end: show where it begins. */
static int report_syntax(struct builder *builder, struct fy_diag *messages)
{
	struct yaml_node *place = yaml_node_new(builder, 0);
	struct fy_diag_error *message;
	const struct fy_mark *start = NULL;
	const struct fy_mark *end = NULL;
	void *iterator = NULL;

	if (!place)
		return -ENOMEM;
	do
		message = fy_diag_errors_iterate(messages, &iterator);
	while (message && message->type != FYET_ERROR);
	if (message && message->fyt) {
		start = fy_token_start_mark(message->fyt);
		end = fy_token_end_mark(message->fyt);
	}
	if (start && builder->depth &&
	    start->input_pos >= builder->source->size)
		place = builder->frames[builder->depth - 1].node;
	else
		yaml_node_place(builder, place, start, end);
	return yaml_error(builder->diag, place, "%s",
			  message ? reword(message->msg) : "not YAML");
}

static int parse(struct builder *builder, struct fy_parser *parser,
		 struct fy_diag *messages)
{
	struct fy_event *event;
	int err = 0;

	if (fy_parser_set_string(parser, builder->source->text,
				 builder->source->size))
		return -ENOMEM;
	while (!err && (event = fy_parser_parse(parser))) {
		err = take_event(builder, event);
		fy_parser_event_free(parser, event);
	}
	if (!err && fy_parser_get_stream_error(parser))
		err = report_syntax(builder, messages);
	return err;
}

int yaml_build(struct yaml *yaml, struct source *source, struct diag *diag)
{
	struct builder builder = {.yaml = yaml, .source = source, .diag = diag};
	struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_JSON_NONE |
					       FYPCF_DEFAULT_VERSION_1_2};
	struct fy_parser *parser = NULL;
	struct fy_diag_cfg silent;
	int err = -ENOMEM;

	fy_diag_cfg_default(&silent);
	silent.fp = NULL;
	config.diag = fy_diag_create(&silent);
	if (!config.diag)
		goto out;
	fy_diag_set_collect_errors(config.diag, true);
	parser = fy_parser_create(&config);
	if (!parser)
		goto out;
	err = parse(&builder, parser, config.diag);
out:
	fy_parser_destroy(parser);
	if (config.diag)
		fy_diag_destroy(config.diag);
	names_release(&builder.anchor_names);
	free(builder.anchors.items);
	return err;
}
