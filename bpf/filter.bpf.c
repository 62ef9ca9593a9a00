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

/* What the policy knows of an interface; number IFACE_UNKNOWN if nothing. */
static __always_inline struct iface iface_of(__u32 ifindex)
{
	__u32 slot = IFACE_SLOT(ifindex, SHAPE(iface_seed));
	struct iface iface = *(const struct iface *)&ifaces[slot];

	if (iface.ifindex == ifindex)
		return iface;
	return (struct iface){.number = IFACE_UNKNOWN, .enforce = 1};
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
	struct iface iface = iface_of(ctx->ingress_ifindex);
	struct decision decision = {.rule = RULE_NONE};
	struct packet packet = {};
	struct frame frame;

	frame_of(ctx, &frame);
	if (iface.number == IFACE_UNKNOWN ||
	    !classify_plain(&frame, &packet, &decision))
		return filter_any(ctx);
	if (is_nobody(&decision)) {
		refuse_nobody(&decision);
		return account_refused(ctx, &decision, &iface, frame.len);
	}
	judge_plain(&packet, iface.number, &decision);
	return account(ctx, &decision, &iface, frame.len);
}

SEC("xdp")
int rolegate_filter(struct xdp_md *ctx)
{
	return filter(ctx);
}

/*
 * Filters until the deadline; then the generation before does by itself, or
 * nobody where nobody did. Nothing of this is left once it is confirmed.
 */
SEC("xdp")
int rolegate_trial(struct xdp_md *ctx)
{
	if (!trial_is_over())
		return filter(ctx);
	if (!iface_of(ctx->ingress_ifindex).was_filtered)
		return XDP_PASS;
	bpf_tail_call(ctx, &previous, 0);
	return XDP_DROP;
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
