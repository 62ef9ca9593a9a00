/* SPDX-License-Identifier: GPL-2.0-only */
/* Few rules that pass exactly what was seen: boxes, roles, kinds, strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/policy/cover.h"
#include "user/policy/suggest.h"

/* A grid small enough for all its subsets to be tried. */
#define FROMS	2
#define TOS	2
#define PORTS	3
#define GRID	(FROMS * TOS * PORTS)
#define SUBSETS (1U << GRID)

static __u32 bit_of(__u32 from, __u32 to, __u32 port)
{
	return 1U << ((from * TOS + to) * PORTS + port);
}

/* The cells of a box given by the bits of its sides. */
static __u32 box_bits(__u32 froms, __u32 tos, __u32 ports)
{
	__u32 f, t, p, bits = 0;

	for (f = 0; f < FROMS; f++)
		for (t = 0; t < TOS; t++)
			for (p = 0; p < PORTS; p++)
				if (froms >> f & 1 && tos >> t & 1 &&
				    ports >> p & 1)
					bits |= bit_of(f, t, p);
	return bits;
}

static __u32 all_boxes[512];
static __u32 all_count;

static void list_boxes(void)
{
	__u32 f, t, p;

	for (f = 1; f < 1U << FROMS; f++)
		for (t = 1; t < 1U << TOS; t++)
			for (p = 1; p < 1U << PORTS; p++)
				all_boxes[all_count++] = box_bits(f, t, p);
}

/* Can so many boxes cover what is left, without leaving the subset? */
static bool can_cover(__u32 subset, __u32 left, int boxes)
{
	__u32 first = left & -left, i;

	if (!left)
		return true;
	if (!boxes)
		return false;
	for (i = 0; i < all_count; i++)
		if (all_boxes[i] & first && !(all_boxes[i] & ~subset) &&
		    can_cover(subset, left & ~all_boxes[i], boxes - 1))
			return true;
	return false;
}

static int fewest(__u32 subset)
{
	int boxes = 0;

	while (!can_cover(subset, subset, boxes))
		boxes++;
	return boxes;
}

static __u32 list_cells(__u32 subset, struct cell *cells)
{
	__u32 f, t, p, count = 0;

	for (f = 0; f < FROMS; f++)
		for (t = 0; t < TOS; t++)
			for (p = 0; p < PORTS; p++)
				if (subset & bit_of(f, t, p))
					cells[count++] =
						(struct cell){{f, t, p}};
	return count;
}

/* The cells that the boxes of a cover hold. */
static __u32 covered_by(const struct cover *cover)
{
	struct cell all[GRID];
	__u32 count = list_cells(SUBSETS - 1, all), i, b, bits = 0;

	for (b = 0; b < cover->boxes.count; b++)
		for (i = 0; i < count; i++)
			if (cover_has(cover, &cover->boxes.items[b], &all[i]))
				bits |= bit_of(all[i].at[0], all[i].at[1],
					       all[i].at[2]);
	return bits;
}

/* Every subset is covered exactly; nearly always by the fewest boxes. */
static void test_cover_all(void **state)
{
	__u32 subset, count, more = 0;
	struct cell cells[GRID];
	struct cover cover;
	int least;

	(void)state;
	list_boxes();
	for (subset = 0; subset < SUBSETS; subset++) {
		cover_init(&cover);
		count = list_cells(subset, cells);
		assert_int_equal(cover_build(&cover, cells, count), 0);
		assert_int_equal(covered_by(&cover), subset);
		least = fewest(subset);
		assert_in_range(cover.boxes.count, least, least + 1);
		more += cover.boxes.count > (__u32)least;
		cover_release(&cover);
	}
	print_message("# %u of %u sets took one box more than needed\n", more,
		      SUBSETS);
	assert_true(more * 50 < SUBSETS);
}

