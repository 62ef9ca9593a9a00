/* SPDX-License-Identifier: GPL-2.0-only */
/* Results on standard output: one JSON object, or tables made from it. */
#include "user/output/show.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA 1

json_t *show_new(void)
{
	return json_pack("{s:i}", "schema", SCHEMA);
}

void show_json(json_t *result)
{
	json_dumpf(result, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(result);
}

static char *join(const json_t *list, const char *empty)
{
	size_t i, size = 0;
	FILE *stream;
	char *text = NULL, *word;

	if (json_array_size(list) == 0)
		return strdup(empty);
	stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	for (i = 0; i < json_array_size(list); i++) {
		word = show_text(json_array_get(list, i));
		fprintf(stream, "%s%s", i ? "," : "", word ? word : "");
		free(word);
	}
	fclose(stream);
	return text;
}

char *show_text(const json_t *value)
{
	char *text = NULL;

	switch (json_typeof(value)) {
	case JSON_STRING:
		return strdup(json_string_value(value));
	case JSON_INTEGER:
		if (asprintf(&text, "%" JSON_INTEGER_FORMAT,
			     json_integer_value(value)) < 0)
			return NULL;
		return text;
	case JSON_TRUE:
		return strdup("yes");
	case JSON_FALSE:
		return strdup("no");
	case JSON_ARRAY:
		return join(value, "-");
	default:
		return strdup("-");
	}
}

char *show_list(const json_t *list)
{
	return join(list, "none");
}

/* The value at "a.b.c" below row; json null if there is none. */
static const json_t *follow(const json_t *row, const char *path)
{
	char key[64];
	const char *dot;

	while (row && (dot = strchr(path, '.'))) {
		snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
		row = json_object_get(row, key);
		path = dot + 1;
	}
	row = row ? json_object_get(row, path) : NULL;
	return row ? row : json_null();
}

static void add_row(struct libscols_table *table, const json_t *row,
		    const struct column *columns, size_t count)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t i;

	for (i = 0; line && i < count; i++)
		scols_line_refer_data(line, i,
				      show_text(follow(row, columns[i].path)));
}

void show_table(const json_t *rows, const struct column *columns, size_t count)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	if (!table)
		return;
	for (i = 0; i < count; i++)
		scols_table_new_column(table, columns[i].title, 0,
				       columns[i].is_number ? SCOLS_FL_RIGHT
							    : 0);
	for (i = 0; i < json_array_size(rows); i++)
		add_row(table, json_array_get(rows, i), columns, count);
	scols_print_table(table);
	scols_unref_table(table);
}
