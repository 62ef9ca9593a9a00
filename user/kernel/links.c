/* SPDX-License-Identifier: GPL-2.0-only */
/* The links that hold programs on interfaces, and their pins. */
#include "user/kernel/links.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "user/output/report.h"

int link_open(const struct instance *instance, const char *pin)
{
	char path[PATH_MAX];
	int fd = bpf_obj_get(instance_pin(instance, path, LINKS "/%s", pin));

	return fd < 0 ? -errno : fd;
}

static bool is_native(__u32 ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	return !bpf_xdp_query(ifindex, 0, &query) &&
	       query.attach_mode != XDP_ATTACHED_SKB;
}

int attachment_read(const struct instance *instance, const char *pin,
		    struct attachment *attachment)
{
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);
	int fd = link_open(instance, pin), err = 0;

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		err = -errno;
	close(fd);
	if (err)
		return err;
	snprintf(attachment->pin, sizeof(attachment->pin), "%s", pin);
	attachment->ifindex = info.xdp.ifindex;
	attachment->program = info.prog_id;
	attachment->is_native = is_native(info.xdp.ifindex);
	return 0;
}

/* Looks for the link that holds an interface. */
struct search {
	__u32 ifindex;
	struct attachment found;
};

static int compare_link(const struct instance *instance, const char *pin,
			void *context)
{
	struct search *search = context;
	struct attachment attachment;
	int err = attachment_read(instance, pin, &attachment);

	/* Who reads without the lock may find it gone. */
	if (err)
		return err == -ENOENT ? 0 : err;
	if (attachment.ifindex != search->ifindex)
		return 0;
	search->found = attachment;
	return 1;
}

int attachment_find(const struct instance *instance, __u32 ifindex,
		    struct attachment *attachment)
{
	struct search search = {.ifindex = ifindex};
	int found = 0;

	if (ifindex)
		found = instance_each(instance, LINKS, compare_link, &search);
	*attachment = search.found;
	return found;
}

__u32 interface_find(const struct instance *instance, const struct model *model,
		     const struct interface *interface)
{
	struct attachment attachment;

	/* Where it cannot be told it is still the one that was held. */
	if (instance &&
	    attachment_find(instance, interface->ifindex, &attachment))
		return interface->ifindex;
	return if_nametoindex(model_str(model, interface->name));
}

const char *link_pin_name(const char *interface, char *text)
{
	char *at = text;

	for (; *interface; interface++)
		if (*interface == '.' || *interface == '%')
			at += sprintf(at, "%%%02x", *interface);
		else
			*at++ = *interface;
	*at = '\0';
	return text;
}

int link_rename(const struct instance *instance, const char *pin,
		const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];

	instance_pin(instance, from, LINKS "/%s", pin);
	instance_pin(instance, to, LINKS "/%s", name);
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) &&
	    (errno != EEXIST ||
	     renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE)))
		return -errno;
	return 0;
}

/* Unpinned, a link would be detached, though its interface may be wanted. */
static int make_room(const struct instance *instance, const char *pin)
{
	char path[PATH_MAX], aside[64];
	struct attachment attachment;

	instance_pin(instance, path, LINKS "/%s", pin);
	if (attachment_read(instance, pin, &attachment) || !attachment.ifindex)
		return unlink(path) && errno != ENOENT ? -errno : 0;
	snprintf(aside, sizeof(aside), "%.32s-%u", pin, attachment.ifindex);
	return link_rename(instance, pin, aside);
}

int link_pin(const struct instance *instance, int fd, const char *interface)
{
	char path[PATH_MAX], name[LINK_PIN_SIZE];
	int err = make_room(instance, link_pin_name(interface, name));

	instance_pin(instance, path, LINKS "/%s", name);
	if (!err && bpf_obj_pin(fd, path))
		err = -errno;
	return err ? report_error(err, "cannot pin %s: %s", path,
				  strerror(-err))
		   : 0;
}
