/* SPDX-License-Identifier: GPL-2.0-only */
/* What is loaded and what it counted, read without the instance's lock. */
#ifndef ROLEGATE_USER_PEEK_H
#define ROLEGATE_USER_PEEK_H

#include "user/kernel/counters.h"
#include "user/kernel/state.h"

/*
 * state.generation decides packets. Where a command is at work between two
 * generations, was killed there, or where one is on trial, the other one is
 * state.previous, older or newer, and each has counted for itself: all there
 * is to tell is the sum of both.
 */
struct peek {
	struct state state;
	struct counters counters;
	struct counters others; /* of state.previous, if state.has_previous */
};

/*
 * Neither waits for a command that changes the instance nor holds it up, and
 * changes nothing itself. Reports nothing. Returns 0, -ENOENT if nothing
 * decides, or negative errno; peek_release() after success.
 */
int peek_open(struct peek *peek, const char *name);
void peek_release(struct peek *peek);

/*
 * For commands that show one generation: looks without the lock where only one
 * is there and of this network namespace, else as state_open(), and holds the
 * lock no longer once this returns. Reports its errors. state_close() and
 * counters_release() after success.
 */
int state_look(struct state *state, struct counters *counters,
	       const char *name);

#endif
