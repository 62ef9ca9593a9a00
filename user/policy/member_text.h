/* SPDX-License-Identifier: GPL-2.0-only */
/* A member as people write it: an address, a prefix, a range; "!" excludes. */
#ifndef ROLEGATE_USER_MEMBER_TEXT_H
#define ROLEGATE_USER_MEMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "user/policy/prefix.h"

#define MEMBER_EXPECTED	    "an address, a prefix or a range"
#define MEMBER_TEXT_MAX	    (2 * PREFIX_TEXT_SIZE)
#define MEMBER_PROBLEM_SIZE 256

struct member_text {
	bool excluded;
	int count;
	struct prefix prefixes[PREFIX_RANGE_MAX]; /* of a range, several */
};

/*
 * Reads one member. Returns 0, or -EINVAL with what is wrong in problem; it is
 * "" if the text is nothing like a member.
 */
int member_from_str(struct member_text *member, const char *text,
		    char problem[MEMBER_PROBLEM_SIZE]);

/* Goes through the lines of a file of members that hold anything. */
struct member_lines {
	const char *next;
	const char *end;
	const char *text; /* of the line, without comment and blanks around */
	size_t size;	  /* of text, which no NUL ends */
	unsigned int number; /* of the line, from 1 */
	unsigned int column; /* where its text begins, from 1 */
};

/* Before the first line of a file's text, behind a byte order mark. */
void member_lines_start(struct member_lines *lines, const char *text,
			size_t size);

/* Goes to the next line; false at the end. */
bool member_lines_next(struct member_lines *lines);

#endif
