/* SPDX-License-Identifier: GPL-2.0-only */
/* The forms of IPv4's tables: which one is chosen, what each holds, and how much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "user/policy/native.h"
#include "user/policy/tables.h"

#define HOSTS 64 /* in the table for them */

/* Tables of that form, in which nobody has a class. */
static void compile_empty(struct tables *tables, enum v4_form form)
{
	struct class_prefix none = {.prefix.family = 4};
	const struct class_list empty = {.items = &none, .count = 1};

	tables_init(tables);
	assert_int_equal(addresses_compile_v4_as(tables, &empty, form, HOSTS),
			 0);
}

/* Host 9 of a /24, or all of it, of 10.0.0.0/18 gets a class. */
static void paint_24(struct tables *tables, __u32 number, bool host,
		     __u16 class)
{
	struct class_prefix entry = {
		.prefix = {.address = {10, 0, number, host ? 9 : 0},
			   .family = 4,
			   .length = host ? 32 : 24},
		.class = class,
	};
	const struct class_list list = {.items = &entry, .count = 1};

	assert_int_equal(addresses_paint(tables, &list), 0);
}

static void check_24(const struct tables *tables, __u32 number, __u32 host,
		     __u32 class)
{
	const struct prefix address = {
		.address = {10, 0, number, host}, .family = 4, .length = 32};

	assert_int_equal(native_classify(tables, &address), class);
}

/* Every /24 of a section in turn, all over it: its runs become too many. */
static void test_runs_become_many(void **state)
{
	__u16 all[V4_SECTION] = {}, host[V4_SECTION] = {};
	__u32 i, j, number, words[4];
	struct tables tables;

	(void)state;
	compile_empty(&tables, V4_FORM_RUNS);
	for (i = 0; i < 4 * V4_SECTION; i++) {
		number = i * 37 % V4_SECTION;
		/* Each first gets its host, then others, and later none again. */
		if (i < 2 * V4_SECTION || i % 3) {
			host[number] = i < 3 * V4_SECTION ? i % 7 + 1 : 0;
			paint_24(&tables, number, true, host[number]);
		} else {
			all[number] = host[number] = i % 5;
			paint_24(&tables, number, false, all[number]);
		}
		for (j = 0; j < V4_SECTION; j++) {
			check_24(&tables, j, 9, host[j]);
			check_24(&tables, j, 8, all[j]);
		}
		words[i / V4_SECTION] = tables.v4_runs.used;
	}
	assert_int_equal(tables.v4_group.used, V4_SECTION);
	assert_in_range(words[0], 8, 80);
	assert_int_equal(words[3], words[0]);
	tables_release(&tables);
}

/* What comes and goes takes room once. */
static void test_runs_stay(void **state)
{
	__u32 used = 0, i;
	struct tables tables;

	(void)state;
	compile_empty(&tables, V4_FORM_RUNS);
	for (i = 0; i < 100; i++) {
		paint_24(&tables, 20, false, i % 2 ? 0 : 5 + i);
		paint_24(&tables, 40, true, i % 2 ? 0 : 6 + i);
		check_24(&tables, 20, 1, i % 2 ? 0 : 5 + i);
		check_24(&tables, 40, 9, i % 2 ? 0 : 6 + i);
		check_24(&tables, 40, 8, 0);
		check_24(&tables, 30, 9, 0);
		if (i)
			assert_int_equal(tables.v4_runs.used, used);
		used = tables.v4_runs.used;
	}
	tables_release(&tables);
}

/* The class of an address of a /24 with so many hosts, at every other one. */
static __u16 class_at(__u32 i, __u32 hosts, __u16 first)
{
	return i % 2 && i / 2 < hosts ? first + i / 2 : 0;
}

/* One /24, of so many hosts, in so many lines and blocks. */
static void check_lines(__u32 hosts, __u16 first, __u32 lines, __u32 blocks)
{
	struct class_prefix entries[1 + V4_BLOCK] = {{.prefix.family = 4}};
	struct class_list list = {.items = entries, .count = 1 + hosts};
	struct tables tables;
	__u32 i;

	for (i = 0; i < hosts; i++)
		entries[1 + i] = (struct class_prefix){
			.prefix = {.address = {10, 0, 1, 2 * i + 1},
				   .family = 4,
				   .length = 32},
			.class = first + i,
		};
	tables_init(&tables);
	assert_int_equal(
		addresses_compile_v4_as(&tables, &list, V4_FORM_LINES, HOSTS),
		0);
	assert_int_equal(tables.v4_line.used, lines);
	assert_int_equal(tables.v4_block.used, blocks * V4_BLOCK);
	for (i = 0; i < V4_BLOCK; i++)
		check_24(&tables, 1, i, class_at(i, hosts, first));
	check_24(&tables, 2, 1, 0);
	tables_release(&tables);
}

