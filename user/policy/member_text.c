/* SPDX-License-Identifier: GPL-2.0-only */
/* A member as people write it: an address, a prefix, a range; "!" excludes. */
#include "user/policy/member_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BLANKS		" \t\r"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static int refuse(char *problem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static int refuse(char *problem, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem, MEMBER_PROBLEM_SIZE, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* ::ffff:192.0.2.1 would never match: such packets are IPv4. */
static bool is_mapped(const struct prefix *prefix)
{
	static const __u8 head[12] = {[10] = 0xff, [11] = 0xff};

	return prefix->family == 6 && prefix->length >= 96 &&
	       !memcmp(prefix->address, head, sizeof(head));
}

static int refuse_mapped(const struct prefix *prefix, char *problem)
{
	char text[PREFIX_TEXT_SIZE], meant[PREFIX_TEXT_SIZE];
	struct prefix v4 = {.family = 4, .length = prefix->length - 96};

	memcpy(v4.address, prefix->address + 12, 4);
	return refuse(problem,
		      "%s is an IPv4 address written as IPv6: write %s",
		      prefix_to_str(prefix, text), prefix_to_str(&v4, meant));
}

static int refuse_host_bits(const struct prefix *prefix, char *problem)
{
	char text[PREFIX_TEXT_SIZE], network[PREFIX_TEXT_SIZE];
	char host[PREFIX_TEXT_SIZE];
	struct prefix meant = *prefix;

	prefix_clear_host_bits(&meant);
	prefix_to_str(&meant, network);
	meant = *prefix;
	meant.length = prefix_bits(prefix);
	return refuse(problem, "%s has host bits set: did you mean %s or %s?",
		      prefix_to_str(prefix, text), network,
		      prefix_to_str(&meant, host));
}

static int read_prefix(struct member_text *member, const char *text,
		       char *problem)
{
	struct prefix *prefix = &member->prefixes[0];

	if (prefix_from_str(prefix, text))
		return refuse(problem, "%s", "");
	if (is_mapped(prefix))
		return refuse_mapped(prefix, problem);
	if (prefix_has_host_bits(prefix))
		return refuse_host_bits(prefix, problem);
	member->count = 1;
	return 0;
}

/* text is "first-last"; its '-' is overwritten. */
static int read_range(struct member_text *member, char *text, char *problem)
{
	char *dash = strchr(text, '-');
	struct prefix first, last;

	*dash++ = '\0';
	dash += strspn(dash, BLANKS);
	text[strcspn(text, BLANKS)] = '\0';
	if (prefix_from_address(&first, text) ||
	    prefix_from_address(&last, dash))
		return refuse(problem, "%s", "");
	if (is_mapped(&first) || is_mapped(&last))
		return refuse_mapped(is_mapped(&first) ? &first : &last,
				     problem);
	if (first.family != last.family)
		return refuse(problem, "a range is of one family, IPv4 or "
				       "IPv6, not of both");
	member->count = prefix_from_range(member->prefixes, &first, &last);
	if (member->count < 0)
		return refuse(problem, "empty range: %s comes after %s", text,
			      dash);
	return 0;
}

int member_from_str(struct member_text *member, const char *text,
		    char problem[MEMBER_PROBLEM_SIZE])
{
	char copy[MEMBER_TEXT_MAX];

	member->excluded = text[0] == '!';
	text += member->excluded;
	text += strspn(text, BLANKS);
	if (!strchr(text, '-'))
		return read_prefix(member, text, problem);
	if (strlen(text) >= sizeof(copy))
		return refuse(problem, "%s", "");
	strcpy(copy, text);
	return read_range(member, copy, problem);
}

static bool is_blank(char letter)
{
	return letter == ' ' || letter == '\t' || letter == '\r';
}

/* Takes what is left of a line without comment and blanks around it. */
static void take_text(struct member_lines *lines, const char *line, size_t size)
{
	const char *comment = memchr(line, '#', size);
	const char *text = line;

	if (comment)
		size = comment - line;
	while (size && is_blank(text[size - 1]))
		size--;
	while (size && is_blank(*text)) {
		text++;
		size--;
	}
	lines->text = text;
	lines->size = size;
	lines->column = text - line + 1;
}

void member_lines_start(struct member_lines *lines, const char *text,
			size_t size)
{
	const size_t mark = strlen(BYTE_ORDER_MARK);
	bool is_marked = size >= mark && !memcmp(text, BYTE_ORDER_MARK, mark);

	*lines = (struct member_lines){
		.next = is_marked ? text + mark : text,
		.end = text + size,
	};
}

bool member_lines_next(struct member_lines *lines)
{
	const char *line, *end;

	lines->size = 0;
	while (!lines->size && lines->next < lines->end) {
		line = lines->next;
		end = memchr(line, '\n', lines->end - line);
		if (!end)
			end = lines->end;
		lines->next = end + 1;
		lines->number++;
		take_text(lines, line, end - line);
	}
	return lines->size > 0;
}
