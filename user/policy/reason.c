/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of reasons and verdicts, as users read and write them. */
#include "user/policy/reason.h"

#include <string.h>

#define NAME(symbol, name, about)  name,
#define ABOUT(symbol, name, about) about,
#define VERDICT(symbol, name)	   name,

static const char *const names[] = {ROLEGATE_REASONS(NAME)};
static const char *const abouts[] = {ROLEGATE_REASONS(ABOUT)};
static const char *const verdicts[] = {ROLEGATE_VERDICTS(VERDICT)};

const char *reason_name(unsigned int reason)
{
	return names[reason < REASON_COUNT ? reason : REASON_NONE];
}

const char *reason_about(unsigned int reason)
{
	return abouts[reason < REASON_COUNT ? reason : REASON_NONE];
}

const char *verdict_name(unsigned int verdict)
{
	return verdict < VERDICT_COUNT ? verdicts[verdict] : "none";
}

int reason_from_name(const char *name)
{
	int reason;

	for (reason = REASON_NONE + 1; reason < REASON_COUNT; reason++)
		if (!strcmp(names[reason], name))
			return reason;
	return -1;
}
