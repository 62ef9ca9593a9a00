/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints what a packet costs by the filter and by a program that drops all, policies in turn. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "tests/bench/corpus_file.h"
#include "user/kernel/build.h"
#include "user/kernel/tallies.h"
#include "user/policy/config.h"
#include "user/policy/native.h"
#include "user/policy/tables.h"
#include "filter.skel.h"

#define CORPORA_MAX 16
#define BENCHES_MAX 8
#define NEXT_BENCH  "--"

/* A policy, and the packets that it is measured by. */
struct bench {
	const char *config;
	const char *paths[CORPORA_MAX]; /* of the corpora */
	struct model model;
	struct tables tables;
	struct diag diag;
	struct filter_bpf *skeleton;
	struct corpus corpora[CORPORA_MAX];
	int count;
	double *floor[CORPORA_MAX]; /* by round, ns */
	double *filter[CORPORA_MAX];
};

static void load(struct bench *bench)
{
	const char *config = bench->config;
	int failure;

	model_init(&bench->model);
	tables_init(&bench->tables);
	diag_init(&bench->diag);
	failure = config_read(&bench->model, config, &bench->diag);
	if (!failure)
		failure = tables_compile(&bench->tables, &bench->model,
					 &bench->diag);
	if (failure)
		diag_print(&bench->diag, stderr);
	if (!failure)
		failure = build_program(&bench->skeleton, NULL, &bench->model,
					&bench->tables, false);
	if (failure)
		errx(1, "%s: %s", config, strerror(-failure));
}

static double thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static void choose(struct bench *bench, const struct corpus *corpus)
{
	int failure = corpus_put(corpus,
				 bpf_map__fd(bench->skeleton->maps.corpus_v4),
				 bpf_map__fd(bench->skeleton->maps.corpus_v6));

	if (failure)
		errx(1, "corpus: %s", strerror(-failure));
	corpus_point(corpus, &bench->skeleton->bss->cursor);
}

/* Runs so many packets of the chosen corpus; returns ns of CPU time for each. */
static double run(const struct bench *bench, struct bpf_program *program,
		  const struct corpus *corpus, __u32 packets)
{
	__u8 frame[CORPUS_V6_SIZE];
	struct xdp_md context = {.ingress_ifindex = 1};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame,
		    .data_size_in = corpus_frame(corpus, 0, frame),
		    .ctx_in = &context, .ctx_size_in = sizeof(context),
		    .repeat = packets);
	double start;

	context.data_end = run.data_size_in;
	corpus_point(corpus, &bench->skeleton->bss->cursor);
	start = thread_ns();
	if (bpf_prog_test_run_opts(bpf_program__fd(program), &run))
		err(1, "cannot run %s", bpf_program__name(program));
	return (thread_ns() - start) / packets;
}

/* --- Do the verdicts agree? ----------------------------------------------- */

static __u32 right_verdicts(const struct bench *bench,
			    const struct corpus *corpus)
{
	__u8 frame[CORPUS_V6_SIZE];
	__u32 i, right = 0;
	size_t size;

	for (i = 0; i < corpus->header.count; i++) {
		struct explain answer = {.iface = IFACE_NUMBER(0)};

		size = corpus_frame(corpus, i, frame);
		native_judge(&bench->tables, frame, size, &answer);
		right += (answer.verdict == VERDICT_PASS) ==
			 corpus->records[i].passes;
	}
	return right;
}

/* How many packets the program has counted as passed, between known ends. */
static __u64 passed(const struct bench *bench)
{
	const struct shape *shape = &bench->tables.shape;
	struct mapping tallies;
	__u64 packets = 0;
	__u32 slot;
	int failure;

	failure = mapping_open(&tallies,
			       bpf_map__fd(bench->skeleton->maps.tallies));
	if (failure)
		errx(1, "cannot read the tallies: %s", strerror(-failure));
	for (slot = 0; slot <= shape->tallies[TALLY_PAIR].mask; slot++)
		packets += tallies_sum(&tallies, shape, TALLY_PAIR,
				       PAIR_TALLY(slot, VERDICT_PASS))
				   .packets;
	mapping_close(&tallies);
	return packets;
}

