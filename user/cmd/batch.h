/* SPDX-License-Identifier: GPL-2.0-only */
/* The prefixes that `rolegate role` was given: words, lines, or a file. */
#ifndef ROLEGATE_USER_BATCH_H
#define ROLEGATE_USER_BATCH_H

#include "user/policy/model.h"
#include "user/policy/source.h"

/* All zeroes is an empty one. */
struct batch {
	struct source source;		 /* what batch_fetch() read */
	ARRAY_OF(struct member) members; /* of one role; once read, sorted */
};

/*
 * Reads the text of a file, "-" for standard input: to be done before the
 * instance is locked, since it may take its time. Reports errors; returns 0 or
 * negative errno.
 */
int batch_fetch(struct batch *batch, const char *path);

/*
 * Reads words, each a prefix, an address, a range, or "-" for the lines of
 * what was fetched; "!" excludes. What is wrong is reported with its place, up
 * to some of them. Returns 0 or negative errno.
 */
int batch_read_words(struct batch *batch, __u16 role, char **words, int count);

/* Reads the lines of what was fetched; comments start with "#". */
int batch_read_lines(struct batch *batch, __u16 role);

void batch_release(struct batch *batch);

#endif
