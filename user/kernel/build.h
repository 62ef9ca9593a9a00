/* SPDX-License-Identifier: GPL-2.0-only */
/* Compiled tables into a loaded, not yet attached program. */
#ifndef ROLEGATE_USER_BUILD_H
#define ROLEGATE_USER_BUILD_H

#include "user/kernel/instance.h"
#include "user/policy/tables.h"

struct filter_bpf;

/*
 * Sizes the maps for the tables, freezes the shape, loads and fills; the
 * program for a trial is loaded only if that is wanted. instance
 * may be NULL: then fragments are shared with no other generation. Interfaces
 * that do not exist are left out. Errors are reported; when the kernel refuses the
 * program its log is kept and named. *skeleton is the caller's to destroy.
 */
int build_program(struct filter_bpf **skeleton, const struct instance *instance,
		  const struct model *model, struct tables *tables,
		  bool with_trial);

#endif
