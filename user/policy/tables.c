/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled policy as a whole: growable tables, interfaces, settings. */
#include "user/policy/tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Pair counters: 3 MiB a CPU at most. */
#define PAIR_SLOTS_MAX 65536

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

int table_pad(struct table *table, __u32 least, __u32 *mask)
{
	__u32 room = power_of_two(table->used > least ? table->used : least);

	if (table_reserve(table, room))
		return -ENOMEM;
	*mask = table->room - 1;
	return 0;
}

__u32 table_headroom(__u32 used)
{
	return used + used / 8 + 16;
}

/* Every table, with the size of its elements. */
struct layout {
	size_t offset;
	__u32 size;
};

#define LAYOUT(name, type)                                  \
	{                                                   \
		offsetof(struct tables, name), sizeof(type) \
	}

static const struct layout layouts[] = {
	LAYOUT(v4_root, __u32),
	LAYOUT(v4_block, __u32),
	LAYOUT(v4_host, __u64),
	LAYOUT(v6_base, struct v6_base),
	LAYOUT(v6_filter32, struct v6_lengths),
	LAYOUT(v6_filter48, struct v6_lengths),
	LAYOUT(v6_slot, struct v6_slot),
	LAYOUT(class_table, struct class_entry),
	LAYOUT(port_root, __u16),
	LAYOUT(port_block, __u16),
	LAYOUT(pair, __u16),
	LAYOUT(row, __u16),
	LAYOUT(cell, __u16),
	LAYOUT(link, struct link),
};

#define LAYOUT_COUNT (sizeof(layouts) / sizeof(*layouts))

static struct table *table_number(struct tables *tables, size_t i)
{
	return (void *)((char *)tables + layouts[i].offset);
}

void tables_init(struct tables *tables)
{
	size_t i;

	memset(tables, 0, sizeof(*tables));
	classes_init(&tables->classes);
	for (i = 0; i < LAYOUT_COUNT; i++)
		table_number(tables, i)->size = layouts[i].size;
}

void tables_release(struct tables *tables)
{
	struct table *table;
	size_t i;

	classes_release(&tables->classes);
	for (i = 0; i < LAYOUT_COUNT; i++) {
		table = table_number(tables, i);
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
}

/* Slots for twice the pairs that there can be, within bounds. */
static void size_pair_counters(struct tables *tables)
{
	__u64 classes = tables->classes.sets.count;
	__u64 pairs = 4 * classes * classes;

	tables->shape.pair_count_mask =
		pairs > PAIR_SLOTS_MAX ? PAIR_SLOTS_MAX - 1
				       : power_of_two(pairs + PAIR_PROBES) - 1;
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
	if (!err)
		size_pair_counters(tables);
	return err;
}

int addresses_paint(struct tables *tables, const struct class_list *list)
{
	if (!list->count)
		return 0;
	return list->items[0].prefix.family == 4
		       ? addresses_paint_v4(tables, list)
		       : addresses_paint_v6(tables, list);
}
