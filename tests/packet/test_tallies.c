/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of policies with so many interfaces, rules or classes that fewer tallies are kept. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "tests/packet/packets.h"
#include "tests/packet/subject.h"
#include "user/policy/native.h"

#define TEXT_SIZE    (1 << 20)
#define EXIT_SKIPPED 77
#define CROWD	     11 /* 2,047 classes */
#define SYN	     0x02
#define ACK	     0x10
#define LOOPBACK     1 /* its ifindex, and its number in each policy here */

#define TCP(source, target, from_port, to_port, with)                  \
	{                                                              \
		.from = source, .to = target, .protocol = IPPROTO_TCP, \
		.sport = from_port, .dport = to_port, .flags = with    \
	}

/* Packets in turn: as many of each as its place in this list, from 1. */
enum { OPENS, ANSWERS, VISITS, STRANGE, UNKNOWN, TURNED, CLOSED, KIND_COUNT };

static const struct packet_spec kinds[KIND_COUNT] = {
	[OPENS] = TCP("10.1.0.1", "10.2.0.1", 40000, 1007, SYN),
	[ANSWERS] = TCP("10.2.0.1", "10.1.0.1", 1007, 40000, ACK),
	[VISITS] = TCP("192.0.2.1", "10.4.0.1", 40000, 2000, SYN),
	[STRANGE] = TCP("192.0.2.1", "192.0.2.2", 40000, 1007, SYN),
	[UNKNOWN] = TCP("192.0.2.1", "10.2.0.1", 40000, 1007, SYN),
	[TURNED] = TCP("192.0.2.1", "10.4.0.1", 40000, 7, SYN),
	[CLOSED] = TCP("10.1.0.1", "10.2.0.1", 40000, 7, SYN),
};

/* Of addresses by number, those with a bit: so many roles overlap in all ways. */
static char *put_crowd(char *at, int roles)
{
	int role, i;

	for (role = 0; role < roles; role++) {
		at += sprintf(at, "  c%d: [", role);
		for (i = 1 << role; i < 1 << roles; i += 2 << role)
			at += sprintf(at, "%s10.3.%d.%d/%d",
				      i == 1 << role ? "" : ", ", i >> 8,
				      i & 255, 32 - role);
		at += sprintf(at, "]\n");
	}
	return at;
}

/* A policy with so many of everything; rule r7 is for port 1007, 2000 for any. */
static char *text_of(int interfaces, int rules, int crowd)
{
	char *text = malloc(TEXT_SIZE), *at = text;
	int i;

	assert_non_null(text);
	at += sprintf(at, "interfaces: [lo");
	for (i = 1; i < interfaces; i++)
		at += sprintf(at, ", if%d", i);
	at += sprintf(at, "]\nroles:\n  a: 10.1.0.1\n  b: 10.2.0.1\n"
			  "  open: 10.4.0.1\n");
	at = put_crowd(at, crowd);
	at += sprintf(at, "rules:\n"
			  "  visit: {from: any, to: open, tcp: 2000}\n");
	for (i = 0; i < crowd; i++)
		at += sprintf(at, "  crowd%d: {from: c%d, to: b, tcp: 1}\n", i,
			      i);
	for (i = 0; i < rules; i++)
		at += sprintf(at, "  r%d: {from: a, to: b, tcp: %d}\n", i,
			      1000 + i);
	assert_in_range(at - text, 1, TEXT_SIZE - 1);
	return text;
}

static void feed(const struct subject *subject, int kind)
{
	struct wire wire;
	int i;

	packet_build(&kinds[kind], &wire);
	for (i = 0; i <= kind; i++)
		assert_int_equal(subject_filter(subject, LOOPBACK, wire.bytes,
						wire.size),
				 kind <= VISITS ? XDP_PASS : XDP_DROP);
}

static __u64 of_reason(const struct counters *counters, enum reason reason,
		       enum verdict verdict)
{
	return counters_reason(counters, IFACE_NUMBER(0), reason, verdict)
		.packets;
}

static __u64 of_rule(const struct subject *subject,
		     const struct counters *counters, enum passage passage)
{
	int rule = model_find_rule(&subject->model, "r7");

	return counters_rule(counters, rule, passage).packets;
}

