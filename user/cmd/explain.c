/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate explain: what the running filter would do with a packet, and why. */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/cmd/nearest.h"
#include "user/kernel/state.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/frame.h"
#include "user/policy/protocol.h"
#include "user/policy/reason.h"

enum { OPTION_IN = 1, OPTION_SPORT, OPTION_FLAGS };

#define SPORT_DEFAULT 49152

static const char *in_interface;
static struct frame_spec spec;
static bool has_flags;

static const struct option own_options[] = {
	{"in", required_argument, NULL, OPTION_IN},
	{"sport", required_argument, NULL, OPTION_SPORT},
	{"flags", required_argument, NULL, OPTION_FLAGS},
	{0},
};

static bool take_number(const char *text, unsigned long max, __u16 *number)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	value = strtoul(text, &end, 10);
	*number = value;
	return !*end && value <= max;
}

static bool take_flags(const char *text)
{
	has_flags = true;
	return !tcp_flags_from_str(&spec.flags, text);
}

static bool take_option(int option, const char *value)
{
	switch (option) {
	case OPTION_IN:
		in_interface = value;
		return true;
	case OPTION_SPORT:
		return take_number(value, 65535, &spec.sport);
	case OPTION_FLAGS:
		return take_flags(value);
	}
	return false;
}

/* "tcp/5061", "icmp/echo", "icmp/3", "vrrp"; sets *problem if that fails. */
static bool take_protocol(const char *text, const char **problem)
{
	const char *slash = strchr(text, '/');
	char name[32];
	int number;

	snprintf(name, sizeof(name), "%.*s",
		 (int)(slash ? slash - text : (long)strlen(text)), text);
	number = protocol_from_str(name, spec.from.family);
	*problem = "is no protocol";
	if (number < 0)
		return false;
	spec.protocol = number;
	*problem = "needs a port, as in tcp/443";
	if (!slash)
		return !protocol_has_ports(spec.protocol);
	*problem = "has no such port";
	if (protocol_is_icmp(spec.protocol) && !strcmp(slash + 1, "echo")) {
		spec.port = spec.protocol == IPPROTO_ICMP ? 8 : 128;
		return true;
	}
	if (protocol_is_icmp(spec.protocol))
		return take_number(slash + 1, 255, &spec.port);
	return protocol_has_ports(spec.protocol) &&
	       take_number(slash + 1, 65535, &spec.port);
}

static int take_arguments(int argc, char **argv)
{
	const char *problem;

	if (argc != 3)
		return command_usage(&cmd_explain,
				     "FROM, TO and PROTO[/PORT] are needed");
	if (prefix_from_address(&spec.from, argv[0]))
		return command_usage(&cmd_explain, "'%s' is no address",
				     argv[0]);
	if (prefix_from_address(&spec.to, argv[1]))
		return command_usage(&cmd_explain, "'%s' is no address",
				     argv[1]);
	if (spec.from.family != spec.to.family)
		return command_usage(&cmd_explain,
				     "%s and %s are not of one family", argv[0],
				     argv[1]);
	if (!take_protocol(argv[2], &problem))
		return command_usage(&cmd_explain, "'%s' %s", argv[2], problem);
	return EXIT_DONE;
}

/* The longest of the prefixes behind the address's roles. */
static json_t *describe_prefix(const struct generation *generation,
			       const struct prefix *address, __u32 class)
{
	const struct member *member, *nearest = NULL;
	char text[PREFIX_TEXT_SIZE];
	const __u32 *roles;
	__u32 count, i;

	roles = classes_roles(&generation->image.classes, class, &count);
	for (i = 0; i < count; i++) {
		member = members_nearest(generation_members(generation),
					 roles[i], address);
		if (member && (!nearest ||
			       member->prefix.length > nearest->prefix.length))
			nearest = member;
	}
	if (!nearest)
		return json_null();
	return json_string(prefix_to_str(&nearest->prefix, text));
}

static json_t *describe_end(const struct generation *generation,
			    const struct prefix *address, __u32 class)
{
	const struct image *image = &generation->image;
	char text[PREFIX_TEXT_SIZE];

	return json_pack("{s:s, s:o, s:o}", "address",
			 prefix_to_str(address, text), "roles",
			 describe_class(&image->model, &image->classes, class),
			 "prefix", describe_prefix(generation, address, class));
}

