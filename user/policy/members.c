/* SPDX-License-Identifier: GPL-2.0-only */
/* Members of roles, sorted by prefix, and the changes made to them since. */
#include "user/policy/members.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int member_compare(const struct member *a, const struct member *b)
{
	int order = prefix_compare(&a->prefix, &b->prefix);

	if (!order)
		order = (a->role > b->role) - (a->role < b->role);
	if (!order)
		order = a->excluded - b->excluded;
	return order;
}

static int compare_members(const void *a, const void *b)
{
	return member_compare(a, b);
}

static bool is_sorted(const struct member *items, __u32 count)
{
	__u32 i;

	for (i = 1; i < count; i++)
		if (member_compare(&items[i - 1], &items[i]) >= 0)
			return false;
	return true;
}

void members_sort(struct member *items, __u32 *count)
{
	__u32 kept = 0, i;

	if (is_sorted(items, *count))
		return;
	qsort(items, *count, sizeof(*items), compare_members);
	for (i = 0; i < *count; i++)
		if (!kept || member_compare(&items[kept - 1], &items[i]))
			items[kept++] = items[i];
	*count = kept;
}

struct members members_of_model(const struct model *model)
{
	return (struct members){
		.base = model->members.items,
		.base_count = model->members.count,
	};
}

static int compare_order(const void *left, const void *right, void *context)
{
	const struct member *tail = context;
	__u32 a = *(const __u32 *)left, b = *(const __u32 *)right;
	int order = member_compare(&tail[a], &tail[b]);

	return order ? order : (a > b) - (a < b);
}

int members_index(struct members *members)
{
	__u32 i, *order;

	order = realloc(members->order,
			(members->tail_count + 1) * sizeof(*order));
	if (!order)
		return -ENOMEM;
	members->order = order;
	for (i = 0; i < members->tail_count; i++)
		order[i] = i;
	qsort_r(order, members->tail_count, sizeof(*order), compare_order,
		(void *)members->tail);
	return 0;
}

void members_release(struct members *members)
{
	free(members->order);
	members->order = NULL;
}

static const struct member *base_at(const struct members *members, __u32 at)
{
	return at < members->base_count ? &members->base[at] : NULL;
}

static const struct member *tail_at(const struct members *members, __u32 at)
{
	return at < members->tail_count ? &members->tail[members->order[at]]
					: NULL;
}

/* The first entry, by the given access, that does not come before key. */
static __u32 lower_bound(const struct members *members, __u32 count,
			 const struct member *(*at)(const struct members *,
						    __u32),
			 const struct member *key)
{
	__u32 low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (member_compare(at(members, middle), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void seek(struct members_walk *walk, const struct members *members,
		 const struct member *key)
{
	walk->members = members;
	walk->base = lower_bound(members, members->base_count, base_at, key);
	walk->tail = lower_bound(members, members->tail_count, tail_at, key);
}

void members_seek(struct members_walk *walk, const struct members *members,
		  const struct prefix *prefix)
{
	struct member key = {.prefix = *prefix};

	seek(walk, members, &key);
}

void members_start(struct members_walk *walk, const struct members *members)
{
	*walk = (struct members_walk){.members = members};
}

const struct member *members_next(struct members_walk *walk)
{
	const struct member *base = base_at(walk->members, walk->base);
	const struct member *tail = tail_at(walk->members, walk->tail);
	const struct member *next;
	int order;

	if (!base && !tail)
		return NULL;
	order = !base ? 1 : !tail ? -1 : member_compare(base, tail);
	if (order <= 0)
		walk->base++;
	if (order < 0)
		return base;
	do {
		next = tail;
		tail = tail_at(walk->members, ++walk->tail);
	} while (tail && !member_compare(tail, next));
	return next;
}

const struct member *members_find(const struct members *members,
				  const struct member *key)
{
	struct members_walk walk;
	const struct member *found;

	seek(&walk, members, key);
	found = members_next(&walk);
	return found && !member_compare(found, key) ? found : NULL;
}

/* The longest entry, excluded or not, that holds the prefix. */
static const struct member *longest(const struct members *members, __u32 role,
				    const struct prefix *prefix, bool excluded)
{
	struct member key = {
		.prefix = *prefix,
		.role = role,
		.excluded = excluded,
	};
	const struct member *found;
	int length;

	for (length = prefix->length; length >= 0; length--) {
		key.prefix.length = length;
		prefix_clear_host_bits(&key.prefix);
		found = members_find(members, &key);
		if (found && member_is_held(found))
			return found;
	}
	return NULL;
}

const struct member *members_exclusion(const struct members *members,
				       __u32 role, const struct prefix *prefix)
{
	return longest(members, role, prefix, true);
}

const struct member *members_nearest(const struct members *members, __u32 role,
				     const struct prefix *address)
{
	if (longest(members, role, address, true))
		return NULL;
	return longest(members, role, address, false);
}

struct member_counts members_count(const struct members *members)
{
	struct member_counts counts = {};
	const struct member *member;
	struct members_walk walk;

	members_start(&walk, members);
	while ((member = members_next(&walk))) {
		counts.held += member_is_held(member);
		counts.added += member->state == MEMBER_RUNTIME;
		counts.deleted += member->state ==
				  (MEMBER_CONFIG | MEMBER_DELETED);
	}
	return counts;
}
