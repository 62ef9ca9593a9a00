/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy as a table of role by role: what may open, what passed, what dropped. */
#ifndef ROLEGATE_USER_MATRIX_H
#define ROLEGATE_USER_MATRIX_H

#include <stdio.h>

#include "user/cmd/drawn.h"

/*
 * Adds "rules" and "cells" to what drawn_describe() made. A cell is a pair of
 * roles, null for none: "from", "to", the names of the "rules" that let an
 * address of the one open something at the other, and of what runs "pass",
 * "drop" and "would_drop", in packets. An address with several roles counts
 * under each. Cells in which nothing is are left out; the others come row by
 * row. Returns 0 or -ENOMEM.
 */
int matrix_describe(json_t *result, const struct drawn *drawn);

/* The packets of one outcome ("pass") of a cell. */
unsigned long long matrix_packets(const json_t *cell, const char *outcome);

/*
 * Goes through a matrix row by row: the cell of these roles (NULL for none)
 * if it is the next one, which then is *next, or else NULL.
 */
const json_t *matrix_take(const json_t *cells, size_t *next, const char *from,
			  const char *to);

/* Prints it for a terminal, as many columns below each other as fit. */
void matrix_print(const json_t *matrix);

/* Writes a page that needs nothing beside it. */
void matrix_write_html(const json_t *matrix, FILE *stream);

#endif
