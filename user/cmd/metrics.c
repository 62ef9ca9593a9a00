/* SPDX-License-Identifier: GPL-2.0-only */
/* What is loaded and counted, as metrics. */
#include "user/cmd/metrics.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "user/cmd/describe.h"
#include "user/kernel/trial.h"
#include "user/output/show.h"

/* A label without a value would be none. */
#define NOTHING "-"

static const char *const units[] = {"packets", "bytes"};

#define UNIT_COUNT 2

static const char *word(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text && *text ? text : NOTHING;
}

static unsigned long long number(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

static void put_exporter(struct metrics *metrics)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	metrics_family(metrics, METRIC_INFO, "rolegate_build",
		       "Version of rolegate.");
	metrics_sample(metrics, 1, LABELS("version", ROLEGATE_VERSION));
	metrics_family(metrics, METRIC_COUNTER, "process_cpu_seconds",
		       "Processor time that the exporter has used.");
	metrics_seconds(metrics, usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
					 (usage.ru_utime.tv_usec +
					  usage.ru_stime.tv_usec) /
						 1e6);
}

static void put_up(struct metrics *metrics, bool is_up)
{
	metrics_family(metrics, METRIC_GAUGE, "rolegate_up",
		       "Whether a config is loaded.");
	metrics_sample(metrics, is_up, NULL);
}

static void put_config(struct metrics *metrics, const struct state *state)
{
	const struct image *image = &state->generation.image;

	metrics_family(metrics, METRIC_INFO, "rolegate_config",
		       "The loaded config: its instance, file and digest.");
	metrics_sample(metrics, 1,
		       LABELS("filter", state->instance.name, "config",
			      image->config, "digest", image->digest));
	metrics_family(metrics, METRIC_GAUGE, "rolegate_generation",
		       "Number of the running generation.");
	metrics_sample(metrics, state->generation.number, NULL);
	metrics_family(metrics, METRIC_GAUGE,
		       "rolegate_last_load_timestamp_seconds",
		       "When the running generation was loaded, since 1970.");
	metrics_sample(metrics, image->loaded_at, NULL);
}

/* Seconds instead of a time: the deadline's clock is not that of the wall. */
static void put_trial(struct metrics *metrics,
		      const struct generation *generation)
{
	bool is_pending = trial_state(generation) == TRIAL_RUNNING;

	metrics_family(metrics, METRIC_GAUGE, "rolegate_confirm_pending",
		       "Whether the running generation is on trial.");
	metrics_sample(metrics, is_pending, NULL);
	if (!is_pending)
		return;
	metrics_family(metrics, METRIC_GAUGE,
		       "rolegate_confirm_remaining_seconds",
		       "Until it is left, unless it is confirmed.");
	metrics_sample(metrics, trial_seconds(generation), NULL);
}

static void put_runtime(struct metrics *metrics, struct member_counts counts)
{
	metrics_family(metrics, METRIC_GAUGE, "rolegate_runtime_prefixes",
		       "Prefixes in which roles differ from the config.");
	metrics_sample(metrics, counts.added, LABELS("change", "added"));
	metrics_sample(metrics, counts.deleted, LABELS("change", "deleted"));
}

static void put_capacity(struct metrics *metrics, const struct image *image,
			 __u32 prefixes)
{
	static const struct {
		const char *name, *key, *help;
	} sides[] = {
		{"rolegate_capacity_used", "used", "Entries in use."},
		{"rolegate_capacity_max", "max", "Entries there can be."},
	};
	json_t *list = describe_capacity(image, prefixes), *row;
	size_t side, i;

	for (side = 0; side < 2; side++) {
		metrics_family(metrics, METRIC_GAUGE, sides[side].name,
			       sides[side].help);
		json_array_foreach (list, i, row)
			metrics_sample(metrics, number(row, sides[side].key),
				       LABELS("table", word(row, "table")));
	}
	json_decref(list);
}

static void put_members(struct metrics *metrics, const struct state *state)
{
	const struct generation *generation = &state->generation;
	struct member_counts counts =
		members_count(generation_members(generation));

	put_capacity(metrics, &generation->image, counts.held);
	put_runtime(metrics, counts);
}

static void put_flag(struct metrics *metrics, const json_t *interfaces,
		     const char *name, const char *key, const char *help)
{
	const json_t *row;
	size_t i;

	metrics_family(metrics, METRIC_GAUGE, name, help);
	json_array_foreach (interfaces, i, row)
		metrics_sample(metrics, json_is_true(json_object_get(row, key)),
			       LABELS("interface", word(row, "name")));
}

