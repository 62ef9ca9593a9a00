/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory that a loaded config takes, and the room there is for changes. */
#ifndef ROLEGATE_USER_DESCRIBE_MEMORY_H
#define ROLEGATE_USER_DESCRIBE_MEMORY_H

#include <jansson.h>

#include "user/kernel/generation.h"
#include "user/kernel/instance.h"

/* {"maps", "programs"}: bytes. */
json_t *describe_memory(const struct instance *instance);

/*
 * [{"table", "bytes", "used", "room", "percent"}]: one that is full makes the
 * next change of a role build a new generation; null where changes take none.
 */
json_t *describe_tables(const struct generation *generation);

#endif
