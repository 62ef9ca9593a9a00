/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets and bytes counted by a generation and by those before it. */
#include "user/kernel/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "user/kernel/fold.h"

#define BATCH 1024

void counters_init(struct counters *counters)
{
	memset(counters, 0, sizeof(*counters));
}

void counters_release(struct counters *counters)
{
	int i;

	for (i = 0; i < COUNTER_COUNT; i++)
		free(counters->counts[i]);
	free(counters->pair_keys);
	counters_init(counters);
}

void count_add(struct count *to, struct count count)
{
	to->packets += count.packets;
	to->bytes += count.bytes;
}

/* Adds what was carried by a map of one value for each key. */
static int add_carried(int fd, struct count *counts, __u32 size)
{
	struct count *values = calloc(BATCH, sizeof(*values));
	__u32 keys[BATCH], batch = 0, got, i;
	bool is_first = true;
	int err = 0;

	if (!values)
		return -ENOMEM;
	while (!err) {
		got = BATCH;
		err = bpf_map_lookup_batch(fd, is_first ? NULL : &batch, &batch,
					   keys, values, &got, NULL);
		is_first = false;
		if (err && err != -ENOENT)
			break;
		for (i = 0; i < got; i++)
			if (keys[i] < size)
				count_add(&counts[keys[i]], values[i]);
	}
	free(values);
	return err == -ENOENT ? 0 : err;
}

/* What the generations before have counted, in this one's numbers. */
static int read_carried(struct counters *counters,
			const struct generation *generation)
{
	int which, err = 0;

	for (which = 0; which < COUNTER_COUNT && !err; which++)
		err = add_carried(generation->carried[which],
				  counters->counts[which],
				  counters->sizes[which]);
	return err;
}

static int read_counters(struct counters *counters,
			 const struct generation *generation)
{
	const struct shape *shape = &generation->roster.header->shape;
	int err = counters_fold(counters, shape, &generation->image.model,
				generation->tallies, generation->pair_key);

	return err || counters->is_own ? err
				       : read_carried(counters, generation);
}

int counters_read(struct counters *counters,
		  const struct generation *generation)
{
	return read_counters(counters, generation);
}

int counters_read_own(struct counters *counters,
		      const struct generation *generation)
{
	counters->is_own = true;
	return read_counters(counters, generation);
}

static struct count get(const struct counters *counters, int which, __u32 index)
{
	static const struct count none;

	return index < counters->sizes[which] ? counters->counts[which][index]
					      : none;
}

struct count counters_reason(const struct counters *counters, __u32 iface,
			     enum reason reason, enum verdict verdict)
{
	return get(counters, COUNTER_REASON,
		   REASON_COUNTER(iface, reason, verdict));
}

struct count counters_rule(const struct counters *counters, __u32 rule,
			   enum passage passage)
{
	return get(counters, COUNTER_RULE, RULE_COUNTER(rule, passage));
}

bool counters_pair_of(const struct counters *counters, __u32 slot,
		      __u32 *sclass, __u32 *dclass)
{
	__u32 bits = counters->pair_bits;

	if (slot >= counters->pair_slots)
		return false;
	if (bits) {
		*sclass = slot >> bits;
		*dclass = slot & ((1U << bits) - 1);
		return counters_has_pair(counters, slot);
	}
	*sclass = ~counters->pair_keys[slot] >> 16;
	*dclass = ~counters->pair_keys[slot] & 0xffff;
	return counters->pair_keys[slot];
}

struct count counters_pair(const struct counters *counters, __u32 slot,
			   enum verdict verdict)
{
	return get(counters, COUNTER_PAIR, PAIR_COUNTER(slot, verdict));
}

bool counters_has_pair(const struct counters *counters, __u32 slot)
{
	int verdict;

	for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
		if (counters_pair(counters, slot, verdict).packets)
			return true;
	return false;
}
