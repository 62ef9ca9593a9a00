/* SPDX-License-Identifier: GPL-2.0-only */
/* The rule that a dropped packet came nearest to, and what is between them. */
#ifndef ROLEGATE_USER_NEAREST_H
#define ROLEGATE_USER_NEAREST_H

#include <stdbool.h>

#include "bpf/packet.h"
#include "user/policy/classes.h"
#include "user/policy/model.h"

/* In what a packet differs from a rule, as bits. */
enum difference {
	DIFFERS_FROM = 1, /* the role of the end that the rule calls from */
	DIFFERS_TO = 2,	  /* the other one's */
	DIFFERS_PROTOCOL = 4,
	DIFFERS_PORT = 8,
	DIFFERS_SPORT = 16,
	DIFFERS_DIRECTION = 32, /* it opens what it may only answer */
	DIFFERS_ENDS = 64, /* the rule has from and to the other way round */
};

#define DIFFERENCES 7

/* Their names, in the order of the bits: "from", "to", … */
extern const char *const difference_names[DIFFERENCES];

/* How packet and rule were compared. */
enum near_as { NEAR_AS_IS, NEAR_AS_ANSWER, NEAR_AS_SWAPPED };

struct near {
	const struct rule *rule; /* NULL: none is near */
	enum near_as as;
	unsigned int differs; /* bits of enum difference */
};

/*
 * Of the rules that differ from the packet in the fewest things the first.
 * answer has the packet's classes and reason.
 */
struct near nearest_rule(const struct model *model,
			 const struct classes *classes,
			 const struct explain *answer,
			 const struct packet *packet);

/* Is the rule one between the packet's ends, whatever its ports? */
bool nearest_is_between(const struct model *model,
			const struct classes *classes, const struct rule *rule,
			const struct explain *answer,
			const struct packet *packet);

#endif
