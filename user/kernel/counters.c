/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets and bytes counted by a generation and by those before it. */
#include "user/kernel/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

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

static void add_count(struct count *to, const struct count *count)
{
	to->packets += count->packets;
	to->bytes += count->bytes;
}

/* Adds a map's values, cpus of them for each key, to counts. */
static int add_map(int fd, struct count *counts, __u32 size, int cpus)
{
	struct count *values = calloc((size_t)BATCH * cpus, sizeof(*values));
	__u32 keys[BATCH], batch = 0, got, i;
	bool is_first = true;
	int cpu, err = 0;

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
			for (cpu = 0; cpu < cpus && keys[i] < size; cpu++)
				add_count(&counts[keys[i]],
					  &values[i * cpus + cpu]);
	}
	free(values);
	return err == -ENOENT ? 0 : err;
}

static int make_counts(struct counters *counters,
		       const struct generation *generation, int which)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(generation->counters[which], &info, &size))
		return -errno;
	counters->sizes[which] = info.max_entries;
	counters->counts[which] = calloc(info.max_entries,
					 sizeof(struct count));
	return counters->counts[which] ? 0 : -ENOMEM;
}

static int read_all(struct counters *counters,
		    const struct generation *generation, int which)
{
	__u32 size = counters->sizes[which];
	int cpus = libbpf_num_possible_cpus(), err;

	if (cpus < 0)
		return cpus;
	err = add_map(generation->counters[which], counters->counts[which],
		      size, cpus);
	if (err || counters->is_own)
		return err;
	return add_map(generation->carried[which], counters->counts[which],
		       size, 1);
}

static int add_value(int fd, __u32 index, struct count *values, int cpus,
		     struct count *sum)
{
	int cpu;

	if (bpf_map_lookup_elem(fd, &index, values))
		return -errno;
	for (cpu = 0; cpu < cpus; cpu++)
		add_count(sum, &values[cpu]);
	return 0;
}

static int read_pair(struct counters *counters,
		     const struct generation *generation, __u32 slot,
		     struct count *values, int cpus)
{
	int verdict, err = 0;
	struct count *sum;
	__u32 index;

	for (verdict = 0; verdict < VERDICT_COUNT && !err; verdict++) {
		index = PAIR_COUNTER(slot, verdict);
		sum = &counters->counts[COUNTER_PAIR][index];
		err = add_value(generation->counters[COUNTER_PAIR], index,
				values, cpus, sum);
		if (!err && !counters->is_own)
			err = add_value(generation->carried[COUNTER_PAIR],
					index, values, 1, sum);
	}
	return err;
}

/* Most slots are for no pair and need not be asked for. */
static int read_claimed_pairs(struct counters *counters,
			      const struct generation *generation)
{
	int cpus = libbpf_num_possible_cpus(), err = 0;
	struct count *values;
	__u32 zero = 0, slot;

	if (cpus < 0)
		return cpus;
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(generation->pair_key, &zero,
				counters->pair_keys))
		err = -errno;
	for (slot = 0; slot <= counters->pair_slots && !err; slot++)
		if (slot == counters->pair_slots || counters->pair_keys[slot])
			err = read_pair(counters, generation, slot, values,
					cpus);
	free(values);
	return err;
}

/* Each pair has its slot; which have counted is seen from the counts. */
static int read_every_pair(struct counters *counters,
			   const struct generation *generation, __u32 bits)
{
	__u32 slot, class_mask = (1U << bits) - 1;
	int verdict, err;

	err = read_all(counters, generation, COUNTER_PAIR);
	for (slot = 0; slot < counters->pair_slots && !err; slot++)
		for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
			if (counters->counts[COUNTER_PAIR]
					    [PAIR_COUNTER(slot, verdict)]
						    .packets)
				counters->pair_keys[slot] = PAIR_KEY(
					slot >> bits, slot & class_mask);
	return err;
}

static int read_pairs(struct counters *counters,
		      const struct generation *generation)
{
	__u32 bits = generation->roster.header->shape.pair_bits;

	counters->pair_slots = counters->sizes[COUNTER_PAIR] / VERDICT_COUNT -
			       1;
	counters->pair_keys = calloc(counters->pair_slots + 1,
				     sizeof(*counters->pair_keys));
	if (!counters->pair_keys)
		return -ENOMEM;
	return bits ? read_every_pair(counters, generation, bits)
		    : read_claimed_pairs(counters, generation);
}

static int read_counters(struct counters *counters,
			 const struct generation *generation)
{
	int which, err = 0;

	for (which = 0; which < COUNTER_COUNT && !err; which++)
		err = make_counts(counters, generation, which);
	if (!err)
		err = read_all(counters, generation, COUNTER_REASON);
	if (!err)
		err = read_all(counters, generation, COUNTER_RULE);
	if (!err)
		err = read_pairs(counters, generation);
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
