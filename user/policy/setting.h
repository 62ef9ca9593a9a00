/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of a config: their keys, and the words that they take. */
#ifndef ROLEGATE_USER_SETTING_H
#define ROLEGATE_USER_SETTING_H

#include "user/policy/model.h"

struct setting {
	const char *key;
	const char *const *words; /* in the order of its values, up to a NULL */
	size_t offset;		  /* of its __u8 in struct settings */
};

/* Ends with an entry whose key is NULL. */
extern const struct setting settings_known[];

/* The word that a setting has, and the one that it has unless said else. */
const char *setting_word(const struct setting *setting,
			 const struct settings *settings);
const char *setting_default(const struct setting *setting);

#endif
