/* SPDX-License-Identifier: GPL-2.0-only */
/* The model's storage: growable arrays, one pool of text, lookup by name. */
#include "user/policy/model.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 16

void model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
	model->settings.non_ip_pass = 1;
	model->settings.fragments_track = 1;
	model->settings.icmp_errors = ICMP_ERRORS_RELATED;
}

void model_release(struct model *model)
{
	free(model->text.items);
	free(model->roles.items);
	free(model->members.items);
	free(model->role_refs.items);
	free(model->matches.items);
	free(model->sports.items);
	free(model->rules.items);
	free(model->interfaces.items);
	free(model->policies.items);
	free(model->tests.items);
	free(model->keep.items);
	model_init(model);
}

/* Makes room for added more elements. */
static int reserve(void **items, __u32 count, __u32 *room, size_t size,
		   size_t added)
{
	__u64 wanted = *room ? *room : ROOM_MIN;
	void *moved;

	while (wanted < (__u64)count + added)
		wanted *= 2;
	if (wanted == *room)
		return 0;
	if (wanted > (__u32)-1)
		return -1;
	moved = reallocarray(*items, wanted, size);
	if (!moved)
		return -1;
	*items = moved;
	*room = wanted;
	return 0;
}

void *model_grow(void **items, __u32 *count, __u32 *room, size_t size)
{
	char *item;

	if (reserve(items, *count, room, size, 1))
		return NULL;
	item = (char *)*items + (size_t)*count * size;
	memset(item, 0, size);
	(*count)++;
	return item;
}

__u32 model_text(struct model *model, const char *text)
{
	size_t size = strlen(text) + 1;
	__u32 offset;

	if (size == 1)
		return 0;
	if (!model->text.count && !model_push(&model->text))
		return 0;
	if (reserve((void **)&model->text.items, model->text.count,
		    &model->text.room, 1, size))
		return 0;
	offset = model->text.count;
	memcpy(model->text.items + offset, text, size);
	model->text.count += size;
	return offset;
}

const char *model_str(const struct model *model, __u32 offset)
{
	return offset ? model->text.items + offset : "";
}

int model_find_role(const struct model *model, const char *name)
{
	__u32 i;

	for (i = 0; i < model->roles.count; i++)
		if (!strcmp(model_str(model, model->roles.items[i].name), name))
			return i;
	return -1;
}

int model_find_rule(const struct model *model, const char *name)
{
	__u32 i;

	for (i = 0; i < model->rules.count; i++)
		if (!strcmp(model_str(model, model->rules.items[i].name), name))
			return i;
	return -1;
}

int model_find_interface(const struct model *model, const char *name)
{
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++)
		if (!strcmp(model_str(model, model->interfaces.items[i].name),
			    name))
			return i;
	return -1;
}
