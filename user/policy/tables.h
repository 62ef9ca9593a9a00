/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled policy: the tables that the filter reads. */
#ifndef ROLEGATE_USER_TABLES_H
#define ROLEGATE_USER_TABLES_H

#include "rolegate/tables.h"
#include "user/policy/classes.h"
#include "user/policy/diag.h"
#include "user/policy/model.h"

/*
 * One table: used elements, and room for a power of two of them, zeroed. Its
 * items are memory of its own while a policy is compiled, and the map itself,
 * whose size is fixed, when a running one is changed. Then only parts of a
 * large one may be there: see table_reach().
 */
struct table {
	void *items;
	__u32 used;
	__u32 room;
	__u32 size; /* bytes of an element */
	bool is_fixed;
	__u32 *used_at; /* where used is kept for the next command, or NULL */
	/* Makes elements accessible; NULL if all are. 0 or negative errno. */
	int (*reach)(struct table *table, __u32 first, __u32 count);
	int fd;		/* for reach: the map, */
	size_t offset;	/* where the table begins in it, */
	__u64 *reached; /* and which parts are there */
};

struct tables {
	/* Who knows the classes of addresses; NULL: the tables themselves. */
	__u16 (*class_of)(const struct tables *tables,
			  const struct prefix *address);
	const void *context; /* for class_of */
	struct shape shape;  /* iface_seed is left to who knows ifindexes */
	struct classes classes;
	__u32 pair_from;	  /* classes or groups that pairs are of, */
	__u32 pair_to;		  /* at either end */
	struct table v4_root;	  /* __u32 */
	struct table v4_filter;	  /* __u64, see V4_FILTER_SHIFT */
	struct table v4_group;	  /* __u32, shape.v4_within + 1 a group */
	struct table v4_runs;	  /* __u64, see V4_SECTION */
	struct table v4_block;	  /* __u16, V4_BLOCK a block */
	struct table v4_line;	  /* struct v4_line */
	struct table v4_host;	  /* __u64, V4_BUCKET a bucket */
	struct table v6_base;	  /* struct v6_base */
	struct table v6_filter32; /* __u64, see V6_BIT_IN */
	struct table v6_filter48; /* __u64, see V6_BIT_IN */
	struct table v6_slot;	  /* struct v6_slot */
	struct table class;	  /* struct class_entry */
	struct table port_root;	  /* __u16 */
	struct table port_block;  /* __u16, PORT_BLOCK a block */
	struct table pair;	  /* __u16, 1 << shape.to_bits a row */
	struct table row;	  /* __u16, 1 << shape.row_bits a row */
	struct table cell;	  /* __u16, CELL_BLOCK a block */
	struct table link;	  /* struct link */
};

void tables_init(struct tables *tables);
void tables_release(struct tables *tables);

/*
 * Compiles the model with its members (sorted) into empty tables, with room
 * for some changes. What exceeds a limit of rolegate/tables.h goes to diag.
 * Returns 0, -E2BIG (diag says what) or -ENOMEM.
 */
int tables_compile(struct tables *tables, const struct model *model,
		   struct diag *diag);

/* The number of an interface in the tables: its place in the model, from 1. */
#define IFACE_NUMBER(index) ((index) + 1)

/* --- For the compiling files and those that change what runs ------------- */

/* One of them by its number. */
struct table *tables_get(struct tables *tables, enum table_id id);

/*
 * Lays the tables one behind the other (shape.offset). Returns the bytes that
 * they take together, or -E2BIG.
 */
long tables_place(struct tables *tables);

/* A power of two that is not below least. */
__u32 power_of_two(__u32 least);

/*
 * Appends count zeroed elements; returns the first's number, -ENOMEM, or
 * -ENOSPC if the table is fixed and full.
 */
long table_extend(struct table *table, __u32 count);

/* The same with these elements, complete before anybody is told of them. */
long table_append(struct table *table, const void *elements, __u32 count);

/* Writes an element that packets may be reading, if it differs. */
#define table_store(element, value)                                      \
	do {                                                             \
		typeof(element) at_ = (element);                         \
		typeof(*at_) value_ = (value);                           \
		if (*at_ != value_)                                      \
			__atomic_store_n(at_, value_, __ATOMIC_RELEASE); \
	} while (0)

/* Sets bits of a word that packets may be reading. */
static inline void table_add_bits(__u64 *bits, __u64 more)
{
	if ((*bits & more) != more)
		__atomic_fetch_or(bits, more, __ATOMIC_RELEASE);
}

/* Pads the room to a power of two, at least least; returns the index mask. */
int table_pad(struct table *table, __u32 least, __u32 *mask);

/* The bits by which a hash of 64 is shifted to be an index below such a mask. */
__u32 table_shift(__u32 mask);

/*
 * Elements of a table, to be read and written; NULL if they cannot be had. Who
 * changes address tables takes every element so.
 */
void *table_reach(struct table *table, __u32 first, __u32 count);

/* The least room for used elements and some to come. */
__u32 table_headroom(__u32 used);

/*
 * Writes the classes of a region's prefixes (classes_of_region) into the
 * address tables; addresses outside are not touched, and no address is ever
 * seen with a class that is neither its old nor its new one. Returns 0, or
 * -ENOSPC if the tables are fixed and too small: then some addresses have
 * their new class, and the others their old one.
 */
int addresses_paint(struct tables *tables, const struct class_list *list);

/* Makes empty address tables for all prefixes of the lists and paints them. */
int addresses_compile_v4(struct tables *tables, const struct class_list *list);
int addresses_compile_v6(struct tables *tables, const struct class_list *list);

/* What the tables of IPv4 look like: see V4_BLOCK. */
enum v4_form { V4_FORM_GROUPS, V4_FORM_RUNS, V4_FORM_LINES };

/* The same for IPv4 in one of its forms, with a host table for so many. */
int addresses_compile_v4_as(struct tables *tables,
			    const struct class_list *list, enum v4_form form,
			    __u32 hosts);

/* One family of addresses_paint(). */
int addresses_paint_v4(struct tables *tables, const struct class_list *list);
int addresses_paint_v6(struct tables *tables, const struct class_list *list);

int rules_compile(struct tables *tables, const struct model *model,
		  struct diag *diag);

#endif
