/* SPDX-License-Identifier: GPL-2.0-only */
/* What the real program shows of its drops: events to a watcher, and flows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <unistd.h>

#include <linux/in.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>

#include "tests/packet/packets.h"
#include "tests/packet/subject.h"
#include "tests/packet/watched.h"
#include "user/kernel/flows.h"
#include "user/kernel/watcher.h"
#include "user/policy/native.h"
#include "filter.skel.h"

#define EXIT_SKIPPED 77
#define EVENTS_MAX   4096
#define SYN	     0x02
#define RST	     0x04
#define ACK	     0x10

static const char config[] = "interfaces:\n"
			     "  in0: {}\n"
			     "  obs0: {enforce: false}\n"
			     "roles:\n"
			     "  left: [10.0.0.0/24, '2001:db8:1::/64']\n"
			     "  right: [10.0.1.0/24, '2001:db8:2::/64']\n"
			     "  edge: 10.0.0.9\n"
			     "rules:\n"
			     "  web: {from: left, to: right, tcp: 443}\n";

static struct subject subject;
static struct watcher watcher;

/* Copies of what was shown, without frames. */
static struct event seen[EVENTS_MAX];
static unsigned int seen_count;
static __u8 last_frame[EVENT_FRAME_MAX];

static void keep(const struct event *event, void *context)
{
	(void)context;
	assert_true(event->caught <= sizeof(last_frame));
	memcpy(last_frame, event->frame, event->caught);
	if (seen_count < EVENTS_MAX)
		memcpy(&seen[seen_count], event, sizeof(*event));
	seen_count++;
}

static const struct packet_spec dropped = {
	.from = "10.0.0.1",
	.to = "10.0.1.1",
	.protocol = IPPROTO_TCP,
	.sport = 40000,
	.dport = 80,
	.flags = SYN,
};

static const struct watch everything = {
	.reasons = ~0U,
	.rate = 1000000,
	.generation = GENERATION_NONE,
};

static void start(const struct watch *watch)
{
	seen_count = 0;
	assert_int_equal(watcher_start(&watcher, watch, keep, NULL), 0);
}

static void transmit_on(const char *iface, const struct packet_spec *spec)
{
	struct wire wire;

	packet_build(spec, &wire);
	assert_true(subject_filter(&subject, if_nametoindex(iface), wire.bytes,
				   wire.size) >= 0);
}

static void transmit(const struct packet_spec *spec)
{
	transmit_on("in0", spec);
}

static unsigned int read_events(void)
{
	assert_true(watcher_read(&watcher) >= 0);
	return seen_count;
}

/* How many of the packets are shown to who watches like that. */
static unsigned int shown_of(const struct watch *watch,
			     const struct packet_spec *spec)
{
	start(watch);
	transmit(spec);
	return read_events();
}

static void test_event(void **state)
{
	struct packet_spec passed = dropped;
	struct event *event = &seen[0];

	(void)state;
	passed.dport = 443;
	start(&everything);
	transmit(&passed);
	transmit(&dropped);
	transmit_on("obs0", &dropped);
	assert_int_equal(read_events(), 2);
	assert_int_equal(event->reason, REASON_PORT);
	assert_int_equal(event->verdict, VERDICT_DROP);
	assert_int_equal(event->family, 4);
	assert_int_equal(event->protocol, IPPROTO_TCP);
	assert_int_equal(event->slot, SLOT_TCP);
	assert_int_equal(event->sport, 40000);
	assert_int_equal(event->dport, 80);
	assert_int_equal(event->tcp_flags, SYN);
	assert_int_equal(event->length, 54);
	assert_int_equal(event->caught, 0);
	assert_int_equal(event->ifindex, if_nametoindex("in0"));
	assert_int_equal(event->iface, 1);
	assert_int_equal(event->has_classes, 1);
	assert_memory_equal(event->saddr, "\x0a\x00\x00\x01", 4);
	assert_memory_equal(event->daddr, "\x0a\x00\x01\x01", 4);
	assert_int_equal(seen[1].verdict, VERDICT_WOULD_DROP);
	assert_int_equal(seen[1].iface, 2);
	assert_true(seen[1].time >= seen[0].time);
}

