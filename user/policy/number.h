/* SPDX-License-Identifier: GPL-2.0-only */
/* Decimal numbers and ranges of them, read strictly. */
#ifndef ROLEGATE_USER_NUMBER_H
#define ROLEGATE_USER_NUMBER_H

/*
 * Reads digits alone: no sign, no space, no leading zero. Returns the number,
 * or -EINVAL if text is none or one above max.
 */
int number_from_str(const char *text, int max);

/*
 * Reads "7" or "7-9". Returns 0, -EINVAL if text is neither, or -ERANGE if
 * the range is empty; low and high are set only on success.
 */
int number_range_from_str(const char *text, int max, int *low, int *high);

#endif
