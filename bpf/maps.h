/* SPDX-License-Identifier: GPL-2.0-only */
/* Every map of the filter, and how each table is read. */
#ifndef ROLEGATE_MAPS_H
#define ROLEGATE_MAPS_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "bpf/bytes.h"
#include "rolegate/reasons.h"
#include "rolegate/tables.h"

/*
 * A table is one array value whose size the loader sets; indexes are masked
 * with constants of the frozen shape, which is how the verifier knows that
 * they stay inside. Sizes given here are only the smallest.
 */
#define TABLE(table_name, size)                    \
	struct {                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);  \
		__uint(map_flags, BPF_F_MMAPABLE); \
		__uint(key_size, sizeof(__u32));   \
		__uint(value_size, size);          \
		__uint(max_entries, 1);            \
	} table_name SEC(".maps")

const volatile struct shape shape = {};
const volatile struct iface ifaces[IFACE_SLOTS] = {};

/* IPv4 address to class: by the upper 16 bits, then by 8 and 8 more. */
TABLE(v4_root, V4_ROOT_SLOTS * sizeof(__u32));
TABLE(v4_block, V4_BLOCK * sizeof(__u32));

TABLE(v4_host, V4_BUCKET * sizeof(__u64));

/* IPv6 prefix to class, and which lengths are worth looking for. */
TABLE(v6_base, sizeof(struct v6_base));
TABLE(v6_filter32, sizeof(struct v6_lengths));
TABLE(v6_filter48, sizeof(struct v6_lengths));
TABLE(v6_slot, sizeof(struct v6_slot));

/* Class to its groups and interfaces. */
TABLE(class_table, sizeof(struct class_entry));

/* (Slot, port) to port class: by the upper 8 bits, then the lower 8. */
TABLE(port_root, PORT_ROOT_ROOM * sizeof(__u16));
TABLE(port_block, PORT_BLOCK * sizeof(__u16));

/* Two groups to a row of cells; rows share equal blocks of cells. */
TABLE(pair_table, sizeof(__u16));
TABLE(row_table, sizeof(__u16));
TABLE(cell_table, CELL_BLOCK * sizeof(__u16));

/* What a cell allows: rule and source ports. */
TABLE(link_table, sizeof(struct link));

/* Datagrams whose first fragment passed; outlives generations. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct fragment_key);
	__type(value, struct fragment_value);
	__uint(max_entries, FRAGMENTS_MAX);
} fragments SEC(".maps");

/* Of a generation on trial: until when, and the one before it. */
TABLE(trial, sizeof(struct trial));

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} previous SEC(".maps");

/* A counter is per CPU, so that no two CPUs write to one. */
#define COUNTER(counter_name)                            \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); \
		__type(key, __u32);                      \
		__type(value, struct count);             \
		__uint(max_entries, 1);                  \
	} counter_name SEC(".maps")

/* By interface, reason and verdict; by rule and passage; by pair and verdict. */
COUNTER(reason_count);
COUNTER(rule_count);
COUNTER(pair_count);

/* Which pair of classes a slot of pair_count is for. */
TABLE(pair_key, sizeof(__u32));

/* The one value of a table. */
static __always_inline const void *table_of(void *map)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(map, &zero);
}

static __always_inline __u32 v4_root_at(__u32 index)
{
	const __u32 *table = table_of(&v4_root);

	return table ? table[index & (V4_ROOT_SLOTS - 1)] : CLASS_NONE;
}

static __always_inline __u32 v4_block_at(__u32 index)
{
	const __u32 *table = table_of(&v4_block);

	return table ? table[index & shape.v4_mask] : CLASS_NONE;
}

static __always_inline const __u64 *v4_bucket_at(__u32 hash)
{
	const __u64 *table = table_of(&v4_host);

	return table ? &table[hash & shape.v4_host_mask & ~(V4_BUCKET - 1U)]
		     : NULL;
}

static __always_inline const struct v6_base *v6_base_at(void)
{
	return table_of(&v6_base);
}

static __always_inline const struct v6_lengths *v6_filter32_at(__u32 hash)
{
	const struct v6_lengths *table = table_of(&v6_filter32);

	return table ? &table[hash & shape.v6_filter32_mask] : NULL;
}

static __always_inline const struct v6_lengths *v6_filter48_at(__u32 hash)
{
	const struct v6_lengths *table = table_of(&v6_filter48);

	return table ? &table[hash & shape.v6_filter48_mask] : NULL;
}

static __always_inline const struct v6_slot *v6_slots(void)
{
	return table_of(&v6_slot);
}

static __always_inline const struct class_entry *class_at(__u16 class)
{
	const struct class_entry *table = table_of(&class_table);

	return table ? &table[class & shape.class_mask] : NULL;
}

static __always_inline __u16 port_root_at(__u32 index)
{
	const __u16 *table = table_of(&port_root);

	return table ? table[index & (PORT_ROOT_ROOM - 1)] : 0;
}

static __always_inline __u16 port_block_at(__u32 index)
{
	const __u16 *table = table_of(&port_block);

	return table ? table[index & shape.port_mask] : 0;
}

static __always_inline __u16 pair_at(__u32 index)
{
	const __u16 *table = table_of(&pair_table);

	return table ? table[index & shape.pair_mask] : ROW_NONE;
}

static __always_inline __u16 row_at(__u32 index)
{
	const __u16 *table = table_of(&row_table);

	return table ? table[index & shape.row_mask] : 0;
}

static __always_inline __u16 cell_at(__u32 index)
{
	const __u16 *table = table_of(&cell_table);

	return table ? table[index & shape.cell_mask] : LINK_NONE;
}

static __always_inline const struct link *link_at(__u16 number)
{
	const struct link *table = table_of(&link_table);

	return table ? &table[number & shape.link_mask] : NULL;
}

static __always_inline bool trial_is_over(void)
{
	const struct trial *at = table_of(&trial);

	return !at || bpf_ktime_get_boot_ns() >= at->deadline;
}

static __always_inline __u32 *pair_key_at(__u32 index)
{
	__u32 *table = (__u32 *)table_of(&pair_key);

	return table ? &table[index & shape.pair_count_mask] : NULL;
}

static __always_inline bool fragment_find(const struct fragment_key *key,
					  __u32 *length)
{
	const struct fragment_value *value;

	value = bpf_map_lookup_elem(&fragments, key);
	if (!value ||
	    bpf_ktime_get_coarse_ns() - value->seen > FRAGMENT_LIFETIME_NS)
		return false;
	*length = value->length;
	return true;
}

static __always_inline void fragment_note(const struct fragment_key *key,
					  __u32 length)
{
	struct fragment_value value = {
		.seen = bpf_ktime_get_coarse_ns(),
		.length = length,
	};

	bpf_map_update_elem(&fragments, key, &value, BPF_ANY);
}

#endif
