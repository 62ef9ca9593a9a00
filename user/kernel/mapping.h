/* SPDX-License-Identifier: GPL-2.0-only */
/* The one value of an array map as memory of this process. */
#ifndef ROLEGATE_USER_MAPPING_H
#define ROLEGATE_USER_MAPPING_H

#include <stddef.h>

struct mapping {
	void *data; /* NULL if not open */
	size_t size;
};

/* Maps an array map made with BPF_F_MMAPABLE. Returns 0 or negative errno. */
int mapping_open(struct mapping *mapping, int fd);
void mapping_close(struct mapping *mapping);

/* Makes such a map of size bytes, zeroed. Returns its descriptor or -errno. */
int mapping_create(const char *name, size_t size);

/* Writes bytes at an offset (page-aligned). Returns 0 or negative errno. */
int mapping_write(int fd, size_t offset, const void *bytes, size_t size);

#endif
