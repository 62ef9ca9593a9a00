/* SPDX-License-Identifier: GPL-2.0-only */
/* Global options, the table of commands, exit statuses. */
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "user/cmd/command.h"
#include "user/kernel/instance.h"
#include "user/output/progress.h"
#include "user/output/report.h"
#include "user/output/result.h"

#define DEFAULT_CONFIG "/etc/rolegate/rolegate.yaml"
#define OPTIONS_MAX    32

static const struct command *const commands[] = {
	&cmd_check,    &cmd_load,     &cmd_confirm, &cmd_rollback,
	&cmd_unload,   &cmd_status,   &cmd_role,    &cmd_save,
	&cmd_counters, &cmd_explain,  &cmd_monitor, &cmd_top,
	&cmd_suggest,  &cmd_exporter, &cmd_policy,  &cmd_doctor,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

enum { OPTION_JSON = 1000, OPTION_VERSION };

static const struct option global_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"instance", required_argument, NULL, 'i'},
	{"json", no_argument, NULL, OPTION_JSON},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPTION_VERSION},
};

#define GLOBAL_COUNT	(sizeof(global_options) / sizeof(*global_options))
/* "+": the first word that is no option ends the global ones. */
#define GLOBAL_LETTERS	"+:c:i:vh"
#define COMMAND_LETTERS ":c:i:vh"

static void print_help(void)
{
	size_t i;

	printf("rolegate enforces a port table between roles at the NIC.\n\n"
	       "Usage: rolegate [OPTIONS] COMMAND ...\n\nCommands:\n");
	for (i = 0; i < COMMAND_COUNT; i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\nOptions:\n"
	       "  -c, --config FILE    the config (" DEFAULT_CONFIG ")\n"
	       "  -i, --instance NAME  which filter of several on this host "
	       "(default)\n"
	       "      --json           results as one JSON object\n"
	       "  -v, --verbose        say what libbpf and the kernel say\n"
	       "      --version        print the version\n"
	       "  -h, --help           this; after a command: about it\n");
}

static void print_command_help(const struct command *command)
{
	printf("Usage: rolegate %s%s%s\n\n%s.\n", command->name,
	       command->arguments[0] ? " " : "", command->arguments,
	       command->summary);
	if (command->help)
		printf("\n%s", command->help);
}

int command_usage(const struct command *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "rolegate: error: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "; see `rolegate%s%s --help`\n", command ? " " : "",
		command ? command->name : "");
	return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static size_t count_options(const struct option *options)
{
	size_t count = 0;

	while (options && options[count].name)
		count++;
	return count;
}

/* The global options, then the command's, then the end of both. */
static void join_options(struct option *all, const struct command *command)
{
	size_t own = command ? count_options(command->options) : 0;

	memset(all, 0, OPTIONS_MAX * sizeof(*all));
	memcpy(all, global_options, sizeof(global_options));
	if (own)
		memcpy(all + GLOBAL_COUNT, command->options,
		       own * sizeof(*all));
}

enum taken { TAKEN, TAKEN_DONE, TAKEN_WRONG };

static enum taken take_option(const struct command *command,
			      struct options *options, int option, char **argv)
{
	switch (option) {
	case 'c':
		options->config = optarg;
		return TAKEN;
	case 'i':
		options->instance = optarg;
		if (instance_is_name(optarg))
			return TAKEN;
		command_usage(command, "'%s' cannot name an instance", optarg);
		return TAKEN_WRONG;
	case OPTION_JSON:
		options->json = true;
		return TAKEN;
	case 'v':
		report_verbose(true);
		return TAKEN;
	case 'h':
		command ? print_command_help(command) : print_help();
		return TAKEN_DONE;
	case OPTION_VERSION:
		puts("rolegate " ROLEGATE_VERSION);
		return TAKEN_DONE;
	case ':':
		command_usage(command, "%s needs a value", argv[optind - 1]);
		return TAKEN_WRONG;
	case '?':
		command_usage(command, "unknown option '%s'", argv[optind - 1]);
		return TAKEN_WRONG;
	}
	if (command && command->option && command->option(option, optarg))
		return TAKEN;
	command_usage(
		command, "'%s' is no value for %s", optarg ? optarg : "",
		argv[strchr(argv[optind - 1], '=') ? optind - 1 : optind - 2]);
	return TAKEN_WRONG;
}

/* Takes options up to the first other word, or all of them for a command. */
static enum taken take_options(const struct command *command,
			       struct options *options, int argc, char **argv)
{
	struct option all[OPTIONS_MAX];
	enum taken taken = TAKEN;
	int option;

	join_options(all, command);
	optind = command ? 0 : 1;
	opterr = 0;
	while (taken == TAKEN &&
	       (option = getopt_long(argc, argv,
				     command ? COMMAND_LETTERS : GLOBAL_LETTERS,
				     all, NULL)) != -1)
		taken = take_option(command, options, option, argv);
	return taken;
}

static int run_command(const struct command *command, struct options *options,
		       int argc, char **argv)
{
	enum taken taken = take_options(command, options, argc, argv);
	int status;

	if (taken != TAKEN)
		return taken == TAKEN_DONE ? EXIT_DONE : EXIT_USAGE;
	progress_want(!options->json);
	status = command->run(options, argc - optind, argv + optind);
	progress_end();
	return status;
}

static int log_libbpf(enum libbpf_print_level level, const char *format,
		      va_list arguments)
{
	char text[2048];

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), format, arguments);
	text[strcspn(text, "\n")] = '\0';
	report_detail("%s", text);
	return 0;
}

/* A full disk must not pass for success; what was done stays done. */
static int finish(int status)
{
	int err = result_flush();

	if (!err || status == EXIT_FAILED)
		return status;
	report_error(err,
		     "cannot write the result to standard output: %s; what the "
		     "command did stays done",
		     strerror(-err));
	return status == EXIT_USAGE ? status : EXIT_FAILED;
}

int main(int argc, char **argv)
{
	struct options options = {
		.config = DEFAULT_CONFIG,
		.instance = "default",
	};
	const struct command *command;
	enum taken taken;

	setlocale(LC_CTYPE, "");
	libbpf_set_print(log_libbpf);
	taken = take_options(NULL, &options, argc, argv);
	if (taken != TAKEN)
		return finish(taken == TAKEN_DONE ? EXIT_DONE : EXIT_USAGE);
	if (optind == argc)
		return command_usage(NULL, "which command?");
	command = find_command(argv[optind]);
	if (!command)
		return command_usage(NULL, "unknown command '%s'",
				     argv[optind]);
	return finish(
		run_command(command, &options, argc - optind, argv + optind));
}
