/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives equal byte strings equal numbers: role sets, rows, blocks of cells. */
#ifndef ROLEGATE_USER_INTERN_H
#define ROLEGATE_USER_INTERN_H

#include <stddef.h>

#include <linux/types.h>

struct intern {
	__u8 *bytes; /* all strings, one after the other */
	size_t used;
	size_t room;
	size_t *starts; /* count + 1 of them: where each string begins */
	__u32 count;
	__u32 starts_room;
	__u32 *slots; /* open addressing: number + 1, 0 is free */
	__u32 slots_room;
};

void intern_init(struct intern *intern);
void intern_release(struct intern *intern);

/*
 * The number of the string: of the equal one if there was one, else the next
 * (0, 1, 2 …). Returns -ENOMEM.
 */
int intern_add(struct intern *intern, const void *bytes, size_t size);

/* The number of an equal string, or -1. */
int intern_find(const struct intern *intern, const void *bytes, size_t size);

/* The string of a number; valid until the next intern_add(). */
const void *intern_get(const struct intern *intern, __u32 number, size_t *size);

#endif
