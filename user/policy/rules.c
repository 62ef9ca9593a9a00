/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules to pairs of classes or groups, and the rows of cells that those lead to. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/bitset.h"
#include "user/policy/cells.h"
#include "user/policy/ports.h"
#include "user/policy/tables.h"

#define ROWS_MAX 65536

struct compile {
	struct tables *tables;
	const struct model *model;
	struct diag *diag;
	size_t words;	/* of a set of rules */
	__u64 *from;	/* per role, and for any: rules it may open by */
	__u64 *to;	/* per role, and for any: rules that lead to it */
	__u64 *scratch; /* one set of rules */
	struct intern from_groups; /* group to set of rules */
	struct intern to_groups;
	struct intern ports; /* port class to set of rules (see ports.h) */
	struct intern rows;  /* row to set of rules */
	__u16 *row_of;	     /* by from_groups, then by to_groups */
};

/* The set of a role among those of one end; any comes after the last role. */
static __u64 *set_of_role(const struct compile *compile, __u64 *sets,
			  __u32 role)
{
	if (role == ROLE_ANY)
		role = compile->model->roles.count;
	return sets + role * compile->words;
}

/* Which rules name each role at which end? */
static void sets_of_roles(struct compile *compile)
{
	const __u32 *refs = compile->model->role_refs.items;
	const struct rule *rule = compile->model->rules.items;
	__u32 i, j;

	for (i = 0; i < compile->model->rules.count; i++, rule++) {
		for (j = 0; j < rule->from.count; j++)
			bitset_set(set_of_role(compile, compile->from,
					       refs[rule->from.first + j]),
				   i);
		for (j = 0; j < rule->to.count; j++)
			bitset_set(set_of_role(compile, compile->to,
					       refs[rule->to.first + j]),
				   i);
	}
}

/* The group of a class at one end: many classes share it by their rules. */
static int group_of_class(struct compile *compile, __u64 *sets,
			  struct intern *groups, __u32 class)
{
	const struct classes *classes = &compile->tables->classes;
	__u64 *set = compile->scratch;
	const __u32 *roles;
	__u32 count, i;

	memcpy(set, set_of_role(compile, sets, ROLE_ANY),
	       compile->words * sizeof(*set));
	roles = classes_roles(classes, class, &count);
	for (i = 0; i < count; i++)
		bitset_add(set, set_of_role(compile, sets, roles[i]),
			   compile->words);
	return intern_add(groups, set, compile->words * sizeof(*set));
}

/* Which interfaces, as bits, may a source of the class come in by? */
static __u64 ifaces_of_class(const struct classes *classes,
			     const struct model *model, __u32 class)
{
	const struct interface *interface;
	__u64 ifaces = 1ULL << IFACE_UNKNOWN;
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++) {
		interface = &model->interfaces.items[i];
		if (!interface->has_roles || class == CLASS_NONE ||
		    classes_match(classes, class,
				  model->role_refs.items +
					  interface->roles.first,
				  interface->roles.count))
			ifaces |= 1ULL << IFACE_NUMBER(i);
	}
	return ifaces;
}

static bool has_places(const struct model *model)
{
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++)
		if (model->interfaces.items[i].has_roles)
			return true;
	return false;
}

static int compile_classes(struct compile *compile)
{
	struct tables *tables = compile->tables;
	__u32 count = tables->classes.sets.count, i;
	struct class_entry *entries;
	int from, to;

	tables->shape.has_groups = count > CLASSES_UNGROUPED;
	tables->shape.has_places = has_places(compile->model);
	if (table_extend(&tables->class, count) < 0)
		return -ENOMEM;
	entries = tables->class.items;
	for (i = 0; i < count; i++) {
		from = group_of_class(compile, compile->from,
				      &compile->from_groups, i);
		to = group_of_class(compile, compile->to, &compile->to_groups,
				    i);
		if (from < 0 || to < 0)
			return -ENOMEM;
		entries[i] = (struct class_entry){
			.ifaces = ifaces_of_class(&tables->classes,
						  compile->model, i),
			.from = from,
			.to = to,
		};
	}
	return table_pad(&tables->class, table_headroom(count),
			 &tables->shape.class_mask);
}

static __u32 bits_for(__u32 count)
{
	__u32 bits = 0;

	while (1U << bits < count)
		bits++;
	return bits;
}

/* Room for all pairs, and for some classes or groups to come. */
static int size_pairs(struct compile *compile)
{
	struct tables *tables = compile->tables;
	__u32 from, to;

	if (tables->shape.has_groups) {
		tables->pair_from = compile->from_groups.count;
		tables->pair_to = compile->to_groups.count;
	} else {
		tables->pair_from = tables->pair_to = tables->class.used;
	}
	from = bits_for(table_headroom(tables->pair_from));
	to = bits_for(table_headroom(tables->pair_to));
	if (from + to > PAIR_BITS_MAX) {
		diag_add(compile->diag, false, NULL, 0, 0, 0, NULL,
			 "capacity exceeded: overlapping roles may open by %u "
			 "and be opened by %u different sets of rules; let "
			 "fewer roles share addresses",
			 compile->from_groups.count, compile->to_groups.count);
		return -E2BIG;
	}
	tables->shape.to_bits = to;
	if (table_extend(&tables->pair, 1U << (from + to)) < 0)
		return -ENOMEM;
	return table_pad(&tables->pair, 1, &tables->shape.pair_mask);
}

