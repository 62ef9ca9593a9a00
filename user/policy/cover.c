/* SPDX-License-Identifier: GPL-2.0-only */
/* Few boxes that make up exactly a set of (from, to, match) cells. */
#include "user/policy/cover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS	   6
/* Seeds tried for each box; of many cells only one, which takes long enough. */
#define SEEDS_MAX  32
#define CELLS_MANY 1024

/* In which order a box's sides grow: each order may end in another box. */
static const enum side orders[ORDERS][SIDE_COUNT] = {
	{SIDE_MATCH, SIDE_FROM, SIDE_TO}, {SIDE_MATCH, SIDE_TO, SIDE_FROM},
	{SIDE_FROM, SIDE_MATCH, SIDE_TO}, {SIDE_FROM, SIDE_TO, SIDE_MATCH},
	{SIDE_TO, SIDE_MATCH, SIDE_FROM}, {SIDE_TO, SIDE_FROM, SIDE_MATCH},
};

/* A set of values, or a box's side as it grows. */
struct values {
	__u32 *items;
	__u32 count;
};

struct growing {
	struct values sides[SIDE_COUNT];
};

struct build {
	struct cover *cover;
	const struct cell *cells; /* sorted, each once */
	__u32 count;
	__u32 *covered;	    /* how many boxes hold each cell */
	struct growing all; /* every value that occurs */
	struct growing trial;
	struct growing best;
};

void cover_init(struct cover *cover)
{
	memset(cover, 0, sizeof(*cover));
}

void cover_release(struct cover *cover)
{
	free(cover->boxes.items);
	free(cover->values.items);
	cover_init(cover);
}

static int compare_u32(const void *left, const void *right)
{
	__u32 a = *(const __u32 *)left, b = *(const __u32 *)right;

	return a < b ? -1 : a > b;
}

static int compare_cells(const void *left, const void *right)
{
	const struct cell *a = left, *b = right;
	int side, order = 0;

	for (side = 0; side < SIDE_COUNT && !order; side++)
		order = compare_u32(&a->at[side], &b->at[side]);
	return order;
}

/* The cell's place, or -1 if it is none of them. */
static long find_cell(const struct build *build, const struct cell *cell)
{
	const struct cell *found = bsearch(cell, build->cells, build->count,
					   sizeof(*cell), compare_cells);

	return found ? found - build->cells : -1;
}

/* Calls for each cell of a box; stops at the first that returns false. */
static bool each_cell(const struct growing *box,
		      bool (*visit)(struct build *build,
				    const struct cell *cell, void *context),
		      struct build *build, void *context)
{
	struct cell cell;
	__u32 i, j, k;

	for (i = 0; i < box->sides[SIDE_FROM].count; i++)
		for (j = 0; j < box->sides[SIDE_TO].count; j++)
			for (k = 0; k < box->sides[SIDE_MATCH].count; k++) {
				cell.at[SIDE_FROM] =
					box->sides[SIDE_FROM].items[i];
				cell.at[SIDE_TO] = box->sides[SIDE_TO].items[j];
				cell.at[SIDE_MATCH] =
					box->sides[SIDE_MATCH].items[k];
				if (!visit(build, &cell, context))
					return false;
			}
	return true;
}

static bool is_cell(struct build *build, const struct cell *cell, void *context)
{
	(void)context;
	return find_cell(build, cell) >= 0;
}

/* Would the box with that value added on a side still be all cells? */
static bool fits(struct build *build, const struct growing *box, enum side side,
		 __u32 *value)
{
	struct growing slice = *box;

	slice.sides[side] = (struct values){.items = value, .count = 1};
	return each_cell(&slice, is_cell, build, NULL);
}

static void grow(struct build *build, struct growing *box, enum side side,
		 __u32 seed)
{
	const struct values *all = &build->all.sides[side];
	struct values *values = &box->sides[side];
	__u32 i;

	for (i = 0; i < all->count; i++)
		if (all->items[i] != seed &&
		    fits(build, box, side, &all->items[i]))
			values->items[values->count++] = all->items[i];
}

static void grow_from(struct build *build, struct growing *box,
		      const struct cell *seed, const enum side *order)
{
	int i;

	for (i = 0; i < SIDE_COUNT; i++) {
		box->sides[i].items[0] = seed->at[i];
		box->sides[i].count = 1;
	}
	for (i = 0; i < SIDE_COUNT; i++)
		grow(build, box, order[i], seed->at[order[i]]);
}

static bool count_new(struct build *build, const struct cell *cell,
		      void *context)
{
	__u32 *gain = context;

	*gain += build->covered[find_cell(build, cell)] == 0;
	return true;
}

static void keep_best(struct build *build)
{
	struct growing swapped = build->best;

	build->best = build->trial;
	build->trial = swapped;
}

/* Of the boxes that grow from the seed the one that covers most anew. */
static void try_seed(struct build *build, const struct cell *seed, __u32 *most)
{
	__u32 gain;
	int i;

	for (i = 0; i < ORDERS; i++) {
		grow_from(build, &build->trial, seed, orders[i]);
		gain = 0;
		each_cell(&build->trial, count_new, build, &gain);
		if (gain <= *most)
			continue;
		*most = gain;
		keep_best(build);
	}
}

