/* SPDX-License-Identifier: GPL-2.0-only */
/* Metrics as text: OpenMetrics 1.0, or Prometheus's older format. */
#include "user/exporter/openmetrics.h"

#include <string.h>

#include "user/policy/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

static const char *const type_names[] = {
	[METRIC_COUNTER] = "counter",
	[METRIC_GAUGE] = "gauge",
	[METRIC_INFO] = "info",
};

static const char *const suffixes[] = {
	[METRIC_COUNTER] = "_total",
	[METRIC_GAUGE] = "",
	[METRIC_INFO] = "_info",
};

/* Both formats want UTF-8 in which \, " and line ends are escaped. */
static void put_escaped(FILE *stream, const char *text)
{
	__u32 character;
	int length;

	while (*text) {
		length = utf8_decode(text, strlen(text), &character);
		if (length < 0)
			fputs(REPLACEMENT, stream);
		else if (*text == '\n')
			fputs("\\n", stream);
		else if (*text == '\\' || *text == '"')
			fprintf(stream, "\\%c", *text);
		else
			fwrite(text, 1, length, stream);
		text += length < 0 ? 1 : length;
	}
}

static bool ends_in(const char *name, const char *end)
{
	size_t length = strlen(name), own = strlen(end);

	return length > own && !strcmp(name + length - own, end);
}

static void put_unit(const struct metrics *metrics)
{
	static const char *const units[] = {"_bytes", "_seconds"};
	size_t i;

	for (i = 0; metrics->is_open && i < 2; i++)
		if (ends_in(metrics->name, units[i]))
			fprintf(metrics->stream, "# UNIT %s %s\n",
				metrics->name, units[i] + 1);
}

/* The older format names a family as its samples, and knows no info. */
void metrics_family(struct metrics *metrics, enum metric_type type,
		    const char *name, const char *help)
{
	const char *suffix = metrics->is_open ? "" : suffixes[type];
	bool is_old_info = !metrics->is_open && type == METRIC_INFO;

	metrics->name = name;
	metrics->suffix = suffixes[type];
	fprintf(metrics->stream, "# TYPE %s%s %s\n", name, suffix,
		is_old_info ? "gauge" : type_names[type]);
	put_unit(metrics);
	fprintf(metrics->stream, "# HELP %s%s %s\n", name, suffix, help);
}

void metrics_sample(struct metrics *metrics, unsigned long long value,
		    const char *const *labels)
{
	FILE *stream = metrics->stream;
	size_t i;

	fprintf(stream, "%s%s", metrics->name, metrics->suffix);
	for (i = 0; labels && labels[i]; i += 2) {
		fprintf(stream, "%c%s=\"", i ? ',' : '{', labels[i]);
		put_escaped(stream, labels[i + 1]);
		fputc('"', stream);
	}
	fprintf(stream, "%s %llu\n", labels ? "}" : "", value);
}

void metrics_seconds(struct metrics *metrics, double seconds)
{
	fprintf(metrics->stream, "%s%s %.6f\n", metrics->name, metrics->suffix,
		seconds);
}

void metrics_end(struct metrics *metrics)
{
	fputs("# EOF\n", metrics->stream);
}

const char *metrics_content_type(bool is_open)
{
	return is_open ? "application/openmetrics-text; version=1.0.0; "
			 "charset=utf-8"
		       : "text/plain; version=0.0.4; charset=utf-8";
}
