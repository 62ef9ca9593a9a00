/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate exporter: the counters over HTTP, for Prometheus. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/command.h"
#include "user/cmd/describe_counters.h"
#include "user/exporter/listen.h"
#include "user/cmd/metrics.h"
#include "user/cmd/sum.h"
#include "user/exporter/serve.h"
#include "user/kernel/peek.h"
#include "user/output/report.h"

enum { OPTION_LISTEN = 1 };

static const char *listen_address; /* NULL: the default */

static const struct option own_options[] = {
	{"listen", required_argument, NULL, OPTION_LISTEN},
	{0},
};

static bool take_option(int option, const char *value)
{
	(void)option;
	listen_address = value;
	return listen_is_address(value);
}

/* What the exporter serves, and what it complained of last. */
struct exporter {
	const char *instance;
	int err;
};

/* Each complaint once, not at every scrape. */
static void note(struct exporter *exporter, int err)
{
	if (err == exporter->err)
		return;
	exporter->err = err;
	if (err == -ENOENT)
		report_warning("instance %s is not loaded; the exporter goes "
			       "on, and says so by rolegate_up 0",
			       exporter->instance);
	else if (err)
		report_error(err, "cannot read instance %s: %s",
			     exporter->instance, strerror(-err));
}

static void write_loaded(struct metrics *metrics, const struct peek *peek)
{
	/* The other generation, as if it were the one: for its counts only. */
	struct state other = {
		.instance = peek->state.instance,
		.generation = peek->state.previous,
	};
	json_t *described = describe_counters(&peek->state, &peek->counters,
					      false);
	json_t *more;

	if (peek->state.has_previous) {
		more = describe_counters(&other, &peek->others, true);
		sum_add(described, more);
		json_decref(more);
	}
	metrics_write(metrics, &peek->state, described);
	json_decref(described);
}

static char *scrape(void *context, bool is_open, size_t *size)
{
	struct metrics metrics = {.is_open = is_open};
	struct exporter *exporter = context;
	struct peek peek;
	char *text = NULL;
	int err;

	metrics.stream = open_memstream(&text, size);
	if (!metrics.stream)
		return NULL;
	err = peek_open(&peek, exporter->instance);
	note(exporter, err);
	if (err) {
		metrics_write(&metrics, NULL, NULL);
	} else {
		write_loaded(&metrics, &peek);
		peek_release(&peek);
	}
	if (!fclose(metrics.stream))
		return text;
	free(text);
	return NULL;
}

static int run(const struct options *options, int argc, char **argv)
{
	struct exporter exporter = {.instance = options->instance};
	int fd;

	(void)argv;
	if (argc)
		return command_usage(&cmd_exporter,
				     "exporter takes no arguments");
	if (instance_check())
		return EXIT_FAILED;
	fd = listen_open(listen_address);
	if (fd < 0)
		return EXIT_FAILED;
	return serve(fd, scrape, &exporter) ? EXIT_FAILED : EXIT_DONE;
}

const struct command cmd_exporter = {
	.name = "exporter",
	.arguments = "[--listen ADDRESS:PORT]",
	.summary = "serve the counters to Prometheus, over HTTP",
	.help = "  --listen ADDRESS:PORT  where, instead of 127.0.0.1:7653; "
		"IPv6 in brackets: [::1]:7653\n\n"
		"Answers /metrics as OpenMetrics until it is ended. A socket "
		"that systemd passes on\nis taken instead. Takes no lock: a "
		"scrape neither waits for a load nor holds it up.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
