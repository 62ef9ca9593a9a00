/* SPDX-License-Identifier: GPL-2.0-only */
/* Every row of the table of verdicts, by all three judges, and what is counted. */
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

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>

#include "tests/packet/error_cases.h"
#include "tests/packet/fragment_cases.h"
#include "tests/packet/frame_cases.h"
#include "tests/packet/jumbo_cases.h"
#include "tests/packet/policy_cases.h"
#include "tests/packet/subject.h"
#include "user/kernel/fold.h"
#include "user/policy/native.h"
#include "user/policy/reason.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define EXIT_SKIPPED 77

/* A loaded config and what its counters must say. */
struct bench {
	struct subject subject;
	struct count *expected[COUNTER_COUNT];
	__u32 sizes[COUNTER_COUNT];
};

static struct bench benches[VARIANT_COUNT];

static __u32 class_of(const struct bench *bench, const char *address)
{
	struct prefix prefix;

	if (prefix_from_address(&prefix, address))
		fail_msg("%s is no address", address);
	return native_classify(&bench->subject.tables, &prefix);
}

/* Are the classes known when this reason is found? */
static bool has_pair(const struct verdict_case *c)
{
	return c->late || c->reason >= REASON_SPOOFED;
}

static void expect_one(struct bench *bench, enum counter counter, __u32 index,
		       size_t bytes)
{
	assert_true(index < bench->sizes[counter]);
	bench->expected[counter][index].packets++;
	bench->expected[counter][index].bytes += bytes;
}

static void expect_counts(struct bench *bench, const struct verdict_case *c,
			  const struct packet_spec *spec, __u32 iface,
			  size_t bytes)
{
	const struct subject *subject = &bench->subject;
	__u32 pair;

	expect_one(bench, COUNTER_REASON,
		   REASON_COUNTER(iface, c->reason, c->verdict), bytes);
	if (c->rule)
		expect_one(
			bench, COUNTER_RULE,
			RULE_COUNTER(model_find_rule(&subject->model, c->rule),
				     c->reason == REASON_REPLY),
			bytes);
	if (!has_pair(c) || c->reason == REASON_NO_POLICY)
		return;
	pair = PAIR_SLOT(subject->tables.shape.pair_bits,
			 class_of(bench, spec->from),
			 class_of(bench, spec->to));
	expect_one(bench, COUNTER_PAIR, PAIR_COUNTER(pair, c->verdict), bytes);
}

/* The number of counters of a kind that differ; what is there is then expected. */
static int check_kind(struct bench *bench, const struct verdict_case *c,
		      const struct counters *counters, enum counter counter)
{
	static const char *const names[] = {"reason", "rule", "pair"};
	struct count got, *expected;
	int wrong = 0;
	__u32 i;

	for (i = 0; i < bench->sizes[counter]; i++) {
		expected = &bench->expected[counter][i];
		got = counters->counts[counter][i];
		if (!memcmp(&got, expected, sizeof(got)))
			continue;
		print_error("%s: %s counter %u: %lld packets, %lld bytes too "
			    "many\n",
			    c->name, names[counter], i,
			    (long long)(got.packets - expected->packets),
			    (long long)(got.bytes - expected->bytes));
		*expected = got;
		wrong++;
	}
	return wrong;
}

static int check_counts(struct bench *bench, const struct verdict_case *c)
{
	struct counters counters;
	int counter, wrong = 0;

	assert_int_equal(subject_counters(&bench->subject, &counters), 0);
	for (counter = 0; counter < COUNTER_COUNT; counter++)
		wrong += check_kind(bench, c, &counters, counter);
	counters_release(&counters);
	return wrong;
}

static int check_answer(const struct bench *bench, const struct verdict_case *c,
			const char *judge, int family,
			const struct explain *answer)
{
	const struct model *model = &bench->subject.model;
	bool pass = c->verdict == VERDICT_PASS;
	const char *rule = "-";

	if (answer->rule != RULE_NONE)
		rule = model_str(model, model->rules.items[answer->rule].name);
	if ((answer->verdict == VERDICT_PASS) == pass &&
	    answer->reason == c->reason &&
	    !strcmp(rule, c->rule ? c->rule : "-"))
		return 0;
	print_error("%s, IPv%d: %s says %s %s %s, not %s %s %s\n", c->name,
		    family, judge, verdict_name(answer->verdict),
		    reason_name(answer->reason), rule, verdict_name(c->verdict),
		    reason_name(c->reason), c->rule ? c->rule : "-");
	return 1;
}

