/* SPDX-License-Identifier: GPL-2.0-only */
/* Members to classes: which set of roles each prefix holds. */
#include "user/policy/classes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NESTING_MAX 130 /* a /0 to a /128, and the ground below all */

/* The roles included and excluded so far on the way down to a prefix. */
struct level {
	struct prefix prefix;
	__u32 included; /* numbers in walk.sets */
	__u32 excluded;
	__u32 class;
};

struct walk {
	struct classes *classes;
	struct class_list *list;
	struct intern sets;
	struct level levels[NESTING_MAX];
	int depth; /* of the innermost level */
	__u32 scratch[ROLES_MAX];
};

void classes_init(struct classes *classes)
{
	intern_init(&classes->sets);
}

void classes_release(struct classes *classes)
{
	intern_release(&classes->sets);
}

const __u32 *classes_roles(const struct classes *classes, __u32 class,
			   __u32 *count)
{
	const __u32 *roles;
	size_t size;

	roles = intern_get(&classes->sets, class, &size);
	*count = size / sizeof(*roles);
	return roles;
}

static int compare_u32(const void *left, const void *right)
{
	__u32 a = *(const __u32 *)left, b = *(const __u32 *)right;

	return a < b ? -1 : a > b;
}

bool classes_has_role(const struct classes *classes, __u32 class, __u32 role)
{
	const __u32 *roles;
	__u32 count;

	roles = classes_roles(classes, class, &count);
	return count &&
	       bsearch(&role, roles, count, sizeof(*roles), compare_u32);
}

bool classes_match(const struct classes *classes, __u32 class,
		   const __u32 *refs, __u32 count)
{
	__u32 i;

	for (i = 0; i < count; i++)
		if (refs[i] == ROLE_ANY ||
		    classes_has_role(classes, class, refs[i]))
			return true;
	return false;
}

/* The set with the role added, as a number in walk->sets. */
static int set_with(struct walk *walk, __u32 set, __u32 role)
{
	const __u32 *roles;
	size_t size;
	__u32 i, count, at = 0;

	roles = intern_get(&walk->sets, set, &size);
	count = size / sizeof(*roles);
	for (i = 0; i < count && roles[i] < role; i++)
		walk->scratch[at++] = roles[i];
	if (i < count && roles[i] == role)
		return set;
	walk->scratch[at++] = role;
	for (; i < count; i++)
		walk->scratch[at++] = roles[i];
	return intern_add(&walk->sets, walk->scratch, at * sizeof(*roles));
}

/* The class of what is included and not excluded. */
static int class_of_level(struct walk *walk, const struct level *level)
{
	const __u32 *in, *out;
	size_t in_size, out_size;
	__u32 i, j = 0, at = 0;

	in = intern_get(&walk->sets, level->included, &in_size);
	out = intern_get(&walk->sets, level->excluded, &out_size);
	for (i = 0; i < in_size / sizeof(*in); i++) {
		while (j < out_size / sizeof(*out) && out[j] < in[i])
			j++;
		if (j < out_size / sizeof(*out) && out[j] == in[i])
			continue;
		walk->scratch[at++] = in[i];
	}
	return intern_add(&walk->classes->sets, walk->scratch,
			  at * sizeof(*in));
}

static int push(struct class_list *list, const struct class_prefix *entry)
{
	__u32 room = list->room ? list->room * 2 : 64;
	struct class_prefix *items;

	if (list->count == list->room) {
		items = realloc(list->items, room * sizeof(*items));
		if (!items)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = *entry;
	return 0;
}

/* Leaves the levels that do not contain the prefix; enters one for it. */
static struct level *enter(struct walk *walk, const struct prefix *prefix)
{
	struct level *level;

	while (walk->depth > 0 &&
	       !prefix_contains(&walk->levels[walk->depth].prefix, prefix))
		walk->depth--;
	level = &walk->levels[walk->depth + 1];
	*level = walk->levels[walk->depth];
	level->prefix = *prefix;
	walk->depth++;
	return level;
}

static int add_member(struct walk *walk, struct level *level,
		      const struct member *member)
{
	__u32 *set = member->excluded ? &level->excluded : &level->included;
	int number;

	if (!member_is_held(member))
		return 0;
	number = set_with(walk, *set, member->role);
	if (number < 0)
		return number;
	*set = number;
	return 0;
}

/* All members of the prefix are in: now its class is known. */
static int leave(struct walk *walk, struct level *level)
{
	struct class_prefix entry = {
		.prefix = level->prefix,
		.around = level[-1].class,
	};
	int class = class_of_level(walk, level);

	if (class < 0)
		return class;
	level->class = class;
	entry.class = class;
	return walk->list ? push(walk->list, &entry) : 0;
}

static bool is_same(const struct prefix *a, const struct prefix *b)
{
	return !prefix_compare(a, b);
}

/* What members that contain the region say about it. */
static int take_outer(struct walk *walk, const struct members *members,
		      const struct prefix *region)
{
	struct level *level = &walk->levels[0];
	struct prefix outer = *region;
	struct members_walk at;
	const struct member *member;
	int length, err = 0, class;

	for (length = 0; length < region->length && !err; length++) {
		outer = *region;
		outer.length = length;
		prefix_clear_host_bits(&outer);
		members_seek(&at, members, &outer);
		while (!err && (member = members_next(&at)) &&
		       is_same(&member->prefix, &outer))
			err = add_member(walk, level, member);
	}
	class = err ? err : class_of_level(walk, level);
	level->class = class;
	return class < 0 ? class : 0;
}

/* The region and all prefixes of members inside of it. */
static int take_inner(struct walk *walk, const struct members *members,
		      const struct prefix *region)
{
	struct level *level = enter(walk, region);
	const struct member *member;
	struct members_walk at;
	int err = 0;

	members_seek(&at, members, region);
	while (!err && (member = members_next(&at)) &&
	       prefix_contains(region, &member->prefix)) {
		if (!is_same(&level->prefix, &member->prefix)) {
			err = leave(walk, level);
			level = enter(walk, &member->prefix);
		}
		if (!err)
			err = add_member(walk, level, member);
	}
	return err ? err : leave(walk, level);
}

int classes_of_region(struct classes *classes, const struct members *members,
		      const struct prefix *region, struct class_list *list)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	int err;

	if (!walk)
		return -ENOMEM;
	walk->classes = classes;
	walk->list = list;
	intern_init(&walk->sets);
	/* Level 0 is what is around the region; both sets 0 are empty. */
	err = intern_add(&walk->sets, NULL, 0);
	if (!err)
		err = classes->sets.count ? 0
					  : intern_add(&classes->sets, NULL, 0);
	if (!err)
		err = take_outer(walk, members, region);
	if (!err)
		err = take_inner(walk, members, region);
	intern_release(&walk->sets);
	free(walk);
	return err;
}

int classes_of_address(struct classes *classes, const struct members *members,
		       const struct prefix *address)
{
	struct class_list list = {};
	int class = classes_of_region(classes, members, address, &list);

	if (!class)
		class = list.items[0].class;
	free(list.items);
	return class;
}
