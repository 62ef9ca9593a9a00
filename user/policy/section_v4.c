/* SPDX-License-Identifier: GPL-2.0-only */
/* The /24s of one slot of the IPv4 root, as runs of equal ones where those are few. */
#include "user/policy/section_v4.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define LINE_WORDS     8U /* of a cache line */
#define RUNS_A_WORD    4
#define FURTHER_A_WORD 2

/* Runs as they lie in their table: see V4_SECTION. */
struct runs {
	__u64 *bounds;
	__u16 *values;
	__u32 *further; /* the first; the next ones lie before it */
};

/* Runs on their way there. */
struct draft {
	__u64 bounds;
	__u16 values[V4_RUNS];
	__u32 further[V4_RUNS];
	__u32 count;
	__u32 further_count;
};

static void store(__u32 *slot, __u32 value)
{
	if (*slot != value)
		__atomic_store_n(slot, value, __ATOMIC_RELEASE);
}

static __u32 words(__u32 count, __u32 a_word)
{
	return (count + a_word - 1) / a_word;
}

static __u32 *reach_group(struct tables *tables, __u32 root)
{
	return table_reach(&tables->v4_group, root & ~V4_LOOK_ON, V4_SECTION);
}

/* The first /24 of a run, 0x7f if there is no such run. */
static __u32 start_of(__u64 bounds, __u32 run)
{
	return run ? bounds >> (run - 1) * 8 & 0xff : 0;
}

static __u32 count_runs(__u64 bounds)
{
	__u32 run = 1;

	while (run < V4_RUNS && start_of(bounds, run) < V4_SECTION)
		run++;
	return run;
}

static __u32 count_further(const struct runs *runs)
{
	__u32 count = count_runs(*runs->bounds), further = 0, i;

	for (i = 0; i < count; i++)
		further += runs->values[i] / V4_RUN_LOOKS_ON;
	return further;
}

/* Finds the runs that a slot of the root leads to. */
static int find_runs(struct tables *tables, __u32 root, struct runs *runs)
{
	struct table *table = &tables->v4_runs;
	__u32 at = root & ~V4_LOOK_ON, before;

	runs->bounds = table_reach(table, at, 1);
	if (!runs->bounds)
		return -ENOMEM;
	runs->values = table_reach(
		table, at + 1, words(count_runs(*runs->bounds), RUNS_A_WORD));
	if (!runs->values)
		return -ENOMEM;
	before = words(count_further(runs), FURTHER_A_WORD);
	if (!table_reach(table, at - before, before))
		return -ENOMEM;
	runs->further = (__u32 *)runs->bounds - 1;
	return 0;
}

/* What the run's /24s have for a slot. */
static __u32 slot_of_run(const struct runs *runs, __u32 run)
{
	__u16 value = runs->values[run];

	if (value & V4_RUN_LOOKS_ON)
		return *(runs->further - (value & ~V4_RUN_LOOKS_ON));
	return value;
}

static int read_runs(struct tables *tables, __u32 root, struct section *section)
{
	__u32 i, run = 0;
	struct runs runs;

	if (find_runs(tables, root, &runs))
		return -ENOMEM;
	for (i = 0; i < V4_SECTION; i++) {
		if (run + 1 < V4_RUNS && start_of(*runs.bounds, run + 1) == i)
			run++;
		section->slots[i] = slot_of_run(&runs, run);
	}
	return 0;
}

int section_read(struct tables *tables, __u32 root, struct section *section)
{
	const __u32 *group;
	__u32 i;

	if (root & V4_IS_RUNS)
		return read_runs(tables, root, section);
	if (root & V4_IS_DIVIDED) {
		group = reach_group(tables, root);
		if (!group)
			return -ENOMEM;
		memcpy(section->slots, group, sizeof(section->slots));
		return 0;
	}
	for (i = 0; i < V4_SECTION; i++)
		section->slots[i] = root;
	return 0;
}

static void add_run(struct draft *draft, __u32 slot)
{
	if (slot & V4_LOOK_ON) {
		draft->further[draft->further_count] = slot;
		slot = V4_RUN_LOOKS_ON | draft->further_count++;
	}
	draft->values[draft->count++] = slot;
}

/*
 * Divides the slots into runs, wherever these bounds divide them too. Returns
 * false if they are too many.
 */
