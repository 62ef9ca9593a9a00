/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate save: what is running as a config that would load it again. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/cmd/command.h"
#include "user/kernel/state.h"
#include "user/output/replacement.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/digest.h"
#include "user/policy/probe.h"
#include "user/policy/tables.h"
#include "user/policy/write_config.h"

/* A role of more members gets a file of its own. */
#define MEMBERS_IN_CONFIG 1000
/* So many in one config would be more than a config may hold. */
#define MEMBERS_IN_OUTPUT 200000

/* Of a members' file's name: enough of their digest to tell them apart. */
#define DIGEST_SHOWN 16

/*
 * The config and its roles' files. A file is named by its members' digest, so
 * that no config that is there names other members by it: what is put in place
 * before the config changes nothing.
 */
struct saving {
	const struct model *model;
	const char *path;
	struct replacement config;
	struct replacement members[ROLES_MAX];
	bool is_new[ROLES_MAX]; /* of members' files: put in place just now */
	char name[PATH_MAX];
	int err;
};

static int report_file(const char *path, int err)
{
	const char *why = strerror(-err);

	if (err == -ENOTSUP)
		why = "it is no file";
	if (err == -EEXIST)
		why = "a file of members beside it is not as it was written: "
		      "move it away";
	return report_error(err, "cannot write %s: %s; nothing was changed",
			    path, why);
}

/* "dir/rolegate.yaml" and a role to "dir/rolegate.ROLE.DIGEST.txt". */
static void name_members(struct saving *saving, __u32 role,
			 const struct member_run *run)
{
	char digest[DIGEST_TEXT_SIZE];
	const char *end = strrchr(saving->path, '.');
	int length = strlen(saving->path);

	if (end && !strcmp(end, ".yaml"))
		length = end - saving->path;
	members_digest(run, digest);
	snprintf(
		saving->name, sizeof(saving->name), "%.*s.%s.%.*s.txt", length,
		saving->path,
		model_str(saving->model, saving->model->roles.items[role].name),
		DIGEST_SHOWN, digest);
}

/* Writes the members of a large role; the config names them from beside. */
static const char *save_members(void *context, __u32 role,
				const struct member_run *run)
{
	struct saving *saving = context;
	struct replacement *file = &saving->members[role];

	if (run->count <= MEMBERS_IN_CONFIG)
		return NULL;
	name_members(saving, role, run);
	if (!saving->err)
		saving->err = replacement_open(file, saving->name);
	if (!saving->err)
		saving->err = write_members(file->stream, run);
	if (!saving->err)
		saving->err = replacement_finish(file);
	if (saving->err)
		return NULL;
	return basename(saving->name);
}

static int write_files(struct saving *saving, const struct members *members)
{
	const struct member_files files = {save_members, saving};
	int err, finished;

	err = replacement_open(&saving->config, saving->path);
	if (err)
		return err;
	err = write_config(saving->config.stream, saving->model, members,
			   &files);
	finished = replacement_finish(&saving->config);
	if (saving->err)
		return saving->err;
	return finished ? finished : err;
}

/* The config comes last: only with it what is there changes. */
static int put_in_place(struct saving *saving)
{
	int err = 0;
	__u32 i;

	for (i = 0; i < saving->model->roles.count && !err; i++)
		if (saving->members[i].temporary)
			err = replacement_commit_new(&saving->members[i],
						     &saving->is_new[i]);
	return err ? err : replacement_commit(&saving->config);
}

/* What the config that is not in place would have named. */
static void take_back(struct saving *saving)
{
	__u32 i;

	for (i = 0; i < saving->model->roles.count; i++)
		if (saving->is_new[i])
			unlink(saving->members[i].path);
}

static void saving_free(struct saving *saving)
{
	__u32 i;

	for (i = 0; i < ROLES_MAX; i++)
		replacement_release(&saving->members[i]);
	replacement_release(&saving->config);
	free(saving);
}

static int save_file(const struct generation *generation, const char *path)
{
	struct saving *saving = calloc(1, sizeof(*saving));
	int err;

	if (!saving)
		return report_file(path, -ENOMEM);
	saving->model = &generation->image.model;
	saving->path = path;
	err = write_files(saving, generation_members(generation));
	if (!err)
		err = put_in_place(saving);
	if (err) {
		take_back(saving);
		report_file(path, err);
	}
	saving_free(saving);
	return err;
}

