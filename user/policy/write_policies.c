/* SPDX-License-Identifier: GPL-2.0-only */
/* Which policies a written config names, and what it uses them without. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/config.h"
#include "user/policy/difference.h"
#include "user/policy/embedded.h"
#include "user/policy/write_config.h"

/* Has the model a rule of the policy that is another one than embedded? */
static bool has_changed(const struct difference *difference,
			const struct model *model, const struct policy *policy)
{
	const struct change *change = difference->changes.items;
	__u32 i;

	for (i = 0; i < difference->changes.count; i++, change++)
		if (change->subject == SUBJECT_RULE &&
		    change->kind == CHANGE_CHANGED &&
		    model->rules.items[change->after].policy == policy->name)
			return true;
	return false;
}

/* Are the rules that the model has of it in the order of the policy? */
static bool is_in_order(const struct model *model, const struct policy *policy,
			const struct model *embedded)
{
	const struct rule *rule = model->rules.items + policy->rules.first;
	int last = -1, number;
	__u32 i;

	for (i = 0; i < policy->rules.count; i++, rule++) {
		number = model_find_rule(embedded,
					 model_str(model, rule->name));
		if (number <= last)
			return false;
		last = number;
	}
	return true;
}

/* Would naming it give the rules that the model has? 1 if so. */
static int is_as_embedded(const struct model *model,
			  const struct policy *policy,
			  const struct model *embedded)
{
	const struct members nothing = {};
	const struct side before = {embedded, &nothing};
	const struct side after = {model, &nothing};
	struct difference difference = {};
	int err;

	if (!is_in_order(model, policy, embedded))
		return 0;
	err = difference_find(&difference, &before, &after);
	if (!err)
		err = !has_changed(&difference, model, policy);
	difference_release(&difference);
	return err;
}

static int read_embedded(struct model *embedded, const char *name)
{
	struct diag diag;
	int err;

	model_init(embedded);
	if (!embedded_policy_find(name))
		return -ENOENT;
	diag_init(&diag);
	err = policy_read(embedded, name, &diag);
	diag_release(&diag);
	return err;
}

/*
 * The policies' rules come before the config's own: from the first policy on
 * that cannot be named, none is.
 */
int write_policies_init(struct writer *writer)
{
	const struct model *model = writer->model;
	const struct policy *policy;
	int err;
	__u32 i;

	writer->embedded = calloc(model->policies.count + 1,
				  sizeof(*writer->embedded));
	if (!writer->embedded)
		return -ENOMEM;
	for (i = 0; i < model->policies.count; i++) {
		policy = &model->policies.items[i];
		err = read_embedded(&writer->embedded[i],
				    model_str(model, policy->name));
		if (!err)
			err = is_as_embedded(model, policy,
					     &writer->embedded[i]);
		if (err <= 0) {
			model_release(&writer->embedded[i]);
			return err == -ENOMEM ? err : 0;
		}
		writer->referred++;
	}
	return 0;
}

void write_policies_release(struct writer *writer)
{
	__u32 i;

	for (i = 0; i < writer->referred; i++)
		model_release(&writer->embedded[i]);
	free(writer->embedded);
}

void write_policies(struct writer *writer)
{
	const struct model *model = writer->model;
	__u32 i;

	if (!writer->referred)
		return;
	emit_text(&writer->emit, "policies");
	emit_list(&writer->emit);
	for (i = 0; i < writer->referred; i++)
		emit_text(&writer->emit,
			  model_str(model, model->policies.items[i].name));
	emit_end(&writer->emit);
}

/* A rule of the named policies that the model does not have of them. */
static bool is_left_out(const struct writer *writer, const char *name)
{
	const struct model *model = writer->model;
	int number = model_find_rule(model, name);

	return number < 0 ||
	       !write_is_referred(writer, model->rules.items[number].policy);
}

void write_without(struct writer *writer)
{
	const struct model *embedded;
	bool has_list = false;
	const char *name;
	__u32 i, j;

	for (i = 0; i < writer->referred; i++) {
		embedded = &writer->embedded[i];
		for (j = 0; j < embedded->rules.count; j++) {
			name = model_str(embedded,
					 embedded->rules.items[j].name);
			if (!is_left_out(writer, name))
				continue;
			if (!has_list) {
				emit_text(&writer->emit, "without");
				emit_list(&writer->emit);
			}
			has_list = true;
			emit_text(&writer->emit, name);
		}
	}
	if (has_list)
		emit_end(&writer->emit);
}

bool write_is_defined(const struct writer *writer, const struct role *role)
{
	const char *name = model_str(writer->model, role->name);
	__u32 i;

	for (i = 0; i < writer->referred; i++)
		if (model_find_role(&writer->embedded[i], name) >= 0)
			return true;
	return false;
}

bool write_is_referred(const struct writer *writer, __u32 policy)
{
	__u32 i;

	for (i = 0; policy && i < writer->referred; i++)
		if (writer->model->policies.items[i].name == policy)
			return true;
	return false;
}
