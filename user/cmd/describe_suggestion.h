/* SPDX-License-Identifier: GPL-2.0-only */
/* A suggestion as JSON, and as config text with its reasons as comments. */
#ifndef ROLEGATE_USER_DESCRIBE_SUGGESTION_H
#define ROLEGATE_USER_DESCRIBE_SUGGESTION_H

#include <jansson.h>

#include "user/cmd/sightings.h"
#include "user/policy/image.h"

/*
 * {"rules": [{"name", "kind", "rule", "packets", ...}], "strangers": […],
 * "others": [{"reason", "packets"}], "not_recorded"}; "rule" is as in a
 * config.
 */
json_t *describe_suggestion(const struct image *image,
			    const struct suggestion *suggestion,
			    const struct sightings *sightings,
			    const char *instance);

/* Prints it as YAML; capture is the file it is from, or NULL. */
void print_suggestion(const json_t *described, const struct image *image,
		      const char *capture);

#endif
