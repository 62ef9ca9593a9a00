/* SPDX-License-Identifier: GPL-2.0-only */
/* Judges frames from standard input by the twin and the filter, for the oracle. */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

#include "tests/packet/subject.h"
#include "user/kernel/tallies.h"
#include "user/policy/config.h"
#include "user/policy/reason.h"

#define FRAME_MAX 65536

enum { RUNNER_DONE, RUNNER_FAILED, RUNNER_USAGE };

/* The bytes that the hex digits say, or -EINVAL. */
static long read_hex(const char *hex, __u8 *bytes)
{
	unsigned int value;
	long n = 0;

	for (; hex[0] && hex[0] != '\n'; hex += 2) {
		if (n == FRAME_MAX || sscanf(hex, "%2x", &value) != 1)
			return -EINVAL;
		bytes[n++] = value;
	}
	return n;
}

static unsigned int verdict_at(const struct subject *subject, int iface,
			       const struct explain *answer)
{
	if (answer->verdict == VERDICT_DROP && iface >= 0 &&
	    !subject->model.interfaces.items[iface].enforce)
		return VERDICT_WOULD_DROP;
	return answer->verdict;
}

static void print_answer(const struct subject *subject, int iface,
			 const struct explain *answer, bool filter_agrees)
{
	const struct model *model = &subject->model;
	const char *rule = "-";

	if (answer->rule != RULE_NONE)
		rule = model_str(model, model->rules.items[answer->rule].name);
	printf("%s%s %s %s\n", filter_agrees ? "" : "filter-does-not-",
	       verdict_name(verdict_at(subject, iface, answer)),
	       reason_name(answer->reason), rule);
}

/* Packets tallied where one with that answer belongs. */
static __u64 tallied(const struct subject *subject,
		     const struct mapping *tallies, unsigned int verdict,
		     const struct explain *answer)
{
	const struct shape *shape = &subject->tables.shape;
	__u32 place = shape->rules_apart ? answer->iface : 0, rule;
	__u64 packets;

	packets = tallies_sum(
			  tallies, shape, TALLY_REASON,
			  REASON_TALLY(answer->iface, answer->reason, verdict))
			  .packets;
	if (shape->unnamed && answer->sclass == CLASS_NONE)
		packets += tallies_sum(tallies, shape, TALLY_NOBODY,
				       NOBODY_TALLY(TALLY_AT(answer->iface,
							     shape->class_bits,
							     answer->dclass)))
				   .packets;
	if (answer->rule == RULE_NONE)
		return packets;
	rule = TALLY_AT(place, shape->rule_bits, answer->rule);
	return packets +
	       tallies_sum(tallies, shape, TALLY_RULE,
			   RULE_TALLY(rule, answer->reason == REASON_REPLY))
		       .packets;
}

/* A rule tells the reason too, unless it is tallied for all interfaces. */
static __u64 tallies_of_one(const struct subject *subject,
			    const struct explain *answer)
{
	return answer->rule == RULE_NONE || subject->tables.shape.rules_apart
		       ? 1
		       : 2;
}

/* Does the filter act, and count, as the twin has answered? */
static int ask_filter(const struct subject *subject, int iface,
		      const void *frame, size_t size,
		      const struct explain *answer, bool *agrees)
{
	unsigned int verdict = verdict_at(subject, iface, answer);
	__u32 ifindex;
	struct mapping tallies;
	__u64 before, after;
	int action, err;

	ifindex = if_nametoindex(model_str(
		&subject->model, subject->model.interfaces.items[iface].name));
	err = mapping_open(&tallies, subject->generation.tallies);
	if (err)
		return err;
	before = tallied(subject, &tallies, verdict, answer);
	action = subject_filter(subject, ifindex, frame, size);
	after = tallied(subject, &tallies, verdict, answer);
	*agrees = after - before == tallies_of_one(subject, answer) &&
		  (action == XDP_DROP) == (verdict == VERDICT_DROP);
	mapping_close(&tallies);
	return action < 0 ? action : 0;
}

static int judge_line(const struct subject *subject, char *line)
{
	static __u8 frame[FRAME_MAX];
	struct explain answer = {};
	char *hex = strchr(line, ' ');
	bool agrees = true;
	int iface = -1, err;
	long size;

	if (!hex)
		return -EINVAL;
	*hex++ = '\0';
	if (strcmp(line, "-")) {
		iface = model_find_interface(&subject->model, line);
		if (iface < 0)
			return -ENODEV;
	}
	size = read_hex(hex, frame);
	if (size < 0)
		return size;
	answer.iface = iface < 0 ? IFACE_UNKNOWN : IFACE_NUMBER(iface);
	/* Else it is the filter that remembers first fragments. */
	answer.track = iface < 0;
	err = subject_ask(subject, frame, size, &answer);
	/* Of an interface that it does not know, the filter only says so. */
	if (!err && iface >= 0 && size >= FRAME_RUN_MIN)
		err = ask_filter(subject, iface, frame, size, &answer, &agrees);
	if (!err)
		print_answer(subject, iface, &answer, agrees);
	return err;
}

/* The config's interfaces, in a network namespace of our own. */
static int make_interfaces(const char *config)
{
	char command[256];
	struct model model;
	struct diag diag;
	__u32 i;
	int err;

	if (unshare(CLONE_NEWNET))
		return -errno;
	model_init(&model);
	diag_init(&diag);
	err = config_read(&model, config, &diag);
	for (i = 0; i < model.interfaces.count && !err; i++) {
		snprintf(command, sizeof(command),
			 "ip link add '%s' type veth peer name far%u",
			 model_str(&model, model.interfaces.items[i].name), i);
		if (system(command))
			err = -EIO;
	}
	diag_release(&diag);
	model_release(&model);
	return err == -EIO ? err : 0;
}

static int judge_lines(const struct subject *subject)
{
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	while (!err && getline(&line, &room, stdin) > 0) {
		number++;
		err = judge_line(subject, line);
		if (err)
			fprintf(stderr, "judge_runner: line %lu: %s\n", number,
				strerror(-err));
	}
	free(line);
	return err ? RUNNER_FAILED : RUNNER_DONE;
}

int main(int argc, char **argv)
{
	struct subject subject;
	int err, status;

	if (argc != 2) {
		fprintf(stderr, "usage: judge_runner CONFIGFILE\n");
		return RUNNER_USAGE;
	}
	/* Whoever asks line by line is answered line by line. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	err = make_interfaces(argv[1]);
	if (err) {
		fprintf(stderr, "judge_runner: no interfaces: %s\n",
			strerror(-err));
		return RUNNER_FAILED;
	}
	err = subject_load(&subject, argv[1]);
	if (!err)
		status = judge_lines(&subject);
	else if (err == -EINVAL || err == -E2BIG || err == -ENOENT)
		status = RUNNER_USAGE;
	else
		status = RUNNER_FAILED;
	subject_release(&subject);
	return status;
}
