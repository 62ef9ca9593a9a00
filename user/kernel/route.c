/* SPDX-License-Identifier: GPL-2.0-only */
/* By which interface a peer's packets come in, as the kernel routes. */
#include "user/kernel/route.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/kernel/netlink.h"
#include "user/output/report.h"

/* What the kernel tells of one interface. */
struct device {
	__u32 index;
	__u32 master; /* the bridge or bond that it is a port of */
	__u32 below;  /* what a VLAN or the like lies on */
	char name[IF_NAMESIZE];
	bool is_found;
};

struct devices {
	ARRAY_OF(struct device) list;
};

static int take_route(const struct nlmsghdr *message, void *context)
{
	const struct nlattr *attribute;
	__u32 *ifindex = context;

	mnl_attr_for_each (attribute, message, sizeof(struct rtmsg))
		if (mnl_attr_get_type(attribute) == RTA_OIF)
			*ifindex = mnl_attr_get_u32(attribute);
	return MNL_CB_OK;
}

/* The interface of the route to the client: 0 or negative errno. */
static int ask_route(const struct frame_spec *spec, bool with_source,
		     __u32 *ifindex)
{
	__u32 size = prefix_bits(&spec->from) / 8;
	struct netlink_buffer buffer;
	struct nlmsghdr *request = netlink_request(&buffer, RTM_GETROUTE);
	struct rtmsg *route;

	route = mnl_nlmsg_put_extra_header(request, sizeof(*route));
	route->rtm_family = spec->from.family == 4 ? AF_INET : AF_INET6;
	route->rtm_dst_len = prefix_bits(&spec->from);
	mnl_attr_put(request, RTA_DST, size, spec->from.address);
	if (with_source) {
		route->rtm_src_len = prefix_bits(&spec->to);
		mnl_attr_put(request, RTA_SRC, size, spec->to.address);
	}
	return netlink_ask(NETLINK_ROUTE, request, take_route, ifindex);
}

static bool is_address(const struct sockaddr *held,
		       const struct prefix *address)
{
	if (!held)
		return false;
	if (address->family == 4)
		return held->sa_family == AF_INET &&
		       !memcmp(&((const struct sockaddr_in *)held)->sin_addr,
			       address->address, 4);
	return held->sa_family == AF_INET6 &&
	       !memcmp(&((const struct sockaddr_in6 *)held)->sin6_addr,
		       address->address, 16);
}

static __u32 find_holder(const struct prefix *address)
{
	struct ifaddrs *addresses, *entry;
	__u32 ifindex = 0;

	if (getifaddrs(&addresses))
		return 0;
	for (entry = addresses; entry && !ifindex; entry = entry->ifa_next)
		if (is_address(entry->ifa_addr, address))
			ifindex = if_nametoindex(entry->ifa_name);
	freeifaddrs(addresses);
	return ifindex;
}

/* Of these kinds what comes in has first come in below. */
static bool lies_on_another(const struct nlattr *info)
{
	static const char *const kinds[] = {"vlan", "macvlan", "ipvlan"};
	const struct nlattr *attribute;
	size_t i;

	mnl_attr_for_each_nested (attribute, info)
		for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
			if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND &&
			    !strcmp(mnl_attr_get_str(attribute), kinds[i]))
				return true;
	return false;
}

static int take_device(const struct nlmsghdr *message, void *context)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	bool is_above = false, is_elsewhere = false;
	struct devices *devices = context;
	const struct nlattr *attribute;
	struct device *device = model_push(&devices->list);

	if (!device)
		return MNL_CB_ERROR;
	device->index = info->ifi_index;
	mnl_attr_for_each (attribute, message, sizeof(*info)) {
		switch (mnl_attr_get_type(attribute)) {
		case IFLA_IFNAME:
			strncpy(device->name, mnl_attr_get_str(attribute),
				IF_NAMESIZE - 1);
			break;
		case IFLA_MASTER:
			device->master = mnl_attr_get_u32(attribute);
			break;
		case IFLA_LINK:
			device->below = mnl_attr_get_u32(attribute);
			break;
		case IFLA_LINK_NETNSID:
			is_elsewhere = true;
			break;
		case IFLA_LINKINFO:
			is_above = lies_on_another(attribute);
			break;
		}
	}
	if (!is_above || is_elsewhere)
		device->below = 0;
	return MNL_CB_OK;
}

static void read_devices(struct devices *devices)
{
	struct netlink_buffer buffer;
	struct nlmsghdr *request = netlink_dump(&buffer, RTM_GETLINK);

	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	netlink_ask(NETLINK_ROUTE, request, take_device, devices);
}

/* Notes an interface and, again and again, all that lie below it. */
static void add_below(struct session *session, const struct devices *devices,
		      __u32 ifindex)
{
	struct device *device;
	__u32 i;

	for (i = 0; i < devices->list.count; i++) {
		device = &devices->list.items[i];
		if (device->is_found ||
		    (device->index != ifindex && device->master != ifindex))
			continue;
		if (session->count == SESSION_INTERFACES)
			return;
		device->is_found = true;
		memcpy(session->interfaces[session->count++], device->name,
		       IF_NAMESIZE);
		if (device->index != ifindex)
			add_below(session, devices, device->index);
		if (device->below)
			add_below(session, devices, device->below);
	}
}

/* A server's address that is not of this host does not route from here. */
static __u32 find_interface(const struct frame_spec *spec, bool *is_elsewhere)
{
	__u32 ifindex = 0;
	int err;

	err = ask_route(spec, true, &ifindex);
	if (err)
		err = ask_route(spec, false, &ifindex);
	if (!ifindex)
		ifindex = find_holder(&spec->to);
	*is_elsewhere = !ifindex &&
			(err == -ENETUNREACH || err == -EHOSTUNREACH);
	return ifindex;
}

void route_interfaces(struct session *session)
{
	struct devices devices = {};
	__u32 ifindex, i;

	ifindex = find_interface(&session->spec, &session->is_elsewhere);
	read_devices(&devices);
	if (ifindex)
		add_below(session, &devices, ifindex);
	free(devices.list.items);
	for (i = 0; i < session->count; i++)
		report_detail("session: may come in by %s",
			      session->interfaces[i]);
}
