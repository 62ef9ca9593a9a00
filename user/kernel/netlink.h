/* SPDX-License-Identifier: GPL-2.0-only */
/* One question to the kernel by netlink, and its answers. */
#ifndef ROLEGATE_USER_NETLINK_H
#define ROLEGATE_USER_NETLINK_H

#include <libmnl/libmnl.h>

/*
 * Begin a request in a buffer that is large enough: for one answer, or for all
 * there are.
 */
struct nlmsghdr *netlink_request(void *buffer, int type);
struct nlmsghdr *netlink_dump(void *buffer, int type);

/*
 * Sends the request to a bus (NETLINK_ROUTE) and calls take for each answer.
 * Returns 0 or negative errno.
 */
int netlink_ask(int bus, struct nlmsghdr *request, mnl_cb_t take,
		void *context);

#endif
