/* SPDX-License-Identifier: GPL-2.0-only */
/* A text being read: its name as users know it, its bytes, its lines. */
#ifndef ROLEGATE_USER_SOURCE_H
#define ROLEGATE_USER_SOURCE_H

#include <stddef.h>

#include <linux/types.h>

#define SOURCE_CONFIG_MAX  (16UL << 20)
#define SOURCE_MEMBERS_MAX (256UL << 20)

struct source {
	char *name; /* a path, "<stdin>" or "<policy>" of an embedded one */
	char *text; /* ends with a NUL that size does not count */
	size_t size;
	__u32 *lines; /* where each begins; NULL until source_index() */
	__u32 line_count;
	struct {
		size_t offset;
		unsigned int line;
		unsigned int column;
	} last;	    /* what source_locate() found: the next place is near */
	__u32 file; /* for struct place: set by who owns the model */
};

/*
 * Reads the file at path, "-" for standard input. Returns 0, -ENOMEM, -EFBIG
 * beyond limit bytes, -ENOTSUP for what is neither a regular file nor standard
 * input nor a pipe without a name, as of <(...) in a shell, or the errno of the
 * failure. The source is to be released in any case.
 */
int source_read(struct source *source, const char *path, size_t limit);

/* Why it failed, in words. */
const char *source_problem(int err);

/* Takes a copy of the text of an embedded policy. Returns 0 or -ENOMEM. */
int source_embed(struct source *source, const char *policy, const char *text);

void source_release(struct source *source);

/* Finds the lines, so that the next two are quick. Returns 0 or -ENOMEM. */
int source_index(struct source *source);

/*
 * Line and column, from 1, of the character at offset; needs the index. Quick
 * for places that follow each other.
 */
void source_locate(struct source *source, size_t offset, unsigned int *line,
		   unsigned int *column);

/* Characters between two offsets of valid UTF-8. */
unsigned int source_count(const struct source *source, size_t from, size_t to);

/* The text from that line on, or NULL if there is no such line. */
const char *source_line(const struct source *source, unsigned int line);

#endif
