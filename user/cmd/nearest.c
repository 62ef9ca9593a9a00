/* SPDX-License-Identifier: GPL-2.0-only */
/* The rule that a dropped packet came nearest to. */
#include "user/cmd/nearest.h"

#include "user/policy/native.h"

/* What a difference costs; beyond COST_MAX a rule is not near. */
#define COST_ROLE      400
#define COST_DIRECTION 200
#define COST_PROTOCOL  500
#define COST_PORT      100 /* and a little more the farther it is */
#define COST_SPORT     100
#define COST_MAX       800

static unsigned int port_distance(const struct match *match, __u16 port)
{
	if (port < match->low)
		return match->low - port;
	return port > match->high ? port - match->high : 0;
}

/* How far the rule's nearest match of the slot is from the port. */
static unsigned int cost_of_match(const struct model *model,
				  const struct rule *rule, __u8 slot,
				  __u16 port)
{
	const struct match *match = model->matches.items + rule->matches.first;
	unsigned int cost = COST_PROTOCOL, here, distance;
	__u32 i;

	for (i = 0; i < rule->matches.count; i++) {
		if (match[i].slot != slot)
			continue;
		distance = port_distance(&match[i], port);
		here = distance ? COST_PORT + distance / 700 : 0;
		if (here < cost)
			cost = here;
	}
	return cost;
}

static unsigned int cost_of_sport(const struct model *model,
				  const struct rule *rule, __u16 sport)
{
	const struct ports *ports = model->sports.items + rule->sports.first;
	__u32 i;

	for (i = 0; i < rule->sports.count; i++)
		if (sport >= ports[i].low && sport <= ports[i].high)
			return 0;
	return rule->sports.count ? COST_SPORT : 0;
}

static unsigned int cost_of_ends(const struct model *model,
				 const struct classes *classes,
				 const struct rule *rule, __u32 sclass,
				 __u32 dclass)
{
	const __u32 *refs = model->role_refs.items;
	unsigned int cost = 0;

	if (!classes_match(classes, sclass, refs + rule->from.first,
			   rule->from.count))
		cost += COST_ROLE;
	if (!classes_match(classes, dclass, refs + rule->to.first,
			   rule->to.count))
		cost += COST_ROLE;
	return cost;
}

static unsigned int cost_of_rule(const struct model *model,
				 const struct classes *classes,
				 const struct rule *rule,
				 const struct explain *answer,
				 const struct frame_spec *spec)
{
	__u8 slot = native_slot(spec->from.family, spec->protocol);
	__u16 port = slot == SLOT_OTHER ? spec->protocol : spec->port;
	unsigned int forward, back;

	forward = cost_of_ends(model, classes, rule, answer->sclass,
			       answer->dclass) +
		  cost_of_match(model, rule, slot, port) +
		  cost_of_sport(model, rule, spec->sport);
	if (answer->reason != REASON_DIRECTION)
		return forward;
	back = cost_of_ends(model, classes, rule, answer->dclass,
			    answer->sclass) +
	       cost_of_match(model, rule, slot, spec->sport) + COST_DIRECTION;
	return back < forward ? back : forward;
}

const struct rule *nearest_rule(const struct model *model,
				const struct classes *classes,
				const struct explain *answer,
				const struct frame_spec *spec)
{
	const struct rule *nearest = NULL;
	unsigned int least = COST_MAX, cost;
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		cost = cost_of_rule(model, classes, &model->rules.items[i],
				    answer, spec);
		if (cost < least) {
			least = cost;
			nearest = &model->rules.items[i];
		}
	}
	return nearest;
}
