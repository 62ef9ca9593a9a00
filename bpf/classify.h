/* SPDX-License-Identifier: GPL-2.0-only */
/* An address to its class, the interned set of its roles. */
#ifndef ROLEGATE_CLASSIFY_H
#define ROLEGATE_CLASSIFY_H

#include "bpf/bytes.h"
#include "bpf/packet.h"
#include "rolegate/tables.h"

/*
 * The includer provides shape, struct tables and what reads it: v4_root_at(),
 * v4_block_at(), and *_entry() of v4_host, v6_base, v6_filter32, v6_filter48
 * and v6_slot (bpf/maps.h in the kernel, user/policy/native.c elsewhere).
 *
 * Tables change while packets are classified. Whatever a slot leads to is
 * complete before it does, and is not reused in the life of the program: an
 * address is seen with its old class or its new one.
 */

/* Steps apart, as in parse.h. */
static __always_inline __u16 v6_class_apart(const struct v6_address *address);
static __always_inline __u32 v6_find_behind_apart(
	const struct v6_address *prefix, __u32 length, __u32 first);

static __always_inline __u32 v4_host_hash(__u32 host)
{
	return (__u64)host * 0x9e3779b97f4a7c15ULL >> 32;
}

/*
 * The class of one of the hosts of a /24, or the class of all others. All of
 * the bucket is looked at without a branch: quicker than guessing, and one path
 * for the verifier.
 */
static __always_inline __u16 v4_host_class(const struct tables *tables,
					   __u32 host, __u16 others)
{
	const __u64 *bucket = v4_host_entry(tables, v4_host_hash(host));
	__u64 wanted = (__u64)host << 32 | V4_HOST_IS_HELD, differs, is_it;
	__u64 class = 0, is_held = 0;
	int i;

	for (i = 0; i < V4_BUCKET; i++) {
		differs = (bucket[i] ^ wanted) >> 31;
		is_it = -differs;
		keep_opaque(is_it);
		is_it = ((differs | is_it) >> 63) - 1;
		class |= bucket[i] & is_it;
		is_held |= is_it;
	}
	return class | (others & ~is_held);
}

/* DIR-16-8-8: at most three dependent loads, whatever the number of prefixes. */
static __always_inline __u16 classify_v4(const struct tables *tables,
					 __be32 address)
{
	__u32 host = be32_to_host(address);
	__u32 slot = v4_root_at(tables, host >> 16);

	if (!(slot & V4_IS_BLOCK))
		return slot;
	slot = v4_block_at(tables, (slot & ~V4_IS_BLOCK) * V4_BLOCK +
					   (host >> 8 & 0xff));
	if (slot & V4_IS_HOSTS)
		return v4_host_class(tables, host, slot);
	if (!(slot & V4_IS_BLOCK))
		return slot;
	return v4_block_at(tables,
			   (slot & ~V4_IS_BLOCK) * V4_BLOCK + (host & 0xff));
}

static __always_inline void v6_address_of(const __u32 *words,
					  struct v6_address *address)
{
	address->high = (__u64)be32_to_host(words[0]) << 32 |
			be32_to_host(words[1]);
	address->low = (__u64)be32_to_host(words[2]) << 32 |
		       be32_to_host(words[3]);
}

static __always_inline __u32 v6_mix(__u64 bits)
{
	bits *= 0x9e3779b97f4a7c15ULL;
	return bits >> 32;
}

static __always_inline __u32 v6_hash32(const struct v6_address *address)
{
	return v6_mix(address->high >> 32);
}

static __always_inline __u32 v6_hash48(const struct v6_address *address)
{
	return v6_mix(address->high >> 16);
}

/* The first of the slots that a prefix may be in. */
static __always_inline __u32 v6_hash(const struct v6_address *prefix,
				     __u32 length)
{
	__u64 high, low;

	high = (prefix->high ^ shape.v6_seed) * 0x9e3779b97f4a7c15ULL;
	low = (prefix->low ^ high ^ high >> 29) * 0xbf58476d1ce4e5b9ULL;
	low = (low ^ low >> 32 ^ length) * 0x94d049bb133111ebULL;
	return low >> 32;
}

/*
 * The leading bits of a half, 0 to 64. Two shifts, since one by 64 is none;
 * and no branch, so that the verifier need not follow every length.
 */
static __always_inline __u64 v6_leading(__u32 bits)
{
	return ~(~0ULL >> bits / 2 >> (bits - bits / 2));
}

/* The place of the lowest bit set, by a de Bruijn sequence. */
static __always_inline __u32 lowest_bit(__u64 bits)
{
	static const __u8 places[64] = {
		0,  1,	48, 2,	57, 49, 28, 3,	61, 58, 50, 42, 38, 29, 17, 4,
		62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
		63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
		46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,	13, 8,	7,  6,
	};

	return places[(bits & -bits) * 0x03f79d71b4cb0a89ULL >> 58];
}

