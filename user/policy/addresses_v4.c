/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes of IPv4 prefixes into the tables by 16, 8 and 8 bits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/native.h"
#include "user/policy/tables.h"

/* A /24 has so many differing hosts in the host table, or a block of its own. */
#define HOSTS_MAX    16
#define NESTING_MAX  34
#define NO_LEAF	     0xffffffffU
#define MEASURE_ONLY NULL

/* Addresses of one /24 on their way into the tables. */
struct leaf {
	__u32 number; /* upper 24 bits, or NO_LEAF */
	__u16 classes[256];
};

struct painter {
	struct tables *tables; /* MEASURE_ONLY: only count hosts */
	struct leaf leaf;
	__u32 hosts; /* that a host table must hold */
	bool is_new; /* the tables hold nothing yet */
};

static void store_slot(__u32 *slot, __u32 value)
{
	if (*slot != value)
		__atomic_store_n(slot, value, __ATOMIC_RELEASE);
}

static __u32 *root_slot(struct tables *tables, __u32 index)
{
	return table_reach(&tables->v4_root, index, 1);
}

static __u32 *block_slots(struct tables *tables, __u32 slot)
{
	return table_reach(&tables->v4_block, (slot & ~V4_IS_BLOCK) * V4_BLOCK,
			   V4_BLOCK);
}

/* A new block, filled with the value, as a slot that leads to it. */
static long new_block(struct tables *tables, __u32 value)
{
	long first = table_extend(&tables->v4_block, V4_BLOCK);
	__u32 *slots, i;

	if (first < 0)
		return first;
	slots = table_reach(&tables->v4_block, first, V4_BLOCK);
	for (i = 0; slots && i < V4_BLOCK; i++)
		slots[i] = value;
	return slots ? (long)(V4_IS_BLOCK | first / V4_BLOCK) : -ENOMEM;
}

