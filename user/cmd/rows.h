/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of two descriptions of counters that are of the same thing. */
#ifndef ROLEGATE_USER_ROWS_H
#define ROLEGATE_USER_ROWS_H

#include <jansson.h>

/*
 * Calls visit for each row that describe_counters() put into one object, with
 * the row of the same interface, reason, rule or pair in other; NULL if there
 * is none there.
 */
void rows_match(const json_t *object, const json_t *other,
		void (*visit)(const char *list, json_t *row, json_t *match,
			      void *context),
		void *context);

#endif
