/* SPDX-License-Identifier: GPL-2.0-only */
/* The rule that a dropped packet came nearest to. */
#ifndef ROLEGATE_USER_NEAREST_H
#define ROLEGATE_USER_NEAREST_H

#include "user/policy/classes.h"
#include "user/policy/frame.h"
#include "user/policy/model.h"

/*
 * Of the rules that differ from the packet in the fewest things (an end's
 * role, the direction, protocol, port, source port) the first; NULL if all
 * differ in everything that matters.
 */
const struct rule *nearest_rule(const struct model *model,
				const struct classes *classes,
				const struct explain *answer,
				const struct frame_spec *spec);

#endif
