/* SPDX-License-Identifier: GPL-2.0-only */
/* Why the filter passes or drops a packet, as JSON. */
#include "user/cmd/explanation.h"

#include "user/cmd/allow.h"
#include "user/cmd/describe.h"
#include "user/cmd/describe_event.h"
#include "user/cmd/nearest.h"
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

/* Not the class, which the filter does not look up for every packet. */
static json_t *roles_of(const json_t *members)
{
	json_t *names = json_array();
	size_t i;

	for (i = 0; i < json_array_size(members); i++)
		json_array_append(
			names,
			json_object_get(json_array_get(members, i), "role"));
	return names;
}

static json_t *describe_end(const struct generation *generation,
			    const struct packet *packet, const __u32 *words)
{
	struct prefix address;
	char text[PREFIX_TEXT_SIZE];
	json_t *members;

	if (!packet->family)
		return json_null();
	address = event_address(packet->family, words);
	members = describe_members(generation, &address, false);
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "address",
			 prefix_to_str(&address, text), "roles",
			 roles_of(members), "prefix", longest_prefix(members),
			 "members", members, "excluded",
			 describe_members(generation, &address, true));
}

static void add_ports(json_t *row, const struct packet *packet)
{
	if (packet->slot <= SLOT_SCTP) {
		json_object_set_new(row, "sport", json_integer(packet->sport));
		json_object_set_new(row, "port", json_integer(packet->dport));
	} else if (packet->slot != SLOT_OTHER) {
		json_object_set_new(row, "type", json_integer(packet->dport));
	}
	if (packet->slot == SLOT_TCP)
		json_object_set_new(row, "flags",
				    describe_flags(packet->tcp_flags));
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
	if (subject->has_ports)
		add_ports(row, packet);
	return row;
}

static json_t *describe_differences(const struct near *near)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < DIFFERENCES; i++)
		if (near->differs >> i & 1)
			json_array_append_new(list,
					      json_string(difference_names[i]));
	return list;
}

/* The rules between the packet's ends: what the port might have been. */
static json_t *describe_between(const struct image *image,
				const struct subject_packet *subject)
{
	const struct model *model = &image->model;
	const struct rule *rule;
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		rule = &model->rules.items[i];
		if (nearest_is_between(model, &image->classes, rule,
				       &subject->answer, &subject->packet))
			json_array_append_new(
				list,
				json_pack("{s:s, s:s}", "name",
					  model_str(model, rule->name), "match",
					  model_str(model, rule->text)));
	}
	return list;
}

static json_t *describe_near(const struct model *model, const struct near *near)
{
	if (!near->rule)
		return json_null();
	return json_string(model_str(model, near->rule->name));
}

/* Where only some roles may be sources, which these are. */
static json_t *describe_spoofed(const struct image *image, __u16 number)
{
	const struct model *model = &image->model;

	if (number == IFACE_UNKNOWN)
		return json_null();
	return describe_refs(
		model,
		&model->interfaces.items[number - IFACE_NUMBER(0)].roles);
}

static void add_advice(json_t *row, const struct image *image,
		       const struct subject_packet *subject, const char *advice)
{
	json_object_set_new(row, "nearest", json_null());
	json_object_set_new(row, "advice", json_string(advice));
	if (subject->answer.reason == REASON_SPOOFED)
		json_object_set_new(
			row, "interface_roles",
			describe_spoofed(image, subject->answer.iface));
}

static void add_remedy(json_t *row, const struct image *image,
		       const struct subject_packet *subject)
{
	const struct explain *answer = &subject->answer;
	struct near near;

	near = nearest_rule(&image->model, &image->classes, answer,
			    &subject->packet);
	json_object_set_new(row, "nearest",
			    describe_near(&image->model, &near));
	if (near.rule) {
		json_object_set_new(row, "differs",
				    describe_differences(&near));
		json_object_set_new(row, "turned",
				    json_boolean(near.as != NEAR_AS_IS));
	}
	if (answer->reason == REASON_PORT)
		json_object_set_new(row, "between",
				    describe_between(image, subject));
	json_object_set_new(
		row, "allow",
		allow_snippet(image, &subject->packet, answer, answer->iface));
}

/* Is it enforced there; of an interface that is not named, anywhere? */
static bool is_enforced(const struct model *model, __u16 number)
{
	__u32 i;

	if (number != IFACE_UNKNOWN)
		return model->interfaces.items[number - IFACE_NUMBER(0)]
			.enforce;
	for (i = 0; i < model->interfaces.count; i++)
		if (model->interfaces.items[i].enforce)
			return true;
	return !model->interfaces.count;
}

/* In the closed state it is not the packet that lacks something. */
static const char *advice_for(const struct model *model,
			      const struct subject_packet *subject)
{
	if (model->settings.closed)
		return "no policy could be loaded at boot, so every packet is "
		       "dropped: mend what `rolegate load` reports, and load";
	return allow_advice(&subject->packet, &subject->answer);
}

json_t *explanation(const struct generation *generation,
		    const struct subject_packet *subject)
{
	const struct image *image = &generation->image;
	const struct explain *answer = &subject->answer;
	const struct packet *packet = &subject->packet;
	const struct model *model = &image->model;
	const char *advice = advice_for(model, subject);
	const struct rule *rule = NULL;
	json_t *row = show_new();

	if (answer->rule != RULE_NONE && answer->rule < model->rules.count)
		rule = &model->rules.items[answer->rule];
	json_object_update_new(
		row,
		json_pack("{s:s, s:s, s:s?, s:o, s:o, s:o}", "verdict",
			  verdict_name(answer->verdict), "reason",
			  reason_name(answer->reason), "rule",
			  rule ? model_str(model, rule->name) : NULL, "packet",
			  describe_packet(subject), "from",
			  describe_end(generation, packet, packet->saddr), "to",
			  describe_end(generation, packet, packet->daddr)));
	json_object_set_new(row, "enforce",
			    json_boolean(is_enforced(model, answer->iface)));
	if (answer->verdict == VERDICT_PASS)
		json_object_set_new(row, "nearest", json_null());
	else if (advice)
		add_advice(row, image, subject, advice);
	else
		add_remedy(row, image, subject);
	return row;
}
