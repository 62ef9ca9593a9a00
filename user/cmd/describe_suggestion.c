/* SPDX-License-Identifier: GPL-2.0-only */
/* A suggestion as JSON, and as config text with its reasons as comments. */
#include "user/cmd/describe_suggestion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/cmd/describe.h"
#include "user/cmd/snippet.h"
#include "user/output/show.h"
#include "user/policy/reason.h"

/* A rule takes no more ranges of ports; what is beyond gets another rule. */
#define RANGES_A_RULE 1000

static const char *const kind_names[FLOW_KIND_COUNT] = {
	[FLOW_OPENS] = "opening",
	[FLOW_ANSWERS] = "answer",
	[FLOW_WRONG_WAY] = "wrong-way",
};

static const char *const kind_headings[FLOW_KIND_COUNT] = {
	[FLOW_OPENS] = NULL,
	[FLOW_ANSWERS] =
		"Answers to what no rule allows, whose opening was not seen. "
		"Each of these rules\n  # lets the end open that the answers "
		"go to; which end it is was told by the ports.",
	[FLOW_WRONG_WAY] =
		"Opened by the end that a rule lets only answer: is the "
		"direction meant?",
};

/* One name, or a list of several. */
static json_t *describe_ends(const struct model *model,
			     const struct suggestion *suggestion,
			     const struct span *span)
{
	const __u32 *roles = suggestion->roles.items + span->first;
	json_t *list;
	__u32 i;

	if (span->count == 1)
		return json_string(snippet_role(model, roles[0]));
	list = json_array();
	for (i = 0; i < span->count; i++)
		json_array_append_new(
			list, json_string(snippet_role(model, roles[i])));
	return list;
}

static json_t *describe_config(const struct model *model,
			       const struct suggestion *suggestion,
			       const struct proposal *proposal, __u32 first)
{
	const struct match *match = suggestion->matches.items +
				    proposal->matches.first;
	json_t *rule;
	__u32 i;

	rule = json_pack("{s:o, s:o}", "from",
			 describe_ends(model, suggestion, &proposal->from),
			 "to", describe_ends(model, suggestion, &proposal->to));
	for (i = first;
	     i < proposal->matches.count && i < first + RANGES_A_RULE; i++)
		snippet_add_match(rule, match[i].slot, match[i].low,
				  match[i].high);
	return rule;
}

static json_t *describe_wider(const struct image *image,
			      const struct suggestion *suggestion,
			      const struct span *span)
{
	const __u32 *classes = suggestion->classes.items + span->first;
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < span->count; i++)
		json_array_append_new(list, describe_class(&image->model,
							   &image->classes,
							   classes[i]));
	return list;
}

static json_t *describe_example(const struct seen *seen)
{
	char from[PREFIX_TEXT_SIZE], to[PREFIX_TEXT_SIZE];

	return json_pack("{s:s, s:s}", "from", prefix_to_str(&seen->from, from),
			 "to", prefix_to_str(&seen->to, to));
}

static json_t *describe_proposal(const struct image *image,
				 const struct suggestion *suggestion,
				 const struct sightings *sightings,
				 const struct proposal *proposal, __u32 first)
{
	return json_pack(
		"{s:s, s:o, s:I, s:I, s:o, s:o}", "kind",
		kind_names[proposal->kind], "rule",
		describe_config(&image->model, suggestion, proposal, first),
		"packets", (json_int_t)(first ? 0 : proposal->packets),
		"answers", (json_int_t)(first ? 0 : proposal->answers),
		"example",
		describe_example(&sightings->flows.items[proposal->example]),
		"wider", describe_wider(image, suggestion, &proposal->wider));
}

