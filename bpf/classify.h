/* SPDX-License-Identifier: GPL-2.0-only */
/* An address to its class, the interned set of its roles. */
#ifndef ROLEGATE_CLASSIFY_H
#define ROLEGATE_CLASSIFY_H

#include "bpf/bytes.h"
#include "bpf/packet.h"
#include "rolegate/tables.h"

/*
 * The includer provides shape and the tables: v4_root_at(), v4_block_at(),
 * v6_class_of() (bpf/maps.h in the kernel, user/policy/native.h elsewhere).
 */

/* DIR-16-8-8: at most three dependent loads, whatever the number of prefixes. */
static __always_inline __u16 classify_v4(__be32 address)
{
	__u32 host = be32_to_host(address);
	__u32 slot = v4_root_at(host >> 16);

	if (!(slot & V4_IS_BLOCK))
		return slot;
	slot = v4_block_at((slot & ~V4_IS_BLOCK) * V4_BLOCK +
			   (host >> 8 & 0xff));
	if (!(slot & V4_IS_BLOCK))
		return slot;
	return v4_block_at((slot & ~V4_IS_BLOCK) * V4_BLOCK + (host & 0xff));
}

static __always_inline __u16 classify(const struct packet *packet,
				      const __u32 *address)
{
	if (packet->family == 4)
		return classify_v4(address[0]);
	return v6_class_of(address);
}

#endif
