/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of an address's roles says most about it. */
#ifndef ROLEGATE_USER_SPECIFIC_H
#define ROLEGATE_USER_SPECIFIC_H

#include "user/policy/classes.h"

/* How many classes hold each role. All zeroes holds nothing. */
struct specific {
	__u32 *holders; /* by role */
};

/* Counts. Returns 0 or -ENOMEM. */
int specific_init(struct specific *specific, const struct classes *classes);
void specific_release(struct specific *specific);

/*
 * Of the roles of a class the one that the fewest classes hold, so that a rule
 * for it reaches as little else as may be; of several the first. ROLE_ANY for
 * CLASS_NONE.
 */
__u32 specific_role(const struct specific *specific,
		    const struct classes *classes, __u32 class);

#endif
