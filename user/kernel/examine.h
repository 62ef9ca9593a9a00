/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks for what will bite, on this host and at its interfaces; touches nothing. */
#ifndef ROLEGATE_USER_EXAMINE_H
#define ROLEGATE_USER_EXAMINE_H

#include "user/kernel/finding.h"
#include "user/kernel/instance.h"
#include "user/kernel/nic.h"
#include "user/policy/model.h"

/* Privileges, bpffs, memory, JIT, and what the kernel lacks. */
void examine_host(struct findings *findings);

/*
 * An interface that is to be filtered in that mode, by the instance; nic is
 * filled in for who wants to show it, and nic->ifindex 0 if there is none.
 */
void examine_interface(struct findings *findings, const struct nics *nics,
		       const struct instance *instance, const char *name,
		       enum attach_mode mode, struct nic *nic);

/*
 * Before a load: warnings and errors about the host and about interfaces on
 * which the instance does not run yet, reported. Returns 0, or -ENOTSUP if
 * something was found that load cannot get over.
 */
int examine_before_load(const struct instance *instance,
			const struct model *model);

#endif
