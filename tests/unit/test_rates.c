/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts per second between two looks at the counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

#include "user/cmd/rates.h"

/* Texts with ' for ", two seconds apart. */
static const struct {
	const char *now;
	const char *before;
	const char *key; /* where the rates are, below the first row */
	double packets;
	double bytes;
} cases[] = {
	{"{'rules': [{'name': 'a', 'packets': 7, 'bytes': 700}]}",
	 "{'rules': [{'name': 'b', 'packets': 6, 'bytes': 6},"
	 "           {'name': 'a', 'packets': 4, 'bytes': 400}]}",
	 NULL, 1.5, 150},
	{"{'rules': [{'name': 'a', 'packets': 7, 'bytes': 700,"
	 "            'replies': {'packets': 9, 'bytes': 1}}]}",
	 "{'rules': [{'name': 'a', 'packets': 7, 'bytes': 700,"
	 "            'replies': {'packets': 1, 'bytes': 1}}]}",
	 "replies", 4, 0},
	/* Every key of a row tells it apart. */
	{"{'reasons': [{'reason': 'port', 'interface': 'eth1',"
	 "              'verdict': 'drop', 'packets': 5, 'bytes': 50}]}",
	 "{'reasons': [{'reason': 'port', 'interface': 'eth0',"
	 "              'verdict': 'drop', 'packets': 4, 'bytes': 40},"
	 "             {'reason': 'port', 'interface': 'eth1',"
	 "              'verdict': 'would-drop', 'packets': 3, 'bytes': 30},"
	 "             {'reason': 'port', 'interface': 'eth1',"
	 "              'verdict': 'drop', 'packets': 1, 'bytes': 10}]}",
	 NULL, 2, 20},
	{"{'pairs': [{'from': ['a', 'b'], 'to': [],"
	 "            'drop': {'packets': 3, 'bytes': 30}}]}",
	 "{'pairs': [{'from': ['a'], 'to': [],"
	 "            'drop': {'packets': 3, 'bytes': 30}}]}",
	 "drop", 1.5, 15},
	/* What was not there counts from zero, and so does what began anew. */
	{"{'interfaces': [{'name': 'eth0',"
	 "                 'pass': {'packets': 2, 'bytes': 20}}]}",
	 "{'interfaces': []}", "pass", 1, 10},
	{"{'rules': [{'name': 'a', 'packets': 3, 'bytes': 30}]}",
	 "{'rules': [{'name': 'a', 'packets': 900, 'bytes': 9000}]}", NULL, 1.5,
	 15},
	{"{'rules': [{'name': 'a', 'packets': 1, 'bytes': 1}]}",
	 "{'rules': [{'name': 'a', 'packets': 1, 'bytes': 1}]}", NULL, 0, 0},
};

static json_t *parse(const char *text)
{
	char json[512], *at;
	json_t *value;

	assert_true(snprintf(json, sizeof(json), "%s", text) <
		    (int)sizeof(json));
	for (at = json; *at; at++)
		if (*at == '\'')
			*at = '"';
	value = json_loads(json, 0, NULL);
	assert_non_null(value);
	return value;
}

static json_t *first_row(json_t *result)
{
	void *first = json_object_iter(result);

	return json_array_get(json_object_iter_value(first), 0);
}

static void expect_rate(const json_t *row, const char *key, double wanted)
{
	double rate = json_real_value(json_object_get(row, key));

	assert_true(json_object_get(row, key) != NULL);
	assert_true(rate > wanted - 0.01 && rate < wanted + 0.01);
}

static void test_rates(void **state)
{
	json_t *now, *before, *row;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		now = parse(cases[i].now);
		before = parse(cases[i].before);
		rates_add(now, before, 2);
		row = first_row(now);
		if (cases[i].key)
			row = json_object_get(row, cases[i].key);
		expect_rate(row, "packets_per_second", cases[i].packets);
		expect_rate(row, "bytes_per_second", cases[i].bytes);
		json_decref(now);
		json_decref(before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
	};

	return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
