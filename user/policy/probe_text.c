/* SPDX-License-Identifier: GPL-2.0-only */
/* A described packet (tests, keep) as text, in the words of a config. */
#include "user/policy/probe_text.h"

#include <stdio.h>
#include <string.h>

const char *const probe_flags_known[] = {"fin", "syn", "rst", "psh",
					 "ack", "urg", NULL};

const char *probe_key(const struct probe *probe)
{
	static const char *const keys[SLOT_COUNT] = {
		[SLOT_TCP] = "tcp",	[SLOT_UDP] = "udp",
		[SLOT_SCTP] = "sctp",	[SLOT_ICMP] = "icmp",
		[SLOT_ICMPV6] = "icmp", [SLOT_OTHER] = "protocol",
	};

	return keys[probe->slot];
}

const char *probe_value(const struct probe *probe, char *text)
{
	if (probe->icmp_name_echo)
		return "echo";
	snprintf(text, PROBE_WORD_SIZE, "%u", probe->port);
	return text;
}

const char *probe_flags(const struct probe *probe, char *text)
{
	size_t used = 0;
	int i;

	if (!probe->flags)
		return "none";
	for (i = 0; probe_flags_known[i]; i++)
		if (probe->flags >> i & 1)
			used += snprintf(text + used, PROBE_WORD_SIZE - used,
					 "%s%s", used ? "+" : "",
					 probe_flags_known[i]);
	return text;
}

const char *probe_end(const struct model *model, const struct prefix *address,
		      __u32 role, char *text)
{
	if (address->family)
		return prefix_to_str(address, text);
	if (role == ROLE_ANY)
		return "any";
	return model_str(model, model->roles.items[role].name);
}

const char *probe_to_str(const struct model *model, const struct probe *probe,
			 char *text)
{
	char from[PREFIX_TEXT_SIZE], to[PREFIX_TEXT_SIZE];
	char value[PROBE_WORD_SIZE], flags[PROBE_WORD_SIZE];
	int used;

	used = snprintf(text, PROBE_TEXT_SIZE, "%s to %s, %s %s",
			probe_end(model, &probe->from, probe->from_role, from),
			probe_end(model, &probe->to, probe->to_role, to),
			probe_key(probe), probe_value(probe, value));
	if (probe->slot <= SLOT_SCTP && probe->sport != PROBE_SPORT)
		used += snprintf(text + used, PROBE_TEXT_SIZE - used,
				 " sport %u", probe->sport);
	if (probe->slot == SLOT_TCP && probe->flags != PROBE_FLAGS)
		snprintf(text + used, PROBE_TEXT_SIZE - used, " flags %s",
			 probe_flags(probe, flags));
	return text;
}
