/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts go from one generation to another, by name. */
#include "user/kernel/carry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "user/kernel/fold.h"
#include "user/kernel/mapping.h"
#include "user/kernel/step.h"

static const char *const base_pins[COUNTER_COUNT] = {
	[COUNTER_REASON] = "reason_base",
	[COUNTER_RULE] = "rule_base",
	[COUNTER_PAIR] = "pair_base",
};

/* From one generation's numbers to another's. */
struct carry {
	const struct generation *to;
	const struct generation *from;
	struct counters counters;	   /* of from */
	struct count *sums[COUNTER_COUNT]; /* in the numbers of to */
	__u32 sizes[COUNTER_COUNT];
	__u32 *pair_keys; /* of to, as mapped */
};

static void add(struct carry *carry, int which, __u32 index, struct count count)
{
	if (index >= carry->sizes[which])
		return;
	count_add(&carry->sums[which][index], count);
}

static void add_iface(struct carry *carry, __u32 to, __u32 from)
{
	int reason, verdict;

	for (reason = 0; reason < REASON_COUNT; reason++)
		for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
			add(carry, COUNTER_REASON,
			    REASON_COUNTER(to, reason, verdict),
			    counters_reason(&carry->counters, from, reason,
					    verdict));
}

/* Of the same name, else the same device under the name it had. */
static int same_interface(const struct model *from, const struct model *to,
			  const struct interface *interface)
{
	int found = model_find_interface(from, model_str(to, interface->name));
	__u32 i;

	for (i = 0; found < 0 && i < from->interfaces.count; i++)
		if (interface->ifindex &&
		    from->interfaces.items[i].ifindex == interface->ifindex)
			found = i;
	return found;
}

static void add_ifaces(struct carry *carry)
{
	const struct model *to = &carry->to->image.model;
	const struct model *from = &carry->from->image.model;
	__u32 i;
	int old;

	add_iface(carry, IFACE_UNKNOWN, IFACE_UNKNOWN);
	for (i = 0; i < to->interfaces.count; i++) {
		old = same_interface(from, to, &to->interfaces.items[i]);
		if (old >= 0)
			add_iface(carry, IFACE_NUMBER(i), IFACE_NUMBER(old));
	}
}

