/* SPDX-License-Identifier: GPL-2.0-only */
/* What was dropped: as the kernel has counted it, or as a capture has it. */
#ifndef ROLEGATE_USER_SIGHTINGS_H
#define ROLEGATE_USER_SIGHTINGS_H

#include "user/kernel/counters.h"
#include "user/kernel/state.h"
#include "user/policy/suggest.h"

struct sightings {
	ARRAY_OF(struct seen) flows;
	__u64 missed; /* packets that a rule could pass, of which nothing else
			 is known */
	__u64 others[REASON_COUNT]; /* packets that no rule would pass */
};

/* All zeroes is an empty one. */
void sightings_release(struct sightings *sightings);

/*
 * What the state's generation has seen; counters are what it has counted.
 * Reports errors; returns 0 or negative errno.
 */
int sightings_from_kernel(struct sightings *sightings,
			  const struct state *state,
			  const struct counters *counters);

/*
 * What the running program would drop of a capture, coming in by the interface
 * of that number. Reports errors; 0 or negative errno.
 */
int sightings_from_capture(struct sightings *sightings,
			   const struct generation *generation,
			   const char *path, __u16 iface);

/* Adds a packet that a judge has judged. Returns 0 or -ENOMEM. */
int sightings_add(struct sightings *sightings, const void *frame, size_t size,
		  const struct explain *answer);

/* Makes one of what is alike; strangers are alike only by their addresses. */
void sightings_merge(struct sightings *sightings);

#endif
