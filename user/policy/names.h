/* SPDX-License-Identifier: GPL-2.0-only */
/* A set of names with a number each, and the nearest one to a misspelling. */
#ifndef ROLEGATE_USER_NAMES_H
#define ROLEGATE_USER_NAMES_H

#include <stdbool.h>

#include <linux/types.h>

struct name;

/* All zeroes is an empty set. */
struct names {
	void *tree;
	struct name *first;
	struct name *last;
};

void names_release(struct names *names);

/* Copies the name. Returns 0, -EEXIST with the set unchanged, or -ENOMEM. */
int names_add(struct names *names, const char *name, __u32 number);

/* The number that goes with the name, or -1. */
long names_find(const struct names *names, const char *name);

/* The most similar name, the earliest added of several; NULL if none is near. */
const char *names_nearest(const struct names *names, const char *word);

/* The same among words up to a NULL. */
const char *words_nearest(const char *const *words, const char *word);

#endif
