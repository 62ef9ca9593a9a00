/* SPDX-License-Identifier: GPL-2.0-only */
/* What a load changes, shown in the operator's terms. */
#include "user/cmd/changes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/describe.h"
#include "user/kernel/counters.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/difference.h"
#include "user/policy/probe_text.h"
#include "user/policy/setting.h"

#define MEMBERS_SHOWN 10

static const char *const kinds[CHANGE_COUNT] = {
	[CHANGE_ADDED] = "added",
	[CHANGE_REMOVED] = "removed",
	[CHANGE_CHANGED] = "changed",
};

static const char *const subjects[SUBJECT_COUNT] = {
	[SUBJECT_INTERFACE] = "interface", [SUBJECT_ROLE] = "role",
	[SUBJECT_RULE] = "rule",	   [SUBJECT_SETTING] = "setting",
	[SUBJECT_KEEP] = "keep",	   [SUBJECT_CLOSED] = "state",
};

struct context {
	const struct model *before;
	const struct model *after;
	const struct difference *difference;
	const struct counters *counters; /* of what runs; NULL: nothing does */
	bool verbose;
};

static json_t *describe_interface(const struct model *model, int number)
{
	static const char *const modes[] = {
		[MODE_AUTO] = "auto",
		[MODE_NATIVE] = "native",
		[MODE_GENERIC] = "generic",
	};
	const struct interface *interface = &model->interfaces.items[number];

	return json_pack(
		"{s:s, s:s, s:b, s:o}", "name",
		model_str(model, interface->name), "mode",
		modes[interface->mode], "enforce", interface->enforce, "roles",
		interface->has_roles ? describe_refs(model, &interface->roles)
				     : json_null());
}

static json_t *describe_member_text(const struct member *member)
{
	char text[PREFIX_TEXT_SIZE];

	return json_sprintf("%s%s", member->excluded ? "!" : "",
			    prefix_to_str(&member->prefix, text));
}

/* As many of a role's members as are shown. */
static json_t *describe_members(const struct context *context,
				const struct member *const *members,
				__u32 count)
{
	json_t *list = json_array();
	__u32 i;

	if (!context->verbose && count > MEMBERS_SHOWN)
		count = MEMBERS_SHOWN;
	for (i = 0; i < count; i++)
		json_array_append_new(list, describe_member_text(members[i]));
	return list;
}

static json_t *describe_role(const struct context *context,
			     const struct change *change)
{
	const struct difference *difference = context->difference;
	const char *name;

	if (change->after == NOWHERE)
		name = model_str(
			context->before,
			context->before->roles.items[change->before].name);
	else
		name = model_str(
			context->after,
			context->after->roles.items[change->after].name);
	return json_pack(
		"{s:s, s:i, s:i, s:o, s:o}", "name", name, "members_added",
		change->added.count, "members_removed", change->removed.count,
		"added",
		describe_members(context,
				 difference->added.items + change->added.first,
				 change->added.count),
		"removed",
		describe_members(context,
				 difference->removed.items +
					 change->removed.first,
				 change->removed.count));
}

static json_t *describe_one_rule(const struct model *model, int number)
{
	const struct rule *rule = &model->rules.items[number];
	json_t *entry = describe_rule(model, rule);

	json_object_set_new(
		entry, "policy",
		rule->policy ? json_string(model_str(model, rule->policy))
			     : json_null());
	return entry;
}

/* What a rule has let pass, in either direction. */
static void add_counts(json_t *entry, const struct counters *counters, int rule)
{
	struct count opening, reply;

	opening = counters_rule(counters, rule, PASSAGE_OPENING);
	reply = counters_rule(counters, rule, PASSAGE_REPLY);
	json_object_set_new(entry, "packets",
			    json_integer(opening.packets + reply.packets));
	json_object_set_new(entry, "bytes",
			    json_integer(opening.bytes + reply.bytes));
}

static json_t *describe_setting(const struct context *context,
				const struct change *change)
{
	const struct setting *setting = &settings_known[change->after];

	return json_pack("{s:s, s:s, s:s}", "name", setting->key, "value",
			 setting_word(setting, &context->after->settings),
			 "was",
			 setting_word(setting, &context->before->settings));
}

static json_t *describe_keep(const struct model *model, int number)
{
	char text[PROBE_TEXT_SIZE];

	return json_pack("{s:s}", "name",
			 probe_to_str(model, &model->keep.items[number], text));
}

/* One that stands in either model alone, or as it is after with what it was. */
static json_t *
describe_pair(const struct context *context, const struct change *change,
	      json_t *(*describe)(const struct model *model, int number))
{
	json_t *entry;

	if (change->after == NOWHERE)
		return describe(context->before, change->before);
	entry = describe(context->after, change->after);
	if (change->before != NOWHERE)
		json_object_set_new(entry, "was",
				    describe(context->before, change->before));
	return entry;
}

