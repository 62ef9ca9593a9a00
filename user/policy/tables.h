/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled policy: the tables that the filter reads, before they are maps. */
#ifndef ROLEGATE_USER_TABLES_H
#define ROLEGATE_USER_TABLES_H

#include "rolegate/tables.h"
#include "user/policy/classes.h"
#include "user/policy/diag.h"
#include "user/policy/model.h"

/* One table: used elements, and room for a power of two of them, zeroed. */
struct table {
	void *items;
	__u32 used;
	__u32 room;
	__u32 size; /* bytes of an element */
};

struct tables {
	struct shape shape; /* iface_seed is left to who knows ifindexes */
	struct classes classes;
	struct table v4_root;	   /* __u32 */
	struct table v4_block;	   /* __u32, V4_BLOCK a block */
	struct table class_ifaces; /* __u64 */
	struct table port_root;	   /* __u16 */
	struct table port_block;   /* __u16, PORT_BLOCK a block */
	struct table pair;	   /* __u16 */
	struct table row;	   /* __u16, 1 << shape.row_bits a row */
	struct table cell;	   /* __u16, CELL_BLOCK a block */
	struct table link;	   /* struct link */
};

void tables_init(struct tables *tables);
void tables_release(struct tables *tables);

/*
 * Compiles the model into empty tables. What exceeds a limit of
 * rolegate/tables.h goes to diag. Returns 0, -E2BIG (diag says what) or
 * -ENOMEM.
 */
int tables_compile(struct tables *tables, const struct model *model,
		   struct diag *diag);

/* The number of an interface in the tables: its place in the model, from 1. */
#define IFACE_NUMBER(index) ((index) + 1)

/* Helpers for the compiling files only. */

/* Appends count zeroed elements; returns the first's number or -ENOMEM. */
long table_extend(struct table *table, __u32 count);

/* Pads the room to a power of two, at least least; returns the index mask. */
int table_pad(struct table *table, __u32 least, __u32 *mask);

int addresses_compile(struct tables *tables);
int rules_compile(struct tables *tables, const struct model *model,
		  struct diag *diag);

#endif
