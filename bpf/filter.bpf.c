/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter's programs: what filters, also on trial, and its explaining twin. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "bpf/maps.h"
#include "bpf/judge.h"
#include "bpf/apart.h"
#include "bpf/account.h"

const char gpl[] SEC("license") = "GPL";

/* What the policy knows of an interface; number IFACE_UNKNOWN if nothing. */
static __always_inline void iface_of(__u32 ifindex, struct iface *iface)
{
	__u32 slot = IFACE_SLOT(ifindex, shape.iface_seed);

	*iface = (struct iface){.number = IFACE_UNKNOWN, .enforce = 1};
	if (ifaces[slot].ifindex != ifindex)
		return;
	iface->number = ifaces[slot].number;
	iface->enforce = ifaces[slot].enforce;
	iface->was_filtered = ifaces[slot].was_filtered;
}

static __always_inline int filter(struct xdp_md *ctx)
{
	struct decision decision = {.rule = RULE_NONE};
	const struct tables *tables = tables_of();
	struct packet packet = {};
	struct frame frame;
	struct iface iface;

	frame_of(ctx, &frame);
	iface_of(ctx->ingress_ifindex, &iface);
	if (iface.number == IFACE_UNKNOWN || !tables)
		settle(&decision, REASON_NO_POLICY, false);
	else
		judge(tables, &frame, &packet, iface.number, &decision);
	remember_if_first(&packet, &decision);
	if (packet.end > frame.len)
		frame.len = frame_whole(&frame);
	return account(ctx, &packet, &decision, &iface, frame.len);
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
	struct iface iface;

	if (!trial_is_over())
		return filter(ctx);
	iface_of(ctx->ingress_ifindex, &iface);
	if (!iface.was_filtered)
		return XDP_PASS;
	bpf_tail_call(ctx, &previous, 0);
	return XDP_DROP;
}

/* Judges as the filter does, but only answers: nothing is counted. */
SEC("xdp")
int rolegate_twin(struct xdp_md *ctx)
{
	struct explain *explain = (void *)(long)ctx->data_meta;
	const struct tables *tables = tables_of();
	struct frame frame;

	frame_of(ctx, &frame);
	if ((const void *)(explain + 1) > frame.data || !tables)
		return XDP_ABORTED;
	explain_frame(tables, &frame, explain);
	return explain->verdict == VERDICT_PASS ? XDP_PASS : XDP_DROP;
}
