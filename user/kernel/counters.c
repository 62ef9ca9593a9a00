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

static int read_one(struct counters *counters,
		    const struct generation *generation, int which)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	int cpus = libbpf_num_possible_cpus(), err;

	if (cpus < 0)
		return cpus;
	if (bpf_obj_get_info_by_fd(generation->counters[which], &info, &size))
		return -errno;
	counters->sizes[which] = info.max_entries;
	counters->counts[which] = calloc(info.max_entries,
					 sizeof(struct count));
	if (!counters->counts[which])
		return -ENOMEM;
	err = add_map(generation->counters[which], counters->counts[which],
		      info.max_entries, cpus);
	if (err)
		return err;
	return add_map(generation->carried[which], counters->counts[which],
		       info.max_entries, 1);
}

int counters_read(struct counters *counters,
		  const struct generation *generation)
{
	int which, err = 0;

	for (which = 0; which < COUNTER_COUNT && !err; which++)
		err = read_one(counters, generation, which);
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

static __u32 pair_counter(const struct generation *generation, __u32 sclass,
			  __u32 dclass, enum verdict verdict)
{
	__u32 bits = classes_bits(&generation->image.classes);

	return PAIR_COUNTER(sclass << bits | dclass, verdict);
}

struct count counters_pair(const struct counters *counters,
			   const struct generation *generation, __u32 sclass,
			   __u32 dclass, enum verdict verdict)
{
	return get(counters, COUNTER_PAIR,
		   pair_counter(generation, sclass, dclass, verdict));
}

/* From one generation's numbers to another's, by name. */
struct carry {
	const struct generation *to;
	const struct generation *from;
	struct counters counters; /* of from */
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

static int carry_pair(const struct carry *carry, const int *classes,
		      __u32 sclass, __u32 dclass)
{
	int verdict, err = 0;

	if (classes[sclass] < 0 || classes[dclass] < 0)
		return 0;
	for (verdict = 0; verdict < VERDICT_COUNT && !err; verdict++)
		err = put(carry, COUNTER_PAIR,
			  pair_counter(carry->to, classes[sclass],
				       classes[dclass], verdict),
			  counters_pair(&carry->counters, carry->from, sclass,
					dclass, verdict));
	return err;
}

static int carry_pairs(const struct carry *carry)
{
	__u32 count = carry->from->image.classes.sets.count, i, j;
	int *classes = malloc(count * sizeof(*classes));
	int err = 0;

	if (!classes)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		classes[i] = same_class(carry, i);
	for (i = 0; i < count; i++)
		for (j = 0; j < count && !err; j++)
			err = carry_pair(carry, classes, i, j);
	free(classes);
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
