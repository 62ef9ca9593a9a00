/* SPDX-License-Identifier: GPL-2.0-only */
/* Members role by role, in their order. */
#include "user/policy/members_by_role.h"

#include <errno.h>
#include <stdlib.h>

static const struct member *next_held(struct members_walk *walk)
{
	const struct member *member;

	do
		member = members_next(walk);
	while (member && !member_is_held(member));
	return member;
}

/* Where each role's members begin; returns how many there are of all. */
static __u32 count(__u32 *first, __u32 roles, const struct members *members)
{
	const struct member *member;
	struct members_walk walk;
	__u32 i;

	members_start(&walk, members);
	while ((member = next_held(&walk)))
		first[member->role + 1]++;
	for (i = 0; i < roles; i++)
		first[i + 1] += first[i];
	return first[roles];
}

int members_by_role_init(struct members_by_role *by_role, __u32 roles,
			 const struct members *members)
{
	__u32 *next = calloc(roles + 1, sizeof(*next)), i;
	const struct member *member;
	struct members_walk walk;

	by_role->items = NULL;
	by_role->first = calloc(roles + 2, sizeof(*by_role->first));
	if (next && by_role->first)
		by_role->items =
			malloc((count(by_role->first, roles, members) + 1) *
			       sizeof(*by_role->items));
	if (!by_role->items) {
		free(next);
		return -ENOMEM;
	}
	for (i = 0; i < roles; i++)
		next[i] = by_role->first[i];
	members_start(&walk, members);
	while ((member = next_held(&walk)))
		by_role->items[next[member->role]++] = member;
	free(next);
	return 0;
}

void members_by_role_release(struct members_by_role *by_role)
{
	free(by_role->items);
	free(by_role->first);
}

struct member_run member_run_of(const struct members_by_role *by_role,
				__u32 role)
{
	return (struct member_run){
		.items = by_role->items + by_role->first[role],
		.count = by_role->first[role + 1] - by_role->first[role],
	};
}

bool member_run_is_empty(const struct member_run *run)
{
	__u32 i;

	for (i = 0; i < run->count; i++)
		if (!run->items[i]->excluded)
			return false;
	return true;
}
