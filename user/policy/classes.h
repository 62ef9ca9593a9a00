/* SPDX-License-Identifier: GPL-2.0-only */
/* Role members to classes: which set of roles each prefix holds. */
#ifndef ROLEGATE_USER_CLASSES_H
#define ROLEGATE_USER_CLASSES_H

#include "user/policy/intern.h"
#include "user/policy/model.h"

/* Addresses of prefix hold the roles of class, unless a longer one says else. */
struct class_prefix {
	struct prefix prefix;
	__u32 class;
};

struct classes {
	struct intern sets; /* class number to its roles: __u32, ascending */
	struct class_prefix *prefixes; /* containing prefixes first */
	__u32 count;
};

void classes_init(struct classes *classes);
void classes_release(struct classes *classes);

/*
 * Fills an empty classes. A role's addresses are the union of its members less
 * the union of its exclusions; class CLASS_NONE is the empty set. Prefixes
 * that say nothing new are left out. Returns 0 or -ENOMEM.
 */
int classes_build(struct classes *classes, const struct model *model);

/* Bits that hold the number of any class: shape.class_bits. */
__u32 classes_bits(const struct classes *classes);

/* The roles of a class, ascending. */
const __u32 *classes_roles(const struct classes *classes, __u32 class,
			   __u32 *count);

bool classes_has_role(const struct classes *classes, __u32 class, __u32 role);

/* Is one of the refs (roles or ROLE_ANY) in the class? */
bool classes_match(const struct classes *classes, __u32 class,
		   const __u32 *refs, __u32 count);

#endif
