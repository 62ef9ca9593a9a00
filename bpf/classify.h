/* SPDX-License-Identifier: GPL-2.0-only */
/* An address to its class, the interned set of its roles. */
#ifndef ROLEGATE_CLASSIFY_H
#define ROLEGATE_CLASSIFY_H

#include "bpf/bytes.h"
#include "bpf/packet.h"
#include "rolegate/tables.h"

/*
 * The includer provides SHAPE(field), MASKED(number, field), TOP_BITS(hash,
 * field), which shifts by that many bits, and what reads the tables: *_at() of
 * v4_root, v4_filter, v4_group, v4_block, v6_filter32 and v6_filter48,
 * *_entry() of v4_runs, v4_line, v4_host, v6_near and v6_slot, and v6_base()
 * (bpf/maps.h in the kernel, user/policy/native.c elsewhere).
 *
 * Tables change while packets are classified. Whatever a slot leads to is
 * complete before it does, and is not reused in the life of the program: an
 * address is seen with its old class or its new one.
 */

/* Both addresses of a packet, as they lie one behind the other on the wire. */
struct v6_ends {
	__u64 source[2];
	__u64 target[2];
};

/* Steps apart, as in parse.h. */
static __always_inline __u32 v6_classes_apart(const struct v6_ends *ends);
static __always_inline __u32 v6_find_far_apart(__u64 high, __u64 low,
					       __u64 length, __u32 first);

/* Fibonacci hashing: the upper bits of the product depend on all of these. */
static __always_inline __u64 mix(__u64 bits)
{
	return bits * 0x9e3779b97f4a7c15ULL;
}

static __always_inline __u64 v4_host_hash(__u32 host)
{
	return mix(host);
}

/*
 * The class of one of the hosts of a /24, or the class of all others. All of
 * the bucket is looked at without a branch: quicker than guessing, and one path
 * for the verifier.
 */
static __always_inline __u64 v4_host_class(__u32 host, __u64 others)
{
	const __u64 *bucket = v4_host_entry(v4_host_hash(host));
	__u64 wanted = (__u64)host << 1 | 1, held = 0, differs;
	int i;

	for (i = 0; i < V4_BUCKET; i++) {
		differs = bucket[i] >> V4_HOST_AT ^ wanted;
		keep_opaque(differs);
		held |= bucket[i] & (__s64)(differs - 1) >> 63;
	}
	others &= ((held >> V4_HOST_AT) & 1) - 1;
	return (held | others) & 0xffff;
}

/* How many bits are set. */
static __always_inline __u32 count_bits(__u32 word)
{
	word -= word >> 1 & 0x55555555;
	word = (word & 0x33333333) + (word >> 2 & 0x33333333);
	word = (word + (word >> 4)) & 0x0f0f0f0f;
	return word * 0x01010101 >> 24;
}

/*
 * The class of one of the addresses of a /24 that is in lines. Which way the
 * bits are meant is no branch: of random addresses none could guess it.
 */
static __always_inline __u64 v4_line_class(__u32 slot, __u32 host)
{
	const struct v4_line *line = v4_line_entry(slot);
	const __u8 *classes = line->classes;
	__u32 word = host >> 5 & 7, upto = line->bits[word] << (~host & 31);
	__u32 is_counted = upto | slot << 3, number;

	_Static_assert(V4_LINE_OF_CHANGES << 3 == 1U << 31, "is_counted");
	number = count_bits(upto) + line->before[word];
	keep_opaque(is_counted);
	return classes[number & (__s32)is_counted >> 31];
}

/* The slot of a /24 among runs: of the last one that begins there or before. */
static __always_inline __u32 v4_slot_in_runs(__u32 at, __u32 number)
{
	const __u64 *bounds = v4_runs_entry(at);
	__u64 within = (number & (V4_SECTION - 1)) | 0x80, begun;
	__u32 run;

	begun = (within * V4_EACH_BOUND - *bounds) >> 7 & V4_EACH_BOUND;
	run = ((const __u16 *)(bounds + 1))[begun * V4_EACH_BOUND >> 56];
	if (!(run & V4_RUN_LOOKS_ON))
		return run;
	return ((const __u32 *)bounds)[run % V4_RUNS_SIZE];
}

