/* SPDX-License-Identifier: GPL-2.0-only */
/* IPv4 prefixes and their classes to the filter's DIR-16-8-8 table. */
#include <errno.h>

#include "user/policy/tables.h"

static __u32 v4_host(const struct prefix *prefix)
{
	const __u8 *a = prefix->address;

	return (__u32)a[0] << 24 | a[1] << 16 | a[2] << 8 | a[3];
}

static void fill(__u32 *slots, __u32 first, __u32 count, __u32 value)
{
	__u32 i;

	for (i = 0; i < count; i++)
		slots[first + i] = value;
}

/*
 * The first slot of the block that the slot (of table from) refers to; makes
 * the block, filled with the slot's class, if there is none yet.
 */
static long block_below(struct tables *tables, struct table *from, __u32 slot)
{
	__u32 held = ((__u32 *)from->items)[slot];
	long first;

	if (held & V4_IS_BLOCK)
		return (long)(held & ~V4_IS_BLOCK) * V4_BLOCK;
	first = table_extend(&tables->v4_block, V4_BLOCK);
	if (first < 0)
		return first;
	fill(tables->v4_block.items, first, V4_BLOCK, held);
	((__u32 *)from->items)[slot] = V4_IS_BLOCK | (__u32)(first / V4_BLOCK);
	return first;
}

/* Writes one prefix; prefixes that contain it have been written before. */
static int paint(struct tables *tables, const struct class_prefix *entry)
{
	__u32 host = v4_host(&entry->prefix), length = entry->prefix.length;
	long block;

	if (length <= 16) {
		fill(tables->v4_root.items, host >> 16, 1U << (16 - length),
		     entry->class);
		return 0;
	}
	block = block_below(tables, &tables->v4_root, host >> 16);
	if (block < 0)
		return block;
	if (length <= 24) {
		fill(tables->v4_block.items, block + (host >> 8 & 0xff),
		     1U << (24 - length), entry->class);
		return 0;
	}
	block = block_below(tables, &tables->v4_block,
			    block + (host >> 8 & 0xff));
	if (block < 0)
		return block;
	fill(tables->v4_block.items, block + (host & 0xff), 1U << (32 - length),
	     entry->class);
	return 0;
}

int addresses_compile(struct tables *tables)
{
	const struct classes *classes = &tables->classes;
	__u32 i;
	int err;

	if (table_extend(&tables->v4_root, V4_ROOT_SLOTS) < 0)
		return -ENOMEM;
	for (i = 0; i < classes->count; i++) {
		if (classes->prefixes[i].prefix.family != 4)
			continue;
		err = paint(tables, &classes->prefixes[i]);
		if (err)
			return err;
	}
	return table_pad(&tables->v4_block, V4_BLOCK, &tables->shape.v4_mask);
}
