/* SPDX-License-Identifier: GPL-2.0-only */
/* The policies that are part of the program (user/policies). */
#ifndef ROLEGATE_USER_EMBEDDED_H
#define ROLEGATE_USER_EMBEDDED_H

#include <stddef.h>

struct embedded_policy {
	const char *name;
	const char *text; /* YAML */
};

/* Ends with an entry whose name is NULL. */
extern const struct embedded_policy embedded_policies[];

/* The policy of that name, or NULL. */
const struct embedded_policy *embedded_policy_find(const char *name);

#endif
