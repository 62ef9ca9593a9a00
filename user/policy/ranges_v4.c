/* SPDX-License-Identifier: GPL-2.0-only */
/* Nested IPv4 prefixes to ranges of addresses that follow each other. */
#include "user/policy/ranges_v4.h"

#define NESTING_MAX 34

/* Prefixes that are open at an address, the innermost last. */
struct nest {
	const struct range_sink *sink;
	struct {
		__u64 end;
		__u16 class;
	} open[NESTING_MAX];
	int depth;
	__u64 at;
};

/* Gives ranges away up to there, and closes the prefixes that end before. */
static int advance(struct nest *nest, __u64 to)
{
	const struct range_sink *sink = nest->sink;
	int err = 0;

	while (nest->depth && !err && nest->open[nest->depth - 1].end <= to) {
		nest->depth--;
		err = sink->take(sink->context, nest->at,
				 nest->open[nest->depth].end,
				 nest->open[nest->depth].class);
		nest->at = nest->open[nest->depth].end;
	}
	if (nest->depth && nest->at < to && !err) {
		err = sink->take(sink->context, nest->at, to,
				 nest->open[nest->depth - 1].class);
		nest->at = to;
	}
	return err;
}

static __u32 v4_host(const struct prefix *prefix)
{
	const __u8 *a = prefix->address;

	return (__u32)a[0] << 24 | a[1] << 16 | a[2] << 8 | a[3];
}

int ranges_v4(const struct class_list *list, const struct range_sink *sink)
{
	const struct class_prefix *entry = list->items;
	struct nest nest = {.sink = sink};
	__u64 start;
	__u32 i;
	int err = 0;

	for (i = 0; i < list->count && !err; i++, entry++) {
		start = v4_host(&entry->prefix);
		err = advance(&nest, start);
		nest.at = start;
		nest.open[nest.depth].class = entry->class;
		nest.open[nest.depth].end =
			start + (1ULL << (32 - entry->prefix.length));
		nest.depth++;
	}
	return err ? err : advance(&nest, 1ULL << 32);
}
