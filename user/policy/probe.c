/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the described packets of a config (tests, keep) past a judge. */
#include "user/policy/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "user/policy/native.h"
#include "user/policy/probe_text.h"
#include "user/policy/reason.h"

#define ECHO_IPV4 8
#define ECHO_IPV6 128

static int native(const struct judge *judge, const void *frame, size_t size,
		  struct explain *answer)
{
	native_judge(judge->context, frame, size, answer);
	return 0;
}

struct judge judge_natively(const struct tables *tables)
{
	return (struct judge){.judge = native, .context = tables};
}

/* An address of the family that holds the role; false if there is none. */
static bool find_address(const struct model *model, const struct tables *tables,
			 __u32 role, int family, struct prefix *address)
{
	const struct member *member;
	__u32 i;
	int place;

	for (i = 0; i < model->members.count; i++) {
		member = &model->members.items[i];
		if (member->role != role || member->excluded ||
		    member->prefix.family != family)
			continue;
		for (place = 0; place < PREFIX_PLACES; place++) {
			*address = prefix_address(&member->prefix, place);
			if (classes_has_role(&tables->classes,
					     native_classify(tables, address),
					     role))
				return true;
		}
	}
	return false;
}

/* An address without a role, from the blocks kept for documentation. */
static bool find_stranger(const struct tables *tables, int family,
			  struct prefix *address)
{
	static const char *const candidates[] = {
		"203.0.113.77", "198.51.100.77",   "192.0.2.77",
		"100.64.77.77", "2001:db8:77::77", "3fff:77::77",
	};
	size_t i;

	for (i = 0; i < sizeof(candidates) / sizeof(*candidates); i++) {
		prefix_from_address(address, candidates[i]);
		if (address->family == family &&
		    native_classify(tables, address) == CLASS_NONE)
			return true;
	}
	return false;
}

/* One end of a probe in the family: as written, or found for its role. */
static bool resolve_end(const struct model *model, const struct tables *tables,
			const struct prefix *written, __u32 role, int family,
			struct prefix *address)
{
	if (written->family) {
		*address = *written;
		return written->family == family;
	}
	if (role == ROLE_ANY)
		return find_stranger(tables, family, address);
	return find_address(model, tables, role, family, address);
}

static bool is_icmp(const struct probe *probe)
{
	return probe->slot == SLOT_ICMP || probe->slot == SLOT_ICMPV6;
}

void probe_frame(const struct probe *probe, int family, struct frame_spec *spec)
{
	*spec = (struct frame_spec){
		.protocol = probe->protocol,
		.flags = probe->flags,
		.sport = probe->sport,
		.port = probe->port,
	};
	if (is_icmp(probe))
		spec->protocol = family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	if (is_icmp(probe) && probe->icmp_name_echo)
		spec->port = family == 4 ? ECHO_IPV4 : ECHO_IPV6;
}

static bool describe(const struct model *model, const struct tables *tables,
		     const struct probe *probe, int family,
		     struct frame_spec *spec)
{
	probe_frame(probe, family, spec);
	return resolve_end(model, tables, &probe->from, probe->from_role,
			   family, &spec->from) &&
	       resolve_end(model, tables, &probe->to, probe->to_role, family,
			   &spec->to);
}

static __u16 iface_of(const struct model *model, const struct probe *probe)
{
	int index = model_find_interface(model,
					 model_str(model, probe->interface));

	return index < 0 ? IFACE_UNKNOWN : IFACE_NUMBER(index);
}

static bool is_as_expected(const struct probe *probe,
			   const struct explain *answer)
{
	if (probe->expect != answer->verdict)
		return false;
	return probe->reason == REASON_NONE || probe->reason == answer->reason;
}

/*
 * A policy's test cannot know what else the site allows, nor which further
 * roles its addresses hold: then this is where it is counted, else NULL.
 */
