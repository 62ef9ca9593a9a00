/* SPDX-License-Identifier: GPL-2.0-only */
/* A file that is written whole before it takes the place of an older one. */
#ifndef ROLEGATE_USER_REPLACEMENT_H
#define ROLEGATE_USER_REPLACEMENT_H

#include <stdbool.h>
#include <stdio.h>

/* All zeroes is none. */
struct replacement {
	char *path;	 /* what is to be replaced, links followed */
	char *temporary; /* beside it, NULL once it is there or dropped */
	FILE *stream;
};

/*
 * Makes a file beside path, with the mode and owner of what is there, else
 * readable to its owner only. Returns 0, -ENOTSUP if there is something else
 * than a file, or negative errno.
 */
int replacement_open(struct replacement *replacement, const char *path);

/* Brings all that was written to the disk. Returns 0 or negative errno. */
int replacement_finish(struct replacement *replacement);

/* Puts the finished file in its place. Returns 0 or negative errno. */
int replacement_commit(struct replacement *replacement);

/*
 * The same where there must be nothing but what was committed before: -EEXIST
 * if other bytes are there, and 0 if the same ones are. Sets is_new if there
 * was nothing.
 */
int replacement_commit_new(struct replacement *replacement, bool *is_new);

/* Removes what was not committed. */
void replacement_release(struct replacement *replacement);

#endif