static json_t *describe_proposals(const struct image *image,
				  const struct suggestion *suggestion,
				  const struct sightings *sightings)
{
	const struct proposal *proposal;
	json_t *list = json_array(), *row;
	char name[SNIPPET_NAME_SIZE];
	unsigned int number = 1;
	__u32 i, first;

	for (i = 0; i < suggestion->proposals.count; i++) {
		proposal = &suggestion->proposals.items[i];
		for (first = 0; first < proposal->matches.count;
		     first += RANGES_A_RULE) {
			row = describe_proposal(image, suggestion, sightings,
						proposal, first);
			snippet_rule_name(&image->model, "suggested", number,
					  name);
			number = atoi(strrchr(name, '-') + 1) + 1;
			json_object_set_new(row, "name", json_string(name));
			json_array_append_new(list, row);
		}
	}
	return list;
}

/* What was seen of one flow with a role-less end. */
static json_t *describe_stranger(const struct image *image,
				 const struct seen *seen)
{
	json_t *match = json_object();

	snippet_add_match(match, seen->slot, seen->port, seen->port);
	return json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:I}", "kind",
		kind_names[seen->kind], "from",
		describe_class(&image->model, &image->classes, seen->sclass),
		"to",
		describe_class(&image->model, &image->classes, seen->dclass),
		"match", match, "example", describe_example(seen), "packets",
		(json_int_t)seen->packets);
}

static int compare_packets(const void *left, const void *right)
{
	const struct seen *a = *(const struct seen *const *)left;
	const struct seen *b = *(const struct seen *const *)right;

	return a->packets > b->packets ? -1 : a->packets < b->packets;
}

static json_t *describe_strangers(const struct image *image,
				  const struct suggestion *suggestion,
				  const struct sightings *sightings)
{
	__u32 count = suggestion->strangers.count, i;
	const struct seen **sorted = calloc(count + 1, sizeof(*sorted));
	json_t *list = json_array();

	for (i = 0; i < count && sorted; i++)
		sorted[i] =
			&sightings->flows.items[suggestion->strangers.items[i]];
	if (sorted)
		qsort(sorted, count, sizeof(*sorted), compare_packets);
	for (i = 0; i < count && sorted; i++)
		json_array_append_new(list,
				      describe_stranger(image, sorted[i]));
	free(sorted);
	return list;
}

static json_t *describe_others(const struct sightings *sightings)
{
	json_t *list = json_array();
	int reason;

	for (reason = 0; reason < REASON_COUNT; reason++)
		if (sightings->others[reason])
			json_array_append_new(
				list,
				json_pack(
					"{s:s, s:I}", "reason",
					reason_name(reason), "packets",
					(json_int_t)sightings->others[reason]));
	return list;
}

