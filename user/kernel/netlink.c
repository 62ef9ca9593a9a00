/* SPDX-License-Identifier: GPL-2.0-only */
/* One question to the kernel by netlink, and its answers. */
#include "user/kernel/netlink.h"

#include <errno.h>

#define BUFFER_SIZE 32768 /* the kernel fills no larger one in a dump */
#define SEQUENCE    1

static struct nlmsghdr *begin(struct netlink_buffer *buffer, int type,
			      int flags)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer->bytes);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	request->nlmsg_seq = SEQUENCE;
	return request;
}

struct nlmsghdr *netlink_request(struct netlink_buffer *buffer, int type)
{
	return begin(buffer, type, NLM_F_ACK);
}

struct nlmsghdr *netlink_dump(struct netlink_buffer *buffer, int type)
{
	return begin(buffer, type, NLM_F_DUMP);
}

static int receive(struct mnl_socket *socket, mnl_cb_t take, void *context)
{
	unsigned int port = mnl_socket_get_portid(socket);
	char buffer[BUFFER_SIZE] __attribute__((aligned(8)));
	ssize_t size;
	int more = MNL_CB_OK;

	while (more > MNL_CB_STOP) {
		size = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (size < 0)
			return -errno;
		more = mnl_cb_run(buffer, size, SEQUENCE, port, take, context);
	}
	return more < 0 ? -errno : 0;
}

int netlink_ask(int bus, struct nlmsghdr *request, mnl_cb_t take, void *context)
{
	struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int err = 0;

	if (!socket)
		return -errno;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		err = -errno;
	if (!err)
		err = receive(socket, take, context);
	mnl_socket_close(socket);
	return err;
}
