/* SPDX-License-Identifier: GPL-2.0-only */
/* Opens the policies that a config names, embedded ones and files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/embedded.h"
#include "user/policy/read.h"

static const char *const policy_keys[] = {"roles",  "rules", "tests",
					  "source", "about", NULL};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);

	return length >= strlen(end) &&
	       !strcmp(text + length - strlen(end), end);
}

static bool is_path(const char *text)
{
	return strchr(text, '/') || ends_with(text, ".yaml") ||
	       ends_with(text, ".yml") || ends_with(text, ".json");
}

static int refuse_unknown(struct reader *reader, const struct yaml_node *entry)
{
	const struct embedded_policy *policy;
	struct names names = {};
	const char *near;

	for (policy = embedded_policies; policy->name; policy++)
		names_add(&names, policy->name, 0);
	near = names_nearest(&names, entry->text);
	if (near)
		yaml_error(reader->diag, entry,
			   "unknown policy '%s': did you mean '%s'?",
			   entry->text, near);
	else
		yaml_error(reader->diag, entry,
			   "unknown policy '%s': the name of a file holds '/' "
			   "or ends in .yaml",
			   entry->text);
	names_release(&names);
	return -EINVAL;
}

static int open_embedded(struct reader *reader, struct document *document)
{
	const struct embedded_policy *policy;

	policy = embedded_policy_find(document->entry->text);
	if (!policy)
		return refuse_unknown(reader, document->entry);
	if (source_embed(&document->source, policy->name, policy->text))
		return read_no_memory(reader);
	return read_tree(reader, document);
}

static int open_file(struct reader *reader, struct document *document)
{
	char *path = read_path(reader, document->entry->text);
	int err;

	if (!path)
		return read_no_memory(reader);
	err = read_document(reader, document, path);
	free(path);
	return err;
}

/* Keys of a config that a policy has no use for are told apart from typos. */
static void check_keys(struct reader *reader, const struct yaml_node *root)
{
	static const char *const keys[] = {"interfaces", "policies", "without",
					   "settings"};
	bool is_config = false;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct yaml_node *node = yaml_get(root, keys[i]);

		if (!node)
			continue;
		is_config = true;
		yaml_error(reader->diag, node->key,
			   "'%s' belongs in the config, not in a policy",
			   keys[i]);
	}
	if (!is_config)
		read_keys(reader, root, policy_keys);
}

static int read_head(struct reader *reader, struct document *document)
{
	const struct yaml_node *root = document->yaml.root;
	struct policy *policy = model_push(&reader->model->policies);
	int err;

	if (!policy)
		return read_no_memory(reader);
	document->policy = reader->model->policies.count - 1;
	err = read_store(reader, document->entry->text, &policy->name);
	if (err)
		return err;
	if (!root || root->is_null) {
		yaml_warning(reader->diag, document->entry,
			     "policy '%s' is empty", document->entry->text);
		return 0;
	}
	if (!read_is_mapping(reader, root))
		return -EINVAL;
	check_keys(reader, root);
	read_text(reader, yaml_get(root, "source"), &policy->source);
	read_text(reader, yaml_get(root, "about"), &policy->about);
	read_policy_roles(reader, document);
	return 0;
}

static int open_policy(struct reader *reader, struct document *document)
{
	int err;

	if (is_path(document->entry->text))
		err = open_file(reader, document);
	else
		err = open_embedded(reader, document);
	if (!err)
		err = read_head(reader, document);
	return err;
}

static int check_entry(struct reader *reader, const struct yaml_node *entry)
{
	int err;

	if (!read_is_scalar(reader, entry, "the name of a policy"))
		return -EINVAL;
	err = names_add(&reader->policy_names, entry->text, 0);
	if (err == -ENOMEM)
		return read_no_memory(reader);
	if (err)
		return yaml_error(reader->diag, entry,
				  "policy '%s' is listed twice", entry->text);
	return 0;
}

void read_policies(struct reader *reader, const struct yaml_node *node)
{
	const struct yaml_node *entry;
	struct document *document;

	read_for_each(entry, node)
	{
		if (reader->policy_count == POLICIES_MAX) {
			yaml_error(reader->diag, entry,
				   "capacity exceeded: more than %d policies",
				   POLICIES_MAX);
			return;
		}
		if (check_entry(reader, entry)) {
			reader->lacks_policy = true;
			continue;
		}
		document = &reader->policies[reader->policy_count];
		document->entry = entry;
		if (!open_policy(reader, document)) {
			reader->policy_count++;
			continue;
		}
		reader->lacks_policy = true;
		yaml_release(&document->yaml);
		source_release(&document->source);
	}
}
