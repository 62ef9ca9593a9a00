/* SPDX-License-Identifier: GPL-2.0-only */
/* Results on their way to standard output, and why they did not get there. */
#ifndef ROLEGATE_USER_RESULT_H
#define ROLEGATE_USER_RESULT_H

/*
 * Hands on all that was printed. Returns 0, or for good the negative errno of
 * the first time that this failed.
 */
int result_flush(void);

#endif
