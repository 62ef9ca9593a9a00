/* SPDX-License-Identifier: GPL-2.0-only */
/* The prefixes that `rolegate role` was given: words, lines, or a file. */
#include "user/cmd/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/output/progress.h"
#include "user/output/report.h"
#include "user/policy/member_text.h"
#include "user/policy/members.h"

#define PROBLEMS_MAX 20

void batch_release(struct batch *batch)
{
	source_release(&batch->source);
	free(batch->members.items);
	memset(batch, 0, sizeof(*batch));
}

static int add(struct batch *batch, __u16 role, const char *text,
	       const char *place)
{
	char problem[MEMBER_PROBLEM_SIZE];
	struct member_text parsed;
	struct member *member;
	int i, err;

	err = member_from_str(&parsed, text, problem);
	if (err && !problem[0])
		return report_error(err,
				    "%s'%s' is no member: " MEMBER_EXPECTED
				    " is expected; nothing was changed",
				    place, text);
	if (err)
		return report_error(err, "%s%s; nothing was changed", place,
				    problem);
	for (i = 0; i < parsed.count; i++) {
		member = model_push(&batch->members);
		if (!member)
			return report_error(-ENOMEM, "out of memory");
		member->prefix = parsed.prefixes[i];
		member->excluded = parsed.excluded;
		member->role = role;
		member->state = MEMBER_RUNTIME;
	}
	return 0;
}

static int read_line(struct batch *batch, __u16 role,
		     const struct member_lines *lines, const char *name)
{
	char copy[MEMBER_TEXT_MAX], place[256];

	snprintf(place, sizeof(place), "%s:%u: ", name, lines->number);
	if (lines->size >= sizeof(copy) ||
	    memchr(lines->text, '\0', lines->size))
		return report_error(-EINVAL,
				    "%sthis line is no member; nothing was "
				    "changed",
				    place);
	snprintf(copy, sizeof(copy), "%.*s", (int)lines->size, lines->text);
	return add(batch, role, copy, place);
}

/* Goes on after errors, so that one run shows several. */
static int read_lines(struct batch *batch, __u16 role)
{
	const struct source *source = &batch->source;
	struct member_lines lines;
	int problems = 0, err;

	progress_stage("reading members", &batch->members.count);
	member_lines_start(&lines, source->text, source->size);
	while (problems < PROBLEMS_MAX && member_lines_next(&lines)) {
		err = read_line(batch, role, &lines, source->name);
		if (err == -ENOMEM)
			return err;
		problems += err != 0;
	}
	return problems ? -EINVAL : 0;
}

int batch_fetch(struct batch *batch, const char *path)
{
	int err;

	progress_reading(path, "reading members", &batch->members.count);
	err = source_read(&batch->source, path, SOURCE_MEMBERS_MAX);
	if (err)
		report_error(err, "cannot read %s: %s; nothing was changed",
			     path, source_problem(err));
	return err;
}

int batch_read_lines(struct batch *batch, __u16 role)
{
	int err = read_lines(batch, role);

	members_sort(batch->members.items, &batch->members.count);
	return err;
}

int batch_read_words(struct batch *batch, __u16 role, char **words, int count)
{
	int i, err = 0, one;

	for (i = 0; i < count && err != -ENOMEM; i++) {
		one = strcmp(words[i], "-") ? add(batch, role, words[i], "")
					    : read_lines(batch, role);
		if (one)
			err = one;
	}
	members_sort(batch->members.items, &batch->members.count);
	return err;
}