static void put_interfaces(struct metrics *metrics, const json_t *interfaces)
{
	const json_t *row;
	size_t i;

	metrics_family(metrics, METRIC_INFO, "rolegate_interface",
		       "How the program is attached to an interface.");
	json_array_foreach (interfaces, i, row)
		metrics_sample(metrics, 1,
			       LABELS("interface", word(row, "name"), "mode",
				      word(row, "mode")));
	put_flag(metrics, interfaces, "rolegate_interface_attached", "attached",
		 "Whether the running program is on the interface.");
	put_flag(metrics, interfaces, "rolegate_interface_enforcing", "enforce",
		 "Whether drops are carried out; else they are only counted.");
}

static void put_reasons(struct metrics *metrics, const json_t *reasons)
{
	static const struct {
		const char *name, *help;
	} families[UNIT_COUNT] = {
		{"rolegate_packets", "Packets by interface, reason and "
				     "verdict; every one is counted once."},
		{"rolegate_bytes", "Their bytes, from the Ethernet header."},
	};
	const json_t *row;
	size_t unit, i;

	for (unit = 0; unit < UNIT_COUNT; unit++) {
		metrics_family(metrics, METRIC_COUNTER, families[unit].name,
			       families[unit].help);
		json_array_foreach (reasons, i, row)
			metrics_sample(metrics, number(row, units[unit]),
				       LABELS("interface",
					      word(row, "interface"), "reason",
					      word(row, "reason"), "verdict",
					      word(row, "verdict")));
	}
}

static void put_rules(struct metrics *metrics, const json_t *rules)
{
	static const struct {
		const char *name, *help;
	} families[UNIT_COUNT] = {
		{"rolegate_rule_packets",
		 "Packets that a rule let pass, opening and answering."},
		{"rolegate_rule_bytes",
		 "Bytes that a rule let pass, opening and answering."},
	};
	const json_t *row;
	size_t unit, i;

	for (unit = 0; unit < UNIT_COUNT; unit++) {
		metrics_family(metrics, METRIC_COUNTER, families[unit].name,
			       families[unit].help);
		json_array_foreach (rules, i, row) {
			metrics_sample(metrics, number(row, units[unit]),
				       LABELS("rule", word(row, "name"),
					      "direction", "opening"));
			metrics_sample(metrics,
				       number(json_object_get(row, "replies"),
					      units[unit]),
				       LABELS("rule", word(row, "name"),
					      "direction", "reply"));
		}
	}
}

static char *roles_label(const json_t *roles)
{
	return json_is_array(roles) ? show_text(roles) : strdup(SHOW_OTHERS);
}

/* A series for each verdict, so that they add up: would-drops passed too. */
static void put_pair(struct metrics *metrics, const json_t *row,
		     const char *unit)
{
	char *from = roles_label(json_object_get(row, "from"));
	char *to = roles_label(json_object_get(row, "to"));
	unsigned long long pass, drop, would;

	pass = number(json_object_get(row, "pass"), unit);
	drop = number(json_object_get(row, "drop"), unit);
	would = number(json_object_get(row, "would_drop"), unit);
	metrics_sample(metrics, pass - would,
		       LABELS("from", from, "to", to, "verdict", "pass"));
	metrics_sample(metrics, drop,
		       LABELS("from", from, "to", to, "verdict", "drop"));
	metrics_sample(metrics, would,
		       LABELS("from", from, "to", to, "verdict", "would-drop"));
	free(from);
	free(to);
}

static void put_pairs(struct metrics *metrics, const json_t *pairs)
{
	static const struct {
		const char *name, *help;
	} families[UNIT_COUNT] = {
		{"rolegate_pair_packets",
		 "Packets by the roles that the two addresses hold: - for "
		 "none, * for pairs that found no counter."},
		{"rolegate_pair_bytes",
		 "Bytes by the roles that the two addresses hold: - for none, "
		 "* for pairs that found no counter."},
	};
	const json_t *row;
	size_t unit, i;

	for (unit = 0; unit < UNIT_COUNT; unit++) {
		metrics_family(metrics, METRIC_COUNTER, families[unit].name,
			       families[unit].help);
		json_array_foreach (pairs, i, row)
			put_pair(metrics, row, units[unit]);
	}
}

void metrics_write(struct metrics *metrics, const struct state *state,
		   const json_t *counters)
{
	put_exporter(metrics);
	put_up(metrics, state != NULL);
	if (state) {
		put_config(metrics, state);
		put_trial(metrics, &state->generation);
		put_members(metrics, state);
		put_interfaces(metrics,
			       json_object_get(counters, "interfaces"));
		put_reasons(metrics, json_object_get(counters, "reasons"));
		put_rules(metrics, json_object_get(counters, "rules"));
		put_pairs(metrics, json_object_get(counters, "pairs"));
	}
	metrics_end(metrics);
}
