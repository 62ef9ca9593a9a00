/* SPDX-License-Identifier: GPL-2.0-only */
/* The /24s of one slot of the IPv4 root, as runs of equal ones where those are few. */
#include "user/policy/section_v4.h"

#include <errno.h>
#include <string.h>

#define LINE_WORDS 8U /* of a cache line: so many any runs take at most */
_Static_assert(V4_RUNS_SIZE / 2 == LINE_WORDS, "runs and what they lead to");

/* Runs as they lie in their table: see V4_SECTION. */
struct runs {
	__u64 *bounds;
	__u16 *values;
	__u32 count;
	__u32 size; /* halves of words */
};

/* The same on their way there. */
struct draft {
	union {
		__u64 words[V4_RUNS_SIZE / 2];
		__u32 halves[V4_RUNS_SIZE];
	};
	struct runs runs;
};

static __u32 words(__u32 halves)
{
	return (halves + 1) / 2;
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

/* Halves of words before what so many runs lead to. */
static __u32 size_of(__u32 count)
{
	return (sizeof(__u64) + count * sizeof(__u16) + sizeof(__u32) - 1) /
	       sizeof(__u32);
}

/* Where the slot lies of a run that looks on; NULL if it holds a class. */
static __u32 *further_of(const struct runs *runs, __u32 run)
{
	__u16 value = runs->values[run];

	if (!(value & V4_RUN_LOOKS_ON))
		return NULL;
	return (__u32 *)runs->bounds + value % V4_RUNS_SIZE;
}

/* Finds the runs that a slot of the root leads to. */
static int find_runs(struct tables *tables, __u32 root, struct runs *runs)
{
	struct table *table = &tables->v4_runs;
	__u32 at = root & ~V4_LOOK_ON, i;

	runs->bounds = table_reach(table, at, 1);
	if (!runs->bounds)
		return -ENOMEM;
	runs->values = (__u16 *)(runs->bounds + 1);
	runs->count = count_runs(*runs->bounds);
	runs->size = size_of(runs->count);
	if (!table_reach(table, at, words(runs->size)))
		return -ENOMEM;
	for (i = 0; i < runs->count; i++)
		runs->size += further_of(runs, i) != NULL;
	return table_reach(table, at, words(runs->size)) ? 0 : -ENOMEM;
}

static int read_runs(struct tables *tables, __u32 root, struct section *section)
{
	const __u32 *further;
	__u32 i, run = 0;
	struct runs runs;

	if (find_runs(tables, root, &runs))
		return -ENOMEM;
	for (i = 0; i < V4_SECTION; i++) {
		if (run + 1 < runs.count &&
		    start_of(*runs.bounds, run + 1) == i)
			run++;
		further = further_of(&runs, run);
		section->slots[i] = further ? *further : runs.values[run];
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

static bool is_bound(const struct section *section, __u64 bounds, __u32 i)
{
	__u32 run;

	for (run = 1; run < V4_RUNS; run++)
		if (start_of(bounds, run) == i)
			return true;
	return section->slots[i] != section->slots[i - 1];
}

/* Bounds wherever the slots change, and where there are some; false if too many. */
static bool draw_bounds(struct runs *runs, const struct section *section,
			__u64 bounds)
{
	__u32 i;

	runs->count = 1;
	*runs->bounds = V4_NO_BOUNDS;
	for (i = 1; i < V4_SECTION; i++) {
		if (!is_bound(section, bounds, i))
			continue;
		if (runs->count == V4_RUNS)
			return false;
		*runs->bounds ^= (__u64)(i ^ V4_NO_BOUND)
				 << (runs->count - 1) * 8;
		runs->count++;
	}
	return true;
}

/* Divides the slots into runs, wherever these bounds do too; false if too many. */
static bool make_draft(struct draft *draft, const struct section *section,
		       __u64 bounds)
{
	struct runs *runs = &draft->runs;
	__u32 run, slot;

	memset(draft, 0, sizeof(*draft));
	runs->bounds = draft->words;
	runs->values = (__u16 *)(draft->words + 1);
	if (!draw_bounds(runs, section, bounds))
		return false;
	runs->size = size_of(runs->count);
	for (run = 0; run < runs->count; run++) {
		slot = section->slots[start_of(*runs->bounds, run)];
		if (slot & V4_LOOK_ON) {
			draft->halves[runs->size] = slot;
			slot = V4_RUN_LOOKS_ON | runs->size++;
		}
		runs->values[run] = slot;
	}
	return true;
}

/* Do they differ in nothing but classes, and where to look on? */
static bool are_alike(const struct runs *runs, const struct runs *others)
{
	__u32 i;

	if (*runs->bounds != *others->bounds)
		return false;
	for (i = 0; i < runs->count; i++)
		if ((runs->values[i] ^ others->values[i]) & V4_RUN_LOOKS_ON)
			return false;
	return true;
}

/* In runs that packets may be looking at. */
static void repaint(const struct runs *runs, const struct runs *draft)
{
	__u32 i;

	for (i = 0; i < runs->count; i++)
		if (further_of(runs, i))
			table_store(further_of(runs, i), *further_of(draft, i));
		else
			table_store(&runs->values[i], draft->values[i]);
}

/* Lets so many words that come next lie in one cache line. */
static int keep_in_line(struct table *table, __u32 count)
{
	__u32 in_line = table->used % LINE_WORDS;
	long skipped = 0;

	if (in_line + count > LINE_WORDS)
		skipped = table_extend(table, LINE_WORDS - in_line);
	return skipped < 0 ? skipped : 0;
}

/* Somewhere that no packet looks at yet; then the slot of the root leads there. */
static int put_runs(struct tables *tables, __u32 *root,
		    const struct draft *draft)
{
	struct table *table = &tables->v4_runs;
	__u32 count = words(draft->runs.size);
	long first = keep_in_line(table, count);

	if (!first)
		first = table_append(table, draft->words, count);
	if (first < 0)
		return first;
	table_store(root, V4_IS_DIVIDED | V4_IS_RUNS | first);
	return 0;
}

static int put_group(struct tables *tables, __u32 *root,
		     const struct section *section)
{
	long first = table_append(&tables->v4_group, section->slots,
				  V4_SECTION);

	if (first < 0)
		return first;
	table_store(root, V4_IS_DIVIDED | first);
	return 0;
}

static int write_group(struct tables *tables, __u32 root,
		       const struct section *section)
{
	__u32 *group = reach_group(tables, root), i;

	for (i = 0; group && i < V4_SECTION; i++)
		table_store(&group[i], section->slots[i]);
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
	if (!are_alike(&runs, &draft.runs))
		return put_runs(tables, root, &draft);
	repaint(&runs, &draft.runs);
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
	if (draft.runs.count > 1 || further_of(&draft.runs, 0))
		return put_runs(tables, root, &draft);
	table_store(root, section->slots[0]);
	return 0;
}