static unsigned int *excuse(const struct model *model,
			    const struct tables *tables,
			    const struct probe *probe,
			    const struct explain *answer,
			    struct probe_result *result)
{
	__u32 sroles, droles;

	if (!probe->policy || probe->expect == VERDICT_PASS)
		return NULL;
	classes_roles(&tables->classes, answer->sclass, &sroles);
	classes_roles(&tables->classes, answer->dclass, &droles);
	if (sroles > 1 || droles > 1 || answer->verdict == VERDICT_DROP)
		return &result->with_more_roles;
	if (answer->rule != RULE_NONE &&
	    model->rules.items[answer->rule].policy == probe->policy)
		return NULL;
	return &result->contradicted;
}

/* What a policy means to be dropped and the site allows is to be known. */
static void report_contradiction(const struct model *model,
				 const struct probe *probe,
				 const struct explain *answer,
				 struct diag *diag)
{
	char text[PROBE_TEXT_SIZE];
	const struct rule *rule;

	if (answer->rule == RULE_NONE)
		return;
	rule = &model->rules.items[answer->rule];
	diag_warning(diag, model, &rule->place,
		     "rule '%s' passes what policy '%s' means to drop: %s; "
		     "that test (line %u) is skipped",
		     model_str(model, rule->name),
		     model_str(model, probe->policy),
		     probe_to_str(model, probe, text), probe->place.line);
}

static void report(const struct model *model, const struct probe *probe,
		   const struct frame_spec *spec, const struct explain *answer,
		   struct diag *diag)
{
	char from[PREFIX_TEXT_SIZE], to[PREFIX_TEXT_SIZE];
	bool with_reason = probe->reason != REASON_NONE;

	diag_error(diag, model, &probe->place,
		   "test failed: %s to %s: expected %s%s%s%s, got %s (%s)",
		   prefix_to_str(&spec->from, from),
		   prefix_to_str(&spec->to, to), verdict_name(probe->expect),
		   with_reason ? " (" : "",
		   with_reason ? reason_name(probe->reason) : "",
		   with_reason ? ")" : "", verdict_name(answer->verdict),
		   reason_name(answer->reason));
}

/* Runs a probe in one family; returns 1 if it could be sent. */
static int run_in_family(const struct model *model, const struct tables *tables,
			 const struct judge *judge, const struct probe *probe,
			 int family, struct diag *diag,
			 struct probe_result *result)
{
	struct explain answer = {.iface = iface_of(model, probe)};
	struct frame_buffer frame;
	struct frame_spec spec;
	unsigned int *excused;
	int size, err;

	if (!describe(model, tables, probe, family, &spec))
		return 0;
	size = frame_build(&spec, &frame);
	if (size < 0)
		return size;
	err = judge->judge(judge, frame.bytes, size, &answer);
	if (err)
		return err;
	if (is_as_expected(probe, &answer)) {
		result->passed++;
		return 1;
	}
	excused = excuse(model, tables, probe, &answer, result);
	if (excused) {
		if (excused == &result->contradicted &&
		    result->reported != probe) {
			report_contradiction(model, probe, &answer, diag);
			result->reported = probe;
		}
		(*excused)++;
		result->skipped++;
		return 1;
	}
	result->failed++;
	report(model, probe, &spec, &answer, diag);
	return 1;
}

int probes_run(const struct model *model, const struct tables *tables,
	       const struct judge *judge, struct diag *diag,
	       struct probe_result *result)
{
	const struct probe *probe;
	int v4, v6;
	__u32 i;

	*result = (struct probe_result){};
	for (i = 0; i < model->tests.count; i++) {
		probe = &model->tests.items[i];
		v4 = run_in_family(model, tables, judge, probe, 4, diag,
				   result);
		if (v4 < 0)
			return v4;
		v6 = run_in_family(model, tables, judge, probe, 6, diag,
				   result);
		if (v6 < 0)
			return v6;
		if (!v4 && !v6) {
			result->without_address++;
			result->skipped++;
		}
	}
	return 0;
}
