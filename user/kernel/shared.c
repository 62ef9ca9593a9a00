/* SPDX-License-Identifier: GPL-2.0-only */
/* Maps that all generations of an instance share, and their pins. */
#include "user/kernel/shared.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "rolegate/tables.h"
#include "filter.skel.h"
#include "user/output/report.h"

#define SHARED_COUNT 4

struct shared {
	struct bpf_map *map;
	const char *pin;
};

static void list_shared(const struct filter_bpf *skeleton,
			struct shared shared[SHARED_COUNT])
{
	const struct shared list[SHARED_COUNT] = {
		{skeleton->maps.fragments, "fragments"},
		{skeleton->maps.watches, WATCH_DIRECTORY "/watches"},
		{skeleton->maps.events, WATCH_DIRECTORY "/events"},
		{skeleton->maps.budgets, WATCH_DIRECTORY "/budgets"},
	};

	memcpy(shared, list, sizeof(list));
}

static int reuse(const struct shared *shared, const struct instance *instance)
{
	char path[PATH_MAX];
	int fd, err;

	fd = bpf_obj_get(instance_pin(instance, path, "%s", shared->pin));
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	err = bpf_map__reuse_fd(shared->map, fd);
	close(fd);
	return err;
}

int shared_reuse(struct filter_bpf *skeleton, const struct instance *instance)
{
	struct shared shared[SHARED_COUNT];
	int i, err = 0;

	list_shared(skeleton, shared);
	for (i = 0; i < SHARED_COUNT && !err; i++)
		err = reuse(&shared[i], instance);
	return err;
}

int shared_pin(struct filter_bpf *skeleton, const struct instance *instance)
{
	struct shared shared[SHARED_COUNT];
	char path[PATH_MAX];
	int i, err;

	err = instance_mkdir(instance, WATCH_DIRECTORY);
	if (err)
		return err;
	list_shared(skeleton, shared);
	for (i = 0; i < SHARED_COUNT; i++) {
		instance_pin(instance, path, "%s", shared[i].pin);
		if (bpf_obj_pin(bpf_map__fd(shared[i].map), path) &&
		    errno != EEXIST)
			return report_error(-errno, "cannot pin %s: %s", path,
					    strerror(errno));
	}
	return 0;
}

int shared_remove(const struct instance *instance)
{
	char path[PATH_MAX];

	if (unlink(instance_pin(instance, path, "fragments")) &&
	    errno != ENOENT)
		return -errno;
	return instance_remove(instance, WATCH_DIRECTORY);
}

bool shared_has(const struct filter_bpf *skeleton, const struct bpf_map *map)
{
	struct shared shared[SHARED_COUNT];
	int i;

	list_shared(skeleton, shared);
	for (i = 0; i < SHARED_COUNT; i++)
		if (shared[i].map == map)
			return true;
	return false;
}
