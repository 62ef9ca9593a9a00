/* SPDX-License-Identifier: GPL-2.0-only */
/* Members, classes and fill levels of a generation, in mapped pinned memory. */
#include "user/kernel/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SET_WORDS_ROOM 16384

static struct member *entries_of(const struct roster *roster)
{
	return (struct member *)(roster->header + 1);
}

static __u32 words_of(const struct classes *classes)
{
	return classes->sets.count + classes->sets.used / sizeof(__u32);
}

/* Writes classes from first on as words; returns how many. */
static __u32 put_classes(__u32 *words, const struct classes *classes,
			 __u32 first)
{
	const __u32 *roles;
	__u32 at = 0, count, i;

	for (i = first; i < classes->sets.count; i++) {
		roles = classes_roles(classes, i, &count);
		words[at++] = count;
		memcpy(words + at, roles, count * sizeof(*roles));
		at += count;
	}
	return at;
}

static int fill_members(int fd, const struct model *model,
			struct tables *tables, __u32 set_words)
{
	struct roster_header header = {
		.base_count = model->members.count,
		.tail_room = ROSTER_TAIL_ROOM,
		.v4_group_used = tables->v4_group.used,
		.v4_runs_used = tables->v4_runs.used,
		.v4_block_used = tables->v4_block.used,
		.v4_line_used = tables->v4_line.used,
		.v6_slot_used = tables->v6_slot.used,
		.set_words = set_words,
		.shape = tables->shape,
	};
	struct mapping mapping = {};
	int err = mapping_open(&mapping, fd), id;

	if (err)
		return err;
	for (id = 0; id < TABLE_COUNT; id++)
		header.rooms[id] = tables_get(tables, id)->room;
	memcpy(mapping.data, &header, sizeof(header));
	if (header.base_count)
		memcpy((char *)mapping.data + sizeof(header),
		       model->members.items,
		       header.base_count * sizeof(struct member));
	mapping_close(&mapping);
	return 0;
}

static int fill_sets(int fd, const struct classes *classes)
{
	struct mapping mapping = {};
	int err = mapping_open(&mapping, fd);

	if (err)
		return err;
	put_classes(mapping.data, classes, 0);
	mapping_close(&mapping);
	return 0;
}

int roster_create(const struct model *model, struct tables *tables,
		  int *members_fd, int *sets_fd)
{
	__u32 words = words_of(&tables->classes);
	size_t size = sizeof(struct roster_header) +
		      ((size_t)model->members.count + ROSTER_TAIL_ROOM) *
			      sizeof(struct member);
	int err;

	*members_fd = mapping_create("members", size);
	if (*members_fd < 0)
		return *members_fd;
	*sets_fd = mapping_create("class_sets",
				  (words + SET_WORDS_ROOM) * sizeof(__u32));
	if (*sets_fd < 0)
		return *sets_fd;
	err = fill_members(*members_fd, model, tables, words);
	return err ? err : fill_sets(*sets_fd, &tables->classes);
}

static int read_classes(const struct roster *roster, struct classes *classes)
{
	const __u32 *words = roster->sets.data;
	__u32 at = 0, room = roster->sets.size / sizeof(*words), count;

	while (at < roster->header->set_words && at < room) {
		count = words[at++];
		if (count > room - at)
			return -EPROTO;
		if (intern_add(&classes->sets, words + at,
			       count * sizeof(*words)) < 0)
			return -ENOMEM;
		at += count;
	}
	return 0;
}

static int check(const struct roster *roster)
{
	const struct roster_header *header = roster->header;
	size_t entries = (size_t)header->base_count + header->tail_room;

	if (sizeof(*header) + entries * sizeof(struct member) >
		    roster->members.size ||
	    header->tail_count > header->tail_room ||
	    header->tail_applied > header->tail_count)
		return -EPROTO;
	return 0;
}

int roster_open(struct roster *roster, int members_fd, int sets_fd,
		struct classes *classes)
{
	int err;

	memset(roster, 0, sizeof(*roster));
	err = mapping_open(&roster->members, members_fd);
	if (!err)
		err = mapping_open(&roster->sets, sets_fd);
	if (err)
		return err;
	roster->header = roster->members.data;
	err = check(roster);
	if (err)
		return err;
	roster->view = (struct members){
		.base = entries_of(roster),
		.base_count = roster->header->base_count,
		.tail = entries_of(roster) + roster->header->base_count,
		.tail_count = roster->header->tail_count,
	};
	err = members_index(&roster->view);
	return err ? err : read_classes(roster, classes);
}

void roster_close(struct roster *roster)
{
	members_release(&roster->view);
	mapping_close(&roster->members);
	mapping_close(&roster->sets);
	memset(roster, 0, sizeof(*roster));
}

struct member *roster_room(const struct roster *roster, __u32 count)
{
	const struct roster_header *header = roster->header;

	if (count > header->tail_room - header->tail_count)
		return NULL;
	return entries_of(roster) + header->base_count + header->tail_count;
}

int roster_add_classes(struct roster *roster, const struct classes *classes,
		       __u32 first, __u32 *words)
{
	*words = words_of(classes);
	if (*words > roster->sets.size / sizeof(__u32))
		return -ENOSPC;
	put_classes((__u32 *)roster->sets.data + roster->header->set_words,
		    classes, first);
	return 0;
}

/* Added and taken away again: as if it had never been. */
static bool is_gone(const struct member *member)
{
	return member->state == (MEMBER_RUNTIME | MEMBER_DELETED);
}

struct member *roster_merge(const struct members *view, __u32 *count)
{
	const struct member *member;
	struct members_walk walk;
	struct member *merged;
	__u32 at = 0;

	merged = malloc(((size_t)view->base_count + view->tail_count + 1) *
			sizeof(*merged));
	if (!merged)
		return NULL;
	members_start(&walk, view);
	while ((member = members_next(&walk)))
		if (!is_gone(member))
			merged[at++] = *member;
	*count = at;
	return merged;
}
