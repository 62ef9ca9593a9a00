/* SPDX-License-Identifier: GPL-2.0-only */
/* Configs: what is read from them, and the exact text of every message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/policy/config.h"
#include "user/policy/embedded.h"

/* Run in the repository's root; UPDATE=1 writes the texts anew, for review. */
#define VALID	"tests/config/valid/"
#define INVALID "tests/config/invalid/"

/* A config that was read, with what was said about it. */
struct outcome {
	struct model model;
	struct diag diag;
	char *said;
	int err;
};

static void read_outcome(struct outcome *outcome, const char *path)
{
	FILE *stream;
	size_t size;

	model_init(&outcome->model);
	diag_init(&outcome->diag);
	outcome->err = config_read(&outcome->model, path, &outcome->diag);
	outcome->said = NULL;
	stream = open_memstream(&outcome->said, &size);
	assert_non_null(stream);
	diag_print(&outcome->diag, stream);
	fclose(stream);
}

static void release_outcome(struct outcome *outcome)
{
	model_release(&outcome->model);
	diag_release(&outcome->diag);
	free(outcome->said);
}

/* The text of a file, "" if there is none; to be freed. */
static char *slurp(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");

	if (!file || getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = strdup("");
	}
	if (file)
		fclose(file);
	return text;
}

static void spit(const char *path, const char *text)
{
	FILE *file;

	if (!*text) {
		unlink(path);
		return;
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Compares with the text beside the config that has another ending. */
static void compare_said(const char *config, const char *ending,
			 const char *said)
{
	char path[256];
	char *expected;

	snprintf(path, sizeof(path), "%.*s%s",
		 (int)(strlen(config) - strlen(".yaml")), config, ending);
	if (getenv("UPDATE"))
		spit(path, said);
	expected = slurp(path);
	assert_string_equal(said, expected);
	free(expected);
}

static void test_valid(void **state)
{
	const char *path = *state;
	struct outcome outcome;

	read_outcome(&outcome, path);
	if (outcome.err)
		fail_msg("%s", outcome.said);
	assert_int_equal(outcome.diag.errors, 0);
	compare_said(path, ".warn", outcome.said);
	release_outcome(&outcome);
}

static void test_invalid(void **state)
{
	const char *path = *state;
	struct outcome outcome;

	read_outcome(&outcome, path);
	assert_int_equal(outcome.err, -EINVAL);
	assert_true(outcome.diag.errors > 0);
	compare_said(path, ".err", outcome.said);
	release_outcome(&outcome);
}

static void put_roles(FILE *stream, const struct model *model,
		      const struct span *span)
{
	__u32 role;
	__u32 i;

	for (i = 0; i < span->count; i++) {
		role = model->role_refs.items[span->first + i];
		fprintf(stream, "%s%s", i ? "," : "",
			role == ROLE_ANY
				? "any"
				: model_str(model,
					    model->roles.items[role].name));
	}
}

static void put_members(FILE *stream, const struct model *model)
{
	const struct member *member = model->members.items;
	char text[PREFIX_TEXT_SIZE];
	__u32 i;

	for (i = 0; i < model->members.count; i++, member++)
		fprintf(stream, "%s: %s%s at %s:%u\n",
			model_str(model, model->roles.items[member->role].name),
			member->excluded ? "!" : "",
			prefix_to_str(&member->prefix, text),
			model_str(model, member->file), member->line);
}

static void put_rule(FILE *stream, const struct model *model,
		     const struct rule *rule)
{
	static const char *const slots[] = {"tcp",  "udp",   "sctp",
					    "icmp", "icmp6", "other"};
	const struct match *match = model->matches.items + rule->matches.first;
	const struct ports *ports = model->sports.items + rule->sports.first;
	__u32 i;

	fprintf(stream, "%s: ", model_str(model, rule->name));
	put_roles(stream, model, &rule->from);
	fputs(" > ", stream);
	put_roles(stream, model, &rule->to);
	fprintf(stream, " \"%s\"", model_str(model, rule->text));
	for (i = 0; i < rule->matches.count; i++, match++)
		fprintf(stream, " %s:%u-%u", slots[match->slot], match->low,
			match->high);
	for (i = 0; i < rule->sports.count; i++, ports++)
		fprintf(stream, " from:%u-%u", ports->low, ports->high);
	fprintf(stream, " (%s) %s\n", model_str(model, rule->policy),
		model_str(model, rule->about));
}

static void put_end(FILE *stream, const struct model *model,
		    const struct prefix *address, __u32 role)
{
	char text[PREFIX_TEXT_SIZE];

	if (address->family)
		fputs(prefix_to_str(address, text), stream);
	else if (role == ROLE_ANY)
		fputs("any", stream);
	else
		fputs(model_str(model, model->roles.items[role].name), stream);
}

static void put_probe(FILE *stream, const struct model *model,
		      const struct probe *probe)
{
	put_end(stream, model, &probe->from, probe->from_role);
	fputs(" > ", stream);
	put_end(stream, model, &probe->to, probe->to_role);
	fprintf(stream, " slot %u protocol %u port %u", probe->slot,
		probe->protocol, probe->port);
	fprintf(stream, " sport %u flags %02x echo %u expect %u reason %u",
		probe->sport, probe->flags, probe->icmp_name_echo,
		probe->expect, probe->reason);
	fprintf(stream, " in '%s'\n", model_str(model, probe->interface));
}

static void put_interface(FILE *stream, const struct model *model,
			  const struct interface *interface)
{
	fprintf(stream, "%s: mode %u enforce %u",
		model_str(model, interface->name), interface->mode,
		interface->enforce);
	if (interface->has_roles) {
		fputs(" roles ", stream);
		put_roles(stream, model, &interface->roles);
	}
	fputc('\n', stream);
}

/* All that a model holds, a line for each thing. */
static char *dump(const struct model *model)
{
	const struct settings *settings = &model->settings;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++)
		put_interface(stream, model, &model->interfaces.items[i]);
	for (i = 0; i < model->policies.count; i++)
		fprintf(stream, "policy %s: '%s' '%s' %u rules\n",
			model_str(model, model->policies.items[i].name),
			model_str(model, model->policies.items[i].source),
			model_str(model, model->policies.items[i].about),
			model->policies.items[i].rules.count);
	for (i = 0; i < model->roles.count; i++)
		fprintf(stream, "role %s: '%s' members %u used %u\n",
			model_str(model, model->roles.items[i].name),
			model_str(model, model->roles.items[i].about),
			model->roles.items[i].has_members,
			model->roles.items[i].used);
	put_members(stream, model);
	for (i = 0; i < model->rules.count; i++)
		put_rule(stream, model, &model->rules.items[i]);
	fprintf(stream, "settings %u %u %u %u %u\n", settings->strangers_pass,
		settings->non_ip_pass, settings->fragments_track,
		settings->icmp_errors, settings->boot_open);
	for (i = 0; i < model->keep.count; i++)
		put_probe(stream, model, &model->keep.items[i]);
	for (i = 0; i < model->tests.count; i++)
		put_probe(stream, model, &model->tests.items[i]);
	fclose(stream);
	return text;
}

/* What is read from the valid configs that have a .model beside them. */
static void test_model(void **state)
{
	static const char *const configs[] = {
		VALID "contract.yaml", VALID "everything.yaml",
		VALID "policies.yaml", VALID "anchors.yaml",
		VALID "empty.yaml",
	};
	struct outcome outcome;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		read_outcome(&outcome, configs[i]);
		text = dump(&outcome.model);
		compare_said(configs[i], ".model", text);
		free(text);
		release_outcome(&outcome);
	}
}

