/* SPDX-License-Identifier: GPL-2.0-only */
/* What will bite on this host or interface, why, and the command that mends it. */
#include "user/kernel/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_STEP 16

void findings_init(struct findings *findings)
{
	*findings = (struct findings){};
}

static void release_texts(const struct finding *finding)
{
	free(finding->what);
	free(finding->why);
	free(finding->mend);
}

void findings_release(struct findings *findings)
{
	unsigned int i;

	for (i = 0; i < findings->count; i++)
		release_texts(&findings->items[i]);
	free(findings->items);
	findings_init(findings);
}

static struct finding *push(struct findings *findings)
{
	struct finding *items;

	if (findings->count == findings->room) {
		items = realloc(findings->items,
				(findings->room + ROOM_STEP) * sizeof(*items));
		if (!items)
			return NULL;
		findings->items = items;
		findings->room += ROOM_STEP;
	}
	return &findings->items[findings->count++];
}

void findings_add(struct findings *findings, enum severity severity,
		  const char *name, const char *about, char *what, char *why,
		  char *mend)
{
	struct finding finding = {severity, name, "", what, why, mend};
	struct finding *place = push(findings);

	if (!place) {
		release_texts(&finding);
		return;
	}
	snprintf(finding.about, sizeof(finding.about), "%s",
		 about ? about : "");
	*place = finding;
}

char *finding_text(const char *format, ...)
{
	va_list arguments;
	char *text;
	int size;

	va_start(arguments, format);
	size = vasprintf(&text, format, arguments);
	va_end(arguments);
	return size < 0 ? NULL : text;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[SEVERITY_COUNT] = {
		[SEVERITY_NOTE] = "note",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	return names[severity];
}

enum severity findings_worst(const struct findings *findings)
{
	enum severity worst = SEVERITY_NOTE;
	unsigned int i;

	for (i = 0; i < findings->count; i++)
		if (findings->items[i].severity > worst)
			worst = findings->items[i].severity;
	return worst;
}
