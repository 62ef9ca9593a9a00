/* SPDX-License-Identifier: GPL-2.0-only */
/* Which map holds which table of a generation. */
#ifndef ROLEGATE_USER_TABLE_MAPS_H
#define ROLEGATE_USER_TABLE_MAPS_H

#include "user/kernel/instance.h"
#include "user/policy/tables.h"

enum table_group { TABLES_V4 = 1, TABLES_V6 = 2, TABLES_RULES = 4 };

struct table_map {
	const char *name; /* of the map, and of its pin */
	size_t offset;	  /* of the table in struct tables */
	enum table_group group;
};

#define TABLE_MAP_COUNT 14
extern const struct table_map table_maps[TABLE_MAP_COUNT];

struct table *table_of_map(struct tables *tables, const struct table_map *map);

/*
 * Maps the tables of some groups of a generation into empty ones; what is
 * written there the filter sees at once. Of large tables only what
 * table_reach() asks for: mapping a page costs, and few are needed. shape and
 * classes stay as they are. Returns 0 or negative errno; table_maps_close() in
 * any case.
 */
int table_maps_open(struct tables *tables, const struct instance *instance,
		    __u32 generation, unsigned int groups);
void table_maps_close(struct tables *tables);

#endif
