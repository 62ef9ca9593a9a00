/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts per second: what two looks at the counters differ by. */
#include "user/cmd/rates.h"

#include "user/cmd/rows.h"

/* To one decimal. What is less than before has begun anew. */
static void add_rate(json_t *now, const json_t *before, const char *unit,
		     const char *rate, double seconds)
{
	json_int_t count = json_integer_value(json_object_get(now, unit));
	json_int_t earlier = json_integer_value(json_object_get(before, unit));
	json_int_t more = count < earlier ? count : count - earlier;
	json_int_t tenths = more / seconds * 10 + 0.5;

	json_object_set_new(now, rate, json_real(tenths / 10.0));
}

/* The row's own count, and those that it holds: "pass", "replies". */
static void add_rates(json_t *now, const json_t *before, double seconds)
{
	json_t *value;
	const char *key;

	json_object_foreach (now, key, value)
		if (json_is_object(value))
			add_rates(value, json_object_get(before, key), seconds);
	if (!json_object_get(now, "packets"))
		return;
	add_rate(now, before, "packets", "packets_per_second", seconds);
	add_rate(now, before, "bytes", "bytes_per_second", seconds);
}

static void visit_row(const char *list, json_t *row, json_t *match,
		      void *context)
{
	(void)list;
	add_rates(row, match, *(const double *)context);
}

void rates_add(json_t *now, const json_t *before, double seconds)
{
	rows_match(now, before, visit_row, &seconds);
}
