/* SPDX-License-Identifier: GPL-2.0-only */
/* From dropped flows to the few rules that would pass exactly those. */
#include "user/policy/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/policy/cover.h"
#include "user/policy/specific.h"

/* A match as a number that sorts by slot and port. */
#define MATCH(slot, port) ((__u32)(slot) << 16 | (port))
#define MATCH_SLOT(match) ((match) >> 16)
#define MATCH_PORT(match) ((match)&0xffff)

/* A flow as the rule that would pass it sees it. */
struct wish {
	struct cell cell;
	__u8 kind;
	__u32 flow;
};

struct thinking {
	struct suggestion *suggestion;
	const struct classes *classes;
	struct specific specific;
	const struct seen *seen;
	struct wish *wishes;
	__u32 count;
	bool *seen_from; /* by class: at the end that opens */
	bool *seen_to;
	bool *counted; /* by wish: a proposal has its packets */
};

void suggestion_init(struct suggestion *suggestion)
{
	memset(suggestion, 0, sizeof(*suggestion));
}

void suggestion_release(struct suggestion *suggestion)
{
	free(suggestion->proposals.items);
	free(suggestion->roles.items);
	free(suggestion->matches.items);
	free(suggestion->classes.items);
	free(suggestion->strangers.items);
	suggestion_init(suggestion);
}

/* `icmp: echo` is of both families: one match for the two types. */
static __u32 match_of(const struct seen *seen)
{
	if (seen->slot == SLOT_ICMPV6 && seen->port == 128)
		return MATCH(SLOT_ICMP, 8);
	if (seen->slot == SLOT_ICMPV6 && seen->port == 129)
		return MATCH(SLOT_ICMP, 0);
	return MATCH(seen->slot, seen->port);
}

static void make_wish(struct thinking *thinking, __u32 flow)
{
	const struct seen *seen = &thinking->seen[flow];
	struct wish *wish = &thinking->wishes[thinking->count++];
	bool answers = seen->kind == FLOW_ANSWERS;
	__u32 from = answers ? seen->dclass : seen->sclass;
	__u32 to = answers ? seen->sclass : seen->dclass;

	wish->kind = seen->kind;
	wish->flow = flow;
	wish->cell.at[SIDE_FROM] = specific_role(&thinking->specific,
						 thinking->classes, from);
	wish->cell.at[SIDE_TO] = specific_role(&thinking->specific,
					       thinking->classes, to);
	wish->cell.at[SIDE_MATCH] = match_of(seen);
	thinking->seen_from[from] = true;
	thinking->seen_to[to] = true;
}

static int sort_out(struct thinking *thinking, __u32 count)
{
	const struct seen *seen;
	__u32 i, *stranger;

	for (i = 0; i < count; i++) {
		seen = &thinking->seen[i];
		if (seen->sclass != CLASS_NONE && seen->dclass != CLASS_NONE) {
			make_wish(thinking, i);
			continue;
		}
		stranger = model_push(&thinking->suggestion->strangers);
		if (!stranger)
			return -ENOMEM;
		*stranger = i;
	}
	return 0;
}

static int compare_wishes(const void *left, const void *right)
{
	const struct wish *a = left, *b = right;
	int side;

	for (side = 0; side < SIDE_COUNT; side++)
		if (a->cell.at[side] != b->cell.at[side])
			return a->cell.at[side] < b->cell.at[side] ? -1 : 1;
	return a->kind - b->kind;
}

static bool is_same_cell(const struct wish *a, const struct wish *b)
{
	return !memcmp(&a->cell, &b->cell, sizeof(a->cell));
}

/* Of wishes for one rule the first kind tells why: openings before answers. */
static void settle_kinds(struct thinking *thinking)
{
	struct wish *wishes = thinking->wishes;
	__u32 i;

	qsort(wishes, thinking->count, sizeof(*wishes), compare_wishes);
	for (i = 1; i < thinking->count; i++)
		if (is_same_cell(&wishes[i - 1], &wishes[i]))
			wishes[i].kind = wishes[i - 1].kind;
}

static int push(struct span *span, __u32 first, __u32 value,
		__u32 *(*grow)(struct suggestion *), struct suggestion *to)
{
	__u32 *item = grow(to);

	if (!item)
		return -ENOMEM;
	*item = value;
	*span = (struct span){first, span->count + 1};
	return 0;
}

static __u32 *grow_roles(struct suggestion *suggestion)
{
	return model_push(&suggestion->roles);
}

static __u32 *grow_classes(struct suggestion *suggestion)
{
	return model_push(&suggestion->classes);
}

static int add_roles(struct suggestion *suggestion, struct span *span,
		     const struct cover *cover, const struct span *side)
{
	__u32 first = suggestion->roles.count, i;
	int err = 0;

	for (i = 0; i < side->count && !err; i++)
		err = push(span, first, cover->values.items[side->first + i],
			   grow_roles, suggestion);
	return err;
}

