/* SPDX-License-Identifier: GPL-2.0-only */
/* The reasons under which packets are counted, and the verdicts they come with. */
#ifndef ROLEGATE_REASONS_H
#define ROLEGATE_REASONS_H

/*
 * X(SYMBOL, "name", "what happened"), in the order in which packets are
 * checked. A reason's number is its place here; names are a promise to users.
 */
#define ROLEGATE_REASONS(X)                                                   \
	X(NONE, "none", "not decided")                                        \
	X(TRUNCATED, "truncated", "frame ends before a header or its length") \
	X(MALFORMED, "malformed", "impossible header or source address")      \
	X(VLAN_DEPTH, "vlan-depth", "more than two VLAN tags")                \
	X(NEIGHBOR, "neighbor", "ARP, IPv6 neighbor discovery or MLD")        \
	X(NON_IP, "non-ip", "neither ARP nor IPv4 nor IPv6")                  \
	X(SOURCE_ROUTE, "source-route", "sender asks to route the packet")    \
	X(EXT_CHAIN, "ext-chain", "IPv6 extension headers not understood")    \
	X(SPOOFED, "spoofed", "source does not belong on the interface")      \
	X(BAD_FLAGS, "bad-flags", "TCP flags that no stack sends")            \
	X(FRAGMENT, "fragment", "fragment of a datagram")                     \
	X(RELATED, "related", "ICMP error about an allowed packet")           \
	X(UNRELATED, "unrelated", "ICMP error about no allowed packet")       \
	X(RULE, "rule", "a rule lets the sender open this")                   \
	X(REPLY, "reply", "answer to what a rule allows")                     \
	X(DIRECTION, "direction", "opens what it may only answer")            \
	X(STRANGER, "stranger", "no role at either end")                      \
	X(UNKNOWN_SOURCE, "unknown-source", "source holds no role")           \
	X(UNKNOWN_DESTINATION, "unknown-destination",                         \
	  "destination holds no role")                                        \
	X(PAIR, "pair", "no rule at all between these roles")                 \
	X(PORT, "port", "rules between these roles, but not for this port")   \
	X(NO_POLICY, "no-policy", "no generation to decide with")

#define ROLEGATE_REASON_ENUM(symbol, name, about) REASON_##symbol,
enum reason { ROLEGATE_REASONS(ROLEGATE_REASON_ENUM) REASON_COUNT };
#undef ROLEGATE_REASON_ENUM

/* What became of a packet. A would-drop passed, being only observed. */
#define ROLEGATE_VERDICTS(X) \
	X(PASS, "pass")      \
	X(DROP, "drop")      \
	X(WOULD_DROP, "would-drop")

#define ROLEGATE_VERDICT_ENUM(symbol, name) VERDICT_##symbol,
enum verdict { ROLEGATE_VERDICTS(ROLEGATE_VERDICT_ENUM) VERDICT_COUNT };
#undef ROLEGATE_VERDICT_ENUM

#endif
