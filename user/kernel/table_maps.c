/* SPDX-License-Identifier: GPL-2.0-only */
/* Which map holds which table of a generation. */
#include "user/kernel/table_maps.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "user/kernel/mapping.h"
#include "user/policy/bitset.h"

#define WINDOW	   65536 /* bytes that are mapped at once of a large table */
#define LARGE	   (16U * WINDOW)
#define WINDOWS(n) (((size_t)(n) + WINDOW - 1) / WINDOW)

#define TABLE_MAP(map, table, group)                       \
	{                                                  \
		map, offsetof(struct tables, table), group \
	}

const struct table_map table_maps[TABLE_MAP_COUNT] = {
	TABLE_MAP("v4_root", v4_root, TABLES_V4),
	TABLE_MAP("v4_block", v4_block, TABLES_V4),
	TABLE_MAP("v4_host", v4_host, TABLES_V4),
	TABLE_MAP("v6_base", v6_base, TABLES_V6),
	TABLE_MAP("v6_filter32", v6_filter32, TABLES_V6),
	TABLE_MAP("v6_filter48", v6_filter48, TABLES_V6),
	TABLE_MAP("v6_slot", v6_slot, TABLES_V6),
	TABLE_MAP("class_table", class_table, TABLES_RULES),
	TABLE_MAP("port_root", port_root, TABLES_RULES),
	TABLE_MAP("port_block", port_block, TABLES_RULES),
	TABLE_MAP("pair_table", pair, TABLES_RULES),
	TABLE_MAP("row_table", row, TABLES_RULES),
	TABLE_MAP("cell_table", cell, TABLES_RULES),
	TABLE_MAP("link_table", link, TABLES_RULES),
};

struct table *table_of_map(struct tables *tables, const struct table_map *map)
{
	return (void *)((char *)tables + map->offset);
}

/* Maps one window of a large table where it belongs. */
static int map_window(struct table *table, size_t window)
{
	size_t size = (size_t)table->room * table->size, at = window * WINDOW;
	size_t length = size - at < WINDOW ? size - at : WINDOW;

	if (bitset_next(table->reached, window, window + 1) == window)
		return 0;
	if (mmap((char *)table->items + at, length, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, table->fd, at) == MAP_FAILED)
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
static int reserve(struct table *table, int fd, size_t size)
{
	void *items;

	table->reached = calloc(BITSET_WORDS(WINDOWS(size)), sizeof(__u64));
	if (!table->reached)
		return -ENOMEM;
	items = mmap(NULL, size, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (items == MAP_FAILED)
		return -errno;
	table->items = items;
	table->fd = fd;
	table->reach = reach;
	return 0;
}

/* Rules are read all over, and not that large. */
static int map_table(struct table *table, int fd, enum table_group group)
{
	struct bpf_map_info info = {};
	struct mapping mapping = {};
	__u32 size = sizeof(info);
	int err;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	table->is_fixed = true;
	table->room = info.value_size / table->size;
	table->used = table->room;
	if (info.value_size >= LARGE && group != TABLES_RULES)
		return reserve(table, fd, info.value_size);
	err = mapping_open(&mapping, fd);
	table->items = mapping.data;
	return err;
}

static int open_one(struct table *table, const struct instance *instance,
		    __u32 generation, const struct table_map *map)
{
	char path[PATH_MAX];
	int fd, err;

	instance_pin(instance, path, "generation-%u/%s", generation, map->name);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return -errno;
	err = map_table(table, fd, map->group);
	if (!table->reach)
		close(fd);
	return err;
}

int table_maps_open(struct tables *tables, const struct instance *instance,
		    __u32 generation, unsigned int groups)
{
	int i, err = 0;

	for (i = 0; i < TABLE_MAP_COUNT && !err; i++)
		if (table_maps[i].group & groups)
			err = open_one(table_of_map(tables, &table_maps[i]),
				       instance, generation, &table_maps[i]);
	return err;
}

void table_maps_close(struct tables *tables)
{
	struct table *table;
	int i;

	for (i = 0; i < TABLE_MAP_COUNT; i++) {
		table = table_of_map(tables, &table_maps[i]);
		if (table->is_fixed && table->items)
			munmap(table->items, (size_t)table->room * table->size);
		if (table->reach)
			close(table->fd);
		free(table->reached);
		table->reached = NULL;
	}
	tables_release(tables);
}
