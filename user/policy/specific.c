/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of an address's roles says most about it. */
#include "user/policy/specific.h"

#include <errno.h>
#include <stdlib.h>

int specific_init(struct specific *specific, const struct classes *classes)
{
	const __u32 *roles;
	__u32 class, count, i;

	specific->holders = calloc(ROLES_MAX, sizeof(*specific->holders));
	if (!specific->holders)
		return -ENOMEM;
	for (class = 0; class < classes->sets.count; class ++) {
		roles = classes_roles(classes, class, &count);
		for (i = 0; i < count; i++)
			specific->holders[roles[i]]++;
	}
	return 0;
}

void specific_release(struct specific *specific)
{
	free(specific->holders);
	*specific = (struct specific){};
}

__u32 specific_role(const struct specific *specific,
		    const struct classes *classes, __u32 class)
{
	__u32 count, i, fewest = ~0U, found = ROLE_ANY;
	const __u32 *roles = classes_roles(classes, class, &count);

	for (i = 0; i < count; i++) {
		if (specific->holders[roles[i]] >= fewest)
			continue;
		fewest = specific->holders[roles[i]];
		found = roles[i];
	}
	return found;
}
