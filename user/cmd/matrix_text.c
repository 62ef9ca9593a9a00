/* SPDX-License-Identifier: GPL-2.0-only */
/* The matrix on a terminal: a row for each role, columns in as many blocks as needed. */
#include <stdlib.h>
#include <string.h>

#include "user/cmd/matrix.h"
#include "user/output/screen.h"
#include "user/output/show.h"
#include "user/output/wrap.h"

#define NO_ROLE	    "no role"
#define COLUMNS_MAX 63 /* of a block, beside the one of names */
#define KEY_MAX	    24

/* What the rows are shown as: objects with "name", "c0", "c1", … */
struct sheet {
	const json_t *matrix;
	json_t *rows;
	size_t size;
	bool has_names; /* at the heads of columns; else numbers */
};

static const char *name_at(const json_t *matrix, size_t i)
{
	const json_t *roles = json_object_get(matrix, "roles");

	return json_string_value(
		json_object_get(json_array_get(roles, i), "name"));
}

static const char *shown_at(const json_t *matrix, size_t i)
{
	const char *name = name_at(matrix, i);

	return name ? name : NO_ROLE;
}

static const char *key_of(char key[KEY_MAX], size_t i)
{
	snprintf(key, KEY_MAX, "c%zu", i);
	return key;
}

/* "2 +120 -3 ~4": rules, passed, dropped, would be dropped. */
static json_t *cell_text(const json_t *cell)
{
	size_t rules = json_array_size(json_object_get(cell, "rules"));
	unsigned long long passed = matrix_packets(cell, "pass");
	unsigned long long dropped = matrix_packets(cell, "drop");
	unsigned long long would = matrix_packets(cell, "would_drop");
	char text[128] = "";
	size_t at = 0;

	if (rules)
		at += snprintf(text + at, sizeof(text) - at, " %zu", rules);
	if (passed)
		at += snprintf(text + at, sizeof(text) - at, " +%llu", passed);
	if (dropped)
		at += snprintf(text + at, sizeof(text) - at, " -%llu", dropped);
	if (would)
		snprintf(text + at, sizeof(text) - at, " ~%llu", would);
	return json_string(*text ? text + 1 : ".");
}

static void fill(struct sheet *sheet)
{
	const json_t *cells = json_object_get(sheet->matrix, "cells");
	size_t from, to, next = 0;
	char key[KEY_MAX];
	json_t *row;

	for (from = 0; from < sheet->size; from++) {
		row = json_object();
		for (to = 0; to < sheet->size; to++)
			json_object_set_new(
				row, key_of(key, to),
				cell_text(matrix_take(
					cells, &next,
					name_at(sheet->matrix, from),
					name_at(sheet->matrix, to))));
		json_array_append_new(sheet->rows, row);
	}
}

static size_t column_width(const struct sheet *sheet, size_t column)
{
	char key[KEY_MAX];
	const json_t *row;
	size_t width = 0, own, i;

	key_of(key, column);
	json_array_foreach (sheet->rows, i, row) {
		own = text_width(json_string_value(json_object_get(row, key)));
		width = own > width ? own : width;
	}
	if (sheet->has_names)
		own = text_width(shown_at(sheet->matrix, column));
	else
		own = column < 9 ? 1 : column < 99 ? 2 : 4;
	return own > width ? own : width;
}

static void name_rows(const struct sheet *sheet)
{
	json_t *row;
	size_t i;

	json_array_foreach (sheet->rows, i, row)
		json_object_set_new(
			row, "name",
			sheet->has_names
				? json_string(shown_at(sheet->matrix, i))
				: json_sprintf("%zu %s", i + 1,
					       shown_at(sheet->matrix, i)));
}

static size_t names_width(const struct sheet *sheet)
{
	size_t width = 0, own, i;

	for (i = 0; i < sheet->size; i++) {
		own = text_width(shown_at(sheet->matrix, i));
		width = own > width ? own : width;
	}
	/* Behind a number of at most four digits. */
	return width + (sheet->has_names ? 0 : 5);
}

/* How many columns from first on fit beside the names, at least one. */
static size_t block_size(const struct sheet *sheet, size_t first)
{
	size_t room = screen_width(), used = names_width(sheet), i;

	for (i = first; i < sheet->size && i - first < COLUMNS_MAX; i++) {
		used += 1 + column_width(sheet, i);
		if (room && used > room && i > first)
			break;
	}
	return i - first;
}

static void print_block(const struct sheet *sheet, size_t first, size_t count)
{
	struct column columns[1 + COLUMNS_MAX];
	char keys[COLUMNS_MAX][KEY_MAX], titles[COLUMNS_MAX][KEY_MAX];
	size_t i;

	columns[0] = (struct column){"FROM \\ TO", "name", COLUMN_TEXT};
	for (i = 0; i < count; i++) {
		snprintf(titles[i], KEY_MAX, "%zu", first + i + 1);
		columns[1 + i] = (struct column){
			sheet->has_names ? shown_at(sheet->matrix, first + i)
					 : titles[i],
			key_of(keys[i], first + i), COLUMN_NUMBER};
	}
	show_table(sheet->rows, columns, 1 + count);
}

static void print_blocks(const struct sheet *sheet)
{
	size_t first = 0, count;

	while (first < sheet->size) {
		count = block_size(sheet, first);
		print_block(sheet, first, count);
		putchar('\n');
		first += count;
	}
}

void matrix_print(const json_t *matrix)
{
	struct sheet sheet = {
		.matrix = matrix,
		.rows = json_array(),
		.size = json_array_size(json_object_get(matrix, "roles")) + 1,
		.has_names = true,
	};

	fill(&sheet);
	sheet.has_names = block_size(&sheet, 0) == sheet.size;
	name_rows(&sheet);
	print_blocks(&sheet);
	puts("How many rules let the row open something at the column");
	if (json_object_get(matrix, "instance"))
		puts("+ packets passed, - dropped, ~ passed but enforcing "
		     "drops\nAn address with several roles counts under "
		     "each");
	json_decref(sheet.rows);
}
