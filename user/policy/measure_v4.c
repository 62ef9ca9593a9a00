/* SPDX-License-Identifier: GPL-2.0-only */
/* What IPv4 tables will have to hold, before they are made. */
#include "user/policy/measure_v4.h"

#include "user/policy/leaf_v4.h"
#include "user/policy/ranges_v4.h"

#define NO_16 0xffffffffU

struct measuring {
	struct v4_measure found;
	struct leaf leaf;
	__u32 divided_16; /* the last one */
};

static void finish_leaf(struct measuring *measuring)
{
	__u32 others;

	if (measuring->leaf.number == NO_LEAF)
		return;
	leaf_usual_class(&measuring->leaf, &others);
	measuring->found.leaves++;
	if (others <= LEAF_HOSTS_MAX)
		measuring->found.hosts += others;
	measuring->leaf.number = NO_LEAF;
}

/* Where the range ends, or before that the piece of so many addresses. */
static __u64 end_of_piece(__u64 start, __u64 end, __u64 size)
{
	__u64 next = (start | (size - 1)) + 1;

	return next < end ? next : end;
}

/* Part of one /24, of which all parts come one after the other. */
static void take_part(struct measuring *measuring, __u64 start, __u64 end,
		      __u16 class)
{
	struct leaf *leaf = &measuring->leaf;
	__u32 from = start & 0xff;

	if (leaf->number != start >> 8) {
		finish_leaf(measuring);
		leaf->number = start >> 8;
	}
	leaf_fill(leaf, from, from + (end - start), class);
}

/* Part of one /16. */
static void take_part_of_16(struct measuring *measuring, __u64 start, __u64 end,
			    __u16 class)
{
	__u64 next;

	measuring->found.divided += measuring->divided_16 != start >> 16;
	measuring->divided_16 = start >> 16;
	for (; start < end; start = next) {
		next = end_of_piece(start, end, 0x100);
		if (next - start < 0x100)
			take_part(measuring, start, next, class);
	}
}

static int take_range(void *context, __u64 start, __u64 end, __u16 class)
{
	__u64 next;

	for (; start < end; start = next) {
		next = end_of_piece(start, end, 0x10000);
		if (next - start < 0x10000)
			take_part_of_16(context, start, next, class);
	}
	return 0;
}

struct v4_measure measure_v4(const struct class_list *list)
{
	struct measuring measuring = {
		.leaf.number = NO_LEAF,
		.divided_16 = NO_16,
	};
	const struct range_sink sink = {
		.take = take_range,
		.context = &measuring,
	};

	ranges_v4(list, &sink);
	finish_leaf(&measuring);
	return measuring.found;
}
