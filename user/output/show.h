/* SPDX-License-Identifier: GPL-2.0-only */
/* Results on standard output: one JSON object, or tables made from it. */
#ifndef ROLEGATE_USER_SHOW_H
#define ROLEGATE_USER_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

/*
 * A command collects what it shows in one JSON object; as JSON it is printed
 * whole, as text its lists become tables. So both say the same.
 */

/* Ends of the pairs that are counted together, where text shows them. */
#define SHOW_OTHERS "*"

enum column_kind {
	COLUMN_TEXT = false,  /* broken into lines where a row is too wide */
	COLUMN_NUMBER = true, /* set to the right */
	COLUMN_END,	      /* text; null, all other ends, is SHOW_OTHERS */
	COLUMN_VERDICT,	      /* coloured as what it says */
	COLUMN_DROPS,	      /* numbers, coloured unless zero */
	COLUMN_WOULD_DROP,
};

struct column {
	const char *title;
	const char *path; /* into a row: "name", "pass.packets" */
	enum column_kind kind;
};

/* A new result: {"schema": 1}. */
json_t *show_new(void);

/* Prints it on one line and releases it. */
void show_json(json_t *result);

/*
 * Prints rows, an array of objects. Lists of words are joined by commas, an
 * empty list and null are "-", true and false are "yes" and "no". On a
 * terminal, text is broken so that rows fit, and drops are coloured.
 */
void show_table(const json_t *rows, const struct column *columns, size_t count);
void show_table_to(FILE *stream, const json_t *rows,
		   const struct column *columns, size_t count);

/* The same words for one value; the caller frees. */
char *show_text(const json_t *value);

/* A list of words joined, or "none"; the caller frees. */
char *show_list(const json_t *list);

#endif
