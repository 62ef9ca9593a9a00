/* SPDX-License-Identifier: GPL-2.0-only */
/* What `top` shows: rows of counters, and their rates between two looks. */
#include "user/cmd/top_rows.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/cmd/describe.h"
#include "user/kernel/peek.h"
#include "user/output/show.h"
#include "user/policy/reason.h"
#include "user/policy/tables.h"

static const struct top_column reason_columns[] = {
	{"REASON", "reason", 19, false},
	{"INTERFACE", "interface", 12, false},
	{"VERDICT", "verdict", 10, false},
	{"PACKETS/S", "rate.packets", 10, true},
	{"BYTES/S", "rate.bytes", 10, true},
	{"PACKETS", "count.packets", 11, true},
};

static const struct top_column rule_columns[] = {
	{"RULE", "name", 22, false},
	{"PACKETS/S", "rate.packets", 10, true},
	{"BYTES/S", "rate.bytes", 9, true},
	{"REPLIES/S", "rate.replies", 10, true},
	{"PACKETS", "count.packets", 9, true},
	{"MATCH", "match", 14, false},
	{"FROM", "from", 16, false},
	{"TO", "to", 16, false},
};

static const struct top_column pair_columns[] = {
	{"FROM ROLES", "from", 19, false},
	{"TO ROLES", "to", 19, false},
	{"PASSED/S", "rate.pass", 9, true},
	{"DROPPED/S", "rate.drop", 9, true},
	{"WOULD/S", "rate.would_drop", 8, true},
	{"DROPPED", "count.drop", 9, true},
};