/* Classes over roles: one bit each. */
static void make_classes(struct classes *classes, const __u32 *sets,
			 __u32 count)
{
	__u32 roles[32], i, r, n;

	classes_init(classes);
	assert_int_equal(intern_add(&classes->sets, NULL, 0), 0);
	for (i = 0; i < count; i++) {
		for (r = n = 0; r < 32; r++)
			if (sets[i] >> r & 1)
				roles[n++] = r;
		assert_true(intern_add(&classes->sets, roles,
				       n * sizeof(*roles)) >= 0);
	}
}

/* Proposals as text: "from>to:slot/ports kind packets", roles as letters. */
static void write_roles(char **at, const struct suggestion *suggestion,
			const struct span *span)
{
	__u32 i;

	for (i = 0; i < span->count; i++)
		*(*at)++ = 'A' + suggestion->roles.items[span->first + i];
}

static void write_proposal(char *text, const struct suggestion *suggestion,
			   const struct proposal *proposal)
{
	const struct match *match = suggestion->matches.items +
				    proposal->matches.first;
	char *at = text;
	__u32 i;

	write_roles(&at, suggestion, &proposal->from);
	*at++ = '>';
	write_roles(&at, suggestion, &proposal->to);
	for (i = 0; i < proposal->matches.count; i++)
		at += sprintf(at, "%c%u/%u-%u", i ? ',' : ':', match[i].slot,
			      match[i].low, match[i].high);
	sprintf(at, " %u %llu", proposal->kind,
		(unsigned long long)proposal->packets);
}

#define FLOW(from, to, number, proto, how, n)                       \
	{                                                           \
		.sclass = (from), .dclass = (to), .port = (number), \
		.slot = (proto), .kind = (how), .packets = (n)      \
	}

#define CASE_FLOWS 8
#define CASE_RULES 4

/* Classes 1 to 5: A, B, C, A and D, B and C. */
static const __u32 role_sets[] = {1, 2, 4, 1 | 8, 2 | 4};

