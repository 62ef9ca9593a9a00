/* SPDX-License-Identifier: GPL-2.0-only */
/* Characters of UTF-8 text: their length, and whether a terminal may see them. */
#ifndef ROLEGATE_USER_UTF8_H
#define ROLEGATE_USER_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/*
 * Decodes the character at text. Returns its length in bytes, or -EINVAL if
 * the bytes are no UTF-8 (overlong forms and surrogates are none).
 */
int utf8_decode(const char *text, size_t size, __u32 *character);

/* False for controls and for what rearranges or hides the text around it. */
bool utf8_is_printable(__u32 character);

#endif
