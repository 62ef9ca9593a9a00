/* SPDX-License-Identifier: GPL-2.0-only */
/* The rule that a dropped packet came nearest to. */
#include "user/cmd/nearest.h"

#include "user/policy/native.h"

/* What a difference costs; beyond COST_MAX a rule is not near. */
#define COST_ROLE      400
#define COST_DIRECTION 50
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

/* A packet as one direction of a rule would see it. */
struct view {
	__u32 from; /* classes */
	__u32 to;
	__u16 sport;
	__u16 port;
	__u8 slot;
};

static bool is_of(const struct model *model, const struct classes *classes,
		  __u32 class, const struct span *refs)
{
	return classes_match(classes, class,
			     model->role_refs.items + refs->first, refs->count);
}

static unsigned int note(struct near *near, unsigned int cost,
			 enum difference difference)
{
	if (cost)
		near->differs |= difference;
	return cost;
}

/* What the packet lacks to be the rule's, seen so; notes it in near. */
static unsigned int compare(const struct model *model,
			    const struct classes *classes,
			    const struct rule *rule, const struct view *view,
			    struct near *near)
{
	unsigned int cost = 0, match;

	*near = (struct near){.rule = rule};
	if (!is_of(model, classes, view->from, &rule->from))
		cost += note(near, COST_ROLE, DIFFERS_FROM);
	if (!is_of(model, classes, view->to, &rule->to))
		cost += note(near, COST_ROLE, DIFFERS_TO);
	match = cost_of_match(model, rule, view->slot, view->port);
	cost += note(near, match,
		     match == COST_PROTOCOL ? DIFFERS_PROTOCOL : DIFFERS_PORT);
	return cost + note(near, cost_of_sport(model, rule, view->sport),
			   DIFFERS_SPORT);
}

static struct view view_of(const struct explain *answer,
			   const struct packet *packet, bool is_reversed)
{
	struct view view = {
		.from = answer->sclass,
		.to = answer->dclass,
		.sport = packet->sport,
		.port = packet->dport,
		.slot = packet->slot,
	};

	if (!is_reversed)
		return view;
	return (struct view){
		.from = view.to,
		.to = view.from,
		.sport = view.port,
		.port = view.sport,
		.slot = view.slot,
	};
}

/* The packet and a rule, in whichever direction is nearer. */
static unsigned int cost_of_rule(const struct model *model,
				 const struct classes *classes,
				 const struct rule *rule,
				 const struct explain *answer,
				 const struct packet *packet, struct near *near)
{
	enum flow_kind kind = native_flow_kind(packet, answer->reason);
	struct view view = view_of(answer, packet, false);
	unsigned int cost, back;
	struct near reversed;

	cost = compare(model, classes, rule, &view, near);
	if (kind == FLOW_OPENS)
		return cost;
	view = view_of(answer, packet, true);
	back = compare(model, classes, rule, &view, &reversed);
	if (kind == FLOW_WRONG_WAY)
		back += note(&reversed, COST_DIRECTION, DIFFERS_DIRECTION);
	if (back >= cost)
		return cost;
	*near = reversed;
	near->is_reversed = true;
	return back;
}

struct near nearest_rule(const struct model *model,
			 const struct classes *classes,
			 const struct explain *answer,
			 const struct packet *packet)
{
	struct near nearest = {}, near;
	unsigned int least = COST_MAX, cost;
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		cost = cost_of_rule(model, classes, &model->rules.items[i],
				    answer, packet, &near);
		if (cost < least) {
			least = cost;
			nearest = near;
		}
	}
	return nearest;
}
