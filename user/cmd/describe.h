/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of a model as JSON, as several commands show them. */
#ifndef ROLEGATE_USER_DESCRIBE_H
#define ROLEGATE_USER_DESCRIBE_H

#include <jansson.h>

#include "user/kernel/generation.h"
#include "user/policy/classes.h"
#include "user/policy/model.h"

/* Names of the roles of a class, [] for an address without a role. */
json_t *describe_class(const struct model *model, const struct classes *classes,
		       __u32 class);

/* Names of role references: ["any"], ["director", "front-end"]. */
json_t *describe_refs(const struct model *model, const struct span *refs);

/* {"name", "from", "to", "match"}. */
json_t *describe_rule(const struct model *model, const struct rule *rule);

/* All of them, each with "about". */
json_t *describe_rules(const struct model *model);

/* [{"name", "about"}]. */
json_t *describe_roles(const struct model *model);

/* "2026-11-24T09:30:00+0000", of seconds since 1970. */
json_t *describe_time(__u64 seconds);

/* "rolegate.yaml:12", or "" for what is nowhere written. */
json_t *describe_place(const struct model *model, const struct place *place);

/* The same for a member; "run time" for one that no config holds. */
json_t *describe_origin(const struct model *model, const struct member *member);

/* The interface by the name that the config has for it, or has now; or -1. */
int describe_find_interface(const struct model *model, const char *name);

/*
 * [{"name", "mode", "enforce", "attached", "roles"}]; mode is null and
 * attached false where the program is not (any longer) on the interface.
 */
json_t *describe_interfaces(const struct instance *instance,
			    const struct generation *generation);

/*
 * The names of the interfaces that a generation on trial does not have: the
 * one before, NULL if there is none, goes on filtering them until the trial is
 * confirmed.
 */
json_t *describe_left(const struct instance *instance,
		      const struct generation *trial,
		      const struct generation *previous);

/*
 * [{"table", "used", "max", "percent"}]: how full a loaded config is, which
 * holds that many prefixes.
 */
json_t *describe_capacity(const struct image *image, __u32 prefixes);

#endif