static const struct {
	const char *name;
	struct seen flows[CASE_FLOWS];
	const char *rules[CASE_RULES];
	__u32 strangers;
	__u32 wider; /* of the first rule */
} cases[] = {
	{"one flow",
	 {FLOW(1, 2, 443, SLOT_TCP, FLOW_OPENS, 7)},
	 {"A>B:0/443-443 0 7"},
	 0,
	 2},
	{"ports that touch, and one that does not",
	 {FLOW(1, 2, 80, SLOT_TCP, FLOW_OPENS, 1),
	  FLOW(1, 2, 81, SLOT_TCP, FLOW_OPENS, 1),
	  FLOW(1, 2, 82, SLOT_TCP, FLOW_OPENS, 1),
	  FLOW(1, 2, 84, SLOT_TCP, FLOW_OPENS, 1)},
	 {"A>B:0/80-82,0/84-84 0 4"},
	 0,
	 2},
	{"a cross product is one rule",
	 {FLOW(1, 3, 53, SLOT_UDP, FLOW_OPENS, 1),
	  FLOW(2, 3, 53, SLOT_UDP, FLOW_OPENS, 1),
	  FLOW(1, 3, 53, SLOT_TCP, FLOW_OPENS, 1),
	  FLOW(2, 3, 53, SLOT_TCP, FLOW_OPENS, 1)},
	 {"AB>C:0/53-53,1/53-53 0 4"},
	 0,
	 2},
	{"what is no cross product is not made one",
	 {FLOW(1, 3, 1, SLOT_TCP, FLOW_OPENS, 1),
	  FLOW(2, 3, 1, SLOT_TCP, FLOW_OPENS, 1),
	  FLOW(1, 3, 2, SLOT_TCP, FLOW_OPENS, 5)},
	 {"A>C:0/1-2 0 6", "AB>C:0/1-1 0 1"},
	 0,
	 2},
	{"the special role, not the one of everybody",
	 {FLOW(4, 2, 22, SLOT_TCP, FLOW_OPENS, 1)},
	 {"D>B:0/22-22 0 1"},
	 0,
	 1},
	{"of two as special the first",
	 {FLOW(5, 1, 22, SLOT_TCP, FLOW_OPENS, 1)},
	 {"B>A:0/22-22 0 1"},
	 0,
	 2},
	{"an answer counts for the rule of its opening",
	 {FLOW(1, 2, 25, SLOT_TCP, FLOW_OPENS, 3),
	  FLOW(2, 1, 25, SLOT_TCP, FLOW_ANSWERS, 2)},
	 {"A>B:0/25-25 0 5"},
	 0,
	 2},
	{"an answer alone is proposed apart, the other way round",
	 {FLOW(2, 1, 25, SLOT_TCP, FLOW_ANSWERS, 2),
	  FLOW(1, 2, 26, SLOT_TCP, FLOW_OPENS, 1)},
	 {"A>B:0/26-26 0 1", "A>B:0/25-25 1 2"},
	 0,
	 2},
	{"the wrong way is apart, and last",
	 {FLOW(2, 1, 9000, SLOT_TCP, FLOW_WRONG_WAY, 9),
	  FLOW(1, 2, 26, SLOT_TCP, FLOW_OPENS, 1)},
	 {"A>B:0/26-26 0 1", "B>A:0/9000-9000 2 9"},
	 0,
	 2},
	{"echo is of both families",
	 {FLOW(1, 2, 8, SLOT_ICMP, FLOW_OPENS, 1),
	  FLOW(1, 2, 128, SLOT_ICMPV6, FLOW_OPENS, 1)},
	 {"A>B:3/8-8 0 2"},
	 0,
	 2},
	{"types of ICMP make no range",
	 {FLOW(1, 2, 13, SLOT_ICMP, FLOW_OPENS, 1),
	  FLOW(1, 2, 14, SLOT_ICMP, FLOW_OPENS, 1)},
	 {"A>B:3/13-13,3/14-14 0 2"},
	 0,
	 2},
	{"strangers get no rule",
	 {FLOW(0, 2, 443, SLOT_TCP, FLOW_OPENS, 5),
	  FLOW(1, 0, 443, SLOT_TCP, FLOW_OPENS, 5),
	  FLOW(0, 0, 443, SLOT_TCP, FLOW_OPENS, 5)},
	 {NULL},
	 3,
	 0},
	{"the rule that passes most comes first",
	 {FLOW(1, 2, 1, SLOT_TCP, FLOW_OPENS, 5),
	  FLOW(3, 2, 2, SLOT_TCP, FLOW_OPENS, 50)},
	 {"C>B:0/2-2 0 50", "A>B:0/1-1 0 5"},
	 0,
	 1},
};

static __u32 count_flows(const struct seen *flows)
{
	__u32 count = 0;

	while (count < CASE_FLOWS && flows[count].packets)
		count++;
	return count;
}

static void test_suggest(void **state)
{
	struct suggestion suggestion;
	struct classes classes;
	char text[256];
	size_t i;
	__u32 r;

	(void)state;
	make_classes(&classes, role_sets, sizeof(role_sets) / sizeof(__u32));
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("# %s\n", cases[i].name);
		suggestion_init(&suggestion);
		assert_int_equal(suggest(&suggestion, &classes, cases[i].flows,
					 count_flows(cases[i].flows)),
				 0);
		for (r = 0; r < suggestion.proposals.count; r++) {
			assert_true(r < CASE_RULES && cases[i].rules[r]);
			write_proposal(text, &suggestion,
				       &suggestion.proposals.items[r]);
			assert_string_equal(text, cases[i].rules[r]);
		}
		assert_true(r == CASE_RULES || !cases[i].rules[r]);
		assert_int_equal(suggestion.strangers.count,
				 cases[i].strangers);
		if (r)
			assert_int_equal(
				suggestion.proposals.items[0].wider.count,
				cases[i].wider);
		suggestion_release(&suggestion);
	}
	classes_release(&classes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cover_all),
		cmocka_unit_test(test_suggest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
