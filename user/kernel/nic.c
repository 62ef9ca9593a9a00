/* SPDX-License-Identifier: GPL-2.0-only */
/* Interfaces and how they stand on each other, by netlink. */
#include "user/kernel/nic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "user/kernel/netlink.h"

#define KIND_BOND "bond"
#define KIND_VLAN "vlan"
#define ROOM_STEP 64

static struct nic_link *push(struct nics *nics)
{
	struct nic_link *links;

	if (nics->count == nics->room) {
		links = realloc(nics->links,
				(nics->room + ROOM_STEP) * sizeof(*links));
		if (!links)
			return NULL;
		nics->links = links;
		nics->room += ROOM_STEP;
	}
	links = &nics->links[nics->count++];
	memset(links, 0, sizeof(*links));
	return links;
}

static void set_name(char *text, const char *name)
{
	snprintf(text, NIC_NAME_SIZE, "%s", name);
}

static void take_kind(struct nic_link *link, const struct nlattr *info)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested (attribute, info)
		if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
			set_name(link->kind, mnl_attr_get_str(attribute));
}

/* What is below in another network namespace is nobody here. */
static void take_attribute(struct nic_link *link, bool *is_elsewhere,
			   const struct nlattr *attribute)
{
	switch (mnl_attr_get_type(attribute)) {
	case IFLA_IFNAME:
		set_name(link->name, mnl_attr_get_str(attribute));
		break;
	case IFLA_MTU:
		link->mtu = mnl_attr_get_u32(attribute);
		break;
	case IFLA_MASTER:
		link->master = mnl_attr_get_u32(attribute);
		break;
	case IFLA_LINK:
		link->below = mnl_attr_get_u32(attribute);
		break;
	case IFLA_LINK_NETNSID:
		*is_elsewhere = true;
		break;
	case IFLA_LINKINFO:
		take_kind(link, attribute);
		break;
	}
}

static int take_link(const struct nlmsghdr *answer, void *context)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(answer);
	struct nic_link *link = push(context);
	const struct nlattr *attribute;
	bool is_elsewhere = false;

	if (!link) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	link->ifindex = info->ifi_index;
	link->flags = info->ifi_flags;
	mnl_attr_for_each (attribute, answer, sizeof(*info))
		take_attribute(link, &is_elsewhere, attribute);
	if (is_elsewhere)
		link->below = 0;
	return MNL_CB_OK;
}

int nics_open(struct nics *nics)
{
	struct netlink_buffer buffer;
	struct nlmsghdr *request = netlink_dump(&buffer, RTM_GETLINK);
	struct ifinfomsg *info;

	*nics = (struct nics){};
	info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	return netlink_ask(NETLINK_ROUTE, request, take_link, nics);
}

void nics_close(struct nics *nics)
{
	free(nics->links);
	*nics = (struct nics){};
}

static void add_name(char *text, const char *name)
{
	size_t used = strlen(text);

	snprintf(text + used, NIC_NAMES_SIZE - used, "%s%s", used ? ", " : "",
		 name);
}

/* What another interface says of its place towards this one. */
static void relate(struct nic *nic, const struct nic_link *link,
		   const struct nic_link *other)
{
	if (other->ifindex == link->master) {
		set_name(nic->master, other->name);
		set_name(nic->master_kind, other->kind);
	}
	if (other->ifindex == link->below)
		set_name(nic->below, other->name);
	if (!strcmp(other->kind, KIND_VLAN) && other->below == nic->ifindex)
		add_name(nic->above, other->name);
	if (other->master == nic->ifindex)
		add_name(nic->members, other->name);
}

static const struct nic_link *find(const struct nics *nics, const char *name)
{
	__u32 i;

	for (i = 0; i < nics->count; i++)
		if (!strcmp(nics->links[i].name, name))
			return &nics->links[i];
	return NULL;
}

int nics_find(const struct nics *nics, const char *name, struct nic *nic)
{
	const struct nic_link *link = find(nics, name);
	__u32 i;

	if (!link)
		return -ENODEV;
	*nic = (struct nic){.ifindex = link->ifindex, .mtu = link->mtu};
	set_name(nic->name, link->name);
	set_name(nic->kind, link->kind);
	for (i = 0; i < nics->count; i++)
		relate(nic, link, &nics->links[i]);
	return 0;
}

int nics_each(const struct nics *nics,
	      int (*visit)(const char *name, void *context), void *context)
{
	int err = 0;
	__u32 i;

	for (i = 0; i < nics->count && !err; i++)
		if (!(nics->links[i].flags & IFF_LOOPBACK))
			err = visit(nics->links[i].name, context);
	return err;
}

static bool is_bond(const struct nics *nics, __u32 ifindex)
{
	__u32 i;

	for (i = 0; i < nics->count; i++)
		if (nics->links[i].ifindex == ifindex)
			return !strcmp(nics->links[i].kind, KIND_BOND);
	return false;
}

__u32 nics_bond_members(const struct nics *nics, __u32 ifindex, __u32 *members,
			__u32 max)
{
	__u32 count = 0, i;

	if (!is_bond(nics, ifindex))
		return 0;
	for (i = 0; i < nics->count && count < max; i++)
		if (nics->links[i].master == ifindex)
			members[count++] = nics->links[i].ifindex;
	return count;
}
