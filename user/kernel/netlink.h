/* SPDX-License-Identifier: GPL-2.0-only */
/* One question to the kernel by netlink, and its answers. */
#ifndef ROLEGATE_USER_NETLINK_H
#define ROLEGATE_USER_NETLINK_H

#include <libmnl/libmnl.h>

/* Room for a request of ours. */
struct netlink_buffer {
	char bytes[512];
} __attribute__((aligned(8)));

/* Begin a request: for one answer, or for all there are. */
struct nlmsghdr *netlink_request(struct netlink_buffer *buffer, int type);
struct nlmsghdr *netlink_dump(struct netlink_buffer *buffer, int type);

/*
 * Sends the request to a bus (NETLINK_ROUTE) and calls take for each answer.
 * Returns 0 or negative errno.
 */
int netlink_ask(int bus, struct nlmsghdr *request, mnl_cb_t take,
		void *context);

#endif