/* Files that cannot stand in the repository are made here. */
static char directory[] = "/tmp/test_config.XXXXXX";

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

static char *made_path(const char *name)
{
	static char path[sizeof(directory) + 32];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void expect(const char *path, int err, const char *said)
{
	struct outcome outcome;

	read_outcome(&outcome, path);
	if (!strstr(outcome.said, said))
		fail_msg("'%s' is not in '%s'", said, outcome.said);
	assert_int_equal(outcome.err, err);
	release_outcome(&outcome);
}

static void test_unreadable(void **state)
{
	const char *fifo = made_path("fifo");

	(void)state;
	expect(INVALID "there-is-none", -ENOENT,
	       INVALID "there-is-none: error: cannot read it: "
		       "No such file or directory\n");
	expect("tests/config", -EISDIR,
	       "tests/config: error: cannot read it: Is a directory\n");
	expect("/dev/null", -ENOTSUP,
	       "/dev/null: error: cannot read it: Not a regular file\n");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	expect(fifo, -ENOTSUP,
	       "fifo: error: cannot read it: "
	       "Not a regular file\n");
	unlink(fifo);
}

static void test_too_large(void **state)
{
	const char *path = made_path("large");

	(void)state;
	spit(path, "#");
	assert_int_equal(truncate(path, (16 << 20) + 1), 0);
	expect(path, -EFBIG, "capacity exceeded: it is larger than 16 MiB\n");
	unlink(path);
}

static void test_members_too_large(void **state)
{
	char config[sizeof(directory) + 32];

	(void)state;
	strcpy(config, made_path("config"));
	spit(config, "roles:\n  web: {file: members}\n");
	spit(made_path("members"), "#");
	assert_int_equal(truncate(made_path("members"), (256 << 20) + 1), 0);
	expect(config, -EINVAL, "config:2:15: error: capacity exceeded: ");
	unlink(made_path("members"));
	unlink(config);
}

static void test_too_many_members(void **state)
{
	char config[sizeof(directory) + 32];
	FILE *file;
	int i;

	(void)state;
	strcpy(config, made_path("config"));
	spit(config, "roles:\n  web: {file: members}\n");
	file = fopen(made_path("members"), "w");
	assert_non_null(file);
	for (i = 0; i < 4000000 / 254 + 2; i++)
		fputs("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe\n", file);
	fclose(file);
	expect(config, -EINVAL,
	       "members:15749:1: error: capacity exceeded: "
	       "more than 4000000 members\n");
	unlink(made_path("members"));
	unlink(config);
}

static void test_too_many_values(void **state)
{
	const char *path = made_path("values");
	FILE *file = fopen(path, "w");
	int i;

	(void)state;
	assert_non_null(file);
	fputs("roles: {a: [", file);
	for (i = 0; i < 2000001; i++)
		fputs("1,", file);
	fputs("]}", file);
	fclose(file);
	expect(path, -EINVAL, "capacity exceeded: more than 2000000 values\n");
	unlink(path);
}

/* Gives text to standard input while the config "-" is read. */
static void test_stdin(void **state)
{
	const char *path = made_path("stdin");
	int before = dup(STDIN_FILENO);
	int fd;

	(void)state;
	spit(path, "roles: {web: {file: " VALID "branch.txt}}\nrule: {}\n");
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	dup2(fd, STDIN_FILENO);
	expect("-", -EINVAL,
	       "<stdin>:2:1: error: unknown key 'rule': "
	       "did you mean 'rules'?\n    2 | rule: {}\n");
	dup2(before, STDIN_FILENO);
	close(before);
	close(fd);
	unlink(path);
}

/* Every embedded policy is complete once its roles are given. */
static void test_embedded(void **state)
{
	const struct embedded_policy *policy;
	const char *path = made_path("embedded");
	struct outcome outcome;
	char text[256];

	(void)state;
	for (policy = embedded_policies; policy->name; policy++) {
		snprintf(text, sizeof(text),
			 "interfaces: [eth0]\npolicies: %s\n", policy->name);
		spit(path, text);
		read_outcome(&outcome, path);
		assert_null(strstr(outcome.said, "unknown"));
		assert_null(strstr(outcome.said, "expected"));
		assert_null(strstr(outcome.said, "warning"));
		release_outcome(&outcome);
	}
	unlink(path);
	assert_non_null(embedded_policy_find("lync2013-single-director"));
	assert_null(embedded_policy_find("lync2013"));
}

/* What later steps find is shown with its line as well. */
static void test_place(void **state)
{
	struct outcome outcome;
	struct place place;
	char *text = NULL;
	size_t size;
	FILE *stream;

	(void)state;
	read_outcome(&outcome, VALID "unused-role.yaml");
	place = outcome.model.rules.items[0].place;
	diag_release(&outcome.diag);
	diag_error(&outcome.diag, &outcome.model, &place, "rule %d", 1);
	diag_warning(&outcome.diag, &outcome.model, &(struct place){},
		     "nowhere");
	stream = open_memstream(&text, &size);
	diag_print(&outcome.diag, stream);
	fclose(stream);
	assert_string_equal(
		text,
		VALID "unused-role.yaml:6:9: error: rule 1\n"
		      "    6 | rules: {http: {from: any, to: web, tcp: 80}}\n"
		      "      |         ^~~~\n"
		      "warning: nowhere\n");
	free(text);
	release_outcome(&outcome);
}

/* A test for each config of a directory; glob() keeps the names. */
static struct CMUnitTest *collect(const char *pattern, CMUnitTestFunction run,
				  glob_t *found)
{
	struct CMUnitTest *tests;
	size_t i;

	if (glob(pattern, 0, NULL, found))
		return NULL;
	tests = calloc(found->gl_pathc, sizeof(*tests));
	for (i = 0; tests && i < found->gl_pathc; i++) {
		tests[i].name = found->gl_pathv[i];
		tests[i].test_func = run;
		tests[i].initial_state = found->gl_pathv[i];
	}
	return tests;
}

static int run_all(const char *name, const char *pattern,
		   CMUnitTestFunction run)
{
	glob_t found = {};
	struct CMUnitTest *tests = collect(pattern, run, &found);
	int failed = 1;

	if (tests)
		failed = _cmocka_run_group_tests(name, tests, found.gl_pathc,
						 NULL, NULL);
	else
		fprintf(stderr, "no %s: not run in the root?\n", pattern);
	free(tests);
	globfree(&found);
	return failed;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_members_too_large),
		cmocka_unit_test(test_too_many_members),
		cmocka_unit_test(test_too_many_values),
		cmocka_unit_test(test_stdin),
		cmocka_unit_test(test_embedded),
		cmocka_unit_test(test_place),
	};
	int failed;

	failed = run_all("valid", VALID "*.yaml", test_valid);
	failed += run_all("invalid", INVALID "*.yaml", test_invalid);
	failed += cmocka_run_group_tests(tests, make_directory,
					 remove_directory);
	return failed ? 1 : 0;
}
