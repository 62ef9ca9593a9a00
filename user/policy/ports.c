/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports to port classes: ports that the same rules name are one class. */
#include "user/policy/ports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/bitset.h"

#define PORTS 65536

/* At this port a rule begins to match, or no longer does. */
struct edge {
	__u32 port;
	__u32 rule;
	bool begins;
};

struct sweep {
	const struct model *model;
	struct intern *sets;
	struct edge *edges;
	__u32 edge_count;
	__u64 *rules;	/* of the ports between two edges, and the last word */
	__u16 *depth;	/* how many ranges of each rule are open */
	__u16 *classes; /* of all ports of a slot */
	size_t words;
};

static int compare_edges(const void *left, const void *right)
{
	const struct edge *a = left, *b = right;

	return a->port < b->port ? -1 : a->port > b->port;
}

static void add_edges(struct sweep *sweep, __u32 rule,
		      const struct match *match)
{
	sweep->edges[sweep->edge_count++] = (struct edge){
		.port = match->low,
		.rule = rule,
		.begins = true,
	};
	sweep->edges[sweep->edge_count++] = (struct edge){
		.port = (__u32)match->high + 1,
		.rule = rule,
	};
}

static void collect_edges(struct sweep *sweep, int slot)
{
	const struct model *model = sweep->model;
	const struct match *match;
	__u32 rule, i;

	sweep->edge_count = 0;
	for (rule = 0; rule < model->rules.count; rule++) {
		match = model->matches.items +
			model->rules.items[rule].matches.first;
		for (i = 0; i < model->rules.items[rule].matches.count; i++)
			if (match[i].slot == slot)
				add_edges(sweep, rule, &match[i]);
	}
	qsort(sweep->edges, sweep->edge_count, sizeof(*sweep->edges),
	      compare_edges);
}

static void cross_edge(struct sweep *sweep, const struct edge *edge)
{
	if (edge->begins && sweep->depth[edge->rule]++ == 0)
		bitset_set(sweep->rules, edge->rule);
	if (!edge->begins && --sweep->depth[edge->rule] == 0)
		bitset_clear(sweep->rules, edge->rule);
}

/* The class of the ports whose rules are sweep->rules. */
static int class_of_rules(struct sweep *sweep, int slot)
{
	size_t i;

	sweep->rules[sweep->words] = 0;
	for (i = 0; i < sweep->words; i++)
		if (sweep->rules[i])
			sweep->rules[sweep->words] = slot <= SLOT_SCTP;
	return intern_add(sweep->sets, sweep->rules,
			  (sweep->words + 1) * sizeof(*sweep->rules));
}

/* Sets the class of every port of the slot. */
static int sweep_slot(struct sweep *sweep, int slot)
{
	__u32 port = 0, end, at = 0;
	int class;

	collect_edges(sweep, slot);
	while (port < PORTS) {
		while (at < sweep->edge_count && sweep->edges[at].port <= port)
			cross_edge(sweep, &sweep->edges[at++]);
		end = at < sweep->edge_count ? sweep->edges[at].port : PORTS;
		class = class_of_rules(sweep, slot);
		if (class < 0)
			return class;
		for (; port < end; port++)
			sweep->classes[port] = class;
	}
	while (at < sweep->edge_count)
		cross_edge(sweep, &sweep->edges[at++]);
	return 0;
}

/* Cuts the slot's ports into blocks, equal ones kept once. */
static int store_slot(struct tables *tables, struct intern *blocks,
		      const struct sweep *sweep, int slot)
{
	__u16 *root = tables->port_root.items;
	__u32 high;
	int block;

	for (high = 0; high < PORTS / PORT_BLOCK; high++) {
		block = intern_add(blocks, sweep->classes + high * PORT_BLOCK,
				   PORT_BLOCK * sizeof(*sweep->classes));
		if (block < 0)
			return block;
		root[slot * (PORTS / PORT_BLOCK) + high] = block;
	}
	return 0;
}

static int store_blocks(struct tables *tables, const struct intern *blocks)
{
	size_t size;
	__u32 i;

	if (table_extend(&tables->port_block, blocks->count * PORT_BLOCK) < 0)
		return -ENOMEM;
	for (i = 0; i < blocks->count; i++)
		memcpy((__u16 *)tables->port_block.items + i * PORT_BLOCK,
		       intern_get(blocks, i, &size),
		       PORT_BLOCK * sizeof(__u16));
	return table_pad(&tables->port_block, PORT_BLOCK,
			 &tables->shape.port_mask);
}

static int check_count(const struct intern *sets, struct diag *diag)
{
	if (sets->count <= PORTS)
		return 0;
	diag_add(diag, false, NULL, 0, 0, 0, NULL,
		 "capacity exceeded: the rules' ports overlap in %u different "
		 "ways, at most %u are held",
		 sets->count, PORTS);
	return -E2BIG;
}

static int compile_slots(struct tables *tables, struct sweep *sweep,
			 struct intern *blocks, struct diag *diag)
{
	int slot, err;

	/* The empty set first, so that it has number 0. */
	if (class_of_rules(sweep, SLOT_TCP) < 0)
		return -ENOMEM;
	for (slot = 0; slot < SLOT_COUNT; slot++) {
		err = sweep_slot(sweep, slot);
		if (!err)
			err = check_count(sweep->sets, diag);
		if (!err)
			err = store_slot(tables, blocks, sweep, slot);
		if (err)
			return err;
	}
	return store_blocks(tables, blocks);
}

int ports_compile(struct tables *tables, const struct model *model,
		  struct intern *sets, struct diag *diag)
{
	struct sweep sweep = {.model = model, .sets = sets};
	struct intern blocks;
	int err = -ENOMEM;

	intern_init(&blocks);
	sweep.words = BITSET_WORDS(model->rules.count);
	sweep.edges = calloc(2 * model->matches.count + 1,
			     sizeof(*sweep.edges));
	sweep.rules = calloc(sweep.words + 1, sizeof(*sweep.rules));
	sweep.depth = calloc(model->rules.count + 1, sizeof(*sweep.depth));
	sweep.classes = calloc(PORTS, sizeof(*sweep.classes));
	if (sweep.edges && sweep.rules && sweep.depth && sweep.classes &&
	    table_extend(&tables->port_root, PORT_ROOT_ROOM) >= 0)
		err = compile_slots(tables, &sweep, &blocks, diag);
	intern_release(&blocks);
	free(sweep.edges);
	free(sweep.rules);
	free(sweep.depth);
	free(sweep.classes);
	return err;
}
