/* SPDX-License-Identifier: GPL-2.0-only */
/* Who decides at which interface while a generation is on trial, and afterwards. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "tests/packet/packets.h"
#include "tests/packet/subject.h"

#define EXIT_SKIPPED 77
#define LOOPBACK     1
#define SYN	     0x02

#define POLICY(interface, port)                                            \
	"interfaces: [" interface "]\nroles: {a: 10.0.0.1, b: 10.0.0.2}\n" \
	"rules: {open: {from: a, to: b, tcp: " port "}}\n"

static const char *const knowing = POLICY("lo", "81");
static const char *const unknowing = POLICY("absent", "81");

/* On an opening packet, at loopback, to the port of the generation before. */
static int action(const struct subject *subject)
{
	static const struct packet_spec packet = {
		.from = "10.0.0.1",
		.to = "10.0.0.2",
		.protocol = IPPROTO_TCP,
		.sport = 40000,
		.dport = 80,
		.flags = SYN,
	};
	struct wire wire;

	packet_build(&packet, &wire);
	return subject_filter(subject, LOOPBACK, wire.bytes, wire.size);
}

static void judge(const char *policy, const struct subject *previous,
		  bool is_over, int expected)
{
	struct subject trial;

	assert_int_equal(subject_load_trial(&trial, policy, previous, is_over),
			 0);
	assert_int_equal(action(&trial), expected);
	subject_release(&trial);
}

static void test_running(void **state)
{
	(void)state;
	judge(knowing, NULL, false, XDP_DROP);
	judge(unknowing, NULL, false, XDP_DROP);
}

/* Nothing was filtered before. */
static void test_over_after_nothing(void **state)
{
	(void)state;
	judge(knowing, NULL, true, XDP_PASS);
	judge(unknowing, NULL, true, XDP_PASS);
}

/*
 * An interface that the trial added is free again. One that neither knows, as
 * a member that a bond got meanwhile, is the older generation's to refuse.
 */
static void test_over_after_another(void **state)
{
	struct subject previous;

	(void)state;
	assert_int_equal(subject_load_text(&previous, POLICY("absent", "80")),
			 0);
	judge(knowing, &previous, true, XDP_PASS);
	judge(unknowing, &previous, true, XDP_DROP);
	subject_release(&previous);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_running),
		cmocka_unit_test(test_over_after_nothing),
		cmocka_unit_test(test_over_after_another),
	};

	if (geteuid()) {
		fprintf(stderr, "test_trial: skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
