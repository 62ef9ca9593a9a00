/* SPDX-License-Identifier: GPL-2.0-only */
/* Who sits at the far end of a terminal. */
#ifndef ROLEGATE_USER_TERMINAL_H
#define ROLEGATE_USER_TERMINAL_H

#include "user/policy/frame.h"

/*
 * Finds the host that utmp names for the terminal of that device number, and
 * its established TCP connection here; of several the one to the lowest port,
 * where servers listen. Sets what the client sends. 0, or -ENOENT.
 */
int terminal_peer(struct frame_spec *spec, int device);

#endif
