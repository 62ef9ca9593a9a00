/* SPDX-License-Identifier: GPL-2.0-only */
/* What one config changes in another, in the operator's terms. */
#include "user/policy/difference.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/members_by_role.h"
#include "user/policy/names.h"
#include "user/policy/probe_text.h"
#include "user/policy/setting.h"

/* Things with a name in both models, and where each stands in the other. */
struct pairing {
	int *fate;   /* number after of each that was before, or NOWHERE */
	int *origin; /* number before of each that is after, or NOWHERE */
	__u32 before;
	__u32 after;
};

struct comparison {
	struct difference *difference;
	const struct model *before;
	const struct model *after;
	struct pairing roles;
	struct pairing rules;
	struct pairing interfaces;
	struct members_by_role members_before;
	struct members_by_role members_after;
	__u32 *marks; /* of roles after: those of the list looked at */
	__u32 mark;
};

/* Roles, rules and interfaces begin with their name. */
struct named {
	const void *items;
	__u32 count;
	size_t size;
};

#define NAMED(array) \
	((struct named){(array).items, (array).count, sizeof(*(array).items)})

static const char *name_of(const struct model *model, const struct named *named,
			   __u32 i)
{
	const __u32 *name =
		(const void *)((const char *)named->items + i * named->size);

	return model_str(model, *name);
}

static int add_names(struct names *names, const struct model *model,
		     const struct named *named)
{
	__u32 i;
	int err = 0;

	for (i = 0; i < named->count && !err; i++)
		err = names_add(names, name_of(model, named, i), i);
	return err;
}

static int *new_numbers(__u32 count)
{
	int *numbers = malloc((count + 1) * sizeof(*numbers));
	__u32 i;

	for (i = 0; numbers && i < count; i++)
		numbers[i] = NOWHERE;
	return numbers;
}

static int pair_up(const struct comparison *comparison, struct pairing *pairing,
		   struct named before, struct named after)
{
	struct names names = {};
	int err;
	__u32 i;

	pairing->before = before.count;
	pairing->after = after.count;
	pairing->fate = new_numbers(before.count);
	pairing->origin = new_numbers(after.count);
	err = !pairing->fate || !pairing->origin;
	err = err || add_names(&names, comparison->before, &before);
	for (i = 0; i < after.count && !err; i++) {
		pairing->origin[i] = names_find(
			&names, name_of(comparison->after, &after, i));
		if (pairing->origin[i] != NOWHERE)
			pairing->fate[pairing->origin[i]] = i;
	}
	names_release(&names);
	return err ? -ENOMEM : 0;
}

static int add(struct difference *difference, struct change change)
{
	struct change *added = model_push(&difference->changes);

	if (!added)
		return -ENOMEM;
	*added = change;
	added->kind = change.before == NOWHERE	? CHANGE_ADDED
		      : change.after == NOWHERE ? CHANGE_REMOVED
						: CHANGE_CHANGED;
	return 0;
}

/* First all that is after, then what is gone. */
static int compare_pairs(struct comparison *comparison,
			 const struct pairing *pairing,
			 int (*compare)(struct comparison *comparison,
					int before, int after))
{
	int err = 0;
	__u32 i;

	for (i = 0; i < pairing->after && !err; i++)
		err = compare(comparison, pairing->origin[i], i);
	for (i = 0; i < pairing->before && !err; i++)
		if (pairing->fate[i] == NOWHERE)
			err = compare(comparison, i, NOWHERE);
	return err;
}

/* Marks the roles of a list of the model after; tells whether it has any. */
static bool mark_refs(struct comparison *comparison, const struct span *refs)
{
	const __u32 *role = comparison->after->role_refs.items + refs->first;
	bool has_any = false;
	__u32 i;

	comparison->mark++;
	for (i = 0; i < refs->count; i++)
		if (role[i] == ROLE_ANY)
			has_any = true;
		else
			comparison->marks[role[i]] = comparison->mark;
	return has_any;
}

/* The same roles by name? A list names none twice. */
static bool are_same_refs(struct comparison *comparison,
			  const struct span *before, const struct span *after)
{
	const __u32 *role = comparison->before->role_refs.items + before->first;
	bool has_any;
	int there;
	__u32 i;

	if (before->count != after->count)
		return false;
	has_any = mark_refs(comparison, after);
	for (i = 0; i < before->count; i++) {
		if (role[i] == ROLE_ANY && !has_any)
			return false;
		if (role[i] == ROLE_ANY)
			continue;
		there = comparison->roles.fate[role[i]];
		if (there == NOWHERE ||
		    comparison->marks[there] != comparison->mark)
			return false;
	}
	return true;
}

