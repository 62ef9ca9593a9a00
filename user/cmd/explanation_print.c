/* SPDX-License-Identifier: GPL-2.0-only */
/* Why the filter passes or drops a packet, as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/describe.h"
#include "user/cmd/explanation.h"
#include "user/cmd/nearest.h"
#include "user/cmd/snippet.h"
#include "user/output/show.h"
#include "user/policy/protocol.h"
#include "user/policy/reason.h"

/* So many rules are listed at most. */
#define BETWEEN_MAX 8

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
	bool answers;	    /* it would answer what the rule lets open */
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
	else if (comparison->answers)
		printf("the port that it answers from is %u", port);
	else
		printf("the port is %u", port);
}

static void print_difference(const struct comparison *comparison,
			     enum difference difference)
{
	const struct packet *packet = comparison->packet;
	bool reversed = comparison->answers;
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
	case DIFFERS_ENDS:
		printf("the rule is the other way round: it lets %s open this "
		       "at %s",
		       text_of(comparison->from, "address"),
		       text_of(comparison->to, "address"));
		break;
	}
}

static enum difference difference_of(const json_t *name)
{
	int i;

	for (i = 0; i < DIFFERENCES; i++)
		if (!strcmp(json_string_value(name), difference_names[i]))
			return 1 << i;
	return 0;
}

static bool has_difference(const json_t *differs, enum difference difference)
{
	size_t i;

	for (i = 0; i < json_array_size(differs); i++)
		if (difference_of(json_array_get(differs, i)) == difference)
			return true;
	return false;
}

static void print_differences(const struct model *model, const json_t *row,
			      const struct packet *packet)
{
	const json_t *differs = json_object_get(row, "differs");
	bool turned = json_is_true(json_object_get(row, "turned"));
	struct comparison comparison = {
		.model = model,
		.packet = packet,
		.answers = turned && !has_difference(differs, DIFFERS_ENDS),
		.from = json_object_get(row, turned ? "to" : "from"),
		.to = json_object_get(row, turned ? "from" : "to"),
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

/* What the ends may do with each other, if that is not too much to read. */
static void print_between(const json_t *between)
{
	const json_t *rule;
	size_t i;

	if (!json_array_size(between))
		return;
	printf("%-8s", "allowed");
	for (i = 0; i < json_array_size(between) && i < BETWEEN_MAX; i++) {
		rule = json_array_get(between, i);
		printf("%s %s (%s)", i ? "," : "", text_of(rule, "match"),
		       text_of(rule, "name"));
	}
	if (i < json_array_size(between))
		printf(" and %zu rules more", json_array_size(between) - i);
	putchar('\n');
}

static void print_advice(const json_t *row)
{
	const json_t *roles = json_object_get(row, "interface_roles");
	const char *advice = text_of(row, "advice");
	char *list;

	if (json_is_array(roles)) {
		list = show_list(roles);
		printf("%-8s there only %s may be sources\n", "but",
		       list ? list : "");
		free(list);
	}
	if (advice)
		printf("%-8s %s\n", "hint", advice);
}

void explanation_print(const struct image *image, const json_t *row,
		       const struct subject_packet *subject)
{
	const json_t *allow = json_object_get(row, "allow");

	printf("%s: %s (%s)\n", text_of(row, "verdict"), text_of(row, "reason"),
	       reason_about(subject->answer.reason));
	if (subject->answer.verdict == VERDICT_DROP &&
	    json_is_false(json_object_get(row, "enforce")))
		printf("%-8s the interface only observes: the packet passes, "
		       "counted as would-drop\n",
		       "but");
	print_packet(json_object_get(row, "packet"));
	print_end("from", json_object_get(row, "from"));
	print_end("to", json_object_get(row, "to"));
	print_rule(&image->model, "rule", text_of(row, "rule"));
	print_rule(&image->model, "nearest", text_of(row, "nearest"));
	print_differences(&image->model, row, &subject->packet);
	print_between(json_object_get(row, "between"));
	print_advice(row);
	if (!allow)
		return;
	printf("To let it pass, add to the config:\n");
	snippet_print(allow, "  ");
}
