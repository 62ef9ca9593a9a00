/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzz targets share: their entries, and configs from memory. */
#ifndef ROLEGATE_TESTS_FUZZ_H
#define ROLEGATE_TESTS_FUZZ_H

#include <stddef.h>

#include <linux/types.h>

#include "user/policy/diag.h"
#include "user/policy/model.h"

/* Longer than any frame's headers: eight extension headers of 2048 bytes. */
#define FUZZ_FRAME_MAX 20000

/* As config_read(), of a text in memory. */
int fuzz_config_read(struct model *model, const void *text, size_t size,
		     struct diag *diag);

/* What libFuzzer calls, and offers. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const __u8 *data, size_t size);
size_t LLVMFuzzerMutate(__u8 *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(__u8 *data, size_t size, size_t room,
			       unsigned int seed);

#endif
