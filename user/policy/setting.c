/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of a config: their keys, and the words that they take. */
#include "user/policy/setting.h"

static const char *const drop_pass[] = {"drop", "pass", NULL};
static const char *const drop_track[] = {"drop", "track", NULL};
static const char *const closed_open[] = {"closed", "open", NULL};
static const char *const icmp_errors[] = {"related", "drop", "pass", NULL};

const struct setting settings_known[] = {
	{"strangers", drop_pass, offsetof(struct settings, strangers_pass)},
	{"non-ip", drop_pass, offsetof(struct settings, non_ip_pass)},
	{"fragments", drop_track, offsetof(struct settings, fragments_track)},
	{"icmp-errors", icmp_errors, offsetof(struct settings, icmp_errors)},
	{"boot", closed_open, offsetof(struct settings, boot_open)},
	{0},
};

const char *setting_word(const struct setting *setting,
			 const struct settings *settings)
{
	return setting->words[((const __u8 *)settings)[setting->offset]];
}

const char *setting_default(const struct setting *setting)
{
	struct model model;

	model_init(&model);
	return setting_word(setting, &model.settings);
}
