/* SPDX-License-Identifier: GPL-2.0-only */
/* Pieces of a config that would let something pass: as JSON, and to paste. */
#include "user/cmd/snippet.h"

#include <stdio.h>
#include <string.h>

#include "user/policy/protocol.h"

const char *snippet_rule_name(const struct model *model, const char *stem,
			      unsigned int number, char *text)
{
	do
		snprintf(text, SNIPPET_NAME_SIZE, "%s-%u", stem, number++);
	while (model_find_rule(model, text) >= 0);
	return text;
}

const char *snippet_role_name(const struct model *model, const char *stem,
			      char *text)
{
	unsigned int number = 2;

	snprintf(text, SNIPPET_NAME_SIZE, "%s", stem);
	while (model_find_role(model, text) >= 0)
		snprintf(text, SNIPPET_NAME_SIZE, "%s-%u", stem, number++);
	return text;
}

const char *snippet_role(const struct model *model, __u32 role)
{
	if (role == ROLE_ANY)
		return "any";
	return model_str(model, model->roles.items[role].name);
}

static const char *key_of(enum slot slot)
{
	static const char *const keys[SLOT_COUNT] = {
		[SLOT_TCP] = "tcp",	[SLOT_UDP] = "udp",
		[SLOT_SCTP] = "sctp",	[SLOT_ICMP] = "icmp",
		[SLOT_ICMPV6] = "icmp", [SLOT_OTHER] = "protocol",
	};

	return keys[slot];
}

static bool is_icmp_type(enum slot slot, __u16 type, __u16 v4, __u16 v6)
{
	return (slot == SLOT_ICMP && type == v4) ||
	       (slot == SLOT_ICMPV6 && type == v6);
}

static json_t *match_value(enum slot slot, __u16 low, __u16 high)
{
	char text[PROTOCOL_TEXT_SIZE];

	if (is_icmp_type(slot, low, 8, 128))
		return json_string("echo");
	if (is_icmp_type(slot, low, 0, 129))
		return json_string("echo-reply");
	if (slot == SLOT_OTHER)
		return json_string(protocol_to_str(low, text));
	if (low == high)
		return json_integer(low);
	return json_sprintf("%u-%u", low, high);
}

static bool has_value(const json_t *list, const json_t *value)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), value))
			return true;
	return false;
}

void snippet_add_match(json_t *rule, enum slot slot, __u16 low, __u16 high)
{
	json_t *value = match_value(slot, low, high);
	json_t *old = json_object_get(rule, key_of(slot)), *list;

	if (!old) {
		json_object_set_new(rule, key_of(slot), value);
		return;
	}
	list = json_is_array(old) ? json_incref(old) : json_pack("[O]", old);
	if (has_value(list, value))
		json_decref(value);
	else
		json_array_append_new(list, value);
	if (json_array_size(list) > 1)
		json_object_set(rule, key_of(slot), list);
	json_decref(list);
}

/* A word as YAML reads it: addresses and exclusions need quotes. */
static void print_word(const json_t *word)
{
	const char *text = json_string_value(word);

	if (!text)
		printf("%lld", json_integer_value(word));
	else if (strpbrk(text, ":!"))
		printf("\"%s\"", text);
	else
		printf("%s", text);
}

static void print_list(const json_t *list)
{
	size_t i;

	putchar('[');
	for (i = 0; i < json_array_size(list); i++) {
		printf("%s", i ? ", " : "");
		print_word(json_array_get(list, i));
	}
	putchar(']');
}

static void print_value(const json_t *value)
{
	if (json_is_array(value))
		print_list(value);
	else
		print_word(value);
}

static void print_mapping(json_t *mapping)
{
	const char *separator = "{", *key;
	json_t *value;
	void *at;

	for (at = json_object_iter(mapping); at;
	     at = json_object_iter_next(mapping, at)) {
		key = json_object_iter_key(at);
		value = json_object_iter_value(at);
		printf("%s%s: ", separator, key);
		print_value(value);
		separator = ", ";
	}
	putchar('}');
}

void snippet_print_entry(const char *name, const json_t *value)
{
	printf("%s: ", name);
	if (json_is_object(value))
		print_mapping((json_t *)value);
	else
		print_value(value);
}

static void print_section(json_t *section, const char *indent)
{
	void *at;

	for (at = json_object_iter(section); at;
	     at = json_object_iter_next(section, at)) {
		printf("%s  ", indent);
		snippet_print_entry(json_object_iter_key(at),
				    json_object_iter_value(at));
		putchar('\n');
	}
}

void snippet_print(const json_t *snippet, const char *indent)
{
	static const char *const sections[] = {"interfaces", "roles", "rules"};
	json_t *section;
	size_t i;

	for (i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		section = json_object_get(snippet, sections[i]);
		if (!section)
			continue;
		printf("%s%s:\n", indent, sections[i]);
		print_section(section, indent);
	}
}
