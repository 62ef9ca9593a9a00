/* SPDX-License-Identifier: GPL-2.0-only */
/* Metrics as text: OpenMetrics 1.0, or Prometheus's older format. */
#ifndef ROLEGATE_USER_OPENMETRICS_H
#define ROLEGATE_USER_OPENMETRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct metrics {
	FILE *stream;
	bool is_open;	  /* OpenMetrics; else the text format 0.0.4 */
	const char *name; /* of the family that samples go to */
	const char *suffix;
};

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_INFO };

/*
 * Begins a family. The name is without _total and _info, which samples get;
 * one that ends in _bytes or _seconds says its unit.
 */
void metrics_family(struct metrics *metrics, enum metric_type type,
		    const char *name, const char *help);

/* Label names and values by turns. */
#define LABELS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A sample of the family; labels are LABELS(…), or NULL for none. */
void metrics_sample(struct metrics *metrics, unsigned long long value,
		    const char *const *labels);

/* A sample that is no whole number, without labels. */
void metrics_seconds(struct metrics *metrics, double seconds);

/* Ends the exposition. */
void metrics_end(struct metrics *metrics);

/* The Content-Type of it. */
const char *metrics_content_type(bool is_open);

#endif
