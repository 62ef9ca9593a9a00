/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet that somebody asks about: its protocol and port, and all of it. */
#include "user/cmd/asked.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "rolegate/tables.h"
#include "user/policy/icmp_types.h"
#include "user/policy/native.h"
#include "user/policy/number.h"
#include "user/policy/protocol.h"

#define PORT_MAX   65535
#define ICMP_ASKED "echo" /* unless a type is named */

__attribute__((format(printf, 2, 3))) static int refuse(char *problem,
							const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem, ASKED_PROBLEM_SIZE, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static bool is_icmp(__u8 slot)
{
	return slot == SLOT_ICMP || slot == SLOT_ICMPV6;
}

static int read_type(struct frame_spec *spec, const char *text, char *problem)
{
	bool is_v6 = spec->from.family == 6;
	struct icmp_types types;
	const char *near;
	int type;

	if (icmp_types_from_str(&types, text)) {
		near = icmp_types_nearest(text);
		return refuse(problem,
			      near ? "has no such type: did you mean '%s'?"
				   : "has no such type",
			      near);
	}
	type = is_v6 ? types.v6 : types.v4;
	if (type < 0)
		return refuse(problem, "has no such type in IPv%d",
			      is_v6 ? 6 : 4);
	spec->port = type;
	return 0;
}

static int read_port(struct frame_spec *spec, const char *text, char *problem)
{
	int port = number_from_str(text, PORT_MAX);

	if (port < 0)
		return refuse(problem, "has no such port");
	spec->port = port;
	return 0;
}

/* What stands behind the slash, NULL if there is none. */
static int read_port_or_type(struct frame_spec *spec, const char *text,
			     char *problem)
{
	__u8 slot = native_slot(spec->from.family, spec->protocol);

	if (is_icmp(slot))
		return read_type(spec, text ? text : ICMP_ASKED, problem);
	if (slot <= SLOT_SCTP)
		return text ? read_port(spec, text, problem)
			    : refuse(problem, "needs a port, as in tcp/443");
	return text ? refuse(problem, "is of no protocol with ports") : 0;
}

int asked_protocol(struct frame_spec *spec, const char *text, char *problem)
{
	const char *slash = strchrnul(text, '/');
	char name[PROTOCOL_TEXT_SIZE];
	int number;

	snprintf(name, sizeof(name), "%.*s", (int)(slash - text), text);
	number = protocol_from_str(name, spec->from.family);
	if (number < 0)
		return refuse(problem, "is no protocol");
	if (spec->from.family == 6 && native_is_extension(number))
		return refuse(problem,
			      "is an extension header in IPv6, behind which "
			      "the filter looks: ask about the protocol that "
			      "follows it");
	spec->protocol = number;
	return read_port_or_type(spec, *slash ? slash + 1 : NULL, problem);
}

void asked_packet(const struct frame_spec *spec, struct packet *packet)
{
	__u8 family = spec->from.family;

	packet->family = family;
	memcpy(packet->saddr, spec->from.address, sizeof(packet->saddr));
	memcpy(packet->daddr, spec->to.address, sizeof(packet->daddr));
	packet->protocol = spec->protocol;
	packet->slot = native_slot(family, spec->protocol);
	if (packet->slot <= SLOT_SCTP)
		packet->sport = spec->sport;
	if (packet->slot <= SLOT_SCTP || is_icmp(packet->slot))
		packet->dport = spec->port;
	if (packet->slot == SLOT_TCP)
		packet->tcp_flags = spec->flags;
}
