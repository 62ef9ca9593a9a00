/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the interfaces that the filter is attached to. */
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "user/policy/read.h"

static const char *const option_keys[] = {"roles", "mode", "enforce", NULL};
static const char *const modes[] = {"native", "generic", NULL};
static const char *const booleans[] = {"true", "false", NULL};
/* The other spellings of YAML's core schema, in that order. */
static const char *const spellings[][2] = {
	{"True", "TRUE"},
	{"False", "FALSE"},
};

/* As the kernel's dev_valid_name(), and without controls. */
static bool is_valid(const char *name)
{
	if (!*name || strlen(name) >= IFNAMSIZ || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' ||
		    isspace((unsigned char)*name) ||
		    iscntrl((unsigned char)*name))
			return false;
	return true;
}

static struct interface *add(struct reader *reader,
			     const struct yaml_node *name)
{
	struct model *model = reader->model;
	struct interface *interface;
	int err;

	if (!is_valid(name->text)) {
		yaml_error(reader->diag, name,
			   "'%.64s' cannot be the name of an interface",
			   name->text);
		return NULL;
	}
	err = names_add(&reader->interfaces, name->text, 0);
	if (err == -EEXIST)
		yaml_error(reader->diag, name, "'%s' is listed twice",
			   name->text);
	else if (err)
		read_no_memory(reader);
	interface = err ? NULL : model_push(&model->interfaces);
	if (!interface)
		return NULL;
	interface->enforce = 1;
	interface->mode = MODE_AUTO;
	interface->place = read_place(name);
	read_store(reader, name->text, &interface->name);
	return interface;
}

/* The number of a word among booleans, or -EINVAL. */
static int read_boolean(struct reader *reader, const struct yaml_node *node)
{
	int i;

	for (i = 0; i < 2 && node->kind == YAML_SCALAR; i++)
		if (!strcmp(node->text, spellings[i][0]) ||
		    !strcmp(node->text, spellings[i][1]))
			return i;
	return read_word(reader, node, booleans);
}

static void read_options(struct reader *reader, const struct yaml_node *options,
			 struct interface *interface)
{
	const struct yaml_node *roles = yaml_get(options, "roles");
	const struct yaml_node *mode = yaml_get(options, "mode");
	const struct yaml_node *enforce = yaml_get(options, "enforce");

	read_keys(reader, options, option_keys);
	if (roles && roles->is_null)
		read_expected(reader, roles, "a role, a list of roles or []");
	if (roles) {
		interface->has_roles = 1;
		read_role_list(reader, roles, false, &interface->roles);
		read_mark_used(reader, &interface->roles);
	}
	if (mode)
		interface->mode = read_word(reader, mode, modes) == 0
					  ? MODE_NATIVE
					  : MODE_GENERIC;
	if (enforce)
		interface->enforce = read_boolean(reader, enforce) == 0;
}

static bool is_full(struct reader *reader, const struct yaml_node *node)
{
	if (reader->model->interfaces.count < IFACES_MAX - 1)
		return false;
	yaml_error(reader->diag, node,
		   "capacity exceeded: more than %d interfaces",
		   IFACES_MAX - 1);
	return true;
}

static void read_mapping(struct reader *reader, const struct yaml_node *node)
{
	const struct yaml_node *element;
	struct interface *interface;

	yaml_for_each(element, node)
	{
		if (is_full(reader, element->key))
			return;
		interface = add(reader, element->key);
		if (interface && read_is_mapping(reader, element))
			read_options(reader, element, interface);
	}
}

void read_interfaces(struct reader *reader, const struct yaml_node *node)
{
	const struct yaml_node *element;

	if (node && node->kind == YAML_MAPPING) {
		read_mapping(reader, node);
		return;
	}
	read_for_each(element, node)
	{
		if (!read_is_scalar(reader, element, "an interface's name"))
			continue;
		if (is_full(reader, element))
			return;
		add(reader, element);
	}
}
