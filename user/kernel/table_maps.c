/* SPDX-License-Identifier: GPL-2.0-only */
/* Which map holds which table of a generation. */
#include "user/kernel/table_maps.h"

#include <errno.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "user/kernel/mapping.h"

#define TABLE_MAP(map, table)                       \
	{                                           \
		map, offsetof(struct tables, table) \
	}

const struct table_map table_maps[TABLE_MAP_COUNT] = {
	TABLE_MAP("v4_root", v4_root),
	TABLE_MAP("v4_block", v4_block),
	TABLE_MAP("v4_host", v4_host),
	TABLE_MAP("v6_base", v6_base),
	TABLE_MAP("v6_filter32", v6_filter32),
	TABLE_MAP("v6_filter48", v6_filter48),
	TABLE_MAP("v6_slot", v6_slot),
	TABLE_MAP("class_table", class_table),
	TABLE_MAP("port_root", port_root),
	TABLE_MAP("port_block", port_block),
	TABLE_MAP("pair_table", pair),
	TABLE_MAP("row_table", row),
	TABLE_MAP("cell_table", cell),
	TABLE_MAP("link_table", link),
};

struct table *table_of_map(struct tables *tables, const struct table_map *map)
{
	return (void *)((char *)tables + map->offset);
}

static int open_one(struct table *table, const struct instance *instance,
		    __u32 generation, const char *name)
{
	struct mapping mapping = {};
	char path[PATH_MAX];
	int fd, err;

	instance_pin(instance, path, "generation-%u/%s", generation, name);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return -errno;
	err = mapping_open(&mapping, fd);
	close(fd);
	if (err)
		return err;
	table->items = mapping.data;
	table->room = mapping.size / table->size;
	table->used = table->room;
	table->is_fixed = true;
	return 0;
}

int table_maps_open(struct tables *tables, const struct instance *instance,
		    __u32 generation)
{
	int i, err = 0;

	for (i = 0; i < TABLE_MAP_COUNT && !err; i++)
		err = open_one(table_of_map(tables, &table_maps[i]), instance,
			       generation, table_maps[i].name);
	return err;
}

void table_maps_close(struct tables *tables)
{
	struct mapping mapping;
	struct table *table;
	int i;

	for (i = 0; i < TABLE_MAP_COUNT; i++) {
		table = table_of_map(tables, &table_maps[i]);
		if (!table->is_fixed)
			continue;
		mapping.data = table->items;
		mapping.size = (size_t)table->room * table->size;
		mapping_close(&mapping);
		table->items = NULL;
	}
	tables_release(tables);
}
