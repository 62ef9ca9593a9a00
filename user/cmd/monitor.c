/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate monitor: drops as they happen. */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/cmd/describe_event.h"
#include "user/cmd/known.h"
#include "user/kernel/state.h"
#include "user/kernel/watcher.h"
#include "user/output/capture.h"
#include "user/output/report.h"
#include "user/output/result.h"
#include "user/output/show.h"
#include "user/policy/number.h"
#include "user/policy/reason.h"

#define SECOND	     1000000000ULL
#define RATE_DEFAULT 1000
#define RATE_MAX     1000000
#define SNAP_DEFAULT 128
/* Enough to say whose frame it was that has no address. */
#define SNAP_LEAST   14

enum {
	OPTION_REASON = 1,
	OPTION_ROLE,
	OPTION_INTERFACE,
	OPTION_PREFIX,
	OPTION_PCAP,
	OPTION_SNAPLEN,
	OPTION_RATE
};

static const struct option own_options[] = {
	{"reason", required_argument, NULL, OPTION_REASON},
	{"role", required_argument, NULL, OPTION_ROLE},
	{"interface", required_argument, NULL, OPTION_INTERFACE},
	{"prefix", required_argument, NULL, OPTION_PREFIX},
	{"pcap", required_argument, NULL, OPTION_PCAP},
	{"snaplen", required_argument, NULL, OPTION_SNAPLEN},
	{"rate", required_argument, NULL, OPTION_RATE},
	{0},
};

static struct {
	__u32 reasons; /* bits; 0: all */
	const char *role;
	const char *interface;
	const char *prefix;
	const char *pcap;
	int snaplen;
	int rate;
} wanted = {.snaplen = SNAP_DEFAULT, .rate = RATE_DEFAULT};

static volatile sig_atomic_t is_stopped;

/* What goes on while it runs. */
struct monitor {
	struct watcher watcher;
	struct known known;
	struct capture capture;
	__u64 clock;  /* what CLOCK_REALTIME is ahead of CLOCK_MONOTONIC */
	__u32 latest; /* generation of the last event */
	__u64 shown;
	__u32 explained; /* reasons, as bits, that were explained */
	struct unseen told;
	bool json;
	bool is_quiet; /* standard output is the capture's */
};

/* "port" or "port,pair". */
static bool take_reasons(const char *value)
{
	char name[32];
	size_t length;
	int reason;

	while (*value) {
		length = strcspn(value, ",");
		snprintf(name, sizeof(name), "%.*s", (int)length, value);
		reason = reason_from_name(name);
		if (reason <= REASON_NONE)
			return false;
		wanted.reasons |= 1U << reason;
		value += length;
		value += *value == ',';
	}
	return wanted.reasons != 0;
}

static bool take_prefix(const char *value)
{
	struct prefix prefix;

	wanted.prefix = value;
	return !prefix_from_str(&prefix, value);
}

static bool take_option(int option, const char *value)
{
	switch (option) {
	case OPTION_REASON:
		return take_reasons(value);
	case OPTION_ROLE:
		wanted.role = value;
		return true;
	case OPTION_INTERFACE:
		wanted.interface = value;
		return true;
	case OPTION_PREFIX:
		return take_prefix(value);
	case OPTION_PCAP:
		wanted.pcap = value;
		return true;
	case OPTION_SNAPLEN:
		wanted.snaplen = number_from_str(value, EVENT_FRAME_MAX);
		return wanted.snaplen >= SNAP_LEAST;
	case OPTION_RATE:
		wanted.rate = number_from_str(value, RATE_MAX);
		return wanted.rate > 0;
	}
	return false;
}

static void stop(int number)
{
	(void)number;
	is_stopped = 1;
}

static __u64 clock_ahead(void)
{
	struct timespec real, monotonic;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	return (real.tv_sec - monotonic.tv_sec) * SECOND + real.tv_nsec -
	       monotonic.tv_nsec;
}

/* The classes that hold the role; those not known yet may. */
static void set_classes(struct monitor *monitor, const struct image *image)
{
	__u64 classes[CLASSES_MAX / 64] = {};
	int role = model_find_role(&image->model, wanted.role);
	__u32 i;

	for (i = 0; i < CLASSES_MAX; i++)
		if (i >= image->classes.sets.count ||
		    (role >= 0 && classes_has_role(&image->classes, i, role)))
			classes[i / 64] |= 1ULL << i % 64;
	watcher_set_classes(&monitor->watcher, image->generation, classes);
}

static bool has_role(const struct image *image, __u32 class)
{
	int role = model_find_role(&image->model, wanted.role);

	return role >= 0 && class < image->classes.sets.count &&
	       classes_has_role(&image->classes, class, role);
}

