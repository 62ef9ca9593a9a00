/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of cells: by which rule a set of rules lets each port be opened. */
#ifndef ROLEGATE_USER_CELLS_H
#define ROLEGATE_USER_CELLS_H

#include "user/policy/tables.h"

/*
 * Compiles the tables of rows, cells and links. rows has the set of rules of
 * each row, ports that of each class of ports (see ports.h). What exceeds a
 * limit goes to diag. Returns 0, -E2BIG (diag says what) or -ENOMEM.
 */
int cells_compile(struct tables *tables, const struct model *model,
		  const struct intern *rows, const struct intern *ports,
		  struct diag *diag);

#endif
