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
#include "user/kernel/fold.h"
#include "user/kernel/links.h"
#include "user/kernel/namespace.h"
#include "user/kernel/shared.h"
#include "user/kernel/step.h"
#include "user/output/progress.h"
#include "user/output/report.h"

#define IMAGE_PIN "image"

/* What a generation has open, and under which name it is pinned. */
struct descriptor {
	const char *pin;
	size_t offset; /* in struct generation */
	/* All but its own belong to the skeleton while there is one. */
	enum { OF_PROGRAM, OF_MAP, OWN } kind;
	bool is_optional;
};

#define DESCRIPTOR(pin, member, kind)                                 \
	{                                                             \
		pin, offsetof(struct generation, member), kind, false \
	}
#define OPTIONAL(pin, member, kind)                                  \
	{                                                            \
		pin, offsetof(struct generation, member), kind, true \
	}

static const struct descriptor descriptors[] = {
	DESCRIPTOR("filter", filter, OF_PROGRAM),
	DESCRIPTOR("explain", explain, OF_PROGRAM),
	OPTIONAL("trial_filter", trial, OF_PROGRAM),
	OPTIONAL("trial", deadline, OF_MAP),
	OPTIONAL("previous", previous, OF_MAP),
	DESCRIPTOR("pair_key", pair_key, OF_MAP),
	DESCRIPTOR("tallies", tallies, OF_MAP),
	DESCRIPTOR("reason_carried", carried[COUNTER_REASON], OWN),
	DESCRIPTOR("rule_carried", carried[COUNTER_RULE], OWN),
	DESCRIPTOR("pair_carried", carried[COUNTER_PAIR], OWN),
	DESCRIPTOR("members", members, OWN),
	DESCRIPTOR("class_sets", class_sets, OWN),
};

#define DESCRIPTOR_COUNT (sizeof(descriptors) / sizeof(*descriptors))

static int *descriptor_of(struct generation *generation, size_t i)
{
	return (int *)((char *)generation + descriptors[i].offset);
}

void generation_init(struct generation *generation)
{
	size_t i;

	memset(generation, 0, sizeof(*generation));
	for (i = 0; i < DESCRIPTOR_COUNT; i++)
		*descriptor_of(generation, i) = -1;
	image_init(&generation->image);
}

void generation_release(struct generation *generation)
{
	size_t i;
	int fd;

	for (i = 0; i < DESCRIPTOR_COUNT; i++) {
		fd = *descriptor_of(generation, i);
		if (fd >= 0 &&
		    (descriptors[i].kind == OWN || !generation->skeleton))
			close(fd);
	}
	if (generation->skeleton)
		filter_bpf__destroy(generation->skeleton);
	roster_close(&generation->roster);
	image_release(&generation->image);
	generation_init(generation);
}

static int make_carried(struct generation *generation,
			const struct shape *shape)
{
	int i;

	for (i = 0; i < COUNTER_COUNT; i++) {
		generation->carried[i] = bpf_map_create(
			BPF_MAP_TYPE_ARRAY, "carried", sizeof(__u32),
			sizeof(struct count), counters_size(shape, i), NULL);
		if (generation->carried[i] < 0)
			return generation->carried[i];
	}
	return 0;
}

static void take_descriptors(struct generation *generation, bool is_trial)
{
	struct filter_bpf *skeleton = generation->skeleton;

	generation->filter = bpf_program__fd(skeleton->progs.rolegate_filter);
	generation->explain = bpf_program__fd(skeleton->progs.rolegate_twin);
	if (is_trial) {
		generation->trial =
			bpf_program__fd(skeleton->progs.rolegate_trial);
		generation->deadline = bpf_map__fd(skeleton->maps.trial);
		generation->previous = bpf_map__fd(skeleton->maps.previous);
	}
	generation->pair_key = bpf_map__fd(skeleton->maps.pair_key);
	generation->tallies = bpf_map__fd(skeleton->maps.tallies);
}

