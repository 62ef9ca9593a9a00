/* SPDX-License-Identifier: GPL-2.0-only */
/* A generation: one loaded program pair with its own tables and counters. */
#ifndef ROLEGATE_USER_GENERATION_H
#define ROLEGATE_USER_GENERATION_H

#include "user/kernel/instance.h"
#include "user/kernel/roster.h"
#include "user/policy/image.h"
#include "user/policy/probe.h"
#include "user/policy/tables.h"

struct generation {
	__u32 number;
	int filter; /* file descriptors, -1 if not open */
	int explain;
	int trial;    /* only of one that is not confirmed: the program, */
	int deadline; /* its map, */
	int previous; /* and the way to the generation before */
	int tallies;
	int carried[COUNTER_COUNT]; /* from the generations before it */
	int pair_key;
	int members;
	int class_sets;
	struct roster roster; /* of members and class_sets */
	struct image image;
	struct filter_bpf *skeleton; /* only of one just built */
};

void generation_init(struct generation *generation);
void generation_release(struct generation *generation);

/* The program that belongs on the interfaces. */
static inline int generation_program(const struct generation *generation)
{
	return generation->trial >= 0 ? generation->trial : generation->filter;
}

/* The members with all changes. */
static inline const struct members *
generation_members(const struct generation *generation)
{
	return &generation->roster.view;
}

/*
 * Loads the program with tables filled, ready to be attached, but pins and
 * attaches nothing. config is the path to show; one on trial is not in effect
 * before trial_begin() (user/kernel/trial.h). What the kernel refuses is reported. Returns 0 or negative
 * errno.
 */
int generation_build(struct generation *generation,
		     const struct instance *instance, __u32 number,
		     const struct model *model, struct tables *tables,
		     const char *config, bool is_trial);

/* Pins a built generation; nothing of it stays pinned if that fails. */
int generation_pin(struct generation *generation,
		   const struct instance *instance);

/*
 * Opens generation number of an instance from its pins. Returns 0, -ENOENT if
 * it was never completed, -EPROTO if it is of another version or pins of it
 * are missing, or negative errno.
 */
int generation_open(struct generation *generation,
		    const struct instance *instance, __u32 number);

/* Reports why it could not be opened; returns err. */
int generation_report(const struct instance *instance, __u32 number, int err);

/* Removes its pins. */
int generation_unpin(const struct instance *instance, __u32 number);

/* A judge that asks the loaded program (user/policy/probe.h). */
struct judge judge_by_program(const struct generation *generation);

#endif
