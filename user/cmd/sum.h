/* SPDX-License-Identifier: GPL-2.0-only */
/* The counts of two generations that share an instance, as those of one. */
#ifndef ROLEGATE_USER_SUM_H
#define ROLEGATE_USER_SUM_H

#include <jansson.h>

/*
 * Adds what describe_counters() told of another generation to what it told of
 * the one that decides. Interfaces and rules that this one does not have are
 * left out, as they are when counts are carried.
 */
void sum_add(json_t *deciding, const json_t *other);

#endif
