/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of members, made in the tables of a generation that runs. */
#ifndef ROLEGATE_USER_CHANGE_H
#define ROLEGATE_USER_CHANGE_H

#include "user/kernel/generation.h"

/* More at once are quicker, and one step, through a new generation. */
#define CHANGE_MAX 4096

struct change {
	struct generation *generation;
	struct tables tables; /* of the generation, mapped */
	struct class_list *regions;
	__u32 count;	 /* entries of the tail, from tail_applied on */
	__u32 set_words; /* when the new classes count */
	bool has_rules;	 /* among the tables */
};

/*
 * Makes ready to change a generation by some entries: everything but the
 * addresses themselves is written, and nothing has taken effect. The
 * generation's view holds the entries from then on. Returns 0; -ENOSPC if it
 * takes a new generation (then the view is as it was); or another negative errno.
 * change_release() in any case.
 */
int change_prepare(struct change *change, const struct instance *instance,
		   struct generation *generation, const struct member *entries,
		   __u32 count);

/*
 * A judge of the state that the change will bring. Returns 0 or negative
 * errno; the judge is good until change_release().
 */
int change_judge(struct change *change, const struct instance *instance,
		 struct judge *judge);

/*
 * From here on the entries count, also if this is the last thing that the
 * process does. Returns 0, -ENOSPC if the tables turn out too small: then a new
 * generation must be built of the view; or another negative errno: then the
 * next command goes on.
 */
int change_commit(struct change *change);

void change_release(struct change *change);

/* Completes what a killed command had committed; returns as above. */
int change_repair(const struct instance *instance,
		  struct generation *generation);

#endif
