/* SPDX-License-Identifier: GPL-2.0-only */
/* The screen of `top`: a head, tabs, a sorted table, a line of keys. */
#include "user/cmd/top_screen.h"

#include <curses.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/output/show.h"

#define HEAD_LINES  4 /* head, totals, tabs, titles */
#define COLUMNS_MAX 8
#define CELL_MAX    256

enum { COLOR_DROP = 1, COLOR_WOULD_DROP, COLOR_TITLES };

static bool is_colored;

static const char *const help[] = {
	"rolegate top shows what happens to packets, a second.",
	"",
	"  Tab, right, left   next, previous view; 1 to 4: that view",
	"  up, down, PgUp, PgDn, Home, End   move in the table",
	"  < >   sort by the column to the left, to the right",
	"  P     sort by packets        R, I   turn the order round",
	"  i     rows without packets too, or not",
	"  space now                    d, s   seconds between two looks",
	"  h, ?, F1   this              q, F10 leave",
	"",
	"WOULD is what an interface that only observes would have dropped.",
	"Reasons, rules and pairs are counted, every packet. Talkers are who",
	"sent what was dropped, sampled at up to 1000 events a second and CPU",
	"while that view is shown; beyond, rates are scaled up from the sample.",
	"",
	"Press any key.",
};

void top_screen_init(struct top_screen *screen, const char *instance)
{
	int view;

	memset(screen, 0, sizeof(*screen));
	screen->instance = instance;
	screen->delay = 2;
	for (view = 0; view < VIEW_COUNT; view++)
		screen->sort[view] = top_tables[view].sort;
}

void top_screen_open(void)
{
	setlocale(LC_ALL, "");
	initscr();
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	is_colored = !getenv("NO_COLOR") && has_colors();
	if (!is_colored)
		return;
	start_color();
	use_default_colors();
	init_pair(COLOR_DROP, COLOR_RED, -1);
	init_pair(COLOR_WOULD_DROP, COLOR_YELLOW, -1);
	init_pair(COLOR_TITLES, COLOR_BLACK, COLOR_CYAN);
}

void top_screen_close(void)
{
	endwin();
}

int top_screen_room(void)
{
	int room = LINES - HEAD_LINES - 1;

	return room > 0 ? room : 0;
}

