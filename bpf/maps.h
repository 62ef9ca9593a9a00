/* SPDX-License-Identifier: GPL-2.0-only */
/* Every map of the filter, and how each table is read. */
#ifndef ROLEGATE_MAPS_H
#define ROLEGATE_MAPS_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "bpf/bytes.h"
#include "bpf/packet.h"
#include "rolegate/events.h"
#include "rolegate/immediates.h"
#include "rolegate/reasons.h"
#include "rolegate/tables.h"

/* An array of one value whose size the loader sets; here it is the least. */
#define TABLE(table_name, size)                    \
	struct {                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);  \
		__uint(map_flags, BPF_F_MMAPABLE); \
		__uint(key_size, sizeof(__u32));   \
		__uint(value_size, size);          \
		__uint(max_entries, 1);            \
	} table_name SEC(".maps")

const volatile struct iface ifaces[IFACE_SLOTS] = {};

/* Every table of the policy, at the offsets of its shape. */
TABLE(policy, TABLE_ALIGNMENT);

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

/* For each CPU its tallies: no two CPUs write to one cache line. */
TABLE(tallies, sizeof(struct count));

/* Which pair of classes a slot of the pairs' counters is for. */
TABLE(pair_key, sizeof(__u32));

/* Dropped flows that a rule could pass: FLOW_BUCKETS for each CPU. */
TABLE(flows, sizeof(struct flow_bucket));

/* What the watcher wants, its events, budgets: these outlive generations. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct watch);
	__uint(max_entries, 1);
} watches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, EVENTS_SIZE);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct budget);
	__uint(max_entries, 1);
} budgets SEC(".maps");

/* What a CPU reads a packet into that is no plain one, and puts an event together in. */
struct scratch {
	struct packet packet;
	struct event event; /* the last, for the bytes of its frame */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct scratch) + EVENT_FRAME_MAX);
	__uint(max_entries, 1);
} event_scratch SEC(".maps");

/* The one value of a map; of one per CPU, this CPU's. */
static __always_inline void *value_of(void *map)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(map, &zero);
}

/* A field of the shape, as a constant of the program. */
#define SHAPE(field)                                      \
	({                                                \
		__u64 constant;                           \
		asm volatile("%0 = %1"                    \
			     : "=r"(constant)             \
			     : "i"(IMMEDIATE_OF(field))); \
		constant;                                 \
	})

/* The address of what lies in a map. */
#define ADDRESS_OF(memory)                                         \
	({                                                         \
		void *address;                                     \
		asm volatile("%0 = %1 ll"                          \
			     : "=r"(address)                       \
			     : "i"(IMMEDIATE_ADDRESS | (memory))); \
		address;                                           \
	})

/* What arithmetic makes of a number and such a constant. */
#define WITH_FIELD(result, number, operator, field)       \
	({                                                \
		__u64 result = (number);                  \
		asm volatile("%0 " operator" %1"          \
			     : "+r"(result)               \
			     : "i"(IMMEDIATE_OF(field))); \
		result;                                   \
	})
#define SHIFTED(number, field)	  WITH_FIELD(shifted, number, "<<=", field)
#define MULTIPLIED(number, field) WITH_FIELD(multiplied, number, "*=", field)
#define ADDED(number, field)	  WITH_FIELD(added, number, "+=", field)
/* So many bytes behind. */
#define BEHIND(pointer, field) \
	((const void *)ADDED((unsigned long)(pointer), field))
/* So many bits are shifted out of a hash that the others are an index. */
#define TOP_BITS(hash, field) WITH_FIELD(top, hash, ">>=", field)
/* An index that cannot leave a table whose last one is this field. */
#define MASKED(index, field)  WITH_FIELD(masked, index, "&=", field)

/*
 * The same for a size that never changes. Masked last, since the verifier of
 * Linux 6.1 knows no bounds of a 32-bit OR.
 */
#define BOUNDED(index, size)             \
	({                               \
		__u32 bounded = (index); \
		barrier_var(bounded);    \
		bounded &((size)-1);     \
	})

/* The upper bits of a word, in 32-bit arithmetic: an index that has no more. */
#define UPPER_BITS(word, field)                           \
	({                                                \
		__u32 upper = (word);                     \
		asm volatile("%0 >>= %1"                  \
			     : "+w"(upper)                \
			     : "i"(IMMEDIATE_OF(field))); \
		upper;                                    \
	})

