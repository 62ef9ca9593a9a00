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

static __always_inline __u64 class_ifaces_at(__u16 class)
{
	const __u64 *ifaces = current->class_ifaces.items;

	return ifaces[class & ((1U << shape.class_bits) - 1)];
}

/* The longest prefix wins: containing ones come first, so the last one does. */
static __u16 v6_class_of(const __u32 *address)
{
	const struct classes *classes = &current->classes;
	struct prefix key = {.family = 6, .length = 128};
	__u16 class = CLASS_NONE;
	__u32 i;

	memcpy(key.address, address, sizeof(key.address));
	for (i = 0; i < classes->count; i++)
		if (prefix_contains(&classes->prefixes[i].prefix, &key))
			class = classes->prefixes[i].class;
	return class;
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

#include "bpf/judge.h"

static enum reason parse_ipv4_options_apart(const struct frame *frame,
					    struct packet *packet, __u32 at)
{
	return parse_ipv4_options(frame, packet, at);
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

__u8 native_slot(__u8 family, __u8 protocol)
{
	return slot_of(family, protocol);
}
