/* SPDX-License-Identifier: GPL-2.0-only */
/* A /24 of few classes in a cache line or two. */
#include "user/policy/line_v4.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* Lines are written as one run of bytes, classes going on behind the first. */
#define CLASSES_AT offsetof(struct v4_line, classes)
#define WORDS	   8

/* Lines on their way into the table. */
struct draft {
	struct v4_line lines[2];
	__u32 count; /* classes */
	bool fits;
};

static void add_class(struct draft *draft, __u16 class)
{
	__u8 *bytes = (__u8 *)draft->lines;

	draft->fits = draft->fits && draft->count < V4_LINE_CLASSES &&
		      class <= 0xff;
	if (draft->fits)
		bytes[CLASSES_AT + draft->count++] = class;
}

/* The address has the next class, which is its own or goes on behind it. */
static void add_bit(struct draft *draft, __u32 address, __u16 class)
{
	draft->lines[0].bits[address / 32] |= 1U << address % 32;
	add_class(draft, class);
}

static void count_before(struct draft *draft)
{
	struct v4_line *line = draft->lines;
	int i;

	for (i = 1; i < WORDS; i++)
		line->before[i] = line->before[i - 1] +
				  __builtin_popcount(line->bits[i - 1]);
}

/* Each address whose class is not the usual one has its own. */
static void draw_hosts(struct draft *draft, const struct leaf *leaf)
{
	__u32 i, others;
	__u16 usual = leaf_usual_class(leaf, &others);

	add_class(draft, usual);
	for (i = 0; i < V4_BLOCK; i++)
		if (leaf->classes[i] != usual)
			add_bit(draft, i, leaf->classes[i]);
	count_before(draft);
}

static void draw_changes(struct draft *draft, const struct leaf *leaf)
{
	__u32 i;

	add_class(draft, leaf->classes[0]);
	for (i = 1; i < V4_BLOCK; i++)
		if (leaf->classes[i] != leaf->classes[i - 1])
			add_bit(draft, i, leaf->classes[i]);
	count_before(draft);
}

static __u32 lines_of(__u32 classes)
{
	return CLASSES_AT + classes > sizeof(struct v4_line) ? 2 : 1;
}

int line_write(struct tables *tables, const struct leaf *leaf, __u32 *slot)
{
	struct draft hosts = {.fits = true}, changes = {.fits = true}, *best;
	long first;

	draw_hosts(&hosts, leaf);
	draw_changes(&changes, leaf);
	best = !hosts.fits || (changes.fits && changes.count < hosts.count)
		       ? &changes
		       : &hosts;
	*slot = 0;
	if (!best->fits)
		return 0;
	first = table_append(&tables->v4_line, best->lines,
			     lines_of(best->count));
	if (first < 0)
		return first;
	*slot = V4_IS_LINE | first;
	if (best == &changes)
		*slot |= V4_LINE_OF_CHANGES;
	return 0;
}

/* The number of the class of each address; returns how many there are. */
static __u32 read_numbers(const struct v4_line *line, __u32 slot,
			  __u8 numbers[V4_BLOCK])
{
	__u32 i, count = 0;
	bool is_set;

	for (i = 0; i < V4_BLOCK; i++) {
		is_set = line->bits[i / 32] >> i % 32 & 1;
		count += is_set;
		numbers[i] = is_set || slot & V4_LINE_OF_CHANGES ? count : 0;
	}
	return count + 1;
}

int line_read(struct tables *tables, __u32 slot, struct leaf *leaf)
{
	__u32 first = slot & ~V4_LOOK_ON, i;
	const struct v4_line *line = table_reach(&tables->v4_line, first, 1);
	__u8 numbers[V4_BLOCK];
	const __u8 *classes;

	if (!line)
		return -ENOMEM;
	if (!table_reach(&tables->v4_line, first,
			 lines_of(read_numbers(line, slot, numbers))))
		return -ENOMEM;
	classes = line->classes;
	for (i = 0; i < V4_BLOCK; i++)
		leaf->classes[i] = classes[numbers[i]];
	return 0;
}
