/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter's own judging code over compiled tables, without a kernel. */
#include "user/policy/native.h"

#include <string.h>

#include "bpf/bytes.h"

/* What bpf/maps.h is in the kernel: the tables, and their shape everywhere. */
static const struct tables *current;
#define SHAPE(field)	       (current->shape.field)
#define MASKED(number, field)  ((number)&SHAPE(field))
#define SHIFTED(number, field) ((__u64)(number) << SHAPE(field))
#define TOP_BITS(hash, field)  ((__u64)(hash) >> SHAPE(field))

#define TABLE_ENTRY(name, type, number)                              \
	static __always_inline const type *name##_entry(__u64 index) \
	{                                                            \
		return (const type *)current->name.items + (number); \
	}
#define TABLE_VALUE(name, type, number)                    \
	TABLE_ENTRY(name, type, number)                    \
	static __always_inline type name##_at(__u64 index) \
	{                                                  \
		return *name##_entry(index);               \
	}

TABLE_VALUE(v4_root, __u32, index >> SHAPE(v4_shift))
TABLE_VALUE(v4_filter, __u64, index)
TABLE_VALUE(v4_group, __u32, MASKED(index, v4_group_mask))
TABLE_ENTRY(v4_runs, __u64, MASKED(index, v4_runs_mask))
TABLE_VALUE(v4_block, __u16, MASKED(index, v4_block_mask))
TABLE_ENTRY(v4_line, struct v4_line, MASKED(index, v4_line_mask))
TABLE_ENTRY(v4_host, __u64, TOP_BITS(index, v4_host_shift) * V4_BUCKET)
TABLE_VALUE(v6_filter32, __u64, TOP_BITS(index, v6_filter32_shift))
TABLE_VALUE(v6_filter48, __u64, TOP_BITS(index, v6_filter48_shift))
TABLE_ENTRY(v6_slot, struct v6_slot, MASKED(index, v6_mask))
TABLE_ENTRY(class, struct class_entry, MASKED(index, class_mask))
TABLE_VALUE(port_root, __u16, index &(PORT_ROOT_ROOM - 1))
TABLE_VALUE(port_block, __u16, MASKED(index, port_mask))
TABLE_VALUE(pair, __u16, MASKED(index, pair_mask))
TABLE_VALUE(row, __u16, MASKED(index, row_mask))
TABLE_VALUE(cell, __u16, MASKED(index, cell_mask))
TABLE_ENTRY(link, struct link, MASKED(index, link_mask))

#define v6_near_entry v6_slot_entry

static const struct v6_base *v6_base(void)
{
	return current->v6_base.items;
}

/* The last datagram whose first fragment passed, while someone tracks. */
static struct {
	struct fragment_key key;
	__u32 length;
} tracked;

static bool fragment_find(const struct fragment_key *key, __u32 *length)
{
	*length = tracked.length;
	return !memcmp(key, &tracked.key, sizeof(*key));
}

static void fragment_note(const struct fragment_key *key, __u32 length)
{
	tracked.key = *key;
	tracked.length = length;
}

static __always_inline __u32 frame_whole(const struct frame *frame)
{
	return frame->len;
}

/* The filter's own way, unless somebody knows better than the tables. */
#define classify classify_by_tables
#include "bpf/classify.h"
#undef classify

static __u16 class_of(__u8 family, const __u32 *address)
{
	struct prefix prefix = {.family = family};

	prefix.length = prefix_bits(&prefix);
	memcpy(prefix.address, address, prefix.length / 8);
	return current->class_of(current, &prefix);
}

static void classify(const struct packet *packet, struct decision *decision)
{
	if (!current->class_of)
		return classify_by_tables(packet, decision);
	set_classes(decision, class_of(packet->family, packet->saddr),
		    class_of(packet->family, packet->daddr));
}

#include "bpf/judge.h"
#include "bpf/seems.h"

static enum reason parse_ipv4_options_apart(const struct frame *frame,
					    struct packet *packet, __u32 at)
{
	return parse_ipv4_options(frame, packet, at);
}

static __u32 walk_links_apart(__u32 number, __u32 sport)
{
	return walk_links(number, sport);
}

static __u32 v6_find_far_apart(__u64 high, __u64 low, __u64 length, __u32 first)
{
	const struct v6_key key = {.prefix = {high, low}, .length = length};

	return v6_find_far(&key, first);
}

static __u32 v6_classes_apart(const struct v6_ends *ends)
{
	return v6_both_classes(ends);
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

static struct frame frame_over(const void *bytes, size_t size)
{
	return (struct frame){
		.data = bytes,
		.data_end = (const __u8 *)bytes + size,
		.len = size,
	};
}

enum reason native_parse(const void *bytes, size_t size, struct packet *packet)
{
	struct frame frame = frame_over(bytes, size);

	memset(packet, 0, sizeof(*packet));
	return read_headers(&frame, packet);
}

enum flow_kind native_flow_kind(const struct packet *packet, enum reason reason)
{
	return flow_kind_of(packet, reason);
}

__u16 native_flow_port(const struct packet *packet, enum flow_kind kind)
{
	return flow_port_of(packet, kind);
}

void native_judge(const struct tables *tables, const void *bytes, size_t size,
		  struct explain *answer)
{
	struct frame frame = frame_over(bytes, size);

	current = tables;
	explain_frame(&frame, answer);
}

__u32 native_classify(const struct tables *tables, const struct prefix *address)
{
	struct packet packet = {.family = address->family};
	struct decision decision = {};

	current = tables;
	memcpy(packet.saddr, address->address, sizeof(packet.saddr));
	classify(&packet, &decision);
	return decision.sclass;
}

__u32 native_host_bucket(const struct tables *tables, __u32 host)
{
	current = tables;
	return TOP_BITS(v4_host_hash(host), v4_host_shift) * V4_BUCKET;
}

__u32 native_v6_filter32(const struct tables *tables,
			 const struct v6_address *address)
{
	current = tables;
	return TOP_BITS(v6_hash32(address), v6_filter32_shift);
}

__u32 native_v6_filter48(const struct tables *tables,
			 const struct v6_address *address)
{
	current = tables;
	return TOP_BITS(v6_hash48(address), v6_filter48_shift);
}

__u32 native_v6_slot(const struct tables *tables, const struct v6_key *key)
{
	current = tables;
	return v6_hash(key);
}

__u8 native_slot(__u8 family, __u8 protocol)
{
	return slot_of(family, protocol);
}

bool native_is_extension(__u8 protocol)
{
	return extension_of(protocol) == EXTENSION_KNOWN;
}
