/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a config file and the policies it names into a model. */
#include "user/policy/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "user/policy/members.h"
#include "user/policy/read.h"

static const char *const config_keys[] = {"interfaces", "policies", "roles",
					  "rules",	"without",  "settings",
					  "tests",	NULL};

static void warn_of_file(struct reader *reader, const char *message)
{
	diag_add(reader->diag, true, reader->config.source.name, 0, 0, 0, NULL,
		 "%s", message);
}

/* What names something comes after what defines it. */
static void read_sections(struct reader *reader, const struct yaml_node *root)
{
	__u32 i;

	read_keys(reader, root, config_keys);
	read_policies(reader, yaml_get(root, "policies"));
	read_roles(reader, yaml_get(root, "roles"));
	read_interfaces(reader, yaml_get(root, "interfaces"));
	read_without(reader, yaml_get(root, "without"));
	for (i = 0; i < reader->policy_count; i++)
		read_rules(reader, &reader->policies[i]);
	read_rules(reader, &reader->config);
	read_without_check(reader, yaml_get(root, "without"));
	read_settings(reader, yaml_get(root, "settings"));
	for (i = 0; i < reader->policy_count; i++)
		read_tests(reader, &reader->policies[i]);
	read_tests(reader, &reader->config);
	lint_members(reader);
	members_sort(reader->model->members.items,
		     &reader->model->members.count);
	if (reader->diag->errors)
		return;
	lint_unused(reader->model, reader->diag);
	lint_rules(reader->model, reader->diag);
	if (!reader->model->interfaces.count)
		warn_of_file(reader, "no interfaces: nothing is filtered");
}

static int read_config(struct reader *reader, const char *path)
{
	const struct yaml_node *root;
	int err;

	err = read_document(reader, &reader->config, path);
	if (err)
		return err;
	root = reader->config.yaml.root;
	if (!root || root->is_null)
		warn_of_file(reader, "nothing in it");
	else if (read_is_mapping(reader, root))
		read_sections(reader, root);
	if (reader->out_of_memory)
		return -ENOMEM;
	return reader->diag->errors ? -EINVAL : 0;
}

static void document_release(struct document *document)
{
	yaml_release(&document->yaml);
	source_release(&document->source);
}

static void reader_release(struct reader *reader)
{
	__u32 i;

	document_release(&reader->config);
	for (i = 0; i < reader->policy_count; i++)
		document_release(&reader->policies[i]);
	names_release(&reader->roles);
	names_release(&reader->rules);
	names_release(&reader->interfaces);
	names_release(&reader->policy_names);
	names_release(&reader->policy_rules);
	names_release(&reader->without);
	names_release(&reader->protocols);
	free(reader->left_out.items);
}

/* A config that has only the policy in it, written here. */
static int read_policy(struct reader *reader, const char *name)
{
	char text[128];
	int err;

	snprintf(text, sizeof(text), "policies: [%s]\n", name);
	err = source_embed(&reader->config.source, name, text);
	if (!err)
		err = read_tree(reader, &reader->config);
	if (err)
		return err;
	read_policies(reader, yaml_get(reader->config.yaml.root, "policies"));
	if (reader->policy_count)
		read_rules(reader, &reader->policies[0]);
	if (reader->out_of_memory)
		return -ENOMEM;
	return reader->diag->errors ? -EINVAL : 0;
}

static int read_into(struct model *model, struct diag *diag, const char *name,
		     int (*read)(struct reader *reader, const char *name))
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader)
		return -ENOMEM;
	reader->model = model;
	reader->diag = diag;
	err = read(reader, name);
	reader_release(reader);
	free(reader);
	return err;
}

int config_read(struct model *model, const char *path, struct diag *diag)
{
	return read_into(model, diag, path, read_config);
}

int policy_read(struct model *model, const char *name, struct diag *diag)
{
	return read_into(model, diag, name, read_policy);
}
