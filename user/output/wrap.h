/* SPDX-License-Identifier: GPL-2.0-only */
/* Text in columns: how wide it is, and broken into lines between words. */
#ifndef ROLEGATE_USER_WRAP_H
#define ROLEGATE_USER_WRAP_H

#include <stddef.h>

/* Columns that UTF-8 text takes on a terminal. */
size_t text_width(const char *text);

/*
 * Breaks text into lines of at most width columns: after a comma or a hyphen,
 * in place of a space, or within a word that is too long. The caller frees;
 * NULL when memory is short.
 */
char *text_wrap(const char *text, size_t width);

/*
 * Narrows columns until their sum is at most room, the widest first, none
 * below its least width. It may stay above room.
 */
void widths_fit(size_t *widths, const size_t *least, size_t count, size_t room);

#endif
