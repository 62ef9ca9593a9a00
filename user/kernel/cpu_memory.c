/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that the filter writes: in a map's one value, a part for each CPU. */
#include "user/kernel/cpu_memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/tables.h"

#define COUNTERS_MAX   (1UL << 26) /* of all CPUs: 1 GiB */
#define COUNTERS_APART 8UL	   /* a cache line, and the next one */
#define POSSIBLE       "/sys/devices/system/cpu/possible"

/* The greatest number that a CPU may have, read once. */
static int last_cpu(void)
{
	static int last = -1;
	char text[256], *end;
	FILE *file;

	if (last >= 0)
		return last;
	file = fopen(POSSIBLE, "re");
	if (!file)
		return -errno;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	end = text + strcspn(text, "\n");
	while (end > text && end[-1] >= '0' && end[-1] <= '9')
		end--;
	last = atoi(end);
	return last;
}

int cpu_memory_shape(struct shape *shape, const __u32 counts[COUNTER_COUNT])
{
	__u64 at = 0;
	int last = last_cpu(), kind;

	if (last < 0)
		return last;
	for (kind = 0; kind < COUNTER_COUNT; kind++) {
		shape->counters[kind].first = at;
		shape->counters[kind].mask = power_of_two(counts[kind]) - 1;
		at += shape->counters[kind].mask + 1;
	}
	at = (at + COUNTERS_APART - 1) & ~(COUNTERS_APART - 1);
	shape->counter_stride = at;
	shape->cpu_mask = power_of_two(last + 1) - 1;
	return at * (shape->cpu_mask + 1) > COUNTERS_MAX ? -E2BIG : 0;
}

struct count cpu_memory_sum(const struct mapping *memory,
			    const struct shape *shape, enum counter kind,
			    __u32 index)
{
	const volatile struct count *counts = memory->data;
	struct count sum = {};
	__u32 cpu;

	counts += shape->counters[kind].first + index;
	for (cpu = 0; cpu <= shape->cpu_mask; cpu++) {
		sum.packets += counts->packets;
		sum.bytes += counts->bytes;
		counts += shape->counter_stride;
	}
	return sum;
}
