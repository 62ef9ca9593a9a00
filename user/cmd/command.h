/* SPDX-License-Identifier: GPL-2.0-only */
/* What a command is: one const entry a file, listed in main.c. */
#ifndef ROLEGATE_USER_COMMAND_H
#define ROLEGATE_USER_COMMAND_H

#include <getopt.h>
#include <stdbool.h>

/* Exit statuses (a promise to users). */
enum exit_status { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_DROPPED };

/* The global options. */
struct options {
	const char *config;
	const char *instance;
	bool json;
};

struct command {
	const char *name;
	const char *arguments; /* as in a grammar: "[--in IFACE] FROM TO" */
	const char *summary;   /* one line */
	const char *help;      /* more lines for --help, NULL for none */
	const struct option *options; /* of its own, NULL for none */
	/* Takes one of its options; returns false if the value is wrong. */
	bool (*option)(int option, const char *value);
	/* Gets the arguments after the options; returns the exit status. */
	int (*run)(const struct options *options, int argc, char **argv);
};

/* Says what is wrong with the usage and where help is; returns EXIT_USAGE. */
int command_usage(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

extern const struct command cmd_check;
extern const struct command cmd_confirm;
extern const struct command cmd_counters;
extern const struct command cmd_doctor;
extern const struct command cmd_explain;
extern const struct command cmd_exporter;
extern const struct command cmd_load;
extern const struct command cmd_monitor;
extern const struct command cmd_policy;
extern const struct command cmd_role;
extern const struct command cmd_rollback;
extern const struct command cmd_save;
extern const struct command cmd_status;
extern const struct command cmd_suggest;
extern const struct command cmd_top;
extern const struct command cmd_unload;

#endif
