/* SPDX-License-Identifier: GPL-2.0-only */
/* Drops for who watches: filters, a budget on each CPU, events. */
#ifndef ROLEGATE_WATCH_H
#define ROLEGATE_WATCH_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "bpf/apart.h"
#include "bpf/maps.h"
#include "bpf/packet.h"
#include "rolegate/events.h"

static __always_inline bool is_in_prefix(const struct watch *watch,
					 const __u32 *address)
{
	__u32 differs = 0;
	int i;

	for (i = 0; i < 4; i++)
		differs |= (address[i] ^ watch->address[i]) & watch->mask[i];
	return !differs;
}

static __always_inline bool is_class_watched(const struct watch *watch,
					     __u16 class)
{
	class &= CLASSES_MAX - 1;
	return watch->classes[class / 64] >> class % 64 & 1;
}

/* Is it one of the packets that the watcher's filters are about? */
static __always_inline bool passes_filters(const struct watch *watch,
					   __u32 ifindex,
					   const struct packet *packet,
					   const struct decision *decision)
{
	if (watch->ifindex && watch->ifindex != ifindex)
		return false;
	if (watch->family && (watch->family != packet->family ||
			      (!is_in_prefix(watch, packet->saddr) &&
			       !is_in_prefix(watch, packet->daddr))))
		return false;
	if (watch->generation != SHAPE(generation))
		return true;
	return is_class_watched(watch, decision->sclass) ||
	       is_class_watched(watch, decision->dclass);
}

/* A bucket of tokens; jiffies cost next to nothing, a clock would. */
static __always_inline bool budget_take(const struct watch *watch,
					struct budget *budget)
{
	__u64 now = bpf_jiffies64(), passed = now - budget->seen;
	__u64 most = (__u64)watch->rate * watch->hz;

	if (passed) {
		budget->seen = now;
		budget->left += (passed < watch->hz ? passed : watch->hz) *
				watch->rate;
		if (budget->left > most)
			budget->left = most;
	}
	if (budget->left < watch->hz) {
		budget->limited++;
		return false;
	}
	budget->left -= watch->hz;
	return true;
}

static __always_inline void describe(struct event *event,
				     const struct packet *packet,
				     const struct decision *decision)
{
	int i;

	for (i = 0; i < 4; i++) {
		event->saddr[i] = packet->saddr[i];
		event->daddr[i] = packet->daddr[i];
	}
	event->family = packet->family;
	event->protocol = packet->protocol;
	event->slot = packet->slot;
	event->sport = packet->sport;
	event->dport = packet->dport;
	event->tcp_flags = packet->tcp_flags;
	event->reason = decision->reason;
	event->sclass = decision->sclass;
	event->dclass = decision->dclass;
	event->has_classes = decision->has_classes;
}

/* Copies the frame's first bytes; how many depends on who watches. */
static __always_inline void catch_frame(struct xdp_md *ctx, struct event *event,
					__u32 snaplen)
{
	__u32 n = event->length;

	if (n > snaplen)
		n = snaplen;
	event->caught = 0;
	/* To the verifier of Linux 6.1 what is not 0 may still be. */
	n--;
	barrier_var(n);
	if (n >= EVENT_FRAME_MAX)
		return;
	n++;
	if (!bpf_xdp_load_bytes(ctx, 0, event->frame, n))
		event->caught = n;
}

/* Makes an event of a packet, unless the watcher's filters or budget forbid it. */
static __always_inline void
emit(struct xdp_md *ctx, const struct packet *packet, struct event *event,
     const struct decision *decision, __u32 iface, __u32 verdict)
{
	struct budget *budget = value_of(&budgets);
	struct watch *watch = watch_of();
	__u64 now = bpf_ktime_get_ns();
	__u32 caught;

	if (!budget)
		return;
	if (now >= watch->until) {
		watch->until = 0;
		return;
	}
	if (watch->has_filters &&
	    (!passes_filters(watch, ctx->ingress_ifindex, packet, decision) ||
	     !budget_take(watch, budget)))
		return;
	describe(event, packet, decision);
	event->time = now;
	event->generation = SHAPE(generation);
	event->ifindex = ctx->ingress_ifindex;
	event->length = bpf_xdp_get_buff_len(ctx);
	event->iface = iface;
	event->verdict = verdict;
	catch_frame(ctx, event, watch->snaplen);
	caught = event->caught;
	if (caught > EVENT_FRAME_MAX)
		return;
	/* The watcher looks by itself: waking it for each one costs more. */
	if (bpf_ringbuf_output(&events, event, sizeof(*event) + caught,
			       BPF_RB_NO_WAKEUP))
		budget->lost++;
}

/*
 * May the watcher, if any, want an event of what is dropped for that reason?
 * One that looks at everything has spent its budget most of the time.
 */
static __always_inline bool is_watched(enum reason reason)
{
	const struct watch *watch = watch_of();
	struct budget *budget;

	if (!watch->until || !(watch->reasons >> (reason & 31) & 1))
		return false;
	if (watch->has_filters)
		return true;
	budget = value_of(&budgets);
	return budget && budget_take(watch, budget);
}

#endif
