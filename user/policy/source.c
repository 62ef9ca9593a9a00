/* SPDX-License-Identifier: GPL-2.0-only */
/* A text being read: its name as users know it, its bytes, its lines. */
#include "user/policy/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#define READ_SIZE 65536

/* Makes room for READ_SIZE more bytes and a NUL. */
static int reserve(struct source *source, size_t *room)
{
	size_t wanted = *room ? *room * 2 : 2 * READ_SIZE;
	char *moved;

	if (*room > source->size + READ_SIZE)
		return 0;
	moved = realloc(source->text, wanted);
	if (!moved)
		return -ENOMEM;
	source->text = moved;
	*room = wanted;
	return 0;
}

static int read_all(struct source *source, int fd, size_t limit)
{
	size_t room = 0;
	ssize_t got;
	int err;

	do {
		err = reserve(source, &room);
		if (err)
			return err;
		got = read(fd, source->text + source->size, READ_SIZE);
		if (got < 0 && errno != EINTR)
			return -errno;
		source->size += got > 0 ? got : 0;
		if (source->size > limit)
			return -EFBIG;
	} while (got);
	source->text[source->size] = '\0';
	return 0;
}

/* What a shell makes for <(...): its other end is there already. */
static bool is_nameless_pipe(int fd, const struct stat *st)
{
	struct statfs fs;

	return S_ISFIFO(st->st_mode) && !fstatfs(fd, &fs) &&
	       fs.f_type == PIPEFS_MAGIC;
}

/* What it was opened with would take an empty pipe for an error. */
static int wait_for_bytes(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK))
		return -errno;
	return 0;
}

/* Does not wait for a named pipe's other end, nor read what is too large. */
static int open_readable(const char *path, size_t limit)
{
	struct stat st;
	int err = 0;
	int fd;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	else if (is_nameless_pipe(fd, &st))
		err = wait_for_bytes(fd);
	else if (!S_ISREG(st.st_mode))
		err = -ENOTSUP;
	else if (st.st_size > (off_t)limit)
		err = -EFBIG;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int source_read(struct source *source, const char *path, size_t limit)
{
	bool is_stdin = !strcmp(path, "-");
	int err;
	int fd;

	memset(source, 0, sizeof(*source));
	source->name = strdup(is_stdin ? "<stdin>" : path);
	if (!source->name)
		return -ENOMEM;
	if (is_stdin)
		return read_all(source, STDIN_FILENO, limit);
	fd = open_readable(path, limit);
	if (fd < 0)
		return fd;
	err = read_all(source, fd, limit);
	close(fd);
	return err;
}

const char *source_problem(int err)
{
	return err == -ENOTSUP ? "Not a regular file" : strerror(-err);
}

int source_embed(struct source *source, const char *policy, const char *text)
{
	memset(source, 0, sizeof(*source));
	if (asprintf(&source->name, "<%s>", policy) < 0)
		source->name = NULL;
	source->text = strdup(text);
	if (!source->name || !source->text)
		return -ENOMEM;
	source->size = strlen(text);
	return 0;
}

void source_release(struct source *source)
{
	free(source->name);
	free(source->text);
	free(source->lines);
	memset(source, 0, sizeof(*source));
}

static const char *line_end(const struct source *source, const char *at)
{
	return memchr(at, '\n', source->text + source->size - at);
}

int source_index(struct source *source)
{
	const char *at = source->text;
	__u32 count = 1;

	while ((at = line_end(source, at))) {
		at++;
		count++;
	}
	source->lines = calloc(count, sizeof(*source->lines));
	if (!source->lines)
		return -ENOMEM;
	source->line_count = 1;
	at = source->text;
	while ((at = line_end(source, at)))
		source->lines[source->line_count++] = ++at - source->text;
	return 0;
}

static unsigned int line_at(const struct source *source, size_t offset)
{
	__u32 low = 0;
	__u32 high = source->line_count;
	__u32 middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (source->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low + 1;
}

unsigned int source_count(const struct source *source, size_t from, size_t to)
{
	unsigned int count = 0;

	for (; from < to; from++)
		count += (source->text[from] & 0xc0) != 0x80;
	return count;
}

void source_locate(struct source *source, size_t offset, unsigned int *line,
		   unsigned int *column)
{
	if (offset > source->size)
		offset = source->size;
	*line = line_at(source, offset);
	if (*line != source->last.line) {
		source->last.line = *line;
		source->last.offset = source->lines[*line - 1];
		source->last.column = 1;
	}
	if (offset >= source->last.offset)
		source->last.column += source_count(source, source->last.offset,
						    offset);
	else
		source->last.column -= source_count(source, offset,
						    source->last.offset);
	source->last.offset = offset;
	*column = source->last.column;
}

const char *source_line(const struct source *source, unsigned int line)
{
	const char *at = source->text;

	if (!line || !at)
		return NULL;
	if (source->lines)
		return line > source->line_count ? NULL
						 : at + source->lines[line - 1];
	while (--line) {
		at = line_end(source, at);
		if (!at)
			return NULL;
		at++;
	}
	return at;
}
