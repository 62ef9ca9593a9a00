/* SPDX-License-Identifier: GPL-2.0-only */
/* What `top` shows: rows of counters, and their rates between two looks. */
#ifndef ROLEGATE_USER_TOP_ROWS_H
#define ROLEGATE_USER_TOP_ROWS_H

#include <stdbool.h>

#include <jansson.h>

#include <linux/types.h>

enum view { VIEW_REASONS, VIEW_RULES, VIEW_PAIRS, VIEW_TALKERS, VIEW_COUNT };

struct top_column {
	const char *title;
	const char *path; /* in a row: "name", "rate.packets" */
	int width;	  /* the least; words take what is left */
	bool is_number;
};

struct top_table {
	const char *name;
	const struct top_column *columns;
	int count;
	int sort; /* the column to sort by at first */
};

extern const struct top_table top_tables[VIEW_COUNT];

/* One look at what is loaded. All zeroes is none. */
struct look {
	double at; /* seconds, CLOCK_MONOTONIC */
	__u32 generation;
	json_t *rows[VIEW_COUNT]; /* each {"key", "count": {…}, …} */
};

/* Looks without a lock. Returns 0, -ENOENT if nothing is loaded, or -errno. */
int look_take(struct look *look, const char *instance);
void look_release(struct look *look);

/* Gives every row its "rate": what its counts have grown by, a second. */
void look_add_rates(struct look *look, const struct look *before);

/* The rate of all packets that became of that: "pass", "drop", … */
double look_total(const struct look *look, const char *verdict);

/* The value at "a.b", or NULL. */
const json_t *row_value(const json_t *row, const char *path);

/* Did nothing happen to it since the look before? */
bool row_is_idle(const json_t *row);

/* Sorts rows by a column: numbers from the greatest, words from A to Z. */
void rows_sort(json_t *rows, const struct top_column *column, bool reversed);

#endif