/* From now on each interface is that device, see interface_find(). */
static void note_interfaces(struct model *model,
			    const struct instance *instance)
{
	struct interface *interface;
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++) {
		interface = &model->interfaces.items[i];
		interface->ifindex = interface_find(instance, model, interface);
	}
}

int generation_build(struct generation *generation,
		     const struct instance *instance, __u32 number,
		     const struct model *model, struct tables *tables,
		     const char *config, bool is_trial)
{
	struct image *image = &generation->image;
	int err;

	tables->shape.generation = number;
	err = build_program(&generation->skeleton, instance, model, tables,
			    is_trial);
	if (err)
		return err;
	take_descriptors(generation, is_trial);
	err = make_carried(generation, &tables->shape);
	if (err)
		return report_error(err, "cannot make counters: %s",
				    strerror(-err));
	generation->number = number;
	image->generation = number;
	image->loaded_at = time(NULL);
	model_digest(model, image->digest);
	snprintf(image->config, sizeof(image->config), "%s", config);
	err = namespace_cookie(&image->namespace);
	if (!err)
		err = image_copy(image, model);
	note_interfaces(&image->model, instance);
	progress_stage("keeping the members", NULL);
	if (!err)
		err = roster_create(model, tables, &generation->members,
				    &generation->class_sets);
	if (!err)
		err = roster_open(&generation->roster, generation->members,
				  generation->class_sets, &image->classes);
	return err ? report_error(err, "cannot keep the members: %s",
				  strerror(-err))
		   : 0;
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
		if (bpf_map__is_internal(map) || bpf_map__fd(map) < 0 ||
		    shared_has(skeleton, map))
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

	err = image_write(image, &image->model, &bytes, &size);
	if (err)
		return report_error(err, "out of memory");
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, IMAGE_PIN, sizeof(zero), size,
			    1, NULL);
	if (fd < 0 || bpf_map_update_elem(fd, &zero, bytes, BPF_ANY))
		err = report_error(-errno, "cannot keep the config: %s",
				   strerror(errno));
	else
		err = pin(instance, generation->number, fd, IMAGE_PIN);
	if (fd >= 0)
		close(fd);
	free(bytes);
	return err;
}

static int pin_all(struct generation *generation,
		   const struct instance *instance)
{
	size_t i;
	int err = shared_pin(generation->skeleton, instance);

	step("the tables are pinned");
	if (!err)
		err = pin_maps(generation, instance);
	step("the programs are pinned");
	for (i = 0; i < DESCRIPTOR_COUNT && !err; i++)
		if (descriptors[i].kind != OF_MAP &&
		    *descriptor_of(generation, i) >= 0)
			err = pin(instance, generation->number,
				  *descriptor_of(generation, i),
				  descriptors[i].pin);
	step("the image is pinned");
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
	char directory[32], path[PATH_MAX];
	int err;

	/* Without its image it is nothing that a command would complete. */
	unlink(instance_pin(instance, path, "generation-%u/" IMAGE_PIN,
			    number));
	step("what the image told of is unpinned");
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
	size_t i;
	int err;

	generation->number = number;
	err = read_image(generation, instance);
	for (i = 0; i < DESCRIPTOR_COUNT && !err; i++) {
		err = get(instance, number, descriptors[i].pin,
			  descriptor_of(generation, i));
		if (err == -ENOENT && descriptors[i].is_optional)
			err = 0;
	}
	/* Only without an image it was never completed. */
	if (err)
		return i && err == -ENOENT ? -EPROTO : err;
	return roster_open(&generation->roster, generation->members,
			   generation->class_sets, &generation->image.classes);
}

int generation_report(const struct instance *instance, __u32 number, int err)
{
	if (err == -EPROTO)
		return report_error(
			err,
			"the pins of instance %s were made by another version "
			"of rolegate, or some are missing; what they hold goes "
			"on filtering: use that version, or `rolegate -i %s "
			"unload` and load again",
			instance->name, instance->name);
	return report_error(err, "cannot open generation %u of instance %s: %s",
			    number, instance->name, strerror(-err));
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
