/* SPDX-License-Identifier: GPL-2.0-only */
/* Nested IPv4 prefixes to ranges of addresses that follow each other. */
#ifndef ROLEGATE_USER_RANGES_V4_H
#define ROLEGATE_USER_RANGES_V4_H

#include "user/policy/classes.h"

/* Takes the addresses from start up to, not including, end; 0 or an error. */
struct range_sink {
	int (*take)(void *context, __u64 start, __u64 end, __u16 class);
	void *context;
};

/*
 * Gives the sink, in ascending order, every range in which the innermost of the
 * prefixes is the same; not what lies outside of all. The list is sorted,
 * containing ones first. Returns 0, or what the sink said, and then gives it no
 * more.
 */
int ranges_v4(const struct class_list *list, const struct range_sink *sink);

#endif
