/* SPDX-License-Identifier: GPL-2.0-only */
/* What a load changes, shown in the operator's terms. */
#ifndef ROLEGATE_USER_CHANGES_H
#define ROLEGATE_USER_CHANGES_H

#include <jansson.h>

#include "user/kernel/generation.h"
#include "user/policy/model.h"

/*
 * [{"change": "added", "kind": "rule", "name", …}]: what the model changes in
 * the generation that runs, NULL if none does. A removed rule comes with what
 * it has passed so far. Of a role's members only some are listed, all with
 * verbose. Reports its errors; NULL then.
 */
json_t *changes_find(const struct generation *running,
		     const struct model *model, bool verbose);

/* A line for each change, and for each listed member; says if there is none. */
void changes_print(const json_t *changes);

#endif
