/* SPDX-License-Identifier: GPL-2.0-only */
/* A /24 of few classes in a cache line or two. */
#ifndef ROLEGATE_USER_LINE_V4_H
#define ROLEGATE_USER_LINE_V4_H

#include "user/policy/leaf_v4.h"
#include "user/policy/tables.h"

/*
 * Appends the lines of a /24, and sets the slot that leads to them; 0 if it
 * does not fit into any. Returns 0, or -ENOMEM or -ENOSPC as table_extend().
 */
int line_write(struct tables *tables, const struct leaf *leaf, __u32 *slot);

/* The classes of the addresses that such a slot leads to. 0 or -ENOMEM. */
int line_read(struct tables *tables, __u32 slot, struct leaf *leaf);

#endif
