/* SPDX-License-Identifier: GPL-2.0-only */
/* The screen of `top`: a head, tabs, a sorted table, a line of keys. */
#ifndef ROLEGATE_USER_TOP_SCREEN_H
#define ROLEGATE_USER_TOP_SCREEN_H

#include "user/cmd/top_rows.h"

struct top_screen {
	const char *instance;
	enum view view;
	int sort[VIEW_COUNT]; /* column */
	bool is_reversed[VIEW_COUNT];
	bool with_idle;
	int first; /* row at the top */
	double delay;
	char message[160]; /* shown instead of the keys, "" for none */
};

void top_screen_init(struct top_screen *screen, const char *instance);

/* Takes the terminal, and gives it back. */
void top_screen_open(void);
void top_screen_close(void);

/* Draws all; look->rows[VIEW_…] is sorted on the way. */
void top_screen_draw(struct top_screen *screen, struct look *look);

/* Rows that the table has room for. */
int top_screen_room(void);

void top_screen_help(void);

/* Asks for a number on the last line; -1 if it is none. */
double top_screen_ask(const char *question);

#endif
