/* SPDX-License-Identifier: GPL-2.0-only */
/* Text in columns: its width, its lines, and columns that have to share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "user/output/wrap.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	const char *text;
	size_t width;
	const char *lines;
} wraps[] = {
	{"", 8, ""},
	{"short", 8, "short"},
	{"exactly8", 8, "exactly8"},
	{"two words", 8, "two\nwords"},
	{"two words", 3, "two\nwor\nds"},
	{"director,front-end", 12, "director,\nfront-end"},
	{"director,front-end,any", 19, "director,front-end,\nany"},
	{"internal-clients", 10, "internal-\nclients"},
	/* A hyphen only where there is nothing better. */
	{"tcp 50000-59999", 12, "tcp\n50000-59999"},
	{"unbreakable", 4, "unbr\neaka\nble"},
	{"a  b", 1, "a\nb"},
	{"trailing ", 8, "trailing"},
	{"über-maß", 5, "über-\nmaß"},
	{"\xff\xfe\xfd", 2, "\xff\xfe\n\xfd"},
	{"x", 0, "x"},
};

static void test_wrap(void **state)
{
	char *lines;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(wraps); i++) {
		lines = text_wrap(wraps[i].text, wraps[i].width);
		assert_string_equal(lines, wraps[i].lines);
		free(lines);
	}
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("front-end"), 9);
	assert_int_equal(text_width("maß"), 3);
	assert_int_equal(text_width("\xff"), 1);
}

static const struct {
	size_t widths[4], least[4], room, fitted[4];
} fits[] = {
	{{5, 5, 5, 5}, {1, 1, 1, 1}, 20, {5, 5, 5, 5}},
	{{9, 5, 5, 5}, {1, 1, 1, 1}, 22, {7, 5, 5, 5}},
	{{9, 9, 2, 2}, {1, 1, 2, 2}, 14, {5, 5, 2, 2}},
	{{9, 9, 9, 9}, {9, 1, 9, 9}, 30, {9, 3, 9, 9}},
	/* What cannot be, stays at the least. */
	{{9, 9, 9, 9}, {8, 8, 8, 8}, 3, {8, 8, 8, 8}},
};

static void test_fit(void **state)
{
	size_t widths[4], i, j;

	(void)state;
	for (i = 0; i < COUNT(fits); i++) {
		for (j = 0; j < 4; j++)
			widths[j] = fits[i].widths[j];
		widths_fit(widths, fits[i].least, 4, fits[i].room);
		for (j = 0; j < 4; j++)
			assert_int_equal(widths[j], fits[i].fitted[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_fit),
	};

	return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
