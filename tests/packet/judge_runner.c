/* SPDX-License-Identifier: GPL-2.0-only */
/* Judges frames from standard input by the twin program, for the oracle. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/packet/subject.h"
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

static void print_answer(const struct subject *subject, int iface,
			 const struct explain *answer)
{
	const struct model *model = &subject->model;
	unsigned int verdict = answer->verdict;
	const char *rule = "-";

	if (verdict == VERDICT_DROP && iface >= 0 &&
	    !model->interfaces.items[iface].enforce)
		verdict = VERDICT_WOULD_DROP;
	if (answer->rule != RULE_NONE)
		rule = model_str(model, model->rules.items[answer->rule].name);
	printf("%s %s %s\n", verdict_name(verdict), reason_name(answer->reason),
	       rule);
}

static int judge_line(const struct subject *subject, char *line)
{
	static __u8 frame[FRAME_MAX];
	struct explain answer = {.track = 1};
	char *hex = strchr(line, ' ');
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
	err = subject_ask(subject, frame, size, &answer);
	if (!err)
		print_answer(subject, iface, &answer);
	return err;
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
