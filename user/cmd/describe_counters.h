/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything counted as JSON: by interface, reason, rule and pair of roles. */
#ifndef ROLEGATE_USER_DESCRIBE_COUNTERS_H
#define ROLEGATE_USER_DESCRIBE_COUNTERS_H

#include <jansson.h>

#include "user/kernel/counters.h"
#include "user/kernel/state.h"

/*
 * The object that `counters --json` prints. With nonzero, without reasons and
 * rules that counted nothing; pairs are only those that were seen. What an
 * interface or a pair would have dropped is part of what passed there.
 */
json_t *describe_counters(const struct state *state,
			  const struct counters *counters, bool nonzero);

/* {"packets", "bytes"}. */
json_t *describe_count(struct count count);

#endif