static json_t *describe(const struct generation *generation,
			const struct explain *answer)
{
	const struct image *image = &generation->image;
	const struct model *model = &image->model;
	const struct rule *rule = NULL, *nearest = NULL;
	json_t *result = show_new();

	if (answer->rule != RULE_NONE && answer->rule < model->rules.count)
		rule = &model->rules.items[answer->rule];
	if (answer->verdict != VERDICT_PASS)
		nearest = nearest_rule(model, &image->classes, answer, &spec);
	json_object_update_new(
		result,
		json_pack("{s:s, s:s, s:s?, s:o, s:o, s:s?}", "verdict",
			  verdict_name(answer->verdict), "reason",
			  reason_name(answer->reason), "rule",
			  rule ? model_str(model, rule->name) : NULL, "from",
			  describe_end(generation, &spec.from, answer->sclass),
			  "to",
			  describe_end(generation, &spec.to, answer->dclass),
			  "nearest",
			  nearest ? model_str(model, nearest->name) : NULL));
	return result;
}

static void print_end(const char *title, const json_t *end)
{
	const char *prefix = json_string_value(json_object_get(end, "prefix"));
	char *roles = show_list(json_object_get(end, "roles"));

	printf("%-8s %s: %s%s%s\n", title,
	       json_string_value(json_object_get(end, "address")),
	       roles ? roles : "", prefix ? " through " : "",
	       prefix ? prefix : "");
	free(roles);
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

static void print(const struct model *model, const json_t *result,
		  const struct explain *answer)
{
	printf("%s: %s (%s)\n",
	       json_string_value(json_object_get(result, "verdict")),
	       json_string_value(json_object_get(result, "reason")),
	       reason_about(answer->reason));
	print_end("from", json_object_get(result, "from"));
	print_end("to", json_object_get(result, "to"));
	print_rule(model, "rule",
		   json_string_value(json_object_get(result, "rule")));
	print_rule(model, "nearest",
		   json_string_value(json_object_get(result, "nearest")));
}

static enum exit_status explain(const struct options *options,
				const struct generation *generation,
				struct explain *answer)
{
	struct judge judge = judge_by_program(generation);
	struct frame_buffer frame;
	json_t *result;
	int size, err;

	size = frame_build(&spec, &frame);
	err = judge.judge(&judge, frame.bytes, size, answer);
	if (err) {
		report_error(err, "cannot run the program: %s", strerror(-err));
		return EXIT_FAILED;
	}
	result = describe(generation, answer);
	if (options->json) {
		show_json(result);
	} else {
		print(&generation->image.model, result, answer);
		json_decref(result);
	}
	return answer->verdict == VERDICT_PASS ? EXIT_DONE : EXIT_DROPPED;
}

/* By the name that the config has for it, or the one it has now. */
static int find_interface(const struct model *model, const char *name)
{
	int index = model_find_interface(model, name);
	__u32 ifindex = if_nametoindex(name), i;

	for (i = 0; index < 0 && ifindex && i < model->interfaces.count; i++)
		if (model->interfaces.items[i].ifindex == ifindex)
			index = i;
	return index;
}

static int run(const struct options *options, int argc, char **argv)
{
	struct explain answer = {.iface = IFACE_UNKNOWN};
	struct state state;
	int status, index = 0;

	status = take_arguments(argc, argv);
	if (status != EXIT_DONE)
		return status;
	if (!spec.sport)
		spec.sport = SPORT_DEFAULT;
	if (!has_flags)
		take_flags("syn");
	if (state_open(&state, options->instance, false))
		return EXIT_FAILED;
	if (in_interface) {
		index = find_interface(&state.generation.image.model,
				       in_interface);
		answer.iface = IFACE_NUMBER(index);
	}
	if (index < 0)
		status = command_usage(&cmd_explain,
				       "%s is no interface of instance %s",
				       in_interface, options->instance);
	else
		status = explain(options, &state.generation, &answer);
	state_close(&state);
	return status;
}

const struct command cmd_explain = {
	.name = "explain",
	.arguments = "[--in IFACE] [--sport N] [--flags F] FROM TO "
		     "PROTO[/PORT]",
	.summary = "ask the running program about a packet; counts nothing",
	.help = "  --in IFACE   the packet comes in there (default: anywhere)\n"
		"  --sport N    its source port (default 49152)\n"
		"  --flags F    its TCP flags, like syn or syn,ack (default "
		"syn)\n\n"
		"PROTO/PORT is tcp/5061, udp/53, icmp/echo, icmp/TYPE, or a "
		"protocol's name\nor number. Exit status 0: pass, 3: drop.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
