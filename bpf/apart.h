/* SPDX-License-Identifier: GPL-2.0-only */
/* The rarely needed steps, as functions that the verifier takes one by one. */
#ifndef ROLEGATE_APART_H
#define ROLEGATE_APART_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "bpf/judge.h"

/*
 * A function with external linkage is verified alone, for all arguments; its
 * callers then know nothing of what it leaves in packet.
 */

static __always_inline void frame_of(struct xdp_md *ctx, struct frame *frame)
{
	frame->context = ctx;
	frame->data = (void *)(long)ctx->data;
	frame->data_end = (void *)(long)ctx->data_end;
	frame->len = bpf_xdp_get_buff_len(ctx);
}

__noinline int ipv4_options(struct xdp_md *ctx, struct packet *packet, __u32 at)
{
	struct frame frame;

	if (!packet)
		return REASON_MALFORMED;
	frame_of(ctx, &frame);
	return parse_ipv4_options(&frame, packet, at);
}

__noinline int ipv6_chain(struct xdp_md *ctx, struct packet *packet)
{
	struct frame frame;

	if (!packet)
		return REASON_MALFORMED;
	frame_of(ctx, &frame);
	return parse_chain(&frame, packet);
}

__noinline int icmp_related(struct xdp_md *ctx, struct packet *packet)
{
	struct frame frame;

	if (!packet)
		return false;
	frame_of(ctx, &frame);
	return is_related(&frame, packet);
}

static __always_inline enum reason
parse_ipv4_options_apart(const struct frame *frame, struct packet *packet,
			 __u32 at)
{
	return ipv4_options(frame->context, packet, at);
}

static __always_inline enum reason parse_chain_apart(const struct frame *frame,
						     struct packet *packet)
{
	return ipv6_chain(frame->context, packet);
}

static __always_inline bool is_related_apart(const struct frame *frame,
					     const struct packet *packet)
{
	return icmp_related(frame->context, (struct packet *)packet);
}

#endif
