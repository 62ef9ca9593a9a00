/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs on interfaces: pinned links, made, switched and taken away. */
#ifndef ROLEGATE_USER_ATTACH_H
#define ROLEGATE_USER_ATTACH_H

#include "user/kernel/generation.h"
#include "user/kernel/instance.h"
#include "user/kernel/links.h"

/* The id of a program, 0 if it cannot be told. */
__u32 program_id(int fd);

/* Is the device one of the model's interfaces? 0 is none. */
bool attach_is_wanted(const struct model *model, __u32 ifindex);

/*
 * Is each interface of the model there, free of others' programs, and, if it
 * is attached, so in its mode? Reports the first that is not; returns 0, or
 * negative errno: -ENODEV, -EBUSY.
 */
int attach_check(const struct instance *instance, const struct model *model);

/*
 * Puts the generation on the interfaces of its image that exist: those that
 * have a link are switched, then new ones attached, then those no longer wanted are
 * detached. If one fails everything is put back to the previous generation
 * (NULL if there is none), and negative errno returned. Says aloud where only
 * generic mode works.
 */
int attach_all(const struct instance *instance,
	       const struct generation *generation,
	       const struct generation *previous);

/* The same without, and then only, detaching what is no longer wanted. */
int attach_more(const struct instance *instance,
		const struct generation *generation,
		const struct generation *previous);
int attach_less(const struct instance *instance,
		const struct generation *generation);

/*
 * Switches the links that there are to the generation, and makes no new ones.
 * On failure all is put back, as above; if previous is the generation itself,
 * what was done stays, to be gone on with.
 */
int attach_switch(const struct instance *instance,
		  const struct generation *generation,
		  const struct generation *previous);

/*
 * Does any interface run the generation's program? Returns 1, 0, or negative
 * errno if that cannot be told.
 */
int is_attached(const struct instance *instance,
		const struct generation *generation);

/* Reports that it cannot be told what the instance holds; returns err. */
int attach_report_links(const struct instance *instance, int err);

/*
 * Waits until no CPU runs a program that has been taken off its interface; a
 * membarrier() would not do so where CPUs have no tick (nohz_full). Returns 0
 * or negative errno: then it has not waited.
 */
int attach_wait(void);

/* Detaches every interface and removes the links' pins. */
int detach_all(const struct instance *instance);

#endif
