/* SPDX-License-Identifier: GPL-2.0-only */
/* What an instance takes of the kernel's memory. */
#ifndef ROLEGATE_USER_MEMORY_H
#define ROLEGATE_USER_MEMORY_H

#include "user/kernel/instance.h"

/* Bytes, as the kernel counts them (memlock, as bpftool shows it). */
struct memory {
	__u64 maps;
	__u64 programs;
};

/*
 * Adds up all that is pinned: of a trial both generations. What cannot be
 * opened is left out.
 */
struct memory memory_measure(const struct instance *instance);

#endif
