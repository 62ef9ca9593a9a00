/* SPDX-License-Identifier: GPL-2.0-only */
/* What would be cut off, and what the config lacks, as text. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "user/policy/lockout.h"
#include "user/policy/reason.h"

#define NAME_SIZE 48

/* A text that grows; what does not fit is left out. */
struct line {
	char *text;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *line,
						      const char *format, ...)
{
	size_t room = LOCKOUT_TEXT_SIZE - line->used;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line->text + line->used, room, format, arguments);
	va_end(arguments);
	line->used += (size_t)length < room ? (size_t)length : room - 1;
}

/* "tcp" and the like with what follows it; separator is " " or ": ". */
static void put_match(struct line *line, const struct frame_spec *spec,
		      const char *separator)
{
	switch (spec->protocol) {
	case IPPROTO_TCP:
		put(line, "tcp%s%u", separator, spec->port);
		break;
	case IPPROTO_UDP:
		put(line, "udp%s%u", separator, spec->port);
		break;
	case IPPROTO_SCTP:
		put(line, "sctp%s%u", separator, spec->port);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		put(line, "icmp%s%u", separator, spec->port);
		break;
	default:
		put(line, "protocol%s%u", separator, spec->protocol);
	}
}

static const char *iface_name(const struct model *model,
			      const struct cutoff *cutoff)
{
	return model_str(
		model,
		model->interfaces.items[cutoff->iface - IFACE_NUMBER(0)].name);
}

const char *cutoff_to_str(const struct model *model,
			  const struct cutoff *cutoff, char *text)
{
	const struct frame_spec *spec = &cutoff->spec;
	char from[PREFIX_TEXT_SIZE], to[PREFIX_TEXT_SIZE];
	struct line line = {.text = text};

	put(&line, "%s to %s, ", prefix_to_str(&spec->from, from),
	    prefix_to_str(&spec->to, to));
	put_match(&line, spec, " ");
	if (!cutoff->keep)
		put(&line, " (from port %u)", spec->sport);
	if (cutoff->iface != IFACE_UNKNOWN)
		put(&line, ", in by %s", iface_name(model, cutoff));
	if (cutoff->keep && cutoff->iface != IFACE_UNKNOWN &&
	    model->interfaces.count > 1)
		put(&line, " or any other interface of the config");
	return text;
}

/* Makes name one that find() does not know, with a number if need be. */
static void
make_unique(const struct model *model, char name[NAME_SIZE], const char *wanted,
	    int (*find)(const struct model *model, const char *name))
{
	int number;

	snprintf(name, NAME_SIZE, "%s", wanted);
	for (number = 2; find(model, name) >= 0; number++)
		snprintf(name, NAME_SIZE, "%s-%d", wanted, number);
}

/* An end of the missing rule: a role of the address, or a new one. */
struct end {
	char role[NAME_SIZE];
	bool is_new;
};

/* The role that holds the address by the longest prefix; NULL: none does. */
static const struct role *narrowest_role(const struct model *model,
					 const struct members *members,
					 const struct prefix *address)
{
	const struct role *narrowest = NULL;
	const struct member *member;
	int length = -1;
	__u32 i;

	for (i = 0; i < model->roles.count; i++) {
		member = members_nearest(members, i, address);
		if (!member || member->prefix.length <= length)
			continue;
		length = member->prefix.length;
		narrowest = &model->roles.items[i];
	}
	return narrowest;
}

static void name_end(const struct model *model, const struct members *members,
		     const struct prefix *address, const char *wanted,
		     struct end *end)
{
	const struct role *role = narrowest_role(model, members, address);

	end->is_new = !role;
	if (role)
		snprintf(end->role, NAME_SIZE, "%s",
			 model_str(model, role->name));
	else
		make_unique(model, end->role, wanted, model_find_role);
}

static void put_role(struct line *line, const struct end *end,
		     const struct prefix *address, bool *has_role)
{
	char text[PREFIX_TEXT_SIZE];

	if (!end->is_new)
		return;
	put(line, "%s%s: \"%s\"", *has_role ? ", " : "roles: {", end->role,
	    prefix_to_str(address, text));
	*has_role = true;
}

static void put_rule(struct line *line, const struct model *model,
		     const struct members *members, const struct cutoff *cutoff)
{
	const struct frame_spec *spec = &cutoff->spec;
	bool has_role = false;
	char name[NAME_SIZE];
	struct end from, to;

	name_end(model, members, &spec->from, "kept-source", &from);
	name_end(model, members, &spec->to, "kept-destination", &to);
	make_unique(model, name, "kept", model_find_rule);
	put_role(line, &from, &spec->from, &has_role);
	put_role(line, &to, &spec->to, &has_role);
	put(line, "%srules: {%s: {from: %s, to: %s, ", has_role ? "}, " : "",
	    name, from.role, to.role);
	if (cutoff->keep && cutoff->keep->icmp_name_echo)
		put(line, "icmp: echo");
	else
		put_match(line, spec, ": ");
	put(line, "}}");
}

/* The interface as it is, with one more role that may come in there. */
static void put_interface(struct line *line, const struct model *model,
			  const struct members *members,
			  const struct cutoff *cutoff)
{
	const struct interface *interface =
		&model->interfaces.items[cutoff->iface - IFACE_NUMBER(0)];
	const __u32 *roles = model->role_refs.items + interface->roles.first;
	struct end end;
	__u32 i;

	name_end(model, members, &cutoff->spec.from, "", &end);
	put(line, "interfaces: {%s: {roles: [", iface_name(model, cutoff));
	for (i = 0; i < interface->roles.count; i++)
		put(line, "%s, ",
		    model_str(model, model->roles.items[roles[i]].name));
	put(line, "%s]}}", end.role);
	if (cutoff->keep && model->interfaces.count > 1)
		put(line, ", or the same at the one that it comes in by");
}

const char *cutoff_remedy(const struct model *model,
			  const struct members *members,
			  const struct cutoff *cutoff, char *text)
{
	struct line line = {.text = text};

	switch (cutoff->reason) {
	case REASON_SPOOFED:
		put_interface(&line, model, members, cutoff);
		return text;
	case REASON_DIRECTION:
	case REASON_STRANGER:
	case REASON_UNKNOWN_SOURCE:
	case REASON_UNKNOWN_DESTINATION:
	case REASON_PAIR:
	case REASON_PORT:
		put_rule(&line, model, members, cutoff);
		return text;
	}
	return NULL;
}

const char *cutoff_message(const struct model *model,
			   const struct members *members,
			   const struct cutoff *cutoff, char *text)
{
	char tuple[LOCKOUT_TEXT_SIZE], missing[LOCKOUT_TEXT_SIZE];
	const char *what = cutoff->keep ? "what settings.keep lists"
					: "the session that typed this";
	const char *remedy = cutoff_remedy(model, members, cutoff, missing);

	snprintf(text, LOCKOUT_MESSAGE_SIZE, "%s: %s: %s, %s; %s%s", what,
		 cutoff_to_str(model, cutoff, tuple),
		 reason_name(cutoff->reason), reason_about(cutoff->reason),
		 remedy ? "missing is: " : "no rule can pass it",
		 remedy ? remedy : "");
	return text;
}
