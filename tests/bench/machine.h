/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs what the verifier has made of a program, instruction by instruction. */
#ifndef ROLEGATE_TESTS_MACHINE_H
#define ROLEGATE_TESTS_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

struct machine_map {
	__u32 id;
	__u32 type;
	void *values; /* a copy; per CPU: pointers to values */
};

/*
 * The instructions that the JIT compiles, one to one but for few: dead code is
 * gone, look-ups in arrays are inlined. Maps are copies. Calls of helpers
 * answer 0, but for the length of the frame.
 */
struct machine {
	struct bpf_insn *code;
	__u32 length;
	__u32 machine_bytes; /* of machine code, by the JIT */
	__u32 values_offset; /* of an array map's values, in the kernel */
	struct machine_map maps[64];
	int map_count;
	unsigned long executed; /* by machine_run() */
	unsigned long calls;
};

/* Returns 0 or negative errno. */
int machine_open(struct machine *machine, int program);

/*
 * Runs it on a frame from the interface of that index. Returns the action, or
 * -ENOTSUP at an instruction that it does not know.
 */
int machine_run(struct machine *machine, void *frame, size_t size,
		__u32 ifindex);

#endif
