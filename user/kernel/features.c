/* SPDX-License-Identifier: GPL-2.0-only */
/* What the filter needs of the kernel, probed one by one. */
#include "user/kernel/features.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "rolegate/tables.h"

#include "filter.skel.h"

#define HELPERS_MAX 256
#define TABLE_SIZE  (1 << 20)
#define FRAME_SIZE  64

/* `r0 = 2; exit`: a program that passes everything. */
static const struct bpf_insn pass[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 2},
	{.code = BPF_JMP | BPF_EXIT},
};

struct missing {
	char *text;
	size_t size;
	bool helpers[HELPERS_MAX]; /* asked for already */
};

static void add(struct missing *missing, const char *kind, const char *name)
{
	size_t used = strlen(missing->text);

	snprintf(missing->text + used, missing->size - used, "%s%s%s%s",
		 used ? ", " : "", kind, name[0] ? " " : "", name);
}

static const char *helper_name(__u32 id)
{
#define NAME(name, ...) [BPF_FUNC_##name] = #name
	static const char *const names[] = {__BPF_FUNC_MAPPER(NAME)};
#undef NAME

	return id < sizeof(names) / sizeof(*names) && names[id] ? names[id]
								: "unknown";
}

static void ask_helper(struct missing *missing, __u32 id)
{
	if (id >= HELPERS_MAX || missing->helpers[id])
		return;
	missing->helpers[id] = true;
	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP, id, NULL) == 0)
		add(missing, "helper", helper_name(id));
}

/* The helpers that a program calls, as they stand in its instructions. */
static void ask_helpers(struct missing *missing,
			const struct bpf_program *program)
{
	const struct bpf_insn *insn = bpf_program__insns(program);
	size_t i;

	for (i = 0; i < bpf_program__insn_cnt(program); i++)
		if (insn[i].code == (BPF_JMP | BPF_CALL) && !insn[i].src_reg)
			ask_helper(missing, insn[i].imm);
}

static void ask_map(struct missing *missing, const struct bpf_map *map)
{
	enum bpf_map_type type = bpf_map__type(map);
	const char *name = libbpf_bpf_map_type_str(type);

	if (libbpf_probe_bpf_map_type(type, NULL) == 0)
		add(missing, "map type", name ? name : bpf_map__name(map));
}

static int load_pass(__u32 flags)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = flags,
		    .expected_attach_type = BPF_XDP);
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "probe", "GPL", pass,
			       sizeof(pass) / sizeof(*pass), &options);

	return fd < 0 ? -errno : fd;
}

/* `check`'s and `explain`'s way to ask: a test run with metadata. */
static bool has_metadata_runs(void)
{
	__u8 frame[FRAME_SIZE] = {};
	struct xdp_md context = {.data = 4, .data_end = FRAME_SIZE};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame,
		    .data_size_in = FRAME_SIZE, .ctx_in = &context,
		    .ctx_size_in = sizeof(context), .repeat = 1);
	int fd = load_pass(0);
	bool has;

	if (fd < 0)
		return true; /* for a reason of its own */
	has = !bpf_prog_test_run_opts(fd, &run);
	close(fd);
	return has;
}

int features_missing(char *text, size_t size)
{
	struct missing missing = {.text = text, .size = size};
	struct filter_bpf *skeleton;
	struct bpf_program *program;
	struct bpf_map *map;

	text[0] = '\0';
	skeleton = filter_bpf__open();
	if (!skeleton)
		return -errno;
	if (libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_XDP, NULL) == 0)
		add(&missing, "XDP", "");
	bpf_object__for_each_program(program, skeleton->obj)
		ask_helpers(&missing, program);
	bpf_object__for_each_map (map, skeleton->obj)
		ask_map(&missing, map);
	if (!has_metadata_runs())
		add(&missing, "test runs with metadata", "");
	filter_bpf__destroy(skeleton);
	return 0;
}

bool features_has_frags(void)
{
	int fd = load_pass(BPF_F_XDP_HAS_FRAGS);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

enum jit features_jit(void)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	int fd = load_pass(0), err;

	if (fd < 0)
		return JIT_UNKNOWN;
	err = bpf_obj_get_info_by_fd(fd, &info, &size);
	close(fd);
	if (err)
		return JIT_UNKNOWN;
	return info.jited_prog_len ? JIT_ON : JIT_OFF;
}

int features_try_map(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "probe", sizeof(__u32),
				TABLE_SIZE, 1, NULL);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}
