/* SPDX-License-Identifier: GPL-2.0-only */
/* Who sits at the far end of a terminal. */
#include "user/kernel/terminal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <utmpx.h>

#include "user/kernel/netlink.h"
#include "user/kernel/session.h"
#include "user/output/report.h"

/* Documentation/admin-guide/devices.txt: Unix98 PTY slaves. */
#define PTS_MAJOR_FIRST 136
#define PTS_MAJOR_LAST	143

/* As the kernel writes it into /proc/PID/stat, and utmp's name for it. */
static bool name_terminal(unsigned int device, char line[16])
{
	unsigned int major = device >> 8 & 0xfff;
	unsigned int minor = (device & 0xff) | (device >> 12 & 0xfff00);

	if (major < PTS_MAJOR_FIRST || major > PTS_MAJOR_LAST)
		return false;
	snprintf(line, 16, "pts/%u", (major - PTS_MAJOR_FIRST) * 256 + minor);
	return true;
}

/* An IPv4 address stands in the first word, the others being zero. */
static bool read_peer(const struct utmpx *entry, struct prefix *peer)
{
	const __s32 *words = entry->ut_addr_v6;
	char text[INET6_ADDRSTRLEN];
	int family = AF_INET6;

	if (!words[0] && !words[1] && !words[2] && !words[3])
		return false;
	if (!words[1] && !words[2] && !words[3])
		family = AF_INET;
	return inet_ntop(family, words, text, sizeof(text)) &&
	       !session_address(peer, text);
}

static bool find_peer(const char *line, struct prefix *peer)
{
	struct utmpx wanted = {.ut_type = USER_PROCESS};
	struct utmpx *entry;
	bool found;

	strncpy(wanted.ut_line, line, sizeof(wanted.ut_line) - 1);
	setutxent();
	entry = getutxline(&wanted);
	found = entry && read_peer(entry, peer);
	endutxent();
	return found;
}

/* The connection sought, and the best one so far. */
struct search {
	const struct prefix *peer;
	struct frame_spec *spec;
	bool found;
};

static bool read_address(struct prefix *address, int family,
			 const __be32 *words)
{
	char text[INET6_ADDRSTRLEN];

	return inet_ntop(family, words, text, sizeof(text)) &&
	       !session_address(address, text);
}

static int take_socket(const struct nlmsghdr *message, void *context)
{
	const struct inet_diag_msg *socket = mnl_nlmsg_get_payload(message);
	const struct inet_diag_sockid *id = &socket->id;
	struct search *search = context;
	struct frame_spec spec = {
		.protocol = IPPROTO_TCP,
		.flags = SESSION_FLAGS,
		.sport = ntohs(id->idiag_dport),
		.port = ntohs(id->idiag_sport),
	};

	if (!read_address(&spec.from, socket->idiag_family, id->idiag_dst) ||
	    !read_address(&spec.to, socket->idiag_family, id->idiag_src) ||
	    prefix_compare(&spec.from, search->peer) ||
	    (search->found && spec.port >= search->spec->port))
		return MNL_CB_OK;
	*search->spec = spec;
	search->found = true;
	return MNL_CB_OK;
}

static void search_sockets(struct search *search, int family)
{
	struct netlink_buffer buffer;
	struct nlmsghdr *request = netlink_dump(&buffer, SOCK_DIAG_BY_FAMILY);
	struct inet_diag_req_v2 *wanted;

	wanted = mnl_nlmsg_put_extra_header(request, sizeof(*wanted));
	wanted->sdiag_family = family;
	wanted->sdiag_protocol = IPPROTO_TCP;
	wanted->idiag_states = 1 << TCP_ESTABLISHED;
	netlink_ask(NETLINK_SOCK_DIAG, request, take_socket, search);
}

int terminal_peer(struct frame_spec *spec, int device)
{
	struct search search = {.spec = spec};
	char line[16], text[PREFIX_TEXT_SIZE];
	struct prefix peer;

	if (!name_terminal(device, line) || !find_peer(line, &peer))
		return -ENOENT;
	search.peer = &peer;
	search_sockets(&search, AF_INET);
	search_sockets(&search, AF_INET6);
	report_detail("session: %s comes from %s by utmp, %s", line,
		      prefix_to_str(&peer, text),
		      search.found ? "with a connection here"
				   : "but no connection of it is here");
	return search.found ? 0 : -ENOENT;
}
