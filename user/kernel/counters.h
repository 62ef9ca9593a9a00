/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets and bytes counted by a generation and by those before it. */
#ifndef ROLEGATE_USER_COUNTERS_H
#define ROLEGATE_USER_COUNTERS_H

#include "user/kernel/generation.h"

struct counters {
	struct count *counts[COUNTER_COUNT]; /* indexed as in tables.h */
	__u32 sizes[COUNTER_COUNT];
	__u32 pair_bits;  /* of a class in a slot's number; 0: see pair_keys */
	__u32 *pair_keys; /* which pair a slot is for, 0: none yet */
	__u32 pair_slots; /* one more counts the pairs that found none */
	bool is_own;	  /* without what is carried */
};

/* Adds packets and bytes. */
void count_add(struct count *to, struct count count);

void counters_init(struct counters *counters);
void counters_release(struct counters *counters);

/*
 * Reads what the generation has counted, over all CPUs, with what it carries.
 * Returns 0 or negative errno.
 */
int counters_read(struct counters *counters,
		  const struct generation *generation);

/* The same without what it carries. */
int counters_read_own(struct counters *counters,
		      const struct generation *generation);

/* One count; zero beyond the end. */
struct count counters_reason(const struct counters *counters, __u32 iface,
			     enum reason reason, enum verdict verdict);
struct count counters_rule(const struct counters *counters, __u32 rule,
			   enum passage passage);
/* The pair of classes that a slot has counted; false if it is for none. */
bool counters_pair_of(const struct counters *counters, __u32 slot,
		      __u32 *sclass, __u32 *dclass);
struct count counters_pair(const struct counters *counters, __u32 slot,
			   enum verdict verdict);
/* Has it counted anything, whatever the verdict? */
bool counters_has_pair(const struct counters *counters, __u32 slot);

#endif