static json_t *describe_change(const struct context *context,
			       const struct change *change)
{
	json_t *entry;

	switch (change->subject) {
	case SUBJECT_INTERFACE:
		entry = describe_pair(context, change, describe_interface);
		break;
	case SUBJECT_ROLE:
		entry = describe_role(context, change);
		break;
	case SUBJECT_RULE:
		entry = describe_pair(context, change, describe_one_rule);
		if (change->kind == CHANGE_REMOVED && context->counters)
			add_counts(entry, context->counters, change->before);
		break;
	case SUBJECT_SETTING:
		entry = describe_setting(context, change);
		break;
	case SUBJECT_KEEP:
		entry = describe_pair(context, change, describe_keep);
		break;
	default:
		entry = json_pack("{s:s}", "name", "closed");
	}
	json_object_set_new(entry, "change", json_string(kinds[change->kind]));
	json_object_set_new(entry, "kind",
			    json_string(subjects[change->subject]));
	return entry;
}

static json_t *describe_changes(const struct context *context)
{
	const struct difference *difference = context->difference;
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < difference->changes.count; i++)
		json_array_append_new(
			list, describe_change(context,
					      &difference->changes.items[i]));
	return list;
}

json_t *changes_find(const struct generation *running,
		     const struct model *model, bool verbose)
{
	struct members now = members_of_model(model), nothing = {};
	struct side before = {.members = &nothing};
	struct side after = {model, &now};
	struct difference difference = {};
	struct context context = {
		.after = model,
		.difference = &difference,
		.verbose = verbose,
	};
	struct counters counters;
	json_t *list = NULL;
	struct model empty;
	int err;

	model_init(&empty);
	counters_init(&counters);
	before.model = running ? &running->image.model : &empty;
	if (running)
		before.members = generation_members(running);
	context.before = before.model;
	context.counters = running ? &counters : NULL;
	err = running ? counters_read(&counters, running) : 0;
	if (!err)
		err = difference_find(&difference, &before, &after);
	if (err)
		report_error(err, "cannot tell what changes: %s",
			     strerror(-err));
	else
		list = describe_changes(&context);
	difference_release(&difference);
	counters_release(&counters);
	return list;
}

static const char *word(const json_t *entry, const char *key)
{
	const char *text = json_string_value(json_object_get(entry, key));

	return text ? text : "";
}

static json_int_t number(const json_t *entry, const char *key)
{
	return json_integer_value(json_object_get(entry, key));
}

static void print_list(const json_t *list)
{
	char *text = show_list(list);

	fputs(text ? text : "", stdout);
	free(text);
}

static void print_rule(const json_t *entry)
{
	print_list(json_object_get(entry, "from"));
	fputs(" to ", stdout);
	print_list(json_object_get(entry, "to"));
	printf(", %s", word(entry, "match"));
	if (word(entry, "policy")[0])
		printf(" (%s)", word(entry, "policy"));
}

static void print_interface(const json_t *entry)
{
	const json_t *roles = json_object_get(entry, "roles");

	printf("%s, %s mode",
	       json_is_true(json_object_get(entry, "enforce")) ? "enforcing"
							       : "observing",
	       word(entry, "mode"));
	if (!json_is_array(roles))
		return;
	fputs(", sources with roles: ", stdout);
	print_list(roles);
}

/* "added" or "removed": the members shown, and how many are not. */
static void print_members(const json_t *entry, const char *what, char sign)
{
	const json_t *list = json_object_get(entry, what), *member;
	char key[32];
	json_int_t count;
	size_t i;

	snprintf(key, sizeof(key), "members_%s", what);
	count = number(entry, key);
	json_array_foreach (list, i, member)
		printf("    %c %s\n", sign, json_string_value(member));
	if (count > (json_int_t)i)
		printf("    %c … and %lld more\n", sign,
		       (long long)(count - i));
}

static void print_count(const char *what, json_int_t count)
{
	printf("%s %lld member%s", what, (long long)count,
	       count == 1 ? "" : "s");
}

static void print_role(const json_t *entry)
{
	json_int_t added = number(entry, "members_added");
	json_int_t removed = number(entry, "members_removed");

	if (added)
		print_count("gains", added);
	if (removed)
		print_count(added ? ", loses" : "loses", removed);
	puts(added || removed ? "" : "no members");
	print_members(entry, "added", '+');
	print_members(entry, "removed", '-');
}

static void print_pair(const json_t *entry, void (*print)(const json_t *entry))
{
	const json_t *was = json_object_get(entry, "was");

	print(entry);
	if (was) {
		fputs("; was: ", stdout);
		print(was);
	}
	if (json_object_get(entry, "packets"))
		printf(" (has passed %lld packets)",
		       (long long)number(entry, "packets"));
	putchar('\n');
}

static void print_change(const json_t *entry)
{
	const char *change = word(entry, "change"), *kind = word(entry, "kind");

	printf("%c %s %s",
	       !strcmp(change, "added")	    ? '+'
	       : !strcmp(change, "removed") ? '-'
					    : '~',
	       kind, word(entry, "name"));
	if (!strcmp(kind, "keep") || !strcmp(kind, "state")) {
		putchar('\n');
		return;
	}
	fputs(": ", stdout);
	if (!strcmp(change, "attached"))
		puts("attached again");
	else if (!strcmp(kind, "setting"))
		printf("%s; was: %s\n", word(entry, "value"),
		       word(entry, "was"));
	else if (!strcmp(kind, "role"))
		print_role(entry);
	else
		print_pair(entry, !strcmp(kind, "rule") ? print_rule
							: print_interface);
}

void changes_print(const json_t *changes)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (changes, i, entry)
		print_change(entry);
	if (!json_array_size(changes))
		puts("nothing changes");
}
