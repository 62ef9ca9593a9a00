/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate role add, del, replace: members of roles at run time. */
#ifndef ROLEGATE_USER_ROLE_CHANGE_H
#define ROLEGATE_USER_ROLE_CHANGE_H

#include <jansson.h>

#include "user/cmd/command.h"
#include "user/kernel/state.h"

/*
 * What happens to the members of a role: all of the words are taken, or
 * nothing is changed. Fills result. force overrides the lockout check.
 */
enum exit_status role_add(struct state *state, char **arguments, int count,
			  json_t *result, bool force);
enum exit_status role_del(struct state *state, char **arguments, int count,
			  json_t *result, bool force);
enum exit_status role_replace(struct state *state, char **arguments, int count,
			      json_t *result, bool force);

#endif