static int check_twin(const struct bench *bench, const struct verdict_case *c,
		      int family, const struct wire *wire,
		      const struct explain *question)
{
	struct explain answer = *question;
	int err = subject_ask(&bench->subject, wire->bytes, wire->size,
			      &answer);

	if (!err)
		return check_answer(bench, c, "the twin", family, &answer);
	print_error("%s: the twin: %s\n", c->name, strerror(-err));
	return 1;
}

static int check_natively(const struct bench *bench,
			  const struct verdict_case *c, int family,
			  const struct wire *wire,
			  const struct explain *question)
{
	struct explain answer = *question;

	subject_ask_natively(&bench->subject, wire->bytes, wire->size, &answer);
	return check_answer(bench, c, "native code", family, &answer);
}

/* The filter itself: its action, and what it counts. */
static int check_filter(struct bench *bench, const struct verdict_case *c,
			const struct packet_spec *spec, const struct wire *wire,
			__u32 iface)
{
	const char *name = c->iface ? c->iface : IFACE_PLAIN;
	int expected = c->verdict == VERDICT_DROP ? XDP_DROP : XDP_PASS;
	int action = subject_filter(&bench->subject, if_nametoindex(name),
				    wire->bytes, wire->size);
	int wrong = 0;

	if (action != expected) {
		print_error("%s: the filter's action is %d, not %d\n", c->name,
			    action, expected);
		wrong++;
	}
	expect_counts(bench, c, spec, iface, wire->size);
	return wrong + check_counts(bench, c);
}

static __u32 iface_number(const struct bench *bench,
			  const struct verdict_case *c)
{
	const char *name = c->iface ? c->iface : IFACE_PLAIN;
	int index = model_find_interface(&bench->subject.model, name);

	return index < 0 ? IFACE_UNKNOWN : IFACE_NUMBER(index);
}

static int check_case(const struct verdict_case *c, int family)
{
	struct bench *bench = &benches[c->variant];
	struct explain question = {.iface = iface_number(bench, c)};
	struct resolved resolved;
	struct wire wire;
	int wrong = 0;

	packet_resolve(&resolved, &c->packet, family);
	packet_build(resolved.specs, &wire);
	if (question.iface != IFACE_UNKNOWN) {
		wrong += check_twin(bench, c, family, &wire, &question);
		if (!c->beyond)
			wrong += check_natively(bench, c, family, &wire,
						&question);
	}
	if (wire.size >= ETH_HLEN)
		wrong += check_filter(bench, c, resolved.specs, &wire,
				      question.iface);
	return wrong;
}

static int check_cases(const struct verdict_case *cases, size_t count)
{
	int wrong = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (cases[i].family != 6)
			wrong += check_case(&cases[i], 4);
		if (cases[i].family != 4)
			wrong += check_case(&cases[i], 6);
	}
	return wrong;
}

static void test_frames(void **state)
{
	(void)state;
	assert_int_equal(check_cases(frame_cases, COUNT(frame_cases)), 0);
}

static void test_policy(void **state)
{
	(void)state;
	assert_int_equal(check_cases(policy_cases, COUNT(policy_cases)), 0);
}

static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(check_cases(error_cases, COUNT(error_cases)), 0);
}

static void test_jumbo_frames(void **state)
{
	(void)state;
	assert_int_equal(check_cases(jumbo_cases, COUNT(jumbo_cases)), 0);
}

/* What the contract says of TCP flags, in its own words. */
static enum reason reason_of_flags(unsigned int flags, bool is_initiator)
{
	bool syn = flags & SYN, ack = flags & ACK, rst = flags & RST;
	bool fin = flags & FIN;

	if (!flags || (syn && fin) || (syn && rst) || (fin && !ack))
		return REASON_BAD_FLAGS;
	if (is_initiator)
		return REASON_RULE;
	return (ack || rst) && !(syn && !ack) ? REASON_REPLY : REASON_DIRECTION;
}

