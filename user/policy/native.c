/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter's own judging code over compiled tables, without a kernel. */
#include "user/policy/native.h"

#include <string.h>

#include "bpf/bytes.h"

/* What bpf/maps.h is in the kernel: the tables behind the filter's lookups. */
static const struct tables *current;
#define shape (current->shape)

#define TABLE_READER(name, type, mask)                                      \
	static __always_inline type name##_at(__u32 index)                  \
	{                                                                   \
		return ((const type *)current->name.items)[index & (mask)]; \
	}

TABLE_READER(v4_root, __u32, V4_ROOT_SLOTS - 1)
TABLE_READER(v4_block, __u32, shape.v4_mask)
TABLE_READER(port_root, __u16, PORT_ROOT_ROOM - 1)
TABLE_READER(port_block, __u16, shape.port_mask)
TABLE_READER(pair, __u16, shape.pair_mask)
TABLE_READER(row, __u16, shape.row_mask)
TABLE_READER(cell, __u16, shape.cell_mask)

static __always_inline const struct link *link_at(__u16 number)
{
	const struct link *links = current->link.items;

	return &links[number & shape.link_mask];
}

#define ENTRY_READER(name, type, table, mask)                                 \
	static __always_inline const type *name##_at(__u32 index)             \
	{                                                                     \
		return &((const type *)current->table.items)[index & (mask)]; \
	}

ENTRY_READER(class, struct class_entry, class_table, shape.class_mask)
ENTRY_READER(v6_filter32, struct v6_lengths, v6_filter32,
	     shape.v6_filter32_mask)
ENTRY_READER(v6_filter48, struct v6_lengths, v6_filter48,
	     shape.v6_filter48_mask)
ENTRY_READER(v4_bucket, __u64, v4_host, shape.v4_host_mask & ~(V4_BUCKET - 1U))

static __always_inline const struct v6_slot *v6_slots(void)
{
	return current->v6_slot.items;
}

static __always_inline const struct v6_base *v6_base_at(void)
{
	return current->v6_base.items;
}

static bool fragment_find(const struct fragment_key *key, __u32 *length)
{
	(void)key;
	(void)length;
	return false;
}

static void fragment_note(const struct fragment_key *key, __u32 length)
{
	(void)key;
	(void)length;
}

/* The filter's own way, unless somebody knows better than the tables. */
#define classify classify_by_tables
#include "bpf/classify.h"
#undef classify

static __u16 classify(const struct packet *packet, const __u32 *address)
{
	struct prefix prefix = {.family = packet->family};

	if (!current->class_of)
		return classify_by_tables(packet, address);
	prefix.length = prefix_bits(&prefix);
	memcpy(prefix.address, address, prefix.length / 8);
	return current->class_of(current, &prefix);
}

#include "bpf/judge.h"

static enum reason parse_ipv4_options_apart(const struct frame *frame,
					    struct packet *packet, __u32 at)
{
	return parse_ipv4_options(frame, packet, at);
}

static __u32 v6_find_behind_apart(const struct v6_address *prefix, __u32 length,
				  __u32 first)
{
	return v6_find_behind(prefix, length, first);
}

static __u16 v6_class_apart(const struct v6_address *address)
{
	return classify_v6(address);
}

static enum reason parse_chain_apart(const struct frame *frame,
				     struct packet *packet)
{
	return parse_chain(frame, packet);
}

static bool is_related_apart(const struct frame *frame,
			     const struct packet *packet)
{
	return is_related(frame, packet);
}

void native_judge(const struct tables *tables, const void *bytes, size_t size,
		  struct explain *answer)
{
	struct frame frame = {
		.data = bytes,
		.data_end = (const __u8 *)bytes + size,
		.len = size,
	};

	current = tables;
	explain_frame(&frame, answer);
}

__u32 native_classify(const struct tables *tables, const struct prefix *address)
{
	struct packet packet = {.family = address->family};
	__u32 words[4];

	current = tables;
	memcpy(words, address->address, sizeof(words));
	return classify(&packet, words);
}

__u32 native_host_bucket(const struct tables *tables, __u32 host)
{
	current = tables;
	return v4_host_hash(host) & shape.v4_host_mask & ~(V4_BUCKET - 1U);
}

__u32 native_v6_filter32(const struct tables *tables,
			 const struct v6_address *address)
{
	current = tables;
	return v6_hash32(address) & shape.v6_filter32_mask;
}

__u32 native_v6_filter48(const struct tables *tables,
			 const struct v6_address *address)
{
	current = tables;
	return v6_hash48(address) & shape.v6_filter48_mask;
}

__u32 native_v6_slot(const struct tables *tables,
		     const struct v6_address *prefix, __u32 length)
{
	current = tables;
	return v6_hash(prefix, length) & shape.v6_mask;
}

__u8 native_slot(__u8 family, __u8 protocol)
{
	return slot_of(family, protocol);
}
