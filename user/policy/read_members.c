/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the members of roles: addresses, prefixes, ranges, files of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/read.h"

#define MEMBER_TEXT_MAX (2 * PREFIX_TEXT_SIZE)
#define BLANKS		" \t\r"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static const char expected[] = "an address, a prefix or a range";

static int add(struct reader *reader, const struct yaml_node *node, __u32 role,
	       bool excluded, const struct prefix *prefix)
{
	struct member *member;

	if (reader->model->members.count == MEMBERS_MAX) {
		if (!reader->is_full)
			yaml_error(reader->diag, node,
				   "capacity exceeded: more than %d members",
				   MEMBERS_MAX);
		reader->is_full = true;
		return -ENOSPC;
	}
	member = model_push(&reader->model->members);
	if (!member)
		return read_no_memory(reader);
	member->prefix = *prefix;
	member->role = role;
	member->excluded = excluded;
	member->place = read_place(node);
	return 0;
}

/* ::ffff:192.0.2.1 would never match: such packets are IPv4. */
static bool is_mapped(const struct prefix *prefix)
{
	static const __u8 head[12] = {[10] = 0xff, [11] = 0xff};

	return prefix->family == 6 && prefix->length >= 96 &&
	       !memcmp(prefix->address, head, sizeof(head));
}

static int refuse_mapped(struct reader *reader, const struct yaml_node *node,
			 const struct prefix *prefix)
{
	char text[PREFIX_TEXT_SIZE], meant[PREFIX_TEXT_SIZE];
	struct prefix v4 = {.family = 4, .length = prefix->length - 96};

	memcpy(v4.address, prefix->address + 12, 4);
	return yaml_error(reader->diag, node,
			  "%s is an IPv4 address written as IPv6: write %s",
			  prefix_to_str(prefix, text),
			  prefix_to_str(&v4, meant));
}

static int refuse_host_bits(struct reader *reader, const struct yaml_node *node,
			    const struct prefix *prefix)
{
	char text[PREFIX_TEXT_SIZE], network[PREFIX_TEXT_SIZE];
	char host[PREFIX_TEXT_SIZE];
	struct prefix meant = *prefix;

	prefix_clear_host_bits(&meant);
	prefix_to_str(&meant, network);
	meant = *prefix;
	meant.length = prefix_bits(prefix);
	return yaml_error(reader->diag, node,
			  "%s has host bits set: did you mean %s or %s?",
			  prefix_to_str(prefix, text), network,
			  prefix_to_str(&meant, host));
}

static int read_prefix(struct reader *reader, const struct yaml_node *node,
		       const char *text, __u32 role, bool excluded)
{
	struct prefix prefix;

	if (prefix_from_str(&prefix, text))
		return read_expected(reader, node, expected);
	if (is_mapped(&prefix))
		return refuse_mapped(reader, node, &prefix);
	if (prefix_has_host_bits(&prefix))
		return refuse_host_bits(reader, node, &prefix);
	return add(reader, node, role, excluded, &prefix);
}

/* text is "first-last"; its '-' is overwritten. */
static int read_range(struct reader *reader, const struct yaml_node *node,
		      char *text, __u32 role, bool excluded)
{
	struct prefix prefixes[PREFIX_RANGE_MAX];
	char *dash = strchr(text, '-');
	struct prefix first, last;
	int count, i, err;

	*dash++ = '\0';
	dash += strspn(dash, BLANKS);
	text[strcspn(text, BLANKS)] = '\0';
	if (prefix_from_address(&first, text) ||
	    prefix_from_address(&last, dash))
		return read_expected(reader, node, expected);
	if (is_mapped(&first) || is_mapped(&last))
		return refuse_mapped(reader, node,
				     is_mapped(&first) ? &first : &last);
	if (first.family != last.family)
		return yaml_error(reader->diag, node,
				  "a range is of one family, "
				  "IPv4 or IPv6, not of both");
	count = prefix_from_range(prefixes, &first, &last);
	if (count < 0)
		return yaml_error(reader->diag, node,
				  "empty range: %s comes after %s", text, dash);
	for (i = 0, err = 0; i < count && !err; i++)
		err = add(reader, node, role, excluded, &prefixes[i]);
	return err;
}

int read_member(struct reader *reader, const struct yaml_node *node, __u32 role)
{
	char copy[MEMBER_TEXT_MAX];
	const char *text;
	bool excluded;

	if (!read_is_scalar(reader, node, expected))
		return -EINVAL;
	excluded = node->text[0] == '!';
	text = node->text + excluded;
	text += strspn(text, BLANKS);
	if (!strchr(text, '-'))
		return read_prefix(reader, node, text, role, excluded);
	if (strlen(text) >= sizeof(copy))
		return read_expected(reader, node, expected);
	strcpy(copy, text);
	return read_range(reader, node, copy, role, excluded);
}

/* Reads what is left of a line without comment and blanks around it. */
static int read_line(struct reader *reader, struct yaml_node *node,
		     const char *line, size_t size, __u32 role)
{
	const char *comment = memchr(line, '#', size);
	char text[MEMBER_TEXT_MAX];
	size_t indent = 0;

	if (comment)
		size = comment - line;
	while (size && strchr(BLANKS, line[size - 1]) && line[size - 1])
		size--;
	while (indent < size && strchr(BLANKS, line[indent]) && line[indent])
		indent++;
	if (indent == size)
		return 0;
	size -= indent;
	node->column = indent + 1;
	node->length = size;
	if (memchr(line + indent, '\0', size))
		return yaml_error(reader->diag, node, "NUL byte in the line");
	snprintf(text, sizeof(text), "%.*s", (int)size, line + indent);
	node->text = text;
	if (size >= sizeof(text))
		return read_expected(reader, node, expected);
	return read_member(reader, node, role);
}

static void read_lines(struct reader *reader, const struct source *source,
		       __u32 role)
{
	const char *end = source->text + source->size;
	const char *at = source->text;
	struct yaml_node line = {.source = source};
	const char *next;

	if (!strncmp(at, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
		at += strlen(BYTE_ORDER_MARK);
	for (; at < end && !reader->is_full && !reader->out_of_memory;
	     at = next + 1) {
		next = memchr(at, '\n', end - at);
		if (!next)
			next = end;
		line.line++;
		read_line(reader, &line, at, next - at, role);
	}
}

int read_member_file(struct reader *reader, const struct yaml_node *node,
		     __u32 role)
{
	struct source source = {};
	char *path;
	int err;

	if (!read_is_scalar(reader, node, "the path of a file"))
		return -EINVAL;
	path = read_path(reader, node->text);
	if (!path)
		return read_no_memory(reader);
	err = source_read(&source, path, SOURCE_MEMBERS_MAX);
	if (err)
		err = read_file_error(reader, node, path, err,
				      SOURCE_MEMBERS_MAX);
	else
		err = read_store(reader, source.name, &source.file);
	if (!err)
		read_lines(reader, &source, role);
	source_release(&source);
	free(path);
	return err;
}