static void test_nobody_watches(void **state)
{
	(void)state;
	start(&everything);
	watcher.watch->until = 0;
	transmit(&dropped);
	assert_int_equal(ring_buffer__consume(watcher.ring), 0);
	/* Who is killed leaves a time that soon has passed. */
	watcher.watch->until = 1;
	transmit(&dropped);
	assert_int_equal(ring_buffer__consume(watcher.ring), 0);
	assert_int_equal(watcher.watch->until, 0);
}

static void test_frame(void **state)
{
	struct packet_spec spec = dropped;
	struct watch watch = everything;
	struct wire wire;

	(void)state;
	spec.payload = 1000;
	packet_build(&spec, &wire);
	watch.snaplen = 128;
	assert_int_equal(shown_of(&watch, &spec), 1);
	assert_int_equal(seen[0].length, wire.size);
	assert_int_equal(seen[0].caught, 128);
	assert_memory_equal(last_frame, wire.bytes, 128);
	watch.snaplen = EVENT_FRAME_MAX;
	assert_int_equal(shown_of(&watch, &spec), 1);
	assert_int_equal(seen[0].caught, wire.size);
	assert_memory_equal(last_frame, wire.bytes, wire.size);
}

static void test_filters(void **state)
{
	struct packet_spec v6 = dropped;
	struct watch watch = everything;

	(void)state;
	watch.reasons = 1U << REASON_PORT;
	assert_int_equal(shown_of(&watch, &dropped), 1);
	watch.reasons = ~watch.reasons;
	assert_int_equal(shown_of(&watch, &dropped), 0);

	watch = everything;
	watch.ifindex = if_nametoindex("in0");
	assert_int_equal(shown_of(&watch, &dropped), 1);
	watch.ifindex = if_nametoindex("obs0");
	assert_int_equal(shown_of(&watch, &dropped), 0);

	watch = everything;
	watch.family = 4;
	memcpy(watch.address, "\x0a\x00\x01\x00", 4);
	memcpy(watch.mask, "\xff\xff\xff\x00", 4);
	assert_int_equal(shown_of(&watch, &dropped), 1);
	memcpy(watch.address, "\x0a\x00\x02\x00", 4);
	assert_int_equal(shown_of(&watch, &dropped), 0);

	v6.from = "2001:db8:1::1";
	v6.to = "2001:db8:2::1";
	memset(watch.address, 0, sizeof(watch.address));
	memset(watch.mask, 0, sizeof(watch.mask));
	assert_int_equal(shown_of(&watch, &v6), 0);
	watch.family = 6;
	memcpy(watch.address, "\x20\x01\x0d\xb8\x00\x02", 6);
	memset(watch.mask, 0xff, 6);
	assert_int_equal(shown_of(&watch, &v6), 1);
	watch.mask[3] = 0xffffffff;
	assert_int_equal(shown_of(&watch, &v6), 0);
}

static __u32 class_of(const char *address)
{
	struct prefix prefix;

	assert_int_equal(prefix_from_address(&prefix, address), 0);
	return native_classify(&subject.tables, &prefix);
}

/* Classes count only in the generation that they belong to. */
static void test_filter_by_class(void **state)
{
	__u64 classes[CLASSES_MAX / 64] = {};
	__u32 right = class_of("10.0.1.1"), edge = class_of("10.0.0.9");

	(void)state;
	classes[right / 64] |= 1ULL << right % 64;
	start(&everything);
	watcher_set_classes(&watcher, 0, classes);
	transmit(&dropped);
	assert_int_equal(read_events(), 1);
	classes[right / 64] = 1ULL << edge % 64;
	watcher_set_classes(&watcher, 0, classes);
	transmit(&dropped);
	assert_int_equal(read_events(), 1);
	watcher_set_classes(&watcher, 1, classes);
	transmit(&dropped);
	assert_int_equal(read_events(), 2);
}

