/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets and bytes counted by a generation and by those before it. */
#include "user/kernel/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "user/kernel/cpu_memory.h"

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

static void add_count(struct count *to, struct count count)
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
				add_count(&counts[keys[i]], values[i]);
	}
	free(values);
	return err == -ENOENT ? 0 : err;
}

static int make_counts(struct counters *counters,
		       const struct generation *generation, int which)
{
	const struct shape *shape = &generation->roster.header->shape;

	counters->sizes[which] = shape->counters[which].mask + 1;
	counters->counts[which] = calloc(counters->sizes[which],
					 sizeof(struct count));
	return counters->counts[which] ? 0 : -ENOMEM;
}

/* What the filter has counted, as it lies in its memory. */
struct source {
	const struct generation *generation;
	const struct shape *shape;
	struct mapping memory;
};

static int read_all(struct counters *counters, const struct source *source,
		    int which)
{
	struct count *counts = counters->counts[which];
	__u32 size = counters->sizes[which], i;

	for (i = 0; i < size; i++)
		counts[i] = cpu_memory_sum(&source->memory, source->shape,
					   which, i);
	if (counters->is_own)
		return 0;
	return add_carried(source->generation->carried[which], counts, size);
}

static int read_pair(struct counters *counters, const struct source *source,
		     __u32 slot)
{
	int verdict, carried = source->generation->carried[COUNTER_PAIR];
	struct count *sum, count;
	__u32 index;

	for (verdict = 0; verdict < VERDICT_COUNT; verdict++) {
		index = PAIR_COUNTER(slot, verdict);
		sum = &counters->counts[COUNTER_PAIR][index];
		*sum = cpu_memory_sum(&source->memory, source->shape,
				      COUNTER_PAIR, index);
		if (counters->is_own)
			continue;
		if (bpf_map_lookup_elem(carried, &index, &count))
			return -errno;
		add_count(sum, count);
	}
	return 0;
}

/* Most slots are for no pair and need not be asked for. */
static int read_claimed_pairs(struct counters *counters,
			      const struct source *source)
{
	__u32 zero = 0, slot;
	int err = 0;

	if (bpf_map_lookup_elem(source->generation->pair_key, &zero,
				counters->pair_keys))
		err = -errno;
	for (slot = 0; slot <= counters->pair_slots && !err; slot++)
		if (slot == counters->pair_slots || counters->pair_keys[slot])
			err = read_pair(counters, source, slot);
	return err;
}

/* Each pair has its slot; which have counted is seen from the counts. */
static int read_every_pair(struct counters *counters,
			   const struct source *source)
{
	__u32 slot, bits = source->shape->pair_bits;
	__u32 class_mask = (1U << bits) - 1;
	int verdict, err;

	err = read_all(counters, source, COUNTER_PAIR);
	for (slot = 0; slot < counters->pair_slots && !err; slot++)
		for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
			if (counters->counts[COUNTER_PAIR]
					    [PAIR_COUNTER(slot, verdict)]
						    .packets)
				counters->pair_keys[slot] = PAIR_KEY(
					slot >> bits, slot & class_mask);
	return err;
}

static int read_pairs(struct counters *counters, const struct source *source)
{
	counters->pair_slots = source->shape->pair_count_mask + 1;
	counters->pair_keys = calloc(counters->pair_slots + 1,
				     sizeof(*counters->pair_keys));
	if (!counters->pair_keys)
		return -ENOMEM;
	return source->shape->pair_bits ? read_every_pair(counters, source)
					: read_claimed_pairs(counters, source);
}

static int read_counters(struct counters *counters,
			 const struct generation *generation)
{
	struct source source = {
		.generation = generation,
		.shape = &generation->roster.header->shape,
	};
	int which, err = mapping_open(&source.memory, generation->counters);

	for (which = 0; which < COUNTER_COUNT && !err; which++)
		err = make_counts(counters, generation, which);
	if (!err)
		err = read_all(counters, &source, COUNTER_REASON);
	if (!err)
		err = read_all(counters, &source, COUNTER_RULE);
	if (!err)
		err = read_pairs(counters, &source);
	mapping_close(&source.memory);
	return err;
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
	__u32 key = slot < counters->pair_slots ? counters->pair_keys[slot] : 0;

	if (!key)
		return false;
	*sclass = ~key >> 16;
	*dclass = ~key & 0xffff;
	return true;
}

struct count counters_pair(const struct counters *counters, __u32 slot,
			   enum verdict verdict)
{
	return get(counters, COUNTER_PAIR, PAIR_COUNTER(slot, verdict));
}
