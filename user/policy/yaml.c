/* SPDX-License-Identifier: GPL-2.0-only */
/* A YAML text as a tree of nodes that know their places. */
#include "user/policy/yaml.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/utf8.h"

__attribute__((format(printf, 4, 5))) static int
refuse_text(struct source *source, struct diag *diag, size_t offset,
	    const char *format, ...)
{
	unsigned int line, column;
	va_list arguments;

	source_locate(source, offset, &line, &column);
	va_start(arguments, format);
	diag_vadd(diag, false, source->name, line, column, 1,
		  source_line(source, line), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static int check_character(struct source *source, struct diag *diag, size_t at)
{
	unsigned char byte = source->text[at];
	__u32 character = 0;
	int size;

	size = utf8_decode(source->text + at, source->size - at, &character);
	if (size < 0)
		return refuse_text(source, diag, at,
				   "byte 0x%02x is not UTF-8 text", byte);
	if (character < 0x20 && !strchr("\t\r\n", byte ? byte : 1))
		return refuse_text(source, diag, at, "control character 0x%02x",
				   byte);
	if (character == 0x7f)
		return refuse_text(source, diag, at, "control character 0x7f");
	return size;
}

/* What costs the parser too much: it comes in no config that people write. */
struct excess {
	unsigned int breaks; /* line breaks in a row */
	unsigned int open;   /* brackets in this line */
};

static bool is_break(const char *at)
{
	return at[0] == '\n' || (at[0] == '\r' && at[1] != '\n');
}

static int check_excess(struct source *source, struct diag *diag, size_t at,
			struct excess *excess)
{
	const char *text = source->text + at;

	if (is_break(text)) {
		excess->breaks++;
		excess->open = 0;
	} else if (!strchr(" \t\r", *text)) {
		excess->breaks = 0;
	}
	if (*text == '[' || *text == '{')
		excess->open++;
	else if ((*text == ']' || *text == '}') && excess->open)
		excess->open--;
	if (excess->breaks > YAML_BLANK_MAX + 1)
		return refuse_text(source, diag, at,
				   "more than %d blank lines in a row",
				   YAML_BLANK_MAX);
	if (excess->open > YAML_OPEN_MAX)
		return refuse_text(source, diag, at,
				   "more than %d open brackets in a line",
				   YAML_OPEN_MAX);
	return 0;
}

/* Refuses what is not text before the parser sees it. */
static int check_text(struct source *source, struct diag *diag)
{
	struct excess excess = {};
	size_t at = 0;
	int size, err;

	while (at < source->size) {
		size = check_character(source, diag, at);
		if (size < 0)
			return size;
		err = check_excess(source, diag, at, &excess);
		if (err)
			return err;
		at += size;
	}
	return 0;
}

int yaml_read(struct yaml *yaml, struct source *source, struct diag *diag)
{
	int err;

	err = source_index(source);
	if (!err)
		err = check_text(source, diag);
	if (!err)
		err = yaml_build(yaml, source, diag);
	return err;
}

void yaml_release(struct yaml *yaml)
{
	struct yaml_node *node;

	while ((node = yaml->newest)) {
		yaml->newest = node->older;
		free(node);
	}
	memset(yaml, 0, sizeof(*yaml));
}

static void report(struct diag *diag, bool warning,
		   const struct yaml_node *node, const char *format,
		   va_list arguments)
{
	const char *line = NULL;

	if (diag_has_room(diag))
		line = source_line(node->source, node->line);
	diag_vadd(diag, warning, node->source->name, node->line, node->column,
		  node->length, line, format, arguments);
}

int yaml_error(struct diag *diag, const struct yaml_node *node,
	       const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(diag, false, node, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

void yaml_warning(struct diag *diag, const struct yaml_node *node,
		  const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(diag, true, node, format, arguments);
	va_end(arguments);
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
	const struct yaml_node *element;

	if (!node || node->kind != YAML_MAPPING)
		return NULL;
	yaml_for_each(element, node) if (!strcmp(element->key->text,
						 key)) return element;
	return NULL;
}

const char *yaml_describe(const struct yaml_node *node, char *text, size_t size)
{
	if (node->kind == YAML_LIST)
		return node->count ? "a list" : "an empty list";
	if (node->kind == YAML_MAPPING)
		return "a mapping";
	if (node->is_null)
		return "nothing";
	snprintf(text, size, "'%.*s'", (int)size - 3, node->text);
	return text;
}