/* Ports that follow each other become a range. */
static int add_matches(struct suggestion *suggestion, struct span *span,
		       const struct cover *cover, const struct span *side)
{
	const __u32 *values = cover->values.items + side->first;
	struct match *match = NULL;
	__u32 i;

	*span = (struct span){suggestion->matches.count, 0};
	for (i = 0; i < side->count; i++) {
		if (match && MATCH_SLOT(values[i]) == match->slot &&
		    MATCH_PORT(values[i]) == match->high + 1U &&
		    match->slot <= SLOT_SCTP) {
			match->high++;
			continue;
		}
		match = model_push(&suggestion->matches);
		if (!match)
			return -ENOMEM;
		match->slot = MATCH_SLOT(values[i]);
		match->low = match->high = MATCH_PORT(values[i]);
		span->count++;
	}
	return 0;
}

static bool is_wider(const struct thinking *thinking, __u32 class,
		     const struct span *refs, const bool *was_seen)
{
	return !was_seen[class] &&
	       classes_match(thinking->classes, class,
			     thinking->suggestion->roles.items + refs->first,
			     refs->count);
}

/* Classes that the rule reaches besides those that were seen. */
static int add_wider(struct thinking *thinking, struct proposal *proposal)
{
	__u32 first = thinking->suggestion->classes.count, class;
	int err = 0;

	for (class = 1; class < thinking->classes->sets.count && !err; class ++)
		if (is_wider(thinking, class, &proposal->from,
			     thinking->seen_from) ||
		    is_wider(thinking, class, &proposal->to, thinking->seen_to))
			err = push(&proposal->wider, first, class, grow_classes,
				   thinking->suggestion);
	return err;
}

/* Each packet counts for the first rule that would pass it. */
static void count_packets(struct thinking *thinking, struct proposal *proposal,
			  const struct cover *cover, const struct box *box)
{
	const struct seen *seen;
	bool has_example = false;
	__u32 i;

	for (i = 0; i < thinking->count; i++) {
		if (!cover_has(cover, box, &thinking->wishes[i].cell))
			continue;
		if (!has_example)
			proposal->example = thinking->wishes[i].flow;
		has_example = true;
		if (thinking->counted[i])
			continue;
		thinking->counted[i] = true;
		seen = &thinking->seen[thinking->wishes[i].flow];
		proposal->packets += seen->packets;
		if (seen->kind == FLOW_ANSWERS)
			proposal->answers += seen->packets;
	}
}

static int add_proposal(struct thinking *thinking, const struct cover *cover,
			const struct box *box, int kind)
{
	struct suggestion *suggestion = thinking->suggestion;
	struct proposal proposal = {.kind = kind}, *added;
	int err;

	err = add_roles(suggestion, &proposal.from, cover,
			&box->sides[SIDE_FROM]);
	if (!err)
		err = add_roles(suggestion, &proposal.to, cover,
				&box->sides[SIDE_TO]);
	if (!err)
		err = add_matches(suggestion, &proposal.matches, cover,
				  &box->sides[SIDE_MATCH]);
	if (!err)
		err = add_wider(thinking, &proposal);
	if (err)
		return err;
	count_packets(thinking, &proposal, cover, box);
	added = model_push(&suggestion->proposals);
	if (!added)
		return -ENOMEM;
	*added = proposal;
	return 0;
}

static int propose_kind(struct thinking *thinking, int kind)
{
	struct cell *cells = calloc(thinking->count + 1, sizeof(*cells));
	struct cover cover;
	__u32 i, count = 0;
	int err = -ENOMEM;

	cover_init(&cover);
	if (!cells)
		goto out;
	for (i = 0; i < thinking->count; i++)
		if (thinking->wishes[i].kind == kind)
			cells[count++] = thinking->wishes[i].cell;
	err = cover_build(&cover, cells, count);
	for (i = 0; i < cover.boxes.count && !err; i++)
		err = add_proposal(thinking, &cover, &cover.boxes.items[i],
				   kind);
out:
	free(cells);
	cover_release(&cover);
	return err;
}

static int compare_proposals(const void *left, const void *right)
{
	const struct proposal *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind - b->kind;
	return a->packets > b->packets ? -1 : a->packets < b->packets;
}

int suggest(struct suggestion *suggestion, const struct classes *classes,
	    const struct seen *seen, __u32 count)
{
	struct thinking thinking = {
		.suggestion = suggestion,
		.classes = classes,
		.seen = seen,
		.wishes = calloc(count + 1, sizeof(*thinking.wishes)),
		.seen_from = calloc(classes->sets.count + 1, sizeof(bool)),
		.seen_to = calloc(classes->sets.count + 1, sizeof(bool)),
		.counted = calloc(count + 1, sizeof(bool)),
	};
	int kind, err = -ENOMEM;

	if (thinking.wishes && thinking.seen_from && thinking.seen_to &&
	    thinking.counted && !specific_init(&thinking.specific, classes))
		err = sort_out(&thinking, count);
	if (!err)
		settle_kinds(&thinking);
	for (kind = 0; kind < FLOW_KIND_COUNT && !err; kind++)
		err = propose_kind(&thinking, kind);
	if (!err && suggestion->proposals.count)
		qsort(suggestion->proposals.items, suggestion->proposals.count,
		      sizeof(*suggestion->proposals.items), compare_proposals);
	free(thinking.wishes);
	free(thinking.seen_from);
	free(thinking.seen_to);
	free(thinking.counted);
	specific_release(&thinking.specific);
	return err;
}
