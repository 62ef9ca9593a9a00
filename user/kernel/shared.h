/* SPDX-License-Identifier: GPL-2.0-only */
/* Maps that all generations of an instance share, and their pins. */
#ifndef ROLEGATE_USER_SHARED_H
#define ROLEGATE_USER_SHARED_H

#include <stdbool.h>

#include "user/kernel/instance.h"

struct bpf_map;
struct filter_bpf;

/* The directory of what a watcher needs; whoever watches locks it. */
#define WATCH_DIRECTORY "watch"

/* Lets an object not yet loaded use what is pinned. Returns 0 or -errno. */
int shared_reuse(struct filter_bpf *skeleton, const struct instance *instance);

/* Pins what is not pinned yet. Reports; returns 0 or -errno. */
int shared_pin(struct filter_bpf *skeleton, const struct instance *instance);

/* Removes the pins. Returns 0 or -errno. */
int shared_remove(const struct instance *instance);

bool shared_has(const struct filter_bpf *skeleton, const struct bpf_map *map);

#endif
