/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes of IPv4 prefixes into the tables by 16 or 18 bits, to 24, and to 32. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/filter_v4.h"
#include "user/policy/leaf_v4.h"
#include "user/policy/line_v4.h"
#include "user/policy/measure_v4.h"
#include "user/policy/native.h"
#include "user/policy/ranges_v4.h"
#include "user/policy/section_v4.h"
#include "user/policy/tables.h"

#define NO_SECTION     0xffffffffU
/* More /16s of several classes have runs, */
#define GROUPS_MAX     8192
/* and if more /24s are of several classes, these are in lines. */
#define BLOCKS_MAX     16384
/* Words of runs that changes may leave behind. */
#define RUNS_TO_COME   4096
#define LINES_TO_COME  1024
/* Where there are lines, whatever changes takes a block. */
#define BLOCKS_TO_COME 1024

struct painter {
	struct tables *tables;
	struct leaf leaf; /* addresses on their way into the tables */
	/* Where there are runs: slots on their way into them. */
	struct section section;
	__u32 section_number; /* upper 18 bits, or NO_SECTION */
	bool is_new;	      /* the tables hold nothing yet */
};

static __u32 *group_slots(struct tables *tables, __u32 slot)
{
	return table_reach(&tables->v4_group, slot & ~V4_LOOK_ON,
			   tables->shape.v4_within + 1);
}

static __u16 *block_classes(struct tables *tables, __u32 slot)
{
	return table_reach(&tables->v4_block, slot & ~V4_LOOK_ON, V4_BLOCK);
}

/* From one class for all of a root's slot to a group. */
static int divide(struct tables *tables, __u32 *root)
{
	__u32 within = tables->shape.v4_within, *slots, i;
	long first = table_extend(&tables->v4_group, within + 1);

	if (first < 0)
		return first;
	slots = group_slots(tables, first);
	if (!slots)
		return -ENOMEM;
	for (i = 0; i <= within; i++)
		slots[i] = *root;
	table_store(root, V4_IS_DIVIDED | first);
	return 0;
}

/* In a group, for which the root's slot may have to be divided. */
static int slot_in_group(struct tables *tables, __u32 number, __u32 **slot)
{
	__u32 within = tables->shape.v4_within;
	__u32 *root = table_reach(&tables->v4_root, number / (within + 1), 1);
	int err = 0;

	if (!root)
		return -ENOMEM;
	if (!(*root & V4_IS_DIVIDED))
		err = divide(tables, root);
	if (err)
		return err;
	*slot = group_slots(tables, *root);
	if (!*slot)
		return -ENOMEM;
	*slot += number & within;
	return 0;
}

static int finish_section(struct painter *painter)
{
	struct tables *tables = painter->tables;
	__u32 number = painter->section_number, *root;

	if (number == NO_SECTION)
		return 0;
	painter->section_number = NO_SECTION;
	root = table_reach(&tables->v4_root, number, 1);
	return root ? section_write(tables, root, &painter->section) : -ENOMEM;
}

static int begin_section(struct painter *painter, __u32 number)
{
	struct tables *tables = painter->tables;
	const __u32 *root = table_reach(&tables->v4_root, number, 1);

	if (!root || section_read(tables, *root, &painter->section))
		return -ENOMEM;
	painter->section_number = number;
	return 0;
}

static int slot_in_section(struct painter *painter, __u32 number, __u32 **slot)
{
	int err = 0;

	if (painter->section_number != number / V4_SECTION) {
		err = finish_section(painter);
		if (!err)
			err = begin_section(painter, number / V4_SECTION);
	}
	*slot = &painter->section.slots[number % V4_SECTION];
	return err;
}

/* The slot of a /24, until that of another one is asked for. */
static int slot_of_24(struct painter *painter, __u32 number, __u32 **slot)
{
	if (painter->tables->shape.v4_has_runs)
		return slot_in_section(painter, number, slot);
	return slot_in_group(painter->tables, number, slot);
}

/* The bucket's entry for a host, else a free one, else NULL. */
static __u64 *host_entry(struct tables *tables, __u32 host)
{
	__u64 *bucket;
	int i;

	bucket = table_reach(&tables->v4_host, native_host_bucket(tables, host),
			     V4_BUCKET);
	for (i = 0; bucket && i < V4_BUCKET; i++)
		if (!bucket[i] || bucket[i] >> 32 == host)
			return &bucket[i];
	return NULL;
}

/* Hosts in their own table: those that differ, and those that once did. */
static bool put_hosts(struct tables *tables, const struct leaf *leaf,
		      __u16 usual, bool had_hosts)
{
	__u64 *entry, value;
	__u32 i, host;

	for (i = 0; i < V4_BLOCK; i++) {
		if (leaf->classes[i] == usual && !had_hosts)
			continue;
		host = leaf->number << 8 | i;
		entry = host_entry(tables, host);
		if (leaf->classes[i] == usual && (!entry || !*entry))
			continue;
		if (!entry)
			return false;
		value = ((__u64)host << 1 | 1) << V4_HOST_AT | leaf->classes[i];
		table_store(entry, value);
	}
	return true;
}