/* The slot of a /24 in the block below its root slot; made if need be. */
static int slot_of_24(struct tables *tables, __u32 number, __u32 **slot)
{
	__u32 *root = root_slot(tables, number >> 8), *slots;
	long block;

	if (!root)
		return -ENOMEM;
	if (!(*root & V4_IS_BLOCK)) {
		block = new_block(tables, *root);
		if (block < 0)
			return block;
		store_slot(root, block);
	}
	slots = block_slots(tables, *root);
	if (!slots)
		return -ENOMEM;
	*slot = slots + (number & 0xff);
	return 0;
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

/* The class that most of the leaf's addresses have. */
static __u16 usual_class(const struct leaf *leaf, __u32 *others)
{
	__u32 i, j, most = 0, same;
	__u16 usual = leaf->classes[0];

	for (i = 0; i < 256 && most < 256 - i; i++) {
		if (i && leaf->classes[i] == leaf->classes[i - 1])
			continue;
		for (same = 0, j = 0; j < 256; j++)
			same += leaf->classes[j] == leaf->classes[i];
		if (same > most) {
			most = same;
			usual = leaf->classes[i];
		}
	}
	*others = 256 - most;
	return usual;
}

/* Hosts in their own table: those that differ, and those that once did. */
static bool put_hosts(struct tables *tables, const struct leaf *leaf,
		      __u16 usual, bool had_hosts)
{
	__u64 *entry, value;
	__u32 i, host;

	for (i = 0; i < 256; i++) {
		if (leaf->classes[i] == usual && !had_hosts)
			continue;
		host = leaf->number << 8 | i;
		entry = host_entry(tables, host);
		if (leaf->classes[i] == usual && (!entry || !*entry))
			continue;
		if (!entry)
			return false;
		value = (__u64)host << 32 | V4_HOST_IS_HELD | leaf->classes[i];
		if (*entry != value)
			__atomic_store_n(entry, value, __ATOMIC_RELEASE);
	}
	return true;
}

static int put_block(struct tables *tables, const struct leaf *leaf)
{
	long block = new_block(tables, 0);
	__u32 *slots, *slot, i;
	int err;

	if (block < 0)
		return block;
	slots = block_slots(tables, block);
	if (!slots)
		return -ENOMEM;
	for (i = 0; i < 256; i++)
		slots[i] = leaf->classes[i];
	/* Sought again: a table that grows may move. */
	err = slot_of_24(tables, leaf->number, &slot);
	if (!err)
		store_slot(slot, block);
	return err;
}

/* What a slot leads to is painted, never cut off: it may be found again. */
static int put_leaf(struct tables *tables, const struct leaf *leaf)
{
	__u32 others, i, *slot, *slots;
	__u16 usual = usual_class(leaf, &others);
	bool had_hosts;
	int err;

	err = slot_of_24(tables, leaf->number, &slot);
	if (err)
		return err;
	if (*slot & V4_IS_BLOCK) {
		slots = block_slots(tables, *slot);
		for (i = 0; slots && i < 256; i++)
			store_slot(&slots[i], leaf->classes[i]);
		return slots ? 0 : -ENOMEM;
	}
	had_hosts = *slot & V4_IS_HOSTS;
	if (!others && !had_hosts)
		store_slot(slot, usual);
	else if (others <= HOSTS_MAX &&
		 put_hosts(tables, leaf, usual, had_hosts))
		store_slot(slot, V4_IS_HOSTS | usual);
	else
		return put_block(tables, leaf);
	return 0;
}

static int finish_leaf(struct painter *painter)
{
	struct leaf *leaf = &painter->leaf;
	__u32 others;
	int err = 0;

	if (leaf->number == NO_LEAF)
		return 0;
	if (painter->tables)
		err = put_leaf(painter->tables, leaf);
	else {
		usual_class(leaf, &others);
		painter->hosts += others <= HOSTS_MAX ? others : 0;
	}
	leaf->number = NO_LEAF;
	return err;
}

static void take_hosts(struct tables *tables, struct leaf *leaf)
{
	const __u64 *entry;
	__u32 i, host;

	for (i = 0; i < 256; i++) {
		host = leaf->number << 8 | i;
		entry = host_entry(tables, host);
		if (entry && *entry)
			leaf->classes[i] = *entry;
	}
}

/* A leaf begins with what its addresses are now. */
static int begin_leaf(struct painter *painter, __u32 number)
{
	struct leaf *leaf = &painter->leaf;
	__u32 i, *slot, *slots;
	int err;

	leaf->number = number;
	if (painter->is_new)
		return 0;
	err = slot_of_24(painter->tables, number, &slot);
	if (err)
		return err;
	slots = *slot & V4_IS_BLOCK ? block_slots(painter->tables, *slot)
				    : NULL;
	if (*slot & V4_IS_BLOCK && !slots)
		return -ENOMEM;
	for (i = 0; i < 256; i++)
		leaf->classes[i] = slots ? slots[i] : *slot;
	if (!slots && *slot & V4_IS_HOSTS)
		take_hosts(painter->tables, leaf);
	return 0;
}

/* Part of one /24. */
static int paint_part(struct painter *painter, __u32 number, __u32 from,
		      __u32 to, __u16 class)
{
	__u32 i;
	int err;

	if (painter->leaf.number != number) {
		err = finish_leaf(painter);
		if (!err)
			err = begin_leaf(painter, number);
		if (err)
			return err;
	}
	for (i = from; i < to; i++)
		painter->leaf.classes[i] = class;
	return 0;
}

/* One whole /24. */
static int paint_24(struct painter *painter, __u32 number, __u16 class)
{
	__u32 *slot;
	int err;

	if (!painter->tables)
		return 0;
	err = slot_of_24(painter->tables, number, &slot);
	if (err)
		return err;
	if (!(*slot & (V4_IS_BLOCK | V4_IS_HOSTS))) {
		store_slot(slot, class);
		return 0;
	}
	return paint_part(painter, number, 0, 256, class);
}

/* One whole /16. */
static int paint_16(struct painter *painter, __u32 index, __u16 class)
{
	__u32 *root, i;
	int err = 0;

	if (!painter->tables)
		return 0;
	root = root_slot(painter->tables, index);
	if (!root)
		return -ENOMEM;
	if (!(*root & V4_IS_BLOCK)) {
		store_slot(root, class);
		return 0;
	}
	for (i = 0; i < 256 && !err; i++)
		err = paint_24(painter, index << 8 | i, class);
	return err;
}

/* The addresses from start up to, not including, end. */
static int paint_range(struct painter *painter, __u64 start, __u64 end,
		       __u16 class)
{
	__u64 next;
	int err = 0;

	for (; start < end && !err; start = next) {
		next = (start | 0xff) + 1;
		if (!(start & 0xffff) && end - start >= 0x10000) {
			err = paint_16(painter, start >> 16, class);
			next = start + 0x10000;
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

/* Nested prefixes to ranges that follow each other. */
struct flatten {
	struct painter *painter;
	struct {
		__u64 end;
		__u16 class;
	} open[NESTING_MAX];
	int depth;
	__u64 at;
};

/* Paints up to, and closes the prefixes that end there. */
static int flatten_to(struct flatten *flatten, __u64 to)
{
	int err = 0;

	while (flatten->depth && !err &&
	       flatten->open[flatten->depth - 1].end <= to) {
		flatten->depth--;
		err = paint_range(flatten->painter, flatten->at,
				  flatten->open[flatten->depth].end,
				  flatten->open[flatten->depth].class);
		flatten->at = flatten->open[flatten->depth].end;
	}
	if (flatten->depth && flatten->at < to && !err) {
		err = paint_range(flatten->painter, flatten->at, to,
				  flatten->open[flatten->depth - 1].class);
		flatten->at = to;
	}
	return err;
}

static __u32 v4_host(const struct prefix *prefix)
{
	const __u8 *a = prefix->address;

	return (__u32)a[0] << 24 | a[1] << 16 | a[2] << 8 | a[3];
}

static int paint_list(struct painter *painter, const struct class_list *list)
{
	struct flatten flatten = {.painter = painter};
	const struct class_prefix *entry = list->items;
	__u64 start;
	__u32 i;
	int err = 0;

	painter->leaf.number = NO_LEAF;
	for (i = 0; i < list->count && !err; i++, entry++) {
		start = v4_host(&entry->prefix);
		err = flatten_to(&flatten, start);
		flatten.at = start;
		flatten.open[flatten.depth].class = entry->class;
		flatten.open[flatten.depth].end =
			start + (1ULL << (32 - entry->prefix.length));
		flatten.depth++;
	}
	if (!err)
		err = flatten_to(&flatten, 1ULL << 32);
	return err ? err : finish_leaf(painter);
}

int addresses_paint_v4(struct tables *tables, const struct class_list *list)
{
	struct painter painter = {.tables = tables};

	return paint_list(&painter, list);
}

int addresses_compile_v4(struct tables *tables, const struct class_list *list)
{
	struct painter measure = {.tables = MEASURE_ONLY, .is_new = true};
	struct painter painter = {.tables = tables, .is_new = true};
	int err;

	err = paint_list(&measure, list);
	if (err || table_extend(&tables->v4_root, V4_ROOT_SLOTS) < 0)
		return -ENOMEM;
	/* A quarter full at most: few buckets overflow. */
	err = table_pad(&tables->v4_host,
			4 * table_headroom(measure.hosts + V4_BUCKET),
			&tables->shape.v4_host_mask);
	if (!err)
		err = paint_list(&painter, list);
	if (err)
		return err;
	return table_pad(&tables->v4_block,
			 table_headroom(tables->v4_block.used / V4_BLOCK) *
				 V4_BLOCK,
			 &tables->shape.v4_mask);
}
