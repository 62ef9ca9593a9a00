/* SPDX-License-Identifier: GPL-2.0-only */
/* The prefixes that `rolegate role` was given: words, lines, or a file. */
#ifndef ROLEGATE_USER_BATCH_H
#define ROLEGATE_USER_BATCH_H

#include "user/policy/model.h"

struct batch {
	ARRAY_OF(struct member) members; /* of one role; once read, sorted */
};

/*
 * Reads words, each a prefix, an address, a range, or "-" for the lines of
 * standard input; "!" excludes. What is wrong is reported with its place, up
 * to some of them. Returns 0 or negative errno.
 */
int batch_read_words(struct batch *batch, __u16 role, char **words, int count);

/* Reads the lines of a file ("-": standard input); comments start with "#". */
int batch_read_file(struct batch *batch, __u16 role, const char *path);

void batch_release(struct batch *batch);

#endif
