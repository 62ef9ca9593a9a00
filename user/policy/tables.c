/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled policy as a whole: growable tables, interfaces, settings. */
#include "user/policy/tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Pairs: a mebibyte a CPU. */
#define PAIR_BITS_DIRECT 7
#define PAIR_SLOTS	 16384
/* At most so many numbers of a kind by interface; 2 MiB a CPU. */
#define TALLIES_APART	 65536

static int table_reserve(struct table *table, __u32 room)
{
	__u8 *items;

	if (room <= table->room)
		return 0;
	items = realloc(table->items, (size_t)room * table->size);
	if (!items)
		return -ENOMEM;
	memset(items + (size_t)table->room * table->size, 0,
	       (size_t)(room - table->room) * table->size);
	table->items = items;
	table->room = room;
	return 0;
}

__u32 power_of_two(__u32 least)
{
	__u32 room = 1;

	while (room < least)
		room *= 2;
	return room;
}

long table_extend(struct table *table, __u32 count)
{
	__u32 first = table->used;

	if (first + count > table->room && table->is_fixed)
		return -ENOSPC;
	if (first + count > table->room &&
	    table_reserve(table, power_of_two(first + count)))
		return -ENOMEM;
	table->used += count;
	if (table->used_at)
		__atomic_store_n(table->used_at, table->used, __ATOMIC_RELEASE);
	return first;
}

void *table_reach(struct table *table, __u32 first, __u32 count)
{
	if (table->reach && table->reach(table, first, count))
		return NULL;
	return (char *)table->items + (size_t)first * table->size;
}

long table_append(struct table *table, const void *elements, __u32 count)
{
	long first = table_extend(table, count);
	void *at;

	if (first < 0)
		return first;
	at = table_reach(table, first, count);
	if (!at)
		return -ENOMEM;
	memcpy(at, elements, (size_t)count * table->size);
	return first;
}

int table_pad(struct table *table, __u32 least, __u32 *mask)
{
	__u32 room = power_of_two(table->used > least ? table->used : least);

	if (table_reserve(table, room))
		return -ENOMEM;
	*mask = table->room - 1;
	return 0;
}

__u32 table_shift(__u32 mask)
{
	return 64 - __builtin_popcount(mask);
}

__u32 table_headroom(__u32 used)
{
	return used + used / 8 + 16;
}

/* Every table, with the size of its elements. */
struct layout {
	size_t offset; /* in struct tables */
	__u32 size;
};

#define LAYOUT(name, type)                                  \
	{                                                   \
		offsetof(struct tables, name), sizeof(type) \
	}

static const struct layout layouts[TABLE_COUNT] = {
	[TABLE_V4_ROOT] = LAYOUT(v4_root, __u32),
	[TABLE_V4_FILTER] = LAYOUT(v4_filter, __u64),
	[TABLE_V4_GROUP] = LAYOUT(v4_group, __u32),
	[TABLE_V4_RUNS] = LAYOUT(v4_runs, __u64),
	[TABLE_V4_BLOCK] = LAYOUT(v4_block, __u16),
	[TABLE_V4_LINE] = LAYOUT(v4_line, struct v4_line),
	[TABLE_V4_HOST] = LAYOUT(v4_host, __u64),
	[TABLE_V6_BASE] = LAYOUT(v6_base, struct v6_base),
	[TABLE_V6_FILTER32] = LAYOUT(v6_filter32, __u64),
	[TABLE_V6_FILTER48] = LAYOUT(v6_filter48, __u64),
	[TABLE_V6_SLOT] = LAYOUT(v6_slot, struct v6_slot),
	[TABLE_CLASS] = LAYOUT(class, struct class_entry),
	[TABLE_PORT_ROOT] = LAYOUT(port_root, __u16),
	[TABLE_PORT_BLOCK] = LAYOUT(port_block, __u16),
	[TABLE_PAIR] = LAYOUT(pair, __u16),
	[TABLE_ROW] = LAYOUT(row, __u16),
	[TABLE_CELL] = LAYOUT(cell, __u16),
	[TABLE_LINK] = LAYOUT(link, struct link),
};

struct table *tables_get(struct tables *tables, enum table_id id)
{
	return (void *)((char *)tables + layouts[id].offset);
}

long tables_place(struct tables *tables)
{
	const struct table *table;
	size_t at = 0;
	int id;

	for (id = 0; id < TABLE_COUNT; id++) {
		table = tables_get(tables, id);
		tables->shape.offset[id] = at;
		at += (size_t)table->room * table->size;
		at = (at + TABLE_ALIGNMENT - 1) & ~(TABLE_ALIGNMENT - 1UL);
		if (at > TABLES_SIZE_MAX)
			return -E2BIG;
	}
	return at;
}