static bool mark(struct build *build, const struct cell *cell, void *context)
{
	(void)context;
	build->covered[find_cell(build, cell)]++;
	return true;
}

static int add_box(struct build *build)
{
	struct cover *cover = build->cover;
	struct box *box = model_push(&cover->boxes);
	struct values *side;
	__u32 *value, i;
	int s;

	if (!box)
		return -ENOMEM;
	for (s = 0; s < SIDE_COUNT; s++) {
		side = &build->best.sides[s];
		qsort(side->items, side->count, sizeof(*side->items),
		      compare_u32);
		box->sides[s] = (struct span){cover->values.count, side->count};
		for (i = 0; i < side->count; i++) {
			value = model_push(&cover->values);
			if (!value)
				return -ENOMEM;
			*value = side->items[i];
		}
	}
	each_cell(&build->best, mark, build, NULL);
	return 0;
}

/* Adds the best box that one of the next uncovered cells begins. */
static int cover_next(struct build *build, __u32 first)
{
	__u32 seeds = build->count > CELLS_MANY ? 1 : SEEDS_MAX;
	__u32 i, most = 0;

	for (i = first; i < build->count && seeds; i++) {
		if (build->covered[i])
			continue;
		try_seed(build, &build->cells[i], &most);
		seeds--;
	}
	return add_box(build);
}

static bool is_shared(struct build *build, const struct cell *cell,
		      void *context)
{
	(void)context;
	return build->covered[find_cell(build, cell)] > 1;
}

static bool unmark(struct build *build, const struct cell *cell, void *context)
{
	(void)context;
	build->covered[find_cell(build, cell)]--;
	return true;
}

/* Later boxes may have made an earlier one superfluous. */
static void drop_redundant(struct build *build)
{
	struct cover *cover = build->cover;
	struct growing view;
	struct box box;
	__u32 i, kept = 0;
	int side;

	for (i = 0; i < cover->boxes.count; i++) {
		box = cover->boxes.items[i];
		for (side = 0; side < SIDE_COUNT; side++)
			view.sides[side] = (struct values){
				cover->values.items + box.sides[side].first,
				box.sides[side].count,
			};
		if (each_cell(&view, is_shared, build, NULL))
			each_cell(&view, unmark, build, NULL);
		else
			cover->boxes.items[kept++] = box;
	}
	cover->boxes.count = kept;
}

static void list_values(struct build *build)
{
	struct values *values;
	__u32 i, count;
	int side;

	for (side = 0; side < SIDE_COUNT; side++) {
		values = &build->all.sides[side];
		for (i = 0; i < build->count; i++)
			values->items[i] = build->cells[i].at[side];
		qsort(values->items, build->count, sizeof(*values->items),
		      compare_u32);
		for (i = count = 0; i < build->count; i++)
			if (!count ||
			    values->items[count - 1] != values->items[i])
				values->items[count++] = values->items[i];
		values->count = count;
	}
}

static int make_room(struct growing *growing, __u32 count)
{
	int side;

	for (side = 0; side < SIDE_COUNT; side++) {
		growing->sides[side].items = calloc(count + 1, sizeof(__u32));
		if (!growing->sides[side].items)
			return -ENOMEM;
	}
	return 0;
}

static void release(struct growing *growing)
{
	int side;

	for (side = 0; side < SIDE_COUNT; side++)
		free(growing->sides[side].items);
}

static __u32 sort_cells(struct cell *cells, __u32 count)
{
	__u32 i, kept = 0;

	qsort(cells, count, sizeof(*cells), compare_cells);
	for (i = 0; i < count; i++)
		if (!kept || compare_cells(&cells[kept - 1], &cells[i]))
			cells[kept++] = cells[i];
	return kept;
}

int cover_build(struct cover *cover, struct cell *cells, __u32 count)
{
	struct build build = {.cover = cover, .cells = cells};
	int err = -ENOMEM;
	__u32 i;

	build.count = sort_cells(cells, count);
	build.covered = calloc(count + 1, sizeof(*build.covered));
	if (!build.covered || make_room(&build.all, count) ||
	    make_room(&build.trial, count) || make_room(&build.best, count))
		goto out;
	list_values(&build);
	err = 0;
	for (i = 0; i < build.count && !err;)
		if (build.covered[i])
			i++;
		else
			err = cover_next(&build, i);
	drop_redundant(&build);
out:
	release(&build.all);
	release(&build.trial);
	release(&build.best);
	free(build.covered);
	return err;
}

static bool has_value(const struct cover *cover, const struct span *side,
		      __u32 value)
{
	return bsearch(&value, cover->values.items + side->first, side->count,
		       sizeof(value), compare_u32) != NULL;
}

bool cover_has(const struct cover *cover, const struct box *box,
	       const struct cell *cell)
{
	int side;

	for (side = 0; side < SIDE_COUNT; side++)
		if (!has_value(cover, &box->sides[side], cell->at[side]))
			return false;
	return true;
}
