/* SPDX-License-Identifier: GPL-2.0-only */
/* A config loaded for tests, and a watcher of what it drops. */
#ifndef ROLEGATE_TESTS_WATCHED_H
#define ROLEGATE_TESTS_WATCHED_H

#include "tests/packet/subject.h"
#include "user/kernel/watcher.h"

/*
 * Loads the text of a config and opens the watcher, which does not start yet.
 * Returns 0 or negative errno; to be released in any case.
 */
int watched_load(struct subject *subject, struct watcher *watcher,
		 const char *text);
void watched_release(struct subject *subject, struct watcher *watcher);

#endif
