/* SPDX-License-Identifier: GPL-2.0-only */
/* The generations that events come from, for their names. */
#ifndef ROLEGATE_USER_KNOWN_H
#define ROLEGATE_USER_KNOWN_H

#include "user/kernel/generation.h"

/* Events of a generation still come in when the next one is at work. */
#define KNOWN_MAX 2

struct known {
	const struct instance *instance;
	struct generation generations[KNOWN_MAX];
	int newest; /* the place of the one looked up last */
};

/* instance need only say where its pins are; it must outlive known. */
void known_init(struct known *known, const struct instance *instance);
void known_release(struct known *known);

/*
 * What is known of the generation of that number, in which class at least is
 * named; NULL if it was gone before it could be read.
 */
const struct image *known_image(struct known *known, __u32 number, __u32 class);

#endif