static int put_block(struct tables *tables, const struct leaf *leaf,
		     __u32 *slot)
{
	long block = table_append(&tables->v4_block, leaf->classes, V4_BLOCK);

	if (block < 0)
		return block;
	table_store(slot, V4_IS_BLOCK | block);
	return 0;
}

/* In a block that packets may be looking at. */
static int repaint_block(struct tables *tables, __u32 slot,
			 const struct leaf *leaf)
{
	__u16 *classes = block_classes(tables, slot);
	__u32 i;

	for (i = 0; classes && i < V4_BLOCK; i++)
		table_store(&classes[i], leaf->classes[i]);
	return classes ? 0 : -ENOMEM;
}

static bool is_in_line(struct tables *tables, __u32 slot,
		       const struct leaf *leaf)
{
	struct leaf held;

	return !line_read(tables, slot, &held) &&
	       !memcmp(held.classes, leaf->classes, sizeof(held.classes));
}

/* A line is never changed: what was in one and changes has a block for good. */
static int put_line(struct tables *tables, const struct leaf *leaf, __u32 *slot)
{
	__u32 line = 0;
	int err;

	if (*slot & V4_IS_LINE)
		return is_in_line(tables, *slot, leaf)
			       ? 0
			       : put_block(tables, leaf, slot);
	err = line_write(tables, leaf, &line);
	if (err)
		return err;
	if (!line)
		return put_block(tables, leaf, slot);
	table_store(slot, line);
	return 0;
}

/* What a slot leads to is painted, never cut off: it may be found again. */
static int put_leaf(struct painter *painter)
{
	const struct leaf *leaf = &painter->leaf;
	struct tables *tables = painter->tables;
	__u32 others, *slot;
	__u16 usual = leaf_usual_class(leaf, &others);
	bool had_hosts;
	int err;

	err = slot_of_24(painter, leaf->number, &slot);
	if (err)
		return err;
	if (*slot & V4_IS_BLOCK)
		return repaint_block(tables, *slot, leaf);
	had_hosts = *slot & V4_IS_HOSTS;
	if (!others && !had_hosts)
		table_store(slot, usual);
	else if (tables->shape.v4_has_lines)
		return put_line(tables, leaf, slot);
	else if (others <= LEAF_HOSTS_MAX &&
		 put_hosts(tables, leaf, usual, had_hosts))
		table_store(slot, V4_IS_HOSTS | usual);
	else
		return put_block(tables, leaf, slot);
	return 0;
}

static int finish_leaf(struct painter *painter)
{
	int err;

	if (painter->leaf.number == NO_LEAF)
		return 0;
	err = put_leaf(painter);
	painter->leaf.number = NO_LEAF;
	return err;
}

static void take_hosts(struct tables *tables, struct leaf *leaf)
{
	const __u64 *entry;
	__u32 i, host;

	for (i = 0; i < V4_BLOCK; i++) {
		host = leaf->number << 8 | i;
		entry = host_entry(tables, host);
		if (entry && *entry)
			leaf->classes[i] = *entry;
	}
}

/* A leaf begins with what its addresses are now. */
static int begin_leaf(struct painter *painter, __u32 number)
{
	struct tables *tables = painter->tables;
	struct leaf *leaf = &painter->leaf;
	const __u16 *classes;
	__u32 i, *slot;
	int err;

	leaf->number = number;
	if (painter->is_new)
		return 0;
	err = slot_of_24(painter, number, &slot);
	if (err)
		return err;
	if (*slot & V4_IS_BLOCK) {
		classes = block_classes(tables, *slot);
		if (!classes)
			return -ENOMEM;
		memcpy(leaf->classes, classes, sizeof(leaf->classes));
		return 0;
	}
	if (tables->shape.v4_has_lines && *slot & V4_IS_LINE)
		return line_read(tables, *slot, leaf);
	for (i = 0; i < V4_BLOCK; i++)
		leaf->classes[i] = *slot;
	if (*slot & V4_IS_HOSTS)
		take_hosts(tables, leaf);
	return 0;
}

/* Part of one /24. */
static int paint_part(struct painter *painter, __u32 number, __u32 from,
		      __u32 to, __u16 class)
{
	int err;

	if (painter->leaf.number != number) {
		err = finish_leaf(painter);
		if (!err)
			err = begin_leaf(painter, number);
		if (err)
			return err;
	}
	leaf_fill(&painter->leaf, from, to, class);
	return 0;
}

/* One whole /24. */
static int paint_24(struct painter *painter, __u32 number, __u16 class)
{
	__u32 *slot;
	int err;

	err = finish_leaf(painter);
	if (!err)
		err = slot_of_24(painter, number, &slot);
	if (err)
		return err;
	if (!(*slot & V4_LOOK_ON)) {
		table_store(slot, class);
		return 0;
	}
	return paint_part(painter, number, 0, V4_BLOCK, class);
}

