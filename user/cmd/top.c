/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate top: rates by reason, rule, pair and talker. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curses.h>

#include "user/cmd/command.h"
#include "user/cmd/talkers.h"
#include "user/cmd/top_screen.h"
#include "user/kernel/state.h"
#include "user/output/report.h"
#include "user/output/show.h"

#define DELAY_LEAST 0.1
#define DELAY_MOST  3600
#define FIRST_DELAY 0.5

enum { OPTION_DELAY = 1 };

static const struct option own_options[] = {
	{"delay", required_argument, NULL, OPTION_DELAY},
	{0},
};

static double delay = 2;
static volatile sig_atomic_t is_stopped;

struct top {
	struct top_screen screen;
	struct look look;
	struct look before;
	struct talkers talkers;
	double due; /* when to look again */
};

static bool is_delay(double seconds)
{
	return seconds >= DELAY_LEAST && seconds <= DELAY_MOST;
}

static bool take_option(int option, const char *value)
{
	char *end;

	(void)option;
	delay = strtod(value, &end);
	return *value && !*end && is_delay(delay);
}

static void stop(int number)
{
	(void)number;
	is_stopped = 1;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Talkers are sampled only while somebody looks at them. */
static void update_talkers(struct top *top)
{
	if (top->screen.view != VIEW_TALKERS) {
		talkers_close(&top->talkers);
		return;
	}
	if (talkers_open(&top->talkers, top->screen.message))
		return;
	json_decref(top->look.rows[VIEW_TALKERS]);
	top->look.rows[VIEW_TALKERS] = talkers_take(&top->talkers, now());
}

static void look_again(struct top *top)
{
	struct look next = {};
	int err = look_take(&next, top->screen.instance);

	top->screen.message[0] = '\0';
	if (err) {
		snprintf(top->screen.message, sizeof(top->screen.message),
			 "instance %s: %s", top->screen.instance,
			 err == -ENOENT ? "is not loaded" : strerror(-err));
		look_release(&top->look);
	} else {
		look_release(&top->before);
		top->before = top->look;
		top->look = next;
		look_add_rates(&top->look, &top->before);
		update_talkers(top);
	}
	top->due = now() + top->screen.delay;
}

static void switch_view(struct top *top, int view)
{
	top->screen.view = (view + VIEW_COUNT) % VIEW_COUNT;
	top->screen.first = 0;
	top->screen.message[0] = '\0';
	if (top->look.generation)
		update_talkers(top);
}

static void sort_by(struct top *top, int column)
{
	int count = top_tables[top->screen.view].count;

	if (column >= 0 && column < count)
		top->screen.sort[top->screen.view] = column;
}

static void ask_delay(struct top *top)
{
	double seconds = top_screen_ask("Seconds between two looks: ");

	if (is_delay(seconds))
		top->screen.delay = seconds;
	else
		snprintf(top->screen.message, sizeof(top->screen.message),
			 "not a number of seconds from %g to %d", DELAY_LEAST,
			 DELAY_MOST);
	top->due = now() + top->screen.delay;
}

static void scroll_by(struct top *top, int rows)
{
	top->screen.first += rows;
	if (top->screen.first < 0)
		top->screen.first = 0;
}

/* Keys that move in what is shown. */
static bool take_moving_key(struct top *top, int key)
{
	switch (key) {
	case '\t':
	case KEY_RIGHT:
		switch_view(top, top->screen.view + 1);
		return true;
	case KEY_BTAB:
	case KEY_LEFT:
		switch_view(top, top->screen.view - 1);
		return true;
	case KEY_UP:
		scroll_by(top, -1);
		return true;
	case KEY_DOWN:
		scroll_by(top, 1);
		return true;
	case KEY_PPAGE:
		scroll_by(top, -top_screen_room());
		return true;
	case KEY_NPAGE:
		scroll_by(top, top_screen_room());
		return true;
	case KEY_HOME:
		top->screen.first = 0;
		return true;
	case KEY_END:
		top->screen.first = 1 << 20;
		return true;
	}
	if (key < '1' || key >= '1' + VIEW_COUNT)
		return false;
	switch_view(top, key - '1');
	return true;
}

/* Keys of top and htop, where they mean the same. */
static void take_key(struct top *top, int key)
{
	enum view view = top->screen.view;

	switch (key) {
	case 'q':
	case KEY_F(10):
		is_stopped = 1;
		break;
	case 'h':
	case '?':
	case KEY_F(1):
		top_screen_help();
		break;
	case '<':
		sort_by(top, top->screen.sort[view] - 1);
		break;
	case '>':
		sort_by(top, top->screen.sort[view] + 1);
		break;
	case 'P':
		sort_by(top, top_tables[view].sort);
		break;
	case 'R':
	case 'I':
		top->screen.is_reversed[view] = !top->screen.is_reversed[view];
		break;
	case 'i':
		top->screen.with_idle = !top->screen.with_idle;
		break;
	case 'd':
	case 's':
		ask_delay(top);
		break;
	case ' ':
		look_again(top);
		break;
	default:
		take_moving_key(top, key);
	}
}

static void watch_keys(struct top *top)
{
	int wait, key;

	look_again(top);
	/* Rates need two looks: the second one comes soon. */
	if (top->screen.delay > FIRST_DELAY)
		top->due = now() + FIRST_DELAY;
	top_screen_draw(&top->screen, &top->look);
	while (!is_stopped) {
		wait = (top->due - now()) * 1000;
		if (wait < 0)
			wait = 0;
		if (top->talkers.is_open && wait > WATCHER_BEAT_MS)
			wait = WATCHER_BEAT_MS;
		timeout(wait);
		key = getch();
		talkers_read(&top->talkers);
		if (key != ERR)
			take_key(top, key);
		else if (now() < top->due)
			continue;
		else
			look_again(top);
		top_screen_draw(&top->screen, &top->look);
	}
}

/* Two looks, for programs: the rates between them. */
static int print_once(struct top *top)
{
	struct talkers *talkers = &top->talkers;
	char problem[TALKERS_PROBLEM_SIZE];
	json_t *result = show_new();
	double until;

	top->screen.view = VIEW_TALKERS;
	look_again(top);
	for (until = now() + top->screen.delay; now() < until;
	     usleep(WATCHER_BEAT_MS * 1000))
		talkers_read(talkers);
	look_again(top);
	json_object_update_new(
		result,
		json_pack("{s:s, s:I, s:f, s:O, s:O, s:O, s:O, s:b}",
			  "instance", top->screen.instance, "generation",
			  (json_int_t)top->look.generation, "seconds",
			  top->look.at - top->before.at, "reasons",
			  top->look.rows[VIEW_REASONS], "rules",
			  top->look.rows[VIEW_RULES], "pairs",
			  top->look.rows[VIEW_PAIRS], "talkers",
			  top->look.rows[VIEW_TALKERS], "talkers_sampled",
			  !talkers_open(talkers, problem)));
	show_json(result);
	return EXIT_DONE;
}

/* Reports what is wrong before the screen is taken. */
static int check_loaded(const char *name)
{
	struct state state;

	if (state_open(&state, name, false))
		return EXIT_FAILED;
	state_close(&state);
	return EXIT_DONE;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = stop};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static int run(const struct options *options, int argc, char **argv)
{
	struct top top = {};
	int status;

	if (argc)
		return command_usage(&cmd_top, "what is '%s'?", argv[0]);
	if (!options->json && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return command_usage(&cmd_top, "this needs a terminal; "
					       "`rolegate --json top` does "
					       "not");
	status = check_loaded(options->instance);
	if (status != EXIT_DONE)
		return status;
	top_screen_init(&top.screen, options->instance);
	top.screen.delay = delay;
	talkers_init(&top.talkers, options->instance);
	catch_signals();
	if (options->json) {
		status = print_once(&top);
	} else {
		top_screen_open();
		watch_keys(&top);
		top_screen_close();
	}
	talkers_close(&top.talkers);
	look_release(&top.look);
	look_release(&top.before);
	return status;
}

const struct command cmd_top = {
	.name = "top",
	.arguments = "[--delay SECONDS]",
	.summary = "show rates by reason, rule, pair and talker",
	.help = "  --delay SECONDS  between two looks (default 2)\n\n"
		"Keys: Tab or 1 to 4 choose what is shown, < and > the column "
		"to sort by, R turns\nthe order round, i shows idle rows, d "
		"changes the delay, F1 helps, q leaves.\nTalkers are sampled "
		"from drops while they are shown; see `monitor`.\nWith --json: "
		"the rates over one delay.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
