/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter that tells from which IPv4 addresses nobody need be looked for. */
#ifndef ROLEGATE_USER_FILTER_V4_H
#define ROLEGATE_USER_FILTER_V4_H

#include "user/policy/tables.h"

/* Makes an empty one, or room for none. Returns 0 or -ENOMEM. */
int filter_v4_make(struct tables *tables, bool is_wanted);

/*
 * Lets it expect classes from start up to, not including, end: before they are
 * there. Without a filter that is nothing to do. Returns 0 or -ENOMEM.
 */
int filter_v4_expect(struct tables *tables, __u64 start, __u64 end);

#endif
