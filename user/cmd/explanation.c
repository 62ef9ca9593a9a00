/* SPDX-License-Identifier: GPL-2.0-only */
/* Why the filter passes or drops a packet, as JSON and as text. */
#include "user/cmd/explanation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/allow.h"
#include "user/cmd/describe.h"
#include "user/cmd/describe_event.h"
#include "user/cmd/nearest.h"
#include "user/cmd/snippet.h"
#include "user/output/show.h"
#include "user/policy/protocol.h"
#include "user/policy/reason.h"

/* Does a member of the role hold the address, excluded or not? */
static bool is_included(const struct members *members, __u32 role,
			const struct prefix *address)
{
	struct member key = {.prefix = *address, .role = role};
	const struct member *found;
	int length;

	for (length = address->length; length >= 0; length--) {
		key.prefix.length = length;
		prefix_clear_host_bits(&key.prefix);
		found = members_find(members, &key);
		if (found && member_is_held(found))
			return true;
	}
	return false;
}

static const struct member *exclusion_of(const struct members *members,
					 __u32 role,
					 const struct prefix *address)
{
	const struct member *found = members_exclusion(members, role, address);

	return found && is_included(members, role, address) ? found : NULL;
}

/* One for each role: its nearest prefix and where that is written. */
static json_t *describe_members(const struct generation *generation,
				const struct prefix *address, bool excluded)
{
	const struct members *members = generation_members(generation);
	const struct model *model = &generation->image.model;
	const struct member *member;
	json_t *list = json_array();
	char text[PREFIX_TEXT_SIZE];
	__u32 i;

	for (i = 0; i < model->roles.count; i++) {
		member = excluded ? exclusion_of(members, i, address)
				  : members_nearest(members, i, address);
		if (!member)
			continue;
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:o}", "role",
				  model_str(model, model->roles.items[i].name),
				  "prefix",
				  prefix_to_str(&member->prefix, text),
				  "origin", describe_origin(model, member)));
	}
	return list;
}

/* The longest of the prefixes behind the address's roles. */
static json_t *longest_prefix(const json_t *members)
{
	const char *text, *longest = NULL;
	struct prefix prefix, best = {};
	size_t i;

	for (i = 0; i < json_array_size(members); i++) {
		text = json_string_value(
			json_object_get(json_array_get(members, i), "prefix"));
		if (prefix_from_str(&prefix, text) ||
		    (longest && prefix.length <= best.length))
			continue;
		best = prefix;
		longest = text;
	}
	return longest ? json_string(longest) : json_null();
}

static json_t *describe_end(const struct generation *generation,
			    const struct packet *packet, const __u32 *words,
			    __u32 class)
{
	const struct image *image = &generation->image;
	struct prefix address;
	char text[PREFIX_TEXT_SIZE];
	json_t *members;

	if (!packet->family)
		return json_null();
	address = event_address(packet->family, words);
	members = describe_members(generation, &address, false);
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "address",
			 prefix_to_str(&address, text), "roles",
			 describe_class(&image->model, &image->classes, class),
			 "prefix", longest_prefix(members), "members", members,
			 "excluded",
			 describe_members(generation, &address, true));
}

static json_t *describe_packet(const struct subject_packet *subject)
{
	const struct packet *packet = &subject->packet;
	char text[PROTOCOL_TEXT_SIZE];
	json_t *row = json_object();

	if (subject->number)
		json_object_set_new(row, "number",
				    json_integer(subject->number));
	if (!packet->family)
		return row;
	json_object_set_new(
		row, "protocol",
		json_string(protocol_to_str(packet->protocol, text)));
	if (packet->slot <= SLOT_SCTP) {
		json_object_set_new(row, "sport", json_integer(packet->sport));
		json_object_set_new(row, "port", json_integer(packet->dport));
	} else if (packet->slot != SLOT_OTHER) {
		json_object_set_new(row, "type", json_integer(packet->dport));
	}
	if (packet->slot == SLOT_TCP)
		json_object_set_new(row, "flags",
				    describe_flags(packet->tcp_flags));
	return row;
}

static const struct {
	enum difference difference;
	const char *name;
} differences[] = {
	{DIFFERS_FROM, "from"},		{DIFFERS_TO, "to"},
	{DIFFERS_PROTOCOL, "protocol"}, {DIFFERS_PORT, "port"},
	{DIFFERS_SPORT, "sport"},	{DIFFERS_DIRECTION, "direction"},
};

