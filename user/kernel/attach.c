/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs on interfaces: pinned links, made, switched and taken away. */
#include "user/kernel/attach.h"

#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "user/kernel/foreign.h"
#include "user/kernel/links.h"
#include "user/kernel/step.h"
#include "user/output/report.h"

__u32 program_id(int fd)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.id;
}

int attach_report_links(const struct instance *instance, int err)
{
	return report_error(err, "cannot look for the links in %s: %s",
			    instance->path, strerror(-err));
}

static int report_foreign(const char *name, const struct foreign *foreign)
{
	return report_error(-EBUSY,
			    "%s already runs another XDP program, %s (id %u); "
			    "it is left alone and nothing was changed: take "
			    "it off (`%s`, or its owner's command) and try "
			    "again",
			    name, foreign->name, foreign->id, foreign->remedy);
}

/* A link stays in the mode in which it was made. */
static int check_mode(const struct instance *instance, const char *name,
		      enum attach_mode mode)
{
	struct attachment attachment;
	int found = attachment_find(instance, if_nametoindex(name),
				    &attachment);

	if (found < 0)
		return attach_report_links(instance, found);
	if (!found || mode == MODE_AUTO ||
	    attachment.is_native == (mode == MODE_NATIVE))
		return 0;
	return report_error(-EBUSY,
			    "%s is filtered in %s mode, and in another one "
			    "only after it was detached, with packets passing "
			    "unfiltered in between; nothing was changed: "
			    "`rolegate -i %s unload` and load again, or leave "
			    "its mode as it is",
			    name, attachment.is_native ? "native" : "generic",
			    instance->name);
}

int attach_check(const struct instance *instance, const struct model *model)
{
	const struct interface *interface = model->interfaces.items;
	struct foreign foreign;
	const char *name;
	int err = 0;
	__u32 i;

	for (i = 0; i < model->interfaces.count && !err; i++) {
		name = model_str(model, interface[i].name);
		if (!if_nametoindex(name))
			return report_error(-ENODEV,
					    "there is no interface %s here; "
					    "`ip link` lists those there are",
					    name);
		if (foreign_find(instance, name, &foreign))
			return report_foreign(name, &foreign);
		err = check_mode(instance, name, interface[i].mode);
	}
	return err;
}

static int report_attach(int err, const char *name, const char *how)
{
	if (err == -EBUSY || err == -EEXIST)
		return report_error(err,
				    "cannot attach to %s: %s; another XDP "
				    "program was put there meanwhile",
				    name, strerror(-err));
	return report_error(err,
			    "cannot attach to %s in %s mode: %s; `ip -d link "
			    "show %s` shows its driver and MTU",
			    name, how, strerror(-err), name);
}

static int create_link(int program, __u32 ifindex, __u32 flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = flags);
	int fd = bpf_link_create(program, ifindex, BPF_XDP, &options);

	return fd < 0 ? -errno : fd;
}

/* Native mode, and generic mode where that is all there is and allowed. */
static int attach(int program, const struct interface *interface,
		  const char *name)
{
	__u32 ifindex = interface->ifindex;
	int fd, native;

	if (interface->mode == MODE_GENERIC) {
		fd = create_link(program, ifindex, XDP_FLAGS_SKB_MODE);
		return fd < 0 ? report_attach(fd, name, "generic") : fd;
	}
	native = create_link(program, ifindex, XDP_FLAGS_DRV_MODE);
	if (native >= 0)
		return native;
	if (interface->mode == MODE_NATIVE || native == -EBUSY ||
	    native == -EEXIST || native == -EPERM)
		return report_attach(native, name, "native");
	fd = create_link(program, ifindex, XDP_FLAGS_SKB_MODE);
	if (fd < 0)
		return report_attach(fd, name, "generic");
	report_warning("%s runs in generic mode, since its driver refuses "
		       "native mode (%s): packets are filtered, but later and "
		       "slower; `mode: generic` in the config accepts that",
		       name, strerror(-native));
	return fd;
}

static int attach_and_pin(const struct instance *instance, int program,
			  const struct interface *interface, const char *name)
{
	int fd = attach(program, interface, name), err;

	if (fd < 0)
		return fd;
	step("the link is pinned");
	err = link_pin(instance, fd, name);
	if (err)
		bpf_link_detach(fd);
	close(fd);
	return err;
}

static int switch_link(const struct instance *instance, const char *pin,
		       int program)
{
	int fd = link_open(instance, pin), err = 0;

	if (fd < 0)
		return fd;
	if (bpf_link_update(fd, program, NULL))
		err = -errno;
	close(fd);
	return err;
}

static int detach(const struct instance *instance, const char *pin)
{
	char path[PATH_MAX];
	int fd = link_open(instance, pin), err = 0;

	if (fd < 0)
		return fd;
	/* Closing the last reference would detach too, but some time later. */
	if (bpf_link_detach(fd) && errno != ENOLINK)
		err = -errno;
	close(fd);
	step("the link of a detached interface is unpinned");
	unlink(instance_pin(instance, path, LINKS "/%s", pin));
	return err;
}

struct round {
	const struct generation *generation;
	const struct generation *previous; /* NULL: there was none */
};

bool attach_is_wanted(const struct model *model, __u32 ifindex)
{
	__u32 i;

	for (i = 0; ifindex && i < model->interfaces.count; i++)
		if (model->interfaces.items[i].ifindex == ifindex)
			return true;
	return false;
}

static int detach_unwanted(const struct instance *instance, const char *pin,
			   void *context)
{
	const struct round *round = context;
	struct attachment attachment;
	int err = attachment_read(instance, pin, &attachment);

	if (err || attach_is_wanted(&round->generation->image.model,
				    attachment.ifindex))
		return err;
	step("an interface is detached");
	return detach(instance, pin);
}

