/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate policy: embedded policies, and graph and matrix of what runs. */
#include <stdio.h>
#include <string.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/cmd/drawn.h"
#include "user/cmd/graph.h"
#include "user/cmd/matrix.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/config.h"
#include "user/policy/embedded.h"

enum { OPTION_SVG = 1, OPTION_HTML };

static int format; /* one of these, 0: text */

static const struct option own_options[] = {
	{"svg", no_argument, NULL, OPTION_SVG},
	{"html", no_argument, NULL, OPTION_HTML},
	{0},
};

static bool take_option(int option, const char *value)
{
	(void)value;
	format = option;
	return true;
}

static json_t *describe_head(const struct model *model, const char *name)
{
	const struct policy *policy = &model->policies.items[0];

	return json_pack("{s:s, s:s, s:s, s:i, s:i}", "name", name, "about",
			 model_str(model, policy->about), "source",
			 model_str(model, policy->source), "roles",
			 model->roles.count, "rules", model->rules.count);
}

/* Reads an embedded policy into a new model; what is wrong is printed. */
static int read_one(const char *name, struct model *model)
{
	struct diag diag;
	int err;

	model_init(model);
	diag_init(&diag);
	err = policy_read(model, name, &diag);
	diag_print(&diag, stderr);
	diag_release(&diag);
	return err;
}

static enum exit_status run_list(const struct options *options)
{
	static const struct column columns[] = {
		{"POLICY", "name", false},
		{"ROLES", "roles", true},
		{"RULES", "rules", true},
		{"SOURCE", "source", false},
	};
	const struct embedded_policy *policy;
	json_t *list = json_array(), *result = show_new();
	struct model model;

	for (policy = embedded_policies; policy->name; policy++) {
		if (!read_one(policy->name, &model))
			json_array_append_new(
				list, describe_head(&model, policy->name));
		model_release(&model);
	}
	json_object_set_new(result, "policies", list);
	if (options->json) {
		show_json(result);
		return EXIT_DONE;
	}
	show_table(list, columns, 4);
	json_decref(result);
	return EXIT_DONE;
}

static void print(const struct model *model, const json_t *result)
{
	static const struct column roles[] = {
		{"ROLE", "name", false},
		{"ABOUT", "about", false},
	};
	static const struct column rules[] = {
		{"RULE", "name", false},   {"FROM", "from", false},
		{"TO", "to", false},	   {"MATCH", "match", false},
		{"ABOUT", "about", false},
	};

	printf("%s\n%s\n\n", json_string_value(json_object_get(result, "name")),
	       model_str(model, model->policies.items[0].source));
	show_table(json_object_get(result, "roles"), roles, 2);
	putchar('\n');
	show_table(json_object_get(result, "rules"), rules, 5);
}

static enum exit_status run_show(const struct options *options,
				 const char *name)
{
	struct model model;
	json_t *result;

	if (!embedded_policy_find(name)) {
		report_error(0,
			     "there is no policy '%s'; `rolegate policy "
			     "list` shows those there are",
			     name);
		return EXIT_FAILED;
	}
	if (read_one(name, &model)) {
		model_release(&model);
		return EXIT_FAILED;
	}
	result = show_new();
	json_object_update_new(result, describe_head(&model, name));
	json_object_set_new(result, "roles", describe_roles(&model));
	json_object_set_new(result, "rules", describe_rules(&model));
	if (options->json) {
		show_json(result);
	} else {
		print(&model, result);
		json_decref(result);
	}
	model_release(&model);
	return EXIT_DONE;
}

/* No format of another command's, and not two at once. */
static bool is_wanted(int own, const struct options *options)
{
	return !format || (format == own && !options->json);
}

static enum exit_status draw_graph(json_t *result, const struct drawn *drawn,
				   const struct options *options)
{
	int err = 0;

	graph_describe(result, drawn);
	if (options->json)
		show_json(json_incref(result));
	else if (format == OPTION_SVG)
		err = graph_write_svg(result);
	else
		graph_write_dot(result, stdout);
	return err ? EXIT_FAILED : EXIT_DONE;
}

static enum exit_status draw_matrix(json_t *result, const struct drawn *drawn,
				    const struct options *options)
{
	if (matrix_describe(result, drawn)) {
		report_error(0, "out of memory");
		return EXIT_FAILED;
	}
	if (options->json)
		show_json(json_incref(result));
	else if (format == OPTION_HTML)
		matrix_write_html(result, stdout);
	else
		matrix_print(result);
	return EXIT_DONE;
}

static enum exit_status
run_drawn(const struct options *options, const char *name,
	  enum exit_status (*draw)(json_t *result, const struct drawn *drawn,
				   const struct options *options))
{
	enum exit_status status;
	struct drawn drawn;
	json_t *result;

	status = drawn_open(&drawn, options->instance, name);
	if (status == EXIT_DONE) {
		result = drawn_describe(&drawn, name);
		status = draw(result, &drawn, options);
		json_decref(result);
	}
	drawn_release(&drawn);
	return status;
}

static int run(const struct options *options, int argc, char **argv)
{
	const char *verb = argc ? argv[0] : "";
	const char *name = argc == 2 ? argv[1] : NULL;

	if (argc == 1 && !strcmp(verb, "list") && !format)
		return run_list(options);
	if (argc == 2 && !strcmp(verb, "show") && !format)
		return run_show(options, argv[1]);
	if (argc <= 2 && !strcmp(verb, "graph") &&
	    is_wanted(OPTION_SVG, options))
		return run_drawn(options, name, draw_graph);
	if (argc <= 2 && !strcmp(verb, "matrix") &&
	    is_wanted(OPTION_HTML, options))
		return run_drawn(options, name, draw_matrix);
	return command_usage(&cmd_policy, "which of list, show NAME, graph "
					  "[--svg] [NAME], matrix [--html] "
					  "[NAME]?");
}

const struct command cmd_policy = {
	.name = "policy",
	.arguments = "list | show NAME | graph [--svg] [NAME] | "
		     "matrix [--html] [NAME]",
	.summary = "show policies: those of rolegate, and what runs as a "
		   "picture",
	.help = "  list, show NAME   the policies that are part of rolegate; a "
		"config names them\n"
		"                    under `policies` and gives addresses to "
		"their roles\n"
		"  graph             roles and the rules between them in the "
		"language of graphviz;\n"
		"                    --svg: as a picture, by graphviz's dot\n"
		"  matrix            role by role what may open, passed, was "
		"dropped; --html: as a\n"
		"                    page for a browser\n\n"
		"graph and matrix show what runs, with its counters; with "
		"NAME that policy, or, if\nit holds a \"/\", the config in "
		"that file. They need no root then.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
