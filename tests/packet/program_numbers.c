/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints what the kernel says of the programs: instructions, load time. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "user/kernel/build.h"
#include "user/policy/config.h"
#include "filter.skel.h"

#define LOADS 5

static int print_program(const char *name, int fd)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -1;
	printf("%-16s %6u verified  %5u instructions  %5u bytes of machine "
	       "code\n",
	       name, info.verified_insns,
	       (unsigned int)(info.xlated_prog_len / 8), info.jited_prog_len);
	return 0;
}

static double milliseconds(const struct timespec *from,
			   const struct timespec *to)
{
	return (to->tv_sec - from->tv_sec) * 1e3 +
	       (to->tv_nsec - from->tv_nsec) / 1e6;
}

/* Loads both programs with the config's tables; prints the time it took. */
static int load_once(const struct model *model, struct tables *tables,
		     bool with_programs)
{
	struct filter_bpf *skeleton = NULL;
	struct timespec start, end;
	int err;

	clock_gettime(CLOCK_MONOTONIC, &start);
	err = build_program(&skeleton, NULL, model, tables, false);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (!err && with_programs)
		err = print_program("rolegate_filter",
				    bpf_program__fd(
					    skeleton->progs.rolegate_filter)) |
		      print_program(
			      "rolegate_twin",
			      bpf_program__fd(skeleton->progs.rolegate_twin));
	filter_bpf__destroy(skeleton);
	if (!err)
		printf("load time %.0f ms\n", milliseconds(&start, &end));
	return err;
}

int main(int argc, char **argv)
{
	const char *config = argc > 1 ? argv[1]
				      : "tests/config/valid/contract.yaml";
	struct tables tables;
	struct model model;
	struct diag diag;
	int i, err;

	model_init(&model);
	tables_init(&tables);
	diag_init(&diag);
	err = config_read(&model, config, &diag);
	if (!err)
		err = tables_compile(&tables, &model, &diag);
	for (i = 0; i < LOADS && !err; i++)
		err = load_once(&model, &tables, i == 0);
	diag_release(&diag);
	tables_release(&tables);
	model_release(&model);
	return err != 0;
}
