/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs what the verifier has made of a program, instruction by instruction. */
#include "tests/bench/machine.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define STEPS_MAX      100000
#define DEPTH_MAX      8
#define STACK	       512
#define REGISTERS      11
#define NO_SPECULATION 0xc2 /* a barrier that the verifier adds */
#define ADDR_PERCPU    -1   /* in off of a move: to this CPU's instance */

/* struct xdp_buff and what it points to, as far as the program looks. */
struct buffer {
	void *data;
	void *data_end;
	void *data_meta;
	void *data_hard_start;
	void **queue;
	void *unused[8];
};

struct frame_of_call {
	__u64 saved[4]; /* r6 to r9 */
	__u32 from;
	__u8 stack[STACK] __attribute__((aligned(8)));
};

struct state {
	struct machine *machine;
	__u64 r[REGISTERS];
	__u32 pc;
	int depth;
	struct frame_of_call frames[DEPTH_MAX];
	struct buffer *buffer;
	__u64 length; /* of the frame */
};

/* --- Maps ------------------------------------------------------------------ */

static void *copy_array(int fd, const struct bpf_map_info *info)
{
	__u8 *values = calloc(info->max_entries, info->value_size);
	__u32 i;

	for (i = 0; values && i < info->max_entries; i++)
		bpf_map_lookup_elem(fd, &i,
				    values + (size_t)i * info->value_size);
	return values;
}

static void *zeroed_per_cpu(const struct bpf_map_info *info)
{
	void **pointers = calloc(info->max_entries, sizeof(*pointers));
	__u32 i;

	for (i = 0; pointers && i < info->max_entries; i++)
		pointers[i] = calloc(1, info->value_size);
	return pointers;
}

static int add_map(struct machine *machine, __u32 id)
{
	struct machine_map *map = &machine->maps[machine->map_count];
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ||
	    machine->map_count == 64)
		return -EINVAL;
	map->id = id;
	map->type = info.type;
	if (info.type == BPF_MAP_TYPE_ARRAY)
		map->values = copy_array(fd, &info);
	else if (info.type == BPF_MAP_TYPE_PERCPU_ARRAY)
		map->values = zeroed_per_cpu(&info);
	machine->map_count++;
	close(fd);
	return 0;
}

static struct machine_map *find_map(struct machine *machine, __u32 id)
{
	int i;

	for (i = 0; i < machine->map_count; i++)
		if (machine->maps[i].id == id)
			return &machine->maps[i];
	return NULL;
}

static bool is_of_map(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW) &&
	       (insn->src_reg == BPF_PSEUDO_MAP_FD ||
		insn->src_reg == BPF_PSEUDO_MAP_VALUE);
}

static int add_maps(struct machine *machine)
{
	__u32 i;
	int err;

	for (i = 0; i < machine->length; i++) {
		if (!is_of_map(&machine->code[i]) ||
		    find_map(machine, machine->code[i].imm))
			continue;
		err = add_map(machine, machine->code[i].imm);
		if (err)
			return err;
	}
	return 0;
}

/* An inlined look-up begins by r1 += the place of the values, r0 = *r2. */
static void find_values_offset(struct machine *machine)
{
	const struct bpf_insn *insn = machine->code;
	__u32 i;

	for (i = 0; i + 1 < machine->length; i++, insn++)
		if (insn[0].code == (BPF_ALU64 | BPF_ADD | BPF_K) &&
		    insn[0].dst_reg == BPF_REG_1 &&
		    insn[1].code == (BPF_LDX | BPF_MEM | BPF_W) &&
		    insn[1].dst_reg == BPF_REG_0 &&
		    insn[1].src_reg == BPF_REG_2) {
			machine->values_offset = insn[0].imm;
			return;
		}
}

int machine_open(struct machine *machine, int program)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	memset(machine, 0, sizeof(*machine));
	if (bpf_obj_get_info_by_fd(program, &info, &size))
		return -errno;
	machine->machine_bytes = info.jited_prog_len;
	machine->length = info.xlated_prog_len / sizeof(struct bpf_insn);
	machine->code = calloc(machine->length, sizeof(struct bpf_insn));
	if (!machine->code)
		return -ENOMEM;
	size = sizeof(info);
	memset(&info, 0, sizeof(info));
	info.xlated_prog_insns = (__u64)(unsigned long)machine->code;
	info.xlated_prog_len = machine->length * sizeof(struct bpf_insn);
	if (bpf_obj_get_info_by_fd(program, &info, &size))
		return -errno;
	find_values_offset(machine);
	return add_maps(machine);
}

