/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of cells: by which rule a set of rules lets each port be opened. */
#include "user/policy/cells.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/bitset.h"

#define BLOCKS_MAX 65536
/* So many cells need not be in blocks that rows share: 32 KiB. */
#define CELLS_LAID 16384

struct compile {
	struct tables *tables;
	const struct model *model;
	const struct intern *rows;
	const struct intern *ports;
	struct diag *diag;
	size_t words;	      /* of a set of rules */
	__u64 *scratch;	      /* one set of rules */
	struct intern blocks; /* of cells */
	struct intern links;
};

static int add_link(struct compile *compile, __u32 rule,
		    const struct ports *sport, int next)
{
	struct link link = {
		.rule = rule,
		.sport_low = sport->low,
		.sport_high = sport->high,
		.next = next,
	};
	int number = intern_add(&compile->links, &link, sizeof(link));

	if (number >= LINKS_MAX)
		return diag_too_many(compile->diag, "links of rules",
				     LINKS_MAX);
	return number;
}

/* Puts the links of one rule before next; returns the first one's number. */
static int prepend_rule(struct compile *compile, __u32 index, bool with_sports,
			int next)
{
	static const struct ports every = {0, 65535};
	const struct rule *rule = &compile->model->rules.items[index];
	__u32 i;

	if (!with_sports || !rule->sports.count)
		return add_link(compile, index, &every, next);
	for (i = rule->sports.count; i > 0 && next >= 0; i--)
		next = add_link(compile, index,
				compile->model->sports.items +
					rule->sports.first + i - 1,
				next);
	return next;
}

/* The links that one rule takes, and whether those behind it are reached. */
static __u32 links_of_rule(const struct compile *compile, __u32 index,
			   bool with_sports, bool *last)
{
	const struct rule *rule = &compile->model->rules.items[index];

	*last = !with_sports || !rule->sports.count;
	return *last ? 1 : rule->sports.count;
}

static int too_many_links(const struct compile *compile, __u32 index)
{
	const struct rule *rule = &compile->model->rules.items[index];

	diag_error(compile->diag, compile->model, &rule->place,
		   "capacity exceeded: with rule '%s', more than %d ranges of "
		   "source ports stand for one port between the same roles",
		   model_str(compile->model, rule->name), LINKS_WALKED_MAX);
	return -E2BIG;
}

/*
 * The cell of a set of rules, in the rules' order: the first rule that
 * matches counts the packet, and one without source ports ends the list.
 */
static int links_of_set(struct compile *compile, const __u64 *set,
			bool with_sports)
{
	__u32 count = compile->model->rules.count, links = 0, i;
	__u32 chosen[LINKS_WALKED_MAX], chosen_count = 0;
	int next = LINK_NONE;
	bool last = false;

	for (i = bitset_next(set, 0, count); i < count && !last;
	     i = bitset_next(set, i + 1, count)) {
		links += links_of_rule(compile, i, with_sports, &last);
		if (links > LINKS_WALKED_MAX)
			return too_many_links(compile, i);
		chosen[chosen_count++] = i;
	}
	if (chosen_count == 1 && last)
		return CELL_IS_RULE | chosen[0];
	while (chosen_count > 0 && next >= 0)
		next = prepend_rule(compile, chosen[--chosen_count],
				    with_sports, next);
	return next;
}

/* What the rules of the row allow at the port class. */
static int cell_of(struct compile *compile, const __u64 *row, __u32 class)
{
	const __u64 *ports;
	size_t size;

	if (class >= compile->ports->count)
		return LINK_NONE;
	ports = intern_get(compile->ports, class, &size);
	if (!bitset_and(compile->scratch, row, ports, compile->words))
		return LINK_NONE;
	return links_of_set(compile, compile->scratch, ports[compile->words]);
}

static int block_of(struct compile *compile, const __u64 *row, __u32 first)
{
	__u16 cells[CELL_BLOCK];
	int cell, block, i;

	for (i = 0; i < CELL_BLOCK; i++) {
		cell = cell_of(compile, row, first + i);
		if (cell < 0)
			return cell;
		cells[i] = cell;
	}
	block = intern_add(&compile->blocks, cells, sizeof(cells));
	if (block >= BLOCKS_MAX)
		return diag_too_many(compile->diag, "blocks of cells",
				     BLOCKS_MAX);
	return block;
}