void tables_init(struct tables *tables)
{
	int id;

	memset(tables, 0, sizeof(*tables));
	classes_init(&tables->classes);
	for (id = 0; id < TABLE_COUNT; id++)
		tables_get(tables, id)->size = layouts[id].size;
}

void tables_release(struct tables *tables)
{
	struct table *table;
	int id;

	classes_release(&tables->classes);
	for (id = 0; id < TABLE_COUNT; id++) {
		table = tables_get(tables, id);
		if (!table->is_fixed)
			free(table->items);
	}
	tables_init(tables);
}

static int check_classes(const struct tables *tables, struct diag *diag)
{
	__u32 count = tables->classes.sets.count;

	if (count <= CLASSES_MAX)
		return 0;
	diag_add(diag, false, NULL, 0, 0, 0, NULL,
		 "capacity exceeded: the roles overlap in %u different ways, "
		 "at most %u are held; let fewer roles share addresses",
		 count - 1, CLASSES_MAX - 1);
	return -E2BIG;
}

/* One family's members to classes and address tables. */
static int compile_family(struct tables *tables, const struct members *members,
			  int family,
			  int (*compile)(struct tables *tables,
					 const struct class_list *list))
{
	struct prefix all = {.family = family};
	struct class_list list = {};
	int err;

	err = classes_of_region(&tables->classes, members, &all, &list);
	if (!err)
		err = compile(tables, &list);
	free(list.items);
	return err;
}

static void take_settings(struct shape *shape, const struct settings *settings)
{
	shape->strangers_pass = settings->strangers_pass;
	shape->non_ip_pass = settings->non_ip_pass;
	shape->fragments_track = settings->fragments_track;
	shape->icmp_errors = settings->icmp_errors;
	shape->closed = settings->closed;
	shape->plain_least = settings->closed ? PLAIN_NONE : PLAIN_LEAST;
}

/* So many that numbers up to last fit. */
static __u32 bits_of(__u32 last)
{
	__u32 bits = 0;

	while (last >> bits)
		bits++;
	return bits;
}

/* A slot for each pair that there may be; of many classes, for those seen. */
static void size_pair_tallies(struct shape *shape)
{
	__u32 bits = bits_of(shape->class_mask);

	shape->pair_bits = bits <= PAIR_BITS_DIRECT ? bits : 0;
	shape->tallies[TALLY_PAIR].mask = shape->pair_bits
						  ? (1U << 2 * bits) - 1
						  : PAIR_SLOTS - 1;
}

/*
 * How much is tallied. By interface only where that is not too much: a packet
 * then needs fewer counts.
 */
static void size_tallies(struct shape *shape, const struct model *model)
{
	__u32 places = power_of_two(model->interfaces.count + 1);
	__u32 rules = power_of_two(model->rules.count + 1);
	__u32 classes = power_of_two(shape->class_mask + 1);

	size_pair_tallies(shape);
	shape->tallies[TALLY_REASON].mask = places - 1;
	shape->rules_apart = places * rules <= TALLIES_APART;
	shape->rule_bits = bits_of(rules - 1);
	shape->tallies[TALLY_RULE].mask =
		(shape->rules_apart ? places * rules : rules) - 1;
	shape->unnamed = places * classes <= TALLIES_APART;
	shape->class_bits = bits_of(classes - 1);
	shape->tallies[TALLY_NOBODY].mask =
		(shape->unnamed ? places * classes : 1) - 1;
}

static int too_large(struct diag *diag)
{
	diag_add(diag, false, NULL, 0, 0, 0, NULL,
		 "capacity exceeded: the members take more than %u MiB of "
		 "tables; write fewer or larger prefixes",
		 TABLES_SIZE_MAX >> 20);
	return -E2BIG;
}

int tables_compile(struct tables *tables, const struct model *model,
		   struct diag *diag)
{
	struct members members = members_of_model(model);
	int err;

	take_settings(&tables->shape, &model->settings);
	err = compile_family(tables, &members, 4, addresses_compile_v4);
	if (!err)
		err = compile_family(tables, &members, 6, addresses_compile_v6);
	if (!err)
		err = check_classes(tables, diag);
	if (!err)
		err = rules_compile(tables, model, diag);
	if (err)
		return err;
	size_tallies(&tables->shape, model);
	return tables_place(tables) < 0 ? too_large(diag) : 0;
}

int addresses_paint(struct tables *tables, const struct class_list *list)
{
	if (!list->count)
		return 0;
	return list->items[0].prefix.family == 4
		       ? addresses_paint_v4(tables, list)
		       : addresses_paint_v6(tables, list);
}
