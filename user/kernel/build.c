/* SPDX-License-Identifier: GPL-2.0-only */
/* Compiled tables into a loaded, not yet attached program. */
#include "user/kernel/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "filter.skel.h"
#include "rolegate/events.h"
#include "user/kernel/features.h"
#include "user/kernel/ifaces.h"
#include "user/kernel/immediates.h"
#include "user/kernel/mapping.h"
#include "user/kernel/shared.h"
#include "user/kernel/tallies.h"
#include "user/output/progress.h"
#include "user/output/report.h"

#define LOG_SIZE      (16 << 20)
#define LOG_DIRECTORY "/run/rolegate"

static int size_cpu_memory(struct filter_bpf *skeleton, struct shape *shape)
{
	size_t cpus;
	int err = tallies_shape(shape);

	if (err)
		return err;
	cpus = shape->cpu_mask + 1;
	err = bpf_map__set_value_size(skeleton->maps.tallies,
				      cpus * shape->tally_stride);
	if (!err)
		err = bpf_map__set_value_size(
			skeleton->maps.flows,
			cpus * FLOW_BUCKETS * sizeof(struct flow_bucket));
	if (err)
		return err;
	/* Unused where each pair has its own slot. */
	return bpf_map__set_value_size(
		skeleton->maps.pair_key,
		(shape->pair_bits ? 1 : shape->tallies[TALLY_PAIR].mask + 1) *
			sizeof(__u32));
}

static int size_maps(struct filter_bpf *skeleton, struct tables *tables)
{
	long size = tables_place(tables);
	int err;

	if (size < 0)
		return size;
	err = bpf_map__set_value_size(skeleton->maps.policy, size);
	return err ? err : size_cpu_memory(skeleton, &tables->shape);
}

