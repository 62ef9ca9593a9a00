/* SPDX-License-Identifier: GPL-2.0-only */
/* Configs loaded for tests, and the ways to have a frame judged by them. */
#include "tests/packet/subject.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "filter.skel.h"
#include "user/kernel/build.h"
#include "user/kernel/fold.h"
#include "user/policy/config.h"
#include "user/policy/native.h"

static int load(struct subject *subject, const char *path, bool is_trial)
{
	struct generation *generation = &subject->generation;
	int err;

	err = config_read(&subject->model, path, &subject->diag);
	if (!err)
		err = tables_compile(&subject->tables, &subject->model,
				     &subject->diag);
	diag_print(&subject->diag, stderr);
	if (!err)
		err = build_program(&subject->skeleton, NULL, &subject->model,
				    &subject->tables, is_trial);
	if (err)
		return err;
	generation->filter = bpf_program__fd(
		is_trial ? subject->skeleton->progs.rolegate_trial
			 : subject->skeleton->progs.rolegate_filter);
	generation->explain =
		bpf_program__fd(subject->skeleton->progs.rolegate_twin);
	generation->pair_key = bpf_map__fd(subject->skeleton->maps.pair_key);
	generation->tallies = bpf_map__fd(subject->skeleton->maps.tallies);
	return 0;
}

static void subject_init(struct subject *subject)
{
	memset(subject, 0, sizeof(*subject));
	model_init(&subject->model);
	tables_init(&subject->tables);
	diag_init(&subject->diag);
}

int subject_load(struct subject *subject, const char *path)
{
	subject_init(subject);
	return load(subject, path, false);
}

static int load_text(struct subject *subject, const char *text, bool is_trial)
{
	char path[] = "/tmp/rolegate-test-XXXXXX";
	ssize_t size = strlen(text);
	int fd = mkstemp(path);
	int err;

	subject_init(subject);
	if (fd < 0)
		return -errno;
	if (write(fd, text, size) == size)
		err = load(subject, path, is_trial);
	else
		err = -EIO;
	close(fd);
	unlink(path);
	return err;
}

int subject_load_text(struct subject *subject, const char *text)
{
	return load_text(subject, text, false);
}

/* Until its deadline, which is past or never comes. */
static int put_deadline(const struct subject *subject, bool is_over)
{
	struct trial trial = {.deadline = is_over ? 1 : TRIAL_KEPT};
	__u32 zero = 0;

	return bpf_map_update_elem(bpf_map__fd(subject->skeleton->maps.trial),
				   &zero, &trial, BPF_ANY)
		       ? -errno
		       : 0;
}

int subject_load_trial(struct subject *subject, const char *text,
		       const struct subject *previous, bool is_over)
{
	__u32 zero = 0;
	int err = load_text(subject, text, true);

	if (!err && previous &&
	    bpf_map_update_elem(bpf_map__fd(subject->skeleton->maps.previous),
				&zero, &previous->generation.filter, BPF_ANY))
		err = -errno;
	return err ? err : put_deadline(subject, is_over);
}

/* The generation only borrows what is the skeleton's. */
void subject_release(struct subject *subject)
{
	filter_bpf__destroy(subject->skeleton);
	tables_release(&subject->tables);
	model_release(&subject->model);
	diag_release(&subject->diag);
}

int subject_ask(const struct subject *subject, const void *frame, size_t size,
		struct explain *answer)
{
	struct judge judge = judge_by_program(&subject->generation);

	if (size < FRAME_RUN_MIN) {
		subject_ask_natively(subject, frame, size, answer);
		return 0;
	}
	return judge.judge(&judge, frame, size, answer);
}

void subject_ask_natively(const struct subject *subject, const void *frame,
			  size_t size, struct explain *answer)
{
	__u8 *copy = malloc(size + 2);

	if (!copy)
		abort();
	memcpy(copy + 2, frame, size);
	native_judge(&subject->tables, copy + 2, size, answer);
	free(copy);
}

int subject_filter(const struct subject *subject, __u32 ifindex,
		   const void *frame, size_t size)
{
	struct xdp_md context = {
		.data_end = size,
		.ingress_ifindex = ifindex,
	};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame,
		    .data_size_in = size, .ctx_in = &context,
		    .ctx_size_in = sizeof(context), .repeat = 1);

	if (bpf_prog_test_run_opts(subject->generation.filter, &run))
		return -errno;
	return run.retval;
}

int subject_counters(const struct subject *subject, struct counters *counters)
{
	counters_init(counters);
	return counters_fold(counters, &subject->tables.shape, &subject->model,
			     subject->generation.tallies,
			     subject->generation.pair_key);
}
