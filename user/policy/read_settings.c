/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads settings. */
#include "user/policy/read.h"

static const char *const setting_keys[] = {"strangers",	  "non-ip", "fragments",
					   "icmp-errors", "keep",   "boot",
					   NULL};

/* In the order of the settings' values. */
static const char *const drop_pass[] = {"drop", "pass", NULL};
static const char *const drop_track[] = {"drop", "track", NULL};
static const char *const closed_open[] = {"closed", "open", NULL};
static const char *const icmp_errors[] = {"related", "drop", "pass", NULL};

static void read_choice(struct reader *reader, const struct yaml_node *settings,
			const char *key, const char *const *words,
			__u8 *setting)
{
	const struct yaml_node *node = yaml_get(settings, key);
	int choice;

	if (!node)
		return;
	choice = read_word(reader, node, words);
	if (choice >= 0)
		*setting = choice;
}

void read_settings(struct reader *reader, const struct yaml_node *node)
{
	struct settings *settings = &reader->model->settings;

	if (!read_is_mapping(reader, node))
		return;
	read_keys(reader, node, setting_keys);
	read_choice(reader, node, "strangers", drop_pass,
		    &settings->strangers_pass);
	read_choice(reader, node, "non-ip", drop_pass, &settings->non_ip_pass);
	read_choice(reader, node, "fragments", drop_track,
		    &settings->fragments_track);
	read_choice(reader, node, "icmp-errors", icmp_errors,
		    &settings->icmp_errors);
	read_choice(reader, node, "boot", closed_open, &settings->boot_open);
	read_keep(reader, yaml_get(node, "keep"));
}
