/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a generation that runs, mapped to be changed. */
#ifndef ROLEGATE_USER_LIVE_TABLES_H
#define ROLEGATE_USER_LIVE_TABLES_H

#include "user/kernel/instance.h"
#include "user/kernel/roster.h"
#include "user/policy/tables.h"

/* Which tables: bits. */
enum table_group { TABLES_V4 = 1, TABLES_V6 = 2, TABLES_RULES = 4 };

/*
 * Maps tables of some groups of a generation into empty ones; what is written
 * there the filter sees at once. Of large address tables only what
 * table_reach() asks for: mapping a page costs, and few are needed. classes
 * stay as they are. Returns 0 or negative errno; live_tables_close() in any
 * case.
 */
int live_tables_open(struct tables *tables, const struct instance *instance,
		     __u32 generation, const struct roster_header *header,
		     unsigned int groups);
void live_tables_close(struct tables *tables);

#endif
