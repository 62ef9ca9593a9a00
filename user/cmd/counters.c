/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate counters: packets by interface, reason, rule and pair of roles. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/cmd/describe_counters.h"
#include "user/cmd/rates.h"
#include "user/kernel/peek.h"
#include "user/output/report.h"
#include "user/output/result.h"
#include "user/output/screen.h"
#include "user/output/show.h"
#include "user/policy/number.h"

#define SECONDS_MAX 86400

enum { OPTION_WATCH = 1, OPTION_NONZERO };

static int watch_seconds; /* 0: show once */
static bool is_nonzero;

static const struct option own_options[] = {
	{"watch", optional_argument, NULL, OPTION_WATCH},
	{"nonzero", no_argument, NULL, OPTION_NONZERO},
	{0},
};

static bool take_seconds(const char *text)
{
	watch_seconds = number_from_str(text, SECONDS_MAX);
	return watch_seconds > 0;
}

static bool take_option(int option, const char *value)
{
	if (option == OPTION_NONZERO) {
		is_nonzero = true;
		return true;
	}
	watch_seconds = 1;
	return !value || take_seconds(value);
}

/* A table of the result, and how it looks while watching. */
struct layout {
	const char *list;
	const struct column *columns;
	size_t count;
	const struct column *watched;
	size_t watched_count;
};

static const struct column interface_columns[] = {
	{"INTERFACE", "name", COLUMN_TEXT},
	{"MODE", "mode", COLUMN_TEXT},
	{"ENFORCING", "enforce", COLUMN_TEXT},
	{"PASSED", "pass.packets", COLUMN_NUMBER},
	{"BYTES", "pass.bytes", COLUMN_NUMBER},
	{"DROPPED", "drop.packets", COLUMN_DROPS},
	{"BYTES", "drop.bytes", COLUMN_NUMBER},
	{"WOULD DROP", "would_drop.packets", COLUMN_WOULD_DROP},
};

static const struct column interface_watched[] = {
	{"INTERFACE", "name", COLUMN_TEXT},
	{"PASSED", "pass.packets", COLUMN_NUMBER},
	{"/S", "pass.packets_per_second", COLUMN_NUMBER},
	{"BYTES/S", "pass.bytes_per_second", COLUMN_NUMBER},
	{"DROPPED", "drop.packets", COLUMN_DROPS},
	{"/S", "drop.packets_per_second", COLUMN_NUMBER},
	{"WOULD DROP", "would_drop.packets", COLUMN_WOULD_DROP},
	{"/S", "would_drop.packets_per_second", COLUMN_NUMBER},
};

static const struct column reason_columns[] = {
	{"REASON", "reason", COLUMN_TEXT},
	{"INTERFACE", "interface", COLUMN_TEXT},
	{"VERDICT", "verdict", COLUMN_VERDICT},
	{"PACKETS", "packets", COLUMN_NUMBER},
	{"BYTES", "bytes", COLUMN_NUMBER},
};

static const struct column reason_watched[] = {
	{"REASON", "reason", COLUMN_TEXT},
	{"INTERFACE", "interface", COLUMN_TEXT},
	{"VERDICT", "verdict", COLUMN_VERDICT},
	{"PACKETS", "packets", COLUMN_NUMBER},
	{"/S", "packets_per_second", COLUMN_NUMBER},
	{"BYTES/S", "bytes_per_second", COLUMN_NUMBER},
};

static const struct column rule_columns[] = {
	{"RULE", "name", COLUMN_TEXT},
	{"FROM", "from", COLUMN_TEXT},
	{"TO", "to", COLUMN_TEXT},
	{"MATCH", "match", COLUMN_TEXT},
	{"PACKETS", "packets", COLUMN_NUMBER},
	{"BYTES", "bytes", COLUMN_NUMBER},
	{"REPLIES", "replies.packets", COLUMN_NUMBER},
	{"BYTES", "replies.bytes", COLUMN_NUMBER},
};

static const struct column rule_watched[] = {
	{"RULE", "name", COLUMN_TEXT},
	{"MATCH", "match", COLUMN_TEXT},
	{"PACKETS", "packets", COLUMN_NUMBER},
	{"/S", "packets_per_second", COLUMN_NUMBER},
	{"BYTES/S", "bytes_per_second", COLUMN_NUMBER},
	{"REPLIES", "replies.packets", COLUMN_NUMBER},
	{"/S", "replies.packets_per_second", COLUMN_NUMBER},
	{"BYTES/S", "replies.bytes_per_second", COLUMN_NUMBER},
};

static const struct column pair_columns[] = {
	{"FROM ROLES", "from", COLUMN_END},
	{"TO ROLES", "to", COLUMN_END},
	{"PASSED", "pass.packets", COLUMN_NUMBER},
	{"BYTES", "pass.bytes", COLUMN_NUMBER},
	{"DROPPED", "drop.packets", COLUMN_DROPS},
	{"BYTES", "drop.bytes", COLUMN_NUMBER},
	{"WOULD DROP", "would_drop.packets", COLUMN_WOULD_DROP},
};

