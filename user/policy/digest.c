/* SPDX-License-Identifier: GPL-2.0-only */
/* What a config means as one number: equal digests, equal policies. */
#include "user/policy/digest.h"

#include <errno.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

static void add(SHA2_CTX *sha, const void *bytes, size_t size)
{
	SHA256Update(sha, bytes, size);
}

static void add_text(SHA2_CTX *sha, const struct model *model, __u32 text)
{
	const char *string = model_str(model, text);

	add(sha, string, strlen(string) + 1);
}

static void add_number(SHA2_CTX *sha, __u32 number)
{
	add(sha, &number, sizeof(number));
}

static void add_refs(SHA2_CTX *sha, const struct model *model,
		     const struct span *refs)
{
	const __u32 *role = model->role_refs.items + refs->first;
	__u32 i;

	add_number(sha, refs->count);
	for (i = 0; i < refs->count; i++)
		if (role[i] == ROLE_ANY)
			add(sha, "any", sizeof("any"));
		else
			add_text(sha, model, model->roles.items[role[i]].name);
}

static void add_members(SHA2_CTX *sha, const struct member_run *run)
{
	__u32 i;

	for (i = 0; i < run->count; i++) {
		add(sha, &run->items[i]->prefix, sizeof(struct prefix));
		add_number(sha, run->items[i]->excluded);
	}
}

static int compare_names(const void *left, const void *right, void *context)
{
	const struct model *model = context;
	const struct role *a = &model->roles.items[*(const __u32 *)left];
	const struct role *b = &model->roles.items[*(const __u32 *)right];

	return strcmp(model_str(model, a->name), model_str(model, b->name));
}

/* Roles by their names, each with its members. */
static int add_roles(SHA2_CTX *sha, const struct model *model)
{
	struct members members = members_of_model(model);
	__u32 count = model->roles.count, i;
	__u32 *order = calloc(count + 1, sizeof(*order));
	struct members_by_role by_role;
	struct member_run run;
	int err = members_by_role_init(&by_role, count, &members);

	if (!order)
		err = -ENOMEM;
	for (i = 0; i < count && !err; i++)
		order[i] = i;
	if (!err && count)
		qsort_r(order, count, sizeof(*order), compare_names,
			(void *)model);
	for (i = 0; i < count && !err; i++) {
		add_text(sha, model, model->roles.items[order[i]].name);
		run = member_run_of(&by_role, order[i]);
		if (!member_run_is_empty(&run))
			add_members(sha, &run);
	}
	members_by_role_release(&by_role);
	free(order);
	return err;
}

static void add_rule(SHA2_CTX *sha, const struct model *model,
		     const struct rule *rule)
{
	add_text(sha, model, rule->name);
	add_refs(sha, model, &rule->from);
	add_refs(sha, model, &rule->to);
	add_number(sha, rule->matches.count);
	add(sha, model->matches.items + rule->matches.first,
	    rule->matches.count * sizeof(*model->matches.items));
	add_number(sha, rule->sports.count);
	add(sha, model->sports.items + rule->sports.first,
	    rule->sports.count * sizeof(*model->sports.items));
}

static void add_interface(SHA2_CTX *sha, const struct model *model,
			  const struct interface *interface)
{
	add_text(sha, model, interface->name);
	add_number(sha, interface->mode);
	add_number(sha, interface->enforce);
	add_number(sha, interface->has_roles);
	add_refs(sha, model, &interface->roles);
}

void model_digest(const struct model *model, char text[DIGEST_TEXT_SIZE])
{
	SHA2_CTX sha;
	__u32 i;

	text[0] = '\0';
	SHA256Init(&sha);
	if (add_roles(&sha, model))
		return;
	for (i = 0; i < model->rules.count; i++)
		add_rule(&sha, model, &model->rules.items[i]);
	for (i = 0; i < model->interfaces.count; i++)
		add_interface(&sha, model, &model->interfaces.items[i]);
	add(&sha, &model->settings, sizeof(model->settings));
	SHA256End(&sha, text);
}

void members_digest(const struct member_run *run, char text[DIGEST_TEXT_SIZE])
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	add_members(&sha, run);
	SHA256End(&sha, text);
}
