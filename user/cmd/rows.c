/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of two descriptions of counters that are of the same thing. */
#include "user/cmd/rows.h"

#include <stdlib.h>

#define KEYS_MAX 3

/* The lists of counters, and what tells the rows of each apart. */
static const struct kind {
	const char *list;
	const char *keys[KEYS_MAX];
} kinds[] = {
	{"interfaces", {"name"}},
	{"reasons", {"interface", "reason", "verdict"}},
	{"rules", {"name"}},
	{"pairs", {"from", "to"}},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(*kinds))

/* A row's own name among its list; the caller frees. */
static char *name_of(const json_t *row, const struct kind *kind)
{
	json_t *names = json_array();
	char *name;
	int i;

	for (i = 0; i < KEYS_MAX && kind->keys[i]; i++)
		json_array_append(names, json_object_get(row, kind->keys[i]));
	name = json_dumps(names, JSON_COMPACT);
	json_decref(names);
	return name;
}

static json_t *by_name(const json_t *list, const struct kind *kind)
{
	json_t *named = json_object(), *row;
	char *name;
	size_t i;

	json_array_foreach (list, i, row) {
		name = name_of(row, kind);
		json_object_set(named, name ? name : "", row);
		free(name);
	}
	return named;
}

void rows_match(const json_t *object, const json_t *other,
		void (*visit)(const char *list, json_t *row, json_t *match,
			      void *context),
		void *context)
{
	const struct kind *kind;
	json_t *named, *row;
	char *name;
	size_t i;

	for (kind = kinds; kind < kinds + KIND_COUNT; kind++) {
		named = by_name(json_object_get(other, kind->list), kind);
		json_array_foreach (json_object_get(object, kind->list), i,
				    row) {
			name = name_of(row, kind);
			visit(kind->list, row,
			      json_object_get(named, name ? name : ""),
			      context);
			free(name);
		}
		json_decref(named);
	}
}