/* --- Instructions ---------------------------------------------------------- */

static int load_constant(struct state *state, const struct bpf_insn *insn)
{
	struct machine_map *map;

	state->pc++;
	if (!is_of_map(insn)) {
		state->r[insn->dst_reg] = (__u64)(__u32)insn[1].imm << 32 |
					  (__u32)insn[0].imm;
		return 0;
	}
	map = find_map(state->machine, insn->imm);
	state->r[insn->dst_reg] = (unsigned long)map->values;
	if (insn->src_reg == BPF_PSEUDO_MAP_VALUE)
		state->r[insn->dst_reg] += insn[1].imm;
	else
		state->r[insn->dst_reg] -= state->machine->values_offset;
	return 0;
}

static __u64 read_memory(__u64 address, __u8 size)
{
	const void *at = (const void *)(unsigned long)address;
	__u64 value = 0;

	memcpy(&value, at,
	       size == BPF_DW  ? 8
	       : size == BPF_W ? 4
	       : size == BPF_H ? 2
			       : 1);
	return value;
}

static void write_memory(__u64 address, __u8 size, __u64 value)
{
	void *at = (void *)(unsigned long)address;

	memcpy(at, &value,
	       size == BPF_DW  ? 8
	       : size == BPF_W ? 4
	       : size == BPF_H ? 2
			       : 1);
}

/* Only what claims a slot of the pairs. */
static int do_atomic(struct state *state, const struct bpf_insn *insn)
{
	__u64 at = state->r[insn->dst_reg] + insn->off;
	__u64 held = read_memory(at, BPF_SIZE(insn->code));

	if (insn->imm != BPF_CMPXCHG)
		return -ENOTSUP;
	if (held == state->r[0])
		write_memory(at, BPF_SIZE(insn->code), state->r[insn->src_reg]);
	state->r[0] = held;
	return 0;
}

static __u64 swapped(__u64 value, int bits)
{
	return bits == 16   ? htobe16(value)
	       : bits == 32 ? htobe32(value)
			    : htobe64(value);
}

static int calculate(struct state *state, const struct bpf_insn *insn)
{
	bool is_wide = BPF_CLASS(insn->code) == BPF_ALU64;
	__u64 *to = &state->r[insn->dst_reg], a = *to, b;
	int mask = is_wide ? 63 : 31;

	b = BPF_SRC(insn->code) == BPF_X ? state->r[insn->src_reg]
					 : (__u64)(__s64)insn->imm;
	if (!is_wide && BPF_OP(insn->code) != BPF_END) {
		a = (__u32)a;
		b = (__u32)b;
	}
	switch (BPF_OP(insn->code)) {
	case BPF_ADD:
		a += b;
		break;
	case BPF_SUB:
		a -= b;
		break;
	case BPF_MUL:
		a *= b;
		break;
	case BPF_OR:
		a |= b;
		break;
	case BPF_AND:
		a &= b;
		break;
	case BPF_XOR:
		a ^= b;
		break;
	case BPF_LSH:
		a <<= b & mask;
		break;
	case BPF_RSH:
		a >>= b & mask;
		break;
	case BPF_NEG:
		a = -a;
		break;
	case BPF_MOV:
		a = b;
		break;
	case BPF_ARSH:
		a = is_wide ? (__u64)((__s64)a >> (b & 63))
			    : (__u64)((__s32)a >> (b & 31));
		break;
	case BPF_END:
		if (BPF_SRC(insn->code) == BPF_TO_BE)
			a = swapped(a, insn->imm);
		*to = a;
		return 0;
	default:
		return -ENOTSUP;
	}
	*to = is_wide ? a : (__u32)a;
	return 0;
}

static int holds(__u8 operation, __u64 a, __u64 b, __s64 sa, __s64 sb)
{
	switch (operation) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSET:
		return (a & b) != 0;
	case BPF_JSGT:
		return sa > sb;
	case BPF_JSGE:
		return sa >= sb;
	case BPF_JSLT:
		return sa < sb;
	case BPF_JSLE:
		return sa <= sb;
	}
	return -ENOTSUP;
}

static int jump_if(struct state *state, const struct bpf_insn *insn)
{
	__u64 a = state->r[insn->dst_reg], b;
	int taken;

	b = BPF_SRC(insn->code) == BPF_X ? state->r[insn->src_reg]
					 : (__u64)(__s64)insn->imm;
	if (BPF_CLASS(insn->code) == BPF_JMP32)
		taken = holds(BPF_OP(insn->code), (__u32)a, (__u32)b, (__s32)a,
			      (__s32)b);
	else
		taken = holds(BPF_OP(insn->code), a, b, a, b);
	if (taken > 0)
		state->pc += insn->off;
	return taken < 0 ? taken : 0;
}