#define DIFFERENCES (sizeof(differences) / sizeof(*differences))

static json_t *describe_differences(const struct near *near)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < DIFFERENCES; i++)
		if (near->differs & differences[i].difference)
			json_array_append_new(list,
					      json_string(differences[i].name));
	return list;
}

static void add_remedy(json_t *row, const struct image *image,
		       const struct subject_packet *subject)
{
	const struct explain *answer = &subject->answer;
	const char *advice = allow_advice(&subject->packet, answer);
	struct near near;

	if (answer->verdict == VERDICT_PASS) {
		json_object_set_new(row, "nearest", json_null());
		return;
	}
	if (advice) {
		json_object_set_new(row, "nearest", json_null());
		json_object_set_new(row, "advice", json_string(advice));
		return;
	}
	near = nearest_rule(&image->model, &image->classes, answer,
			    &subject->packet);
	json_object_set_new(row, "nearest",
			    near.rule ? json_string(model_str(&image->model,
							      near.rule->name))
				      : json_null());
	if (near.rule) {
		json_object_set_new(row, "differs",
				    describe_differences(&near));
		json_object_set_new(row, "reversed",
				    json_boolean(near.is_reversed));
	}
	json_object_set_new(
		row, "allow",
		allow_snippet(image, &subject->packet, answer, answer->iface));
}

