/* SPDX-License-Identifier: GPL-2.0-only */
/* A described packet (tests, keep) as text, in the words of a config. */
#ifndef ROLEGATE_USER_PROBE_TEXT_H
#define ROLEGATE_USER_PROBE_TEXT_H

#include "user/policy/model.h"

#define PROBE_TEXT_SIZE 256
#define PROBE_WORD_SIZE 64
#define PROBE_SPORT	49152 /* unless the config says another one */
#define PROBE_FLAGS	0x02  /* likewise: SYN */

/* In the order of the flags' bits, up to a NULL. */
extern const char *const probe_flags_known[];

/* "tcp", "udp", "sctp", "icmp" or "protocol": the key that tells the port. */
const char *probe_key(const struct probe *probe);

/* What stands there: "443", "echo", "47"; text of PROBE_WORD_SIZE. */
const char *probe_value(const struct probe *probe, char *text);

/* "syn+ack", or "none"; text of PROBE_WORD_SIZE. */
const char *probe_flags(const struct probe *probe, char *text);

/* An end: an address, a role or "any"; text of PREFIX_TEXT_SIZE. */
const char *probe_end(const struct model *model, const struct prefix *address,
		      __u32 role, char *text);

/* "10.9.0.7 to gateway, tcp 22"; text of PROBE_TEXT_SIZE. */
const char *probe_to_str(const struct model *model, const struct probe *probe,
			 char *text);

#endif
