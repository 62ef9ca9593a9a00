/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of members, made in the tables of a generation that runs. */
#include "user/kernel/change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/kernel/step.h"
#include "user/kernel/live_tables.h"

static void publish(__u32 *word, __u32 value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* Writes the elements of a table that differ; none of those is in use yet. */
static int grow(struct table *running, const struct table *compiled)
{
	if (compiled->used > running->room)
		return -ENOSPC;
	if (compiled->used)
		memcpy(running->items, compiled->items,
		       (size_t)compiled->used * compiled->size);
	return 0;
}

/* Pairs lie with as many a row as the running table has room for. */
static int grow_pairs(struct tables *running, const struct tables *compiled)
{
	__u32 bits = running->shape.to_bits, from, to;
	const __u16 *source = compiled->pair.items;
	__u16 *pair = running->pair.items;

	if (compiled->pair_to > 1U << bits ||
	    compiled->pair_from > running->pair.room >> bits)
		return -ENOSPC;
	for (from = 0; from < compiled->pair_from; from++)
		for (to = 0; to < compiled->pair_to; to++)
			pair[from << bits | to] =
				source[from << compiled->shape.to_bits | to];
	return 0;
}

/*
 * New classes: rules_compile() numbers what there was as before, so the tables
 * only grow. What is pointed to is written before what points to it.
 */
static int grow_rules(struct tables *running, const struct tables *compiled)
{
	int err;

	if (compiled->shape.row_bits != running->shape.row_bits ||
	    compiled->shape.has_groups != running->shape.has_groups ||
	    compiled->class.used > running->class.room)
		return -ENOSPC;
	err = grow(&running->link, &compiled->link);
	if (!err)
		err = grow(&running->cell, &compiled->cell);
	if (!err)
		err = grow(&running->row, &compiled->row);
	step("pairs of new classes are written");
	if (!err)
		err = grow_pairs(running, compiled);
	step("what new classes are is written");
	return err ? err : grow(&running->class, &compiled->class);
}

/* What does not fit beside classes that are gone may fit without them. */
static int add_classes(struct change *change)
{
	struct generation *generation = change->generation;
	const struct image *image = &generation->image;
	struct tables compiled;
	struct diag diag;
	int err;

	tables_init(&compiled);
	diag_init(&diag);
	compiled.classes = image->classes;
	err = rules_compile(&compiled, &image->model, &diag);
	if (err == -E2BIG)
		err = -ENOSPC;
	if (!err)
		err = grow_rules(&change->tables, &compiled);
	classes_init(&compiled.classes);
	tables_release(&compiled);
	diag_release(&diag);
	return err;
}

static int find_regions(struct change *change)
{
	struct roster *roster = &change->generation->roster;
	const struct member *entry = roster->view.tail +
				     roster->header->tail_applied;
	__u32 i;
	int err = 0;

	change->regions = calloc(change->count + 1, sizeof(*change->regions));
	if (!change->regions)
		return -ENOMEM;
	for (i = 0; i < change->count && !err; i++, entry++)
		err = classes_of_region(&change->generation->image.classes,
					&roster->view, &entry->prefix,
					&change->regions[i]);
	return err;
}

/* A table is in use up to there, and its growth is noted there. */
static void go_on_from(struct table *table, __u32 *used)
{
	table->used = *used;
	table->used_at = used;
}

/* The tables of the families that change, and of rules if classes are new. */
static int open_tables(struct change *change, const struct instance *instance,
		       bool with_rules)
{
	struct roster *roster = &change->generation->roster;
	const struct member *entry = roster->view.tail +
				     roster->header->tail_applied;
	unsigned int groups = with_rules ? TABLES_RULES : 0;
	__u32 i;
	int err;

	for (i = 0; i < change->count; i++)
		groups |= entry[i].prefix.family == 4 ? TABLES_V4 : TABLES_V6;
	change->has_rules = with_rules;
	err = live_tables_open(&change->tables, instance,
			       change->generation->number, roster->header,
			       groups);
	go_on_from(&change->tables.v4_group, &roster->header->v4_group_used);
	go_on_from(&change->tables.v4_runs, &roster->header->v4_runs_used);
	go_on_from(&change->tables.v4_block, &roster->header->v4_block_used);
	go_on_from(&change->tables.v4_line, &roster->header->v4_line_used);
	go_on_from(&change->tables.v6_slot, &roster->header->v6_slot_used);
	return err;
}

/* For the entries of the view's tail that are not yet applied. */
static int prepare(struct change *change, const struct instance *instance)
{
	struct generation *generation = change->generation;
	struct classes *classes = &generation->image.classes;
	__u32 before = classes->sets.count;
	int err;

	change->count = generation->roster.view.tail_count -
			generation->roster.header->tail_applied;
	err = find_regions(change);
	if (!err)
		err = open_tables(change, instance,
				  classes->sets.count > before);
	step("new classes are written");
	if (!err)
		err = roster_add_classes(&generation->roster, classes, before,
					 &change->set_words);
	step("what new classes may do is written");
	if (!err && classes->sets.count > CLASSES_MAX)
		err = -ENOSPC;
	if (!err && classes->sets.count > before)
		err = add_classes(change);
	return err;
}

int change_prepare(struct change *change, const struct instance *instance,
		   struct generation *generation, const struct member *entries,
		   __u32 count)
{
	struct roster *roster = &generation->roster;
	struct member *room = roster_room(roster, count);
	int err;

	memset(change, 0, sizeof(*change));
	change->generation = generation;
	tables_init(&change->tables);
	if (!room || count > CHANGE_MAX)
		return -ENOSPC;
	memcpy(room, entries, count * sizeof(*entries));
	roster->view.tail_count += count;
	err = members_index(&roster->view);
	if (!err)
		err = prepare(change, instance);
	if (err) {
		roster->view.tail_count -= count;
		members_index(&roster->view);
	}
	return err;
}

static __u16 class_to_come(const struct tables *tables,
			   const struct prefix *address)
{
	const struct change *change = tables->context;
	int class = classes_of_address(&change->generation->image.classes,
				       generation_members(change->generation),
				       address);

	return class < 0 ? CLASS_NONE : class;
}

int change_judge(struct change *change, const struct instance *instance,
		 struct judge *judge)
{
	int err = 0;

	if (!change->has_rules)
		err = live_tables_open(
			&change->tables, instance, change->generation->number,
			change->generation->roster.header, TABLES_RULES);
	change->has_rules = true;
	change->tables.context = change;
	change->tables.class_of = class_to_come;
	*judge = judge_natively(&change->tables);
	return err;
}

int change_commit(struct change *change)
{
	struct roster_header *header = change->generation->roster.header;
	__u32 total = header->tail_applied + change->count, i;
	int err = 0;

	step("classes count");
	publish(&header->set_words, change->set_words);
	step("members count");
	publish(&header->tail_count, total);
	for (i = 0; i < change->count && !err; i++) {
		step("addresses change");
		err = addresses_paint(&change->tables, &change->regions[i]);
	}
	step("change is complete");
	if (!err)
		publish(&header->tail_applied, total);
	return err;
}

void change_release(struct change *change)
{
	__u32 i;

	for (i = 0; change->regions && i < change->count; i++)
		free(change->regions[i].items);
	free(change->regions);
	change->regions = NULL;
	live_tables_close(&change->tables);
}

int change_repair(const struct instance *instance,
		  struct generation *generation)
{
	const struct roster_header *header = generation->roster.header;
	struct change change = {.generation = generation};
	int err;

	if (header->tail_applied == header->tail_count)
		return 0;
	tables_init(&change.tables);
	err = prepare(&change, instance);
	if (!err)
		err = change_commit(&change);
	change_release(&change);
	return err;
}
