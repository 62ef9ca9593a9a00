/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate role add, del, replace: members of roles at run time. */
#ifndef ROLEGATE_USER_ROLE_CHANGE_H
#define ROLEGATE_USER_ROLE_CHANGE_H

#include <jansson.h>

#include "user/cmd/batch.h"
#include "user/cmd/command.h"
#include "user/kernel/state.h"

/* What the operator asks for. */
struct role_request {
	char **words; /* a role or an address first */
	int count;
	bool is_forced;	    /* overrides the lockout check */
	struct batch batch; /* with what was fetched, if anything was */
};

/*
 * What happens to the members of a role: all of the words are taken, or
 * nothing is changed. Fills result.
 */
enum exit_status role_add(struct state *state, struct role_request *request,
			  json_t *result);
enum exit_status role_del(struct state *state, struct role_request *request,
			  json_t *result);
enum exit_status role_replace(struct state *state, struct role_request *request,
			      json_t *result);

#endif