/* Runs of one kind of element: equal, byte by byte? */
static bool are_same_runs(const void *before, const struct span *a,
			  const void *after, const struct span *b, size_t size)
{
	return a->count == b->count &&
	       (!a->count || !memcmp((const char *)before + a->first * size,
				     (const char *)after + b->first * size,
				     a->count * size));
}

static bool is_same_rule(struct comparison *comparison, const struct rule *a,
			 const struct rule *b)
{
	const struct model *before = comparison->before;
	const struct model *after = comparison->after;

	return are_same_refs(comparison, &a->from, &b->from) &&
	       are_same_refs(comparison, &a->to, &b->to) &&
	       are_same_runs(before->matches.items, &a->matches,
			     after->matches.items, &b->matches,
			     sizeof(struct match)) &&
	       are_same_runs(before->sports.items, &a->sports,
			     after->sports.items, &b->sports,
			     sizeof(struct ports)) &&
	       !strcmp(model_str(before, a->policy),
		       model_str(after, b->policy));
}

static int compare_rule(struct comparison *comparison, int before, int after)
{
	if (before != NOWHERE && after != NOWHERE &&
	    is_same_rule(comparison, &comparison->before->rules.items[before],
			 &comparison->after->rules.items[after]))
		return 0;
	return add(comparison->difference,
		   (struct change){.subject = SUBJECT_RULE,
				   .before = before,
				   .after = after});
}

static bool is_same_interface(struct comparison *comparison,
			      const struct interface *a,
			      const struct interface *b)
{
	return a->mode == b->mode && a->enforce == b->enforce &&
	       a->has_roles == b->has_roles &&
	       are_same_refs(comparison, &a->roles, &b->roles);
}

static int compare_interface(struct comparison *comparison, int before,
			     int after)
{
	const struct model *old = comparison->before;
	const struct model *new = comparison->after;

	if (before != NOWHERE && after != NOWHERE &&
	    is_same_interface(comparison, &old->interfaces.items[before],
			      &new->interfaces.items[after]))
		return 0;
	return add(comparison->difference,
		   (struct change){.subject = SUBJECT_INTERFACE,
				   .before = before,
				   .after = after});
}

/* The same prefix, excluded or not? Two runs are of different roles' numbers. */
static int compare_members(const struct member *a, const struct member *b)
{
	int order = prefix_compare(&a->prefix, &b->prefix);

	return order ? order : a->excluded - b->excluded;
}

/* Below 0: the next one stands only in a; above: only in b. */
static int which_next(const struct member_run *a, __u32 i,
		      const struct member_run *b, __u32 j)
{
	if (j == b->count)
		return -1;
	if (i == a->count)
		return 1;
	return compare_members(a->items[i], b->items[j]);
}

/* Both runs are in order. */
static int merge(struct difference *difference, const struct member_run *before,
		 const struct member_run *after)
{
	const struct member **member = NULL;
	__u32 i = 0, j = 0;
	int order;

	while (i < before->count || j < after->count) {
		order = which_next(before, i, after, j);
		if (order < 0)
			member = model_push(&difference->removed);
		if (order > 0)
			member = model_push(&difference->added);
		if (order && !member)
			return -ENOMEM;
		if (order)
			*member = order < 0 ? before->items[i]
					    : after->items[j];
		i += order <= 0;
		j += order >= 0;
	}
	return 0;
}

static struct member_run run_or_none(const struct members_by_role *by_role,
				     int role)
{
	if (role == NOWHERE)
		return (struct member_run){};
	return member_run_of(by_role, role);
}

static int compare_role(struct comparison *comparison, int before, int after)
{
	struct difference *difference = comparison->difference;
	struct change change = {
		.subject = SUBJECT_ROLE,
		.before = before,
		.after = after,
		.added = {.first = difference->added.count},
		.removed = {.first = difference->removed.count},
	};
	struct member_run old, new;

	old = run_or_none(&comparison->members_before, before);
	new = run_or_none(&comparison->members_after, after);
	if (merge(difference, &old, &new))
		return -ENOMEM;
	change.added.count = difference->added.count - change.added.first;
	change.removed.count = difference->removed.count - change.removed.first;
	if (before != NOWHERE && after != NOWHERE && !change.added.count &&
	    !change.removed.count)
		return 0;
	return add(difference, change);
}

