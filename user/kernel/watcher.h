/* SPDX-License-Identifier: GPL-2.0-only */
/* Drops as they happen: the one watcher of an instance. */
#ifndef ROLEGATE_USER_WATCHER_H
#define ROLEGATE_USER_WATCHER_H

#include <stdbool.h>
#include <stddef.h>

#include "rolegate/events.h"
#include "user/kernel/generation.h"
#include "user/kernel/instance.h"

struct ring_buffer;

/* What the filter did not show: beyond the rate, or for want of room. */
struct unseen {
	__u64 limited;
	__u64 lost;
};

struct watcher {
	int place;	     /* the directory that it has locked, or -1 */
	char path[PATH_MAX]; /* of that directory */
	int budgets;
	struct watch *watch; /* as the filter sees it */
	struct ring_buffer *ring;
	__u64 since; /* CLOCK_MONOTONIC, ns: earlier events are others' */
	void (*show)(const struct event *event, void *context);
	void *context;
};

void watcher_init(struct watcher *watcher);

/*
 * Takes the place of the watcher: there is one, since a ring has one reader.
 * If another holds it, *holder says who and -EBUSY is returned. Nothing is
 * shown before watcher_start(). Reports no error; to be closed in any case.
 */
int watcher_open(struct watcher *watcher, const struct instance *instance,
		 char holder[INSTANCE_HOLDER_SIZE]);

/* The same over maps at hand, whose place nobody else can take. */
int watcher_open_maps(struct watcher *watcher, int watches, int events,
		      int budgets);

/*
 * Has the filter make events as wanted says, whose until and hz are set here,
 * and show called for each of them by watcher_read().
 */
int watcher_start(struct watcher *watcher, const struct watch *wanted,
		  void (*show)(const struct event *event, void *context),
		  void *context);

/* Sets which classes one end must be of, in that generation. */
void watcher_set_classes(struct watcher *watcher, __u32 generation,
			 const __u64 classes[CLASSES_MAX / 64]);

/*
 * Shows what there is and has the filter go on for a few seconds: to be called
 * several times a second. Returns the number of events, or -errno.
 */
int watcher_read(struct watcher *watcher);

/* Ends the events and shows those that are still there. Returns as above. */
int watcher_stop(struct watcher *watcher);

/* What has not been shown since watcher_start(). Returns 0 or -errno. */
int watcher_unseen(const struct watcher *watcher, struct unseen *unseen);

/* Was the instance unloaded meanwhile? */
bool watcher_is_over(const struct watcher *watcher);

/* Ends the events, shown or not, and leaves the place. */
void watcher_close(struct watcher *watcher);

/* How often watcher_read() is due. */
#define WATCHER_BEAT_MS 50

#endif
