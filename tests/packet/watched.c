/* SPDX-License-Identifier: GPL-2.0-only */
/* A config loaded for tests, and a watcher of what it drops. */
#include "tests/packet/watched.h"

#include <bpf/libbpf.h>

#include "filter.skel.h"

int watched_load(struct subject *subject, struct watcher *watcher,
		 const char *text)
{
	const struct filter_bpf *skeleton;
	int err;

	watcher_init(watcher);
	err = subject_load_text(subject, text);
	if (err)
		return err;
	skeleton = subject->skeleton;
	return watcher_open_maps(watcher, bpf_map__fd(skeleton->maps.watches),
				 bpf_map__fd(skeleton->maps.events),
				 bpf_map__fd(skeleton->maps.budgets));
}

void watched_release(struct subject *subject, struct watcher *watcher)
{
	watcher_close(watcher);
	subject_release(subject);
}