static int keep_log(const char *name, const char *log, char *path)
{
	FILE *file;
	int err = 0;

	snprintf(path, PATH_MAX, LOG_DIRECTORY "/%s.verifier.log", name);
	if (mkdir(LOG_DIRECTORY, 0700) && errno != EEXIST)
		return -errno;
	file = fopen(path, "we");
	if (!file)
		return -errno;
	if (fputs(log, file) == EOF)
		err = -errno;
	if (fclose(file))
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

static int report_refusal(int err, const struct instance *instance,
			  const char *log)
{
	const char *name = instance ? instance->name : "test";
	char path[PATH_MAX];

	if (err == -EPERM)
		return report_error(
			err, "the kernel does not let this process load BPF "
			     "programs: run it as root, outside of containers "
			     "without CAP_BPF and CAP_NET_ADMIN");
	if (!log[0] || keep_log(name, log, path))
		return report_error(err,
				    "the kernel refuses the program: %s; "
				    "rolegate needs Linux 6.1 or newer, -v "
				    "shows what it said",
				    strerror(-err));
	return report_error(err,
			    "the kernel refuses the program: %s; the "
			    "verifier's log is in %s",
			    strerror(-err), path);
}

/* As `xdp.frags` where the kernel has it, else as plain `xdp`. */
static void choose_frags(const struct filter_bpf *skeleton)
{
	__u32 flags = features_has_frags() ? BPF_F_XDP_HAS_FRAGS : 0;
	struct bpf_program *program;

	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_flags(program, flags);
}

/* What is being loaded; libbpf hands nothing of ours to its callback. */
static struct {
	const struct filter_bpf *skeleton;
	const struct tables *tables;
} current;

static void find_memory(struct immediates *immediates)
{
	int policy = bpf_map__fd(current.skeleton->maps.policy), id;
	struct memory_place *places = immediates->places;

	for (id = 0; id < TABLE_COUNT; id++) {
		places[id].map = policy;
		places[id].offset = immediates->shape.offset[id];
	}
	places[MEMORY_TALLIES].map =
		bpf_map__fd(current.skeleton->maps.tallies);
	places[MEMORY_PAIR_KEY].map =
		bpf_map__fd(current.skeleton->maps.pair_key);
	places[MEMORY_FLOWS].map = bpf_map__fd(current.skeleton->maps.flows);
	places[MEMORY_WATCH].map = bpf_map__fd(current.skeleton->maps.watches);
}

/* Called when maps have their descriptors, and programs the maps'. */
static int put_immediates(struct bpf_program *program,
			  struct bpf_prog_load_opts *options, long cookie)
{
	struct immediates immediates = {.shape = current.tables->shape};
	size_t length = bpf_program__insn_cnt(program);
	struct bpf_insn *code;
	int err;

	(void)options;
	(void)cookie;
	code = malloc(length * sizeof(*code));
	if (!code)
		return -ENOMEM;
	memcpy(code, bpf_program__insns(program), length * sizeof(*code));
	find_memory(&immediates);
	err = immediates_put(&immediates, code, length);
	if (!err)
		err = bpf_program__set_insns(program, code, length);
	free(code);
	return err;
}

/* For all programs of section "xdp" that this process opens from now on. */
static int handle_programs(void)
{
	static int handler;
	LIBBPF_OPTS(libbpf_prog_handler_opts, options,
		    .prog_prepare_load_fn = put_immediates);

	if (!handler)
		handler = libbpf_register_prog_handler("xdp", BPF_PROG_TYPE_XDP,
						       BPF_XDP, &options);
	return handler < 0 ? handler : 0;
}

/* Loads with a log only if loading fails: the log makes it slow. */
static int load(struct filter_bpf **skeleton, const struct instance *instance)
{
	struct bpf_program *program;
	char *log = calloc(1, LOG_SIZE);
	int err;

	if (!log)
		return report_error(-ENOMEM, "out of memory");
	bpf_object__for_each_program(program, (*skeleton)->obj)
		bpf_program__set_log_buf(program, log, LOG_SIZE);
	err = filter_bpf__load(*skeleton);
	if (err)
		report_refusal(err, instance, log);
	else
		bpf_object__for_each_program(program, (*skeleton)->obj)
			bpf_program__set_log_buf(program, NULL, 0);
	free(log);
	return err;
}

static int fill(struct filter_bpf *skeleton, struct tables *tables)
{
	int fd = bpf_map__fd(skeleton->maps.policy), id, err = 0;
	const struct table *table;

	for (id = 0; id < TABLE_COUNT && !err; id++) {
		table = tables_get(tables, id);
		err = mapping_write(fd, tables->shape.offset[id], table->items,
				    (size_t)table->room * table->size);
	}
	return err;
}

static void want_trial(struct filter_bpf *skeleton, bool is_wanted)
{
	bpf_program__set_autoload(skeleton->progs.rolegate_trial, is_wanted);
	bpf_map__set_autocreate(skeleton->maps.trial, is_wanted);
	bpf_map__set_autocreate(skeleton->maps.previous, is_wanted);
}

static int prepare(struct filter_bpf *skeleton, const struct instance *instance,
		   const struct model *model, struct tables *tables)
{
	int err;

	err = ifaces_place((struct iface *)skeleton->rodata->ifaces, model,
			   instance, &tables->shape.iface_seed);
	if (err)
		return err;
	err = size_maps(skeleton, tables);
	if (!err && instance)
		err = shared_reuse(skeleton, instance);
	if (err)
		report_error(err, "cannot prepare the maps: %s",
			     strerror(-err));
	return err;
}

int build_program(struct filter_bpf **skeleton, const struct instance *instance,
		  const struct model *model, struct tables *tables,
		  bool with_trial)
{
	int err = handle_programs();

	*skeleton = err ? NULL : filter_bpf__open();
	if (!*skeleton)
		return report_error(-errno, "cannot open the BPF object: %s",
				    strerror(errno));
	want_trial(*skeleton, with_trial);
	err = prepare(*skeleton, instance, model, tables);
	if (err)
		return err;
	choose_frags(*skeleton);
	current.skeleton = *skeleton;
	current.tables = tables;
	progress_stage("loading the program", NULL);
	err = load(skeleton, instance);
	if (err)
		return err;
	progress_stage("filling the tables", NULL);
	err = fill(*skeleton, tables);
	if (err)
		report_error(err, "cannot fill the maps: %s", strerror(-err));
	return err;
}