static int call(struct state *state, const struct bpf_insn *insn)
{
	struct frame_of_call *frame;

	state->machine->calls++;
	if (insn->src_reg != BPF_PSEUDO_CALL) {
		state->r[0] = state->r[1] == (unsigned long)state->buffer
				      ? state->length
				      : 0;
		return 0;
	}
	if (++state->depth == DEPTH_MAX)
		return -ENOTSUP;
	frame = &state->frames[state->depth];
	memcpy(frame->saved, &state->r[6], sizeof(frame->saved));
	frame->from = state->pc;
	state->r[10] = (unsigned long)frame->stack + STACK;
	state->pc += insn->off;
	return 0;
}

static void leave(struct state *state)
{
	struct frame_of_call *frame = &state->frames[state->depth--];

	memcpy(&state->r[6], frame->saved, sizeof(frame->saved));
	state->pc = frame->from;
	state->r[10] = (unsigned long)state->frames[state->depth].stack + STACK;
}

static int jump(struct state *state, const struct bpf_insn *insn)
{
	if (BPF_OP(insn->code) == BPF_CALL)
		return call(state, insn);
	if (BPF_OP(insn->code) != BPF_JA)
		return jump_if(state, insn);
	state->pc += BPF_CLASS(insn->code) == BPF_JMP32 ? insn->imm : insn->off;
	return 0;
}

static bool is_move_to_cpu(const struct bpf_insn *insn)
{
	return insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) &&
	       insn->off == ADDR_PERCPU;
}

/* Values of maps are our own already; else it is the kernel's CPU number. */
static int move_to_cpu(struct state *state, const struct bpf_insn *insn)
{
	static const __u64 number;
	__u64 address = state->r[insn->src_reg];
	bool is_ours = address >> 32 && !(address >> 63);

	state->r[insn->dst_reg] = is_ours ? address : (unsigned long)&number;
	return 0;
}

static int step(struct state *state, const struct bpf_insn *insn)
{
	__u8 size = BPF_SIZE(insn->code);

	if (insn->code == NO_SPECULATION)
		return 0;
	if (is_move_to_cpu(insn))
		return move_to_cpu(state, insn);
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		return load_constant(state, insn);
	case BPF_LDX:
		if (BPF_MODE(insn->code) != BPF_MEM)
			return -ENOTSUP;
		state->r[insn->dst_reg] =
			read_memory(state->r[insn->src_reg] + insn->off, size);
		return 0;
	case BPF_ST:
		write_memory(state->r[insn->dst_reg] + insn->off, size,
			     (__s64)insn->imm);
		return 0;
	case BPF_STX:
		if (BPF_MODE(insn->code) == BPF_ATOMIC)
			return do_atomic(state, insn);
		write_memory(state->r[insn->dst_reg] + insn->off, size,
			     state->r[insn->src_reg]);
		return 0;
	case BPF_ALU:
	case BPF_ALU64:
		return calculate(state, insn);
	default:
		return jump(state, insn);
	}
}

static int run(struct state *state)
{
	struct machine *machine = state->machine;
	const struct bpf_insn *insn;
	int err = 0;

	while (!err && machine->executed < STEPS_MAX) {
		if (state->pc >= machine->length)
			return -EFAULT;
		insn = &machine->code[state->pc++];
		machine->executed++;
		if (insn->code != (BPF_JMP | BPF_EXIT))
			err = step(state, insn);
		else if (state->depth)
			leave(state);
		else
			return state->r[0];
	}
	return err ? err : -ELOOP;
}

int machine_run(struct machine *machine, void *frame, size_t size,
		__u32 ifindex)
{
	static __u32 device[4096];
	static void *queue[8];
	struct buffer buffer = {
		.data = frame,
		.data_end = (__u8 *)frame + size,
		.data_meta = frame,
		.data_hard_start = frame,
		.queue = queue,
	};
	struct state *state = calloc(1, sizeof(*state));
	size_t i;
	int action;

	if (!state)
		return -ENOMEM;
	for (i = 0; i < sizeof(device) / sizeof(*device); i++)
		device[i] = ifindex;
	queue[0] = device;
	state->machine = machine;
	state->buffer = &buffer;
	state->length = size;
	state->r[1] = (unsigned long)&buffer;
	state->r[10] = (unsigned long)state->frames[0].stack + STACK;
	machine->executed = 0;
	machine->calls = 0;
	action = run(state);
	free(state);
	return action;
}