json_t *describe_suggestion(const struct image *image,
			    const struct suggestion *suggestion,
			    const struct sightings *sightings,
			    const char *instance)
{
	json_t *result = show_new();

	json_object_update_new(
		result,
		json_pack("{s:s, s:I, s:o, s:o, s:o, s:I}", "instance",
			  instance, "generation", (json_int_t)image->generation,
			  "rules",
			  describe_proposals(image, suggestion, sightings),
			  "strangers",
			  describe_strangers(image, suggestion, sightings),
			  "others", describe_others(sightings), "not_recorded",
			  (json_int_t)sightings->missed));
	return result;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_head(const json_t *result, const struct image *image,
		       const char *capture)
{
	time_t loaded_at = image->loaded_at;
	struct tm parts;
	char text[32];

	localtime_r(&loaded_at, &parts);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
	if (capture)
		printf("# What instance %s would drop of %s.\n",
		       text_of(result, "instance"), capture);
	else
		printf("# What instance %s has dropped, or would have, since "
		       "generation %lld\n# was loaded at %s.\n",
		       text_of(result, "instance"),
		       number_of(result, "generation"), text);
}

static void print_wider(const json_t *wider)
{
	char *roles;
	size_t i;

	for (i = 0; i < json_array_size(wider); i++) {
		roles = show_list(json_array_get(wider, i));
		printf("  # The next rule is also for who is %s, of whom "
		       "nothing was seen.\n",
		       roles ? roles : "");
		free(roles);
	}
}

/* The config has no word for a protocol of the wrong family's ICMP alone. */
static void print_icmp(const json_t *rule)
{
	char *protocols = show_text(json_object_get(rule, "protocol"));

	if (protocols && strstr(protocols, "icmp"))
		printf("  # The next rule is for every type of ICMP.\n");
	free(protocols);
}

static void print_rule(const json_t *row)
{
	const json_t *example = json_object_get(row, "example");
	long long packets = number_of(row, "packets");
	long long answers = number_of(row, "answers");

	print_wider(json_object_get(row, "wider"));
	if (json_object_get(json_object_get(row, "rule"), "protocol"))
		print_icmp(json_object_get(row, "rule"));
	printf("  ");
	snippet_print_entry(text_of(row, "name"), json_object_get(row, "rule"));
	printf(" # %lld packet%s", packets, packets == 1 ? "" : "s");
	if (answers && answers < packets)
		printf(", %lld of them answers", answers);
	printf(", like %s to %s\n", text_of(example, "from"),
	       text_of(example, "to"));
}

static void print_rules(const json_t *rules)
{
	const char *kind = kind_names[FLOW_OPENS];
	const json_t *row;
	size_t i, k;

	printf("rules:%s\n", json_array_size(rules) ? "" : " {}");
	for (i = 0; i < json_array_size(rules); i++) {
		row = json_array_get(rules, i);
		for (k = 0; k < FLOW_KIND_COUNT; k++)
			if (strcmp(kind, text_of(row, "kind")) &&
			    !strcmp(kind_names[k], text_of(row, "kind")))
				printf("  # %s\n", kind_headings[k]);
		kind = text_of(row, "kind");
		print_rule(row);
	}
}

/* "192.0.2.99 (no role)", "director" */
static void print_stranger_end(const json_t *roles, const char *address)
{
	char *list;

	if (!json_array_size(roles)) {
		printf("%s (no role)", address);
		return;
	}
	list = show_list(roles);
	printf("%s (%s)", address, list ? list : "");
	free(list);
}

static void print_stranger(const json_t *row)
{
	const json_t *example = json_object_get(row, "example");
	const char *kind = text_of(row, "kind");
	bool answers = !strcmp(kind, kind_names[FLOW_ANSWERS]);
	long long packets = number_of(row, "packets");
	json_t *match = json_object_get(row, "match");
	void *at = json_object_iter(match);

	printf("#   ");
	print_stranger_end(json_object_get(row, "from"),
			   text_of(example, "from"));
	printf(" to ");
	print_stranger_end(json_object_get(row, "to"), text_of(example, "to"));
	printf(", %s", answers ? "answers from " : "");
	snippet_print_entry(json_object_iter_key(at),
			    json_object_iter_value(at));
	printf(": %lld packet%s\n", packets, packets == 1 ? "" : "s");
}

static void print_strangers(const json_t *strangers, bool is_captured)
{
	size_t i;

	if (!json_array_size(strangers))
		return;
	printf("# Not proposed: an end has no role. Make it a member of one "
	       "first, if it is one.\n");
	if (!is_captured)
		printf("# Of several addresses that do alike only the first "
		       "is shown.\n");
	for (i = 0; i < json_array_size(strangers); i++)
		print_stranger(json_array_get(strangers, i));
}

static void print_others(const json_t *others)
{
	const json_t *row;
	size_t i;

	if (!json_array_size(others))
		return;
	printf("# No rule would pass these: ");
	for (i = 0; i < json_array_size(others); i++) {
		row = json_array_get(others, i);
		printf("%s%s %lld", i ? ", " : "", text_of(row, "reason"),
		       number_of(row, "packets"));
	}
	printf(" packets.\n");
}

void print_suggestion(const json_t *result, const struct image *image,
		      const char *capture)
{
	const json_t *strangers = json_object_get(result, "strangers");
	long long missed = number_of(result, "not_recorded");

	print_head(result, image, capture);
	print_rules(json_object_get(result, "rules"));
	print_strangers(strangers, capture != NULL);
	print_others(json_object_get(result, "others"));
	if (missed)
		printf("# Not recorded, for want of room: %lld packets of "
		       "other flows; `load` begins anew.\n",
		       missed);
}
