/* SPDX-License-Identifier: GPL-2.0-only */
/* A config on its way into the kernel: read, compiled and tried out. */
#ifndef ROLEGATE_USER_COMPILED_H
#define ROLEGATE_USER_COMPILED_H

#include "user/cmd/command.h"
#include "user/policy/diag.h"
#include "user/policy/model.h"
#include "user/policy/probe.h"
#include "user/policy/tables.h"

struct compiled {
	struct model model;
	struct tables tables;
	struct diag diag;
	struct probe_result tests;
};

/*
 * Reads, compiles and runs the tests without a kernel. Prints errors and
 * warnings. Returns EXIT_DONE, EXIT_FAILED (a test failed, memory is short) or
 * EXIT_USAGE (invalid, or it cannot be read). compiled_release() in any case.
 */
enum exit_status compiled_read(struct compiled *compiled, const char *config);
void compiled_release(struct compiled *compiled);

#endif
