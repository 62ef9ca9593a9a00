/* SPDX-License-Identifier: GPL-2.0-only */
/* What was dropped: as the kernel has counted it, or as a capture has it. */
#include "user/cmd/sightings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/allow.h"
#include "user/cmd/describe_event.h"
#include "user/kernel/flows.h"
#include "user/output/capture.h"
#include "user/output/report.h"
#include "user/policy/native.h"

void sightings_release(struct sightings *sightings)
{
	free(sightings->flows.items);
	memset(sightings, 0, sizeof(*sightings));
}

static int take_flow(struct sightings *sightings, const struct flow *flow,
		     __u32 classes)
{
	struct seen seen = {
		.sclass = FLOW_SCLASS(flow->key),
		.dclass = FLOW_DCLASS(flow->key),
		.port = FLOW_PORT(flow->key),
		.slot = FLOW_SLOT(flow->key),
		.kind = FLOW_KIND(flow->key),
		.packets = flow->packets,
		.from = event_address(FLOW_FAMILY(flow->key),
				      flow->sample.saddr),
		.to = event_address(FLOW_FAMILY(flow->key), flow->sample.daddr),
	};
	struct seen *added;

	/* Of a set of roles that came after what was read. */
	if (seen.sclass >= classes || seen.dclass >= classes) {
		sightings->missed += flow->packets;
		return 0;
	}
	added = model_push(&sightings->flows);
	if (!added)
		return -ENOMEM;
	*added = seen;
	return 0;
}

static int take_flows(struct sightings *sightings, const struct state *state)
{
	__u32 classes = state->generation.image.classes.sets.count, i;
	struct flows flows;
	int err;

	err = flows_read(&flows, &state->instance, state->generation.number);
	sightings->missed += flows.missed;
	for (i = 0; i < flows.count && !err; i++)
		err = take_flow(sightings, &flows.items[i], classes);
	flows_release(&flows);
	return err;
}

static __u64 count_reason(const struct counters *counters, __u32 ifaces,
			  enum reason reason)
{
	__u64 packets = 0;
	__u32 i;

	for (i = 0; i <= ifaces; i++)
		packets += counters_reason(counters, i, reason, VERDICT_DROP)
				   .packets +
			   counters_reason(counters, i, reason,
					   VERDICT_WOULD_DROP)
				   .packets;
	return packets;
}

static void take_others(struct sightings *sightings, const struct state *state,
			const struct counters *counters)
{
	__u32 ifaces = state->generation.image.model.interfaces.count;
	int reason;

	for (reason = 0; reason < REASON_COUNT; reason++)
		if (!allow_by_rule(reason))
			sightings->others[reason] =
				count_reason(counters, ifaces, reason);
}

int sightings_from_kernel(struct sightings *sightings,
			  const struct state *state,
			  const struct counters *counters)
{
	int err = take_flows(sightings, state);

	take_others(sightings, state, counters);
	if (err)
		report_error(err, "cannot read what was dropped: %s",
			     strerror(-err));
	sightings_merge(sightings);
	return err;
}

int sightings_add(struct sightings *sightings, const void *frame, size_t size,
		  const struct explain *answer)
{
	struct packet packet;
	enum flow_kind kind;
	struct seen *seen;

	if (answer->verdict == VERDICT_PASS)
		return 0;
	if (!allow_by_rule(answer->reason)) {
		sightings->others[answer->reason]++;
		return 0;
	}
	native_parse(frame, size, &packet);
	seen = model_push(&sightings->flows);
	if (!seen)
		return -ENOMEM;
	kind = native_flow_kind(&packet, answer->reason);
	*seen = (struct seen){
		.sclass = answer->sclass,
		.dclass = answer->dclass,
		.port = native_flow_port(&packet, kind),
		.slot = packet.slot,
		.kind = kind,
		.packets = 1,
		.from = event_address(packet.family, packet.saddr),
		.to = event_address(packet.family, packet.daddr),
	};
	return 0;
}

static int judge_frame(struct sightings *sightings, const struct judge *judge,
		       const void *frame, size_t size, __u16 iface)
{
	struct explain answer = {.iface = iface};
	int err = judge->judge(judge, frame, size, &answer);

	if (err)
		return report_error(err, "cannot run the program: %s",
				    strerror(-err));
	err = sightings_add(sightings, frame, size, &answer);
	return err ? report_error(err, "out of memory") : 0;
}

/* So long a capture is merged every now and then. */
#define MERGE_EVERY 65536

int sightings_from_capture(struct sightings *sightings,
			   const struct generation *generation,
			   const char *path, __u16 iface)
{
	struct judge judge = judge_by_program(generation);
	struct capture capture;
	const __u8 *frame;
	long size;
	int err;

	err = capture_open(&capture, path);
	while (!err && (size = capture_read(&capture, &frame))) {
		err = size < 0 ? (int)size
			       : judge_frame(sightings, &judge, frame, size,
					     iface);
		if (sightings->flows.count >= MERGE_EVERY &&
		    sightings->flows.count == sightings->flows.room)
			sightings_merge(sightings);
	}
	capture_close(&capture);
	sightings_merge(sightings);
	return err;
}

static int compare_seen(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;
	int order = a->sclass - b->sclass;

	if (!order)
		order = a->dclass - b->dclass;
	if (!order)
		order = a->slot - b->slot;
	if (!order)
		order = a->port - b->port;
	if (!order)
		order = a->kind - b->kind;
	if (!order && a->sclass == CLASS_NONE)
		order = prefix_compare(&a->from, &b->from);
	if (!order && a->dclass == CLASS_NONE)
		order = prefix_compare(&a->to, &b->to);
	return order;
}

void sightings_merge(struct sightings *sightings)
{
	struct seen *items = sightings->flows.items;
	__u32 i, kept = 0;

	if (!sightings->flows.count)
		return;
	qsort(items, sightings->flows.count, sizeof(*items), compare_seen);
	for (i = 0; i < sightings->flows.count; i++) {
		if (kept && !compare_seen(&items[kept - 1], &items[i]))
			items[kept - 1].packets += items[i].packets;
		else
			items[kept++] = items[i];
	}
	sightings->flows.count = kept;
}