/* Each packet once, by the program that is measured. */
static __u32 passed_of(struct bench *bench, const struct corpus *corpus)
{
	__u64 before = passed(bench);

	run(bench, bench->skeleton->progs.bench_filter, corpus,
	    corpus->header.count);
	return passed(bench) - before;
}

/* --- Measuring ------------------------------------------------------------ */

static void measure_round(struct bench *bench, int round, __u32 packets)
{
	const struct corpus *corpus;
	int i;

	for (i = 0; i < bench->count; i++) {
		corpus = &bench->corpora[i];
		choose(bench, corpus);
		bench->floor[i][round] = run(bench,
					     bench->skeleton->progs.bench_drop,
					     corpus, packets);
		bench->filter[i][round] =
			run(bench, bench->skeleton->progs.bench_filter, corpus,
			    packets);
	}
}

static void print_samples(const char *name, const double *samples, int rounds)
{
	int i;

	printf(",\"%s\":[", name);
	for (i = 0; i < rounds; i++)
		printf("%s%.3f", i ? "," : "", samples[i]);
	printf("]");
}

static void print_program(const struct bench *bench)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(
		    bpf_program__fd(bench->skeleton->progs.rolegate_filter),
		    &info, &size))
		err(1, "cannot ask for the program");
	printf("{\"verified\":%u,\"instructions\":%u,\"machine_bytes\":%u}\n",
	       info.verified_insns, info.xlated_prog_len / 8,
	       info.jited_prog_len);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void print_corpus(struct bench *bench, int i, int rounds)
{
	const struct corpus *corpus = &bench->corpora[i];

	choose(bench, corpus);
	printf("{\"corpus\":\"%s\",\"packets\":%u,\"right\":%u,"
	       "\"passing\":%u,\"passed\":%u",
	       base_name(bench->paths[i]), corpus->header.count,
	       right_verdicts(bench, corpus), corpus_passing(corpus),
	       passed_of(bench, corpus));
	print_samples("floor", bench->floor[i], rounds);
	print_samples("filter", bench->filter[i], rounds);
	printf("}\n");
}

static void print_bench(struct bench *bench, int rounds)
{
	int i;

	print_program(bench);
	for (i = 0; i < bench->count; i++)
		print_corpus(bench, i, rounds);
}

/* --- What to measure ------------------------------------------------------ */

static void add_corpus(struct bench *bench, const char *path, int rounds)
{
	int i = bench->count++, failure;

	if (i == CORPORA_MAX)
		errx(2, "%s: too many corpora", path);
	failure = corpus_read(&bench->corpora[i], path);
	if (failure)
		errx(1, "%s: %s", path, strerror(-failure));
	bench->paths[i] = path;
	bench->floor[i] = calloc(rounds, sizeof(double));
	bench->filter[i] = calloc(rounds, sizeof(double));
}

/* Words are a config and its corpora, then maybe "--" and the next ones. */
static int read_benches(struct bench *benches, char **words, int rounds)
{
	struct bench *bench = benches;

	bench->config = *words;
	while (*++words) {
		if (strcmp(*words, NEXT_BENCH)) {
			add_corpus(bench, *words, rounds);
			continue;
		}
		if (++bench == benches + BENCHES_MAX)
			errx(2, "too many policies");
		if (!*++words)
			errx(2, "nothing behind " NEXT_BENCH);
		bench->config = *words;
	}
	return bench + 1 - benches;
}

int main(int argc, char **argv)
{
	static struct bench benches[BENCHES_MAX];
	int i, round, rounds, count;
	__u32 packets;

	if (argc < 5)
		errx(2, "usage: path ROUNDS PACKETS CONFIG CORPUS... "
			"[" NEXT_BENCH " CONFIG CORPUS...]...");
	rounds = atoi(argv[1]);
	packets = strtoul(argv[2], NULL, 10);
	count = read_benches(benches, argv + 3, rounds);
	for (i = 0; i < count; i++)
		load(&benches[i]);
	for (round = 0; round < rounds; round++)
		for (i = 0; i < count; i++)
			measure_round(&benches[i], round, packets);
	for (i = 0; i < count; i++)
		print_bench(&benches[i], rounds);
	return 0;
}