/* A link of this round goes back to the previous generation, or away. */
static int put_back(const struct instance *instance, const char *pin,
		    void *context)
{
	const struct round *round = context;
	struct attachment attachment;

	if (attachment_read(instance, pin, &attachment) ||
	    attachment.program !=
		    program_id(generation_program(round->generation)))
		return 0;
	if (round->previous &&
	    attach_is_wanted(&round->previous->image.model, attachment.ifindex))
		switch_link(instance, pin, generation_program(round->previous));
	else
		detach(instance, pin);
	return 0;
}

/* The pin follows the interface's name where a new config tells a new one. */
static int switch_to(const struct instance *instance,
		     const struct attachment *attachment, int program,
		     const char *name)
{
	char wanted[LINK_PIN_SIZE];
	const char *pin = attachment->pin;
	int err = 0;

	step("an interface is switched");
	if (strcmp(pin, link_pin_name(name, wanted))) {
		err = link_rename(instance, pin, wanted);
		pin = wanted;
	}
	if (!err)
		err = switch_link(instance, pin, program);
	if (err)
		report_error(err, "cannot switch %s to the new generation: %s",
			     name, strerror(-err));
	return err;
}

/* Not those that were made since the generation was: it does not know them. */
static bool is_there(const struct interface *interface)
{
	char name[IF_NAMESIZE];

	return interface->ifindex && if_indextoname(interface->ifindex, name);
}

/* An interface that has a link, or, if it is to be attached, has none. */
static int switch_or_attach_one(const struct instance *instance,
				const struct generation *generation,
				const struct interface *interface,
				bool attached)
{
	const char *name = model_str(&generation->image.model, interface->name);
	int program = generation_program(generation), found;
	struct attachment attachment;

	found = attachment_find(instance, interface->ifindex, &attachment);
	if (found < 0)
		return attach_report_links(instance, found);
	if (found != attached)
		return 0;
	if (attached)
		return switch_to(instance, &attachment, program, name);
	step("an interface is attached");
	return attach_and_pin(instance, program, interface, name);
}

static int switch_or_attach(const struct instance *instance,
			    const struct generation *generation, bool attached)
{
	const struct model *model = &generation->image.model;
	const struct interface *interface = model->interfaces.items;
	int err = 0;
	__u32 i;

	for (i = 0; i < model->interfaces.count && !err; i++)
		if (is_there(&interface[i]))
			err = switch_or_attach_one(instance, generation,
						   &interface[i], attached);
	return err;
}

int attach_switch(const struct instance *instance,
		  const struct generation *generation,
		  const struct generation *previous)
{
	struct round round = {generation, previous};
	int err = switch_or_attach(instance, generation, true);

	if (err)
		instance_each(instance, LINKS, put_back, &round);
	return err;
}

int attach_more(const struct instance *instance,
		const struct generation *generation,
		const struct generation *previous)
{
	struct round round = {generation, previous};
	int err = instance_mkdir(instance, LINKS);

	if (!err)
		err = switch_or_attach(instance, generation, true);
	if (!err)
		err = switch_or_attach(instance, generation, false);
	if (err)
		instance_each(instance, LINKS, put_back, &round);
	return err;
}

int attach_less(const struct instance *instance,
		const struct generation *generation)
{
	struct round round = {generation, NULL};
	int err = instance_each(instance, LINKS, detach_unwanted, &round);

	return err ? report_error(err,
				  "cannot detach what generation %u has no "
				  "longer: %s",
				  generation->number, strerror(-err))
		   : 0;
}

int attach_all(const struct instance *instance,
	       const struct generation *generation,
	       const struct generation *previous)
{
	struct round round = {generation, previous};
	int err = attach_more(instance, generation, previous);

	if (err)
		return err;
	err = attach_less(instance, generation);
	if (err)
		instance_each(instance, LINKS, put_back, &round);
	/* Some may have been detached already. */
	if (err && previous)
		switch_or_attach(instance, previous, false);
	return err;
}

static int compare_program(const struct instance *instance, const char *pin,
			   void *context)
{
	const struct generation *generation = context;
	struct attachment attachment;
	int err = attachment_read(instance, pin, &attachment);

	/* Who reads without the lock may find it gone. */
	if (err)
		return err == -ENOENT ? 0 : err;
	return attachment.program == program_id(generation_program(generation));
}

int is_attached(const struct instance *instance,
		const struct generation *generation)
{
	return instance_each(instance, LINKS, compare_program,
			     (void *)generation);
}

/* An update of a map of maps returns when no program runs that saw the old one. */
static int update_map_of_maps(int inner)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = inner);
	__u32 zero = 0;
	int err = 0, outer;

	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "wait", sizeof(zero),
			       sizeof(inner), 1, &options);
	if (outer < 0)
		return outer;
	if (bpf_map_update_elem(outer, &zero, &inner, BPF_ANY))
		err = -errno;
	close(outer);
	return err;
}

int attach_wait(void)
{
	int inner, err;

	inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "wait", sizeof(__u32),
			       sizeof(__u32), 1, NULL);
	if (inner < 0)
		return inner;
	err = update_map_of_maps(inner);
	close(inner);
	return err;
}

static int detach_one(const struct instance *instance, const char *pin,
		      void *context)
{
	(void)context;
	step("an interface is detached");
	return detach(instance, pin);
}

int detach_all(const struct instance *instance)
{
	int err = instance_each(instance, LINKS, detach_one, NULL);

	if (!err)
		err = instance_remove(instance, LINKS);
	if (err)
		report_error(err, "cannot detach: %s", strerror(-err));
	return err;
}
