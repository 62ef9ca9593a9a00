/* SPDX-License-Identifier: GPL-2.0-only */
/* Results on standard output: one JSON object, or tables made from it. */
#ifndef ROLEGATE_USER_SHOW_H
#define ROLEGATE_USER_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/*
 * A command collects what it shows in one JSON object; as JSON it is printed
 * whole, as text its lists become tables. So both say the same.
 */

struct column {
	const char *title;
	const char *path; /* into a row: "name", "pass.packets" */
	bool is_number;	  /* set to the right */
};

/* A new result: {"schema": 1}. */
json_t *show_new(void);

/* Prints it on one line and releases it. */
void show_json(json_t *result);

/*
 * Prints rows, an array of objects. Lists of words are joined by commas, an
 * empty list and null are "-", true and false are "yes" and "no".
 */
void show_table(const json_t *rows, const struct column *columns, size_t count);

/* The same words for one value; the caller frees. */
char *show_text(const json_t *value);

/* A list of words joined, or "none"; the caller frees. */
char *show_list(const json_t *list);

#endif