static __always_inline bool v4_may_have_class(__u32 host)
{
	return !SHAPE(v4_has_lines) ||
	       v4_filter_at(host >> 16) >> (host >> V4_FILTER_SHIFT & 63) & 1;
}

/* The slot of an address's /24, or of all the larger prefix that it is in. */
static __always_inline __u32 v4_slot_of_24(__u32 host)
{
	__u32 slot = v4_root_at(host);

	if (!(slot & V4_IS_DIVIDED))
		return slot;
	if (SHAPE(v4_has_runs) && slot & V4_IS_RUNS)
		return v4_slot_in_runs(slot, host >> 8);
	return v4_group_at(slot | MASKED(host >> 8, v4_within));
}

/* The class of an address whose /24 has this slot. */
static __always_inline __u64 v4_class(__u32 slot, __u32 host)
{
	if (!(slot & V4_LOOK_ON))
		return slot;
	if (slot & V4_IS_HOSTS)
		return SHAPE(v4_has_lines) ? v4_line_class(slot, host)
					   : v4_host_class(host, slot);
	return v4_block_at(slot | (host & (V4_BLOCK - 1)));
}

static __always_inline __u64 v6_hash32(const struct v6_address *address)
{
	return mix(address->high >> 32);
}

static __always_inline __u64 v6_hash48(const struct v6_address *address)
{
	return mix(address->high >> 16);
}

/* The first of the slots that a prefix may be in. */
static __always_inline __u64 v6_hash(const struct v6_key *key)
{
	__u64 mixed = mix(key->prefix.high ^ SHAPE(v6_seed));

	mixed = mix(mixed ^ key->prefix.low ^ key->length);
	return TOP_BITS(mixed, v6_shift);
}

#define V6_LOW_FROM_48	0x1ffffULL /* lengths 64 .. 48 */
#define V6_HIGH_FROM_48 ((1ULL << V6_HIGH_IN_48) - 1)
#define V6_HIGH_FROM_32 ((1ULL << V6_HIGH_IN_32) - 1)

/* The lengths at which there may be a prefix that holds the address. */
static __always_inline struct v6_lengths
v6_expect(const struct v6_address *address)
{
	struct v6_lengths lengths = v6_base()->unfiltered;
	__u64 in32 = v6_filter32_at(v6_hash32(address)), in48;

	if (!in32)
		return lengths;
	lengths.low |= in32 >> V6_HIGH_IN_32;
	lengths.high |= in32 & V6_HIGH_FROM_32;
	if (!(lengths.high | (lengths.low & V6_LOW_FROM_48)))
		return lengths;
	in48 = v6_filter48_at(v6_hash48(address));
	lengths.high &= in48 | ~V6_HIGH_FROM_48;
	lengths.low &= in48 >> V6_HIGH_IN_48 | ~V6_LOW_FROM_48;
	return lengths;
}

static __always_inline bool v6_holds(const struct v6_slot *slot,
				     const struct v6_key *key)
{
	return !((slot->key.prefix.high ^ key->prefix.high) |
		 (slot->key.prefix.low ^ key->prefix.low) |
		 (slot->key.length ^ key->length));
}

/* The value of a prefix whose near slots others have; 0 if there is none. */
static __always_inline __u32 v6_find_far(const struct v6_key *key, __u32 first)
{
	const struct v6_slot *slot;
	__u32 value;
	int i;

	for (i = V6_NEAR; i < V6_PROBES; i++) {
		slot = v6_slot_entry(first ^ i);
		value = slot->value;
		if (!value || v6_holds(slot, key))
			return value;
	}
	return 0;
}