static void add_rules(struct carry *carry)
{
	const struct model *to = &carry->to->image.model;
	const struct model *from = &carry->from->image.model;
	int old, passage;
	__u32 i;

	for (i = 0; i < to->rules.count; i++) {
		old = model_find_rule(from,
				      model_str(to, to->rules.items[i].name));
		for (passage = 0; old >= 0 && passage < PASSAGE_COUNT;
		     passage++)
			add(carry, COUNTER_RULE, RULE_COUNTER(i, passage),
			    counters_rule(&carry->counters, old, passage));
	}
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

	if (class >= carry->from->image.classes.sets.count)
		return -1;
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

/* Pairs that to does not have are counted with those that found no slot. */
static __u32 slot_of_pair(const struct carry *carry, __u32 slot)
{
	const struct shape *shape = &carry->to->roster.header->shape;
	__u32 sclass, dclass;
	int source, target;

	if (!counters_pair_of(&carry->counters, slot, &sclass, &dclass))
		return counters_pair_slots(shape);
	source = same_class(carry, sclass);
	target = same_class(carry, dclass);
	if (source < 0 || target < 0)
		return counters_pair_slots(shape);
	return counters_claim_pair(shape, carry->pair_keys, source, target);
}

static int add_pairs(struct carry *carry)
{
	struct mapping keys = {};
	int err = mapping_open(&keys, carry->to->pair_key), verdict;
	__u32 from, to;

	if (err)
		return err;
	carry->pair_keys = keys.data;
	for (from = 0; from <= carry->counters.pair_slots; from++) {
		if (!counters_has_pair(&carry->counters, from))
			continue;
		to = slot_of_pair(carry, from);
		for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
			add(carry, COUNTER_PAIR, PAIR_COUNTER(to, verdict),
			    counters_pair(&carry->counters, from, verdict));
	}
	mapping_close(&keys);
	return 0;
}

static int make_sums(struct carry *carry)
{
	struct bpf_map_info info;
	__u32 size;
	int i;

	for (i = 0; i < COUNTER_COUNT; i++) {
		size = sizeof(info);
		memset(&info, 0, sizeof(info));
		if (bpf_obj_get_info_by_fd(carry->to->carried[i], &info, &size))
			return -errno;
		carry->sizes[i] = info.max_entries;
		carry->sums[i] = calloc(info.max_entries, sizeof(struct count));
		if (!carry->sums[i])
			return -ENOMEM;
	}
	return 0;
}

/* Writes what was counted into carried, added to base where there is one. */
static int write_sums(const struct carry *carry, int which, int base)
{
	struct count before = {}, sum;
	__u32 i;

	for (i = 0; i < carry->sizes[which]; i++) {
		sum = carry->sums[which][i];
		if (!sum.packets)
			continue;
		if (base >= 0 && bpf_map_lookup_elem(base, &i, &before))
			return -errno;
		count_add(&sum, before);
		if (bpf_map_update_elem(carry->to->carried[which], &i, &sum,
					BPF_ANY))
			return -errno;
	}
	return 0;
}

static int carry_all(struct carry *carry, const int bases[COUNTER_COUNT])
{
	int err = make_sums(carry), i;

	if (!err) {
		add_ifaces(carry);
		add_rules(carry);
		err = add_pairs(carry);
	}
	for (i = 0; i < COUNTER_COUNT && !err; i++) {
		step("counters are carried");
		err = write_sums(carry, i, bases[i]);
	}
	for (i = 0; i < COUNTER_COUNT; i++)
		free(carry->sums[i]);
	counters_release(&carry->counters);
	return err;
}

int carry_on(const struct generation *to, const struct generation *from)
{
	static const int none[COUNTER_COUNT] = {-1, -1, -1};
	struct carry carry = {.to = to, .from = from};
	int err;

	counters_init(&carry.counters);
	err = counters_read(&carry.counters, from);
	if (!err)
		return carry_all(&carry, none);
	counters_release(&carry.counters);
	return err;
}

static int copy_map(int to, int from, __u32 entries)
{
	struct count count;
	__u32 i;

	for (i = 0; i < entries; i++) {
		if (bpf_map_lookup_elem(from, &i, &count))
			return -errno;
		if (count.packets && bpf_map_update_elem(to, &i, &count, 0))
			return -errno;
	}
	return 0;
}

int carry_bases(const struct instance *instance, __u32 from,
		int bases[COUNTER_COUNT])
{
	char path[PATH_MAX];
	int i, err;

	for (i = 0; i < COUNTER_COUNT; i++) {
		instance_pin(instance, path, "generation-%u/%s", from,
			     base_pins[i]);
		bases[i] = bpf_obj_get(path);
		if (bases[i] >= 0)
			continue;
		err = -errno;
		while (i-- > 0)
			close(bases[i]);
		return err;
	}
	return 0;
}

bool carry_has_bases(const struct instance *instance, __u32 from)
{
	int bases[COUNTER_COUNT], i;

	if (carry_bases(instance, from, bases))
		return false;
	for (i = 0; i < COUNTER_COUNT; i++)
		close(bases[i]);
	return true;
}

/* A copy of what is carried, pinned only once it is whole. */
static int pin_base(int carried, const char *path)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	int fd, err = 0;

	if (bpf_obj_get_info_by_fd(carried, &info, &size))
		return -errno;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "base", sizeof(__u32),
			    sizeof(struct count), info.max_entries, NULL);
	if (fd < 0)
		return -errno;
	err = copy_map(fd, carried, info.max_entries);
	if (!err && bpf_obj_pin(fd, path))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* Nothing has been written to carried before all three are there. */
static int open_bases(const struct instance *instance,
		      const struct generation *to, __u32 from,
		      int bases[COUNTER_COUNT])
{
	char path[PATH_MAX];
	int i;

	for (i = 0; i < COUNTER_COUNT; i++) {
		instance_pin(instance, path, "generation-%u/%s", from,
			     base_pins[i]);
		bases[i] = bpf_obj_get(path);
		if (bases[i] < 0 && errno == ENOENT) {
			step("what was carried before is kept");
			bases[i] = pin_base(to->carried[i], path);
		}
		if (bases[i] < 0)
			return bases[i];
	}
	return 0;
}

int carry_back(const struct instance *instance, const struct generation *to,
	       const struct generation *from)
{
	struct carry carry = {.to = to, .from = from};
	int bases[COUNTER_COUNT] = {-1, -1, -1}, err, i;

	counters_init(&carry.counters);
	err = open_bases(instance, to, from->number, bases);
	if (!err)
		err = counters_read_own(&carry.counters, from);
	if (!err)
		err = carry_all(&carry, bases);
	else
		counters_release(&carry.counters);
	for (i = 0; i < COUNTER_COUNT; i++)
		if (bases[i] >= 0)
			close(bases[i]);
	return err;
}