/* The filter of the datapath lets through what it cannot tell. */
static bool is_wanted(const struct image *image, const struct event *event)
{
	if (!wanted.role)
		return true;
	return image && event->has_classes &&
	       (has_role(image, event->sclass) ||
		has_role(image, event->dclass));
}

/* The first time that a reason comes up it is explained. */
static void print_reason(struct monitor *monitor, unsigned int reason)
{
	__u32 bit = 1U << (reason & 31);

	if (!(monitor->explained & bit))
		printf("# %s: %s\n", reason_name(reason), reason_about(reason));
	monitor->explained |= bit;
}

static void print_json(const json_t *row)
{
	json_dumpf(row, stdout, JSON_COMPACT);
	putchar('\n');
}

static void print(struct monitor *monitor, const struct event *event,
		  const struct image *image)
{
	json_t *row = describe_event(event, image, monitor->clock);

	if (monitor->json) {
		print_json(row);
	} else {
		print_reason(monitor, event->reason);
		print_event(row, event, monitor->clock);
	}
	json_decref(row);
}

static void show_event(const struct event *event, void *context)
{
	struct monitor *monitor = context;
	const struct image *image;

	image = known_image(&monitor->known, event->generation,
			    event->sclass > event->dclass ? event->sclass
							  : event->dclass);
	if (wanted.role && image && event->generation != monitor->latest)
		set_classes(monitor, image);
	monitor->latest = event->generation;
	if (!is_wanted(image, event))
		return;
	monitor->shown++;
	if (wanted.pcap)
		capture_write(&monitor->capture, event->time + monitor->clock,
			      event->frame, event->caught, event->length);
	if (!monitor->is_quiet)
		print(monitor, event, image);
}

static void print_json_unseen(__u64 packets)
{
	json_t *row = show_new();

	json_object_set_new(row, "not_shown", json_integer(packets));
	show_json(row);
}

/* What is missing between the lines is said between them. */
static void tell_unseen(struct monitor *monitor, const struct unseen *unseen)
{
	__u64 limited = unseen->limited - monitor->told.limited;
	__u64 lost = unseen->lost - monitor->told.lost;

	if (limited + lost == 0)
		return;
	monitor->told = *unseen;
	if (monitor->is_quiet)
		return;
	if (monitor->json)
		print_json_unseen(limited + lost);
	else
		printf("... %llu more were not shown\n",
		       (unsigned long long)(limited + lost));
}

/* What was shown leaves the program. Reports errors. */
static int hand_on(struct monitor *monitor)
{
	int err = monitor->is_quiet ? 0 : result_flush();

	if (err)
		return report_error(
			err, "cannot write the drops to standard output: %s",
			strerror(-err));
	return wanted.pcap ? capture_flush(&monitor->capture) : 0;
}

static int report_unread(int err)
{
	return report_error(err, "cannot read the drops: %s", strerror(-err));
}

/* Reports errors. */
static int watch_on(struct monitor *monitor)
{
	const struct timespec beat = {0, WATCHER_BEAT_MS * 1000000L};
	struct unseen unseen;
	int beats = 0, err;

	while (!is_stopped && !watcher_is_over(&monitor->watcher)) {
		err = watcher_read(&monitor->watcher);
		if (err < 0)
			return report_unread(err);
		if (++beats % (1000 / WATCHER_BEAT_MS) == 0 &&
		    !watcher_unseen(&monitor->watcher, &unseen))
			tell_unseen(monitor, &unseen);
		err = hand_on(monitor);
		if (err)
			return err;
		nanosleep(&beat, NULL);
	}
	err = watcher_stop(&monitor->watcher);
	return err < 0 ? report_unread(err) : hand_on(monitor);
}

static void conclude(struct monitor *monitor)
{
	struct unseen unseen = {};

	watcher_unseen(&monitor->watcher, &unseen);
	tell_unseen(monitor, &unseen);
	if (!monitor->is_quiet && result_flush())
		return;
	if (watcher_is_over(&monitor->watcher))
		fprintf(stderr, "rolegate: instance %s was unloaded\n",
			monitor->known.instance->name);
	fprintf(stderr,
		"rolegate: %llu shown, %llu not shown (%llu beyond %d a second "
		"and CPU: --rate; %llu for want of room)\n",
		(unsigned long long)monitor->shown,
		(unsigned long long)(unseen.limited + unseen.lost),
		(unsigned long long)unseen.limited, wanted.rate,
		(unsigned long long)unseen.lost);
}

static int report_place(const struct instance *instance, int err,
			const char *holder)
{
	if (err == -EBUSY)
		return report_error(err,
				    "instance %s is being watched by %s, and "
				    "only one can watch: end that first",
				    instance->name, holder);
	return report_error(err, "cannot watch instance %s: %s", instance->name,
			    strerror(-err));
}

