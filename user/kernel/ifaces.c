/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy's interfaces as the program finds them: by the index in a frame. */
#include "user/kernel/ifaces.h"

#include <errno.h>
#include <string.h>

#include "user/kernel/links.h"
#include "user/kernel/nic.h"
#include "user/output/report.h"
#include "user/policy/tables.h"

#define SEEDS_TRIED 1000000

struct list {
	struct iface ifaces[IFACES_MAX];
	__u32 count;
};

/* Puts the interfaces at their hashes; false if two share one. */
static bool place(struct iface *slots, const struct list *list, __u32 seed)
{
	struct iface *slot;
	__u32 i;

	memset(slots, 0, IFACE_SLOTS * sizeof(*slots));
	for (i = 0; i < list->count; i++) {
		slot = &slots[IFACE_SLOT(list->ifaces[i].ifindex, seed)];
		if (slot->ifindex)
			return false;
		*slot = list->ifaces[i];
	}
	return true;
}

static bool holds(const struct list *list, __u32 ifindex)
{
	__u32 i;

	for (i = 0; i < list->count; i++)
		if (list->ifaces[i].ifindex == ifindex)
			return true;
	return false;
}

/* Where it cannot be told too: then the generation before decides, not nobody. */
static bool is_filtered(const struct instance *instance, __u32 ifindex)
{
	struct attachment attachment;

	return instance && attachment_find(instance, ifindex, &attachment);
}

static void collect(struct list *list, const struct model *model,
		    const struct instance *instance)
{
	const struct interface *interface;
	struct iface iface = {};
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++) {
		interface = &model->interfaces.items[i];
		iface.ifindex = interface_find(instance, model, interface);
		iface.number = IFACE_NUMBER(i);
		iface.refusal = interface->enforce ? VERDICT_DROP
						   : VERDICT_WOULD_DROP;
		iface.was_filtered = is_filtered(instance, iface.ifindex);
		if (iface.ifindex)
			list->ifaces[list->count++] = iface;
	}
}

/* A frame on a bond comes with the index of the member that received it. */
static int collect_members(struct list *list, const struct nics *nics)
{
	__u32 members[IFACES_MAX], own = list->count, count, i, j;
	struct iface iface;

	for (i = 0; i < own; i++) {
		iface = list->ifaces[i];
		count = nics_bond_members(nics, iface.ifindex, members,
					  IFACES_MAX);
		for (j = 0; j < count; j++) {
			iface.ifindex = members[j];
			if (holds(list, iface.ifindex))
				continue;
			if (list->count == IFACES_MAX)
				return report_error(
					-E2BIG,
					"interfaces and the members of bonds "
					"are more than %d",
					IFACES_MAX);
			list->ifaces[list->count++] = iface;
		}
	}
	return 0;
}

int ifaces_place(struct iface *slots, const struct model *model,
		 const struct instance *instance, __u32 *seed)
{
	struct list list = {};
	struct nics nics;
	int err;

	collect(&list, model, instance);
	err = nics_open(&nics);
	if (err)
		report_error(err, "cannot list the interfaces: %s",
			     strerror(-err));
	else
		err = collect_members(&list, &nics);
	nics_close(&nics);
	for (*seed = 0x9e3779b1; !err && *seed < 0x9e3779b1 + SEEDS_TRIED;
	     *seed += 2)
		if (place(slots, &list, *seed))
			break;
	return err;
}
