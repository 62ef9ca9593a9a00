/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy as a table of role by role: what may open, what passed, what dropped. */
#include "user/cmd/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/describe.h"
#include "user/policy/bitset.h"

static const char *const outcomes[VERDICT_COUNT] = {
	[VERDICT_PASS] = "pass",
	[VERDICT_DROP] = "drop",
	[VERDICT_WOULD_DROP] = "would_drop",
};

/* Rows and columns are the roles and, last, addresses without one. */
struct matrix {
	const struct drawn *drawn;
	__u32 size;
	size_t words;  /* of a set of rules */
	__u64 *from;   /* by role: rules that it may open by */
	__u64 *to;     /* by role: rules that open something there */
	__u64 *shared; /* of the pair that is looked at */
	__u64 (*packets)[VERDICT_COUNT];
};

static int matrix_init(struct matrix *matrix, const struct drawn *drawn)
{
	matrix->drawn = drawn;
	matrix->size = drawn->model->roles.count + 1;
	matrix->words = BITSET_WORDS(drawn->model->rules.count);
	matrix->from = calloc(matrix->size * matrix->words + 1, sizeof(__u64));
	matrix->to = calloc(matrix->size * matrix->words + 1, sizeof(__u64));
	matrix->shared = calloc(matrix->words + 1, sizeof(__u64));
	matrix->packets = calloc((size_t)matrix->size * matrix->size,
				 sizeof(*matrix->packets));
	return matrix->from && matrix->to && matrix->shared && matrix->packets
		       ? 0
		       : -ENOMEM;
}

static void matrix_release(struct matrix *matrix)
{
	free(matrix->from);
	free(matrix->to);
	free(matrix->shared);
	free(matrix->packets);
}

/* Notes a rule for the roles of one end; `any` is everybody. */
static void note_end(const struct matrix *matrix, __u64 *sets,
		     const struct span *refs, __u32 rule)
{
	const __u32 *ref = matrix->drawn->model->role_refs.items + refs->first;
	__u32 i, role;

	for (i = 0; i < refs->count; i++) {
		if (ref[i] != ROLE_ANY) {
			bitset_set(sets + ref[i] * matrix->words, rule);
			continue;
		}
		for (role = 0; role < matrix->size; role++)
			bitset_set(sets + role * matrix->words, rule);
	}
}

static void note_rules(struct matrix *matrix)
{
	const struct model *model = matrix->drawn->model;
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		note_end(matrix, matrix->from, &model->rules.items[i].from, i);
		note_end(matrix, matrix->to, &model->rules.items[i].to, i);
	}
}

/* The rows of a class: its roles, or the last row. */
static const __u32 *rows_of(const struct matrix *matrix, __u32 class,
			    const __u32 *nobody, __u32 *count)
{
	const struct classes *classes =
		&matrix->drawn->state.generation.image.classes;
	const __u32 *roles = classes_roles(classes, class, count);

	if (*count)
		return roles;
	*count = 1;
	return nobody;
}

static void note_pair(struct matrix *matrix, __u32 slot, __u32 sclass,
		      __u32 dclass)
{
	const __u32 nobody = matrix->size - 1, *from, *to;
	__u32 from_count, to_count, i, j;
	struct count count;
	int verdict;

	from = rows_of(matrix, sclass, &nobody, &from_count);
	to = rows_of(matrix, dclass, &nobody, &to_count);
	for (verdict = 0; verdict < VERDICT_COUNT; verdict++) {
		count = counters_pair(&matrix->drawn->counters, slot, verdict);
		for (i = 0; i < from_count; i++)
			for (j = 0; j < to_count; j++)
				matrix->packets[from[i] * matrix->size + to[j]]
					       [verdict] += count.packets;
	}
}

/* Pairs for which there was no counter left have no place in it. */
static void note_pairs(struct matrix *matrix)
{
	const struct drawn *drawn = matrix->drawn;
	__u32 classes = drawn->state.generation.image.classes.sets.count;
	__u32 slot, sclass, dclass;

	for (slot = 0; slot < drawn->counters.pair_slots; slot++)
		if (counters_pair_of(&drawn->counters, slot, &sclass,
				     &dclass) &&
		    sclass < classes && dclass < classes)
			note_pair(matrix, slot, sclass, dclass);
}

static json_t *describe_end(const struct matrix *matrix, __u32 role)
{
	const struct model *model = matrix->drawn->model;

	if (role == model->roles.count)
		return json_null();
	return json_string(model_str(model, model->roles.items[role].name));
}

static json_t *describe_shared(const struct matrix *matrix)
{
	const struct model *model = matrix->drawn->model;
	__u32 rule, count = model->rules.count;
	json_t *names = json_array();

	for (rule = bitset_next(matrix->shared, 0, count); rule < count;
	     rule = bitset_next(matrix->shared, rule + 1, count))
		json_array_append_new(
			names, json_string(model_str(
				       model, model->rules.items[rule].name)));
	return names;
}

/* What passed holds what would have been dropped, as everywhere. */
static void add_packets(json_t *cell, const __u64 *packets)
{
	__u64 passed = packets[VERDICT_PASS] + packets[VERDICT_WOULD_DROP];
	int verdict;

	for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
		json_object_set_new(cell, outcomes[verdict],
				    json_integer(verdict == VERDICT_PASS
							 ? passed
							 : packets[verdict]));
}

/* NULL if there is nothing to say. */
static json_t *describe_cell(const struct matrix *matrix, __u32 from, __u32 to)
{
	const __u64 *packets = matrix->packets[from * matrix->size + to];
	bool is_allowed =
		bitset_and(matrix->shared, matrix->from + from * matrix->words,
			   matrix->to + to * matrix->words, matrix->words);
	json_t *cell;

	if (!is_allowed && !packets[VERDICT_PASS] && !packets[VERDICT_DROP] &&
	    !packets[VERDICT_WOULD_DROP])
		return NULL;
	cell = json_pack("{s:o, s:o, s:o}", "from", describe_end(matrix, from),
			 "to", describe_end(matrix, to), "rules",
			 describe_shared(matrix));
	if (matrix->drawn->is_running)
		add_packets(cell, packets);
	return cell;
}

static json_t *describe_cells(const struct matrix *matrix)
{
	json_t *cells = json_array(), *cell;
	__u32 from, to;

	for (from = 0; from < matrix->size; from++)
		for (to = 0; to < matrix->size; to++) {
			cell = describe_cell(matrix, from, to);
			if (cell)
				json_array_append_new(cells, cell);
		}
	return cells;
}

int matrix_describe(json_t *result, const struct drawn *drawn)
{
	struct matrix matrix = {};
	int err = matrix_init(&matrix, drawn);

	if (!err) {
		note_rules(&matrix);
		if (drawn->is_running)
			note_pairs(&matrix);
		json_object_set_new(result, "rules",
				    describe_rules(drawn->model));
		json_object_set_new(result, "cells", describe_cells(&matrix));
	}
	matrix_release(&matrix);
	return err;
}

unsigned long long matrix_packets(const json_t *cell, const char *outcome)
{
	return json_integer_value(json_object_get(cell, outcome));
}

static bool is_end(const json_t *cell, const char *key, const char *name)
{
	const char *end = json_string_value(json_object_get(cell, key));

	return end && name ? !strcmp(end, name) : end == name;
}

const json_t *matrix_take(const json_t *cells, size_t *next, const char *from,
			  const char *to)
{
	const json_t *cell = json_array_get(cells, *next);

	if (!cell || !is_end(cell, "from", from) || !is_end(cell, "to", to))
		return NULL;
	(*next)++;
	return cell;
}
