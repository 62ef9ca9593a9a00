/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy's interfaces as the program finds them: by the index in a frame. */
#ifndef ROLEGATE_USER_IFACES_H
#define ROLEGATE_USER_IFACES_H

#include "rolegate/tables.h"
#include "user/kernel/instance.h"
#include "user/policy/model.h"

/*
 * Places the model's interfaces, and the members of those that are bonds, in
 * IFACE_SLOTS slots; those that the instance filters already (it may be NULL)
 * are marked so. Reports errors; returns 0 or negative errno, and *seed for the
 * slots.
 */
int ifaces_place(struct iface *slots, const struct model *model,
		 const struct instance *instance, __u32 *seed);

#endif