/* The value of the prefix; 0 if there is none. */
static __always_inline __u32 v6_find(const struct v6_key *key)
{
	__u64 first = v6_hash(key);
	const struct v6_slot *slot;
	__u32 value;
	int i;

	for (i = 0; i < V6_NEAR; i++) {
		slot = v6_near_entry(first ^ i);
		value = slot->value;
		if (!value || v6_holds(slot, key))
			return value;
	}
	return v6_find_far_apart(key->prefix.high, key->prefix.low, key->length,
				 first);
}

/*
 * The value of the longest prefix that holds the address and is of one of
 * these lengths, 128 to 65 in the lower half or 64 to 1 in the upper one; 0 if
 * there is none. Of a length's bit follow both its mask and its name.
 */
static __always_inline __u32 v6_search(const struct v6_address *address,
				       __u64 lengths, bool in_low)
{
	struct v6_key key = {};
	__u32 value, i;
	__u64 bit;

	for (i = 0; i < SHAPE(v6_lengths) && lengths; i++) {
		/* Keeps clang from entering in the middle, which 6.1 refuses. */
		keep_opaque(i);
		bit = lengths & -lengths;
		lengths ^= bit;
		key.prefix.high = in_low ? address->high : address->high & -bit;
		key.prefix.low = in_low ? address->low & -bit : 0;
		key.length = in_low ? ~bit : bit;
		value = v6_find(&key);
		if (value)
			return value;
	}
	return 0;
}

static __always_inline struct v6_address v6_address_at(const __u64 *words)
{
	return (struct v6_address){
		.high = be64_to_host(words[0]),
		.low = be64_to_host(words[1]),
	};
}

static __always_inline __u16 v6_class(const struct v6_address *address,
				      const struct v6_lengths *lengths)
{
	__u32 value = v6_search(address, lengths->high, true);

	if (!value)
		value = v6_search(address, lengths->low, false);
	return value ? value : v6_base()->class;
}

/* The source's class in the lower half, the target's in the upper one. */
static __always_inline __u32 v6_both_classes(const struct v6_ends *ends)
{
	struct v6_address source = v6_address_at(ends->source);
	struct v6_address target = v6_address_at(ends->target);
	struct v6_lengths from = v6_expect(&source), to = v6_expect(&target);
	__u32 sclass = v6_class(&source, &from);
	__u32 dclass = v6_class(&target, &to);

	return sclass | dclass << 16;
}

/* Whatever was found out on the way, the verifier then knows only classes. */
static __always_inline void set_classes(struct decision *decision, __u64 sclass,
					__u64 dclass)
{
	keep_opaque(sclass);
	keep_opaque(dclass);
	decision->sclass = sclass;
	decision->dclass = dclass;
	decision->has_classes = 1;
}

/*
 * At most three dependent loads each, whatever the number of prefixes; those of
 * both ends are under way together.
 */
static __always_inline void classify_v4_ends(__be32 source, __be32 target,
					     struct decision *decision)
{
	__u32 from = be32_to_host(source), to = be32_to_host(target);
	__u32 from_slot = CLASS_NONE, to_slot = v4_slot_of_24(to);

	if (v4_may_have_class(from))
		from_slot = v4_slot_of_24(from);
	keep_opaque(to_slot);
	set_classes(decision, v4_class(from_slot, from), v4_class(to_slot, to));
}

/* Of classes as v6_both_classes() returns them. */
static __always_inline void set_both(struct decision *decision, __u32 classes)
{
	set_classes(decision, classes & 0xffff, classes >> 16);
}

static __always_inline void classify_v6_ends(const struct v6_ends *ends,
					     struct decision *decision)
{
	set_both(decision, v6_both_classes(ends));
}

static __always_inline void classify_v6_apart(const struct v6_ends *ends,
					      struct decision *decision)
{
	set_both(decision, v6_classes_apart(ends));
}

/* Sets the classes of both ends. */
static __always_inline void classify(const struct packet *packet,
				     struct decision *decision)
{
	if (packet->family == 4)
		classify_v4_ends(packet->saddr[0], packet->daddr[0], decision);
	else
		classify_v6_apart((const struct v6_ends *)packet->saddr,
				  decision);
}

#endif
