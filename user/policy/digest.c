/* SPDX-License-Identifier: GPL-2.0-only */
/* What a config means as one number: equal digests, equal policies. */
#include "user/policy/digest.h"

#include <sha2.h>
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
	add_number(sha, refs->count);
	add(sha, model->role_refs.items + refs->first,
	    refs->count * sizeof(*model->role_refs.items));
}

static void add_role(SHA2_CTX *sha, const struct model *model,
		     const struct role *role)
{
	add_text(sha, model, role->name);
}

static void add_member(SHA2_CTX *sha, const struct member *member)
{
	add(sha, &member->prefix, sizeof(member->prefix));
	add_number(sha, member->role);
	add_number(sha, member->excluded);
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

	SHA256Init(&sha);
	for (i = 0; i < model->roles.count; i++)
		add_role(&sha, model, &model->roles.items[i]);
	for (i = 0; i < model->members.count; i++)
		add_member(&sha, &model->members.items[i]);
	for (i = 0; i < model->rules.count; i++)
		add_rule(&sha, model, &model->rules.items[i]);
	for (i = 0; i < model->interfaces.count; i++)
		add_interface(&sha, model, &model->interfaces.items[i]);
	add(&sha, &model->settings, sizeof(model->settings));
	SHA256End(&sha, text);
}
