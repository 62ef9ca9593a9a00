/* SPDX-License-Identifier: GPL-2.0-only */
/* What a config means as one number: equal digests, equal policies. */
#ifndef ROLEGATE_USER_DIGEST_H
#define ROLEGATE_USER_DIGEST_H

#include "user/policy/members_by_role.h"
#include "user/policy/model.h"

#define DIGEST_TEXT_SIZE 65 /* SHA-256 in hexadecimal, and its end */

/*
 * Writes the SHA-256 of everything in the model that decides packets, members
 * included. Places, comments, tests and about texts do not count, nor does the
 * order of roles. "" if memory is short.
 */
void model_digest(const struct model *model, char text[DIGEST_TEXT_SIZE]);

/* Writes the SHA-256 of the members of one role. */
void members_digest(const struct member_run *run, char text[DIGEST_TEXT_SIZE]);

#endif
