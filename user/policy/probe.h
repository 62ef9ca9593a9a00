/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the described packets of a config (tests, keep) past a judge. */
#ifndef ROLEGATE_USER_PROBE_H
#define ROLEGATE_USER_PROBE_H

#include "user/policy/diag.h"
#include "user/policy/frame.h"
#include "user/policy/model.h"
#include "user/policy/tables.h"

/*
 * Who judges: native code over the tables, or a loaded program. Fills answer,
 * of which iface and track are set; returns 0 or a negative errno.
 */
struct judge {
	int (*judge)(const struct judge *judge, const void *frame, size_t size,
		     struct explain *answer);
	const void *context;
};

/* A judge over tables by user/policy/native.h. */
struct judge judge_natively(const struct tables *tables);

/* What a probe sends in a family, but for the ends' addresses. */
void probe_frame(const struct probe *probe, int family,
		 struct frame_spec *spec);

struct probe_result {
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;	      /* for one of these reasons */
	unsigned int without_address; /* there is nothing to send */
	unsigned int with_more_roles; /* of a policy: its addresses hold more */
	unsigned int contradicted; /* of a policy: another's rule allows it */
	const struct probe *reported; /* the last one of these */
};

/*
 * Runs all tests of the model. A probe between roles is run once for each
 * family in which both ends have an address. A policy's tests say what the
 * policy alone drops: where a site's own rules or overlapping roles allow it,
 * they are skipped. Each failure goes to diag as an error at the test's place,
 * each rule that contradicts a policy's test as a warning at the rule's.
 * Returns 0, or the judge's error.
 */
int probes_run(const struct model *model, const struct tables *tables,
	       const struct judge *judge, struct diag *diag,
	       struct probe_result *result);

#endif
