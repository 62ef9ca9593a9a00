/* SPDX-License-Identifier: GPL-2.0-only */
/* Which roles an address holds, by the members alone. */
#ifndef ROLEGATE_USER_HOLDERS_H
#define ROLEGATE_USER_HOLDERS_H

#include "user/policy/members.h"

/* Of each role (by its number): does an address hold it? */
struct holders {
	__u8 holds[ROLES_MAX];
	__u32 count; /* of roles held */
};

/* roles: how many there are. */
void holders_find(struct holders *holders, const struct members *members,
		  __u32 roles, const struct prefix *address);

/*
 * An address of the family that holds the role, with as few others as is found
 * soon; ROLE_ANY: one without a role. False if none is found.
 */
bool holders_example(const struct members *members, __u32 roles, __u32 role,
		     int family, struct prefix *address);

#endif
