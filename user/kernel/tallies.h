/* SPDX-License-Identifier: GPL-2.0-only */
/* What each CPU has tallied: in a map's one value, a part for each. */
#ifndef ROLEGATE_USER_TALLIES_H
#define ROLEGATE_USER_TALLIES_H

#include "rolegate/reasons.h"
#include "rolegate/tables.h"
#include "user/kernel/mapping.h"

_Static_assert(VERDICT_COUNT <= VERDICTS_ROOM, "see struct pair_tally");
_Static_assert(REASON_COUNT <= REASONS_ROOM, "see struct reason_tally");

/* The number of a rule or class, which has so many bits, at an interface. */
#define TALLY_AT(iface, bits, of) ((__u32)(iface) << (bits) | (of))

/* Counts of a kind, by the number of their structure and their place in it. */
#define REASON_TALLY(number, reason, verdict) \
	(((number)*REASONS_ROOM + (reason)) * VERDICTS_ROOM + (verdict))
#define RULE_TALLY(number, passage) ((number)*PASSAGE_COUNT + (passage))
#define PAIR_TALLY(number, verdict) ((number)*VERDICTS_ROOM + (verdict))
#define NOBODY_TALLY(number)	    (number)

/*
 * Lays out the tallies, whose numbers the shape has, for every CPU that this
 * machine may get. Returns 0, or negative errno.
 */
int tallies_shape(struct shape *shape);

/* One of these counts over all CPUs; memory is the mapped map. */
struct count tallies_sum(const struct mapping *memory,
			 const struct shape *shape, enum tally kind,
			 __u32 index);

#endif
