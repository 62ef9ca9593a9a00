/* SPDX-License-Identifier: GPL-2.0-only */
/* Results on standard output: one JSON object, or tables made from it. */
#include "user/output/show.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/output/screen.h"
#include "user/output/wrap.h"

#define SCHEMA	    1
#define COLUMNS_MAX 64
#define LEAST_WIDTH 8 /* of words, before they are broken */

json_t *show_new(void)
{
	return json_pack("{s:i}", "schema", SCHEMA);
}

void show_json(json_t *result)
{
	json_dumpf(result, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
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
	case JSON_REAL:
		if (asprintf(&text, "%.1f", json_real_value(value)) < 0)
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

/* A table before it is printed: its cells as text, row by row. */
struct grid {
	const struct column *columns;
	size_t width; /* in columns */
	size_t height;
	char **cells;
};

static char *cell_at(const struct grid *grid, size_t row, size_t column)
{
	return grid->cells[row * grid->width + column];
}

static bool is_words(const struct column *column)
{
	return column->kind == COLUMN_TEXT || column->kind == COLUMN_END;
}

static char *cell_text(const struct column *column, const json_t *row)
{
	const json_t *value = follow(row, column->path);

	if (column->kind == COLUMN_END && json_is_null(value))
		return strdup(SHOW_OTHERS);
	return show_text(value);
}

static void grid_fill(struct grid *grid, const json_t *rows)
{
	const json_t *row;
	size_t y, x;

	for (y = 0; y < grid->height; y++) {
		row = json_array_get(rows, y);
		for (x = 0; x < grid->width; x++)
			grid->cells[y * grid->width + x] =
				cell_text(&grid->columns[x], row);
	}
}

static void grid_release(struct grid *grid)
{
	size_t i;

	for (i = 0; i < grid->width * grid->height; i++)
		free(grid->cells[i]);
	free(grid->cells);
}

static size_t column_width(const struct grid *grid, size_t column)
{
	size_t width = text_width(grid->columns[column].title), own, row;

	for (row = 0; row < grid->height; row++) {
		own = text_width(cell_at(grid, row, column));
		width = own > width ? own : width;
	}
	return width;
}

/* Numbers are never broken, words only where they have to be. */
static size_t least_width(const struct column *column, size_t width)
{
	size_t title = text_width(column->title);
	size_t least = title > LEAST_WIDTH ? title : LEAST_WIDTH;

	return !is_words(column) || width < least ? width : least;
}

static void wrap_column(struct grid *grid, size_t column, size_t width)
{
	char **cell = grid->cells + column, *wrapped;
	size_t row;

	for (row = 0; row < grid->height; row++, cell += grid->width) {
		wrapped = text_wrap(*cell, width);
		if (!wrapped)
			continue;
		free(*cell);
		*cell = wrapped;
	}
}

/* Breaks the cells of the widest columns until a row fits into room. */
static void grid_fit(struct grid *grid, size_t room)
{
	size_t widths[COLUMNS_MAX], least[COLUMNS_MAX], natural, i;
	size_t gaps = grid->width - 1;

	for (i = 0; i < grid->width; i++) {
		widths[i] = column_width(grid, i);
		least[i] = least_width(&grid->columns[i], widths[i]);
	}
	widths_fit(widths, least, grid->width, room > gaps ? room - gaps : 0);
	for (i = 0; i < grid->width; i++) {
		natural = column_width(grid, i);
		if (widths[i] < natural)
			wrap_column(grid, i, widths[i]);
	}
}

/* What was dropped catches the eye; NULL for no colour. */
static const char *color_of(const struct column *column, const char *text)
{
	if (column->kind == COLUMN_VERDICT)
		return !strcmp(text, "drop")	     ? "red"
		       : !strcmp(text, "would-drop") ? "brown"
						     : NULL;
	if (!strcmp(text, "0") || !strcmp(text, "-"))
		return NULL;
	return column->kind == COLUMN_DROPS	   ? "red"
	       : column->kind == COLUMN_WOULD_DROP ? "brown"
						   : NULL;
}

static void add_line(struct libscols_table *table, const struct grid *grid,
		     size_t row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const char *text, *color;
	size_t i;

	for (i = 0; line && i < grid->width; i++) {
		text = cell_at(grid, row, i);
		color = color_of(&grid->columns[i], text);
		scols_line_set_data(line, i, text);
		if (color)
			scols_cell_set_color(scols_line_get_cell(line, i),
					     color);
	}
}

static void add_column(struct libscols_table *table,
		       const struct column *column)
{
	bool is_number = !is_words(column) && column->kind != COLUMN_VERDICT;
	struct libscols_column *added;

	added = scols_table_new_column(table, column->title, 0,
				       is_number ? SCOLS_FL_RIGHT
						 : SCOLS_FL_WRAP);
	if (!added || is_number)
		return;
	scols_column_set_safechars(added, "\n");
	scols_column_set_wrapfunc(added, scols_wrapnl_chunksize,
				  scols_wrapnl_nextchunk, NULL);
}

static void print_grid(FILE *stream, const struct grid *grid)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	if (!table)
		return;
	scols_table_set_stream(table, stream);
	/* All is measured already: nothing is to be cut. */
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	scols_table_enable_colors(table, screen_has_colors());
	for (i = 0; i < grid->width; i++)
		add_column(table, &grid->columns[i]);
	for (i = 0; i < grid->height; i++)
		add_line(table, grid, i);
	scols_print_table(table);
	scols_unref_table(table);
}

void show_table_to(FILE *stream, const json_t *rows,
		   const struct column *columns, size_t count)
{
	struct grid grid = {
		.columns = columns,
		.width = count,
		.height = json_array_size(rows),
	};

	grid.cells = calloc(count * grid.height + 1, sizeof(*grid.cells));
	if (!grid.cells)
		return;
	grid_fill(&grid, rows);
	if (screen_width() && count <= COLUMNS_MAX)
		grid_fit(&grid, screen_width());
	print_grid(stream, &grid);
	grid_release(&grid);
}

void show_table(const json_t *rows, const struct column *columns, size_t count)
{
	show_table_to(stdout, rows, columns, count);
}
