/* SPDX-License-Identifier: GPL-2.0-only */
/* Prefixes: text, host bits, containment, order, ranges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/policy/prefix.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct prefix parse(const char *text)
{
	struct prefix prefix;

	if (prefix_from_str(&prefix, text))
		fail_msg("%s is no prefix", text);
	return prefix;
}

static void test_text(void **state)
{
	static const struct {
		const char *text;
		const char *expected;
		int family;
		int length;
		bool has_host_bits;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", 4, 32, false},
		{"192.0.2.1/32", "192.0.2.1", 4, 32, false},
		{"192.0.2.0/24", "192.0.2.0/24", 4, 24, false},
		{"192.0.2.1/24", "192.0.2.1/24", 4, 24, true},
		{"192.0.2.0/22", "192.0.2.0/22", 4, 22, true},
		{"0.0.0.0/0", "0.0.0.0/0", 4, 0, false},
		{"0.0.0.1/0", "0.0.0.1/0", 4, 0, true},
		{"255.255.255.255", "255.255.255.255", 4, 32, false},
		{"10.128.0.0/9", "10.128.0.0/9", 4, 9, false},
		{"10.128.0.0/8", "10.128.0.0/8", 4, 8, true},
		{"2001:DB8:0::1", "2001:db8::1", 6, 128, false},
		{"2001:db8::/32", "2001:db8::/32", 6, 32, false},
		{"2001:db8::1/127", "2001:db8::1/127", 6, 127, true},
		{"::/0", "::/0", 6, 0, false},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1", 6, 128, false},
		{"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128",
		 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6, 128, false},
	};
	char text[PREFIX_TEXT_SIZE];
	struct prefix prefix;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		prefix = parse(cases[i].text);
		assert_string_equal(prefix_to_str(&prefix, text),
				    cases[i].expected);
		assert_int_equal(prefix.family, cases[i].family);
		assert_int_equal(prefix.length, cases[i].length);
		assert_int_equal(prefix_has_host_bits(&prefix),
				 cases[i].has_host_bits);
		prefix_clear_host_bits(&prefix);
		assert_false(prefix_has_host_bits(&prefix));
	}
}

static void test_refused(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.01",
		" 192.0.2.1",
		"192.0.2.1 ",
		"192.0.2.0/",
		"192.0.2.0/33",
		"192.0.2.0/-1",
		"192.0.2.0/+8",
		"192.0.2.0/08",
		"192.0.2.0/ 8",
		"192.0.2.0/8 ",
		"192.0.2.0/24/24",
		"192.0.2.0/99999999999999999999",
		"/24",
		"any",
		"2001:db8::1::",
		"2001:db8::/129",
		"2001:db8:1",
		"fe80::1%eth0",
		"00000000000000000000000000000000000000000000000000000000::/8",
	};
	struct prefix before = {.family = 4, .length = 7};
	struct prefix prefix = before;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (!prefix_from_str(&prefix, cases[i]))
			fail_msg("'%s' was accepted", cases[i]);
		assert_memory_equal(&prefix, &before, sizeof(prefix));
	}
	assert_int_not_equal(prefix_from_address(&prefix, "192.0.2.0/24"), 0);
	assert_memory_equal(&prefix, &before, sizeof(prefix));
}

static void test_clear_host_bits(void **state)
{
	static const char *const cases[][2] = {
		{"10.0.0.5/8", "10.0.0.0/8"},
		{"10.255.255.255/9", "10.128.0.0/9"},
		{"255.255.255.255/0", "0.0.0.0/0"},
		{"192.0.2.255/31", "192.0.2.254/31"},
		{"2001:db8:ffff::1/33", "2001:db8:8000::/33"},
		{"192.0.2.255", "192.0.2.255"},
	};
	char text[PREFIX_TEXT_SIZE];
	struct prefix prefix;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		prefix = parse(cases[i][0]);
		prefix_clear_host_bits(&prefix);
		assert_string_equal(prefix_to_str(&prefix, text), cases[i][1]);
	}
}

static void test_contains(void **state)
{
	static const struct {
		const char *outer;
		const char *inner;
		bool expected;
	} cases[] = {
		{"10.0.0.0/8", "10.255.255.255", true},
		{"10.0.0.0/8", "11.0.0.0", false},
		{"10.0.0.0/8", "10.0.0.0/8", true},
		{"10.0.0.0/8", "10.0.0.0/7", false},
		{"10.0.0.0/9", "10.127.0.0/16", true},
		{"10.0.0.0/9", "10.128.0.0/16", false},
		{"0.0.0.0/0", "255.255.255.255", true},
		{"0.0.0.0/0", "::", false},
		{"::/0", "10.0.0.0/8", false},
		{"2001:db8::/33", "2001:db8:7fff::/48", true},
		{"2001:db8::/33", "2001:db8:8000::/48", false},
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.0", false},
	};
	struct prefix outer, inner;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		outer = parse(cases[i].outer);
		inner = parse(cases[i].inner);
		assert_int_equal(prefix_contains(&outer, &inner),
				 cases[i].expected);
	}
}

static void test_compare(void **state)
{
	static const char *const ascending[] = {
		"0.0.0.0/0",	"9.255.255.255",   "10.0.0.0/8",
		"10.0.0.0/9",	"10.0.0.0/32",	   "10.0.0.1",
		"10.128.0.0/9", "255.255.255.255", "::/0",
		"::",		"2001:db8::/32",   "2001:db8::/48",
	};
	struct prefix a, b;
	size_t i, j;
	int order;

	(void)state;
	for (i = 0; i < COUNT(ascending); i++)
		for (j = 0; j < COUNT(ascending); j++) {
			a = parse(ascending[i]);
			b = parse(ascending[j]);
			order = prefix_compare(&a, &b);
			assert_int_equal((order > 0) - (order < 0),
					 (i > j) - (i < j));
		}
}

static void test_bits(void **state)
{
	struct prefix v4 = parse("128.0.0.1");
	struct prefix v6 = parse("4000::2");

	(void)state;
	assert_int_equal(prefix_bits(&v4), 32);
	assert_int_equal(prefix_bits(&v6), 128);
	assert_true(prefix_bit(&v4, 0));
	assert_false(prefix_bit(&v4, 1));
	assert_true(prefix_bit(&v4, 31));
	assert_true(prefix_bit(&v6, 1));
	assert_true(prefix_bit(&v6, 126));
	assert_false(prefix_bit(&v6, 127));
}

static void test_range(void **state)
{
	static const struct {
		const char *first;
		const char *last;
		const char *expected; /* apart by spaces */
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", "192.0.2.1"},
		{"192.0.2.0", "192.0.2.255", "192.0.2.0/24"},
		{"192.0.2.1", "192.0.2.4", "192.0.2.1 192.0.2.2/31 192.0.2.4"},
		{"0.0.0.0", "255.255.255.255", "0.0.0.0/0"},
		{"255.255.255.254", "255.255.255.255", "255.255.255.254/31"},
		{"127.255.255.255", "128.0.0.0", "127.255.255.255 128.0.0.0"},
		{"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0"},
		{"2001:db8::", "2001:db8::1:0", "2001:db8::/112 2001:db8::1:0"},
	};
	struct prefix prefixes[PREFIX_RANGE_MAX];
	char text[PREFIX_TEXT_SIZE];
	struct prefix first, last;
	char got[256];
	int count, at;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		first = parse(cases[i].first);
		last = parse(cases[i].last);
		count = prefix_from_range(prefixes, &first, &last);
		assert_true(count > 0);
		got[0] = '\0';
		for (at = 0; at < count; at++) {
			strcat(got, at ? " " : "");
			strcat(got, prefix_to_str(&prefixes[at], text));
		}
		assert_string_equal(got, cases[i].expected);
	}
}

/* The longest answers: everything but the first and the last address. */
static void test_range_longest(void **state)
{
	struct prefix prefixes[PREFIX_RANGE_MAX];
	struct prefix first = parse("0.0.0.1");
	struct prefix last = parse("255.255.255.254");

	(void)state;
	assert_int_equal(prefix_from_range(prefixes, &first, &last), 62);
	first = parse("::1");
	last = parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
	assert_int_equal(prefix_from_range(prefixes, &first, &last), 254);
}

static void test_range_refused(void **state)
{
	struct prefix prefixes[PREFIX_RANGE_MAX];
	struct prefix first = parse("192.0.2.2");
	struct prefix last = parse("192.0.2.1");
	struct prefix other = parse("2001:db8::1");

	(void)state;
	assert_true(prefix_from_range(prefixes, &first, &last) < 0);
	assert_true(prefix_from_range(prefixes, &first, &other) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_clear_host_bits),
		cmocka_unit_test(test_contains),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_range_longest),
		cmocka_unit_test(test_range_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
