/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints what watching costs the filter under a flood of drops, as a ratio. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/in.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>

#include "tests/packet/packets.h"
#include "tests/packet/subject.h"
#include "tests/packet/watched.h"
#include "user/kernel/watcher.h"
#include "filter.skel.h"

#define EXIT_SKIPPED 77
#define ROUNDS	     101
#define PACKETS	     250000
#define RATIO_MAX    1.5

static const char config[] =
	"interfaces: [lo]\n"
	"roles: {left: 10.0.0.0/24, right: 10.0.1.0/24}\n"
	"rules: {web: {from: left, to: right, tcp: 443}}\n";

static struct subject subject;
static struct watcher watcher;
static unsigned long shown;

static void count_event(const struct event *event, void *context)
{
	(void)event;
	(void)context;
	shown++;
}

/* Nanoseconds of a packet, over many in one run. */
static double flood(const struct wire *wire)
{
	struct xdp_md context = {
		.data_end = wire->size,
		.ingress_ifindex = 1,
	};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = wire->bytes,
		    .data_size_in = wire->size, .ctx_in = &context,
		    .ctx_size_in = sizeof(context), .repeat = PACKETS);
	struct timespec start, end;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	if (bpf_prog_test_run_opts(subject.generation.filter, &run))
		fail_msg("cannot run the program");
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	return ((end.tv_sec - start.tv_sec) * 1e9 + end.tv_nsec -
		start.tv_nsec) /
	       PACKETS;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

/*
 * Off and on in turn, so that whatever else the machine does hits both. What
 * is asserted is far from what is measured: the machine may be busy.
 */
static void measure(const char *name, const struct packet_spec *spec)
{
	double off[ROUNDS], on[ROUNDS], ratio;
	unsigned long before = shown;
	struct wire wire;
	int i;

	packet_build(spec, &wire);
	for (i = 0; i < ROUNDS; i++) {
		watcher.watch->until = 0;
		off[i] = flood(&wire);
		watcher_read(&watcher);
		on[i] = flood(&wire);
		watcher_read(&watcher);
	}
	ratio = median(on) / median(off);
	printf("# dropped for its %s: %.1f ns a packet unwatched, %.1f "
	       "watched, ratio %.3f; %lu events in %d packets\n",
	       name, median(off), median(on), ratio, shown - before,
	       ROUNDS * PACKETS);
	assert_true(shown > before);
	assert_true(ratio < RATIO_MAX);
}

static void test_flood(void **state)
{
	const struct watch wanted = {
		.reasons = ~0U,
		.rate = 1000,
		.snaplen = 128,
		.generation = GENERATION_NONE,
	};
	struct packet_spec spec = {
		.from = "10.0.0.1",
		.to = "10.0.1.1",
		.protocol = IPPROTO_TCP,
		.sport = 40000,
		.dport = 80,
		.flags = 2,
	};
	(void)state;
	assert_int_equal(watcher_start(&watcher, &wanted, count_event, NULL),
			 0);
	measure("port", &spec);
	spec.from = "192.0.2.1";
	measure("source", &spec);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flood),
	};

	if (geteuid()) {
		fprintf(stderr, "test_watch_cost: skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, load_subject, release_subject);
}
