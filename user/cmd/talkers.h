/* SPDX-License-Identifier: GPL-2.0-only */
/* Who sends what is dropped, from sampled events. */
#ifndef ROLEGATE_USER_TALKERS_H
#define ROLEGATE_USER_TALKERS_H

#include <jansson.h>

#include "user/cmd/known.h"
#include "user/kernel/watcher.h"

struct talkers {
	struct instance instance; /* only its path */
	struct watcher watcher;
	struct known known;
	json_t *rows; /* address to what is known of it, since the last take */
	__u64 sampled;
	struct unseen told;
	double since;
	bool is_open;
};

void talkers_init(struct talkers *talkers, const char *instance);

/*
 * Begins to sample. *problem is set to what is in the way, if anything is, in
 * text of TALKERS_PROBLEM_SIZE. Opening an open one does nothing.
 */
#define TALKERS_PROBLEM_SIZE 160
int talkers_open(struct talkers *talkers, char *problem);

/* To be called several times a second. */
void talkers_read(struct talkers *talkers);

/*
 * The rows since the last time, as VIEW_TALKERS has them; where not all drops
 * could be sampled, rates are scaled up. The caller's.
 */
json_t *talkers_take(struct talkers *talkers, double now);

/* Ends the sampling. */
void talkers_close(struct talkers *talkers);

#endif
