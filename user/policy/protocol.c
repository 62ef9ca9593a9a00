/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of IP protocols and of TCP flags. */
#include "user/policy/protocol.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "user/policy/number.h"

/* Known even without /etc/protocols. */
static const struct {
	const char *name;
	__u8 number;
} usual[] = {
	{"tcp", IPPROTO_TCP},	       {"udp", IPPROTO_UDP},
	{"sctp", IPPROTO_SCTP},	       {"icmp", IPPROTO_ICMP},
	{"ipv6-icmp", IPPROTO_ICMPV6},
};

#define USUAL (sizeof(usual) / sizeof(*usual))

const char *const tcp_flag_names[TCP_FLAG_COUNT] = {"fin", "syn", "rst",
						    "psh", "ack", "urg"};

const char *protocol_to_str(__u8 protocol, char *text)
{
	const struct protoent *entry;
	size_t i;

	for (i = 0; i < USUAL; i++)
		if (usual[i].number == protocol)
			return usual[i].name;
	/* 0 is an IPv6 header there, and no protocol above IPv4. */
	entry = protocol ? getprotobynumber(protocol) : NULL;
	if (entry)
		snprintf(text, PROTOCOL_TEXT_SIZE, "%s", entry->p_name);
	else
		snprintf(text, PROTOCOL_TEXT_SIZE, "%u", protocol);
	return text;
}

int protocol_from_str(const char *name, __u8 family)
{
	const struct protoent *entry;
	int number;
	size_t i;

	if (!strcmp(name, "icmp"))
		return family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	for (i = 0; i < USUAL; i++)
		if (!strcmp(name, usual[i].name))
			return usual[i].number;
	number = number_from_str(name, 255);
	if (number >= 0)
		return number;
	entry = getprotobyname(name);
	return entry ? entry->p_proto : -1;
}

bool protocol_has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_SCTP;
}

bool protocol_is_icmp(__u8 protocol)
{
	return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

static int flag_from_str(const char *text, size_t length)
{
	int i;

	for (i = 0; i < TCP_FLAG_COUNT; i++)
		if (length == 3 && !strncasecmp(text, tcp_flag_names[i], 3))
			return i;
	return -EINVAL;
}

int tcp_flags_from_str(__u8 *flags, const char *text)
{
	size_t length;
	__u8 bits = 0;
	int flag;

	if (!strcmp(text, "none"))
		text = "";
	else if (!*text)
		return -EINVAL;
	while (*text) {
		length = strcspn(text, ",+");
		flag = flag_from_str(text, length);
		if (flag < 0)
			return flag;
		bits |= 1 << flag;
		text += length;
		text += *text != '\0';
	}
	*flags = bits;
	return 0;
}
