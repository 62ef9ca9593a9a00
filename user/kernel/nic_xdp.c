/* SPDX-License-Identifier: GPL-2.0-only */
/* What an interface's XDP can do, by the netlink family that tells (Linux 6.3). */
#include "user/kernel/nic.h"

#include <linux/genetlink.h>

#include "user/kernel/netlink.h"

/* From linux/netdev.h, which Debian 12 does not have. */
#define NETDEV_FAMILY	    "netdev"
#define NETDEV_VERSION	    1
#define NETDEV_DEV_GET	    1
#define NETDEV_IFINDEX	    1
#define NETDEV_XDP_FEATURES 3
#define NETDEV_XDP_BASIC    (1 << 0)
#define NETDEV_XDP_RX_SG    (1 << 5)

static struct nlmsghdr *begin(struct netlink_buffer *buffer, int family,
			      __u8 command)
{
	struct nlmsghdr *request = netlink_request(buffer, family);
	struct genlmsghdr *header;

	header = mnl_nlmsg_put_extra_header(request, sizeof(*header));
	header->cmd = command;
	header->version = NETDEV_VERSION;
	return request;
}

static int take_family(const struct nlmsghdr *answer, void *context)
{
	const struct nlattr *attribute;
	__u16 *family = context;

	mnl_attr_for_each (attribute, answer, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID)
			*family = mnl_attr_get_u16(attribute);
	return MNL_CB_OK;
}

static int take_features(const struct nlmsghdr *answer, void *context)
{
	const struct nlattr *attribute;
	struct nic *nic = context;
	__u64 features;

	mnl_attr_for_each (attribute, answer, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attribute) != NETDEV_XDP_FEATURES)
			continue;
		features = mnl_attr_get_u64(attribute);
		nic->has_xdp_features = true;
		nic->is_native = features & NETDEV_XDP_BASIC;
		nic->takes_frags = features & NETDEV_XDP_RX_SG;
	}
	return MNL_CB_OK;
}

/* 0 if the kernel has no such family. */
static __u16 find_family(const char *name)
{
	struct netlink_buffer buffer;
	struct nlmsghdr *request = begin(&buffer, GENL_ID_CTRL,
					 CTRL_CMD_GETFAMILY);
	__u16 family = 0;

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, name);
	netlink_ask(NETLINK_GENERIC, request, take_family, &family);
	return family;
}

void nic_ask_xdp(struct nic *nic)
{
	__u16 family = find_family(NETDEV_FAMILY);
	struct nlmsghdr *request;
	struct netlink_buffer buffer;

	if (!family)
		return;
	request = begin(&buffer, family, NETDEV_DEV_GET);
	mnl_attr_put_u32(request, NETDEV_IFINDEX, nic->ifindex);
	netlink_ask(NETLINK_GENERIC, request, take_features, nic);
}
