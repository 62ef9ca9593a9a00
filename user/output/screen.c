/* SPDX-License-Identifier: GPL-2.0-only */
/* What standard output is: a terminal or not, how large, and in colours. */
#include "user/output/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "user/output/result.h"

#define USUAL_WIDTH  80
#define USUAL_HEIGHT 24

#define HOME	"\033[H"
#define NO_WRAP "\033[?7l"
#define WRAP	"\033[?7h"
#define REST	"\033[K" /* clears the rest of the line */
#define BELOW	"\033[J" /* and all lines below */
#define PLAIN	"\033[0m"

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || !strcmp(term, "dumb");
}

static struct winsize window(void)
{
	struct winsize size = {};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return (struct winsize){};
	return size;
}

size_t screen_width(void)
{
	struct winsize size = window();

	if (!isatty(STDOUT_FILENO))
		return 0;
	return size.ws_col ? size.ws_col : USUAL_WIDTH;
}

size_t screen_height(void)
{
	struct winsize size = window();

	if (!isatty(STDOUT_FILENO) || is_dumb())
		return 0;
	return size.ws_row ? size.ws_row : USUAL_HEIGHT;
}

bool screen_has_line(int fd)
{
	return isatty(fd) && !is_dumb();
}

bool screen_has_colors(void)
{
	const char *refused = getenv("NO_COLOR");

	return screen_has_line(STDOUT_FILENO) && !(refused && *refused);
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

/* Nothing is cleared before it is drawn over: that would flicker. */
static void draw_lines(const char *text, size_t count)
{
	size_t i, length;

	fputs(HOME NO_WRAP, stdout);
	for (i = 0; i < count; i++) {
		length = strcspn(text, "\n");
		printf("%.*s" REST "\n", (int)length, text);
		text += length + 1;
	}
}

void screen_draw(const char *text, const char *hint)
{
	size_t room = screen_height() - 1, lines = count_lines(text);

	if (lines <= room) {
		draw_lines(text, lines);
	} else {
		draw_lines(text, room);
		printf(PLAIN "%zu more lines: %s" REST, lines - room, hint);
	}
	fputs(BELOW WRAP, stdout);
	result_flush();
}
