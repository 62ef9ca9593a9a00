/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs on interfaces that are none of the instance's: what, whose, and how they go. */
#include "user/kernel/foreign.h"

#include <linux/if_link.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "user/kernel/links.h"

/* The program on an interface, whatever its mode; 0 if there is none. */
static __u32 program_on(__u32 ifindex, bool *is_generic)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	if (!ifindex || bpf_xdp_query(ifindex, 0, &query))
		return 0;
	*is_generic = query.attach_mode == XDP_ATTACHED_SKB;
	if (query.drv_prog_id)
		return query.drv_prog_id;
	if (query.skb_prog_id)
		return query.skb_prog_id;
	return query.hw_prog_id ? query.hw_prog_id : query.prog_id;
}

static void name_program(struct foreign *foreign)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(foreign->id);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		snprintf(info.name, sizeof(info.name), "unknown");
	if (fd >= 0)
		close(fd);
	snprintf(foreign->name, sizeof(foreign->name), "%s", info.name);
}

static bool is_link_of(__u32 link, __u32 ifindex, __u32 program)
{
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);
	int fd = bpf_link_get_fd_by_id(link);
	bool is_its = fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) &&
		      info.type == BPF_LINK_TYPE_XDP &&
		      info.xdp.ifindex == ifindex && info.prog_id == program;

	if (fd >= 0)
		close(fd);
	return is_its;
}

/*
 * The link that holds the program on the interface; 0 if none does. The index
 * alone may be another namespace's, the program alone on others too.
 */
static __u32 link_of(__u32 ifindex, __u32 program)
{
	__u32 link = 0;

	while (!bpf_link_get_next_id(link, &link))
		if (is_link_of(link, ifindex, program))
			return link;
	return 0;
}

/* Looks for the instance that holds a program. */
struct search {
	__u32 program;
	char owner[64]; /* empty: none does */
};

static int compare(const struct instance *instance, const char *pin,
		   void *context)
{
	const struct search *search = context;
	struct attachment attachment;

	return !attachment_read(instance, pin, &attachment) &&
	       attachment.program == search->program;
}

static int ask_instance(const struct instance *all, const char *name,
			void *context)
{
	struct search *search = context;
	struct instance instance;

	(void)all;
	instance_init(&instance, name);
	if (instance_each(&instance, LINKS, compare, search) <= 0)
		return 0;
	snprintf(search->owner, sizeof(search->owner), "%s", name);
	return 1;
}

static void find_owner(struct search *search)
{
	struct instance all;

	instance_init(&all, "."); /* the directory that all are in */
	instance_each(&all, "", ask_instance, search);
}

static void find_remedy(struct foreign *foreign, const char *interface,
			bool is_generic)
{
	struct search search = {.program = foreign->id};
	__u32 link = link_of(if_nametoindex(interface), foreign->id);
	size_t size = sizeof(foreign->remedy);

	find_owner(&search);
	if (search.owner[0])
		snprintf(foreign->remedy, size, "rolegate -i %s unload",
			 search.owner);
	else if (link)
		snprintf(foreign->remedy, size, "bpftool link detach id %u",
			 link);
	else
		snprintf(foreign->remedy, size, "ip link set dev %s %s off",
			 interface, is_generic ? "xdpgeneric" : "xdp");
}

int foreign_find(const struct instance *instance, const char *interface,
		 struct foreign *foreign)
{
	__u32 ifindex = if_nametoindex(interface);
	struct attachment attachment;
	bool is_generic = false;

	foreign->id = program_on(ifindex, &is_generic);
	if (!foreign->id || attachment_find(instance, ifindex, &attachment))
		return 0;
	name_program(foreign);
	find_remedy(foreign, interface, is_generic);
	return 1;
}
