/* SPDX-License-Identifier: GPL-2.0-only */
/* Members role by role, in their order. */
#ifndef ROLEGATE_USER_MEMBERS_BY_ROLE_H
#define ROLEGATE_USER_MEMBERS_BY_ROLE_H

#include "user/policy/members.h"

struct members_by_role {
	const struct member **items; /* those that are held */
	__u32 *first; /* by role: where in items, and one past the last */
};

/* One role's members; they lie where the members lay. */
struct member_run {
	const struct member *const *items;
	__u32 count;
};

/* To be released in any case. Returns 0 or -ENOMEM. */
int members_by_role_init(struct members_by_role *by_role, __u32 roles,
			 const struct members *members);
void members_by_role_release(struct members_by_role *by_role);

struct member_run member_run_of(const struct members_by_role *by_role,
				__u32 role);

/* Without a member that is not excluded a role is empty. */
bool member_run_is_empty(const struct member_run *run);

#endif
