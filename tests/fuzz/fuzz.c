/* SPDX-License-Identifier: GPL-2.0-only */
/* Configs from memory, for the fuzz targets. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/policy/config.h"

int fuzz_config_read(struct model *model, const void *text, size_t size,
		     struct diag *diag)
{
	static int fd = -1;
	char path[64];

	if (fd < 0)
		fd = memfd_create("config", 0);
	if (fd < 0 || ftruncate(fd, 0) ||
	    pwrite(fd, text, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return config_read(model, path, diag);
}
