/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of a model as JSON, as several commands show them. */
#include "user/cmd/describe.h"

#include <net/if.h>
#include <string.h>
#include <time.h>

#include "user/kernel/attach.h"

static const char *role_name(const struct model *model, __u32 role)
{
	if (role == ROLE_ANY)
		return "any";
	return model_str(model, model->roles.items[role].name);
}

json_t *describe_class(const struct model *model, const struct classes *classes,
		       __u32 class)
{
	json_t *names = json_array();
	const __u32 *roles;
	__u32 count, i;

	roles = classes_roles(classes, class, &count);
	for (i = 0; i < count; i++)
		json_array_append_new(names,
				      json_string(role_name(model, roles[i])));
	return names;
}

json_t *describe_refs(const struct model *model, const struct span *refs)
{
	const __u32 *roles = model->role_refs.items + refs->first;
	json_t *names = json_array();
	__u32 i;

	for (i = 0; i < refs->count; i++)
		json_array_append_new(names,
				      json_string(role_name(model, roles[i])));
	return names;
}

json_t *describe_rule(const struct model *model, const struct rule *rule)
{
	return json_pack("{s:s, s:o, s:o, s:s}", "name",
			 model_str(model, rule->name), "from",
			 describe_refs(model, &rule->from), "to",
			 describe_refs(model, &rule->to), "match",
			 model_str(model, rule->text));
}

json_t *describe_rules(const struct model *model)
{
	json_t *list = json_array(), *row;
	const struct rule *rule;
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		rule = &model->rules.items[i];
		row = describe_rule(model, rule);
		json_object_set_new(row, "about",
				    json_string(model_str(model, rule->about)));
		json_array_append_new(list, row);
	}
	return list;
}

json_t *describe_roles(const struct model *model)
{
	json_t *list = json_array();
	const struct role *role;
	__u32 i;

	for (i = 0; i < model->roles.count; i++) {
		role = &model->roles.items[i];
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "name",
					model_str(model, role->name), "about",
					model_str(model, role->about)));
	}
	return list;
}

json_t *describe_time(__u64 seconds)
{
	time_t when = seconds;
	struct tm local;
	char text[64];

	localtime_r(&when, &local);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &local);
	return json_string(text);
}

json_t *describe_place(const struct model *model, const struct place *place)
{
	if (!place->line)
		return json_string("");
	return json_sprintf("%s:%u", model_str(model, place->file),
			    place->line);
}

json_t *describe_origin(const struct model *model, const struct member *member)
{
	struct place place = {.file = member->file, .line = member->line};

	if (member->state & MEMBER_RUNTIME)
		return json_string("run time");
	return describe_place(model, &place);
}

/* What an interface is called now if that is not its name; null if it is. */
static json_t *describe_renamed(const char *name, __u32 ifindex)
{
	char now[IF_NAMESIZE];

	if (!ifindex || !if_indextoname(ifindex, now) || !strcmp(now, name))
		return json_null();
	return json_string(now);
}

static json_t *describe_interface(const struct instance *instance,
				  const struct generation *generation,
				  const struct interface *interface)
{
	const struct model *model = &generation->image.model;
	const char *name = model_str(model, interface->name);
	struct attachment attachment;
	char now[IF_NAMESIZE];
	bool held, attached;

	held = attachment_find(instance, interface->ifindex, &attachment) > 0 &&
	       attachment.program == program_id(generation_program(generation));
	/* One that was moved to another namespace takes its link along. */
	attached = held && if_indextoname(interface->ifindex, now);
	return json_pack(
		"{s:s, s:b, s:o, s:s?, s:b, s:b, s:o}", "name", name,
		"elsewhere", held && !attached, "renamed",
		describe_renamed(name, interface->ifindex), "mode",
		!attached	       ? NULL
		: attachment.is_native ? "native"
				       : "generic",
		"enforce", interface->enforce, "attached", attached, "roles",
		interface->has_roles ? describe_refs(model, &interface->roles)
				     : json_null());
}

json_t *describe_interfaces(const struct instance *instance,
			    const struct generation *generation)
{
	const struct model *model = &generation->image.model;
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++)
		json_array_append_new(
			list, describe_interface(instance, generation,
						 &model->interfaces.items[i]));
	return list;
}

json_t *describe_left(const struct instance *instance,
		      const struct generation *trial,
		      const struct generation *previous)
{
	const struct interface *interface;
	struct attachment attachment;
	json_t *list = json_array();
	const struct model *model;
	__u32 i;

	if (!previous)
		return list;
	model = &previous->image.model;
	interface = model->interfaces.items;
	for (i = 0; i < model->interfaces.count; i++, interface++)
		if (!attach_is_wanted(&trial->image.model,
				      interface->ifindex) &&
		    attachment_find(instance, interface->ifindex, &attachment) >
			    0)
			json_array_append_new(
				list,
				json_string(model_str(model, interface->name)));
	return list;
}

static void add_capacity(json_t *list, const char *what, __u32 used, __u32 max)
{
	json_array_append_new(list,
			      json_pack("{s:s, s:i, s:i, s:i}", "table", what,
					"used", used, "max", max, "percent",
					(int)((__u64)used * 100 / max)));
}

json_t *describe_capacity(const struct image *image, __u32 prefixes)
{
	json_t *list = json_array();

	add_capacity(list, "interfaces", image->model.interfaces.count,
		     IFACES_MAX - 1);
	add_capacity(list, "roles", image->model.roles.count, ROLES_MAX);
	add_capacity(list, "prefixes", prefixes, MEMBERS_MAX);
	add_capacity(list, "rules", image->model.rules.count, RULES_MAX);
	add_capacity(list, "classes", image->classes.sets.count, CLASSES_MAX);
	return list;
}

int describe_find_interface(const struct model *model, const char *name)
{
	int index = model_find_interface(model, name);
	__u32 ifindex = if_nametoindex(name), i;

	for (i = 0; index < 0 && ifindex && i < model->interfaces.count; i++)
		if (model->interfaces.items[i].ifindex == ifindex)
			index = i;
	return index;
}
