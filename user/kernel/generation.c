/* SPDX-License-Identifier: GPL-2.0-only */
/* A generation: one loaded program pair with its own tables and counters. */
#include "user/kernel/generation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "filter.skel.h"
#include "user/kernel/build.h"
#include "user/output/report.h"

static const char *const counter_pins[COUNTER_COUNT] = {
	[COUNTER_REASON] = "reason_count",
	[COUNTER_RULE] = "rule_count",
	[COUNTER_PAIR] = "pair_count",
};

static const char *const carried_pins[COUNTER_COUNT] = {
	[COUNTER_REASON] = "reason_carried",
	[COUNTER_RULE] = "rule_carried",
	[COUNTER_PAIR] = "pair_carried",
};

#define IMAGE_PIN "image"

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void generation_init(struct generation *generation)
{
	int i;

	memset(generation, 0, sizeof(*generation));
	generation->filter = -1;
	generation->explain = -1;
	for (i = 0; i < COUNTER_COUNT; i++) {
		generation->counters[i] = -1;
		generation->carried[i] = -1;
	}
	image_init(&generation->image);
}

void generation_release(struct generation *generation)
{
	int i;

	if (generation->skeleton) {
		filter_bpf__destroy(generation->skeleton);
	} else {
		close_fd(&generation->filter);
		close_fd(&generation->explain);
		for (i = 0; i < COUNTER_COUNT; i++)
			close_fd(&generation->counters[i]);
	}
	for (i = 0; i < COUNTER_COUNT; i++)
		close_fd(&generation->carried[i]);
	image_release(&generation->image);
	generation_init(generation);
}

static int make_carried(struct generation *generation)
{
	struct bpf_map_info info;
	__u32 size;
	int i;

	for (i = 0; i < COUNTER_COUNT; i++) {
		size = sizeof(info);
		memset(&info, 0, sizeof(info));
		if (bpf_obj_get_info_by_fd(generation->counters[i], &info,
					   &size))
			return -errno;
		generation->carried[i] = bpf_map_create(
			BPF_MAP_TYPE_ARRAY, carried_pins[i], sizeof(__u32),
			sizeof(struct count), info.max_entries, NULL);
		if (generation->carried[i] < 0)
			return generation->carried[i];
	}
	return 0;
}

static void take_descriptors(struct generation *generation)
{
	struct filter_bpf *skeleton = generation->skeleton;

	generation->filter = bpf_program__fd(skeleton->progs.rolegate_filter);
	generation->explain = bpf_program__fd(skeleton->progs.rolegate_twin);
	generation->counters[COUNTER_REASON] =
		bpf_map__fd(skeleton->maps.reason_count);
	generation->counters[COUNTER_RULE] =
		bpf_map__fd(skeleton->maps.rule_count);
	generation->counters[COUNTER_PAIR] =
		bpf_map__fd(skeleton->maps.pair_count);
}

int generation_build(struct generation *generation,
		     const struct instance *instance, __u32 number,
		     const struct model *model, struct tables *tables,
		     const char *config)
{
	struct image *image = &generation->image;
	int err;

	err = build_program(&generation->skeleton, instance, model, tables);
	if (err)
		return err;
	take_descriptors(generation);
	err = make_carried(generation);
	if (err)
		return report_error(err, "cannot make counters: %s",
				    strerror(-err));
	generation->number = number;
	image->generation = number;
	image->loaded_at = time(NULL);
	model_digest(model, image->digest);
	snprintf(image->config, sizeof(image->config), "%s", config);
	err = image_copy(image, model, &tables->classes);
	return err ? report_error(err, "out of memory") : 0;
}

static int pin(const struct instance *instance, __u32 number, int fd,
	       const char *name)
{
	char path[PATH_MAX];

	instance_pin(instance, path, "generation-%u/%s", number, name);
	if (bpf_obj_pin(fd, path))
		return report_error(-errno, "cannot pin %s: %s", path,
				    strerror(errno));
	return 0;
}

/* The tables, so that roles can be changed while the program runs. */
static int pin_maps(const struct generation *generation,
		    const struct instance *instance)
{
	struct filter_bpf *skeleton = generation->skeleton;
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map (map, skeleton->obj) {
		if (bpf_map__is_internal(map) ||
		    map == skeleton->maps.fragments)
			continue;
		err = pin(instance, generation->number, bpf_map__fd(map),
			  bpf_map__name(map));
		if (err)
			return err;
	}
	return 0;
}

