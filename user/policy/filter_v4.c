/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter that tells from which IPv4 addresses nobody need be looked for. */
#include "user/policy/filter_v4.h"

#include <errno.h>

#define WORDS	   65536U
#define BITS	   64U
#define BIT_OF(at) ((at) >> V4_FILTER_SHIFT)

int filter_v4_make(struct tables *tables, bool is_wanted)
{
	__u32 words = is_wanted ? WORDS : 1;

	return table_extend(&tables->v4_filter, words) < 0 ? -ENOMEM : 0;
}

/* All bits of a word from one on, up to, not including, another. */
static __u64 mask_of(__u32 from, __u32 to)
{
	return ~0ULL << from & ~0ULL >> (BITS - to);
}

int filter_v4_expect(struct tables *tables, __u64 start, __u64 end)
{
	__u64 bit = BIT_OF(start), last = BIT_OF(end - 1) + 1, next, *word;

	if (!tables->shape.v4_has_lines)
		return 0;
	for (; bit < last; bit = next) {
		next = (bit | (BITS - 1)) + 1;
		if (next > last)
			next = last;
		word = table_reach(&tables->v4_filter, bit / BITS, 1);
		if (!word)
			return -ENOMEM;
		table_add_bits(word,
			       mask_of(bit % BITS, (next - 1) % BITS + 1));
	}
	return 0;
}