static int compare_settings(struct comparison *comparison)
{
	int i, err = 0;

	for (i = 0; settings_known[i].key && !err; i++)
		if (setting_word(&settings_known[i],
				 &comparison->before->settings) !=
		    setting_word(&settings_known[i],
				 &comparison->after->settings))
			err = add(comparison->difference,
				  (struct change){.subject = SUBJECT_SETTING,
						  .before = i,
						  .after = i});
	return err;
}

/* The closed state comes or goes. */
static int compare_closed(struct comparison *comparison)
{
	bool before = comparison->before->settings.closed;
	bool after = comparison->after->settings.closed;

	if (before == after)
		return 0;
	return add(comparison->difference,
		   (struct change){.subject = SUBJECT_CLOSED,
				   .before = before ? 0 : NOWHERE,
				   .after = after ? 0 : NOWHERE});
}

static int name_keep(const struct model *model, struct names *names)
{
	char text[PROBE_TEXT_SIZE];
	int err = 0;
	__u32 i;

	for (i = 0; i < model->keep.count && (!err || err == -EEXIST); i++)
		err = names_add(
			names, probe_to_str(model, &model->keep.items[i], text),
			i);
	return err == -EEXIST ? 0 : err;
}

/* Adds each tuple of a model whose text the names do not have. */
static int compare_keep_list(struct comparison *comparison,
			     const struct model *model,
			     const struct names *names, bool is_before)
{
	char text[PROBE_TEXT_SIZE];
	int err = 0, i;

	for (i = 0; i < (int)model->keep.count && !err; i++)
		if (names_find(names, probe_to_str(model, &model->keep.items[i],
						   text)) < 0)
			err = add(comparison->difference,
				  (struct change){
					  .subject = SUBJECT_KEEP,
					  .before = is_before ? i : NOWHERE,
					  .after = is_before ? NOWHERE : i});
	return err;
}

static int compare_keeps(struct comparison *comparison)
{
	struct names before = {}, after = {};
	int err;

	err = name_keep(comparison->before, &before);
	if (!err)
		err = name_keep(comparison->after, &after);
	if (!err)
		err = compare_keep_list(comparison, comparison->after, &before,
					false);
	if (!err)
		err = compare_keep_list(comparison, comparison->before, &after,
					true);
	names_release(&before);
	names_release(&after);
	return err;
}

static int prepare(struct comparison *comparison)
{
	const struct model *before = comparison->before;
	const struct model *after = comparison->after;
	int err;

	err = pair_up(comparison, &comparison->roles, NAMED(before->roles),
		      NAMED(after->roles));
	if (!err)
		err = pair_up(comparison, &comparison->rules,
			      NAMED(before->rules), NAMED(after->rules));
	if (!err)
		err = pair_up(comparison, &comparison->interfaces,
			      NAMED(before->interfaces),
			      NAMED(after->interfaces));
	if (err)
		return err;
	comparison->marks = calloc(after->roles.count + 1,
				   sizeof(*comparison->marks));
	return comparison->marks ? 0 : -ENOMEM;
}

static int prepare_members(struct comparison *comparison,
			   const struct members *before,
			   const struct members *after)
{
	int err = members_by_role_init(&comparison->members_before,
				       comparison->before->roles.count, before);

	if (err)
		return err;
	return members_by_role_init(&comparison->members_after,
				    comparison->after->roles.count, after);
}

static int compare(struct comparison *comparison)
{
	int err;

	err = compare_pairs(comparison, &comparison->interfaces,
			    compare_interface);
	if (!err)
		err = compare_pairs(comparison, &comparison->roles,
				    compare_role);
	if (!err)
		err = compare_pairs(comparison, &comparison->rules,
				    compare_rule);
	if (!err)
		err = compare_settings(comparison);
	if (!err)
		err = compare_closed(comparison);
	return err ? err : compare_keeps(comparison);
}

static void pairing_release(struct pairing *pairing)
{
	free(pairing->fate);
	free(pairing->origin);
}

int difference_find(struct difference *difference, const struct side *before,
		    const struct side *after)
{
	struct comparison comparison = {
		.difference = difference,
		.before = before->model,
		.after = after->model,
	};
	int err = prepare(&comparison);

	if (!err)
		err = prepare_members(&comparison, before->members,
				      after->members);
	if (!err)
		err = compare(&comparison);
	pairing_release(&comparison.roles);
	pairing_release(&comparison.rules);
	pairing_release(&comparison.interfaces);
	free(comparison.marks);
	members_by_role_release(&comparison.members_before);
	members_by_role_release(&comparison.members_after);
	return err;
}

void difference_release(struct difference *difference)
{
	free(difference->changes.items);
	free(difference->added.items);
	free(difference->removed.items);
	*difference = (struct difference){};
}
