/* SPDX-License-Identifier: GPL-2.0-only */
/* What a config lacks to let one packet pass. */
#include "user/cmd/allow.h"

#include <stdio.h>
#include <string.h>

#include "user/cmd/describe.h"
#include "user/cmd/describe_event.h"
#include "user/cmd/snippet.h"
#include "user/policy/native.h"
#include "user/policy/specific.h"
#include "user/policy/tables.h"

/* The snippet on its way, and what it is about. */
struct draft {
	const struct image *image;
	const struct packet *packet;
	const struct explain *answer;
	json_t *snippet;
	struct specific specific;
	char source[SNIPPET_NAME_SIZE]; /* roles of the ends */
	char target[SNIPPET_NAME_SIZE];
};

static const char *advice_about(enum reason reason)
{
	switch (reason) {
	case REASON_TRUNCATED:
		return "no rule helps: the frame is shorter than its headers "
		       "say, or was cut when captured";
	case REASON_MALFORMED:
		return "no rule helps: no host sends such headers, or from "
		       "such an address";
	case REASON_VLAN_DEPTH:
		return "no rule helps: put the filter where fewer tags are";
	case REASON_NON_IP:
		return "no rule is about it: `non-ip: pass` in the settings "
		       "lets it pass";
	case REASON_SOURCE_ROUTE:
		return "no rule helps: the sender must not route by itself";
	case REASON_EXT_CHAIN:
		return "no rule helps: what follows the extension headers "
		       "cannot be told";
	case REASON_SPOOFED:
		return "no rule helps: add one of the source's roles to the "
		       "`roles` of the interface, or find out why it comes in "
		       "there";
	case REASON_BAD_FLAGS:
		return "no rule helps: no host sends such flags, scanners do";
	case REASON_FRAGMENT:
		return "no rule is about it: later fragments pass behind a "
		       "first one that passed, with `fragments: track` in the "
		       "settings";
	case REASON_UNRELATED:
		return "no rule is about it: it passes if the packet that it "
		       "quotes may, or with `icmp-errors: pass` in the "
		       "settings";
	case REASON_NO_POLICY:
		return "the interface is none of the config's";
	default:
		return NULL;
	}
}

bool allow_by_rule(enum reason reason)
{
	return !advice_about(reason);
}

/* ::ffff:0:0/96, which a config refuses: no host sends IPv4 so. */
static bool is_mapped(const struct packet *packet, const __u32 *words)
{
	static const __u8 head[12] = {[10] = 0xff, [11] = 0xff};

	return packet->family == 6 && !memcmp(words, head, sizeof(head));
}

const char *allow_advice(const struct packet *packet,
			 const struct explain *answer)
{
	const char *advice = advice_about(answer->reason);

	if (advice)
		return advice;
	if ((answer->sclass == CLASS_NONE &&
	     is_mapped(packet, packet->saddr)) ||
	    (answer->dclass == CLASS_NONE && is_mapped(packet, packet->daddr)))
		return "no rule helps: it is an IPv6 packet of an IPv4-mapped "
		       "address, which no host sends";
	return NULL;
}

/* The role that a rule can name the end by; one without gets one. */
static void name_end(struct draft *draft, const char *stem, __u32 class,
		     const __u32 *words, char *name)
{
	const struct model *model = &draft->image->model;
	struct prefix address = event_address(draft->packet->family, words);
	char text[PREFIX_TEXT_SIZE];
	json_t *roles;

	if (class != CLASS_NONE) {
		snprintf(name, SNIPPET_NAME_SIZE, "%s",
			 snippet_role(model,
				      specific_role(&draft->specific,
						    &draft->image->classes,
						    class)));
		return;
	}
	snippet_role_name(model, stem, name);
	roles = json_object_get(draft->snippet, "roles");
	if (!roles) {
		roles = json_object();
		json_object_set_new(draft->snippet, "roles", roles);
	}
	json_object_set_new(roles, name,
			    json_string(prefix_to_str(&address, text)));
}

/* Where only some roles may be sources the new one has to be of them. */
static void add_interface(struct draft *draft, __u32 number)
{
	const struct model *model = &draft->image->model;
	const struct interface *interface;
	json_t *roles;

	if (draft->answer->sclass != CLASS_NONE || number == IFACE_UNKNOWN)
		return;
	interface = &model->interfaces.items[number - IFACE_NUMBER(0)];
	if (!interface->has_roles)
		return;
	roles = describe_refs(model, &interface->roles);
	json_array_append_new(roles, json_string(draft->source));
	json_object_set_new(draft->snippet, "interfaces",
			    json_pack("{s:{s:o}}",
				      model_str(model, interface->name),
				      "roles", roles));
}

/* An answer passes by the rule that lets the other end open. */
static void add_rule(struct draft *draft)
{
	const struct packet *packet = draft->packet;
	enum flow_kind kind = native_flow_kind(packet, draft->answer->reason);
	__u16 port = native_flow_port(packet, kind);
	bool answers = kind == FLOW_ANSWERS;
	char name[SNIPPET_NAME_SIZE];
	json_t *rule;

	rule = json_pack("{s:s, s:s}", "from",
			 answers ? draft->target : draft->source, "to",
			 answers ? draft->source : draft->target);
	snippet_add_match(rule, packet->slot, port, port);
	snippet_rule_name(&draft->image->model, "new-rule", 1, name);
	json_object_set_new(draft->snippet, "rules",
			    json_pack("{s:o}", name, rule));
}

json_t *allow_snippet(const struct image *image, const struct packet *packet,
		      const struct explain *answer, __u32 interface)
{
	struct draft draft = {
		.image = image,
		.packet = packet,
		.answer = answer,
	};

	if (answer->verdict == VERDICT_PASS || allow_advice(packet, answer))
		return NULL;
	if (specific_init(&draft.specific, &image->classes))
		return NULL;
	draft.snippet = json_object();
	name_end(&draft, "new-source", answer->sclass, packet->saddr,
		 draft.source);
	name_end(&draft, "new-destination", answer->dclass, packet->daddr,
		 draft.target);
	add_interface(&draft, interface);
	add_rule(&draft);
	specific_release(&draft.specific);
	return draft.snippet;
}
