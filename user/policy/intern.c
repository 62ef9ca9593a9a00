/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives equal byte strings equal numbers: role sets, rows, blocks of cells. */
#include "user/policy/intern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64

void intern_init(struct intern *intern)
{
	memset(intern, 0, sizeof(*intern));
}

void intern_release(struct intern *intern)
{
	free(intern->bytes);
	free(intern->starts);
	free(intern->slots);
	intern_init(intern);
}

/* Eight bytes at a time: sets of thousands of rules are hashed often. */
static __u32 hash_of(const __u8 *bytes, size_t size)
{
	__u64 hash = size, word;

	for (; size >= sizeof(word); size -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 29;
		bytes += sizeof(word);
	}
	word = 0;
	if (size)
		memcpy(&word, bytes, size);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return (__u32)(hash ^ hash >> 32);
}

const void *intern_get(const struct intern *intern, __u32 number, size_t *size)
{
	*size = intern->starts[number + 1] - intern->starts[number];
	return intern->bytes + intern->starts[number];
}

/* The slot that holds the string, or the free one where it belongs. */
static __u32 slot_for(const struct intern *intern, const void *bytes,
		      size_t size)
{
	__u32 mask = intern->slots_room - 1;
	__u32 slot = hash_of(bytes, size) & mask;
	const void *other;
	size_t other_size;

	while (intern->slots[slot]) {
		other = intern_get(intern, intern->slots[slot] - 1,
				   &other_size);
		if (other_size == size && !memcmp(other, bytes, size))
			break;
		slot = (slot + 1) & mask;
	}
	return slot;
}

static int grow_slots(struct intern *intern)
{
	__u32 *old = intern->slots;
	const void *bytes;
	size_t size;
	__u32 i;

	if (old && intern->count * 2 < intern->slots_room)
		return 0;
	intern->slots_room = old ? intern->slots_room * 2 : SLOTS_FIRST;
	intern->slots = calloc(intern->slots_room, sizeof(*intern->slots));
	if (!intern->slots) {
		intern->slots = old;
		intern->slots_room /= 2;
		return -ENOMEM;
	}
	for (i = 0; i < intern->count; i++) {
		bytes = intern_get(intern, i, &size);
		intern->slots[slot_for(intern, bytes, size)] = i + 1;
	}
	free(old);
	return 0;
}

static int grow_starts(struct intern *intern)
{
	__u32 room = intern->starts_room ? intern->starts_room * 2 : 64;
	size_t *starts;

	if (intern->count + 2 <= intern->starts_room)
		return 0;
	starts = realloc(intern->starts, room * sizeof(*starts));
	if (!starts)
		return -ENOMEM;
	starts[intern->count] = intern->used;
	intern->starts = starts;
	intern->starts_room = room;
	return 0;
}

static int grow_bytes(struct intern *intern, size_t size)
{
	size_t room = intern->room ? intern->room : 1024;
	__u8 *bytes;

	while (room < intern->used + size)
		room *= 2;
	if (room == intern->room)
		return 0;
	bytes = realloc(intern->bytes, room);
	if (!bytes)
		return -ENOMEM;
	intern->bytes = bytes;
	intern->room = room;
	return 0;
}

int intern_find(const struct intern *intern, const void *bytes, size_t size)
{
	if (!intern->count)
		return -1;
	return (int)intern->slots[slot_for(intern, bytes, size)] - 1;
}

int intern_add(struct intern *intern, const void *bytes, size_t size)
{
	__u32 slot;

	if (grow_slots(intern) || grow_starts(intern) ||
	    grow_bytes(intern, size))
		return -ENOMEM;
	slot = slot_for(intern, bytes, size);
	if (intern->slots[slot])
		return intern->slots[slot] - 1;
	if (size)
		memcpy(intern->bytes + intern->used, bytes, size);
	intern->used += size;
	intern->starts[++intern->count] = intern->used;
	intern->slots[slot] = intern->count;
	return intern->count - 1;
}
