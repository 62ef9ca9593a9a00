/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy as a picture: roles, what rules allow between them, what was dropped. */
#include "user/cmd/graph.h"

#include "user/cmd/describe.h"
#include "user/cmd/describe_counters.h"

static void add_edge(json_t *edges, const json_t *rule, json_t *from,
		     json_t *to)
{
	json_t *edge = json_pack("{s:O, s:O, s:O, s:O, s:O}", "rule",
				 json_object_get(rule, "name"), "from", from,
				 "to", to, "match",
				 json_object_get(rule, "match"), "about",
				 json_object_get(rule, "about"));

	if (json_object_get(rule, "packets")) {
		json_object_set(edge, "packets",
				json_object_get(rule, "packets"));
		json_object_set(
			edge, "replies",
			json_object_get(json_object_get(rule, "replies"),
					"packets"));
	}
	json_array_append_new(edges, edge);
}

static void add_edges(json_t *edges, const json_t *rule)
{
	json_t *from, *to;
	size_t i, j;

	json_array_foreach (json_object_get(rule, "from"), i, from)
		json_array_foreach (json_object_get(rule, "to"), j, to)
			add_edge(edges, rule, from, to);
}

/* The rules as `counters` and as `policy show` tell them, in one. */
static json_t *describe_rules_counted(const struct drawn *drawn,
				      const json_t *counters)
{
	json_t *rules = describe_rules(drawn->model), *rule;
	const json_t *counted = json_object_get(counters, "rules");
	size_t i;

	json_array_foreach (rules, i, rule)
		if (counted)
			json_object_update(rule, json_array_get(counted, i));
	return rules;
}

static json_int_t packets(const json_t *pair, const char *outcome)
{
	return json_integer_value(
		json_object_get(json_object_get(pair, outcome), "packets"));
}

/* Something was dropped, between ends that are known. */
static bool is_drawable(const json_t *pair)
{
	return json_is_array(json_object_get(pair, "from")) &&
	       (packets(pair, "drop") || packets(pair, "would_drop"));
}

static json_t *describe_drops(const json_t *counters)
{
	json_t *drops = json_array(), *pair;
	size_t i;

	json_array_foreach (json_object_get(counters, "pairs"), i, pair) {
		if (!is_drawable(pair))
			continue;
		json_array_append_new(
			drops, json_pack("{s:O, s:O, s:I, s:I}", "from",
					 json_object_get(pair, "from"), "to",
					 json_object_get(pair, "to"), "drop",
					 packets(pair, "drop"), "would_drop",
					 packets(pair, "would_drop")));
	}
	return drops;
}

void graph_describe(json_t *result, const struct drawn *drawn)
{
	json_t *counters = NULL, *rules, *rule, *edges = json_array();
	size_t i;

	if (drawn->is_running)
		counters = describe_counters(&drawn->state, &drawn->counters,
					     false);
	rules = describe_rules_counted(drawn, counters);
	json_array_foreach (rules, i, rule)
		add_edges(edges, rule);
	json_object_set_new(result, "edges", edges);
	if (counters)
		json_object_set_new(result, "drops", describe_drops(counters));
	json_decref(rules);
	json_decref(counters);
}
