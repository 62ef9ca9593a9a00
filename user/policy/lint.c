/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds roles without members or use, and rules inside others. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/read.h"

/* Comparing each rule with each other takes too long beyond. */
#define RULES_COMPARED_MAX  1000
#define RANGES_COMPARED_MAX 20000000
#define ROLE_WORDS	    (ROLES_MAX / 64)

static bool lacks_members(const struct model *model, __u32 role)
{
	return role != ROLE_ANY && model->roles.items[role].used &&
	       !model->roles.items[role].has_members;
}

/* Reports a role once, at the first policy that needs it. */
static void need_members(struct reader *reader, const struct document *policy,
			 __u32 number)
{
	struct model *model = reader->model;
	struct role *role = &model->roles.items[number];
	const char *name = model_str(model, role->name);

	yaml_error(reader->diag, policy->entry,
		   "role '%s' of policy '%s' has no members: list them under "
		   "roles, or write %s: [] on purpose",
		   name, policy->entry->text, name);
	role->has_members = 1;
}

static void lint_span(struct reader *reader, const struct document *policy,
		      const struct span *span)
{
	__u32 role;
	__u32 i;

	for (i = 0; i < span->count; i++) {
		role = reader->model->role_refs.items[span->first + i];
		if (lacks_members(reader->model, role))
			need_members(reader, policy, role);
	}
}

static void lint_policy(struct reader *reader, const struct document *policy)
{
	const struct model *model = reader->model;
	const struct span *rules = &model->policies.items[policy->policy].rules;
	const struct rule *rule;
	__u32 i;

	for (i = 0; i < rules->count; i++) {
		rule = &model->rules.items[rules->first + i];
		lint_span(reader, policy, &rule->from);
		lint_span(reader, policy, &rule->to);
	}
}

void lint_members(struct reader *reader)
{
	const struct model *model = reader->model;
	const struct role *role;
	__u32 i;

	for (i = 0; i < reader->policy_count; i++)
		lint_policy(reader, &reader->policies[i]);
	for (i = 0; i < model->roles.count; i++) {
		role = &model->roles.items[i];
		if (lacks_members(model, i))
			diag_error(reader->diag, model, &role->place,
				   "role '%s' has no members: list them in "
				   "the config under roles",
				   model_str(model, role->name));
	}
}

void lint_unused(const struct model *model, struct diag *diag)
{
	const struct role *role = model->roles.items;
	__u32 i;

	for (i = 0; i < model->roles.count; i++, role++)
		if (!role->used && role->has_members)
			diag_warning(diag, model, &role->place,
				     "role '%s' is used nowhere",
				     model_str(model, role->name));
}

/* The two ends of a rule as sets of roles. */
struct ends {
	__u64 from[ROLE_WORDS];
	__u64 to[ROLE_WORDS];
};

static void set_fill(const struct model *model, const struct span *span,
		     __u64 *set)
{
	__u32 role;
	__u32 i;

	for (i = 0; i < span->count; i++) {
		role = model->role_refs.items[span->first + i];
		if (role == ROLE_ANY)
			memset(set, 0xff, ROLE_WORDS * sizeof(*set));
		else
			set[role / 64] |= 1ULL << role % 64;
	}
}

static bool set_covers(const __u64 *outer, const __u64 *inner)
{
	int i;

	for (i = 0; i < ROLE_WORDS; i++)
		if (inner[i] & ~outer[i])
			return false;
	return true;
}

struct lint {
	const struct model *model;
	struct ends *ends;
	unsigned long compared;
};

/* Both are sorted, and what touches is one. */
static bool matches_cover(struct lint *lint, const struct rule *outer,
			  const struct rule *inner)
{
	const struct match *matches = lint->model->matches.items;
	const struct match *a = matches + outer->matches.first;
	const struct match *end = a + outer->matches.count;
	const struct match *b = matches + inner->matches.first;
	__u32 i;

	for (i = 0; i < inner->matches.count; i++, b++) {
		while (a < end && (a->slot < b->slot ||
				   (a->slot == b->slot && a->high < b->high))) {
			a++;
			lint->compared++;
		}
		if (a == end || a->slot != b->slot || a->low > b->low)
			return false;
	}
	return true;
}

static bool sports_cover(struct lint *lint, const struct rule *outer,
			 const struct rule *inner)
{
	const struct ports *sports = lint->model->sports.items;
	__u32 end = outer->sports.first + outer->sports.count;
	__u32 a = outer->sports.first;
	__u32 b = inner->sports.first;

	if (!outer->sports.count)
		return true;
	for (; b < inner->sports.first + inner->sports.count; b++) {
		while (a < end && sports[a].high < sports[b].high) {
			a++;
			lint->compared++;
		}
		if (a == end || sports[a].low > sports[b].low)
			return false;
	}
	return inner->sports.count;
}

static bool rule_covers(struct lint *lint, __u32 outer, __u32 inner)
{
	const struct rule *rules = lint->model->rules.items;

	return set_covers(lint->ends[outer].from, lint->ends[inner].from) &&
	       set_covers(lint->ends[outer].to, lint->ends[inner].to) &&
	       matches_cover(lint, &rules[outer], &rules[inner]) &&
	       sports_cover(lint, &rules[outer], &rules[inner]);
}

/* Of two that are the same, the later one is said to be inside. */
static void lint_rule(struct lint *lint, __u32 inner, struct diag *diag)
{
	const struct model *model = lint->model;
	const struct rule *rules = model->rules.items;
	__u32 outer;

	for (outer = 0; outer < model->rules.count; outer++) {
		if (outer == inner || !rule_covers(lint, outer, inner))
			continue;
		if (outer > inner && rule_covers(lint, inner, outer))
			continue;
		diag_warning(diag, model, &rules[inner].place,
			     "rule '%s' is inside rule '%s' (%s:%u)",
			     model_str(model, rules[inner].name),
			     model_str(model, rules[outer].name),
			     model_str(model, rules[outer].place.file),
			     rules[outer].place.line);
		return;
	}
}

void lint_rules(const struct model *model, struct diag *diag)
{
	struct lint lint = {.model = model};
	const struct rule *rule = model->rules.items;
	__u32 i;

	if (!model->rules.count || model->rules.count > RULES_COMPARED_MAX)
		return;
	lint.ends = calloc(model->rules.count, sizeof(*lint.ends));
	if (!lint.ends)
		return;
	for (i = 0; i < model->rules.count; i++, rule++) {
		set_fill(model, &rule->from, lint.ends[i].from);
		set_fill(model, &rule->to, lint.ends[i].to);
	}
	for (i = 0; i < model->rules.count; i++)
		if (lint.compared < RANGES_COMPARED_MAX)
			lint_rule(&lint, i, diag);
	free(lint.ends);
}
