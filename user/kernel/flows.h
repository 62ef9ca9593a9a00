/* SPDX-License-Identifier: GPL-2.0-only */
/* Dropped flows that a rule could pass, as a generation has counted them. */
#ifndef ROLEGATE_USER_FLOWS_H
#define ROLEGATE_USER_FLOWS_H

#include "rolegate/events.h"
#include "user/kernel/instance.h"

struct flow {
	__u64 key; /* FLOW_KEY */
	__u64 packets;
	struct flow_sample sample; /* of the first packet on some CPU */
};

struct flows {
	struct flow *items; /* by key */
	__u32 count;
	__u64 missed; /* packets of flows that found no place */
};

/* Reads the map of a program at hand. Returns 0 or negative errno. */
int flows_read_map(struct flows *flows, int fd);

/* Reads that of a generation by its pin. */
int flows_read(struct flows *flows, const struct instance *instance,
	       __u32 generation);

void flows_release(struct flows *flows);

#endif
