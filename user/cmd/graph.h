/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy as a picture: roles, what rules allow between them, what was dropped. */
#ifndef ROLEGATE_USER_GRAPH_H
#define ROLEGATE_USER_GRAPH_H

#include <stdio.h>

#include "user/cmd/drawn.h"

/*
 * Adds "edges" to what drawn_describe() made, one for each rule and pair of
 * its roles: "rule", "from", "to", "match", "about" and, of what runs, the
 * rule's "packets" and "replies". Then also "drops": role sets "from" and
 * "to", with packets in "drop" and "would_drop".
 */
void graph_describe(json_t *result, const struct drawn *drawn);

/* Writes it in the language of graphviz. */
void graph_write_dot(const json_t *graph, FILE *stream);

/*
 * Has graphviz's dot turn it into SVG on standard output. Reports errors;
 * returns 0 or negative errno.
 */
int graph_write_svg(const json_t *graph);

#endif
