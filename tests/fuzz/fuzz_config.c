/* SPDX-License-Identifier: GPL-2.0-only */
/* Fuzzes the reading of configs, and what is made of those that are valid. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "user/policy/digest.h"
#include "user/policy/members.h"
#include "user/policy/native.h"
#include "user/policy/tables.h"
#include "user/policy/write_config.h"

#define MUST(condition)                             \
	do {                                        \
		if (!(condition))                   \
			fail(#condition, __func__); \
	} while (0)

static void fail(const char *condition, const char *check)
{
	fprintf(stderr, "%s: not %s\n", check, condition);
	abort();
}

/* All that is said about a config, to be freed. */
static char *said(const struct diag *diag)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		abort();
	diag_print(diag, stream);
	fclose(stream);
	return text;
}

/* An error exactly if the config is refused, at a place that can be shown. */
static void check_diag(const struct diag *diag, int err)
{
	const struct diag_entry *entry = diag->entries;
	unsigned int i;

	MUST(!err || err == -EINVAL);
	MUST((err == -EINVAL) == (diag->errors > 0));
	MUST(diag->count <= DIAG_MAX);
	for (i = 0; i < diag->count; i++, entry++) {
		MUST(entry->message && *entry->message);
		/* A carriage return at a line's end is not shown. */
		MUST(!entry->source ||
		     entry->indent <= strlen(entry->source) + 1);
		MUST(!strchr(entry->message, '\n'));
	}
}

/* Reading is without memory: the same text twice, the same twice. */
static void check_again(const void *text, size_t size, int err,
			const char *message)
{
	struct model model;
	struct diag diag;
	char *again;

	model_init(&model);
	diag_init(&diag);
	MUST(fuzz_config_read(&model, text, size, &diag) == err);
	again = said(&diag);
	MUST(!strcmp(again, message));
	free(again);
	diag_release(&diag);
	model_release(&model);
}

static void check_span(const struct span *span, __u32 count)
{
	MUST(span->first <= count && span->count <= count - span->first);
}

static void check_refs(const struct model *model, const struct span *span)
{
	const __u32 *refs = model->role_refs.items;
	__u32 i;

	check_span(span, model->role_refs.count);
	for (i = span->first; i < span->first + span->count; i++)
		MUST(refs[i] == ROLE_ANY || refs[i] < model->roles.count);
}

static void check_rule(const struct model *model, const struct rule *rule)
{
	const struct match *match;
	const struct ports *ports;
	__u32 i;

	check_refs(model, &rule->from);
	check_refs(model, &rule->to);
	check_span(&rule->matches, model->matches.count);
	check_span(&rule->sports, model->sports.count);
	MUST(rule->matches.count);
	for (i = 0; i < rule->matches.count; i++) {
		match = &model->matches.items[rule->matches.first + i];
		MUST(match->slot < SLOT_COUNT && match->low <= match->high);
	}
	for (i = 0; i < rule->sports.count; i++) {
		ports = &model->sports.items[rule->sports.first + i];
		MUST(ports->low <= ports->high);
	}
}

/* A valid config's parts refer to parts that are there. */
static void check_model(const struct model *model)
{
	const struct interface *interface = model->interfaces.items;
	__u32 i;

	MUST(model->roles.count <= ROLES_MAX);
	MUST(model->rules.count <= RULES_MAX);
	for (i = 0; i < model->rules.count; i++)
		check_rule(model, &model->rules.items[i]);
	for (i = 0; i < model->interfaces.count; i++, interface++)
		check_refs(model, &interface->roles);
}

/* TCP to port 80, laid as by a driver: IP headers are aligned. */
static const __u8 frame[] __attribute__((aligned(4))) = {
	0,  0,	2, 0, 0, 0,  0, 1, 2, 0,  0,	0, 0, 2,   8, 0, 69, 0,	 0,
	40, 0,	0, 0, 0, 64, 6, 0, 0, 10, 0,	0, 5, 192, 0, 2, 20, 99, 9,
	0,  80, 0, 0, 0, 1,  0, 0, 0, 0,  0x50, 2, 4, 0,   0, 0, 0,  0,
};

/* A valid config compiles, or is told why it is too large, and then decides. */
static void check_tables(const struct model *model, struct diag *diag)
{
	struct explain answer = {.iface = IFACE_UNKNOWN};
	struct tables tables;
	int err;

	tables_init(&tables);
	err = tables_compile(&tables, model, diag);
	MUST(!err || (err == -E2BIG && diag->errors));
	if (!err) {
		native_judge(&tables, frame + 2, sizeof(frame) - 2, &answer);
		MUST(answer.reason >= REASON_RULE);
	}
	tables_release(&tables);
}

/* What `save` writes of it is valid, and means the same. */
static void check_written(const struct model *model)
{
	char digest[DIGEST_TEXT_SIZE], again[DIGEST_TEXT_SIZE];
	struct members members = members_of_model(model);
	struct model copy;
	char *text = NULL;
	size_t size;
	struct diag diag;
	FILE *stream = open_memstream(&text, &size);

	MUST(stream);
	MUST(!members_index(&members));
	MUST(!write_config(stream, model, &members, NULL));
	fclose(stream);
	model_init(&copy);
	diag_init(&diag);
	if (fuzz_config_read(&copy, text, size, &diag)) {
		diag_print(&diag, stderr);
		fprintf(stderr, "written:\n%s", text);
		fail("a valid config", __func__);
	}
	model_digest(model, digest);
	model_digest(&copy, again);
	if (strcmp(digest, again)) {
		fprintf(stderr, "written:\n%s", text);
		fail("a config of the same digest", __func__);
	}
	free(text);
	members_release(&members);
	diag_release(&diag);
	model_release(&copy);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct model model;
	struct diag diag;
	char *message;
	int err;

	model_init(&model);
	diag_init(&diag);
	err = fuzz_config_read(&model, data, size, &diag);
	check_diag(&diag, err);
	message = said(&diag);
	check_again(data, size, err, message);
	free(message);
	if (!err) {
		check_model(&model);
		check_written(&model);
		check_tables(&model, &diag);
	}
	diag_release(&diag);
	model_release(&model);
	return 0;
}