/* A whole line, cut at the edge. */
__attribute__((format(printf, 2, 3))) static void
put_line(int y, const char *format, ...)
{
	char text[CELL_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	mvaddnstr(y, 0, text, COLS);
}

/* "7", "12.3k", "4.5M": three digits are enough. */
static void write_number(double value, char *text, size_t size)
{
	static const char units[] = " kMGTP";
	int unit = 0;

	while (value >= 999.5 && units[unit + 1]) {
		value /= 1000;
		unit++;
	}
	if (unit)
		snprintf(text, size, value < 9.995 ? "%.2f%c" : "%.1f%c", value,
			 units[unit]);
	else
		snprintf(text, size, value > 0 && value < 10 ? "%.1f" : "%.0f",
			 value);
}

static void write_cell(const json_t *row, const struct top_column *column,
		       char *text)
{
	const json_t *value = row_value(row, column->path);
	char *words;

	if (column->is_number) {
		write_number(json_number_value(value), text, CELL_MAX);
		return;
	}
	words = show_text(value ? value : json_null());
	snprintf(text, CELL_MAX, "%s", words ? words : "");
	free(words);
}

/* Columns that fit, and their widths: what is left goes to words. */
static int fit_columns(const struct top_table *table, int *widths)
{
	int count = 0, used = -1, words = 0, i;

	while (count < table->count &&
	       used + 1 + table->columns[count].width <= COLS) {
		widths[count] = table->columns[count].width;
		used += 1 + widths[count];
		words += !table->columns[count].is_number;
		count++;
	}
	for (i = 0; i < count && words; i++)
		if (!table->columns[i].is_number)
			widths[i] += (COLS - used) / words;
	return count;
}

/* Cut with a "+", as top does. */
static void put_cell(int y, int x, int width, const char *text, bool right)
{
	int length = strlen(text);

	if (length > width)
		mvprintw(y, x, "%.*s+", width - 1, text);
	else
		mvprintw(y, x, right ? "%*s" : "%-*s", width, text);
}

static void draw_titles(const struct top_screen *screen, int y,
			const int *widths, int count)
{
	const struct top_table *table = &top_tables[screen->view];
	int titles = is_colored ? COLOR_PAIR(COLOR_TITLES) : A_REVERSE;
	int i, x = 0;

	attron(titles);
	mvhline(y, 0, ' ', COLS);
	for (i = 0; i < count; i++) {
		if (i == screen->sort[screen->view])
			attron(A_BOLD | A_UNDERLINE);
		put_cell(y, x, widths[i], table->columns[i].title,
			 table->columns[i].is_number);
		attroff(A_BOLD | A_UNDERLINE);
		x += widths[i] + 1;
	}
	attroff(titles);
}

static int color_of(const json_t *row)
{
	const char *verdict =
		json_string_value(json_object_get(row, "verdict"));

	if (!verdict || !is_colored)
		return 0;
	if (!strcmp(verdict, "drop"))
		return COLOR_PAIR(COLOR_DROP);
	return strcmp(verdict, "pass") ? COLOR_PAIR(COLOR_WOULD_DROP) : 0;
}

static void draw_row(const struct top_table *table, int y, const json_t *row,
		     const int *widths, int count)
{
	int i, x = 0, color = color_of(row);
	char text[CELL_MAX];

	attron(color);
	for (i = 0; i < count; i++) {
		write_cell(row, &table->columns[i], text);
		put_cell(y, x, widths[i], text, table->columns[i].is_number);
		x += widths[i] + 1;
	}
	attroff(color);
}

/* Rows that are shown: all, or those that have a rate. */
static json_t *select_rows(const struct top_screen *screen, const json_t *rows)
{
	json_t *selected = json_array();
	size_t i;

	for (i = 0; i < json_array_size(rows); i++)
		if (screen->with_idle || !row_is_idle(json_array_get(rows, i)))
			json_array_append(selected, json_array_get(rows, i));
	return selected;
}

static void draw_table(struct top_screen *screen, struct look *look)
{
	const struct top_table *table = &top_tables[screen->view];
	int widths[COLUMNS_MAX], count = fit_columns(table, widths);
	json_t *rows = select_rows(screen, look->rows[screen->view]);
	int total = json_array_size(rows), room = top_screen_room(), i;

	rows_sort(rows, &table->columns[screen->sort[screen->view]],
		  screen->is_reversed[screen->view]);
	if (screen->first > total - room)
		screen->first = total - room;
	if (screen->first < 0)
		screen->first = 0;
	draw_titles(screen, HEAD_LINES - 1, widths, count);
	for (i = 0; i < room && screen->first + i < total; i++)
		draw_row(table, HEAD_LINES + i,
			 json_array_get(rows, screen->first + i), widths,
			 count);
	if (!total)
		put_line(HEAD_LINES, "%s",
			 screen->with_idle ? "Nothing has been counted."
					   : "No packets just now; i shows "
					     "rows without any.");
	json_decref(rows);
}

static void draw_head(const struct top_screen *screen, const struct look *look)
{
	double observed = look_total(look, "would-drop");
	char text[3][16], clock[16];
	time_t now = time(NULL);
	struct tm parts;

	localtime_r(&now, &parts);
	strftime(clock, sizeof(clock), "%H:%M:%S", &parts);
	put_line(0, "rolegate top - %.30s, generation %u, every %g s",
		 screen->instance, look->generation, screen->delay);
	if (COLS > 9)
		mvprintw(0, COLS - 9, " %s", clock);
	write_number(look_total(look, "pass") + observed, text[0],
		     sizeof(text[0]));
	write_number(observed, text[1], sizeof(text[1]));
	write_number(look_total(look, "drop"), text[2], sizeof(text[2]));
	put_line(1,
		 "packets a second: %s passed, of which %s would be dropped; "
		 "%s dropped",
		 text[0], text[1], text[2]);
}

static void draw_tabs(const struct top_screen *screen)
{
	int view;

	move(2, 0);
	for (view = 0; view < VIEW_COUNT; view++) {
		if (view == (int)screen->view)
			attron(A_REVERSE);
		printw(" %d %s ", view + 1, top_tables[view].name);
		attroff(A_REVERSE);
		addch(' ');
	}
}

static void draw_foot(const struct top_screen *screen)
{
	put_line(LINES - 1, "%s",
		 screen->message[0] ? screen->message
				    : "F1 help  Tab view  <> sort  R reverse  "
				      "i idle  d delay  space now  q quit");
}

void top_screen_draw(struct top_screen *screen, struct look *look)
{
	erase();
	draw_head(screen, look);
	draw_tabs(screen);
	draw_table(screen, look);
	draw_foot(screen);
	refresh();
}

void top_screen_help(void)
{
	size_t i;

	erase();
	for (i = 0; i < sizeof(help) / sizeof(*help) && (int)i < LINES; i++)
		put_line(i, "%s", help[i]);
	refresh();
	timeout(-1);
	getch();
}

double top_screen_ask(const char *question)
{
	char text[16], *end;
	double value;

	move(LINES - 1, 0);
	clrtoeol();
	printw("%s", question);
	echo();
	curs_set(1);
	timeout(-1);
	if (getnstr(text, sizeof(text) - 1) == ERR)
		text[0] = '\0';
	noecho();
	curs_set(0);
	value = strtod(text, &end);
	return text[0] && !*end ? value : -1;
}
