/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a long step is, on standard error if that is a terminal. */
#ifndef ROLEGATE_USER_PROGRESS_H
#define ROLEGATE_USER_PROGRESS_H

#include <stddef.h>

/* Cheap to call often: shows a percentage only when it has been a while. */
void progress_show(const char *what, size_t done, size_t total);

/* Clears the line, if anything was shown. */
void progress_end(void);

#endif
