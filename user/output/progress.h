/* SPDX-License-Identifier: GPL-2.0-only */
/* What a command that takes long is at, on a terminal. */
#ifndef ROLEGATE_USER_PROGRESS_H
#define ROLEGATE_USER_PROGRESS_H

#include <stdbool.h>

#include <linux/types.h>

/*
 * One line on standard error, rewritten in place, once the first stage is half
 * a second ago. Nothing unless it is wanted and standard error is a terminal.
 */
void progress_want(bool is_wanted);

/*
 * What comes next. The number of members so far, or NULL, is read until the
 * next stage or the end, from another thread.
 */
void progress_stage(const char *stage, const __u32 *members);

/* The same for reading a file; nothing while somebody types it in, as "-". */
void progress_reading(const char *path, const char *stage,
		      const __u32 *members);

/* Clears the line, if there is one: before anything else is printed. */
void progress_end(void);

#endif
