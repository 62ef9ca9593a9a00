/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory that a loaded config takes, and the room there is for changes. */
#include "user/cmd/describe_memory.h"

#include "user/kernel/memory.h"

json_t *describe_memory(const struct instance *instance)
{
	struct memory memory = memory_measure(instance);

	return json_pack("{s:I, s:I}", "maps", (json_int_t)memory.maps,
			 "programs", (json_int_t)memory.programs);
}

/* Of the tables from the first to the last. */
static size_t bytes_of(const struct roster_header *header, int first, int last)
{
	struct tables sizes;
	size_t bytes = 0;
	int id;

	tables_init(&sizes);
	for (id = first; id <= last; id++)
		bytes += (size_t)header->rooms[id] *
			 tables_get(&sizes, id)->size;
	return bytes;
}

static void add_fixed(json_t *list, const char *name, size_t bytes)
{
	json_array_append_new(list,
			      json_pack("{s:s, s:I, s:n, s:n, s:n}", "table",
					name, "bytes", (json_int_t)bytes,
					"used", "room", "percent"));
}

static void add(json_t *list, const char *name, size_t bytes, __u32 used,
		__u32 room)
{
	json_array_append_new(
		list,
		json_pack("{s:s, s:I, s:I, s:I, s:i}", "table", name, "bytes",
			  (json_int_t)bytes, "used", (json_int_t)used, "room",
			  (json_int_t)room, "percent",
			  room ? (int)((__u64)used * 100 / room) : 0));
}

json_t *describe_tables(const struct generation *generation)
{
	const struct roster_header *header = generation->roster.header;
	__u32 group = header->shape.v4_within + 1;
	json_t *list = json_array();

	add(list, "ipv4-groups",
	    bytes_of(header, TABLE_V4_ROOT, TABLE_V4_GROUP),
	    header->v4_group_used / group,
	    header->rooms[TABLE_V4_GROUP] / group);
	if (header->shape.v4_has_runs)
		add(list, "ipv4-runs",
		    bytes_of(header, TABLE_V4_RUNS, TABLE_V4_RUNS),
		    header->v4_runs_used, header->rooms[TABLE_V4_RUNS]);
	if (header->shape.v4_has_lines)
		add(list, "ipv4-lines",
		    bytes_of(header, TABLE_V4_LINE, TABLE_V4_LINE),
		    header->v4_line_used, header->rooms[TABLE_V4_LINE]);
	add(list, "ipv4-blocks",
	    bytes_of(header, TABLE_V4_BLOCK, TABLE_V4_BLOCK) +
		    bytes_of(header, TABLE_V4_HOST, TABLE_V4_HOST),
	    header->v4_block_used / V4_BLOCK,
	    header->rooms[TABLE_V4_BLOCK] / V4_BLOCK);
	add(list, "ipv6-prefixes",
	    bytes_of(header, TABLE_V6_BASE, TABLE_V6_SLOT),
	    header->v6_slot_used, V6_USABLE(header->rooms[TABLE_V6_SLOT]));
	add(list, "classes", bytes_of(header, TABLE_CLASS, TABLE_CLASS),
	    generation->image.classes.sets.count, header->rooms[TABLE_CLASS]);
	add_fixed(list, "rules", bytes_of(header, TABLE_PORT_ROOT, TABLE_LINK));
	add_fixed(list, "members",
		  (size_t)header->base_count * sizeof(struct member));
	add(list, "changes", (size_t)header->tail_room * sizeof(struct member),
	    header->tail_count, header->tail_room);
	return list;
}
