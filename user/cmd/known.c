/* SPDX-License-Identifier: GPL-2.0-only */
/* The generations that events come from, for their names. */
#include "user/cmd/known.h"

void known_init(struct known *known, const struct instance *instance)
{
	int i;

	known->instance = instance;
	known->newest = 0;
	for (i = 0; i < KNOWN_MAX; i++)
		generation_init(&known->generations[i]);
}

void known_release(struct known *known)
{
	int i;

	for (i = 0; i < KNOWN_MAX; i++)
		generation_release(&known->generations[i]);
}

/* Roles that change while it runs bring new classes. */
static bool has_class(const struct image *image, __u32 class)
{
	return class < image->classes.sets.count;
}

/* Where the generation is, or in whose place it may come. */
static int place_of(const struct known *known, __u32 number)
{
	int i;

	for (i = 0; i < KNOWN_MAX; i++)
		if (known->generations[i].number == number)
			return i;
	return (known->newest + 1) % KNOWN_MAX;
}

const struct image *known_image(struct known *known, __u32 number, __u32 class)
{
	int place = place_of(known, number);
	struct generation *generation = &known->generations[place];
	struct generation read;

	if (generation->number == number &&
	    has_class(&generation->image, class)) {
		known->newest = place;
		return &generation->image;
	}
	generation_init(&read);
	if (generation_open(&read, known->instance, number)) {
		generation_release(&read);
		return generation->number == number ? &generation->image : NULL;
	}
	generation_release(generation);
	*generation = read;
	known->newest = place;
	return &generation->image;
}
