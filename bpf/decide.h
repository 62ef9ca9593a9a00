/* SPDX-License-Identifier: GPL-2.0-only */
/* Two classes, a protocol and ports to the policy's decision. */
#ifndef ROLEGATE_DECIDE_H
#define ROLEGATE_DECIDE_H

#include <stdbool.h>

#include "bpf/parse_l4.h"

/*
 * The includer provides SHAPE(field), SHIFTED(number, field) to the left by
 * that many bits, and what reads the tables: class_entry(), port_root_at(),
 * port_block_at(), pair_at(), row_at(), cell_at(), link_entry(). No packet bytes
 * are touched here.
 */

/* A step apart, as in parse.h. */
static __always_inline __u32 walk_links_apart(__u32 number, __u32 sport);

static __always_inline __u64 port_class(__u64 slot, __u64 port)
{
	__u64 block = port_root_at(slot * 256 + (port >> 8));

	return port_block_at(block * PORT_BLOCK + (port & 0xff));
}

/* The row of rules by which a class may open something at another. */
static __always_inline __u64 row_between(__u64 from, __u64 to)
{
	if (SHAPE(has_groups)) {
		from = class_entry(from)->from;
		to = class_entry(to)->to;
	}
	return pair_at(SHIFTED(from, to_bits) | to);
}

/* What the rules of the row let open at the port. */
static __always_inline __u64 cell_of(__u64 row, __u64 slot, __u64 port)
{
	__u64 class = port_class(slot, port), block;

	if (SHAPE(cell_bits))
		return cell_at(SHIFTED(row, cell_bits) | class);
	block = row_at(SHIFTED(row, row_bits) + class / CELL_BLOCK);

	return cell_at(block * CELL_BLOCK + class % CELL_BLOCK);
}

/* The first of the links whose source ports hold sport, or RULE_NONE. */
static __always_inline __u32 walk_links(__u32 number, __u32 sport)
{
	const struct link *link;
	int i;

	for (i = 0; i < LINKS_WALKED_MAX && number != LINK_NONE; i++) {
		link = link_entry(number);
		if (sport >= link->sport_low && sport <= link->sport_high)
			return link->rule;
		number = link->next;
	}
	return RULE_NONE;
}

/* Most cells are nothing or a rule; few depend on the source port. */
static __always_inline __u64 rule_of_cell(__u64 cell, __u32 sport)
{
	if (cell == LINK_NONE)
		return RULE_NONE;
	if (cell & CELL_IS_RULE)
		return cell & ~CELL_IS_RULE;
	return walk_links_apart(cell, sport);
}

/* The rule that lets from open dport at to, coming from sport. */
static __always_inline __u64 find_rule(__u64 row, __u64 slot, __u64 sport,
				       __u64 dport)
{
	if (row == ROW_NONE)
		return RULE_NONE;
	return rule_of_cell(cell_of(row, slot, dport), sport);
}

/* May such a segment answer? Only with ACK or RST, and never with a bare SYN. */
static __always_inline bool is_answer(const struct packet *packet)
{
	if (packet->slot != SLOT_TCP)
		return true;
	return packet->tcp_flags & (TCP_ACK | TCP_RST);
}

static __always_inline enum reason why_not(__u32 row, __u32 sclass,
					   __u32 dclass)
{
	if (sclass != CLASS_NONE && dclass != CLASS_NONE)
		return row == ROW_NONE ? REASON_PAIR : REASON_PORT;
	if (sclass != CLASS_NONE)
		return REASON_UNKNOWN_DESTINATION;
	return NOBODY_REASON(dclass);
}

/* Sets reason and pass of what no rule lets pass. */
static __always_inline void refuse(__u32 row, struct decision *decision)
{
	decision->reason = why_not(row, decision->sclass, decision->dclass);
	decision->pass = SHAPE(strangers_pass) &&
			 decision->reason == REASON_STRANGER;
}

/* Has the source no role, without which nothing passes to that target? */
static __always_inline bool is_nobody(const struct decision *decision)
{
	return decision->sclass < SHAPE(unnamed) &&
	       !class_entry(decision->dclass)->from_nobody;
}

/*
 * Sets reason, pass and rule of a decision whose classes are known: the rule
 * in the initiator's direction, else the one that the packet answers.
 */
static __always_inline void decide(const struct packet *packet,
				   struct decision *decision)
{
	__u64 row, rule, back;

	row = row_between(decision->sclass, decision->dclass);
	rule = find_rule(row, packet->slot, packet->sport, packet->dport);
	if (rule != RULE_NONE) {
		decision->reason = REASON_RULE;
		decision->rule = rule;
		decision->pass = 1;
		return;
	}
	back = row_between(decision->dclass, decision->sclass);
	rule = find_rule(back, packet->slot, packet->dport, packet->sport);
	if (rule == RULE_NONE) {
		refuse(row, decision);
	} else if (is_answer(packet)) {
		decision->reason = REASON_REPLY;
		decision->rule = rule;
		decision->pass = 1;
	} else {
		decision->reason = REASON_DIRECTION;
	}
}

#endif
