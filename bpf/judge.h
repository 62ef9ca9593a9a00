/* SPDX-License-Identifier: GPL-2.0-only */
/* One frame to its decision: the order of all checks, as users read it. */
#ifndef ROLEGATE_JUDGE_H
#define ROLEGATE_JUDGE_H

#include <stdbool.h>

#include "bpf/classify.h"
#include "bpf/decide.h"
#include "bpf/parse_l4.h"

/*
 * The includer provides, besides what classify.h and decide.h need,
 * fragment_find() and fragment_note().
 */

/* A step apart, as in parse.h. */
static __always_inline bool is_related_apart(const struct frame *frame,
					     const struct packet *packet);

static __always_inline void settle(struct decision *decision,
				   enum reason reason, bool pass)
{
	decision->reason = reason;
	decision->pass = pass;
}

static __always_inline void fragment_key(const struct packet *packet,
					 struct fragment_key *key)
{
	int i;

	for (i = 0; i < 4; i++) {
		key->saddr[i] = packet->saddr[i];
		key->daddr[i] = packet->daddr[i];
	}
	key->id = packet->fragment_id;
	key->family = packet->family;
	/* RFC 8200 4.5 identifies by addresses and id, RFC 791 by protocol too. */
	key->protocol = packet->family == 4 ? packet->protocol : 0;
	key->pad = 0;
}

/*
 * A later fragment follows its first one if that passed, and only behind the
 * bytes that were judged (RFC 1858, RFC 3128, RFC 5722: no overlaps).
 */
static __always_inline bool follows_first(const struct packet *packet)
{
	struct fragment_key key;
	__u32 length;

	if (!SHAPE(fragments_track))
		return false;
	fragment_key(packet, &key);
	return fragment_find(&key, &length) &&
	       packet->fragment_offset >= length;
}

/* Lets the later fragments pass of a datagram whose first one did. */
static __always_inline void remember_if_first(const struct packet *packet,
					      const struct decision *decision)
{
	struct fragment_key key;

	if (!SHAPE(fragments_track) || !decision->pass ||
	    packet->fragment != FRAGMENT_FIRST)
		return;
	fragment_key(packet, &key);
	fragment_note(&key, packet->fragment_length);
}

/*
 * Does the error quote a packet that its receiver was allowed to send? The
 * quoted flags may be missing, so the answer's direction counts as allowed.
 */
static __always_inline bool is_related(const struct frame *frame,
				       const struct packet *packet)
{
	struct decision decision = {.rule = RULE_NONE};
	struct packet quote = {};

	if (SHAPE(icmp_errors) != ICMP_ERRORS_RELATED)
		return SHAPE(icmp_errors) == ICMP_ERRORS_PASS;
	if (!parse_quote(frame, packet, &quote) || is_icmp_error(&quote))
		return false;
	if (quote.saddr[0] != packet->daddr[0] ||
	    quote.saddr[1] != packet->daddr[1] ||
	    quote.saddr[2] != packet->daddr[2] ||
	    quote.saddr[3] != packet->daddr[3])
		return false;
	classify(&quote, &decision);
	decide(&quote, &decision);
	return decision.pass;
}

/* Sources that hold roles belong only where one of those roles is expected. */
static __always_inline bool is_spoofed(__u32 source, __u16 iface)
{
	return SHAPE(has_places) &&
	       !(class_entry(source)->ifaces >> (iface & (IFACES_MAX - 1)) & 1);
}

/* Addresses, then everything that is decided by them. */
static __always_inline void judge_ip(const struct frame *frame,
				     struct packet *packet, __u16 iface,
				     struct decision *decision)
{
	enum reason reason;

	classify(packet, decision);
	if (is_spoofed(decision->sclass, iface))
		return settle(decision, REASON_SPOOFED, false);
	if (packet->fragment == FRAGMENT_LATER)
		return settle(decision, REASON_FRAGMENT, follows_first(packet));
	reason = parse_l4(frame, packet);
	if (reason)
		return settle(decision, reason, false);
	if (!is_icmp_error(packet))
		return decide(packet, decision);
	if (is_related_apart(frame, packet))
		return settle(decision, REASON_RELATED, true);
	settle(decision, REASON_UNRELATED, false);
}

/*
 * Judges a frame that came in by the interface of that number. packet and
 * decision are zeroed but for rule, which is RULE_NONE. Nothing is remembered
 * or counted: that is the caller's, by remember_if_first() and account().
 */
static __always_inline void judge(const struct frame *frame,
				  struct packet *packet, __u16 iface,
				  struct decision *decision)
{
	enum reason reason;

	if (SHAPE(closed))
		return settle(decision, REASON_NO_POLICY, false);
	reason = parse_l3(frame, packet);
	if (reason == REASON_NONE)
		judge_ip(frame, packet, iface, decision);
	else if (reason == REASON_NON_IP)
		settle(decision, reason, SHAPE(non_ip_pass));
	else
		settle(decision, reason, reason == REASON_NEIGHBOR);
}

/* Judges as above for who asks: what to look at and the answer in explain. */
static __always_inline void explain_frame(const struct frame *frame,
					  struct explain *explain)
{
	struct decision decision = {.rule = RULE_NONE};
	struct packet packet = {};

	judge(frame, &packet, explain->iface, &decision);
	if (explain->track)
		remember_if_first(&packet, &decision);
	explain->reason = decision.reason;
	explain->verdict = decision.pass ? VERDICT_PASS : VERDICT_DROP;
	explain->rule = decision.rule;
	explain->sclass = decision.sclass;
	explain->dclass = decision.dclass;
}

#endif
