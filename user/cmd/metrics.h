/* SPDX-License-Identifier: GPL-2.0-only */
/* What is loaded and counted, as metrics. */
#ifndef ROLEGATE_USER_METRICS_H
#define ROLEGATE_USER_METRICS_H

#include <jansson.h>

#include "user/exporter/openmetrics.h"
#include "user/kernel/state.h"

/*
 * Writes everything about a state and what describe_counters() says of it;
 * state NULL: nothing is loaded.
 */
void metrics_write(struct metrics *metrics, const struct state *state,
		   const json_t *counters);

#endif
