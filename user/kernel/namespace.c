/* SPDX-License-Identifier: GPL-2.0-only */
/* The network namespace that a process is in: ifindexes mean nothing in another. */
#include "user/kernel/namespace.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

int namespace_cookie(__u64 *cookie)
{
	socklen_t size = sizeof(*cookie);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &size))
		err = -errno;
	close(fd);
	return err;
}

bool namespace_is_own(__u64 cookie)
{
	__u64 here;

	return !namespace_cookie(&here) && here == cookie;
}
