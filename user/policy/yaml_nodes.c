/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes single nodes from the events of libfyaml's parser. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/yaml_build.h"

static bool is_null(const char *text, size_t size)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == size && !memcmp(text, words[i], size))
			return true;
	return false;
}

struct yaml_node *yaml_node_new(struct builder *builder, size_t text_size)
{
	struct yaml_node *node = calloc(1, sizeof(*node) + text_size);

	if (!node)
		return NULL;
	node->older = builder->yaml->newest;
	node->source = builder->source;
	node->line = 1;
	node->column = 1;
	node->length = 1;
	builder->yaml->newest = node;
	builder->yaml->count++;
	return node;
}

struct frame *yaml_innermost(struct builder *builder)
{
	return builder->depth ? &builder->frames[builder->depth - 1] : NULL;
}

/* Does a block list's entry begin in this line, its dash in that column? */
static bool is_entry(const char *line, unsigned int column)
{
	unsigned int indent = strspn(line, " ");

	return indent == column - 1 && line[indent] == '-' &&
	       strchr(" \t\r\n", line[indent + 1]);
}

/* Takes the place of the dash behind the last element; a list begins by one. */
static void place_at_dash(const struct builder *builder,
			  const struct frame *frame, struct yaml_node *node)
{
	bool has_dash = frame->last && frame->node->kind == YAML_LIST;
	unsigned int line = has_dash ? frame->last->line : 0;
	const char *text;

	node->line = frame->node->line;
	node->column = frame->node->column;
	while (line && (text = source_line(builder->source, ++line)))
		if (is_entry(text, node->column)) {
			node->line = line;
			return;
		}
}

/* An empty value has no place of its own: its key's or its dash's is taken. */
void yaml_node_place(struct builder *builder, struct yaml_node *node,
		     const struct fy_mark *start, const struct fy_mark *end)
{
	struct frame *frame = yaml_innermost(builder);

	if (start) {
		source_locate(builder->source, start->input_pos, &node->line,
			      &node->column);
		if (end && end->input_pos > start->input_pos + 1)
			node->length = source_count(builder->source,
						    start->input_pos,
						    end->input_pos);
	} else if (frame && frame->key) {
		node->line = frame->key->line;
		node->column = frame->key->column;
		node->length = frame->key->length;
	} else if (frame) {
		place_at_dash(builder, frame, node);
	}
}

/* Text that ends early, because of "\0" in quotes, is refused. */
static int set_text(struct builder *builder, struct yaml_node *node,
		    const char *text, size_t size)
{
	char *copy = (char *)(node + 1);

	memcpy(copy, text, size);
	node->text = copy;
	if (strlen(copy) < size)
		return yaml_error(builder->diag, node, "NUL character in text");
	return 0;
}

static int refuse_tag(struct builder *builder, struct fy_token *tag)
{
	const struct fy_mark *start = fy_token_start_mark(tag);
	const struct fy_mark *end = fy_token_end_mark(tag);
	struct yaml_node *place = yaml_node_new(builder, 0);
	const char *text = builder->source->text + start->input_pos;
	int size = end->input_pos - start->input_pos;

	if (!place)
		return -ENOMEM;
	yaml_node_place(builder, place, start, end);
	return yaml_error(builder->diag, place,
			  "'!' outside of quotes has another meaning in YAML: "
			  "write \"%.*s\"",
			  size, text);
}

/* What libfyaml 0.7.12 decodes wrongly, by the quotes it stands in. */
static const struct {
	enum fy_scalar_style style;
	const char *text;
	const char *message;
} misread[] = {
	{FYSS_SINGLE_QUOTED, "''''",
	 "several quotes in a row in single quotes: put this in double quotes"},
	{FYSS_DOUBLE_QUOTED, "\\\n",
	 "'\\' at the end of a line: leave it out, or write one line"},
	{FYSS_DOUBLE_QUOTED, "\\\r",
	 "'\\' at the end of a line: leave it out, or write one line"},
};

