/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a generation that runs, mapped to be changed. */
#include "user/kernel/live_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "user/policy/bitset.h"

#define WINDOW	   65536 /* bytes that are mapped at once of a large table */
#define LARGE	   (16U * WINDOW)
#define WINDOWS(n) (((size_t)(n) + WINDOW - 1) / WINDOW)

static enum table_group group_of(enum table_id id)
{
	if (id <= TABLE_V4_HOST)
		return TABLES_V4;
	return id <= TABLE_V6_SLOT ? TABLES_V6 : TABLES_RULES;
}

static size_t size_of(const struct table *table)
{
	return (size_t)table->room * table->size;
}

/* Maps one window of a large table where it belongs. */
static int map_window(struct table *table, size_t window)
{
	size_t at = window * WINDOW, size = size_of(table);
	size_t length = size - at < WINDOW ? size - at : WINDOW;

	if (bitset_next(table->reached, window, window + 1) == window)
		return 0;
	if (mmap((char *)table->items + at, length, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, table->fd,
		 table->offset + at) == MAP_FAILED)
		return -errno;
	bitset_set(table->reached, window);
	return 0;
}

static int reach(struct table *table, __u32 first, __u32 count)
{
	size_t from = (size_t)first * table->size;
	size_t to = from + (size_t)count * table->size;
	size_t window;
	int err = 0;

	for (window = from / WINDOW; window < WINDOWS(to) && !err; window++)
		err = map_window(table, window);
	return err;
}

/* Only the addresses of a large table; reach() puts the map there. */
static int reserve(struct table *table)
{
	size_t size = size_of(table);
	void *items;

	table->reached = calloc(BITSET_WORDS(WINDOWS(size)), sizeof(__u64));
	if (!table->reached)
		return -ENOMEM;
	items = mmap(NULL, size, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (items == MAP_FAILED)
		return -errno;
	table->items = items;
	table->reach = reach;
	return 0;
}

/* Rules are read all over, and not that large. */
static int map_table(struct table *table, bool is_whole)
{
	void *items;

	if (size_of(table) >= LARGE && !is_whole)
		return reserve(table);
	items = mmap(NULL, size_of(table), PROT_READ | PROT_WRITE, MAP_SHARED,
		     table->fd, table->offset);
	if (items == MAP_FAILED)
		return -errno;
	table->items = items;
	return 0;
}

/* Each table has the map open for itself. */
static int open_table(struct tables *tables, enum table_id id, int map,
		      const struct roster_header *header)
{
	struct table *table = tables_get(tables, id);

	table->room = header->rooms[id];
	table->used = table->room;
	table->offset = header->shape.offset[id];
	table->is_fixed = true;
	table->fd = fcntl(map, F_DUPFD_CLOEXEC, 0);
	if (table->fd < 0)
		return -errno;
	return map_table(table, group_of(id) == TABLES_RULES);
}

int live_tables_open(struct tables *tables, const struct instance *instance,
		     __u32 generation, const struct roster_header *header,
		     unsigned int groups)
{
	char path[PATH_MAX];
	int map, id, err = 0;

	tables->shape = header->shape;
	instance_pin(instance, path, "generation-%u/policy", generation);
	map = bpf_obj_get(path);
	if (map < 0)
		return -errno;
	for (id = 0; id < TABLE_COUNT && !err; id++)
		if (group_of(id) & groups)
			err = open_table(tables, id, map, header);
	close(map);
	return err;
}

void live_tables_close(struct tables *tables)
{
	struct table *table;
	int id;

	for (id = 0; id < TABLE_COUNT; id++) {
		table = tables_get(tables, id);
		if (!table->is_fixed)
			continue;
		if (table->items)
			munmap(table->items, size_of(table));
		if (table->fd >= 0)
			close(table->fd);
		free(table->reached);
		table->reached = NULL;
	}
	tables_release(tables);
}
