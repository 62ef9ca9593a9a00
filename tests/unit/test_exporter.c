/* SPDX-License-Identifier: GPL-2.0-only */
/* The exporter's text in both formats, and the addresses it takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "user/exporter/listen.h"
#include "user/exporter/openmetrics.h"

static char *write_all(bool is_open)
{
	struct metrics metrics = {.is_open = is_open};
	char *text = NULL;
	size_t size;

	metrics.stream = open_memstream(&text, &size);
	assert_non_null(metrics.stream);
	metrics_family(&metrics, METRIC_INFO, "a_build", "Help.");
	metrics_sample(&metrics, 1, LABELS("version", "1"));
	metrics_family(&metrics, METRIC_COUNTER, "a_bytes", "More help.");
	metrics_sample(&metrics, 18446744073709551615ULL,
		       LABELS("x", "1", "y", "2"));
	metrics_family(&metrics, METRIC_GAUGE, "a_up", "Up.");
	metrics_sample(&metrics, 0, NULL);
	metrics_family(&metrics, METRIC_COUNTER, "a_cpu_seconds", "CPU.");
	metrics_seconds(&metrics, 1.5);
	metrics_end(&metrics);
	fclose(metrics.stream);
	return text;
}

static void test_openmetrics(void **state)
{
	char *text = write_all(true);

	(void)state;
	assert_string_equal(text, "# TYPE a_build info\n"
				  "# HELP a_build Help.\n"
				  "a_build_info{version=\"1\"} 1\n"
				  "# TYPE a_bytes counter\n"
				  "# UNIT a_bytes bytes\n"
				  "# HELP a_bytes More help.\n"
				  "a_bytes_total{x=\"1\",y=\"2\"} "
				  "18446744073709551615\n"
				  "# TYPE a_up gauge\n"
				  "# HELP a_up Up.\n"
				  "a_up 0\n"
				  "# TYPE a_cpu_seconds counter\n"
				  "# UNIT a_cpu_seconds seconds\n"
				  "# HELP a_cpu_seconds CPU.\n"
				  "a_cpu_seconds_total 1.500000\n"
				  "# EOF\n");
	free(text);
}

static void test_text_format(void **state)
{
	char *text = write_all(false);

	(void)state;
	assert_string_equal(text, "# TYPE a_build_info gauge\n"
				  "# HELP a_build_info Help.\n"
				  "a_build_info{version=\"1\"} 1\n"
				  "# TYPE a_bytes_total counter\n"
				  "# HELP a_bytes_total More help.\n"
				  "a_bytes_total{x=\"1\",y=\"2\"} "
				  "18446744073709551615\n"
				  "# TYPE a_up gauge\n"
				  "# HELP a_up Up.\n"
				  "a_up 0\n"
				  "# TYPE a_cpu_seconds_total counter\n"
				  "# HELP a_cpu_seconds_total CPU.\n"
				  "a_cpu_seconds_total 1.500000\n"
				  "# EOF\n");
	free(text);
}

static void test_labels(void **state)
{
	static const struct {
		const char *value;
		const char *written;
	} cases[] = {
		{"", "a{l=\"\"} 1\n"},
		{"plain", "a{l=\"plain\"} 1\n"},
		{"a \"b\"", "a{l=\"a \\\"b\\\"\"} 1\n"},
		{"back\\slash", "a{l=\"back\\\\slash\"} 1\n"},
		{"two\nlines", "a{l=\"two\\nlines\"} 1\n"},
		{"maß", "a{l=\"maß\"} 1\n"},
		{"\xff{", "a{l=\"\xef\xbf\xbd{\"} 1\n"},
	};
	struct metrics metrics = {.name = "a", .suffix = ""};
	char *text = NULL;
	size_t size, i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		metrics.stream = open_memstream(&text, &size);
		assert_non_null(metrics.stream);
		metrics_sample(&metrics, 1, LABELS("l", cases[i].value));
		fclose(metrics.stream);
		assert_string_equal(text, cases[i].written);
		free(text);
	}
}

static void test_addresses(void **state)
{
	static const char *const good[] = {
		"127.0.0.1:7653", "0.0.0.0:1",	     "[::1]:7653",
		"[::]:65535",	  "192.0.2.1:09100",
	};
	static const char *const bad[] = {
		"",
		":",
		":7653",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:x",
		"127.0.0.1:-1",
		"127.0.0.1:1000000",
		"::1:7653",
		"[::1]",
		"[::1]7653",
		"[::1:7653",
		"[127.0.0.1]:80",
		"[]:80",
		"gateway:7653",
		"127.0.0.1:+80",
		"127.0.0.1: 80",
		"256.0.0.1:80",
		"127.0.0.1:65536",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!listen_is_address(good[i]))
			fail_msg("%s is refused", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (listen_is_address(bad[i]))
			fail_msg("%s is taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_openmetrics),
		cmocka_unit_test(test_text_format),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests_name("exporter", tests, NULL, NULL);
}
