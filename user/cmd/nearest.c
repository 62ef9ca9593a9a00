/* SPDX-License-Identifier: GPL-2.0-only */
/* The rule that a dropped packet came nearest to. */
#include "user/cmd/nearest.h"

#include "user/policy/native.h"

/* What a difference costs; beyond COST_MAX a rule is not near. */
#define COST_ROLE      400
#define COST_DIRECTION 50
#define COST_ENDS      50
#define COST_PROTOCOL  500
#define COST_SAME_PORT 60  /* of another protocol */
#define COST_PORT      100 /* and a little more the farther it is */
#define COST_SPORT     100
#define COST_MAX       800

const char *const difference_names[DIFFERENCES] = {
	"from", "to", "protocol", "port", "sport", "direction", "ends",
};

static unsigned int port_distance(const struct match *match, __u16 port)
{
	if (port < match->low)
		return match->low - port;
	return port > match->high ? port - match->high : 0;
}

/* The same port of another protocol is nearer than another port. */
static unsigned int cost_of_other(const struct match *match, __u8 slot,
				  __u16 port)
{
	if (slot > SLOT_SCTP || match->slot > SLOT_SCTP ||
	    port_distance(match, port))
		return COST_PROTOCOL;
	return COST_SAME_PORT;
}

/* How far the rule's nearest match is, and whether in protocol or port. */
static unsigned int cost_of_match(const struct model *model,
				  const struct rule *rule, __u8 slot,
				  __u16 port, enum difference *difference)
{
	const struct match *match = model->matches.items + rule->matches.first;
	unsigned int cost = COST_PROTOCOL + 1, here, distance;
	__u32 i;

	for (i = 0; i < rule->matches.count; i++) {
		distance = port_distance(&match[i], port);
		if (match[i].slot != slot)
			here = cost_of_other(&match[i], slot, port);
		else
			here = distance ? COST_PORT + distance / 700 : 0;
		if (here >= cost)
			continue;
		cost = here;
		*difference = match[i].slot == slot ? DIFFERS_PORT
						    : DIFFERS_PROTOCOL;
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
	enum difference difference = DIFFERS_PROTOCOL;
	unsigned int cost = 0, match;

	*near = (struct near){.rule = rule};
	if (!is_of(model, classes, view->from, &rule->from))
		cost += note(near, COST_ROLE, DIFFERS_FROM);
	if (!is_of(model, classes, view->to, &rule->to))
		cost += note(near, COST_ROLE, DIFFERS_TO);
	match = cost_of_match(model, rule, view->slot, view->port, &difference);
	cost += note(near, match, difference);
	return cost + note(near, cost_of_sport(model, rule, view->sport),
			   DIFFERS_SPORT);
}

static struct view view_of(const struct explain *answer,
			   const struct packet *packet, enum near_as as)
{
	bool is_turned = as != NEAR_AS_IS, answers = as == NEAR_AS_ANSWER;

	return (struct view){
		.from = is_turned ? answer->dclass : answer->sclass,
		.to = is_turned ? answer->sclass : answer->dclass,
		.sport = answers ? packet->dport : packet->sport,
		.port = answers ? packet->sport : packet->dport,
		.slot = packet->slot,
	};
}

/* The packet and a rule, as it is or turned, whichever is nearer. */
static unsigned int cost_of_rule(const struct model *model,
				 const struct classes *classes,
				 const struct rule *rule,
				 const struct explain *answer,
				 const struct packet *packet, struct near *near)
{
	enum flow_kind kind = native_flow_kind(packet, answer->reason);
	enum near_as as = kind == FLOW_OPENS ? NEAR_AS_SWAPPED : NEAR_AS_ANSWER;
	struct view view = view_of(answer, packet, NEAR_AS_IS);
	unsigned int cost, turned_cost;
	struct near turned;

	cost = compare(model, classes, rule, &view, near);
	view = view_of(answer, packet, as);
	turned_cost = compare(model, classes, rule, &view, &turned);
	turned.as = as;
	if (kind == FLOW_OPENS)
		turned_cost += note(&turned, COST_ENDS, DIFFERS_ENDS);
	if (kind == FLOW_WRONG_WAY)
		turned_cost += note(&turned, COST_DIRECTION, DIFFERS_DIRECTION);
	if (turned_cost >= cost)
		return cost;
	*near = turned;
	return turned_cost;
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

bool nearest_is_between(const struct model *model,
			const struct classes *classes, const struct rule *rule,
			const struct explain *answer,
			const struct packet *packet)
{
	enum flow_kind kind = native_flow_kind(packet, answer->reason);
	struct view view = view_of(answer, packet,
				   kind == FLOW_ANSWERS ? NEAR_AS_ANSWER
							: NEAR_AS_IS);

	return is_of(model, classes, view.from, &rule->from) &&
	       is_of(model, classes, view.to, &rule->to);
}