/* The row of a pair of groups: pairs with the same rules share it. */
static int compile_pair(struct compile *compile, __u32 from, __u32 to)
{
	const __u64 *opens, *leads;
	size_t size;
	int row;

	opens = intern_get(&compile->from_groups, from, &size);
	leads = intern_get(&compile->to_groups, to, &size);
	bitset_and(compile->scratch, opens, leads, compile->words);
	row = intern_add(&compile->rows, compile->scratch,
			 compile->words * sizeof(*compile->scratch));
	if (row >= ROWS_MAX)
		return diag_too_many(compile->diag, "different sets of rules",
				     ROWS_MAX);
	if (row >= 0)
		compile->row_of[from * compile->to_groups.count + to] = row;
	return row < 0 ? row : 0;
}

/*
 * In the order in which classes bring groups: a class more changes no number
 * that there was, so that what runs can be added to.
 */
static int compile_groups(struct compile *compile)
{
	const struct class_entry *entry = compile->tables->class.items;
	__u32 from = 0, to = 0, i, j;
	int err;

	compile->row_of = calloc((size_t)compile->from_groups.count *
					 compile->to_groups.count,
				 sizeof(*compile->row_of));
	if (!compile->row_of)
		return -ENOMEM;
	/* The empty set first: ROW_NONE. */
	memset(compile->scratch, 0, compile->words * sizeof(*compile->scratch));
	err = intern_add(&compile->rows, compile->scratch,
			 compile->words * sizeof(*compile->scratch));
	for (i = 0; i < compile->tables->class.used && !err; i++) {
		if (entry[i].from == from) {
			for (j = 0; j < to && !err; j++)
				err = compile_pair(compile, from, j);
			from++;
		}
		if (entry[i].to == to) {
			for (j = 0; j < from && !err; j++)
				err = compile_pair(compile, j, to);
			to++;
		}
	}
	return err;
}

/* The rows of all pairs, be they of groups or of classes. */
static int compile_pairs(struct compile *compile)
{
	const struct tables *tables = compile->tables;
	const struct class_entry *class = tables->class.items;
	const bool has_groups = tables->shape.has_groups;
	__u16 *pair = tables->pair.items;
	__u32 from, to, group;
	int err = compile_groups(compile);

	for (from = 0; from < tables->pair_from && !err; from++) {
		group = has_groups ? from : class[from].from;
		for (to = 0; to < tables->pair_to; to++)
			pair[from << tables->shape.to_bits | to] =
				compile->row_of
					[group * compile->to_groups.count +
					 (has_groups ? to : class[to].to)];
	}
	return err;
}

static bool are_rules_between(const struct compile *compile,
			      const struct class_entry *from,
			      const struct class_entry *to)
{
	return compile->row_of[from->from * compile->to_groups.count +
			       to->to] != ROW_NONE;
}

/* Who has no role may open some classes, answer some, or pass as a stranger. */
static void mark_from_nobody(struct compile *compile)
{
	struct class_entry *classes = compile->tables->class.items;
	const struct class_entry *nobody = &classes[CLASS_NONE];
	__u32 i;

	for (i = 0; i < compile->tables->class.used; i++)
		classes[i].from_nobody =
			are_rules_between(compile, nobody, &classes[i]) ||
			are_rules_between(compile, &classes[i], nobody);
	if (compile->model->settings.strangers_pass)
		classes[CLASS_NONE].from_nobody = true;
}

static int compile_all(struct compile *compile)
{
	struct tables *tables = compile->tables;
	int err;

	sets_of_roles(compile);
	err = ports_compile(tables, compile->model, &compile->ports,
			    compile->diag);
	if (!err)
		err = compile_classes(compile);
	if (!err)
		err = size_pairs(compile);
	if (!err)
		err = compile_pairs(compile);
	if (err)
		return err;
	mark_from_nobody(compile);
	return cells_compile(tables, compile->model, &compile->rows,
			     &compile->ports, compile->diag);
}

int rules_compile(struct tables *tables, const struct model *model,
		  struct diag *diag)
{
	struct compile compile = {
		.tables = tables,
		.model = model,
		.diag = diag,
		.words = BITSET_WORDS(model->rules.count),
	};
	size_t sets = compile.words * (model->roles.count + 1);
	int err = -ENOMEM;

	intern_init(&compile.from_groups);
	intern_init(&compile.to_groups);
	intern_init(&compile.ports);
	intern_init(&compile.rows);
	compile.from = calloc(sets + 1, sizeof(*compile.from));
	compile.to = calloc(sets + 1, sizeof(*compile.to));
	compile.scratch = calloc(compile.words + 1, sizeof(*compile.scratch));
	if (compile.from && compile.to && compile.scratch)
		err = compile_all(&compile);
	intern_release(&compile.from_groups);
	intern_release(&compile.to_groups);
	intern_release(&compile.ports);
	intern_release(&compile.rows);
	free(compile.row_of);
	free(compile.from);
	free(compile.to);
	free(compile.scratch);
	return err;
}