json_t *explanation(const struct generation *generation,
		    const struct subject_packet *subject)
{
	const struct image *image = &generation->image;
	const struct explain *answer = &subject->answer;
	const struct packet *packet = &subject->packet;
	const struct model *model = &image->model;
	const struct rule *rule = NULL;
	json_t *row = show_new();

	if (answer->rule != RULE_NONE && answer->rule < model->rules.count)
		rule = &model->rules.items[answer->rule];
	json_object_update_new(
		row, json_pack("{s:s, s:s, s:s?, s:o, s:o, s:o}", "verdict",
			       verdict_name(answer->verdict), "reason",
			       reason_name(answer->reason), "rule",
			       rule ? model_str(model, rule->name) : NULL,
			       "packet", describe_packet(subject), "from",
			       describe_end(generation, packet, packet->saddr,
					    answer->sclass),
			       "to",
			       describe_end(generation, packet, packet->daddr,
					    answer->dclass)));
	add_remedy(row, image, subject);
	return row;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* "director through 10.0.0.5 (rolegate.yaml:12)", one for each role. */
static void print_members(const json_t *members, const char *how)
{
	const char *origin;
	const json_t *member;
	size_t i;

	for (i = 0; i < json_array_size(members); i++) {
		member = json_array_get(members, i);
		origin = text_of(member, "origin");
		printf("%s%s %s%s (%s)", i ? ", " : "", text_of(member, "role"),
		       how, text_of(member, "prefix"),
		       origin[0] ? origin : "added at run time");
	}
}

static void print_end(const char *title, const json_t *end)
{
	const json_t *members = json_object_get(end, "members");
	const json_t *excluded = json_object_get(end, "excluded");

	if (!text_of(end, "address"))
		return;
	printf("%-8s %s: ", title, text_of(end, "address"));
	print_members(members, "through ");
	if (!json_array_size(members))
		printf("no role");
	if (json_array_size(excluded)) {
		printf("; not ");
		print_members(excluded, "because of !");
	}
	putchar('\n');
}

static void print_packet(const json_t *packet)
{
	const json_t *number = json_object_get(packet, "number");
	const json_t *sport = json_object_get(packet, "sport");
	const json_t *flags = json_object_get(packet, "flags");
	const json_t *type = json_object_get(packet, "type");
	const char *protocol = text_of(packet, "protocol");
	char *list;

	printf("%-8s", "packet");
	if (number)
		printf(" number %lld", json_integer_value(number));
	if (number && protocol)
		printf(",");
	if (protocol)
		printf(" %s", protocol);
	if (sport)
		printf(" port %lld to port %lld", json_integer_value(sport),
		       json_integer_value(json_object_get(packet, "port")));
	if (type)
		printf(" type %lld", json_integer_value(type));
	if (flags) {
		list = show_list(flags);
		printf(", flags %s", list ? list : "");
		free(list);
	}
	putchar('\n');
}

static void print_rule(const struct model *model, const char *title,
		       const char *name)
{
	const struct rule *rule;
	json_t *from, *to;
	char *from_text, *to_text;
	int index = name ? model_find_rule(model, name) : -1;

	if (index < 0)
		return;
	rule = &model->rules.items[index];
	from = describe_refs(model, &rule->from);
	to = describe_refs(model, &rule->to);
	from_text = show_list(from);
	to_text = show_list(to);
	printf("%-8s %s: %s to %s, %s\n", title, name, from_text, to_text,
	       model_str(model, rule->text));
	if (model_str(model, rule->about)[0])
		printf("%-8s %s\n", "", model_str(model, rule->about));
	free(from_text);
	free(to_text);
	json_decref(from);
	json_decref(to);
}

/* What the packet has where a rule wants something else. */
struct comparison {
	const struct model *model;
	const struct rule *rule;
	const struct packet *packet;
	bool is_reversed;   /* it would answer what the rule lets open */
	const json_t *from; /* the ends, as the rule names them */
	const json_t *to;
};

static void print_end_difference(const struct comparison *comparison,
				 const json_t *end, const struct span *refs)
{
	json_t *names = describe_refs(comparison->model, refs);
	char *list = show_list(names);

	printf("%s does not hold %s: if it should, make it a member",
	       text_of(end, "address"), list ? list : "");
	free(list);
	json_decref(names);
}

static void print_port_difference(const struct comparison *comparison,
				  __u16 port)
{
	if (protocol_is_icmp(comparison->packet->protocol))
		printf("the type is %u", comparison->packet->dport);
	else if (comparison->is_reversed)
		printf("the port that it answers from is %u", port);
	else
		printf("the port is %u", port);
}

static void print_difference(const struct comparison *comparison,
			     enum difference difference)
{
	const struct packet *packet = comparison->packet;
	bool reversed = comparison->is_reversed;
	char text[PROTOCOL_TEXT_SIZE];

	switch (difference) {
	case DIFFERS_FROM:
		print_end_difference(comparison, comparison->from,
				     &comparison->rule->from);
		break;
	case DIFFERS_TO:
		print_end_difference(comparison, comparison->to,
				     &comparison->rule->to);
		break;
	case DIFFERS_PROTOCOL:
		printf("the protocol is %s",
		       protocol_to_str(packet->protocol, text));
		break;
	case DIFFERS_PORT:
		print_port_difference(comparison,
				      reversed ? packet->sport : packet->dport);
		break;
	case DIFFERS_SPORT:
		printf("the opener's port is %u",
		       reversed ? packet->dport : packet->sport);
		break;
	case DIFFERS_DIRECTION:
		printf("the packet opens a connection the other way round");
		break;
	}
}

static enum difference difference_of(const json_t *name)
{
	size_t i;

	for (i = 0; i < DIFFERENCES; i++)
		if (!strcmp(json_string_value(name), differences[i].name))
			return differences[i].difference;
	return 0;
}

static void print_differences(const struct model *model, const json_t *row,
			      const struct packet *packet)
{
	const json_t *differs = json_object_get(row, "differs");
	bool reversed = json_is_true(json_object_get(row, "reversed"));
	struct comparison comparison = {
		.model = model,
		.packet = packet,
		.is_reversed = reversed,
		.from = json_object_get(row, reversed ? "to" : "from"),
		.to = json_object_get(row, reversed ? "from" : "to"),
	};
	int index;
	size_t i;

	if (!json_array_size(differs))
		return;
	index = model_find_rule(model, text_of(row, "nearest"));
	comparison.rule = &model->rules.items[index];
	for (i = 0; i < json_array_size(differs); i++) {
		printf("%-8s ", i ? "" : "but");
		print_difference(&comparison,
				 difference_of(json_array_get(differs, i)));
		putchar('\n');
	}
}

void explanation_print(const struct image *image, const json_t *row,
		       const struct subject_packet *subject)
{
	const json_t *allow = json_object_get(row, "allow");
	const char *advice = text_of(row, "advice");

	printf("%s: %s (%s)\n", text_of(row, "verdict"), text_of(row, "reason"),
	       reason_about(subject->answer.reason));
	print_packet(json_object_get(row, "packet"));
	print_end("from", json_object_get(row, "from"));
	print_end("to", json_object_get(row, "to"));
	print_rule(&image->model, "rule", text_of(row, "rule"));
	print_rule(&image->model, "nearest", text_of(row, "nearest"));
	print_differences(&image->model, row, &subject->packet);
	if (advice)
		printf("%-8s %s\n", "hint", advice);
	if (!allow)
		return;
	printf("To let it pass, add to the config:\n");
	snippet_print(allow, "  ");
}
