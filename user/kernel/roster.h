/* SPDX-License-Identifier: GPL-2.0-only */
/* Members, classes and fill levels of a generation, in mapped pinned memory. */
#ifndef ROLEGATE_USER_ROSTER_H
#define ROLEGATE_USER_ROSTER_H

#include "user/kernel/mapping.h"
#include "user/policy/members.h"
#include "user/policy/tables.h"

/*
 * What a command that changes roles needs, without reading it all. A change is
 * appended to the tail and counts from the moment tail_count says so; what the
 * filter's tables have of it tail_applied says. A command that was killed in
 * between is completed by the next one.
 */
struct roster_header {
	__u32 base_count;
	__u32 tail_room;
	__u32 tail_count;
	__u32 tail_applied;
	__u32 v4_group_used;
	__u32 v4_runs_used;
	__u32 v4_block_used;
	__u32 v4_line_used;
	__u32 v6_slot_used;
	__u32 set_words; /* of class_sets: for each class a count and its roles */
	__u32 is_unfinished; /* being attached, where there was none before */
	__u32 rooms[TABLE_COUNT]; /* elements of each table */
	struct shape shape;
	__u32 reserved[8];
};

_Static_assert(sizeof(struct roster_header) == 416, "members are aligned");

struct roster {
	struct mapping members; /* a header, then base and tail */
	struct mapping sets;
	struct roster_header *header;
	struct members view; /* with all changes that count */
};

/* So many changes are made in place before a new generation is built. */
#define ROSTER_TAIL_ROOM 8192

/*
 * Makes the two maps of a generation for a model's members and the tables
 * compiled from it. Returns 0 or negative errno; descriptors are the caller's.
 */
int roster_create(const struct model *model, struct tables *tables,
		  int *members_fd, int *sets_fd);

/* Maps them, and reads the classes into empty ones. */
int roster_open(struct roster *roster, int members_fd, int sets_fd,
		struct classes *classes);
void roster_close(struct roster *roster);

/* The entries after those that count, for room more; NULL if there is less. */
struct member *roster_room(const struct roster *roster, __u32 count);

/* Writes the classes from first on behind those that count; -ENOSPC if full. */
int roster_add_classes(struct roster *roster, const struct classes *classes,
		       __u32 first, __u32 *words);

/*
 * The members as a new base, in memory that the caller frees: run-time changes
 * keep their marks. NULL when memory is short.
 */
struct member *roster_merge(const struct members *view, __u32 *count);

#endif