static void test_lines_hold(void **state)
{
	(void)state;
	check_lines(1, 1, 1, 0);
	check_lines(23, 1, 1, 0);
	check_lines(24, 1, 2, 0);
	check_lines(87, 1, 2, 0);
	check_lines(88, 1, 0, 1);
	check_lines(128, 1, 0, 1);
	check_lines(1, 255, 1, 0);
	check_lines(1, 256, 0, 1);
	check_lines(3, 254, 0, 1);
}

/* What comes and goes takes a line once, and a block once. */
static void test_lines_stay(void **state)
{
	struct tables tables;
	__u32 i;

	(void)state;
	compile_empty(&tables, V4_FORM_LINES);
	for (i = 0; i < 100; i++) {
		paint_24(&tables, 40, true, i % 2 ? 0 : 6 + i);
		check_24(&tables, 40, 9, i % 2 ? 0 : 6 + i);
		check_24(&tables, 40, 8, 0);
		assert_int_equal(tables.v4_line.used, 1);
		assert_int_equal(tables.v4_block.used, i ? V4_BLOCK : 0);
	}
	tables_release(&tables);
}

/* How many /22s the filter expects, and does it expect the one of an address? */
static __u32 expected_22s(const struct tables *tables, __u32 host, bool *is_one)
{
	const __u64 *words = tables->v4_filter.items;
	__u32 i, count = 0;

	for (i = 0; i < tables->v4_filter.used; i++)
		count += __builtin_popcountll(words[i]);
	*is_one = words[host >> 16] >> (host >> V4_FILTER_SHIFT & 63) & 1;
	return count;
}

/* One prefix that has a class, and so many /22s from its own on. */
static void check_filter(__u32 host, __u32 length, __u32 count)
{
	struct class_prefix entries[] = {
		{.prefix.family = 4},
		{.prefix = {.address = {host >> 24, host >> 16, host >> 8,
					host},
			    .family = 4,
			    .length = length},
		 .class = 1},
	};
	const struct class_list list = {.items = entries, .count = 2};
	struct tables tables;
	bool is_one;

	tables_init(&tables);
	assert_int_equal(
		addresses_compile_v4_as(&tables, &list, V4_FORM_LINES, HOSTS),
		0);
	assert_int_equal(expected_22s(&tables, host, &is_one), count);
	assert_true(is_one);
	tables_release(&tables);
}

static void test_filter(void **state)
{
	(void)state;
	check_filter(0x0a0003ff, 32, 1);
	check_filter(0x0a000400, 22, 1);
	check_filter(0x0a000800, 21, 2);
	check_filter(0x0a01fc00, 22, 1);
	check_filter(0x0a010000, 16, 64);
	check_filter(0x0a020000, 15, 128);
	check_filter(0xfffffc00, 32, 1);
	check_filter(0x80000000, 1, 1 << 21);
}

/* So many /16s, of which one /24 has a class of its own. */
static void check_form(__u32 count, enum v4_form form)
{
	struct class_list list = {.count = count};
	struct prefix address = {.family = 4, .length = 32};
	struct tables tables;
	__u32 i;

	tables_init(&tables);
	list.items = calloc(count, sizeof(*list.items));
	assert_non_null(list.items);
	for (i = 0; i < count; i++) {
		list.items[i].class = 1 + i % 1000;
		list.items[i].prefix.family = 4;
		list.items[i].prefix.length = 24;
		list.items[i].prefix.address[0] = i >> 8;
		list.items[i].prefix.address[1] = i;
		list.items[i].prefix.address[2] = 7;
	}
	assert_int_equal(addresses_compile_v4(&tables, &list), 0);
	assert_int_equal(tables.shape.v4_shift,
			 form == V4_FORM_GROUPS ? 16 : 14);
	assert_int_equal(tables.shape.v4_has_runs, form == V4_FORM_RUNS);
	for (i = 0; i < count; i++) {
		address.address[0] = i >> 8;
		address.address[1] = i;
		address.address[2] = 7;
		assert_int_equal(native_classify(&tables, &address),
				 1 + i % 1000);
		address.address[2] = 8;
		assert_int_equal(native_classify(&tables, &address),
				 CLASS_NONE);
	}
	free(list.items);
	tables_release(&tables);
}

static void test_forms(void **state)
{
	(void)state;
	check_form(8192, V4_FORM_GROUPS);
	check_form(8193, V4_FORM_RUNS);
	check_form(65000, V4_FORM_RUNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs_become_many),
		cmocka_unit_test(test_runs_stay),
		cmocka_unit_test(test_lines_hold),
		cmocka_unit_test(test_lines_stay),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests_name("forms of IPv4", tests, NULL, NULL);
}
