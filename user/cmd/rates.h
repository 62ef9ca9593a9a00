/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts per second: what two looks at the counters differ by. */
#ifndef ROLEGATE_USER_RATES_H
#define ROLEGATE_USER_RATES_H

#include <jansson.h>

/*
 * Gives every {"packets", "bytes"} in what describe_counters() made
 * "packets_per_second" and "bytes_per_second" since before, which was made
 * seconds ago; what was not there counts from zero.
 */
void rates_add(json_t *now, const json_t *before, double seconds);

#endif
