/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter's programs: what filters, also on trial, and its explaining twin. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "bpf/maps.h"
#include "bpf/judge.h"
#include "bpf/plain.h"
#include "bpf/apart.h"
#include "bpf/account.h"

const char gpl[] SEC("license") = "GPL";

/* The slot of an interface, if it has one. */
static __always_inline const struct iface *iface_slot(__u32 ifindex)
{
	__u32 slot = IFACE_SLOT(ifindex, SHAPE(iface_seed));

	return (const struct iface *)&ifaces[slot];
}

/* What the policy knows of an interface. */
static __always_inline struct iface iface_of(__u32 ifindex)
{
	const struct iface *slot = iface_slot(ifindex);

	if (slot->ifindex == ifindex)
		return *slot;
	return (struct iface){
		.number = IFACE_UNKNOWN,
		.refusal = VERDICT_DROP,
	};
}

/* Filters a frame of any kind. A step apart, as those of bpf/apart.h. */
__noinline int filter_any(struct xdp_md *ctx)
{
	struct iface iface = iface_of(ctx->ingress_ifindex);
	struct decision decision = {.rule = RULE_NONE};
	struct scratch *scratch = value_of(&event_scratch);
	struct packet *packet;
	struct frame frame;

	if (!scratch)
		return XDP_ABORTED;
	packet = &scratch->packet;
	__builtin_memset(packet, 0, sizeof(*packet));
	frame_of(ctx, &frame);
	if (iface.number == IFACE_UNKNOWN)
		settle(&decision, REASON_NO_POLICY, false);
	else
		judge(&frame, packet, iface.number, &decision);
	remember_if_first(packet, &decision);
	if (packet->end > frame.len)
		frame.len = frame_whole(&frame);
	return account(ctx, &decision, &iface, frame.len);
}

static __always_inline int filter(struct xdp_md *ctx)
{
	__u32 ifindex = ctx->ingress_ifindex;
	const struct iface *iface = iface_slot(ifindex);
	struct decision decision = {.rule = RULE_NONE};
	struct packet packet = {};
	struct frame frame;
	const __u8 *l4;

	keep_opaque(iface);
	frame_of(ctx, &frame);
	if (iface->ifindex != ifindex ||
	    !classify_plain(&frame, &packet, &l4, &decision))
		return filter_any(ctx);
	if (is_nobody(&decision))
		return account_nobody(ctx, decision.dclass, iface, frame.len);
	read_ports(&packet, l4);
	judge_plain(&packet, iface->number, &decision);
	return account(ctx, &decision, iface, frame.len);
}

SEC("xdp")
int rolegate_filter(struct xdp_md *ctx)
{
	return filter(ctx);
}

/*
 * Filters until the deadline; then the generation before does by itself, also
 * where an interface is new to both, or nobody where nobody did. Nothing of
 * this is left once it is confirmed.
 */
SEC("xdp")
int rolegate_trial(struct xdp_md *ctx)
{
	struct iface iface;

	if (!trial_is_over())
		return filter(ctx);
	iface = iface_of(ctx->ingress_ifindex);
	if (iface.number != IFACE_UNKNOWN && !iface.was_filtered)
		return XDP_PASS;
	bpf_tail_call(ctx, &previous, 0);
	return iface.was_filtered ? XDP_DROP : XDP_PASS;
}

/* Judges as the filter does, but only answers: nothing is counted. */
SEC("xdp")
int rolegate_twin(struct xdp_md *ctx)
{
	struct explain *explain = (void *)(long)ctx->data_meta;
	struct frame frame;

	frame_of(ctx, &frame);
	if ((const void *)(explain + 1) > frame.data)
		return XDP_ABORTED;
	explain_frame(&frame, explain);
	return explain->verdict == VERDICT_PASS ? XDP_PASS : XDP_DROP;
}
