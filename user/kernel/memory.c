/* SPDX-License-Identifier: GPL-2.0-only */
/* What an instance takes of the kernel's memory. */
#include "user/kernel/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

struct sum {
	struct memory memory;
	const char *directory; /* NULL for the instance's own */
};

/* bpf_obj_get_info_by_fd() does not tell. */
static void add_fd(struct memory *memory, int fd)
{
	__u64 *kind = NULL, bytes = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "memlock: %" SCNu64, (uint64_t *)&bytes);
		if (!strncmp(line, "map_type:", strlen("map_type:")))
			kind = &memory->maps;
		if (!strncmp(line, "prog_type:", strlen("prog_type:")))
			kind = &memory->programs;
	}
	if (kind)
		*kind += bytes;
	if (file)
		fclose(file);
}

/* A pin, or a directory of pins. */
static int add(const struct instance *instance, const char *name, void *context)
{
	struct sum *sum = context, inner = {.directory = name};
	char path[PATH_MAX];
	int fd;

	instance_pin(instance, path, "%s/%s",
		     sum->directory ? sum->directory : "", name);
	fd = bpf_obj_get(path);
	if (fd >= 0) {
		add_fd(&sum->memory, fd);
		close(fd);
	} else if (!sum->directory) {
		instance_each(instance, name, add, &inner);
		sum->memory.maps += inner.memory.maps;
		sum->memory.programs += inner.memory.programs;
	}
	return 0;
}

struct memory memory_measure(const struct instance *instance)
{
	struct sum sum = {};

	instance_each(instance, "", add, &sum);
	return sum.memory;
}