/* In memory, so that nobody waits for who reads it. */
static int write_text(const struct generation *generation, char **text,
		      size_t *size)
{
	FILE *memory = open_memstream(text, size);
	int err;

	if (!memory)
		return -errno;
	err = write_config(memory, &generation->image.model,
			   generation_members(generation), NULL);
	if (fclose(memory) && !err)
		err = -errno;
	return err;
}

static int save_output(struct state *state)
{
	const struct generation *generation = &state->generation;
	__u32 count = members_count(generation_members(generation)).held;
	char *text = NULL;
	size_t size = 0;
	int err;

	if (count > MEMBERS_IN_OUTPUT)
		return report_error(
			-E2BIG,
			"%u members do not fit into one config: name a FILE, "
			"then large roles get files of their own beside it",
			count);
	err = write_text(generation, &text, &size);
	instance_close(&state->instance);
	if (err)
		report_error(err, "cannot write the config: %s",
			     strerror(-err));
	else
		fwrite(text, 1, size, stdout);
	free(text);
	return err;
}

static void show(const struct options *options,
		 const struct generation *generation, const char *path)
{
	const struct model *model = &generation->image.model;
	__u32 count = members_count(generation_members(generation)).held;
	json_t *result;

	if (!options->json) {
		printf("saved %u roles with %u prefixes and %u rules to %s\n",
		       model->roles.count, count, model->rules.count, path);
		return;
	}
	result = show_new();
	json_object_update_new(
		result, json_pack("{s:s, s:s, s:i, s:i, s:i}", "instance",
				  options->instance, "file", path, "roles",
				  model->roles.count, "prefixes", count,
				  "rules", model->rules.count));
	show_json(result);
}

/* The config's tests, with the members that there are now. */
static int run_tests(const struct generation *generation,
		     struct probe_result *result)
{
	struct model model = generation->image.model;
	struct tables tables;
	struct judge judge;
	struct diag diag;
	int err = -ENOMEM;

	tables_init(&tables);
	diag_init(&diag);
	model.members.items = roster_merge(generation_members(generation),
					   &model.members.count);
	if (model.members.items)
		err = tables_compile(&tables, &model, &diag);
	judge = judge_natively(&tables);
	if (!err)
		err = probes_run(&model, &tables, &judge, &diag, result);
	free(model.members.items);
	diag_release(&diag);
	tables_release(&tables);
	return err;
}

/* What `rolegate role` did may go against them: then load refuses the file. */
static void warn_of_tests(const struct generation *generation)
{
	struct probe_result result = {};

	if (!run_tests(generation, &result) && result.failed)
		report_warning("%u test(s) of the config fail with the members "
			       "as they are now: load will refuse what was "
			       "saved until they are mended",
			       result.failed);
}

static int save(const struct options *options, struct state *state,
		const char *path)
{
	const struct generation *generation = &state->generation;
	int err;

	if (generation->image.model.settings.closed)
		return report_error(-ENOENT,
				    "no policy is loaded, only the closed "
				    "state of `load --boot`: there is nothing "
				    "to save");
	if (!strcmp(path, "-"))
		err = save_output(state);
	else
		err = save_file(generation, path);
	if (err)
		return err;
	if (strcmp(path, "-"))
		show(options, generation, path);
	warn_of_tests(generation);
	return 0;
}

static int run(const struct options *options, int argc, char **argv)
{
	struct state state;
	int err;

	if (argc > 1)
		return command_usage(&cmd_save, "save takes one FILE at most");
	if (state_open(&state, options->instance, false))
		return EXIT_FAILED;
	err = save(options, &state, argc ? argv[0] : "-");
	state_close(&state);
	return err ? EXIT_FAILED : EXIT_DONE;
}

const struct command cmd_save = {
	.name = "save",
	.arguments = "[FILE]",
	.summary = "write a config that reproduces what is running",
	.help = "Without FILE, or with \"-\", to standard output. FILE is "
		"replaced in one step, or\nnot at all. A role of more than "
		"1000 members gets a file of its own beside FILE, with their "
		"digest in its name;\nthose of former saves stay, as another "
		"config may name them.\n",
	.run = run,
};
