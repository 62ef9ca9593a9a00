/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that the filter writes: in a map's one value, a part for each CPU. */
#ifndef ROLEGATE_USER_CPU_MEMORY_H
#define ROLEGATE_USER_CPU_MEMORY_H

#include "rolegate/tables.h"
#include "user/kernel/mapping.h"

/*
 * Lays out as many counters of each kind for every number that a CPU of this
 * machine may get. Returns 0, or negative errno.
 */
int cpu_memory_shape(struct shape *shape, const __u32 counts[COUNTER_COUNT]);

/* The counter of that number over all CPUs; memory is the mapped map. */
struct count cpu_memory_sum(const struct mapping *memory,
			    const struct shape *shape, enum counter kind,
			    __u32 index);

#endif
