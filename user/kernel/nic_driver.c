/* SPDX-License-Identifier: GPL-2.0-only */
/* What an interface's driver says by ethtool: name, offloads, channels. */
#include "user/kernel/nic.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>

/* The kernel's names of features, of which there are more each year. */
#define FEATURES_MAX 256

/*
 * Questions of <linux/ethtool.h> with room behind for the answer: what ends
 * with an array of no length cannot stand in a struct in standard C.
 */
struct feature_set { /* struct ethtool_gfeatures */
	__u32 cmd;
	__u32 size;
	struct ethtool_get_features_block blocks[FEATURES_MAX / 32];
};

struct string_set { /* struct ethtool_gstrings */
	__u32 cmd;
	__u32 string_set;
	__u32 len;
	char names[FEATURES_MAX][ETH_GSTRING_LEN];
};

struct set_size { /* struct ethtool_sset_info */
	__u32 cmd;
	__u32 reserved;
	__u64 sset_mask;
	__u32 count;
};

_Static_assert(offsetof(struct feature_set, blocks) ==
		       offsetof(struct ethtool_gfeatures, features),
	       "as the kernel has it");
_Static_assert(offsetof(struct string_set, names) ==
		       offsetof(struct ethtool_gstrings, data),
	       "as the kernel has it");
_Static_assert(offsetof(struct set_size, count) ==
		       offsetof(struct ethtool_sset_info, data),
	       "as the kernel has it");

static int ask(int socket, const struct nic *nic, void *question)
{
	struct ifreq request = {.ifr_data = question};

	memcpy(request.ifr_name, nic->name, sizeof(request.ifr_name));
	return ioctl(socket, SIOCETHTOOL, &request);
}

static void ask_name(int socket, struct nic *nic)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};

	if (!ask(socket, nic, &info))
		snprintf(nic->driver, sizeof(nic->driver), "%.31s",
			 info.driver);
}

static void ask_channels(int socket, struct nic *nic)
{
	struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};

	if (ask(socket, nic, &channels))
		return;
	nic->channels = channels.combined_count + channels.rx_count;
	nic->is_combined = channels.max_combined;
	nic->channels_max = channels.max_combined ? channels.max_combined
						  : channels.max_rx;
}

static __u32 count_features(int socket, const struct nic *nic)
{
	struct set_size set = {
		.cmd = ETHTOOL_GSSET_INFO,
		.sset_mask = 1ULL << ETH_SS_FEATURES,
	};

	if (ask(socket, nic, &set) || set.count > FEATURES_MAX)
		return 0;
	return set.count;
}

static bool is_on(const struct feature_set *set, const struct string_set *names,
		  const char *feature)
{
	__u32 i;

	for (i = 0; i < names->len; i++)
		if (!strncmp(names->names[i], feature, ETH_GSTRING_LEN))
			return set->blocks[i / 32].active >> i % 32 & 1;
	return false;
}

static void ask_features(int socket, struct nic *nic)
{
	struct string_set *names = calloc(1, sizeof(*names));
	struct feature_set set = {.cmd = ETHTOOL_GFEATURES};
	__u32 count = count_features(socket, nic);

	if (!names)
		return;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_FEATURES;
	names->len = count;
	set.size = (count + 31) / 32;
	if (count && !ask(socket, nic, names) && !ask(socket, nic, &set)) {
		nic->lro = is_on(&set, names, "rx-lro");
		nic->gro_hw = is_on(&set, names, "rx-gro-hw");
		nic->strips_vlan = is_on(&set, names, "rx-vlan-hw-parse");
	}
	free(names);
}

void nic_ask_driver(struct nic *nic)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	ask_name(fd, nic);
	ask_channels(fd, nic);
	ask_features(fd, nic);
	close(fd);
}