static const struct top_column talker_columns[] = {
	{"FROM ADDRESS", "address", 18, false},
	{"ROLES", "roles", 13, false},
	{"DROPS/S", "rate.packets", 8, true},
	{"LAST REASON", "reason", 15, false},
	{"LAST TO", "to", 21, false},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct top_table top_tables[VIEW_COUNT] = {
	[VIEW_REASONS] = {"Reasons", reason_columns, COUNT(reason_columns), 3},
	[VIEW_RULES] = {"Rules", rule_columns, COUNT(rule_columns), 1},
	[VIEW_PAIRS] = {"Pairs", pair_columns, COUNT(pair_columns), 3},
	[VIEW_TALKERS] = {"Talkers", talker_columns, COUNT(talker_columns), 2},
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void add_reason(json_t *rows, const char *interface, int reason,
		       int verdict, struct count count)
{
	if (!count.packets)
		return;
	json_array_append_new(
		rows, json_pack("{s:o, s:s, s:s, s:s, s:{s:I, s:I}}", "key",
				json_sprintf("%s/%s/%s", reason_name(reason),
					     interface, verdict_name(verdict)),
				"reason", reason_name(reason), "interface",
				interface, "verdict", verdict_name(verdict),
				"count", "packets", (json_int_t)count.packets,
				"bytes", (json_int_t)count.bytes));
}

static void add_interface(json_t *rows, const struct counters *counters,
			  const char *interface, __u32 number)
{
	int reason, verdict;

	for (reason = 0; reason < REASON_COUNT; reason++)
		for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
			add_reason(rows, interface, reason, verdict,
				   counters_reason(counters, number, reason,
						   verdict));
}

static json_t *list_reasons(const struct model *model,
			    const struct counters *counters)
{
	json_t *rows = json_array();
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++)
		add_interface(rows, counters,
			      model_str(model, model->interfaces.items[i].name),
			      IFACE_NUMBER(i));
	add_interface(rows, counters, "-", IFACE_UNKNOWN);
	return rows;
}

static json_t *list_rules(const struct model *model,
			  const struct counters *counters)
{
	struct count opening, reply;
	json_t *rows = json_array(), *row;
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		opening = counters_rule(counters, i, PASSAGE_OPENING);
		reply = counters_rule(counters, i, PASSAGE_REPLY);
		row = describe_rule(model, &model->rules.items[i]);
		json_object_set(row, "key", json_object_get(row, "name"));
		json_object_set_new(
			row, "count",
			json_pack("{s:I, s:I, s:I}", "packets",
				  (json_int_t)opening.packets, "bytes",
				  (json_int_t)opening.bytes, "replies",
				  (json_int_t)reply.packets));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *pair_key(const json_t *from, const json_t *to)
{
	char *left = show_list(from), *right = show_list(to);
	json_t *key = json_sprintf("%s>%s", left ? left : "",
				   right ? right : "");

	free(left);
	free(right);
	return key;
}

static json_t *describe_pair(const struct image *image,
			     const struct counters *counters, __u32 slot,
			     __u32 sclass, __u32 dclass)
{
	json_t *from = describe_class(&image->model, &image->classes, sclass);
	json_t *to = describe_class(&image->model, &image->classes, dclass);

	return json_pack(
		"{s:o, s:o, s:o, s:{s:I, s:I, s:I}}", "key", pair_key(from, to),
		"from", from, "to", to, "count", "pass",
		(json_int_t)counters_pair(counters, slot, VERDICT_PASS).packets,
		"drop",
		(json_int_t)counters_pair(counters, slot, VERDICT_DROP).packets,
		"would_drop",
		(json_int_t)counters_pair(counters, slot, VERDICT_WOULD_DROP)
			.packets);
}

static json_t *list_pairs(const struct image *image,
			  const struct counters *counters)
{
	__u32 classes = image->classes.sets.count, slot, sclass, dclass;
	json_t *rows = json_array();

	for (slot = 0; slot < counters->pair_slots; slot++)
		if (counters_pair_of(counters, slot, &sclass, &dclass) &&
		    sclass < classes && dclass < classes)
			json_array_append_new(
				rows, describe_pair(image, counters, slot,
						    sclass, dclass));
	return rows;
}

static void list_all(struct look *look, const struct generation *generation,
		     const struct counters *counters)
{
	const struct image *image = &generation->image;

	look->rows[VIEW_REASONS] = list_reasons(&image->model, counters);
	look->rows[VIEW_RULES] = list_rules(&image->model, counters);
	look->rows[VIEW_PAIRS] = list_pairs(image, counters);
	look->rows[VIEW_TALKERS] = json_array();
}

static void add_counts(json_t *to, const json_t *from)
{
	const char *name;
	json_t *value;
	void *at;

	for (at = json_object_iter(to); at;
	     at = json_object_iter_next(to, at)) {
		name = json_object_iter_key(at);
		value = json_object_iter_value(at);
		json_integer_set(value,
				 json_integer_value(value) +
					 json_integer_value(
						 json_object_get(from, name)));
	}
}

/* Rows by their keys. */
static json_t *index_rows(const json_t *rows)
{
	json_t *index = json_object();
	json_t *row;
	size_t i;

	for (i = 0; i < json_array_size(rows); i++) {
		row = json_array_get(rows, i);
		json_object_set(index,
				json_string_value(json_object_get(row, "key")),
				row);
	}
	return index;
}

/* Two generations at once, as in a trial, each count for themselves. */
static void merge_rows(json_t *rows, const json_t *others)
{
	json_t *index = index_rows(rows), *row, *other;
	const char *key;
	size_t i;

	for (i = 0; i < json_array_size(others); i++) {
		other = json_array_get(others, i);
		key = json_string_value(json_object_get(other, "key"));
		row = json_object_get(index, key);
		if (row)
			add_counts(json_object_get(row, "count"),
				   json_object_get(other, "count"));
		else
			json_array_append(rows, other);
	}
	json_decref(index);
}

static void add_previous(struct look *look, const struct peek *peek)
{
	struct look previous = {};
	int view;

	list_all(&previous, &peek->state.previous, &peek->others);
	for (view = 0; view < VIEW_TALKERS; view++)
		merge_rows(look->rows[view], previous.rows[view]);
	look_release(&previous);
}

int look_take(struct look *look, const char *instance)
{
	struct peek peek;
	int err;

	err = peek_open(&peek, instance);
	if (err)
		return err;
	look->at = seconds_now();
	look->generation = peek.state.generation.number;
	list_all(look, &peek.state.generation, &peek.counters);
	if (peek.state.has_previous)
		add_previous(look, &peek);
	peek_release(&peek);
	return 0;
}

void look_release(struct look *look)
{
	int view;

	for (view = 0; view < VIEW_COUNT; view++)
		json_decref(look->rows[view]);
	*look = (struct look){};
}

const json_t *row_value(const json_t *row, const char *path)
{
	const char *dot = strchr(path, '.');
	char key[32];

	if (!dot)
		return json_object_get(row, path);
	snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
	return json_object_get(json_object_get(row, key), dot + 1);
}

static void add_rate(json_t *row, const json_t *old, double seconds)
{
	json_t *count = json_object_get(row, "count"), *rate = json_object();
	const json_t *before = json_object_get(old, "count");
	json_int_t grown;
	const char *name;
	void *at;

	for (at = json_object_iter(count); at;
	     at = json_object_iter_next(count, at)) {
		name = json_object_iter_key(at);
		grown = json_integer_value(json_object_iter_value(at)) -
			json_integer_value(json_object_get(before, name));
		json_object_set_new(rate, name,
				    json_real(seconds > 0 && grown > 0
						      ? grown / seconds
						      : 0));
	}
	json_object_set_new(row, "rate", rate);
}

void look_add_rates(struct look *look, const struct look *before)
{
	double seconds = before->at > 0 ? look->at - before->at : 0;
	json_t *index, *row;
	const char *key;
	int view;
	size_t i;

	for (view = 0; view < VIEW_TALKERS; view++) {
		index = index_rows(before->rows[view]);
		for (i = 0; i < json_array_size(look->rows[view]); i++) {
			row = json_array_get(look->rows[view], i);
			key = json_string_value(json_object_get(row, "key"));
			add_rate(row, json_object_get(index, key), seconds);
		}
		json_decref(index);
	}
}

double look_total(const struct look *look, const char *verdict)
{
	const json_t *rows = look->rows[VIEW_REASONS], *row;
	double total = 0;
	size_t i;

	for (i = 0; i < json_array_size(rows); i++) {
		row = json_array_get(rows, i);
		if (!strcmp(json_string_value(json_object_get(row, "verdict")),
			    verdict))
			total += json_number_value(
				row_value(row, "rate.packets"));
	}
	return total;
}

bool row_is_idle(const json_t *row)
{
	json_t *rate = json_object_get(row, "rate");
	void *at;

	for (at = json_object_iter(rate); at;
	     at = json_object_iter_next(rate, at))
		if (json_number_value(json_object_iter_value(at)) > 0)
			return false;
	return true;
}

/* What qsort() cannot be told otherwise. */
static const struct top_column *sort_column;
static int sort_sign;

static int compare_rows(const void *left, const void *right)
{
	const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
	const json_t *x = row_value(a, sort_column->path);
	const json_t *y = row_value(b, sort_column->path);
	char *text_x, *text_y;
	double difference;
	int order;

	if (sort_column->is_number) {
		difference = json_number_value(y) - json_number_value(x);
		order = difference > 0 ? 1 : difference < 0 ? -1 : 0;
	} else {
		text_x = show_text(x ? x : json_null());
		text_y = show_text(y ? y : json_null());
		order = strcmp(text_x ? text_x : "", text_y ? text_y : "");
		free(text_x);
		free(text_y);
	}
	if (order)
		return order * sort_sign;
	return strcmp(json_string_value(json_object_get(a, "key")),
		      json_string_value(json_object_get(b, "key")));
}

void rows_sort(json_t *rows, const struct top_column *column, bool reversed)
{
	size_t count = json_array_size(rows), i;
	json_t **sorted = calloc(count + 1, sizeof(*sorted));

	if (!sorted)
		return;
	for (i = 0; i < count; i++)
		sorted[i] = json_incref(json_array_get(rows, i));
	sort_column = column;
	sort_sign = reversed ? -1 : 1;
	qsort(sorted, count, sizeof(*sorted), compare_rows);
	json_array_clear(rows);
	for (i = 0; i < count; i++)
		json_array_append_new(rows, sorted[i]);
	free(sorted);
}
