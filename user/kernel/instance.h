/* SPDX-License-Identifier: GPL-2.0-only */
/* An instance: its directory of pins, its lock, its generations and links. */
#ifndef ROLEGATE_USER_INSTANCE_H
#define ROLEGATE_USER_INSTANCE_H

#include <limits.h>
#include <stdbool.h>

#include <linux/types.h>

/*
 * Pins of an instance, below /sys/fs/bpf/rolegate/NAME:
 *   generation-N/   programs, tables, counters and image of one loaded config
 *   links/IFACE     what holds the program on an interface
 *   fragments       datagrams under way, shared by all generations
 *   watch/          what shows drops to a watcher, shared too
 */
struct instance {
	char path[PATH_MAX / 2];
	const char *name;
	int lock; /* of the directory, -1 if not open */
	bool is_loaded;
	__u32 newest; /* highest generation pinned, if is_loaded */
};

/* Instance names: [A-Za-z0-9][A-Za-z0-9_-]{0,63}. */
bool instance_is_name(const char *name);

/* Can this process see bpffs, and may it use it? Reports why not. */
int instance_check(void);

/* Is bpffs mounted where all pins are? */
bool instance_has_bpffs(void);

/* Says where its pins are; neither opens nor locks. */
void instance_init(struct instance *instance, const char *name);

/*
 * Opens and locks an instance, waiting up to 5 s for who holds it. With
 * create, makes its directory if there is none; else that is no error, but
 * is_loaded is false. Reports errors itself; returns 0 or negative errno.
 */
int instance_open(struct instance *instance, const char *name, bool create);

/* Unlocks; removes the directory if nothing is left in it. */
void instance_close(struct instance *instance);

/*
 * Who holds a lock that another could not get: "rolegate (process 12)", in
 * text of INSTANCE_HOLDER_SIZE. fd is of the locked directory.
 */
#define INSTANCE_HOLDER_SIZE 96
const char *instance_holder(int fd, char *text);

/* The path of a pin: "generation-3/filter"; text holds PATH_MAX bytes. */
const char *instance_pin(const struct instance *instance, char *text,
			 const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Calls visit for each name in a directory of the instance ("", "links"). */
int instance_each(const struct instance *instance, const char *directory,
		  int (*visit)(const struct instance *instance,
			       const char *name, void *context),
		  void *context);

/* Is there a pin or directory of that name? */
bool instance_has(const struct instance *instance, const char *name);

/* Makes a directory there; existing is fine. */
int instance_mkdir(const struct instance *instance, const char *directory);

/* Removes a directory with all pins in it; absent is fine. */
int instance_remove(const struct instance *instance, const char *directory);

#endif
