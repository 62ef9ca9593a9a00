/* SPDX-License-Identifier: GPL-2.0-only */
/* Decimal numbers: what is one, and what is too large. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "user/policy/number.h"

static const struct {
	const char *text;
	int max;
	int number;
} numbers[] = {
	{"0", 0, 0},
	{"7", 7, 7},
	{"65535", 65535, 65535},
	{"2147483647", INT_MAX, INT_MAX},
	{"8", 7, -EINVAL},
	{"10", 9, -EINVAL},
	{"65536", 65535, -EINVAL},
	{"99999", 65535, -EINVAL},
	{"2147483648", INT_MAX, -EINVAL},
	{"4294967297", INT_MAX, -EINVAL},
	{"4294967301", 86400, -EINVAL},
	{"18446744073709551617", INT_MAX, -EINVAL},
	{"", INT_MAX, -EINVAL},
	{"00", INT_MAX, -EINVAL},
	{"07", INT_MAX, -EINVAL},
	{"-1", INT_MAX, -EINVAL},
	{"+1", INT_MAX, -EINVAL},
	{" 1", INT_MAX, -EINVAL},
	{"1 ", INT_MAX, -EINVAL},
	{"0x1", INT_MAX, -EINVAL},
	{"-18446744073709551615", INT_MAX, -EINVAL},
};

static void test_numbers(void **state)
{
	size_t i;
	int seen;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		seen = number_from_str(numbers[i].text, numbers[i].max);
		if (seen != numbers[i].number)
			fail_msg("'%s' up to %d: seen %d, wanted %d",
				 numbers[i].text, numbers[i].max, seen,
				 numbers[i].number);
	}
}

static const struct {
	const char *text;
	int err;
	int low;
	int high;
} ranges[] = {
	{"7", 0, 7, 7},
	{"7-9", 0, 7, 9},
	{"0-2147483647", 0, 0, INT_MAX},
	{"9-7", -ERANGE, -1, -1},
	{"7-", -EINVAL, -1, -1},
	{"-7", -EINVAL, -1, -1},
	{"7-9-11", -EINVAL, -1, -1},
	{"7-4294967305", -EINVAL, -1, -1},
};

static void test_ranges(void **state)
{
	int low, high, err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		low = high = -1;
		err = number_range_from_str(ranges[i].text, INT_MAX, &low,
					    &high);
		if (err != ranges[i].err || low != ranges[i].low ||
		    high != ranges[i].high)
			fail_msg("'%s': seen %d, %d to %d", ranges[i].text, err,
				 low, high);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
