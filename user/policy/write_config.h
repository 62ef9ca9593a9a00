/* SPDX-License-Identifier: GPL-2.0-only */
/* A model as the text of a config that means the same. */
#ifndef ROLEGATE_USER_WRITE_CONFIG_H
#define ROLEGATE_USER_WRITE_CONFIG_H

#include <stdio.h>

#include "user/policy/emit.h"
#include "user/policy/members_by_role.h"

/*
 * Where a role's members go: member_file() puts them into a file of their own
 * and returns the path that the config is to name, or NULL: then they stand in
 * the config itself.
 */
struct member_files {
	const char *(*member_file)(void *context, __u32 role,
				   const struct member_run *run);
	void *context;
};

/*
 * Writes a config of the same digest (user/policy/digest.h) as the model has
 * with these members; files may be NULL. Embedded policies
 * whose rules are as embedded are named, with what they are used without; the
 * rules of others are written as the config's own, and of their tests those
 * that expect a pass: what such a policy alone drops, a config cannot say.
 * Returns 0, -ENOMEM, or the stream's negative errno.
 */
int write_config(FILE *stream, const struct model *model,
		 const struct members *members,
		 const struct member_files *files);

/* Writes a role's members as a file that a config may name. 0 or -errno. */
int write_members(FILE *stream, const struct member_run *run);

/* For user/policy/write_*.c only. */
struct writer {
	struct emit emit;
	const struct model *model;
	__u32 referred;		/* so many of the policies are named */
	struct model *embedded; /* of those, in their order */
};

/* Reads the embedded policies that can be named. To be released in any case. */
int write_policies_init(struct writer *writer);
void write_policies_release(struct writer *writer);

void write_policies(struct writer *writer);
void write_without(struct writer *writer);
void write_rules(struct writer *writer);
void write_keep(struct writer *writer);
void write_tests(struct writer *writer);

/* "a", or a list of role names. */
void write_refs(struct writer *writer, const struct span *refs);

/* Does one of the named policies define the role? */
bool write_is_defined(const struct writer *writer, const struct role *role);

/* Is it one of the named policies? 0 is the config itself. */
bool write_is_referred(const struct writer *writer, __u32 policy);

#endif
