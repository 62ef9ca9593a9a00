/* SPDX-License-Identifier: GPL-2.0-only */
/* Decimal numbers and ranges of them, read strictly. */
#include "user/policy/number.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static int digits_from_str(const char *text, size_t size, int max)
{
	int number = 0, digit;
	size_t i;

	if (!size || (text[0] == '0' && size > 1))
		return -EINVAL;
	for (i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		digit = text[i] - '0';
		if (digit > max || number > (max - digit) / 10)
			return -EINVAL;
		number = number * 10 + digit;
	}
	return number;
}

int number_from_str(const char *text, int max)
{
	return digits_from_str(text, strlen(text), max);
}

int number_range_from_str(const char *text, int max, int *low, int *high)
{
	const char *dash = strchr(text, '-');
	int first, last;

	if (!dash)
		first = last = number_from_str(text, max);
	else {
		first = digits_from_str(text, dash - text, max);
		last = number_from_str(dash + 1, max);
	}
	if (first < 0 || last < 0)
		return -EINVAL;
	if (first > last)
		return -ERANGE;
	*low = first;
	*high = last;
	return 0;
}