static void test_rate(void **state)
{
	struct watch watch = everything;
	struct unseen unseen;
	int i;

	(void)state;
	watch.rate = 10;
	start(&watch);
	for (i = 0; i < 500; i++)
		transmit(&dropped);
	read_events();
	assert_int_equal(watcher_unseen(&watcher, &unseen), 0);
	assert_int_equal(unseen.limited + seen_count, 500);
	assert_int_equal(unseen.lost, 0);
	/* A burst for each CPU, and what a slow run adds. */
	assert_true(seen_count >= 1 && seen_count < 250);
}

static void test_full_ring(void **state)
{
	struct watch watch = everything;
	struct packet_spec spec = dropped;
	struct unseen unseen;
	int i;

	(void)state;
	spec.payload = 2000;
	watch.snaplen = EVENT_FRAME_MAX;
	start(&watch);
	for (i = 0; i < 1000; i++)
		transmit(&spec);
	read_events();
	assert_int_equal(watcher_unseen(&watcher, &unseen), 0);
	assert_int_equal(unseen.limited, 0);
	assert_int_equal(unseen.lost + seen_count, 1000);
	assert_true(seen_count > 400 && seen_count < 600);
}

static struct flows read_flows(void)
{
	struct flows flows;

	assert_int_equal(
		flows_read_map(&flows,
			       bpf_map__fd(subject.skeleton->maps.flows)),
		0);
	return flows;
}

/* Packets counted for a flow between these ends. */
static __u64 flow_packets(const struct packet_spec *spec, __u16 port, __u8 slot,
			  enum flow_kind kind)
{
	__u8 family = strchr(spec->from, ':') ? 6 : 4;
	__u64 key = FLOW_KEY(class_of(spec->from), class_of(spec->to), port,
			     slot, kind, family);
	struct flows flows = read_flows();
	__u64 packets = 0;
	__u32 i;

	for (i = 0; i < flows.count; i++)
		if (flows.items[i].key == key)
			packets += flows.items[i].packets;
	flows_release(&flows);
	return packets;
}

static void test_flows(void **state)
{
	static const struct {
		const char *from, *to;
		__u8 protocol, flags, type;
		__u16 sport, dport;
		__u8 slot;
		__u16 port;
		enum flow_kind kind;
		bool counted;
	} cases[] = {
		{"10.0.0.1", "10.0.1.1", IPPROTO_TCP, SYN, 0, 40000, 81,
		 SLOT_TCP, 81, FLOW_OPENS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_TCP, SYN | ACK, 0, 82, 40000,
		 SLOT_TCP, 82, FLOW_ANSWERS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_TCP, ACK, 0, 83, 40000,
		 SLOT_TCP, 83, FLOW_ANSWERS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_TCP, ACK, 0, 40000, 84,
		 SLOT_TCP, 84, FLOW_OPENS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_TCP, RST, 0, 85, 40000,
		 SLOT_TCP, 85, FLOW_ANSWERS, true},
		/* Opens towards who may only answer. */
		{"10.0.1.1", "10.0.0.1", IPPROTO_TCP, SYN, 0, 443, 999,
		 SLOT_TCP, 999, FLOW_WRONG_WAY, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_UDP, 0, 0, 53, 40000, SLOT_UDP,
		 53, FLOW_ANSWERS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_UDP, 0, 0, 40000, 53, SLOT_UDP,
		 53, FLOW_OPENS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_UDP, 0, 0, 40000, 50000,
		 SLOT_UDP, 50000, FLOW_OPENS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_ICMP, 0, 8, 0, 0, SLOT_ICMP, 8,
		 FLOW_OPENS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_ICMP, 0, 0, 0, 0, SLOT_ICMP, 8,
		 FLOW_ANSWERS, true},
		{"10.0.0.1", "10.0.1.1", IPPROTO_GRE, 0, 0, 0, 0, SLOT_OTHER,
		 IPPROTO_GRE, FLOW_OPENS, true},
		{"192.0.2.1", "10.0.1.1", IPPROTO_TCP, SYN, 0, 40000, 443,
		 SLOT_TCP, 443, FLOW_OPENS, true},
		{"2001:db8:1::1", "2001:db8:2::1", IPPROTO_TCP, SYN, 0, 40000,
		 80, SLOT_TCP, 80, FLOW_OPENS, true},
		/* What passes, and what no rule could pass. */
		{"10.0.0.1", "10.0.1.1", IPPROTO_TCP, SYN, 0, 40000, 443,
		 SLOT_TCP, 443, FLOW_OPENS, false},
		{"10.0.0.1", "10.0.1.1", IPPROTO_TCP, 0, 0, 40000, 86, SLOT_TCP,
		 86, FLOW_OPENS, false},
		{"127.0.0.1", "10.0.1.1", IPPROTO_TCP, SYN, 0, 40000, 87,
		 SLOT_TCP, 87, FLOW_OPENS, false},
	};
	size_t i;
	int times;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct packet_spec spec = {
			.from = cases[i].from,
			.to = cases[i].to,
			.protocol = cases[i].protocol,
			.flags = cases[i].flags,
			.type = cases[i].type,
			.sport = cases[i].sport,
			.dport = cases[i].dport,
		};
		__u64 before = flow_packets(&spec, cases[i].port, cases[i].slot,
					    cases[i].kind);

		for (times = 0; times < 3; times++)
			transmit(&spec);
		assert_int_equal(flow_packets(&spec, cases[i].port,
					      cases[i].slot, cases[i].kind) -
					 before,
				 cases[i].counted ? 3 : 0);
	}
}

