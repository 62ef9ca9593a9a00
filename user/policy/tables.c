/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled policy as a whole: growable tables, interfaces, settings. */
#include "user/policy/tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void table_init(struct table *table, __u32 size)
{
	memset(table, 0, sizeof(*table));
	table->size = size;
}

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

static __u32 power_of_two(__u32 least)
{
	__u32 room = 1;

	while (room < least)
		room *= 2;
	return room;
}

long table_extend(struct table *table, __u32 count)
{
	__u32 first = table->used;

	if (first + count > table->room &&
	    table_reserve(table, power_of_two(first + count)))
		return -ENOMEM;
	table->used += count;
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

void tables_init(struct tables *tables)
{
	memset(tables, 0, sizeof(*tables));
	classes_init(&tables->classes);
	table_init(&tables->v4_root, sizeof(__u32));
	table_init(&tables->v4_block, sizeof(__u32));
	table_init(&tables->class_ifaces, sizeof(__u64));
	table_init(&tables->port_root, sizeof(__u16));
	table_init(&tables->port_block, sizeof(__u16));
	table_init(&tables->pair, sizeof(__u16));
	table_init(&tables->row, sizeof(__u16));
	table_init(&tables->cell, sizeof(__u16));
	table_init(&tables->link, sizeof(struct link));
}

void tables_release(struct tables *tables)
{
	classes_release(&tables->classes);
	free(tables->v4_root.items);
	free(tables->v4_block.items);
	free(tables->class_ifaces.items);
	free(tables->port_root.items);
	free(tables->port_block.items);
	free(tables->pair.items);
	free(tables->row.items);
	free(tables->cell.items);
	free(tables->link.items);
	tables_init(tables);
}

/* Which interfaces, as bits, may a source of the class come in by? */
static __u64 ifaces_of_class(const struct classes *classes,
			     const struct model *model, __u32 class)
{
	const struct interface *interface;
	__u64 ifaces = 1ULL << IFACE_UNKNOWN;
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++) {
		interface = &model->interfaces.items[i];
		if (!interface->has_roles || class == CLASS_NONE ||
		    classes_match(classes, class,
				  model->role_refs.items +
					  interface->roles.first,
				  interface->roles.count))
			ifaces |= 1ULL << IFACE_NUMBER(i);
	}
	return ifaces;
}

static int class_ifaces_compile(struct tables *tables,
				const struct model *model)
{
	__u32 count = tables->classes.sets.count, class, mask;
	__u64 *ifaces;

	if (table_extend(&tables->class_ifaces, count) < 0)
		return -ENOMEM;
	ifaces = tables->class_ifaces.items;
	for (class = 0; class < count; class ++)
		ifaces[class] = ifaces_of_class(&tables->classes, model, class);
	return table_pad(&tables->class_ifaces, 1U << tables->shape.class_bits,
			 &mask);
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

int tables_compile(struct tables *tables, const struct model *model,
		   struct diag *diag)
{
	int err = classes_build(&tables->classes, model);

	if (!err)
		err = check_classes(tables, diag);
	if (err)
		return err;
	tables->shape.class_bits = classes_bits(&tables->classes);
	tables->shape.strangers_pass = model->settings.strangers_pass;
	tables->shape.non_ip_pass = model->settings.non_ip_pass;
	tables->shape.fragments_track = model->settings.fragments_track;
	tables->shape.icmp_errors = model->settings.icmp_errors;
	err = addresses_compile(tables);
	if (!err)
		err = class_ifaces_compile(tables, model);
	if (!err)
		err = rules_compile(tables, model, diag);
	return err;
}
