/* SPDX-License-Identifier: GPL-2.0-only */
/* Pieces of a config that would let something pass: as JSON, and to paste. */
#ifndef ROLEGATE_USER_SNIPPET_H
#define ROLEGATE_USER_SNIPPET_H

#include <jansson.h>

#include "user/policy/model.h"

/*
 * A snippet is an object with sections of a config: {"roles": {…}, "rules":
 * {…}}, as `load` would read them.
 */

/* A name that the model does not have yet: "new-rule", "new-rule-2", … */
const char *snippet_rule_name(const struct model *model, const char *stem,
			      unsigned int number, char *text);
const char *snippet_role_name(const struct model *model, const char *stem,
			      char *text);
#define SNIPPET_NAME_SIZE 40

/* A role's name for from or to. */
const char *snippet_role(const struct model *model, __u32 role);

/* Adds ports of a slot to what a rule matches. */
void snippet_add_match(json_t *rule, enum slot slot, __u16 low, __u16 high);

/* Prints one line of a section: "name: value", without indentation. */
void snippet_print_entry(const char *name, const json_t *value);

/* Prints the snippet as YAML, each line after indent. */
void snippet_print(const json_t *snippet, const char *indent);

#endif