static __u64 count_flows(bool with_roles)
{
	struct flows flows = read_flows();
	__u64 packets = 0;
	__u32 i;

	for (i = 0; i < flows.count; i++)
		if ((FLOW_SCLASS(flows.items[i].key) != CLASS_NONE) ==
		    with_roles)
			packets += flows.items[i].packets;
	flows_release(&flows);
	return packets;
}

static __u64 missed_flows(void)
{
	struct flows flows = read_flows();
	__u64 missed = flows.missed;

	flows_release(&flows);
	return missed;
}

/* Whatever outsiders send, flows between roles find room; nothing is lost untold. */
static void test_flow_flood(void **state)
{
	__u64 between = count_flows(true), outside = count_flows(false);
	struct packet_spec spec = dropped;
	__u64 missed = missed_flows();
	__u64 noted;
	int port;

	(void)state;
	spec.from = "192.0.2.1";
	for (port = 1; port <= 6000; port++) {
		spec.dport = port;
		transmit(&spec);
	}
	noted = count_flows(false) - outside + missed_flows() - missed;
	/* What is sampled lacks less than a sample on each CPU. */
	assert_in_range(noted, 6000 - FLOW_SAMPLED * libbpf_num_possible_cpus(),
			6000);
	assert_true(missed_flows() > missed);
	missed = missed_flows();
	for (port = 2001; port <= 2100; port++) {
		spec = dropped;
		spec.dport = port;
		transmit(&spec);
	}
	assert_int_equal(count_flows(true) - between, 100);
	assert_int_equal(missed_flows(), missed);
}

static int load_subject(void **state)
{
	(void)state;
	return watched_load(&subject, &watcher, config);
}

static int release_subject(void **state)
{
	(void)state;
	watched_release(&subject, &watcher);
	return 0;
}

static void give_up(const char *why)
{
	fprintf(stderr, "test_events: skipped: %s\n", why);
	exit(EXIT_SKIPPED);
}

int main(void)
{
	/* Flows first, while each packet between two classes is still noted. */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flows),
		cmocka_unit_test(test_flow_flood),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_nobody_watches),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_filter_by_class),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_full_ring),
	};

	if (geteuid())
		give_up("needs root");
	if (unshare(CLONE_NEWNET))
		give_up("no network namespace can be made");
	if (system("ip link add in0 type veth peer name obs0"))
		give_up("`ip link add` makes no veth interfaces");
	return cmocka_run_group_tests(tests, load_subject, release_subject);
}
