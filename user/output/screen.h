/* SPDX-License-Identifier: GPL-2.0-only */
/* What standard output is: a terminal or not, how large, and in colours. */
#ifndef ROLEGATE_USER_SCREEN_H
#define ROLEGATE_USER_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* Columns of the terminal; 0 if standard output is none: no limit. */
size_t screen_width(void);

/* Lines of the terminal that can be drawn anew; 0 where nothing can. */
size_t screen_height(void);

/* Is that a terminal on which a line can be drawn anew? */
bool screen_has_line(int fd);

/* A terminal that knows colours, and NO_COLOR does not say otherwise. */
bool screen_has_colors(void);

/*
 * Draws text in the place of what was drawn before, as much of it as fits:
 * the last line then says how many are missing and ends with hint.
 */
void screen_draw(const char *text, const char *hint);

#endif
