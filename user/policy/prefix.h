/* SPDX-License-Identifier: GPL-2.0-only */
/* IPv4 and IPv6 prefixes, and their text form. */
#ifndef ROLEGATE_USER_PREFIX_H
#define ROLEGATE_USER_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct prefix {
	__u8 family; /* 4 or 6 */
	__u8 length; /* bits */
	__u8 pad[2];
	__u8 address[16]; /* network order; IPv4 in the first four bytes */
};

#define PREFIX_TEXT_SIZE 64
/* A range of addresses falls into at most this many prefixes. */
#define PREFIX_RANGE_MAX 256

/* The bits of an address: 32 or 128. */
int prefix_bits(const struct prefix *prefix);

/*
 * Read "192.0.2.1", "192.0.2.0/24", "2001:db8::/32". An address alone is a
 * prefix of full length. Host bits are kept as written: ask
 * prefix_has_host_bits(). Returns 0, or -EINVAL with prefix unchanged.
 */
int prefix_from_str(struct prefix *prefix, const char *text);

/* The same for an address alone, without "/length". */
int prefix_from_address(struct prefix *prefix, const char *text);

/* Writes into text of at least PREFIX_TEXT_SIZE; full lengths are left out. */
const char *prefix_to_str(const struct prefix *prefix, char *text);

bool prefix_has_host_bits(const struct prefix *prefix);

/* Clears the bits after the prefix's length. */
void prefix_clear_host_bits(struct prefix *prefix);

/* Is every address of inner in outer? Families differ: false. */
bool prefix_contains(const struct prefix *outer, const struct prefix *inner);

/* An address of a prefix; one of full length has but one. */
enum prefix_place { PREFIX_FIRST, PREFIX_SECOND, PREFIX_LAST, PREFIX_PLACES };
struct prefix prefix_address(const struct prefix *prefix,
			     enum prefix_place place);

/* Orders by family, address, length: containing prefixes come first. */
int prefix_compare(const struct prefix *a, const struct prefix *b);

/* Bit number bit (0 is the first) of the address. */
bool prefix_bit(const struct prefix *prefix, int bit);

/*
 * The fewest prefixes that make up the range from first to last, both of full
 * length and one family. prefixes has room for PREFIX_RANGE_MAX. Returns their
 * number, or -EINVAL if last comes before first.
 */
int prefix_from_range(struct prefix *prefixes, const struct prefix *first,
		      const struct prefix *last);

#endif
