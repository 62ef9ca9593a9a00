/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a config file and the policies it names into a model. */
#ifndef ROLEGATE_USER_CONFIG_H
#define ROLEGATE_USER_CONFIG_H

#include "user/policy/diag.h"
#include "user/policy/model.h"

/*
 * Reads path ("-" is standard input) into an empty model. Everything wrong
 * goes to diag, as much as can be found in one run. Returns 0, or -EINVAL if
 * diag holds an error, -ENOMEM, or the errno of a file that cannot be read
 * (diag says which). Policies are embedded ones (user/policy/embedded.h) or
 * files relative to path's directory.
 */
int config_read(struct model *model, const char *path, struct diag *diag);

/*
 * Reads the embedded policy of that name, and nothing else, into an empty
 * model: its roles without members, its rules, where it was published. The
 * name is one of embedded_policies. Errors as for config_read().
 */
int policy_read(struct model *model, const char *name, struct diag *diag);

#endif
