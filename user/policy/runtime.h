/* SPDX-License-Identifier: GPL-2.0-only */
/* What run time made of the members, carried over to another config. */
#ifndef ROLEGATE_USER_RUNTIME_H
#define ROLEGATE_USER_RUNTIME_H

#include "user/policy/members.h"
#include "user/policy/model.h"

/* Only what the other config does not say anyway. */
struct runtime {
	ARRAY_OF(struct member) changes; /* in the numbers of the new model */
	__u32 added;
	__u32 deleted;
	__u32 homeless; /* added to roles that the new config does not have */
};

/*
 * Finds which run-time changes among the members of old, a model that runs,
 * the new model's members would undo. Returns 0 or -ENOMEM; runtime is to be
 * released in any case.
 */
int runtime_collect(struct runtime *runtime, const struct model *old,
		    const struct members *members, const struct model *new);
void runtime_release(struct runtime *runtime);

/* Makes them to the new model's members. Returns 0 or -ENOMEM. */
int runtime_apply(const struct runtime *runtime, struct model *new);

#endif
