/* SPDX-License-Identifier: GPL-2.0-only */
/* Tallies of all CPUs to counters. */
#ifndef ROLEGATE_USER_FOLD_H
#define ROLEGATE_USER_FOLD_H

#include "user/kernel/counters.h"

/* How many counters of a kind a generation of that shape has. */
__u32 counters_size(const struct shape *shape, enum counter which);

/* So many slots are for pairs; the one behind them is for those of none. */
__u32 counters_pair_slots(const struct shape *shape);

/*
 * The slot of a pair, found or claimed among the keys as the filter does it
 * (bpf/account.h); that behind all others if there is none for it.
 */
__u32 counters_claim_pair(const struct shape *shape, __u32 *keys, __u32 sclass,
			  __u32 dclass);

/*
 * Reads into empty counters what a filter of that shape and model has tallied;
 * pair_key is its map of that name. Returns 0 or negative errno.
 */
int counters_fold(struct counters *counters, const struct shape *shape,
		  const struct model *model, int tallies, int pair_key);

#endif
