/* SPDX-License-Identifier: GPL-2.0-only */
/* Role members to classes: which set of roles each prefix holds. */
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
	const struct member **sorted;
	__u32 *scratch; /* room for all roles */
	struct intern sets;
	struct classes *classes;
	struct level levels[NESTING_MAX];
	int depth; /* of the innermost level */
};

void classes_init(struct classes *classes)
{
	memset(classes, 0, sizeof(*classes));
	intern_init(&classes->sets);
}

void classes_release(struct classes *classes)
{
	intern_release(&classes->sets);
	free(classes->prefixes);
	classes_init(classes);
}

__u32 classes_bits(const struct classes *classes)
{
	__u32 bits = 0;

	while (1U << bits < classes->sets.count)
		bits++;
	return bits;
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

static int compare_members(const void *left, const void *right)
{
	const struct member *a = *(const struct member *const *)left;
	const struct member *b = *(const struct member *const *)right;

	return prefix_compare(&a->prefix, &b->prefix);
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
	int number = set_with(walk, *set, member->role);

	if (number < 0)
		return number;
	*set = number;
	return 0;
}

/* Takes the members of one prefix, from first on; returns their number. */
static int walk_prefix(struct walk *walk, __u32 first, __u32 count)
{
	const struct prefix *prefix = &walk->sorted[first]->prefix;
	struct level *level = enter(walk, prefix);
	struct classes *classes = walk->classes;
	__u32 before = level->class, i;
	int class, err;

	for (i = first; i < count; i++) {
		if (prefix_compare(&walk->sorted[i]->prefix, prefix))
			break;
		err = add_member(walk, level, walk->sorted[i]);
		if (err)
			return err;
	}
	class = class_of_level(walk, level);
	if (class < 0)
		return class;
	level->class = class;
	if (level->class != before)
		classes->prefixes[classes->count++] = (struct class_prefix){
			.prefix = *prefix,
			.class = level->class,
		};
	return i - first;
}

static int walk_all(struct walk *walk, __u32 count)
{
	__u32 at = 0;
	int taken;

	/* Level 0 is the ground: no roles, CLASS_NONE, contains everything. */
	if (intern_add(&walk->sets, NULL, 0) < 0 ||
	    intern_add(&walk->classes->sets, NULL, 0) < 0)
		return -ENOMEM;
	while (at < count) {
		taken = walk_prefix(walk, at, count);
		if (taken < 0)
			return taken;
		at += taken;
	}
	return 0;
}

int classes_build(struct classes *classes, const struct model *model)
{
	__u32 count = model->members.count, i;
	struct walk *walk = calloc(1, sizeof(*walk));
	int err = -ENOMEM;

	if (!walk)
		return -ENOMEM;
	intern_init(&walk->sets);
	walk->classes = classes;
	walk->sorted = malloc((count + 1) * sizeof(*walk->sorted));
	walk->scratch =
		malloc((model->roles.count + 1) * sizeof(*walk->scratch));
	classes->prefixes = malloc((count + 1) * sizeof(*classes->prefixes));
	if (!walk->sorted || !walk->scratch || !classes->prefixes)
		goto out;
	for (i = 0; i < count; i++)
		walk->sorted[i] = &model->members.items[i];
	qsort(walk->sorted, count, sizeof(*walk->sorted), compare_members);
	err = walk_all(walk, count);
out:
	intern_release(&walk->sets);
	free(walk->sorted);
	free(walk->scratch);
	free(walk);
	return err;
}
