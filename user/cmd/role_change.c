/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate role add, del, replace: members of roles at run time. */
#include "user/cmd/role_change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/guard.h"
#include "user/kernel/change.h"
#include "user/output/progress.h"
#include "user/output/report.h"
#include "user/policy/members.h"

#define EXCLUSIONS_SHOWN 5

/* What a command makes of the members that it was given. */
struct edit {
	struct state *state;
	int role;
	struct batch *batch;		 /* as given */
	ARRAY_OF(struct member) entries; /* what changes */
	__u32 added;
	__u32 deleted;
	__u32 unchanged;
	bool is_forced;
};

static int begin(struct edit *edit, struct state *state,
		 struct role_request *request)
{
	const char *name = request->words[0];

	memset(edit, 0, sizeof(*edit));
	edit->state = state;
	edit->batch = &request->batch;
	edit->is_forced = request->is_forced;
	edit->role = model_find_role(&state->generation.image.model, name);
	if (edit->role >= 0)
		return 0;
	return report_error(-ENOENT,
			    "there is no role '%s'; `rolegate role list` shows "
			    "those there are",
			    name);
}

static const struct members *members_of(const struct edit *edit)
{
	return generation_members(&edit->state->generation);
}

static int add_entry(struct edit *edit, const struct member *member, __u8 state)
{
	struct member *entry = model_push(&edit->entries);

	if (!entry)
		return report_error(-ENOMEM, "out of memory");
	*entry = *member;
	entry->state = state;
	return 0;
}

/* A member of the config that was taken away comes back as what it was. */
static int add_member(struct edit *edit, const struct member *wanted)
{
	const struct member *found = members_find(members_of(edit), wanted);

	if (found && member_is_held(found)) {
		edit->unchanged++;
		return 0;
	}
	edit->added++;
	if (found)
		return add_entry(edit, found, found->state & ~MEMBER_DELETED);
	return add_entry(edit, wanted, MEMBER_RUNTIME);
}

static int delete_member(struct edit *edit, const struct member *found)
{
	edit->deleted++;
	return add_entry(edit, found, found->state | MEMBER_DELETED);
}

static int report_no_member(const struct edit *edit,
			    const struct member *wanted)
{
	const struct model *model = &edit->state->generation.image.model;
	const char *role = model_str(model,
				     model->roles.items[edit->role].name);
	char text[PREFIX_TEXT_SIZE], around[PREFIX_TEXT_SIZE];
	const struct member *nearest;

	prefix_to_str(&wanted->prefix, text);
	nearest = members_nearest(members_of(edit), edit->role,
				  &wanted->prefix);
	if (nearest && !wanted->excluded)
		return report_error(
			-ENOENT,
			"%s is no member of role %s, which holds it through "
			"%s; nothing was changed: delete that, or exclude it "
			"with `rolegate role add %s '!%s'`",
			text, role, prefix_to_str(&nearest->prefix, around),
			role, text);
	return report_error(-ENOENT,
			    "%s%s is no member of role %s; nothing was "
			    "changed: `rolegate role show %s` lists them",
			    wanted->excluded ? "!" : "", text, role, role);
}

/* The operator's own session and settings.keep, by the next generation. */
static int guard(const struct edit *edit, const struct generation *next,
		 const struct members *view)
{
	struct judge judge = judge_by_program(next);

	return guard_check(&next->image.model, view, &judge, edit->is_forced);
}

/* The same in what the tables are about to be. */
static int guard_change(const struct edit *edit, struct change *change)
{
	const struct state *state = edit->state;
	const struct model *model = &state->generation.image.model;
	struct judge judge;
	int err;

	if (!guard_is_needed(model))
		return 0;
	err = change_judge(change, &state->instance, &judge);
	if (err)
		return report_error(err, "cannot read the tables: %s",
				    strerror(-err));
	return guard_check(model, members_of(edit), &judge, edit->is_forced);
}

/* One step for all addresses: another generation takes over. */
static int change_all(struct edit *edit, const struct members *view)
{
	struct state *state = edit->state;
	struct generation next;
	struct member *merged;
	__u32 count;
	int err;

	merged = roster_merge(view, &count);
	if (!merged)
		return report_error(-ENOMEM, "out of memory");
	generation_init(&next);
	err = state_build(state, &next, merged, count);
	if (!err)
		err = guard(edit, &next, view);
	progress_stage("switching", NULL);
	if (!err)
		err = state_switch(state, &next);
	free(merged);
	if (err) {
		generation_release(&next);
		return err;
	}
	generation_release(&state->generation);
	state->generation = next;
	return 0;
}

/* The members with the entries, which are in no map yet. */
static int change_in_new_generation(struct edit *edit)
{
	const struct members *running = members_of(edit);
	__u32 count = running->tail_count + edit->entries.count;
	struct members view = *running;
	struct member *tail;
	int err = -ENOMEM;

	tail = malloc((count + 1) * sizeof(*tail));
	if (!tail)
		return report_error(-ENOMEM, "out of memory");
	memcpy(tail, running->tail, running->tail_count * sizeof(*tail));
	memcpy(tail + running->tail_count, edit->entries.items,
	       edit->entries.count * sizeof(*tail));
	view.tail = tail;
	view.tail_count = count;
	view.order = NULL;
	if (!members_index(&view))
		err = change_all(edit, &view);
	members_release(&view);
	free(tail);
	return err;
}

