/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of small numbers as words of bits; the caller owns the words. */
#ifndef ROLEGATE_USER_BITSET_H
#define ROLEGATE_USER_BITSET_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define BITSET_WORDS(count) (((size_t)(count) + 63) / 64)

static inline void bitset_set(__u64 *set, __u32 bit)
{
	set[bit / 64] |= 1ULL << bit % 64;
}

static inline void bitset_clear(__u64 *set, __u32 bit)
{
	set[bit / 64] &= ~(1ULL << bit % 64);
}

static inline void bitset_add(__u64 *set, const __u64 *more, size_t words)
{
	size_t i;

	for (i = 0; i < words; i++)
		set[i] |= more[i];
}

/* out = a and b; is anything left? */
static inline bool bitset_and(__u64 *out, const __u64 *a, const __u64 *b,
			      size_t words)
{
	__u64 any = 0;
	size_t i;

	for (i = 0; i < words; i++) {
		out[i] = a[i] & b[i];
		any |= out[i];
	}
	return any;
}

/* The first bit at or after from, or limit. */
static inline __u32 bitset_next(const __u64 *set, __u32 from, __u32 limit)
{
	__u64 word;

	while (from < limit) {
		word = set[from / 64] >> from % 64;
		if (word) {
			from += (__u32)__builtin_ctzll(word);
			return from < limit ? from : limit;
		}
		from = (from / 64 + 1) * 64;
	}
	return limit;
}

#endif