/* All addresses of so many slots of the root. */
static int paint_root(struct painter *painter, __u32 first, __u32 count,
		      __u16 class)
{
	__u32 size = 1U << (painter->tables->shape.v4_shift - 8), i, j;
	__u32 *root = table_reach(&painter->tables->v4_root, first, count);
	int err = root ? 0 : -ENOMEM;

	for (i = 0; i < count && !err; i++) {
		if (!(root[i] & V4_LOOK_ON)) {
			table_store(&root[i], class);
			continue;
		}
		for (j = 0; j < size && !err; j++)
			err = paint_24(painter, (first + i) * size + j, class);
	}
	return err;
}

/* The addresses from start up to, not including, end. */
static int paint_range(void *context, __u64 start, __u64 end, __u16 class)
{
	struct painter *painter = context;
	__u32 shift = painter->tables->shape.v4_shift;
	__u64 step = 1U << shift, next;
	int err = 0;

	if (class != CLASS_NONE)
		err = filter_v4_expect(painter->tables, start, end);
	for (; start < end && !err; start = next) {
		next = (start | 0xff) + 1;
		if (!(start & (step - 1)) && end - start >= step) {
			next = end & ~(step - 1);
			err = paint_root(painter, start >> shift,
					 (next - start) >> shift, class);
		} else if (!(start & 0xff) && end - start >= 0x100) {
			err = paint_24(painter, start >> 8, class);
		} else {
			if (next > end)
				next = end;
			err = paint_part(painter, start >> 8, start & 0xff,
					 (start & 0xff) + (next - start),
					 class);
		}
	}
	return err;
}

static int paint_list(struct painter *painter, const struct class_list *list)
{
	const struct range_sink sink = {.take = paint_range,
					.context = painter};
	int err;

	painter->leaf.number = NO_LEAF;
	painter->section_number = NO_SECTION;
	err = ranges_v4(list, &sink);
	if (!err)
		err = finish_leaf(painter);
	return err ? err : finish_section(painter);
}

int addresses_paint_v4(struct tables *tables, const struct class_list *list)
{
	struct painter painter = {.tables = tables};

	return paint_list(&painter, list);
}

static int make_root(struct tables *tables, enum v4_form form)
{
	__u32 bits = form == V4_FORM_GROUPS ? 16 : 18;

	tables->shape.v4_shift = 32 - bits;
	tables->shape.v4_within = (1U << (24 - bits)) - 1;
	tables->shape.v4_has_runs = form != V4_FORM_GROUPS;
	tables->shape.v4_has_lines = form == V4_FORM_LINES;
	if (table_extend(&tables->v4_root, 1U << bits) < 0)
		return -ENOMEM;
	return filter_v4_make(tables, tables->shape.v4_has_lines);
}

/* Room for so many and some to come, each of size slots. */
static int pad(struct table *table, __u32 size, __u32 to_come, __u32 *mask)
{
	return table_pad(table,
			 (table_headroom(table->used / size) + to_come) * size,
			 mask);
}

static int pad_all(struct tables *tables)
{
	struct shape *shape = &tables->shape;
	int err = pad(&tables->v4_group, shape->v4_within + 1, 0,
		      &shape->v4_group_mask);

	if (!err)
		err = pad(&tables->v4_runs, 1,
			  shape->v4_has_runs ? RUNS_TO_COME : 0,
			  &shape->v4_runs_mask);
	if (!err)
		err = pad(&tables->v4_line, 1,
			  shape->v4_has_lines ? LINES_TO_COME : 0,
			  &shape->v4_line_mask);
	return err ? err
		   : pad(&tables->v4_block, V4_BLOCK,
			 shape->v4_has_lines ? BLOCKS_TO_COME : 0,
			 &shape->v4_block_mask);
}

int addresses_compile_v4_as(struct tables *tables,
			    const struct class_list *list, enum v4_form form,
			    __u32 hosts)
{
	struct painter painter = {.tables = tables, .is_new = true};
	int err = make_root(tables, form);
	__u32 mask = 0;

	/* A quarter full at most: few buckets overflow. */
	if (!err)
		err = table_pad(&tables->v4_host,
				4 * table_headroom(hosts + V4_BUCKET), &mask);
	tables->shape.v4_host_shift = table_shift(mask / V4_BUCKET);
	if (!err)
		err = paint_list(&painter, list);
	return err ? err : pad_all(tables);
}

int addresses_compile_v4(struct tables *tables, const struct class_list *list)
{
	struct v4_measure measure = measure_v4(list);
	enum v4_form form = V4_FORM_GROUPS;

	if (measure.divided > GROUPS_MAX)
		form = measure.leaves > BLOCKS_MAX ? V4_FORM_LINES
						   : V4_FORM_RUNS;
	return addresses_compile_v4_as(
		tables, list, form, form == V4_FORM_LINES ? 0 : measure.hosts);
}