/* Each address sees its old roles or its new ones, and goes on meanwhile. */
static int change_in_place(struct edit *edit)
{
	struct state *state = edit->state;
	struct change change;
	bool is_full, is_refused = false, counts = false;
	int err;

	err = change_prepare(&change, &state->instance, &state->generation,
			     edit->entries.items, edit->entries.count);
	is_full = err == -ENOSPC;
	if (!err) {
		err = guard_change(edit, &change);
		is_refused = err != 0;
	}
	counts = !err;
	if (!err) {
		err = change_commit(&change);
		/* It counts already; now it takes another generation. */
		if (err == -ENOSPC)
			err = change_all(edit, members_of(edit));
	}
	change_release(&change);
	if (is_full)
		return change_in_new_generation(edit);
	if (err && !is_refused)
		report_error(err, "cannot change the tables: %s%s",
			     strerror(-err),
			     counts ? "; the members count all the same, and "
				      "the next command goes on with them"
				    : "");
	return err;
}

static int apply(struct edit *edit, bool in_one_step)
{
	if (!edit->entries.count)
		return 0;
	return in_one_step ? change_in_new_generation(edit)
			   : change_in_place(edit);
}

/* Says which new members are excluded all the same. */
static void warn_of_exclusions(const struct edit *edit)
{
	const struct model *model = &edit->state->generation.image.model;
	const char *role = model_str(model,
				     model->roles.items[edit->role].name);
	char text[PREFIX_TEXT_SIZE], around[PREFIX_TEXT_SIZE];
	const struct member *entry, *exclusion;
	__u32 i, found = 0;

	for (i = 0; i < edit->entries.count; i++) {
		entry = &edit->entries.items[i];
		if (entry->excluded || !member_is_held(entry))
			continue;
		exclusion = members_exclusion(members_of(edit), edit->role,
					      &entry->prefix);
		if (!exclusion || found++ >= EXCLUSIONS_SHOWN)
			continue;
		prefix_to_str(&exclusion->prefix, around);
		report_warning("%s is a member of role %s now, but excluded "
			       "from it by !%s: `rolegate role del %s '!%s'` "
			       "takes that away",
			       prefix_to_str(&entry->prefix, text), role,
			       around, role, around);
	}
	if (found > EXCLUSIONS_SHOWN)
		report_warning("and %u more are excluded",
			       found - EXCLUSIONS_SHOWN);
}

static enum exit_status finish(struct edit *edit, int err, json_t *result)
{
	const struct generation *generation = &edit->state->generation;

	progress_end();
	if (!err)
		json_object_update_new(
			result,
			json_pack("{s:s, s:i, s:s, s:i, s:i, s:i}", "instance",
				  edit->state->instance.name, "generation",
				  generation->number, "role",
				  model_str(&generation->image.model,
					    generation->image.model.roles
						    .items[edit->role]
						    .name),
				  "added", edit->added, "deleted",
				  edit->deleted, "unchanged", edit->unchanged));
	free(edit->entries.items);
	return !err ? EXIT_DONE : err == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
}

static int read_words(struct edit *edit, const struct role_request *request)
{
	return batch_read_words(edit->batch, edit->role, request->words + 1,
				request->count - 1);
}

enum exit_status role_add(struct state *state, struct role_request *request,
			  json_t *result)
{
	struct edit edit;
	__u32 i;
	int err;

	err = begin(&edit, state, request);
	if (!err)
		err = read_words(&edit, request);
	for (i = 0; i < edit.batch->members.count && !err; i++)
		err = add_member(&edit, &edit.batch->members.items[i]);
	if (!err)
		err = apply(&edit, false);
	if (!err)
		warn_of_exclusions(&edit);
	return finish(&edit, err, result);
}

/* Every word that is no member is reported; then nothing is changed. */
enum exit_status role_del(struct state *state, struct role_request *request,
			  json_t *result)
{
	const struct member *wanted, *found;
	struct edit edit;
	__u32 i;
	int err;

	err = begin(&edit, state, request);
	if (!err)
		err = read_words(&edit, request);
	for (i = 0;
	     i < edit.batch->members.count && err != -ENOMEM && err != -EINVAL;
	     i++) {
		wanted = &edit.batch->members.items[i];
		found = members_find(members_of(&edit), wanted);
		if (!found || !member_is_held(found))
			err = report_no_member(&edit, wanted);
		else if (!err)
			err = delete_member(&edit, found);
	}
	if (!err)
		err = apply(&edit, false);
	return finish(&edit, err, result);
}

/* Every member that is not among the wanted ones, which are sorted, goes. */
static int delete_others(struct edit *edit)
{
	const struct member *wanted = edit->batch->members.items, *member;
	const struct member *last = wanted + edit->batch->members.count;
	struct members_walk walk;
	int err = 0;

	members_start(&walk, members_of(edit));
	while (!err && (member = members_next(&walk))) {
		if (member->role != edit->role || !member_is_held(member))
			continue;
		while (wanted < last && member_compare(wanted, member) < 0)
			wanted++;
		if (wanted == last || member_compare(wanted, member))
			err = delete_member(edit, member);
	}
	return err;
}

enum exit_status role_replace(struct state *state, struct role_request *request,
			      json_t *result)
{
	struct edit edit;
	__u32 i;
	int err;

	err = begin(&edit, state, request);
	if (!err)
		err = batch_read_lines(edit.batch, edit.role);
	if (!err)
		err = delete_others(&edit);
	for (i = 0; i < edit.batch->members.count && !err; i++)
		err = add_member(&edit, &edit.batch->members.items[i]);
	if (!err)
		err = apply(&edit, true);
	if (!err)
		warn_of_exclusions(&edit);
	return finish(&edit, err, result);
}
