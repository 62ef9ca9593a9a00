/* SPDX-License-Identifier: GPL-2.0-only */
/* What run time made of the members, carried over to another config. */
#include "user/policy/runtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void runtime_release(struct runtime *runtime)
{
	free(runtime->changes.items);
	memset(runtime, 0, sizeof(*runtime));
}

static int add_change(struct runtime *runtime, const struct member *member)
{
	struct member *change = model_push(&runtime->changes);

	if (!change)
		return -ENOMEM;
	*change = *member;
	if (member_is_held(member))
		runtime->added++;
	else
		runtime->deleted++;
	return 0;
}

/* One entry of run time; its role has the number that it has in new. */
static int collect(struct runtime *runtime, const struct members *new,
		   struct member *entry)
{
	const struct member *found = members_find(new, entry);

	if (entry->state == MEMBER_RUNTIME) {
		if (found)
			return 0;
		entry->file = 0;
		entry->line = 0;
		return add_change(runtime, entry);
	}
	if (!found)
		return 0;
	*entry = *found;
	entry->state = MEMBER_CONFIG | MEMBER_DELETED;
	return add_change(runtime, entry);
}

int runtime_collect(struct runtime *runtime, const struct model *old,
		    const struct members *members, const struct model *new)
{
	struct members others = members_of_model(new);
	int roles[ROLES_MAX], err = 0;
	const struct member *member;
	struct members_walk walk;
	struct member entry;
	__u32 i;

	memset(runtime, 0, sizeof(*runtime));
	for (i = 0; i < old->roles.count; i++)
		roles[i] = model_find_role(
			new, model_str(old, old->roles.items[i].name));
	members_start(&walk, members);
	while (!err && (member = members_next(&walk))) {
		if (member->state != MEMBER_RUNTIME &&
		    member->state != (MEMBER_CONFIG | MEMBER_DELETED))
			continue;
		entry = *member;
		entry.role = roles[member->role];
		if (roles[member->role] >= 0)
			err = collect(runtime, &others, &entry);
		else
			runtime->homeless += member_is_held(member);
	}
	return err;
}

int runtime_apply(const struct runtime *runtime, struct model *new)
{
	struct members view = members_of_model(new);
	const struct member *member;
	struct members_walk walk;
	struct member *merged;
	__u32 count = 0;

	view.tail = runtime->changes.items;
	view.tail_count = runtime->changes.count;
	merged = malloc((view.base_count + view.tail_count + 1) *
			sizeof(*merged));
	if (!merged || members_index(&view)) {
		free(merged);
		return -ENOMEM;
	}
	members_start(&walk, &view);
	while ((member = members_next(&walk)))
		merged[count++] = *member;
	members_release(&view);
	free(new->members.items);
	new->members.items = merged;
	new->members.count = count;
	new->members.room = count;
	return 0;
}