/* Of the pair of a packet's ends. */
static __u64 of_pair(const struct subject *subject,
		     const struct counters *counters, int kind,
		     enum verdict verdict)
{
	__u32 slot, classes[2], wanted[2];
	struct prefix ends[2];
	__u64 packets = 0;
	int i;

	assert_int_equal(prefix_from_address(&ends[0], kinds[kind].from), 0);
	assert_int_equal(prefix_from_address(&ends[1], kinds[kind].to), 0);
	for (i = 0; i < 2; i++)
		wanted[i] = native_classify(&subject->tables, &ends[i]);
	for (slot = 0; slot < counters->pair_slots; slot++)
		if (counters_pair_of(counters, slot, &classes[0],
				     &classes[1]) &&
		    classes[0] == wanted[0] && classes[1] == wanted[1])
			packets +=
				counters_pair(counters, slot, verdict).packets;
	return packets;
}

static void check(const struct subject *subject)
{
	struct counters counters;

	assert_int_equal(subject_counters(subject, &counters), 0);
	assert_int_equal(of_reason(&counters, REASON_RULE, VERDICT_PASS),
			 OPENS + 1 + VISITS + 1);
	assert_int_equal(of_reason(&counters, REASON_REPLY, VERDICT_PASS),
			 ANSWERS + 1);
	assert_int_equal(of_reason(&counters, REASON_STRANGER, VERDICT_DROP),
			 STRANGE + 1);
	assert_int_equal(
		of_reason(&counters, REASON_UNKNOWN_SOURCE, VERDICT_DROP),
		UNKNOWN + 1 + TURNED + 1);
	assert_int_equal(of_reason(&counters, REASON_PORT, VERDICT_DROP),
			 CLOSED + 1);
	assert_int_equal(of_rule(subject, &counters, PASSAGE_OPENING),
			 OPENS + 1);
	assert_int_equal(of_rule(subject, &counters, PASSAGE_REPLY),
			 ANSWERS + 1);
	assert_int_equal(of_pair(subject, &counters, OPENS, VERDICT_PASS),
			 OPENS + 1);
	assert_int_equal(of_pair(subject, &counters, OPENS, VERDICT_DROP),
			 CLOSED + 1);
	assert_int_equal(of_pair(subject, &counters, ANSWERS, VERDICT_PASS),
			 ANSWERS + 1);
	assert_int_equal(of_pair(subject, &counters, VISITS, VERDICT_PASS),
			 VISITS + 1);
	assert_int_equal(of_pair(subject, &counters, TURNED, VERDICT_DROP),
			 TURNED + 1);
	assert_int_equal(of_pair(subject, &counters, STRANGE, VERDICT_DROP),
			 STRANGE + 1);
	assert_int_equal(of_pair(subject, &counters, UNKNOWN, VERDICT_DROP),
			 UNKNOWN + 1);
	counters_release(&counters);
}

/* Are rules tallied at each interface, and what nobody sends by itself? */
static void judge(int interfaces, int rules, int crowd, bool are_apart,
		  bool has_nobody)
{
	char *text = text_of(interfaces, rules, crowd);
	struct subject subject;
	int kind;

	assert_int_equal(subject_load_text(&subject, text), 0);
	assert_int_equal(!subject.tables.shape.pair_bits, crowd > 0);
	/* So many rows of rules share their cells, too. */
	assert_int_equal(!subject.tables.shape.cell_bits, crowd > 0);
	assert_int_equal(subject.tables.shape.rules_apart, are_apart);
	assert_int_equal(subject.tables.shape.unnamed, has_nobody);
	for (kind = 0; kind < KIND_COUNT; kind++)
		feed(&subject, kind);
	check(&subject);
	subject_release(&subject);
	free(text);
}

static void test_few(void **state)
{
	(void)state;
	judge(3, 20, 0, true, true);
}

static void test_many_rules(void **state)
{
	(void)state;
	judge(20, 4000, 0, false, true);
}

static void test_many_classes(void **state)
{
	(void)state;
	judge(3, 20, CROWD, true, true);
}

static void test_many_classes_at_many_interfaces(void **state)
{
	(void)state;
	judge(20, 20, CROWD, true, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_many_rules),
		cmocka_unit_test(test_many_classes),
		cmocka_unit_test(test_many_classes_at_many_interfaces),
	};

	if (geteuid()) {
		fprintf(stderr, "test_tallies: skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
