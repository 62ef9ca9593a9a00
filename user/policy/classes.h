/* SPDX-License-Identifier: GPL-2.0-only */
/* Members to classes: which set of roles each prefix holds. */
#ifndef ROLEGATE_USER_CLASSES_H
#define ROLEGATE_USER_CLASSES_H

#include "user/policy/intern.h"
#include "user/policy/members.h"

/* The sets of roles that there are; a class is the number of one. */
struct classes {
	struct intern sets; /* class number to its roles: __u32, ascending */
};

/* Addresses of prefix are of class, unless a longer one says else. */
struct class_prefix {
	struct prefix prefix;
	__u32 class;
	__u32 around; /* the class around it */
};

/* Containing prefixes come first. */
struct class_list {
	struct class_prefix *items;
	__u32 count;
	__u32 room;
};

void classes_init(struct classes *classes);
void classes_release(struct classes *classes);

/*
 * Appends to the list every prefix of the members that is inside region, the
 * region itself first, whether it is a member or not. A role's addresses are
 * the union of its members less the union of its exclusions. New sets get the
 * next numbers, the empty one CLASS_NONE. Returns 0 or -ENOMEM; the list is the caller's to free.
 */
int classes_of_region(struct classes *classes, const struct members *members,
		      const struct prefix *region, struct class_list *list);

/* The class of one address, or -ENOMEM. */
int classes_of_address(struct classes *classes, const struct members *members,
		       const struct prefix *address);

/* The roles of a class, ascending. */
const __u32 *classes_roles(const struct classes *classes, __u32 class,
			   __u32 *count);

bool classes_has_role(const struct classes *classes, __u32 class, __u32 role);

/* Is one of the refs (roles or ROLE_ANY) in the class? */
bool classes_match(const struct classes *classes, __u32 class,
		   const __u32 *refs, __u32 count);

#endif