static void fill_prefix(struct watch *watch)
{
	struct prefix prefix, mask = {};

	prefix_from_str(&prefix, wanted.prefix);
	prefix_clear_host_bits(&prefix);
	memset(mask.address, 0xff, prefix_bits(&prefix) / 8);
	mask.family = prefix.family;
	mask.length = prefix.length;
	prefix_clear_host_bits(&mask);
	watch->family = prefix.family;
	memcpy(watch->address, prefix.address, sizeof(watch->address));
	memcpy(watch->mask, mask.address, sizeof(watch->mask));
}

/* Are role and interface there? Their names may change later. */
static int check_names(const struct image *image, struct watch *watch)
{
	const struct model *model = &image->model;
	int index;

	if (wanted.role && model_find_role(model, wanted.role) < 0)
		return command_usage(&cmd_monitor, "there is no role '%s'",
				     wanted.role);
	if (!wanted.interface)
		return EXIT_DONE;
	index = describe_find_interface(model, wanted.interface);
	watch->ifindex = index < 0 ? if_nametoindex(wanted.interface)
				   : model->interfaces.items[index].ifindex;
	if (watch->ifindex)
		return EXIT_DONE;
	return command_usage(&cmd_monitor, "there is no interface '%s' here",
			     wanted.interface);
}

static int start(struct monitor *monitor, const struct image *image)
{
	struct watch watch = {
		.reasons = wanted.reasons ? wanted.reasons : ~0U,
		.rate = wanted.rate,
		.snaplen = wanted.pcap ? wanted.snaplen : SNAP_LEAST,
		.generation = GENERATION_NONE,
	};
	int status = check_names(image, &watch), err;

	if (status != EXIT_DONE)
		return status;
	if (wanted.prefix)
		fill_prefix(&watch);
	if (wanted.pcap &&
	    capture_create(&monitor->capture, wanted.pcap, wanted.snaplen))
		return EXIT_FAILED;
	err = watcher_start(&monitor->watcher, &watch, show_event, monitor);
	if (err) {
		report_error(err, "cannot watch: %s", strerror(-err));
		return EXIT_FAILED;
	}
	monitor->latest = image->generation;
	if (wanted.role)
		set_classes(monitor, image);
	return EXIT_DONE;
}

/* Opens what is loaded and takes the watcher's place; then lets others go on. */
static int open_monitor(struct monitor *monitor, struct instance *instance,
			const struct options *options)
{
	char holder[INSTANCE_HOLDER_SIZE] = "";
	struct state state;
	int err, status = EXIT_FAILED;

	if (state_open(&state, options->instance, false))
		return EXIT_FAILED;
	*instance = state.instance;
	instance->lock = -1;
	err = watcher_open(&monitor->watcher, instance, holder);
	/* A named pipe for --pcap may wait for its reader. */
	instance_close(&state.instance);
	if (err)
		report_place(instance, err, holder);
	else
		status = start(monitor, &state.generation.image);
	state_close(&state);
	return status;
}

static void catch_signals(void)
{
	/* Sleep is interrupted all the same; a line half written is not. */
	struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static int run(const struct options *options, int argc, char **argv)
{
	struct monitor monitor = {
		.clock = clock_ahead(),
		.json = options->json,
		.is_quiet = wanted.pcap && !strcmp(wanted.pcap, "-"),
	};
	struct instance instance;
	int status, err;

	if (argc)
		return command_usage(&cmd_monitor, "what is '%s'?", argv[0]);
	catch_signals();
	watcher_init(&monitor.watcher);
	known_init(&monitor.known, &instance);
	status = open_monitor(&monitor, &instance, options);
	if (status == EXIT_DONE) {
		if (!monitor.json && !monitor.is_quiet)
			puts("# Ctrl-C ends this; `rolegate explain` tells "
			     "what would let a packet pass.");
		err = watch_on(&monitor);
		if (err)
			status = EXIT_FAILED;
		conclude(&monitor);
	}
	watcher_close(&monitor.watcher);
	capture_close(&monitor.capture);
	known_release(&monitor.known);
	return status;
}

const struct command cmd_monitor = {
	.name = "monitor",
	.arguments = "[--reason R] [--role R] [--interface I] [--prefix P] "
		     "[--pcap FILE]",
	.summary = "show packets as they are dropped",
	.help = "  --reason R     only these, like port or port,pair\n"
		"  --role R       only to or from who holds it\n"
		"  --interface I  only those that come in there\n"
		"  --prefix P     only to or from such addresses\n"
		"  --pcap FILE    write them there too; - is standard output "
		"alone\n"
		"  --snaplen N    bytes of each for --pcap (default 128, at "
		"most 2048)\n"
		"  --rate N       as many a second and CPU (default 1000)\n\n"
		"What an interface that only observes would drop is shown too. "
		"The kernel makes\nevents only while this runs, and no more "
		"than --rate; the number not shown is\ntold. One can watch an "
		"instance at a time. Ends at Ctrl-C, or when unloaded.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
