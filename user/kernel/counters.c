/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets and bytes counted by a generation and by those before it. */
#include "user/kernel/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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
	if (err)
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
		if (!err)
			err = add_value(generation->carried[COUNTER_PAIR],
					index, values, 1, sum);
	}
	return err;
}

/* Most slots are for no pair and need not be asked for. */
static int read_pairs(struct counters *counters,
		      const struct generation *generation)
{
	int cpus = libbpf_num_possible_cpus(), err = 0;
	struct count *values;
	__u32 zero = 0, slot;

	if (cpus < 0)
		return cpus;
	counters->pair_slots = counters->sizes[COUNTER_PAIR] / VERDICT_COUNT -
			       1;
	counters->pair_keys = calloc(counters->pair_slots + 1,
				     sizeof(*counters->pair_keys));
	values = calloc(cpus, sizeof(*values));
	if (!counters->pair_keys || !values)
		err = -ENOMEM;
	else if (bpf_map_lookup_elem(generation->pair_key, &zero,
				     counters->pair_keys))
		err = -errno;
	for (slot = 0; slot <= counters->pair_slots && !err; slot++)
		if (slot == counters->pair_slots || counters->pair_keys[slot])
			err = read_pair(counters, generation, slot, values,
					cpus);
	free(values);
	return err;
}

int counters_read(struct counters *counters,
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

/* From one generation's numbers to another's, by name. */
struct carry {
	const struct generation *to;
	const struct generation *from;
	struct counters counters; /* of from */
	__u32 *pair_keys;	  /* of to, as mapped; slots of them */
	__u32 pair_slots;
};

static int put(const struct carry *carry, int which, __u32 index,
	       struct count count)
{
	if (!count.packets)
		return 0;
	return bpf_map_update_elem(carry->to->carried[which], &index, &count,
				   BPF_ANY)
		       ? -errno
		       : 0;
}

static int carry_iface(const struct carry *carry, __u32 to, __u32 from)
{
	int reason, verdict, err = 0;

	for (reason = 0; reason < REASON_COUNT; reason++)
		for (verdict = 0; verdict < VERDICT_COUNT && !err; verdict++)
			err = put(carry, COUNTER_REASON,
				  REASON_COUNTER(to, reason, verdict),
				  counters_reason(&carry->counters, from,
						  reason, verdict));
	return err;
}

static int carry_ifaces(const struct carry *carry)
{
	const struct model *to = &carry->to->image.model;
	const struct model *from = &carry->from->image.model;
	int err = carry_iface(carry, IFACE_UNKNOWN, IFACE_UNKNOWN);
	__u32 i, j;

	for (i = 0; i < to->interfaces.count; i++)
		for (j = 0; j < from->interfaces.count && !err; j++)
			if (!strcmp(model_str(to, to->interfaces.items[i].name),
				    model_str(from,
					      from->interfaces.items[j].name)))
				err = carry_iface(carry, IFACE_NUMBER(i),
						  IFACE_NUMBER(j));
	return err;
}

static int carry_rules(const struct carry *carry)
{
	const struct model *to = &carry->to->image.model;
	const struct model *from = &carry->from->image.model;
	int old, passage, err = 0;
	__u32 i;

	for (i = 0; i < to->rules.count; i++) {
		old = model_find_rule(from,
				      model_str(to, to->rules.items[i].name));
		for (passage = 0; old >= 0 && passage < PASSAGE_COUNT && !err;
		     passage++)
			err = put(
				carry, COUNTER_RULE, RULE_COUNTER(i, passage),
				counters_rule(&carry->counters, old, passage));
	}
	return err;
}

static int compare_u32(const void *left, const void *right)
{
	__u32 a = *(const __u32 *)left, b = *(const __u32 *)right;

	return a < b ? -1 : a > b;
}

/* The class in to with the same roles as class in from, or -1. */
static int same_class(const struct carry *carry, __u32 class)
{
	const struct model *from = &carry->from->image.model;
	__u32 roles[ROLES_MAX] = {}, count, i;
	const __u32 *old;
	int role;

	old = classes_roles(&carry->from->image.classes, class, &count);
	for (i = 0; i < count; i++) {
		role = model_find_role(
			&carry->to->image.model,
			model_str(from, from->roles.items[old[i]].name));
		if (role < 0)
			return -1;
		roles[i] = role;
	}
	qsort(roles, count, sizeof(*roles), compare_u32);
	return intern_find(&carry->to->image.classes.sets, roles,
			   count * sizeof(*roles));
}

/* The slot of a pair in to, claimed as the filter does (bpf/account.h). */
static __u32 claim_pair(const struct carry *carry, __u32 sclass, __u32 dclass)
{
	__u32 key = PAIR_KEY(sclass, dclass), at, held, i;

	for (i = 0; i < PAIR_PROBES; i++) {
		at = (PAIR_HASH(key) + i) & (carry->pair_slots - 1);
		held = 0;
		if (__atomic_compare_exchange_n(&carry->pair_keys[at], &held,
						key, false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST) ||
		    held == key)
			return at;
	}
	return carry->pair_slots;
}

static int carry_pair(const struct carry *carry, __u32 to, __u32 from)
{
	int verdict, err = 0;

	for (verdict = 0; verdict < VERDICT_COUNT && !err; verdict++)
		err = put(carry, COUNTER_PAIR, PAIR_COUNTER(to, verdict),
			  counters_pair(&carry->counters, from, verdict));
	return err;
}

static int carry_mapped_pairs(const struct carry *carry)
{
	__u32 slot, sclass, dclass;
	int source, target, err = 0;

	for (slot = 0; slot < carry->counters.pair_slots && !err; slot++) {
		if (!counters_pair_of(&carry->counters, slot, &sclass, &dclass))
			continue;
		source = same_class(carry, sclass);
		target = same_class(carry, dclass);
		if (source < 0 || target < 0)
			continue;
		err = carry_pair(carry, claim_pair(carry, source, target),
				 slot);
	}
	return err;
}

static int carry_pairs(struct carry *carry)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	void *keys;
	int err;

	if (bpf_obj_get_info_by_fd(carry->to->pair_key, &info, &size))
		return -errno;
	keys = mmap(NULL, info.value_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    carry->to->pair_key, 0);
	if (keys == MAP_FAILED)
		return -errno;
	carry->pair_keys = keys;
	carry->pair_slots = info.value_size / sizeof(__u32);
	err = carry_mapped_pairs(carry);
	munmap(keys, info.value_size);
	return err;
}

int counters_carry(const struct generation *to, const struct generation *from)
{
	struct carry carry = {.to = to, .from = from};
	int err;

	counters_init(&carry.counters);
	err = counters_read(&carry.counters, from);
	if (!err)
		err = carry_ifaces(&carry);
	if (!err)
		err = carry_rules(&carry);
	if (!err)
		err = carry_pairs(&carry);
	counters_release(&carry.counters);
	return err;
}