/* The image comes last: a generation without one was never completed. */
static int pin_image(const struct generation *generation,
		     const struct instance *instance)
{
	const struct image *image = &generation->image;
	void *bytes = NULL;
	__u32 zero = 0;
	size_t size;
	int fd, err;

	err = image_write(image, &image->model, &image->classes, &bytes, &size);
	if (err)
		return report_error(err, "out of memory");
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, IMAGE_PIN, sizeof(zero), size,
			    1, NULL);
	if (fd < 0 || bpf_map_update_elem(fd, &zero, bytes, BPF_ANY))
		err = report_error(-errno, "cannot keep the config: %s",
				   strerror(errno));
	else
		err = pin(instance, generation->number, fd, IMAGE_PIN);
	close_fd(&fd);
	free(bytes);
	return err;
}

/* What all generations share; the first one makes it. */
static int pin_shared(const struct generation *generation,
		      const struct instance *instance)
{
	char path[PATH_MAX];
	int fd = bpf_map__fd(generation->skeleton->maps.fragments);

	instance_pin(instance, path, "fragments");
	if (bpf_obj_pin(fd, path) && errno != EEXIST)
		return report_error(-errno, "cannot pin %s: %s", path,
				    strerror(errno));
	return 0;
}

static int pin_all(struct generation *generation,
		   const struct instance *instance)
{
	int i, err = pin_shared(generation, instance);

	if (!err)
		err = pin(instance, generation->number, generation->filter,
			  "filter");
	if (!err)
		err = pin(instance, generation->number, generation->explain,
			  "explain");
	if (!err)
		err = pin_maps(generation, instance);
	for (i = 0; i < COUNTER_COUNT && !err; i++)
		err = pin(instance, generation->number, generation->carried[i],
			  carried_pins[i]);
	return err ? err : pin_image(generation, instance);
}

int generation_pin(struct generation *generation,
		   const struct instance *instance)
{
	char directory[32];
	int err;

	snprintf(directory, sizeof(directory), "generation-%u",
		 generation->number);
	err = instance_mkdir(instance, directory);
	if (!err)
		err = pin_all(generation, instance);
	if (err)
		generation_unpin(instance, generation->number);
	return err;
}

int generation_unpin(const struct instance *instance, __u32 number)
{
	char directory[32];
	int err;

	snprintf(directory, sizeof(directory), "generation-%u", number);
	err = instance_remove(instance, directory);
	if (err)
		report_error(err, "cannot remove %s/%s: %s", instance->path,
			     directory, strerror(-err));
	return err;
}

static int get(const struct instance *instance, __u32 number, const char *name,
	       int *fd)
{
	char path[PATH_MAX];

	instance_pin(instance, path, "generation-%u/%s", number, name);
	*fd = bpf_obj_get(path);
	return *fd < 0 ? -errno : 0;
}

static int read_image(struct generation *generation,
		      const struct instance *instance)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info), zero = 0;
	void *bytes = NULL;
	int fd, err;

	err = get(instance, generation->number, IMAGE_PIN, &fd);
	if (err)
		return err;
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		err = -errno;
	if (!err)
		bytes = malloc(info.value_size + 7);
	if (!err && !bytes)
		err = -ENOMEM;
	if (!err && bpf_map_lookup_elem(fd, &zero, bytes))
		err = -errno;
	if (!err)
		err = image_read(&generation->image, bytes, info.value_size);
	free(bytes);
	close(fd);
	return err;
}

int generation_open(struct generation *generation,
		    const struct instance *instance, __u32 number)
{
	int i, err;

	generation->number = number;
	err = read_image(generation, instance);
	if (!err)
		err = get(instance, number, "filter", &generation->filter);
	if (!err)
		err = get(instance, number, "explain", &generation->explain);
	for (i = 0; i < COUNTER_COUNT && !err; i++) {
		err = get(instance, number, counter_pins[i],
			  &generation->counters[i]);
		if (!err)
			err = get(instance, number, carried_pins[i],
				  &generation->carried[i]);
	}
	return err;
}

static int ask_program(const struct judge *judge, const void *frame,
		       size_t size, struct explain *answer)
{
	const struct generation *generation = judge->context;
	__u8 in[sizeof(*answer) + 65536], out[sizeof(in)] = {};
	struct xdp_md context = {
		.data = sizeof(*answer),
		.data_end = sizeof(*answer) + size,
	};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = in, .data_out = out,
		    .data_size_in = context.data_end,
		    .data_size_out = sizeof(out), .ctx_in = &context,
		    .ctx_size_in = sizeof(context), .repeat = 1);

	if (size > sizeof(in) - sizeof(*answer))
		return -EMSGSIZE;
	memcpy(in, answer, sizeof(*answer));
	memcpy(in + sizeof(*answer), frame, size);
	if (bpf_prog_test_run_opts(generation->explain, &run))
		return -errno;
	memcpy(answer, out, sizeof(*answer));
	return 0;
}

struct judge judge_by_program(const struct generation *generation)
{
	return (struct judge){.judge = ask_program, .context = generation};
}
