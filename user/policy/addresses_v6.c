/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes of IPv6 prefixes into the hash and its filters. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "user/policy/native.h"
#include "user/policy/tables.h"

#define FILTER32_MAX	65536
#define FILTER48_MAX	1048576
#define FILTER_MIN	1024
#define SLOTS_MIN	64
/* Lengths that may come to those in use; each is looked for in the verifier's time. */
#define LENGTHS_TO_COME 4
#define SLOTS_MAX	(1U << 25)

static struct v6_address address_of(const struct prefix *prefix)
{
	struct v6_address address = {};
	int i;

	for (i = 0; i < 8; i++) {
		address.high = address.high << 8 | prefix->address[i];
		address.low = address.low << 8 | prefix->address[8 + i];
	}
	return address;
}

static void add_length(struct v6_lengths *lengths, int length)
{
	table_add_bits(length > 64 ? &lengths->high : &lengths->low,
		       V6_BIT(length));
}

/* Adds to the bits of one bucket of a filter. */
static int add_to_filter(struct table *filter, __u32 bucket, __u64 bits)
{
	__u64 *held = table_reach(filter, bucket, 1);

	if (!held)
		return -ENOMEM;
	table_add_bits(held, bits);
	return 0;
}

static int add_to_filter32(struct tables *tables,
			   const struct v6_address *address, int length)
{
	struct v6_base *base = tables->v6_base.items;

	if (length < 32 || (length > 64 && length < V6_LONG_IN_32)) {
		add_length(&base->unfiltered, length);
		return 0;
	}
	return add_to_filter(&tables->v6_filter32,
			     native_v6_filter32(tables, address),
			     V6_BIT_IN(length, V6_HIGH_IN_32));
}

static int add_to_filter48(struct tables *tables,
			   const struct v6_address *address, int length)
{
	if (length < 48 || (length > 64 && length < V6_LONG_IN_48))
		return 0;
	return add_to_filter(&tables->v6_filter48,
			     native_v6_filter48(tables, address),
			     V6_BIT_IN(length, V6_HIGH_IN_48));
}

static __u32 count_lengths(const struct v6_lengths *lengths)
{
	__u32 high = __builtin_popcountll(lengths->high);
	__u32 low = __builtin_popcountll(lengths->low);

	return high > low ? high : low;
}

/* Notes a length in use; the filter looks for no more than it was made for. */
static int use_length(struct tables *tables, int length)
{
	struct v6_base *base = tables->v6_base.items;
	struct v6_lengths all = base->all;

	add_length(&all, length);
	if (count_lengths(&all) > tables->shape.v6_lengths)
		return -ENOSPC;
	add_length(&base->all, length);
	return 0;
}

/* Lets the filters expect the prefix; before it is there. */
static int expect(struct tables *tables, const struct prefix *prefix)
{
	struct v6_address address = address_of(prefix);
	int err = add_to_filter48(tables, &address, prefix->length);

	return err ? err : add_to_filter32(tables, &address, prefix->length);
}

static struct v6_key key_of(const struct prefix *prefix)
{
	return (struct v6_key){
		.prefix = address_of(prefix),
		.length = V6_LENGTH(prefix->length),
	};
}

/* The prefix's slot, or the free one where it would be; NULL if there is none. */
static struct v6_slot *find_slot(struct tables *tables,
				 const struct v6_key *key)
{
	__u32 i, at = native_v6_slot(tables, key);
	struct v6_slot *slot;

	for (i = 0; i < V6_PROBES; i++) {
		slot = table_reach(&tables->v6_slot, at ^ i, 1);
		if (!slot || !slot->value ||
		    !memcmp(&slot->key, key, sizeof(*key)))
			return slot;
	}
	return NULL;
}

