/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads settings. */
#include "user/policy/read.h"
#include "user/policy/setting.h"

static const char *const setting_keys[] = {"strangers",	  "non-ip", "fragments",
					   "icmp-errors", "keep",   "boot",
					   NULL};

static void read_choice(struct reader *reader, const struct yaml_node *settings,
			const struct setting *setting)
{
	const struct yaml_node *node = yaml_get(settings, setting->key);
	int choice;

	if (!node)
		return;
	choice = read_word(reader, node, setting->words);
	if (choice >= 0)
		((__u8 *)&reader->model->settings)[setting->offset] = choice;
}

void read_settings(struct reader *reader, const struct yaml_node *node)
{
	const struct setting *setting;

	if (!read_is_mapping(reader, node))
		return;
	read_keys(reader, node, setting_keys);
	for (setting = settings_known; setting->key; setting++)
		read_choice(reader, node, setting);
	read_keep(reader, yaml_get(node, "keep"));
}
