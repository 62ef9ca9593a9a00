/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads names and numbers of IP protocols and ICMP types. */
#include <errno.h>
#include <netdb.h>

#include "user/policy/number.h"
#include "user/policy/read.h"

#define BYTE_MAX 255

static const char expected_protocol[] =
	"a protocol's name from /etc/protocols or its number (0-255)";
static const char expected_icmp[] = "an ICMP type's name or number (0-255)";

static void add_protocol_name(struct reader *reader, const char *name,
			      int number)
{
	if (names_add(&reader->protocols, name, number) == -ENOMEM)
		read_no_memory(reader);
}

/* The system's file is read once, and only if a name is asked for. */
static void read_system_protocols(struct reader *reader)
{
	const struct protoent *protocol;
	char **alias;

	if (reader->protocols.first)
		return;
	setprotoent(1);
	while ((protocol = getprotoent())) {
		if (protocol->p_proto < 0 || protocol->p_proto > BYTE_MAX)
			continue;
		add_protocol_name(reader, protocol->p_name, protocol->p_proto);
		for (alias = protocol->p_aliases; *alias; alias++)
			add_protocol_name(reader, *alias, protocol->p_proto);
	}
	endprotoent();
}

int read_protocol(struct reader *reader, const struct yaml_node *node)
{
	const char *near;
	long number;

	if (!read_is_scalar(reader, node, expected_protocol))
		return -EINVAL;
	number = number_from_str(node->text, BYTE_MAX);
	if (number >= 0)
		return number;
	read_system_protocols(reader);
	number = names_find(&reader->protocols, node->text);
	if (number >= 0)
		return number;
	near = read_near(reader, &reader->protocols, node->text);
	if (near)
		return yaml_error(reader->diag, node,
				  "unknown protocol '%s': did you mean '%s'?",
				  node->text, near);
	return read_expected(reader, node, expected_protocol);
}

static int refuse_icmp_name(struct reader *reader, const struct yaml_node *node)
{
	const char *near = NULL;

	if (diag_has_room(reader->diag))
		near = icmp_types_nearest(node->text);
	if (near)
		return yaml_error(reader->diag, node,
				  "unknown ICMP type '%s': did you mean '%s'?",
				  node->text, near);
	return read_expected(reader, node, expected_icmp);
}

int read_icmp_types(struct reader *reader, const struct yaml_node *node,
		    struct icmp_types *types)
{
	if (!read_is_scalar(reader, node, expected_icmp))
		return -EINVAL;
	if (!icmp_types_from_str(types, node->text))
		return 0;
	return refuse_icmp_name(reader, node);
}
