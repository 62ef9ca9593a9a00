/* SPDX-License-Identifier: GPL-2.0-only */
/* A file that is written whole before it takes the place of an older one. */
#include "user/output/replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_SIZE 4096

/* The path with links followed, as far as there is something. */
static char *follow(const char *path)
{
	char *real = realpath(path, NULL);

	return real || errno != ENOENT ? real : strdup(path);
}

/* Only a file is replaced; there may be none. */
static int check_place(const char *path, struct stat *there)
{
	there->st_nlink = 0;
	if (stat(path, there))
		return errno == ENOENT ? 0 : -errno;
	return S_ISREG(there->st_mode) ? 0 : -ENOTSUP;
}

/* What is there may be read by whom it could be read before. */
static int take_over_mode(int fd, const struct stat *there)
{
	if (!there->st_nlink)
		return 0;
	if (fchown(fd, there->st_uid, there->st_gid) ||
	    fchmod(fd, there->st_mode & 07777))
		return -errno;
	return 0;
}

static int make_temporary(struct replacement *replacement)
{
	char *name;
	int fd, err;

	if (asprintf(&name, "%s.XXXXXX", replacement->path) < 0)
		return -ENOMEM;
	fd = mkostemp(name, O_CLOEXEC);
	err = -errno;
	if (fd < 0) {
		free(name);
		return err;
	}
	replacement->temporary = name;
	return fd;
}

int replacement_open(struct replacement *replacement, const char *path)
{
	struct stat there;
	int fd, err;

	replacement->path = follow(path);
	if (!replacement->path)
		return -errno;
	err = check_place(replacement->path, &there);
	if (err)
		return err;
	fd = make_temporary(replacement);
	if (fd < 0)
		return fd;
	err = take_over_mode(fd, &there);
	if (!err)
		replacement->stream = fdopen(fd, "w");
	if (!replacement->stream) {
		err = err ? err : -errno;
		close(fd);
	}
	return err;
}

/*
 * Why a write failed: whoever saw it fail first was told, so it is tried once
 * more. What is written does not matter, as nobody will see it.
 */
static int why_failed(int fd)
{
	static const char block[BLOCK_SIZE];

	return write(fd, block, sizeof(block)) < 0 ? -errno : -EIO;
}

int replacement_finish(struct replacement *replacement)
{
	FILE *stream = replacement->stream;
	int err = 0;

	replacement->stream = NULL;
	if (fflush(stream) || fsync(fileno(stream)))
		err = -errno;
	else if (ferror(stream))
		err = why_failed(fileno(stream));
	if (fclose(stream) && !err)
		err = -errno;
	return err;
}

/* So that the new name, too, outlives a crash. */
static void sync_directory(const char *path)
{
	char *copy = strdup(path);
	int fd = -1;

	if (copy)
		fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

int replacement_commit(struct replacement *replacement)
{
	if (rename(replacement->temporary, replacement->path))
		return -errno;
	sync_directory(replacement->path);
	free(replacement->temporary);
	replacement->temporary = NULL;
	return 0;
}

static bool is_same_stream(FILE *a, FILE *b)
{
	int byte;

	do {
		byte = getc(a);
		if (byte != getc(b))
			return false;
	} while (byte != EOF);
	return !ferror(a) && !ferror(b);
}

static bool is_same_file(const char *path, const char *other)
{
	FILE *a = fopen(path, "re"), *b = fopen(other, "re");
	bool is_same = a && b && is_same_stream(a, b);

	if (a)
		fclose(a);
	if (b)
		fclose(b);
	return is_same;
}

int replacement_commit_new(struct replacement *replacement, bool *is_new)
{
	*is_new = access(replacement->path, F_OK) && errno == ENOENT;
	if (*is_new)
		return replacement_commit(replacement);
	if (!is_same_file(replacement->temporary, replacement->path))
		return -EEXIST;
	unlink(replacement->temporary);
	free(replacement->temporary);
	replacement->temporary = NULL;
	return 0;
}

void replacement_release(struct replacement *replacement)
{
	if (replacement->stream)
		fclose(replacement->stream);
	if (replacement->temporary)
		unlink(replacement->temporary);
	free(replacement->temporary);
	free(replacement->path);
	*replacement = (struct replacement){};
}
