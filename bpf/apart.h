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

/*
 * Frames of a smaller first buffer, Ethernet's usual ones among them, are not
 * asked for further ones unless their headers say so: that is a call.
 */
#define FRAME_SMALL 2048

static __always_inline __u32 frame_whole(const struct frame *frame)
{
	return bpf_xdp_get_buff_len(frame->context);
}

static __always_inline void frame_of(struct xdp_md *ctx, struct frame *frame)
{
	frame->context = ctx;
	frame->data = (void *)(long)ctx->data;
	frame->data_end = (void *)(long)ctx->data_end;
	frame->len = (__u32)(ctx->data_end - ctx->data);
	if (frame->len >= FRAME_SMALL)
		frame->len = frame_whole(frame);
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

__noinline __u32 links_walk(__u32 number, __u32 sport)
{
	return walk_links(number, sport);
}

__noinline __u32 v6_far(__u64 high, __u64 low, __u64 length, __u32 first)
{
	const struct v6_key key = {.prefix = {high, low}, .length = length};

	return v6_find_far(&key, first);
}

__noinline __u32 v6_classes(const struct v6_ends *ends)
{
	return ends ? v6_both_classes(ends) : CLASS_NONE;
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

static __always_inline __u32 walk_links_apart(__u32 number, __u32 sport)
{
	return links_walk(number, sport);
}

static __always_inline __u32 v6_find_far_apart(__u64 high, __u64 low,
					       __u64 length, __u32 first)
{
	return v6_far(high, low, length, first);
}

static __always_inline __u32 v6_classes_apart(const struct v6_ends *ends)
{
	return v6_classes(ends);
}

static __always_inline bool is_related_apart(const struct frame *frame,
					     const struct packet *packet)
{
	return icmp_related(frame->context, (struct packet *)packet);
}

#endif
