/* SPDX-License-Identifier: GPL-2.0-only */
/* What a graph or a matrix shows: what runs, a config, or an embedded policy. */
#include "user/cmd/drawn.h"

#include <errno.h>
#include <string.h>

#include "user/cmd/describe.h"
#include "user/kernel/peek.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/config.h"
#include "user/policy/embedded.h"

static enum exit_status read_model(struct drawn *drawn, const char *path,
				   int (*read)(struct model *model,
					       const char *path,
					       struct diag *diag))
{
	struct diag diag;
	int err;

	diag_init(&diag);
	err = read(&drawn->read, path, &diag);
	diag_print(&diag, stderr);
	if (err && !diag.errors)
		report_error(err, "cannot read %s: %s", path, strerror(-err));
	diag_release(&diag);
	if (err && err != -ENOMEM)
		return EXIT_USAGE;
	return err ? EXIT_FAILED : EXIT_DONE;
}

static enum exit_status look(struct drawn *drawn, const char *instance)
{
	if (state_look(&drawn->state, &drawn->counters, instance))
		return EXIT_FAILED;
	drawn->is_running = true;
	drawn->model = &drawn->state.generation.image.model;
	return EXIT_DONE;
}

/* No policy is called so; "-" is standard input. */
static bool is_path(const char *name)
{
	return strchr(name, '/') || !strcmp(name, "-");
}

enum exit_status drawn_open(struct drawn *drawn, const char *instance,
			    const char *name)
{
	memset(drawn, 0, sizeof(*drawn));
	model_init(&drawn->read);
	drawn->model = &drawn->read;
	if (!name)
		return look(drawn, instance);
	if (is_path(name))
		return read_model(drawn, name, config_read);
	if (embedded_policy_find(name))
		return read_model(drawn, name, policy_read);
	report_error(0,
		     "there is no policy '%s'; `rolegate policy list` shows "
		     "those there are, and a config's path holds '/'",
		     name);
	return EXIT_FAILED;
}

void drawn_release(struct drawn *drawn)
{
	model_release(&drawn->read);
	if (!drawn->is_running)
		return;
	counters_release(&drawn->counters);
	state_close(&drawn->state);
	drawn->is_running = false;
}

static json_t *describe_title(const struct drawn *drawn, const char *name)
{
	if (drawn->is_running)
		return json_sprintf("instance %s, generation %u",
				    drawn->state.instance.name,
				    drawn->state.generation.number);
	return json_string(name);
}

json_t *drawn_describe(const struct drawn *drawn, const char *name)
{
	json_t *result = show_new();

	json_object_set_new(result, "title", describe_title(drawn, name));
	if (drawn->is_running)
		json_object_update_new(
			result,
			json_pack("{s:s, s:i}", "instance",
				  drawn->state.instance.name, "generation",
				  drawn->state.generation.number));
	json_object_set_new(result, "roles", describe_roles(drawn->model));
	return result;
}
