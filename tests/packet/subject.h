/* SPDX-License-Identifier: GPL-2.0-only */
/* Configs loaded for tests, and the ways to have a frame judged by them. */
#ifndef ROLEGATE_TESTS_SUBJECT_H
#define ROLEGATE_TESTS_SUBJECT_H

#include <stddef.h>

#include "user/kernel/counters.h"
#include "user/kernel/generation.h"
#include "user/policy/diag.h"
#include "user/policy/model.h"
#include "user/policy/tables.h"

/* A config in the kernel, attached nowhere. */
struct subject {
	struct model model;
	struct tables tables;
	struct diag diag;
	struct generation generation; /* programs and tallies only */
	struct filter_bpf *skeleton;
};

/* The kernel runs no frame without a whole Ethernet header. */
#define FRAME_RUN_MIN 14

/*
 * Loads a config file, or the text of one. Complaints go to standard error.
 * Returns 0 or negative errno; -EINVAL and -E2BIG: the config is wrong. To be
 * released in any case.
 */
int subject_load(struct subject *subject, const char *path);
int subject_load_text(struct subject *subject, const char *text);

/*
 * The same on trial, after previous, or NULL: its filter decides while the
 * trial is not over, then that of previous does.
 */
int subject_load_trial(struct subject *subject, const char *text,
		       const struct subject *previous, bool is_over);
void subject_release(struct subject *subject);

/*
 * Asks the twin program; of a frame too short for the kernel to run, native
 * code. Only iface and track of answer are read. Returns 0 or negative errno.
 */
int subject_ask(const struct subject *subject, const void *frame, size_t size,
		struct explain *answer);

/* Asks native code, with the frame in memory of its own. */
void subject_ask_natively(const struct subject *subject, const void *frame,
			  size_t size, struct explain *answer);

/* What the filter has counted, to be released. Returns 0 or negative errno. */
int subject_counters(const struct subject *subject, struct counters *counters);

/* Runs the filter as on that interface; returns the action or -errno. */
int subject_filter(const struct subject *subject, __u32 ifindex,
		   const void *frame, size_t size);

#endif
