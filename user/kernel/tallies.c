/* SPDX-License-Identifier: GPL-2.0-only */
/* What each CPU has tallied: in a map's one value, a part for each. */
#include "user/kernel/tallies.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/tables.h"

#define TALLIES_MAX   (1UL << 30) /* bytes, of all CPUs */
#define TALLIES_APART 128UL	  /* bytes: a cache line, and the next one */
#define POSSIBLE      "/sys/devices/system/cpu/possible"

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

/* Bytes of a kind's structure. */
static const __u32 sizes[TALLY_COUNT] = {
	[TALLY_REASON] = sizeof(struct reason_tally),
	[TALLY_RULE] = sizeof(struct rule_tally),
	[TALLY_PAIR] = sizeof(struct pair_tally),
	[TALLY_NOBODY] = sizeof(struct count),
};

int tallies_shape(struct shape *shape)
{
	__u64 at = 0;
	int last = last_cpu(), kind;

	if (last < 0)
		return last;
	for (kind = 0; kind < TALLY_COUNT; kind++) {
		shape->tallies[kind].first = at;
		at += (shape->tallies[kind].mask + 1ULL) * sizes[kind];
	}
	at = (at + TALLIES_APART - 1) & ~(TALLIES_APART - 1);
	shape->tally_stride = at;
	shape->cpu_mask = power_of_two(last + 1) - 1;
	return at * (shape->cpu_mask + 1) > TALLIES_MAX ? -E2BIG : 0;
}

struct count tallies_sum(const struct mapping *memory,
			 const struct shape *shape, enum tally kind,
			 __u32 index)
{
	const char *part = (const char *)memory->data +
			   shape->tallies[kind].first;
	const volatile struct count *counts;
	struct count sum = {};
	__u32 cpu;

	for (cpu = 0; cpu <= shape->cpu_mask; cpu++) {
		counts = (const void *)part;
		sum.packets += counts[index].packets;
		sum.bytes += counts[index].bytes;
		part += shape->tally_stride;
	}
	return sum;
}
