/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends a corpus, as fast as one CPU can or at leisure, by an interface. */
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "tests/bench/corpus_file.h"
#include "send.skel.h"

#define BATCH	64 /* a quarter of a veth's ring */
#define AT_ONCE CORPUS_MAX

static struct send_bpf *load(const char *interface, __u32 every)
{
	struct send_bpf *skeleton = send_bpf__open();

	if (!skeleton)
		err(1, "cannot open the BPF object");
	skeleton->rodata->ifindex = if_nametoindex(interface);
	skeleton->rodata->every = every ? every : 1;
	if (!skeleton->rodata->ifindex)
		err(1, "%s", interface);
	if (send_bpf__load(skeleton))
		err(1, "cannot load the sending program");
	return skeleton;
}

static void fill(struct send_bpf *skeleton, const struct corpus *corpus)
{
	struct corpus_frame *frames = calloc(CORPUS_MAX, sizeof(*frames));
	__u32 i, zero = 0;

	if (!frames)
		errx(1, "out of memory");
	for (i = 0; i < corpus->header.count; i++)
		corpus_whole_frame(corpus, i, frames[i].bytes);
	if (bpf_map_update_elem(bpf_map__fd(skeleton->maps.frames), &zero,
				frames, BPF_ANY))
		err(1, "cannot fill the frames");
	free(frames);
	corpus_point(corpus, &skeleton->bss->cursor);
}

static void send_some(const struct send_bpf *skeleton, __u32 count)
{
	__u8 frame[CORPUS_V4_SIZE] = {};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame,
		    .data_size_in = sizeof(frame), .repeat = count,
		    .batch_size = BATCH, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);

	if (bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.bench_send),
				   &run))
		err(1, "cannot send");
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct send_bpf *skeleton;
	struct corpus corpus;
	double end;
	__u32 every;
	int failure;

	if (argc != 5)
		errx(2,
		     "usage: bench_send INTERFACE CORPUS SECONDS EVERY\n"
		     "EVERY: 0, or each packet once, in one of so many cycles");
	failure = corpus_read(&corpus, argv[2]);
	if (failure || corpus.header.family != 4)
		errx(1, "%s: no IPv4 corpus", argv[2]);
	every = strtoul(argv[4], NULL, 10);
	skeleton = load(argv[1], every);
	fill(skeleton, &corpus);
	end = now() + atof(argv[3]);
	if (every)
		send_some(skeleton, corpus.header.count * every);
	while (!every && now() < end)
		send_some(skeleton, AT_ONCE);
	send_bpf__destroy(skeleton);
	return 0;
}
