/* SPDX-License-Identifier: GPL-2.0-only */
/* What `load --boot` does besides: it waits, and it fails closed or open. */
#ifndef ROLEGATE_USER_BOOT_H
#define ROLEGATE_USER_BOOT_H

#include "user/cmd/command.h"
#include "user/kernel/state.h"
#include "user/policy/model.h"

/* Waits until the interfaces of the model are there, for so long at most. */
void boot_wait(const struct model *model, int seconds);

/* Does no policy run yet, but at most the closed state? */
bool boot_is_first(const struct state *state);

/*
 * The policy cannot be loaded. What runs goes on; if nothing does, either
 * every packet is dropped at the interfaces of the model, as far as it could
 * be read, or nothing is (settings.boot). Says what it has done. Returns
 * EXIT_FAILED.
 */
enum exit_status boot_fall_back(const struct options *options,
				const struct model *model);

#endif
