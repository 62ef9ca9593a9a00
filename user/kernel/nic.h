/* SPDX-License-Identifier: GPL-2.0-only */
/* An interface as the kernel describes it: by netlink, and by ethtool. */
#ifndef ROLEGATE_USER_NIC_H
#define ROLEGATE_USER_NIC_H

#include <stdbool.h>

#include <linux/types.h>

#define NIC_NAME_SIZE  16  /* IFNAMSIZ */
#define NIC_NAMES_SIZE 256 /* several, with ", " in between */

/* What is not known is zero or "". */
struct nic {
	char name[NIC_NAME_SIZE];
	__u32 ifindex;
	__u32 mtu;
	char kind[NIC_NAME_SIZE]; /* "bond", "vlan", "veth"; a card has none */
	char driver[32];
	char master
		[NIC_NAME_SIZE]; /* the bond or bridge that it is a port of */
	char master_kind[NIC_NAME_SIZE];
	char below[NIC_NAME_SIZE];    /* what a VLAN or macvlan stands on */
	char above[NIC_NAMES_SIZE];   /* VLANs that stand on it */
	char members[NIC_NAMES_SIZE]; /* the ports of a bond or bridge */
	bool has_xdp_features;	      /* kernels before 6.3 do not tell */
	bool is_native;		      /* has native XDP */
	bool takes_frags; /* native XDP also of frames in several buffers */
	bool lro;
	bool gro_hw;
	bool strips_vlan;
	__u32 channels; /* receive queues */
	__u32 channels_max;
	bool is_combined; /* a channel receives and transmits */
};

/* How an interface stands among the others. */
struct nic_link {
	char name[NIC_NAME_SIZE];
	char kind[NIC_NAME_SIZE];
	__u32 ifindex;
	__u32 mtu;
	__u32 flags;
	__u32 master; /* indexes, 0 if there is none here */
	__u32 below;
};

/* All interfaces here, as they were at one moment. */
struct nics {
	struct nic_link *links;
	__u32 count;
	__u32 room;
};

/* Returns 0 or negative errno; nics_close() in any case. */
int nics_open(struct nics *nics);
void nics_close(struct nics *nics);

/* Fills in nic; returns 0, or -ENODEV. */
int nics_find(const struct nics *nics, const char *name, struct nic *nic);

/* Calls visit for each interface but loopback until it returns non-zero. */
int nics_each(const struct nics *nics,
	      int (*visit)(const char *name, void *context), void *context);

/*
 * The members of a bond: frames come in by them, and that is what a program
 * on the bond gets to know. Returns how many there are, up to max.
 */
__u32 nics_bond_members(const struct nics *nics, __u32 ifindex, __u32 *members,
			__u32 max);

/* Adds what the driver says: its name, offloads, channels. */
void nic_ask_driver(struct nic *nic);

/* Adds what the driver's XDP can do, if the kernel tells. */
void nic_ask_xdp(struct nic *nic);

#endif