static const struct column pair_watched[] = {
	{"FROM ROLES", "from", COLUMN_END},
	{"TO ROLES", "to", COLUMN_END},
	{"PASSED", "pass.packets", COLUMN_NUMBER},
	{"/S", "pass.packets_per_second", COLUMN_NUMBER},
	{"DROPPED", "drop.packets", COLUMN_DROPS},
	{"/S", "drop.packets_per_second", COLUMN_NUMBER},
	{"WOULD DROP", "would_drop.packets", COLUMN_WOULD_DROP},
	{"/S", "would_drop.packets_per_second", COLUMN_NUMBER},
};

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))
#define LAYOUT(list, name)                                       \
	{                                                        \
		list, name##_columns, COUNT_OF(name##_columns),  \
			name##_watched, COUNT_OF(name##_watched) \
	}

static const struct layout layouts[] = {
	LAYOUT("interfaces", interface),
	LAYOUT("reasons", reason),
	LAYOUT("rules", rule),
	LAYOUT("pairs", pair),
};

static void print(FILE *stream, const json_t *result)
{
	const struct layout *layout = layouts;
	const json_t *rows;
	size_t i;

	for (i = 0; i < COUNT_OF(layouts); i++, layout++) {
		rows = json_object_get(result, layout->list);
		if (i)
			fputc('\n', stream);
		if (watch_seconds)
			show_table_to(stream, rows, layout->watched,
				      layout->watched_count);
		else
			show_table_to(stream, rows, layout->columns,
				      layout->count);
	}
}

static void print_head(FILE *stream, const json_t *result)
{
	json_t *now = describe_time(time(NULL));

	fprintf(stream, "%s  instance %s, generation %d, every %d s\n\n",
		json_string_value(now),
		json_string_value(json_object_get(result, "instance")),
		(int)json_integer_value(json_object_get(result, "generation")),
		watch_seconds);
	json_decref(now);
}

/* On a terminal in the place of the last look, else below it. */
static void draw(const json_t *result)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return;
	print_head(stream, result);
	print(stream, result);
	if (fclose(stream) == 0 && screen_height())
		screen_draw(text, "a larger terminal or `rolegate "
				  "counters` shows them");
	else
		printf("%s\n", text);
	free(text);
}

/* Looks anew each time: what is loaded may have been replaced meanwhile. */
static json_t *look(const struct options *options)
{
	struct counters counters;
	struct state state;
	json_t *result;

	if (state_look(&state, &counters, options->instance))
		return NULL;
	result = describe_counters(&state, &counters, is_nonzero);
	counters_release(&counters);
	state_close(&state);
	return result;
}

static enum exit_status show_once(const struct options *options)
{
	json_t *result = look(options);

	if (!result)
		return EXIT_FAILED;
	if (options->json) {
		show_json(result);
	} else {
		print(stdout, result);
		json_decref(result);
	}
	return EXIT_DONE;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Until it is ended, nobody reads any longer, or nothing is loaded. */
static enum exit_status watch(const struct options *options)
{
	const struct timespec pause = {watch_seconds, 0};
	json_t *before = NULL, *result;
	double last = 0, time;
	int err = 0;

	while (!err && (result = look(options))) {
		time = now();
		if (before)
			rates_add(result, before, time - last);
		json_decref(before);
		before = json_incref(result);
		last = time;
		options->json ? show_json(result) : draw(result);
		if (!options->json)
			json_decref(result);
		err = result_flush();
		if (!err)
			nanosleep(&pause, NULL);
	}
	json_decref(before);
	if (err)
		report_error(err,
			     "cannot write the counters to standard output: %s",
			     strerror(-err));
	return EXIT_FAILED;
}

static int run(const struct options *options, int argc, char **argv)
{
	if (argc == 1 && watch_seconds && take_seconds(argv[0]))
		argc = 0;
	if (argc)
		return command_usage(&cmd_counters, "what is '%s'?", argv[0]);
	return watch_seconds ? watch(options) : show_once(options);
}

const struct command cmd_counters = {
	.name = "counters",
	.arguments = "[--watch [SECONDS]] [--nonzero]",
	.summary = "show packets by interface, reason, rule and pair of roles",
	.help = "  --watch [SECONDS]  show again every second, or SECONDS, and "
		"what came per second\n"
		"  --nonzero          leave out what counted nothing\n\n"
		"Under an interface that observes, WOULD DROP tells how many "
		"of the passed\npackets enforcing would have dropped. With "
		"--json, --watch prints one object a line.\nA pair \"*\" "
		"counts those whose roles a load or a role change did away "
		"with, and\nthose for which no counter was left.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
