/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads rules, those of policies and the config's own. */
#include <errno.h>
#include <string.h>

#include "user/policy/read.h"

static const char *const rule_keys[] = {"from",	 "to",	 "tcp",	     "udp",
					"sctp",	 "icmp", "protocol", "sport",
					"about", NULL};

void read_without(struct reader *reader, const struct yaml_node *node)
{
	const struct yaml_node *element;
	int err;

	read_for_each(element, node)
	{
		if (!read_is_scalar(reader, element, "the name of a rule"))
			continue;
		err = names_add(&reader->without, element->text, 0);
		if (err == -ENOMEM)
			read_no_memory(reader);
		else if (err)
			yaml_error(reader->diag, element,
				   "'%s' is listed twice", element->text);
	}
}

static void refuse_without(struct reader *reader,
			   const struct yaml_node *element)
{
	const char *near;

	if (names_find(&reader->rules, element->text) >= 0) {
		yaml_error(reader->diag, element,
			   "'%s' is the config's own rule: delete it there",
			   element->text);
		return;
	}
	near = read_near(reader, &reader->policy_rules, element->text);
	if (near)
		yaml_error(reader->diag, element,
			   "no policy has a rule '%s': did you mean '%s'?",
			   element->text, near);
	else
		yaml_error(reader->diag, element, "no policy has a rule '%s'",
			   element->text);
}

void read_without_check(struct reader *reader, const struct yaml_node *node)
{
	const struct yaml_node *element;

	if (reader->lacks_policy)
		return;
	read_for_each(element, node)
	{
		if (element->kind == YAML_SCALAR && !element->is_null &&
		    names_find(&reader->policy_rules, element->text) < 0)
			refuse_without(reader, element);
	}
}

static int read_ends(struct reader *reader, const struct yaml_node *node,
		     const char *key, struct span *span)
{
	const struct yaml_node *end = yaml_get(node, key);
	unsigned int errors = reader->diag->errors;

	if (!end)
		return yaml_error(reader->diag, node->key,
				  "rule '%s' has no '%s'", node->key->text,
				  key);
	if (read_role_list(reader, end, true, span))
		return -ENOMEM;
	if (!span->count && errors == reader->diag->errors)
		return read_expected(reader, end, "a role");
	return 0;
}

/* Reads everything but the name. */
static int read_body(struct reader *reader, const struct yaml_node *node,
		     struct rule *rule)
{
	int err;

	if (node->kind != YAML_MAPPING)
		return read_expected(reader, node, "a mapping");
	read_keys(reader, node, rule_keys);
	err = read_ends(reader, node, "from", &rule->from);
	err = read_ends(reader, node, "to", &rule->to) || err;
	err = read_matches(reader, node, rule) || err;
	err = read_text(reader, yaml_get(node, "about"), &rule->about) || err;
	return err ? -EINVAL : 0;
}

static int refuse_second(struct reader *reader, const struct yaml_node *key)
{
	const struct model *model = reader->model;
	long number = names_find(&reader->rules, key->text);
	const struct rule *rule = &model->rules.items[number];

	return yaml_error(reader->diag, key,
			  "rule '%s' is already defined in %s:%u", key->text,
			  model_str(model, rule->place.file), rule->place.line);
}

static int keep_rule(struct reader *reader, const struct yaml_node *key,
		     struct rule *read)
{
	struct model *model = reader->model;
	struct rule *rule;
	int err;

	err = names_add(&reader->rules, key->text, model->rules.count);
	if (err == -EEXIST)
		return refuse_second(reader, key);
	rule = err ? NULL : model_push(&model->rules);
	if (!rule)
		return read_no_memory(reader);
	*rule = *read;
	read_mark_used(reader, &rule->from);
	read_mark_used(reader, &rule->to);
	return 0;
}

static int keep_left_out(struct reader *reader, const struct rule *read)
{
	struct rule *rule = model_push(&reader->left_out);

	if (!rule)
		return read_no_memory(reader);
	*rule = *read;
	return 0;
}

static void read_rule(struct reader *reader, const struct document *document,
		      const struct yaml_node *node)
{
	struct rule rule = {.place = read_place(node->key)};
	const struct yaml_node *key = node->key;
	bool is_left_out = false;
	int err;

	err = read_new_name(reader, key);
	if (!err)
		err = read_store(reader, key->text, &rule.name);
	if (document->entry) {
		rule.policy =
			reader->model->policies.items[document->policy].name;
		is_left_out = names_find(&reader->without, key->text) >= 0;
		if (names_add(&reader->policy_rules, key->text, 0) == -ENOMEM)
			read_no_memory(reader);
	}
	read_body(reader, node, &rule);
	if (err)
		return;
	if (is_left_out)
		keep_left_out(reader, &rule);
	else
		keep_rule(reader, key, &rule);
}

void read_rules(struct reader *reader, const struct document *document)
{
	const struct yaml_node *node = yaml_get(document->yaml.root, "rules");
	struct model *model = reader->model;
	__u32 first = model->rules.count;
	const struct yaml_node *element;

	if (read_is_mapping(reader, node)) {
		yaml_for_each(element, node)
		{
			if (model->rules.count == RULES_MAX) {
				yaml_error(reader->diag, element->key,
					   "capacity exceeded: "
					   "more than %d rules",
					   RULES_MAX);
				break;
			}
			read_rule(reader, document, element);
		}
	}
	if (!document->entry)
		return;
	model->policies.items[document->policy].rules = (struct span){
		.first = first, .count = model->rules.count - first};
	if (document->yaml.root && !document->yaml.root->is_null &&
	    (!node || !node->count))
		yaml_warning(reader->diag, document->entry,
			     "policy '%s' has no rules", document->entry->text);
}
