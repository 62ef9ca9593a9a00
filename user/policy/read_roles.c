/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads roles: their names and texts from policies, their members here. */
#include <errno.h>
#include <string.h>

#include "user/policy/read.h"

/* Finds the role of that name or makes it. */
static int define(struct reader *reader, const struct yaml_node *key,
		  __u32 *number)
{
	struct model *model = reader->model;
	struct role *role;
	long found;
	int err;

	err = read_new_name(reader, key);
	if (err)
		return err;
	found = names_find(&reader->roles, key->text);
	if (found >= 0) {
		*number = found;
		return 0;
	}
	if (model->roles.count == ROLES_MAX) {
		yaml_error(reader->diag, key,
			   "capacity exceeded: more than %d roles", ROLES_MAX);
		return -ENOSPC;
	}
	role = model_push(&model->roles);
	if (!role)
		return read_no_memory(reader);
	*number = model->roles.count - 1;
	role->place = read_place(key);
	if (names_add(&reader->roles, key->text, *number))
		return read_no_memory(reader);
	return read_store(reader, key->text, &role->name);
}

static bool is_member(const struct yaml_node *node)
{
	struct prefix prefix;

	if (node->kind != YAML_SCALAR)
		return true;
	return !prefix_from_str(&prefix, node->text + (node->text[0] == '!'));
}

void read_policy_roles(struct reader *reader, const struct document *policy)
{
	const struct yaml_node *node = yaml_get(policy->yaml.root, "roles");
	const struct yaml_node *element;
	__u32 number, about;
	int err;

	if (!read_is_mapping(reader, node))
		return;
	yaml_for_each(element, node)
	{
		err = define(reader, element->key, &number);
		if (err == -ENOSPC)
			return;
		if (is_member(element)) {
			yaml_error(reader->diag, element,
				   "members belong in the config, under roles: "
				   "a policy says only what a role is for");
			continue;
		}
		if (err || read_text(reader, element, &about))
			continue;
		if (!reader->model->roles.items[number].about)
			reader->model->roles.items[number].about = about;
	}
}

static void read_members(struct reader *reader, const struct yaml_node *node,
			 __u32 role)
{
	static const char *const keys[] = {"file", NULL};
	const struct yaml_node *element, *file;

	read_for_each(element, node)
	{
		if (element->kind != YAML_MAPPING) {
			read_member(reader, element, role);
			continue;
		}
		file = yaml_get(element, "file");
		if (!file && element->count == 1 && element->first->is_null) {
			read_expected(reader, element,
				      "an address: put one that ends in ':' "
				      "in quotes");
			continue;
		}
		read_keys(reader, element, keys);
		if (!element->count)
			read_expected(reader, element, "an address or a file");
		if (file)
			read_member_file(reader, file, role);
	}
}

static bool only_excludes(const struct model *model, __u32 first)
{
	__u32 i;

	for (i = first; i < model->members.count; i++)
		if (!model->members.items[i].excluded)
			return false;
	return first < model->members.count;
}

static void read_config_role(struct reader *reader,
			     const struct yaml_node *node, __u32 number)
{
	struct role *role = &reader->model->roles.items[number];
	const struct yaml_node *key = node->key;
	__u32 first = reader->model->members.count;
	unsigned int errors = reader->diag->errors;

	role->has_members = 1;
	role->place = read_place(key);
	if (node->is_null) {
		yaml_error(reader->diag, key,
			   "role '%s' has no members: "
			   "write %s: [] if that is on purpose",
			   key->text, key->text);
		return;
	}
	read_members(reader, node, number);
	if (errors == reader->diag->errors &&
	    only_excludes(reader->model, first))
		yaml_error(reader->diag, key,
			   "role '%s' only excludes: list what it is made of",
			   key->text);
}

void read_roles(struct reader *reader, const struct yaml_node *node)
{
	const struct yaml_node *element;
	__u32 number;
	int err;

	if (!read_is_mapping(reader, node))
		return;
	yaml_for_each(element, node)
	{
		err = define(reader, element->key, &number);
		if (err == -ENOSPC)
			return;
		if (!err)
			read_config_role(reader, element, number);
	}
}

int read_role(struct reader *reader, const struct yaml_node *node, bool any,
	      __u32 *role)
{
	struct prefix prefix;
	const char *near;
	long found;

	if (!read_is_scalar(reader, node, "the name of a role"))
		return -EINVAL;
	if (!strcmp(node->text, "any")) {
		*role = ROLE_ANY;
		return any ? 0 : read_expected(reader, node, "a role");
	}
	found = names_find(&reader->roles, node->text);
	if (found >= 0) {
		*role = found;
		return 0;
	}
	if (!prefix_from_str(&prefix, node->text))
		return yaml_error(reader->diag, node,
				  "expected a role, got '%s': "
				  "give that address a role under roles",
				  node->text);
	near = read_near(reader, &reader->roles, node->text);
	if (near)
		return yaml_error(reader->diag, node,
				  "unknown role '%s': did you mean '%s'?",
				  node->text, near);
	return yaml_error(reader->diag, node, "unknown role '%s'", node->text);
}

static bool has_ref(const struct model *model, const struct span *span,
		    __u32 role)
{
	__u32 i;

	for (i = 0; i < span->count; i++)
		if (model->role_refs.items[span->first + i] == role)
			return true;
	return false;
}

int read_role_list(struct reader *reader, const struct yaml_node *node,
		   bool any, struct span *span)
{
	const struct yaml_node *element;
	__u32 *ref;
	__u32 role;

	*span = (struct span){.first = reader->model->role_refs.count};
	read_for_each(element, node)
	{
		if (read_role(reader, element, any, &role) ||
		    has_ref(reader->model, span, role))
			continue;
		ref = model_push(&reader->model->role_refs);
		if (!ref)
			return read_no_memory(reader);
		*ref = role;
		span->count++;
	}
	return 0;
}

void read_mark_role(struct reader *reader, __u32 role)
{
	if (role != ROLE_ANY)
		reader->model->roles.items[role].used = 1;
}

void read_mark_used(struct reader *reader, const struct span *span)
{
	__u32 i;

	for (i = 0; i < span->count; i++)
		read_mark_role(reader,
			       reader->model->role_refs.items[span->first + i]);
}
