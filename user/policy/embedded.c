/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds a policy among those that are part of the program. */
#include "user/policy/embedded.h"

#include <string.h>

const struct embedded_policy *embedded_policy_find(const char *name)
{
	const struct embedded_policy *policy;

	for (policy = embedded_policies; policy->name; policy++)
		if (!strcmp(policy->name, name))
			return policy;
	return NULL;
}