static const char *why_misread(const struct builder *builder,
			       struct fy_token *scalar)
{
	size_t start = fy_token_start_mark(scalar)->input_pos;
	size_t end = fy_token_end_mark(scalar)->input_pos;
	size_t i;

	for (i = 0; i < sizeof(misread) / sizeof(misread[0]); i++)
		if (fy_token_scalar_style(scalar) == misread[i].style &&
		    memmem(builder->source->text + start, end - start,
			   misread[i].text, strlen(misread[i].text)))
			return misread[i].message;
	return NULL;
}

static int refuse_scalar(struct builder *builder, struct fy_event *event)
{
	const char *message = why_misread(builder, event->scalar.value);
	struct yaml_node *place = yaml_node_new(builder, 0);

	if (!place)
		return -ENOMEM;
	yaml_node_place(builder, place, fy_event_start_mark(event),
			fy_event_end_mark(event));
	return yaml_error(builder->diag, place, "%s", message);
}

/* Makes a node after the event's token; its text is that of a scalar. */
int yaml_node_from_event(struct builder *builder, struct fy_event *event,
			 enum yaml_kind kind, struct yaml_node **made)
{
	struct fy_token *tag = fy_event_get_tag_token(event);
	const char *text = "";
	struct yaml_node *node;
	size_t size = 0;

	if (tag)
		return refuse_tag(builder, tag);
	if (kind == YAML_SCALAR && event->scalar.value &&
	    why_misread(builder, event->scalar.value))
		return refuse_scalar(builder, event);
	if (kind == YAML_SCALAR && event->scalar.value)
		text = fy_token_get_text(event->scalar.value, &size);
	if (!text)
		return -ENOMEM;
	node = yaml_node_new(builder, kind == YAML_SCALAR ? size + 1 : 0);
	if (!node)
		return -ENOMEM;
	*made = node;
	node->kind = kind;
	yaml_node_place(builder, node, fy_event_start_mark(event),
			kind == YAML_SCALAR ? fy_event_end_mark(event) : NULL);
	if (kind != YAML_SCALAR)
		return 0;
	node->is_null = !event->scalar.value ||
			fy_token_scalar_style(event->scalar.value) ==
				FYSS_PLAIN;
	node->is_null = node->is_null && size < 5 && is_null(text, size);
	return set_text(builder, node, text, size);
}

int yaml_node_anchor(struct builder *builder, struct fy_token *anchor,
		     struct yaml_node *node)
{
	struct yaml_node **slot;
	char *name;
	int err;

	if (!anchor)
		return 0;
	name = fy_token_get_text0(anchor) ? strdup(fy_token_get_text0(anchor))
					  : NULL;
	slot = model_push(&builder->anchors);
	if (!name || !slot) {
		free(name);
		return -ENOMEM;
	}
	*slot = node;
	err = names_add(&builder->anchor_names, name,
			builder->anchors.count - 1);
	if (err == -EEXIST)
		err = yaml_error(builder->diag, node,
				 "anchor '%s' is given twice", name);
	free(name);
	return err;
}

/* A copy of the anchored node that shares its elements and its text. */
int yaml_node_from_alias(struct builder *builder, struct fy_event *event,
			 struct yaml_node **made)
{
	const char *name = fy_token_get_text0(event->alias.anchor);
	struct yaml_node *node = yaml_node_new(builder, 0);
	const struct yaml_node *target;
	long number;

	if (!name || !node)
		return -ENOMEM;
	*made = node;
	yaml_node_place(builder, node, fy_event_start_mark(event),
			fy_event_end_mark(event));
	number = names_find(&builder->anchor_names, name);
	if (number < 0)
		return yaml_error(builder->diag, node,
				  "no anchor '&%s' comes before this", name);
	target = builder->anchors.items[number];
	if (target->is_open)
		return yaml_error(builder->diag, node,
				  "'*%s' would hold itself", name);
	node->kind = target->kind;
	node->is_null = target->is_null;
	node->count = target->count;
	node->text = target->text;
	node->first = target->first;
	return 0;
}