static int compile_row(struct compile *compile, __u32 row)
{
	struct tables *tables = compile->tables;
	__u32 blocks = 1U << tables->shape.row_bits, i;
	long first = table_extend(&tables->row, blocks);
	const __u64 *rules;
	__u64 *set;
	size_t size;
	int block = 0;

	if (first < 0)
		return first;
	rules = intern_get(compile->rows, row, &size);
	set = malloc(size + 1);
	if (!set)
		return -ENOMEM;
	memcpy(set, rules, size);
	for (i = 0; i < blocks && block >= 0; i++) {
		block = block_of(compile, set, i * CELL_BLOCK);
		((__u16 *)tables->row.items)[first + i] = block;
	}
	free(set);
	return block < 0 ? block : 0;
}

static int compile_rows(struct compile *compile)
{
	struct tables *tables = compile->tables;
	__u32 row, classes = compile->ports->count;
	struct link none = {.rule = RULE_NONE};
	int err = 0;

	while ((CELL_BLOCK << tables->shape.row_bits) < (int)classes)
		tables->shape.row_bits++;
	/* Number 0 is LINK_NONE, which no packet's source port matches. */
	if (intern_add(&compile->links, &none, sizeof(none)) < 0)
		return -ENOMEM;
	for (row = 0; row < compile->rows->count && !err; row++)
		err = compile_row(compile, row);
	if (err)
		return err;
	return table_pad(&tables->row, table_headroom(tables->row.used),
			 &tables->shape.row_mask);
}

/* Copies what was interned into a table of its own. */
static int store(struct table *table, const struct intern *intern,
		 __u32 elements, __u32 *mask)
{
	if (table_extend(table, intern->count * elements) < 0)
		return -ENOMEM;
	memcpy(table->items, intern->bytes, intern->used);
	return table_pad(table, table_headroom(intern->count) * elements, mask);
}

/* All cells of a row one behind the other. */
static int lay_cells(struct compile *compile)
{
	struct tables *tables = compile->tables;
	const __u16 *blocks = tables->row.items;
	const void *cells;
	long err = 0;
	size_t size;
	__u32 i;

	for (i = 0; i < tables->row.used && err >= 0; i++) {
		cells = intern_get(&compile->blocks, blocks[i], &size);
		err = table_append(&tables->cell, cells, CELL_BLOCK);
	}
	return err < 0 ? err
		       : table_pad(&tables->cell,
				   table_headroom(tables->cell.used),
				   &tables->shape.cell_mask);
}

static int compile_cells(struct compile *compile)
{
	struct tables *tables = compile->tables;
	struct shape *shape = &tables->shape;

	if (tables->row.used * CELL_BLOCK > CELLS_LAID)
		return store(&tables->cell, &compile->blocks, CELL_BLOCK,
			     &shape->cell_mask);
	while (1U << shape->cell_bits < (__u32)CELL_BLOCK << shape->row_bits)
		shape->cell_bits++;
	return lay_cells(compile);
}

static int compile_all(struct compile *compile)
{
	struct tables *tables = compile->tables;
	int err = compile_rows(compile);

	if (!err)
		err = compile_cells(compile);
	if (!err)
		err = store(&tables->link, &compile->links, 1,
			    &tables->shape.link_mask);
	return err;
}

int cells_compile(struct tables *tables, const struct model *model,
		  const struct intern *rows, const struct intern *ports,
		  struct diag *diag)
{
	struct compile compile = {
		.tables = tables,
		.model = model,
		.rows = rows,
		.ports = ports,
		.diag = diag,
		.words = BITSET_WORDS(model->rules.count),
	};
	int err = -ENOMEM;

	intern_init(&compile.blocks);
	intern_init(&compile.links);
	compile.scratch = calloc(compile.words + 1, sizeof(*compile.scratch));
	if (compile.scratch)
		err = compile_all(&compile);
	intern_release(&compile.blocks);
	intern_release(&compile.links);
	free(compile.scratch);
	return err;
}
