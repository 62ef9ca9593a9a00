/* SPDX-License-Identifier: GPL-2.0-only */
/* The counts of two generations that share an instance, as those of one. */
#include "user/cmd/sum.h"

#include <stdbool.h>
#include <string.h>

#include "user/cmd/rows.h"

static void add_count(json_t *to, const json_t *from, const char *unit)
{
	json_t *count = json_object_get(to, unit);
	json_int_t more = json_integer_value(json_object_get(from, unit));

	if (count)
		json_integer_set(count, json_integer_value(count) + more);
}

/* The row's own count, and those that it holds: "pass", "replies". */
static void add_counts(json_t *to, const json_t *from)
{
	json_t *value;
	const char *key;

	json_object_foreach (to, key, value)
		if (json_is_object(value))
			add_counts(value, json_object_get(from, key));
	add_count(to, from, "packets");
	add_count(to, from, "bytes");
}

static void visit_own(const char *list, json_t *row, json_t *match,
		      void *context)
{
	(void)list;
	(void)context;
	add_counts(row, match);
}

/* Also "", which stands for interfaces that no config knows. */
static bool has_interface(const json_t *object, const char *name)
{
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(object, "interfaces"), i, row)
		if (!strcmp(json_string_value(json_object_get(row, "name")),
			    name))
			return true;
	return !*name;
}

/* Pairs and reasons are only listed where something was counted. */
static void visit_other(const char *list, json_t *row, json_t *match,
			void *context)
{
	const char *interface =
		json_string_value(json_object_get(row, "interface"));
	json_t *deciding = context;

	if (match)
		return;
	if (!strcmp(list, "pairs") ||
	    (!strcmp(list, "reasons") && has_interface(deciding, interface)))
		json_array_append(json_object_get(deciding, list), row);
}

void sum_add(json_t *deciding, const json_t *other)
{
	rows_match(deciding, other, visit_own, NULL);
	rows_match(other, deciding, visit_other, deciding);
}
