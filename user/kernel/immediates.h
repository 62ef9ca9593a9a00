/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts a policy's sizes and addresses into the program's instructions. */
#ifndef ROLEGATE_USER_IMMEDIATES_H
#define ROLEGATE_USER_IMMEDIATES_H

#include <linux/bpf.h>

#include "rolegate/immediates.h"

/* Where something lies: in the one value of a map, so many bytes on. */
struct memory_place {
	int map;
	__u32 offset;
};

struct immediates {
	struct shape shape;
	struct memory_place places[MEMORY_COUNT];
};

/*
 * Replaces what stands for fields and addresses (rolegate/immediates.h).
 * Returns 0, or -EINVAL if something stands there that is neither.
 */
int immediates_put(const struct immediates *immediates, struct bpf_insn *code,
		   size_t length);

#endif
