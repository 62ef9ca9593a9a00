/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules, tests and kept tuples as a written config has them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/probe_text.h"
#include "user/policy/reason.h"
#include "user/policy/write_config.h"

/* "80,443": one value, or a list of several. */
static void write_values(struct emit *emit, char *values)
{
	bool is_list = strchr(values, ',');
	char *rest, *value;

	if (is_list)
		emit_list(emit);
	for (value = strtok_r(values, ",", &rest); value;
	     value = strtok_r(NULL, ",", &rest))
		emit_text(emit, value);
	if (is_list)
		emit_end(emit);
}

/* A rule's text is "tcp 80,443 icmp echo": keys and values of the config. */
static void write_match(struct writer *writer, const struct rule *rule)
{
	char *text = strdup(model_str(writer->model, rule->text));
	char *rest, *key, *values;

	if (!text) {
		writer->emit.err = -ENOMEM;
		return;
	}
	for (key = strtok_r(text, " ", &rest); key;
	     key = strtok_r(NULL, " ", &rest)) {
		values = strtok_r(NULL, " ", &rest);
		if (!values)
			break;
		emit_text(&writer->emit, key);
		write_values(&writer->emit, values);
	}
	free(text);
}

static void write_rule(struct writer *writer, const struct rule *rule)
{
	struct emit *emit = &writer->emit;
	const char *about = model_str(writer->model, rule->about);

	emit_text(emit, model_str(writer->model, rule->name));
	emit_mapping(emit);
	emit_text(emit, "from");
	write_refs(writer, &rule->from);
	emit_text(emit, "to");
	write_refs(writer, &rule->to);
	write_match(writer, rule);
	if (about[0])
		emit_pair(emit, "about", about);
	emit_end(emit);
}

void write_rules(struct writer *writer)
{
	const struct model *model = writer->model;
	bool has_mapping = false;
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		if (write_is_referred(writer, model->rules.items[i].policy))
			continue;
		if (!has_mapping) {
			emit_text(&writer->emit, "rules");
			emit_mapping(&writer->emit);
		}
		has_mapping = true;
		write_rule(writer, &model->rules.items[i]);
	}
	if (has_mapping)
		emit_end(&writer->emit);
}

/* What tests and kept tuples have in common. */
static void write_packet(struct writer *writer, const struct probe *probe)
{
	char from[PREFIX_TEXT_SIZE], to[PREFIX_TEXT_SIZE];
	char value[PROBE_WORD_SIZE], flags[PROBE_WORD_SIZE];
	struct emit *emit = &writer->emit;

	emit_pair(
		emit, "from",
		probe_end(writer->model, &probe->from, probe->from_role, from));
	emit_pair(emit, "to",
		  probe_end(writer->model, &probe->to, probe->to_role, to));
	emit_pair(emit, probe_key(probe), probe_value(probe, value));
	if (probe->slot <= SLOT_SCTP && probe->sport != PROBE_SPORT) {
		emit_text(emit, "sport");
		emit_number(emit, probe->sport);
	}
	if (probe->slot == SLOT_TCP && probe->flags != PROBE_FLAGS)
		emit_pair(emit, "flags", probe_flags(probe, flags));
}

void write_keep(struct writer *writer)
{
	const struct model *model = writer->model;
	__u32 i;

	if (!model->keep.count)
		return;
	emit_text(&writer->emit, "keep");
	emit_list(&writer->emit);
	for (i = 0; i < model->keep.count; i++) {
		emit_mapping(&writer->emit);
		write_packet(writer, &model->keep.items[i]);
		emit_end(&writer->emit);
	}
	emit_end(&writer->emit);
}

static void write_test(struct writer *writer, const struct probe *probe)
{
	const char *interface = model_str(writer->model, probe->interface);
	struct emit *emit = &writer->emit;

	emit_mapping(emit);
	emit_pair(emit, "expect", verdict_name(probe->expect));
	write_packet(writer, probe);
	if (probe->reason != REASON_NONE)
		emit_pair(emit, "reason", reason_name(probe->reason));
	if (interface[0])
		emit_pair(emit, "in", interface);
	emit_end(emit);
}

/* Named policies bring their tests with them. */
static bool is_written(const struct writer *writer, const struct probe *probe)
{
	if (!probe->policy)
		return true;
	return !write_is_referred(writer, probe->policy) &&
	       probe->expect == VERDICT_PASS;
}

void write_tests(struct writer *writer)
{
	const struct probe *probe = writer->model->tests.items;
	bool has_list = false;
	__u32 i;

	for (i = 0; i < writer->model->tests.count; i++, probe++) {
		if (!is_written(writer, probe))
			continue;
		if (!has_list) {
			emit_text(&writer->emit, "tests");
			emit_list(&writer->emit);
		}
		has_list = true;
		write_test(writer, probe);
	}
	if (has_list)
		emit_end(&writer->emit);
}
