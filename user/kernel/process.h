/* SPDX-License-Identifier: GPL-2.0-only */
/* Other processes as /proc shows them. */
#ifndef ROLEGATE_USER_PROCESS_H
#define ROLEGATE_USER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct process {
	int pid;
	int parent;   /* 0 if there is none */
	int terminal; /* number of the device, 0 if there is none */
};

/* Returns 0 or -errno. */
int process_read(struct process *process, int pid);

/*
 * The value of a variable in the environment that a process was started with;
 * the caller frees. NULL if it is not there or cannot be read.
 */
char *process_variable(int pid, const char *name);

#endif
