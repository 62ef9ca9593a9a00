/* SPDX-License-Identifier: GPL-2.0-only */
/* The network namespace that a process is in: ifindexes mean nothing in another. */
#ifndef ROLEGATE_USER_NAMESPACE_H
#define ROLEGATE_USER_NAMESPACE_H

#include <stdbool.h>

#include <linux/types.h>

/*
 * Its cookie, which no other namespace gets until the next boot. Returns 0 or
 * negative errno. Source: SO_NETNS_COOKIE, Linux 5.14.
 */
int namespace_cookie(__u64 *cookie);

/* Is the process in the namespace of that cookie? */
bool namespace_is_own(__u64 cookie);

#endif
