/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket that scrapes come to: from systemd, or bound to an address. */
#include "user/exporter/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "user/output/report.h"

/* "role" on the keys of a telephone. */
#define DEFAULT_ADDRESS "127.0.0.1:7653"
#define HOST_MAX	64
#define BACKLOG		64

static bool is_port(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= 5 &&
	       strspn(text, "0123456789") == length && atoi(text) <= 65535;
}

/* Splits HOST:PORT or [HOST]:PORT; an address with colons needs brackets. */
static bool split(const char *text, char host[HOST_MAX], const char **port)
{
	const char *colon = strrchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : 0;
	bool bracketed = length > 2 && text[0] == '[' && colon[-1] == ']';

	if (bracketed) {
		text++;
		length -= 2;
	}
	if (!length || length >= HOST_MAX ||
	    bracketed != !!memchr(text, ':', length))
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	*port = colon + 1;
	return is_port(*port);
}

/* Looks nothing up: names may be unknown yet when the machine starts. */
static struct addrinfo *resolve(const char *text)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found = NULL;
	char host[HOST_MAX];
	const char *port;

	if (!split(text, host, &port) ||
	    getaddrinfo(host, port, &hints, &found))
		return NULL;
	return found;
}

bool listen_is_address(const char *text)
{
	struct addrinfo *found = resolve(text);

	if (!found)
		return false;
	freeaddrinfo(found);
	return true;
}

static int bind_to(const struct addrinfo *address)
{
	const int on = 1;
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, address->ai_addr, address->ai_addrlen) ||
	    listen(fd, BACKLOG)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

static int bind_text(const char *text)
{
	struct addrinfo *address = resolve(text);
	int fd = address ? bind_to(address) : -EINVAL;

	if (address)
		freeaddrinfo(address);
	if (fd < 0)
		report_error(fd,
			     "cannot listen on %s: %s; `--listen` takes "
			     "another ADDRESS:PORT",
			     text, strerror(-fd));
	return fd;
}

int listen_open(const char *address)
{
	int passed = sd_listen_fds(1);

	if (passed < 0)
		return report_error(passed,
				    "cannot take the socket that systemd "
				    "passes on: %s",
				    strerror(-passed));
	if (!passed)
		return bind_text(address ? address : DEFAULT_ADDRESS);
	if (address)
		return report_error(-EINVAL,
				    "systemd passes a socket on, so `--listen` "
				    "is of no use: put %s into the socket unit",
				    address);
	if (passed > 1 ||
	    sd_is_socket(SD_LISTEN_FDS_START, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
		return report_error(-EINVAL,
				    "systemd passes on %d sockets; the "
				    "exporter needs one, a listening stream",
				    passed);
	return SD_LISTEN_FDS_START;
}
