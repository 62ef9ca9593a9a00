/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the members of roles: addresses, prefixes, ranges, files of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/member_text.h"
#include "user/policy/read.h"

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

/* Reads the text of one line. */
static int read_line(struct reader *reader, struct yaml_node *node,
		     const struct member_lines *lines, __u32 role)
{
	char copy[MEMBER_TEXT_MAX];

	node->line = lines->number;
	node->column = lines->column;
	node->length = lines->size;
	if (memchr(lines->text, '\0', lines->size))
		return yaml_error(reader->diag, node, "NUL byte in the line");
	snprintf(copy, sizeof(copy), "%.*s", (int)lines->size, lines->text);
	node->text = copy;
	if (lines->size >= sizeof(copy))
		return read_expected(reader, node, MEMBER_EXPECTED);
	return read_member(reader, node, role);
}

static void read_lines(struct reader *reader, const struct source *source,
		       __u32 role)
{
	struct yaml_node node = {.source = source};
	struct member_lines lines;

	member_lines_start(&lines, source->text, source->size);
	while (!reader->is_full && !reader->out_of_memory &&
	       member_lines_next(&lines))
		read_line(reader, &node, &lines, role);
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
