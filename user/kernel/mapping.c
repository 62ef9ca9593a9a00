/* SPDX-License-Identifier: GPL-2.0-only */
/* The one value of an array map as memory of this process. */
#include "user/kernel/mapping.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#define WRITTEN (1UL << 20) /* bytes at once */

int mapping_open(struct mapping *mapping, int fd)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	void *data;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	data = mmap(NULL, info.value_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	mapping->data = data;
	mapping->size = info.value_size;
	return 0;
}

void mapping_close(struct mapping *mapping)
{
	if (mapping->data)
		munmap(mapping->data, mapping->size);
	*mapping = (struct mapping){};
}

int mapping_create(const char *name, size_t size)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	int fd;

	if (size > 0x7fffffff)
		return -E2BIG;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), size, 1,
			    &options);
	return fd < 0 ? -errno : fd;
}

/* A part at a time, so that the memory does not count twice. */
int mapping_write(int fd, size_t offset, const void *bytes, size_t size)
{
	size_t done, length;
	void *part;

	for (done = 0; done < size; done += length) {
		length = size - done < WRITTEN ? size - done : WRITTEN;
		part = mmap(NULL, length, PROT_WRITE, MAP_SHARED, fd,
			    offset + done);
		if (part == MAP_FAILED)
			return -errno;
		memcpy(part, (const char *)bytes + done, length);
		munmap(part, length);
	}
	return 0;
}