#define V6_LOW_FROM_48 0x1ffffULL     /* lengths 64 .. 48 */
#define V6_LOW_FROM_32 0x1ffffffffULL /* lengths 64 .. 32 */

/* The lengths at which there may be a prefix that holds the address. */
static __always_inline struct v6_lengths
v6_expect(const struct tables *tables, const struct v6_address *address)
{
	struct v6_lengths lengths = v6_base_entry(tables, 0)->shorter;
	const struct v6_lengths *in32, *in48;

	in32 = v6_filter32_entry(tables, v6_hash32(address));
	if (!(in32->high | in32->low))
		return lengths;
	lengths.low |= in32->low & V6_LOW_FROM_32;
	lengths.high = in32->high;
	if (!(lengths.high | (lengths.low & V6_LOW_FROM_48)))
		return lengths;
	in48 = v6_filter48_entry(tables, v6_hash48(address));
	lengths.high &= in48->high;
	lengths.low &= in48->low | ~V6_LOW_FROM_48;
	return lengths;
}

/* Lengths of one half of the address, 128 to 65 or 64 to 1. */
struct v6_search {
	const struct v6_address *address;
	__u64 lengths; /* still to be tried, the longest lowest */
	bool in_low;   /* half */
	__u32 length;  /* being tried, of prefix */
	struct v6_address prefix;
	__u32 first; /* slot that it may be in */
};

/* The next length and what the address is at it; false after the last. */
static __always_inline bool v6_next_length(struct v6_search *search)
{
	__u64 bits = search->lengths;
	__u32 place;

	if (!bits)
		return false;
	place = lowest_bit(bits);
	search->lengths = bits & (bits - 1);
	search->prefix = *search->address;
	if (search->in_low) {
		search->prefix.low &= v6_leading(64 - place);
	} else {
		search->prefix.high &= v6_leading(64 - place);
		search->prefix.low = 0;
	}
	search->length = (search->in_low ? 128 : 64) - place;
	search->first = v6_hash(&search->prefix, search->length);
	return true;
}

static __always_inline bool v6_holds(const struct v6_slot *slot,
				     const struct v6_address *prefix,
				     __u32 length)
{
	return !((slot->value >> 16 ^ (V6_IS_HELD >> 16 | length)) |
		 (slot->prefix.high ^ prefix->high) |
		 (slot->prefix.low ^ prefix->low));
}

/* The value of a prefix whose first slot another one has; 0 if there is none. */
static __always_inline __u32 v6_find_behind(const struct tables *tables,
					    const struct v6_address *prefix,
					    __u32 length, __u32 first)
{
	const struct v6_slot *slot;
	int i;

	for (i = 1; i < V6_PROBES; i++) {
		slot = v6_slot_entry(tables, first + i);
		if (v6_holds(slot, prefix, length))
			return slot->value;
		if (!slot->value)
			break;
	}
	return 0;
}

/* The value of the longest prefix of the search; 0 if there is none. */
static __always_inline __u32 v6_find(const struct tables *tables,
				     struct v6_search *search)
{
	const struct v6_slot *slot;
	__u32 value;
	int i;

	for (i = 0; i < 64; i++) {
		/* Keeps clang from entering in the middle, which 6.1 refuses. */
		keep_opaque(i);
		if (!v6_next_length(search))
			break;
		slot = v6_slot_entry(tables, search->first);
		value = slot->value;
		if (v6_holds(slot, &search->prefix, search->length))
			return value;
		if (!value)
			continue;
		value = v6_find_behind_apart(&search->prefix, search->length,
					     search->first);
		if (value)
			return value;
	}
	return 0;
}

static __always_inline __u16 classify_v6(const struct tables *tables,
					 const struct v6_address *address)
{
	struct v6_search search = {.address = address};
	struct v6_lengths lengths;
	__u32 value;

	lengths = v6_expect(tables, address);
	search.in_low = true;
	search.lengths = lengths.high;
	value = v6_find(tables, &search);
	if (!value) {
		search.in_low = false;
		search.lengths = lengths.low;
		value = v6_find(tables, &search);
	}
	return value ? value : v6_base_entry(tables, 0)->class;
}

/* Whatever was found out on the way, the verifier then knows only a class. */
static __always_inline __u16 classify(const struct tables *tables,
				      const struct packet *packet,
				      const __u32 *address)
{
	struct v6_address v6;
	__u32 class;

	if (packet->family == 4) {
		class = classify_v4(tables, address[0]);
	} else {
		v6_address_of(address, &v6);
		class = v6_class_apart(&v6);
	}
	keep_opaque(class);
	return class;
}

#endif
