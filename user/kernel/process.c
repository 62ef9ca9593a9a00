/* SPDX-License-Identifier: GPL-2.0-only */
/* Other processes as /proc shows them. */
#include "user/kernel/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_file(int pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

/* The name of the command, in brackets, may hold anything: seek its end. */
int process_read(struct process *process, int pid)
{
	FILE *file = open_file(pid, "stat");
	char text[1024], *end;
	size_t size;

	if (!file)
		return -errno;
	size = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[size] = '\0';
	end = strrchr(text, ')');
	process->pid = pid;
	if (!end || sscanf(end + 1, " %*c %d %*d %*d %d", &process->parent,
			   &process->terminal) != 2)
		return -EPROTO;
	return 0;
}

char *process_variable(int pid, const char *name)
{
	FILE *file = open_file(pid, "environ");
	size_t length = strlen(name), room = 0;
	char *entry = NULL, *value = NULL;

	while (file && !value && getdelim(&entry, &room, '\0', file) > 0)
		if (!strncmp(entry, name, length) && entry[length] == '=')
			value = strdup(entry + length + 1);
	free(entry);
	if (file)
		fclose(file);
	return value;
}