/* The value comes last: until then the slot is free. */
static int put(struct tables *tables, const struct class_prefix *entry)
{
	struct v6_base *base = tables->v6_base.items;
	__u32 value = V6_IS_HELD | entry->class;
	struct v6_slot *slot;
	struct v6_key key;
	int err;

	if (!entry->prefix.length) {
		table_store(&base->class, entry->class);
		return 0;
	}
	key = key_of(&entry->prefix);
	slot = find_slot(tables, &key);
	if (slot && !slot->value && entry->class == entry->around)
		return 0;
	if (!slot)
		return -ENOSPC;
	if (!slot->value) {
		if (tables->v6_slot.used >= V6_USABLE(tables->v6_slot.room))
			return -ENOSPC;
		err = use_length(tables, entry->prefix.length);
		if (!err)
			err = expect(tables, &entry->prefix);
		if (err)
			return err;
		slot->key = key;
		if (table_extend(&tables->v6_slot, 1) < 0)
			return -ENOSPC;
	}
	table_store(&slot->value, value);
	return 0;
}

int addresses_paint_v6(struct tables *tables, const struct class_list *list)
{
	int err = 0;
	__u32 i;

	for (i = 0; i < list->count && !err; i++)
		err = put(tables, &list->items[i]);
	return err;
}

static __u32 clamp(__u32 value, __u32 low, __u32 high)
{
	return value < low ? low : value > high ? high : value;
}

/* The lengths that there are, and some to come. */
static __u32 lengths_to_expect(const struct class_list *list)
{
	struct v6_lengths all = {};
	__u32 i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].prefix.length)
			add_length(&all, list->items[i].prefix.length);
	return clamp(count_lengths(&all) + LENGTHS_TO_COME, 0, 64);
}

/* How many different beginnings of so many bits the prefixes have. */
static __u32 count_beginnings(const struct class_list *list, int bits)
{
	__u32 i, count = 0;
	__u64 begins, last = 0;

	for (i = 0; i < list->count; i++) {
		if (list->items[i].prefix.length < bits)
			continue;
		begins = address_of(&list->items[i].prefix).high >> (64 - bits);
		count += !count || begins != last;
		last = begins;
	}
	return count;
}

/* A filter with room buckets for each beginning that there is. */
static int make_filter(struct table *filter, const struct class_list *list,
		       int bits, __u32 room, __u32 most, __u32 *shift)
{
	__u32 count = count_beginnings(list, bits), mask;
	int err = table_pad(filter, clamp(room * count, FILTER_MIN, most),
			    &mask);

	if (!err)
		*shift = table_shift(mask);
	return err;
}

/* Empty tables for the prefixes; slots is how many the hash has. */
static int make(struct tables *tables, const struct class_list *list,
		__u32 slots)
{
	struct shape *shape = &tables->shape;
	int err;

	free(tables->v6_slot.items);
	tables->v6_slot.items = NULL;
	tables->v6_slot.used = tables->v6_slot.room = 0;
	err = table_pad(&tables->v6_slot, slots, &shape->v6_mask);
	shape->v6_shift = table_shift(shape->v6_mask);
	if (!err)
		err = make_filter(&tables->v6_filter32, list, 32, 8,
				  FILTER32_MAX, &shape->v6_filter32_shift);
	if (!err)
		err = make_filter(&tables->v6_filter48, list, 48, 2,
				  FILTER48_MAX, &shape->v6_filter48_shift);
	if (getrandom(&shape->v6_seed, sizeof(shape->v6_seed), GRND_NONBLOCK) <
	    0)
		shape->v6_seed = slots;
	shape->v6_seed >>= 1;
	return err;
}

int addresses_compile_v6(struct tables *tables, const struct class_list *list)
{
	__u32 slots =
		power_of_two(3 * table_headroom(list->count) / 2 + SLOTS_MIN);
	int err;

	if (table_extend(&tables->v6_base, 1) < 0)
		return -ENOMEM;
	tables->shape.v6_lengths = lengths_to_expect(list);
	do {
		err = make(tables, list, slots);
		if (!err)
			err = addresses_paint_v6(tables, list);
		slots *= 2;
	} while (err == -ENOSPC && slots <= SLOTS_MAX);
	return err == -ENOSPC ? -ENOMEM : err;
}
