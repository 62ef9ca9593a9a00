/* SPDX-License-Identifier: GPL-2.0-only */
/* The /24s of one slot of the IPv4 root, as runs of equal ones where those are few. */
#ifndef ROLEGATE_USER_SECTION_V4_H
#define ROLEGATE_USER_SECTION_V4_H

#include "user/policy/tables.h"

struct section {
	__u32 slots[V4_SECTION]; /* of the /24s, in order */
};

/*
 * Reads what a slot of the root stands for: one slot for all, runs, or a
 * group. Returns 0, or -ENOMEM.
 */
int section_read(struct tables *tables, __u32 root, struct section *section);

/*
 * Lets the slot of the root stand for these slots; a packet sees each /24 with
 * its old slot or its new one. Runs once apart stay apart, and too many become
 * a group for good, so that changes that come and go take no more room each
 * time. Returns 0, -ENOMEM, or -ENOSPC if a table is fixed and full: then
 * nothing has changed.
 */
int section_write(struct tables *tables, __u32 *root,
		  const struct section *section);

#endif
