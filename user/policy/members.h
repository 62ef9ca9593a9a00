/* SPDX-License-Identifier: GPL-2.0-only */
/* Members of roles, sorted by prefix, and the changes made to them since. */
#ifndef ROLEGATE_USER_MEMBERS_H
#define ROLEGATE_USER_MEMBERS_H

#include "user/policy/model.h"

#define MEMBERS_MAX 4000000

/*
 * A base that stays as it is, and a short tail of changes: the newest entry of
 * a (prefix, role, excluded) tells what it is, MEMBER_DELETED among its states.
 * Nothing is ever taken out, so every prefix that was once written into the
 * address tables is still found here. Both arrays are somebody else's.
 */
struct members {
	const struct member
		*base; /* sorted by member_compare(), no two equal */
	__u32 base_count;
	const struct member *tail; /* oldest first */
	__u32 tail_count;
	__u32 *order; /* of the tail's entries, sorted; of equal ones oldest first */
};

/* By prefix (containing ones first), role, exclusion. */
int member_compare(const struct member *a, const struct member *b);

static inline bool member_is_held(const struct member *member)
{
	return !(member->state & MEMBER_DELETED);
}

/* Sorts an array by member_compare() and drops all but the first of equals. */
void members_sort(struct member *items, __u32 *count);

/* A model's members, without changes; valid as long as the model is. */
struct members members_of_model(const struct model *model);

/* Finds the order of the tail anew. Returns 0 or -ENOMEM. */
int members_index(struct members *members);
void members_release(struct members *members);

/* A walk over all entries in order; of equal ones the newest is given. */
struct members_walk {
	const struct members *members;
	__u32 base; /* next of each */
	__u32 tail;
};

/* Begins at the first entry that does not come before the prefix. */
void members_seek(struct members_walk *walk, const struct members *members,
		  const struct prefix *prefix);
/* Begins at the first entry. */
void members_start(struct members_walk *walk, const struct members *members);
/* The next entry, deleted ones too; NULL after the last. */
const struct member *members_next(struct members_walk *walk);

/* How many there are, and what run time has made of the config's. */
struct member_counts {
	__u32 held;
	__u32 added;
	__u32 deleted;
};
struct member_counts members_count(const struct members *members);

/* The newest entry equal to key, deleted or not; NULL if there never was. */
const struct member *members_find(const struct members *members,
				  const struct member *key);

/* The role's longest exclusion that holds the prefix; NULL if none does. */
const struct member *members_exclusion(const struct members *members,
				       __u32 role, const struct prefix *prefix);

/*
 * The role's longest member that holds the address; NULL if none does, or one
 * of the role's exclusions does.
 */
const struct member *members_nearest(const struct members *members, __u32 role,
				     const struct prefix *address);

#endif
