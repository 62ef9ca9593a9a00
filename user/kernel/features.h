/* SPDX-License-Identifier: GPL-2.0-only */
/* What the filter needs of the kernel, probed one by one. */
#ifndef ROLEGATE_USER_FEATURES_H
#define ROLEGATE_USER_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes what this kernel lacks of what the filter cannot do without, as
 * "helper ktime_get_coarse_ns, ...", or "" if it lacks nothing. Needs the
 * privileges to load programs. Returns 0, or negative errno if the filter's
 * own object cannot be read.
 */
int features_missing(char *text, size_t size);

/* Programs for frames in several buffers: xdp.frags, Linux 5.18. */
bool features_has_frags(void);

enum jit { JIT_UNKNOWN, JIT_OFF, JIT_ON };
enum jit features_jit(void);

/* Can a map of the size of a table be made? Returns 0 or negative errno. */
int features_try_map(void);

#endif
