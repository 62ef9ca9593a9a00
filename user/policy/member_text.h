/* SPDX-License-Identifier: GPL-2.0-only */
/* A member as people write it: an address, a prefix, a range; "!" excludes. */
#ifndef ROLEGATE_USER_MEMBER_TEXT_H
#define ROLEGATE_USER_MEMBER_TEXT_H

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

/*
 * The text of a line of a file of members, without comment and blanks around
 * it: sets *text into line and returns its size, 0 if there is none.
 */
size_t member_line(const char *line, size_t size, const char **text);

#endif
