/* SPDX-License-Identifier: GPL-2.0-only */
/* A written config is the same policy, whatever was read before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <glob.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/policy/config.h"
#include "user/policy/digest.h"
#include "user/policy/probe_text.h"
#include "user/policy/tables.h"
#include "user/policy/write_config.h"

/* Run in the repository's root. */
#define VALID	     "tests/config/valid/*.yaml"
#define RANDOM	     300
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char directory[] = "/tmp/test_write_config.XXXXXX";

static int make_directory(void **state)
{
	(void)state;
	return !mkdtemp(directory);
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

static const char *made_path(const char *name)
{
	static char path[sizeof(directory) + 64];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void spit(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void read_config(struct model *model, const char *path)
{
	struct diag diag;

	model_init(model);
	diag_init(&diag);
	if (config_read(model, path, &diag))
		diag_print(&diag, stderr);
	if (diag.errors)
		fail_msg("%s does not read", path);
	diag_release(&diag);
}

static void read_text(struct model *model, const char *text)
{
	char path[sizeof(directory) + 64];

	strcpy(path, made_path("text.yaml"));
	spit(path, text);
	read_config(model, path);
	unlink(path);
}

static char *write_text(const struct model *model)
{
	struct members members = members_of_model(model);
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(write_config(stream, model, &members, NULL), 0);
	fclose(stream);
	return text;
}

static void compare_rules(const struct model *a, const struct model *b)
{
	const struct rule *one = a->rules.items, *other = b->rules.items;
	__u32 i;

	assert_int_equal(a->rules.count, b->rules.count);
	for (i = 0; i < a->rules.count; i++, one++, other++) {
		assert_string_equal(model_str(a, one->text),
				    model_str(b, other->text));
		assert_string_equal(model_str(a, one->about),
				    model_str(b, other->about));
	}
}

static void compare_keep(const struct model *a, const struct model *b)
{
	char one[PROBE_TEXT_SIZE], other[PROBE_TEXT_SIZE];
	__u32 i;

	assert_int_equal(a->keep.count, b->keep.count);
	for (i = 0; i < a->keep.count; i++)
		assert_string_equal(probe_to_str(a, &a->keep.items[i], one),
				    probe_to_str(b, &b->keep.items[i], other));
}

/* Those of a policy that is not named are left out, if they expect a drop. */
static void compare_tests(const struct model *a, const struct model *b)
{
	char one[PROBE_TEXT_SIZE], other[PROBE_TEXT_SIZE];
	const struct probe *test = b->tests.items;
	__u32 i;

	for (i = 0; i < a->tests.count; i++) {
		probe_to_str(a, &a->tests.items[i], one);
		if (test < b->tests.items + b->tests.count)
			probe_to_str(b, test, other);
		if (a->tests.items[i].policy &&
		    a->tests.items[i].expect == VERDICT_DROP &&
		    strcmp(one, other))
			continue;
		assert_true(test < b->tests.items + b->tests.count);
		assert_string_equal(one, other);
		assert_int_equal(a->tests.items[i].expect, test->expect);
		assert_int_equal(a->tests.items[i].reason, test->reason);
		assert_string_equal(model_str(a, a->tests.items[i].interface),
				    model_str(b, test->interface));
		test++;
	}
}

static void compile(const struct model *model)
{
	struct tables tables;
	struct diag diag;

	tables_init(&tables);
	diag_init(&diag);
	assert_int_equal(tables_compile(&tables, model, &diag), 0);
	diag_release(&diag);
	tables_release(&tables);
}

/* Written, read and written once more. */
static void check(const struct model *model)
{
	char before[DIGEST_TEXT_SIZE], after[DIGEST_TEXT_SIZE];
	struct model again;
	char *text, *second;

	text = write_text(model);
	read_text(&again, text);
	model_digest(model, before);
	model_digest(&again, after);
	if (strcmp(before, after))
		fail_msg("another digest:\n%s", text);
	compare_rules(model, &again);
	compare_keep(model, &again);
	compare_tests(model, &again);
	compile(&again);
	second = write_text(&again);
	assert_string_equal(text, second);
	free(second);
	free(text);
	model_release(&again);
}

static void test_valid(void **state)
{
	struct model model;
	glob_t found = {};
	size_t i;

	(void)state;
	assert_int_equal(glob(VALID, 0, NULL, &found), 0);
	for (i = 0; i < found.gl_pathc; i++) {
		read_config(&model, found.gl_pathv[i]);
		check(&model);
		model_release(&model);
	}
	globfree(&found);
}

/* Those of the oracle; SEED=N chooses others. */
static void test_random(void **state)
{
	const char *seed = getenv("SEED");
	char command[512], name[32];
	struct model model;
	int i;

	(void)state;
	snprintf(command, sizeof(command),
		 "python3 -B -c 'import sys, json, random\n"
		 "sys.path.insert(0, \"tests/oracle\")\n"
		 "from random_config import random_config\n"
		 "for n in range(%d):\n"
		 "    with open(f\"%s/{n}\", \"w\") as file:\n"
		 "        json.dump(random_config(random.Random(f\"%s-{n}\")), "
		 "file)'",
		 RANDOM, directory, seed ? seed : "2013");
	assert_int_equal(system(command), 0);
	for (i = 0; i < RANDOM; i++) {
		snprintf(name, sizeof(name), "%d", i);
		read_config(&model, made_path(name));
		check(&model);
		model_release(&model);
		unlink(made_path(name));
	}
}

#define LYNC                                                       \
	"interfaces: [eth0]\n"                                     \
	"policies: lync2013-single-director\n"                     \
	"roles: {internal-clients: 10.0.0.4, director: 10.0.0.1, " \
	"front-end: 10.0.0.2, edge-internal: [], reverse-proxy: 10.0.0.5}\n"

static void check_text(const char *config, const char *has, const char *lacks)
{
	struct model model;
	char *text;

	read_text(&model, config);
	check(&model);
	text = write_text(&model);
	if (has && !strstr(text, has))
		fail_msg("'%s' is not in:\n%s", has, text);
	if (lacks && strstr(text, lacks))
		fail_msg("'%s' is in:\n%s", lacks, text);
	free(text);
	model_release(&model);
}

/* An embedded policy is named, unless the model has other rules of it. */
static void test_policies(void **state)
{
	char name[128], rules[512];
	struct model model;
	struct rule rule;
	char *text;

	(void)state;
	check_text(LYNC, "policies:\n- lync2013-single-director\n", "rules:");
	check_text(LYNC "without: [web-http, cls-agent]\n",
		   "without:\n- web-http\n- cls-agent\n", "rules:");
	check_text(LYNC
		   "without: web-http\n"
		   "rules: {web-http: {from: any, to: director, udp: 1}}\n",
		   "rules:\n  web-http:\n    from: any\n    to: director\n"
		   "    udp: 1\nwithout:\n- web-http\n",
		   "web-https");
	/* Changed behind our back, as another version of the program would. */
	read_text(&model, LYNC);
	model.matches.items[0].high++;
	text = write_text(&model);
	assert_null(strstr(text, "policies:"));
	assert_non_null(strstr(text, "web-http:"));
	free(text);
	model_release(&model);
	read_text(&model, LYNC);
	rule = model.rules.items[3];
	model.rules.items[3] = model.rules.items[4];
	model.rules.items[4] = rule;
	check(&model);
	model_release(&model);
	/* After one that has to be written out, none is named. */
	strcpy(name, made_path("site.yaml"));
	spit(name, "roles: {site: a place}\n"
		   "rules: {own: {from: site, to: any, tcp: 1}}\n"
		   "tests: [{expect: pass, from: site, to: any, tcp: 1}, "
		   "{expect: drop, from: site, to: any, tcp: 2}]\n");
	snprintf(rules, sizeof(rules),
		 "policies: [%s, lync2013-single-director]\n"
		 "roles: {internal-clients: 10.0.0.4, director: 10.0.0.1, "
		 "front-end: 10.0.0.2, edge-internal: [], site: 10.0.0.7, "
		 "reverse-proxy: 10.0.0.5}\n",
		 name);
	check_text(rules, "rules:\n  own:", "policies:");
	snprintf(rules, sizeof(rules),
		 "policies: [lync2013-single-director, %s]\n"
		 "roles: {internal-clients: 10.0.0.4, director: 10.0.0.1, "
		 "front-end: 10.0.0.2, edge-internal: [], site: 10.0.0.7, "
		 "reverse-proxy: 10.0.0.5}\n",
		 name);
	check_text(rules, "rules:\n  own:", "web-http");
	check_text(rules, "policies:\n- lync2013-single-director\n",
		   "tcp: 2\n");
	unlink(name);
}

/* What means something else in YAML unless it is in quotes. */
static void test_quotes(void **state)
{
	(void)state;
	check_text("interfaces: {\"[x]\": {}, \"123\": {}, \"null\": {}, "
		   "\"a#b\": {}, \"-\": {}, \"\\\"q\\\"\": {}}\n"
		   "roles: {null: \"::/0\", true: [\"!10.0.0.9\", 10.0.0.0/8], "
		   "any-2: 1.2.3.4}\n"
		   "rules: {no: {from: \"null\", to: \"true\", tcp: 0, "
		   "about: \"# a 'b' \\\"c\\\": \\\\ [é] \\u2028\\U0001F600 "
		   "- \\t~ %\"}, "
		   "on: {from: any, to: any-2, udp: 1-2, about: \"null\"}}\n",
		   "\"!10.0.0.9\"", "? ");
}

/* Emptied while it ran: nothing but exclusions is left. */
static void test_only_excludes(void **state)
{
	struct model model;

	(void)state;
	read_text(&model, "roles: {a: [10.0.0.0/8, \"!10.1.0.0/16\"], b: []}\n"
			  "rules: {r: {from: a, to: b, tcp: 1}}\n");
	model.members.items[0].excluded = 1;
	check(&model);
	model_release(&model);
}

static const char *member_file(void *context, __u32 role,
			       const struct member_run *run)
{
	const char *path = made_path("many.txt");
	FILE *stream;

	(void)context;
	if (run->count <= 2)
		return NULL;
	assert_int_equal(role, 0);
	stream = fopen(path, "w");
	assert_int_equal(write_members(stream, run), 0);
	fclose(stream);
	return path;
}

/* Many members go to a file of their own. */
static void test_member_files(void **state)
{
	const struct member_files files = {.member_file = member_file};
	char before[DIGEST_TEXT_SIZE], after[DIGEST_TEXT_SIZE];
	struct members members;
	struct model model, again;
	char *text = NULL;
	size_t size;
	FILE *stream;

	(void)state;
	read_text(&model,
		  "roles: {many: [10.0.0.1, 10.0.0.0-10.0.0.6, \"::/0\", "
		  "\"!10.0.0.3\"], few: [10.0.0.1, 10.0.0.2]}\n"
		  "rules: {r: {from: many, to: few, tcp: 1}}\n");
	members = members_of_model(&model);
	stream = open_memstream(&text, &size);
	assert_int_equal(write_config(stream, &model, &members, &files), 0);
	fclose(stream);
	assert_non_null(strstr(text, "  many:\n    file: "));
	assert_null(strstr(text, "10.0.0.3"));
	read_text(&again, text);
	model_digest(&model, before);
	model_digest(&again, after);
	assert_string_equal(before, after);
	unlink(made_path("many.txt"));
	free(text);
	model_release(&again);
	model_release(&model);
}

/* A full disk is told, not swallowed. */
static void test_full(void **state)
{
	FILE *stream = fopen("/dev/full", "w");
	struct members members;
	struct model model;

	(void)state;
	assert_non_null(stream);
	read_text(&model, LYNC);
	members = members_of_model(&model);
	assert_int_equal(write_config(stream, &model, &members, NULL), -ENOSPC);
	fclose(stream);
	model_release(&model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_only_excludes),
		cmocka_unit_test(test_member_files),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