/* What the headers that judge read. */
#define TABLE_ENTRY(name, type, id, masked_index)                     \
	static __always_inline const type *name##_entry(__u64 index)  \
	{                                                             \
		return (const type *)ADDRESS_OF(id) + (masked_index); \
	}
#define TABLE_VALUE(name, type, id, masked_index)          \
	TABLE_ENTRY(name, type, id, masked_index)          \
	static __always_inline type name##_at(__u64 index) \
	{                                                  \
		return *name##_entry(index);               \
	}

TABLE_VALUE(v4_root, __u32, TABLE_V4_ROOT, UPPER_BITS(index, v4_shift))
TABLE_VALUE(v4_filter, __u64, TABLE_V4_FILTER, index)
TABLE_VALUE(v4_group, __u32, TABLE_V4_GROUP, MASKED(index, v4_group_mask))
TABLE_ENTRY(v4_runs, __u64, TABLE_V4_RUNS, MASKED(index, v4_runs_mask))
TABLE_VALUE(v4_block, __u16, TABLE_V4_BLOCK, MASKED(index, v4_block_mask))
TABLE_ENTRY(v4_line, struct v4_line, TABLE_V4_LINE, MASKED(index, v4_line_mask))
TABLE_ENTRY(v4_host, __u64, TABLE_V4_HOST,
	    TOP_BITS(index, v4_host_shift) * V4_BUCKET)
TABLE_VALUE(v6_filter32, __u64, TABLE_V6_FILTER32,
	    TOP_BITS(index, v6_filter32_shift))
TABLE_VALUE(v6_filter48, __u64, TABLE_V6_FILTER48,
	    TOP_BITS(index, v6_filter48_shift))
TABLE_ENTRY(v6_near, struct v6_slot, TABLE_V6_SLOT, index)
TABLE_ENTRY(v6_slot, struct v6_slot, TABLE_V6_SLOT, MASKED(index, v6_mask))
TABLE_ENTRY(class, struct class_entry, TABLE_CLASS, MASKED(index, class_mask))
TABLE_VALUE(port_root, __u16, TABLE_PORT_ROOT, BOUNDED(index, PORT_ROOT_ROOM))
TABLE_VALUE(port_block, __u16, TABLE_PORT_BLOCK, MASKED(index, port_mask))
TABLE_VALUE(pair, __u16, TABLE_PAIR, MASKED(index, pair_mask))
TABLE_VALUE(row, __u16, TABLE_ROW, MASKED(index, row_mask))
TABLE_VALUE(cell, __u16, TABLE_CELL, MASKED(index, cell_mask))
TABLE_ENTRY(link, struct link, TABLE_LINK, MASKED(index, link_mask))

static __always_inline const struct v6_base *v6_base(void)
{
	return ADDRESS_OF(TABLE_V6_BASE);
}

/* All that a CPU tallies in. */
static __always_inline void *tallies_of(__u32 cpu)
{
	return (char *)ADDRESS_OF(MEMORY_TALLIES) +
	       MULTIPLIED(MASKED(cpu, cpu_mask), tally_stride);
}

/* One of a CPU's tallies. */
#define TALLY_OF(all, kind, type, number)                                  \
	((type *)((char *)(all) +                                          \
		  ADDED(MASKED(number, tallies[kind].mask) * sizeof(type), \
			tallies[kind].first)))

static __always_inline struct flow_bucket *flow_bucket_at(__u32 cpu,
							  __u32 index)
{
	__u64 first = MASKED(cpu, cpu_mask) * FLOW_BUCKETS;

	return (struct flow_bucket *)ADDRESS_OF(MEMORY_FLOWS) + first +
	       BOUNDED(index, FLOW_BUCKETS);
}

static __always_inline struct watch *watch_of(void)
{
	return ADDRESS_OF(MEMORY_WATCH);
}

/* Which pair a slot of the counters is for. */
static __always_inline __u32 *pair_key_at(__u32 index)
{
	return (__u32 *)ADDRESS_OF(MEMORY_PAIR_KEY) +
	       MASKED(index, tallies[TALLY_PAIR].mask);
}

static __always_inline bool trial_is_over(void)
{
	const struct trial *at = value_of(&trial);

	return !at || bpf_ktime_get_boot_ns() >= at->deadline;
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