static void test_tcp_flags(void **state)
{
	struct verdict_case c;
	unsigned int flags;
	int wrong = 0, back;
	char name[64];

	(void)state;
	for (flags = 0; flags < 64; flags++) {
		for (back = 0; back < 2; back++) {
			snprintf(name, sizeof(name), "flags %#x, %s", flags,
				 back ? "back" : "forth");
			c = (struct verdict_case){.name = name};
			c.packet = back ? quote_sip_reply : quote_sip;
			c.packet.flags = flags;
			c.reason = reason_of_flags(flags, !back);
			if (c.reason == REASON_RULE || c.reason == REASON_REPLY)
				c.rule = "sip";
			c.verdict = c.rule ? VERDICT_PASS : VERDICT_DROP;
			wrong += check_cases(&c, 1);
		}
	}
	assert_int_equal(wrong, 0);
}

enum by { BY_TWIN, BY_NATIVE_CODE, BY_FILTER, BY_COUNT };

/* One of a datagram's fragments; twin and native code are to remember it. */
static int check_step(const struct verdict_case *c, int family, __u32 id,
		      enum by by)
{
	struct bench *bench = &benches[c->variant];
	struct explain question = {
		.iface = iface_number(bench, c),
		.track = 1,
	};
	struct resolved resolved;
	struct wire wire;

	packet_resolve(&resolved, &c->packet, family);
	resolved.specs[0].id += id;
	packet_build(resolved.specs, &wire);
	if (by == BY_TWIN)
		return check_twin(bench, c, family, &wire, &question);
	if (by == BY_NATIVE_CODE)
		return check_natively(bench, c, family, &wire, &question);
	return check_filter(bench, c, resolved.specs, &wire, question.iface);
}

/* The ids keep the judges apart, and every datagram from the others. */
static int check_datagram(const struct datagram *datagram, int family, __u32 id)
{
	const struct verdict_case *c;
	int by, wrong = 0;

	for (by = 0; by < BY_COUNT; by++)
		for (c = datagram->steps; c->name; c++)
			if (!c->family || c->family == family)
				wrong += check_step(c, family, id + 1000 * by,
						    by);
	return wrong;
}

static void test_datagrams(void **state)
{
	int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(datagrams); i++) {
		wrong += check_datagram(&datagrams[i], 4, 10000 + 10 * i);
		wrong += check_datagram(&datagrams[i], 6, 10000 + 10 * i);
	}
	assert_int_equal(wrong, 0);
}

/* Makes as many zeroed expectations as there are counters. */
static int bench_init(struct bench *bench)
{
	int i;

	for (i = 0; i < COUNTER_COUNT; i++) {
		bench->sizes[i] = counters_size(&bench->subject.tables.shape,
						i);
		bench->expected[i] = calloc(bench->sizes[i],
					    sizeof(struct count));
		if (!bench->expected[i])
			return -ENOMEM;
	}
	return 0;
}

static int load_benches(void **state)
{
	char text[2048];
	int i, err;

	(void)state;
	for (i = 0; i < VARIANT_COUNT; i++) {
		snprintf(text, sizeof(text), "%s%s", config_text,
			 variant_settings[i]);
		err = subject_load_text(&benches[i].subject, text);
		if (!err)
			err = bench_init(&benches[i]);
		if (err)
			return err;
	}
	return 0;
}

static int release_benches(void **state)
{
	int i, counter;

	(void)state;
	for (i = 0; i < VARIANT_COUNT; i++) {
		for (counter = 0; counter < COUNTER_COUNT; counter++)
			free(benches[i].expected[counter]);
		subject_release(&benches[i].subject);
	}
	return 0;
}

static void give_up(const char *why)
{
	fprintf(stderr, "test_verdicts: skipped: %s\n", why);
	exit(EXIT_SKIPPED);
}

/* The config's interfaces in a namespace of our own, and BPF, or a skip. */
static void need_kernel(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, options);
	int fd;

	if (geteuid())
		give_up("needs root");
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "probe", 4, 4, 1, &options);
	if (fd < 0)
		give_up("the kernel lets us make no BPF maps");
	close(fd);
	if (unshare(CLONE_NEWNET))
		give_up("no network namespace can be made");
	if (system("ip link add in0 type veth peer name obs0 && "
		   "ip link add edge0 type veth peer name none0 && "
		   "ip link add obs1 type veth peer name obs2"))
		give_up("`ip link add` makes no veth interfaces");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_jumbo_frames),
		cmocka_unit_test(test_tcp_flags),
		cmocka_unit_test(test_datagrams),
	};

	need_kernel();
	return cmocka_run_group_tests(tests, load_benches, release_benches);
}