static bool make_draft(struct draft *draft, const struct section *section,
		       __u64 bounds)
{
	__u32 i, was = 1;

	*draft = (struct draft){.bounds = V4_NO_BOUNDS};
	add_run(draft, section->slots[0]);
	for (i = 1; i < V4_SECTION; i++) {
		bool is_bound = was < V4_RUNS && start_of(bounds, was) == i;

		was += is_bound;
		if (!is_bound && section->slots[i] == section->slots[i - 1])
			continue;
		if (draft->count == V4_RUNS)
			return false;
		draft->bounds ^= (__u64)(i ^ V4_NO_BOUND)
				 << (draft->count - 1) * 8;
		add_run(draft, section->slots[i]);
	}
	return true;
}

/* Is the draft like the runs but for the classes, and where to look on? */
static bool is_alike(const struct draft *draft, const struct runs *runs)
{
	__u32 i;

	if (draft->bounds != *runs->bounds)
		return false;
	for (i = 0; i < draft->count; i++)
		if ((draft->values[i] ^ runs->values[i]) & V4_RUN_LOOKS_ON)
			return false;
	return true;
}

/* In runs that packets may be looking at. */
static void repaint(const struct runs *runs, const struct draft *draft)
{
	__u32 i;

	for (i = 0; i < draft->count; i++)
		if (runs->values[i] != draft->values[i])
			__atomic_store_n(&runs->values[i], draft->values[i],
					 __ATOMIC_RELEASE);
	for (i = 0; i < draft->further_count; i++)
		store(runs->further - i, draft->further[i]);
}

/* Words for runs, so that they lie in one cache line; returns the first. */
static long take_words(struct table *table, __u32 count)
{
	__u32 in_line = table->used % LINE_WORDS, skipped = 0;
	long first;

	if (count <= LINE_WORDS && in_line + count > LINE_WORDS)
		skipped = LINE_WORDS - in_line;
	first = table_extend(table, skipped + count);
	return first < 0 ? first : (long)(first + skipped);
}

/* Somewhere that no packet looks at yet; then the slot of the root leads there. */
static int put_runs(struct tables *tables, __u32 *root,
		    const struct draft *draft)
{
	__u32 before = words(draft->further_count, FURTHER_A_WORD), i;
	__u32 count = before + 1 + words(draft->count, RUNS_A_WORD);
	long first = take_words(&tables->v4_runs, count);
	__u64 *bounds;

	if (first < 0)
		return first;
	bounds = table_reach(&tables->v4_runs, first, count);
	if (!bounds)
		return -ENOMEM;
	bounds += before;
	*bounds = draft->bounds;
	memcpy(bounds + 1, draft->values, draft->count * sizeof(__u16));
	for (i = 0; i < draft->further_count; i++)
		*((__u32 *)bounds - 1 - i) = draft->further[i];
	store(root, V4_IS_DIVIDED | V4_IS_RUNS | (first + before));
	return 0;
}

static int put_group(struct tables *tables, __u32 *root,
		     const struct section *section)
{
	long first = table_extend(&tables->v4_group, V4_SECTION);
	__u32 *group;

	if (first < 0)
		return first;
	group = reach_group(tables, first);
	if (!group)
		return -ENOMEM;
	memcpy(group, section->slots, sizeof(section->slots));
	store(root, V4_IS_DIVIDED | first);
	return 0;
}

static int write_group(struct tables *tables, __u32 root,
		       const struct section *section)
{
	__u32 *group = reach_group(tables, root), i;

	for (i = 0; group && i < V4_SECTION; i++)
		store(&group[i], section->slots[i]);
	return group ? 0 : -ENOMEM;
}

static int write_runs(struct tables *tables, __u32 *root,
		      const struct section *section)
{
	struct draft draft;
	struct runs runs;

	if (find_runs(tables, *root, &runs))
		return -ENOMEM;
	if (!make_draft(&draft, section, *runs.bounds))
		return put_group(tables, root, section);
	if (!is_alike(&draft, &runs))
		return put_runs(tables, root, &draft);
	repaint(&runs, &draft);
	return 0;
}

int section_write(struct tables *tables, __u32 *root,
		  const struct section *section)
{
	struct draft draft;

	if (*root & V4_IS_RUNS)
		return write_runs(tables, root, section);
	if (*root & V4_IS_DIVIDED)
		return write_group(tables, *root, section);
	if (!make_draft(&draft, section, V4_NO_BOUNDS))
		return put_group(tables, root, section);
	if (draft.count > 1 || draft.further_count)
		return put_runs(tables, root, &draft);
	store(root, section->slots[0]);
	return 0;
}
