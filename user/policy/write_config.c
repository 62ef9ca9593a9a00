/* SPDX-License-Identifier: GPL-2.0-only */
/* A model as the text of a config that means the same. */
#include "user/policy/write_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/setting.h"

void write_refs(struct writer *writer, const struct span *refs)
{
	const struct model *model = writer->model;
	const __u32 *role = model->role_refs.items + refs->first;
	struct emit *emit = &writer->emit;
	__u32 i;

	if (refs->count != 1)
		emit_list(emit);
	for (i = 0; i < refs->count; i++)
		emit_text(
			emit,
			role[i] == ROLE_ANY
				? "any"
				: model_str(model,
					    model->roles.items[role[i]].name));
	if (refs->count != 1)
		emit_end(emit);
}

static void write_interface(struct writer *writer,
			    const struct interface *interface)
{
	struct emit *emit = &writer->emit;

	emit_text(emit, model_str(writer->model, interface->name));
	emit_mapping(emit);
	if (interface->has_roles) {
		emit_text(emit, "roles");
		write_refs(writer, &interface->roles);
	}
	if (interface->mode != MODE_AUTO)
		emit_pair(emit, "mode",
			  interface->mode == MODE_NATIVE ? "native"
							 : "generic");
	emit_text(emit, "enforce");
	emit_flag(emit, interface->enforce);
	emit_end(emit);
}

static void write_interfaces(struct writer *writer)
{
	const struct model *model = writer->model;
	__u32 i;

	if (!model->interfaces.count)
		return;
	emit_text(&writer->emit, "interfaces");
	emit_mapping(&writer->emit);
	for (i = 0; i < model->interfaces.count; i++)
		write_interface(writer, &model->interfaces.items[i]);
	emit_end(&writer->emit);
}

static const char *member_to_str(const struct member *member, char *text)
{
	text[0] = '!';
	prefix_to_str(&member->prefix, text + 1);
	return member->excluded ? text : text + 1;
}

/* What only excludes is empty, but may not be written so. */
static void write_run(struct emit *emit, const struct member_run *run)
{
	char text[PREFIX_TEXT_SIZE + 1];
	__u32 i, count = member_run_is_empty(run) ? 0 : run->count;

	emit_list(emit);
	for (i = 0; i < count; i++)
		emit_text(emit, member_to_str(run->items[i], text));
	emit_end(emit);
}

static void write_role(struct writer *writer, __u32 role,
		       const struct member_run *run,
		       const struct member_files *files)
{
	const struct role *roles = writer->model->roles.items;
	struct emit *emit = &writer->emit;
	const char *path = NULL;

	if (files && !member_run_is_empty(run))
		path = files->member_file(files->context, role, run);
	emit_text(emit, model_str(writer->model, roles[role].name));
	if (!path) {
		write_run(emit, run);
		return;
	}
	emit_mapping(emit);
	emit_pair(emit, "file", path);
	emit_end(emit);
}

static int write_roles(struct writer *writer, const struct members *members,
		       const struct member_files *files)
{
	const struct model *model = writer->model;
	struct members_by_role by_role;
	struct member_run run;
	int err = members_by_role_init(&by_role, model->roles.count, members);
	__u32 i;

	emit_text(&writer->emit, "roles");
	emit_mapping(&writer->emit);
	for (i = 0; i < model->roles.count && !err; i++) {
		run = member_run_of(&by_role, i);
		if (run.count || model->roles.items[i].has_members ||
		    !write_is_defined(writer, &model->roles.items[i]))
			write_role(writer, i, &run, files);
	}
	emit_end(&writer->emit);
	members_by_role_release(&by_role);
	return err;
}

static void write_settings(struct writer *writer)
{
	const struct setting *setting;

	emit_text(&writer->emit, "settings");
	emit_mapping(&writer->emit);
	for (setting = settings_known; setting->key; setting++)
		emit_pair(&writer->emit, setting->key,
			  setting_word(setting, &writer->model->settings));
	write_keep(writer);
	emit_end(&writer->emit);
}

/* In the order of CONFIG in the manual: what is named comes before its use. */
static int write_sections(struct writer *writer, const struct members *members,
			  const struct member_files *files)
{
	int err;

	write_interfaces(writer);
	write_policies(writer);
	err = write_roles(writer, members, files);
	write_rules(writer);
	write_without(writer);
	write_settings(writer);
	write_tests(writer);
	return err;
}

int write_config(FILE *stream, const struct model *model,
		 const struct members *members,
		 const struct member_files *files)
{
	struct writer writer = {.model = model};
	int err = write_policies_init(&writer), closed = 0;

	if (!err) {
		emit_open(&writer.emit, stream);
		err = write_sections(&writer, members, files);
		closed = emit_close(&writer.emit);
	}
	write_policies_release(&writer);
	return err ? err : closed;
}

int write_members(FILE *stream, const struct member_run *run)
{
	char text[PREFIX_TEXT_SIZE + 1];
	__u32 i;

	for (i = 0; i < run->count; i++)
		if (fprintf(stream, "%s\n",
			    member_to_str(run->items[i], text)) < 0)
			return -errno;
	return fflush(stream) ? -errno : 0;
}
