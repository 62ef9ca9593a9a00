/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the members of roles: addresses, prefixes, ranges, files of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/member_text.h"
#include "user/policy/read.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

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
	member->file = node->source->file;
	member->line = node->line;
	return 0;
}

int read_member(struct reader *reader, const struct yaml_node *node, __u32 role)
{
	char problem[MEMBER_PROBLEM_SIZE];
	struct member_text member;
	int i, err;

	if (!read_is_scalar(reader, node, MEMBER_EXPECTED))
		return -EINVAL;
	err = member_from_str(&member, node->text, problem);
	if (err && !problem[0])
		return read_expected(reader, node, MEMBER_EXPECTED);
	if (err)
		return yaml_error(reader->diag, node, "%s", problem);
	for (i = 0; i < member.count && !err; i++)
		err = add(reader, node, role, member.excluded,
			  &member.prefixes[i]);
	return err;
}

/* Reads what is left of a line without comment and blanks around it. */
static int read_line(struct reader *reader, struct yaml_node *node,
		     const char *line, size_t size, __u32 role)
{
	char copy[MEMBER_TEXT_MAX];
	const char *text;

	size = member_line(line, size, &text);
	if (!size)
		return 0;
	node->column = text - line + 1;
	node->length = size;
	if (memchr(text, '\0', size))
		return yaml_error(reader->diag, node, "NUL byte in the line");
	snprintf(copy, sizeof(copy), "%.*s", (int)size, text);
	node->text = copy;
	if (size >= sizeof(copy))
		return read_expected(reader, node, MEMBER_EXPECTED);
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
