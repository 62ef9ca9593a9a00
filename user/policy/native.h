/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter's own judging code over compiled tables, without a kernel. */
#ifndef ROLEGATE_USER_NATIVE_H
#define ROLEGATE_USER_NATIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/packet.h"
#include "rolegate/events.h"
#include "user/policy/tables.h"

/*
 * Judges a frame of size bytes as the filter would, coming in by the interface
 * of that number (IFACE_UNKNOWN: by none in particular). Fills answer; only
 * its iface and track are read. Of the datagrams that are tracked only the
 * last is remembered. Not for several threads at once.
 */
void native_judge(const struct tables *tables, const void *frame, size_t size,
		  struct explain *answer);

/*
 * Reads a frame's headers, aligned as native_judge() wants them too (struct
 * frame_buffer), into packet as far as they can be read. Returns the
 * reason that ends the reading, REASON_NONE if all is there.
 */
enum reason native_parse(const void *frame, size_t size, struct packet *packet);

/* What a dropped packet seems to be, and its server's port (bpf/seems.h). */
enum flow_kind native_flow_kind(const struct packet *packet,
				enum reason reason);
__u16 native_flow_port(const struct packet *packet, enum flow_kind kind);

/* The class of an address. */
__u32 native_classify(const struct tables *tables,
		      const struct prefix *address);

/*
 * Where the filter looks for a host, in which filter of leading bits, and from
 * which slot on for a prefix.
 */
__u32 native_host_bucket(const struct tables *tables, __u32 host);
__u32 native_v6_filter32(const struct tables *tables,
			 const struct v6_address *address);
__u32 native_v6_filter48(const struct tables *tables,
			 const struct v6_address *address);
__u32 native_v6_slot(const struct tables *tables, const struct v6_key *key);

/* The slot (rolegate/tables.h) of a protocol in a family, 4 or 6. */
__u8 native_slot(__u8 family, __u8 protocol);

/* Is it an IPv6 extension header that the filter goes behind? */
bool native_is_extension(__u8 protocol);

#endif
