/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of IP protocols and of TCP flags. */
#ifndef ROLEGATE_USER_PROTOCOL_H
#define ROLEGATE_USER_PROTOCOL_H

#include <stdbool.h>

#include <linux/types.h>

#define PROTOCOL_TEXT_SIZE 32

/* Its name, or its number; text holds PROTOCOL_TEXT_SIZE bytes. */
const char *protocol_to_str(__u8 protocol, char *text);

/* The number of a name or number; icmp is the family's. -1: no such. */
int protocol_from_str(const char *name, __u8 family);

/* Has it ports? Is it the ICMP of a family? */
bool protocol_has_ports(__u8 protocol);
bool protocol_is_icmp(__u8 protocol);

#define TCP_FLAG_COUNT 6

/* By bit: "fin", "syn", ... */
extern const char *const tcp_flag_names[TCP_FLAG_COUNT];

/* Reads "syn,ack" or "syn+ack"; "none" is no flag at all. 0 or -EINVAL. */
int tcp_flags_from_str(__u8 *flags, const char *text);

#endif
