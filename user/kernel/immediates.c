/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts a policy's sizes and addresses into the program's instructions. */
#include "user/kernel/immediates.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define UPPER_HALF(number) ((__u32)(number) >> 16)

static bool is_alu(const struct bpf_insn *insn)
{
	return (BPF_CLASS(insn->code) == BPF_ALU ||
		BPF_CLASS(insn->code) == BPF_ALU64) &&
	       BPF_SRC(insn->code) == BPF_K;
}

static bool is_wide_load(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static bool is_field(const struct bpf_insn *insn)
{
	return is_alu(insn) &&
	       UPPER_HALF(insn->imm) == UPPER_HALF(IMMEDIATE_FIELD);
}

/* The second half of such a load is in the next instruction. */
static bool is_address(const struct bpf_insn *insn)
{
	return insn->src_reg == 0 &&
	       (__u32)insn[1].imm == IMMEDIATE_ADDRESS >> 32;
}

static int put_field(const struct shape *shape, struct bpf_insn *insn)
{
	__u32 offset = insn->imm ^ IMMEDIATE_FIELD;

	if (offset % sizeof(__u32) || offset >= sizeof(*shape))
		return -EINVAL;
	memcpy(&insn->imm, (const char *)shape + offset, sizeof(insn->imm));
	return 0;
}

static int put_address(const struct memory_place *places, struct bpf_insn *insn)
{
	__u32 memory = insn->imm;

	if (memory >= MEMORY_COUNT)
		return -EINVAL;
	insn->src_reg = BPF_PSEUDO_MAP_VALUE;
	insn[0].imm = places[memory].map;
	insn[1].imm = places[memory].offset;
	return 0;
}

int immediates_put(const struct immediates *immediates, struct bpf_insn *code,
		   size_t length)
{
	size_t i;
	int err = 0;

	for (i = 0; i < length && !err; i++) {
		if (is_field(&code[i]))
			err = put_field(&immediates->shape, &code[i]);
		if (!is_wide_load(&code[i]))
			continue;
		if (i + 1 == length)
			return -EINVAL;
		if (is_address(&code[i]))
			err = put_address(immediates->places, &code[i]);
		i++;
	}
	return err;
}
