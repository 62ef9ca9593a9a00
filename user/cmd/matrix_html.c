/* SPDX-License-Identifier: GPL-2.0-only */
/* The matrix as a page for a browser: a heat map that needs nothing beside it. */
#include <stdlib.h>
#include <string.h>

#include "user/cmd/matrix.h"
#include "user/output/show.h"

#define NO_ROLE	   "no role"
#define LEVELS	   5
#define NOTHING	   "<td></td>"
#define ABOUT_NONE "addresses that hold no role"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, "
	"initial-scale=1\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\""
	"default-src 'none'; style-src 'unsafe-inline'\">\n";

static const char style[] =
	"<style>\n"
	":root { color-scheme: light dark; --bg: #fff; --fg: #1f2328;\n"
	"  --soft: #f6f8fa; --line: #d0d7de; --dim: #57606a;\n"
	"  --p1: #ddf4ff; --p2: #b6e3ff; --p3: #94d5ff; --p4: #6cc0ff;\n"
	"  --p5: #45a8ff; --drop: #a40e26; --drop-bg: #ffdcd7;\n"
	"  --would: #7a2e00; --would-bg: #ffe0b2; }\n"
	"@media (prefers-color-scheme: dark) { :root { --bg: #0d1117;\n"
	"  --fg: #f0f6fc; --soft: #161b22; --line: #30363d;\n"
	"  --dim: #9ea7b3; --p1: #051d4d; --p2: #0c2d6b; --p3: #0d419d;\n"
	"  --p4: #1158c7; --p5: #1a63d8; --drop: #ffdcd7;\n"
	"  --drop-bg: #8e1519; --would: #ffdfb6; --would-bg: #6e3a00; } }\n"
	"body { background: var(--bg); color: var(--fg); margin: 1.5rem;\n"
	"  font: 14px/1.4 system-ui, sans-serif; }\n"
	"h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; }\n"
	"caption { text-align: left; padding: .5rem 0; color: var(--dim); }\n"
	".wide { overflow-x: auto; }\n"
	"table { border-collapse: collapse; margin-bottom: 1.5rem;\n"
	"  font-variant-numeric: tabular-nums; }\n"
	"th, td { border: 1px solid var(--line); padding: .25rem .5rem; }\n"
	"th { background: var(--soft); font-weight: 600; }\n"
	"th[scope=row] { text-align: left; white-space: nowrap; }\n"
	".map th[scope=row] { position: sticky; left: 0; }\n"
	".map thead th { vertical-align: bottom; }\n"
	".map thead th span { writing-mode: vertical-rl; "
	"transform: rotate(180deg); }\n"
	".map td { text-align: right; min-width: 3.5rem; height: 3.2rem;\n"
	"  vertical-align: middle; white-space: nowrap; }\n"
	".rules td { vertical-align: top; } .n { text-align: right; }\n"
	".r { display: block; color: var(--fg); opacity: .75; "
	"font-size: 11px; }\n"
	".c, .d, .w { display: block; }\n"
	".d, .w { border-radius: 3px; padding: 0 .3em; font-weight: 600;\n"
	"  margin-top: 1px; background: var(--drop-bg); color: var(--drop); }\n"
	".w { background: var(--would-bg); color: var(--would); }\n"
	".p1 { background: var(--p1); } .p2 { background: var(--p2); }\n"
	".p3 { background: var(--p3); } .p4 { background: var(--p4); }\n"
	".p5 { background: var(--p5); }\n"
	".legend { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem;\n"
	"  padding: 0; list-style: none; color: var(--dim); }\n"
	".legend span { display: inline-block; padding: 0 .4em; "
	"min-width: 1em; }\n"
	".legend .p2, .legend .p5 { color: var(--fg); }\n"
	"</style>\n";

static const char *word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void put_text(FILE *stream, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", stream);
			break;
		case '<':
			fputs("&lt;", stream);
			break;
		case '>':
			fputs("&gt;", stream);
			break;
		case '"':
			fputs("&quot;", stream);
			break;
		default:
			fputc(*text, stream);
		}
}

static void put_list(FILE *stream, const json_t *list)
{
	char *text = show_text(list);

	put_text(stream, text ? text : "");
	free(text);
}

/* Three or four digits and the unit: 9999, 10k, 1234k, 10M. */
static void put_short(FILE *stream, unsigned long long count)
{
	static const char *const units[] = {"", "k", "M", "G", "T", "P"};
	int unit = 0;

	for (; count >= 10000 && unit < 5; unit++)
		count /= 1000;
	fprintf(stream, "%llu%s", count, units[unit]);
}

static int bits_of(unsigned long long count)
{
	return count ? 64 - __builtin_clzll(count) : 0;
}

/* How blue a cell is: by the order of magnitude, relative to the largest. */
static int level_of(unsigned long long count, unsigned long long largest)
{
	int of = bits_of(largest);

	return of ? (bits_of(count) * LEVELS + of - 1) / of : 0;
}

static unsigned long long largest_of(const json_t *cells)
{
	unsigned long long largest = 0, passed;
	const json_t *cell;
	size_t i;

	json_array_foreach (cells, i, cell) {
		passed = matrix_packets(cell, "pass");
		largest = passed > largest ? passed : largest;
	}
	return largest;
}

static void put_head(FILE *stream, const json_t *matrix)
{
	fputs(head, stream);
	fputs("<title>rolegate: ", stream);
	put_text(stream, word(matrix, "title"));
	fputs("</title>\n", stream);
	fputs(style, stream);
	fputs("</head>\n<body>\n<main>\n<h1>Who may talk to whom: ", stream);
	put_text(stream, word(matrix, "title"));
	fputs("</h1>\n", stream);
}

static void put_legend(FILE *stream, bool is_running)
{
	fputs("<ul class=\"legend\">\n"
	      "<li><span class=\"r\">2 rules</span> let the row open "
	      "something at the column</li>\n",
	      stream);
	if (is_running)
		fputs("<li><span class=\"p2\">1</span><span class=\"p5\">9999"
		      "</span> packets passed, openings and answers</li>\n"
		      "<li><span class=\"d\">&minus;7</span> dropped</li>\n"
		      "<li><span class=\"w\">~7</span> passed, but enforcing "
		      "would drop them</li>\n"
		      "<li>An address with several roles counts under each."
		      "</li>\n",
		      stream);
	fputs("</ul>\n", stream);
}

static void put_role(FILE *stream, const char *scope, const char *name,
		     const char *about)
{
	fprintf(stream, "<th scope=\"%s\"", scope);
	if (*about) {
		fputs(" title=\"", stream);
		put_text(stream, about);
		fputc('"', stream);
	}
	fputs("><span>", stream);
	put_text(stream, name);
	fputs("</span></th>", stream);
}

static void put_columns(FILE *stream, const json_t *roles)
{
	const json_t *role;
	size_t i;

	fputs("<thead>\n<tr><td>from &rarr; to</td>", stream);
	json_array_foreach (roles, i, role)
		put_role(stream, "col", word(role, "name"),
			 word(role, "about"));
	put_role(stream, "col", NO_ROLE, ABOUT_NONE);
	fputs("</tr>\n</thead>\n", stream);
}

/* All there is to know, for who points at the cell. */
static void put_title(FILE *stream, const json_t *cell, const char *from,
		      const char *to)
{
	const json_t *rules = json_object_get(cell, "rules");

	fputs(" title=\"", stream);
	put_text(stream, from);
	fputs(" &rarr; ", stream);
	put_text(stream, to);
	if (json_array_size(rules)) {
		fputs("\nrules: ", stream);
		put_list(stream, rules);
	}
	if (json_object_get(cell, "pass"))
		fprintf(stream,
			"\npassed: %llu\ndropped: %llu\nwould drop: %llu",
			matrix_packets(cell, "pass"),
			matrix_packets(cell, "drop"),
			matrix_packets(cell, "would_drop"));
	fputc('"', stream);
}

static void put_number(FILE *stream, const char *class, const char *sign,
		       unsigned long long count)
{
	if (!count)
		return;
	fprintf(stream, "<span class=\"%s\">%s", class, sign);
	put_short(stream, count);
	fputs("</span>", stream);
}

static void put_cell(FILE *stream, const json_t *cell, const char *from,
		     const char *to, unsigned long long largest)
{
	size_t rules = json_array_size(json_object_get(cell, "rules"));
	int level = level_of(matrix_packets(cell, "pass"), largest);

	fputs("<td", stream);
	if (level)
		fprintf(stream, " class=\"p%d\"", level);
	put_title(stream, cell, from, to);
	fputc('>', stream);
	if (rules)
		fprintf(stream, "<span class=\"r\">%zu rule%s</span>", rules,
			rules == 1 ? "" : "s");
	put_number(stream, "c", "", matrix_packets(cell, "pass"));
	put_number(stream, "d", "&minus;", matrix_packets(cell, "drop"));
	put_number(stream, "w", "~", matrix_packets(cell, "would_drop"));
	fputs("</td>", stream);
}

/* The role at a place, or the one after all roles: an empty object. */
static const char *name_at(const json_t *roles, size_t i)
{
	return json_string_value(
		json_object_get(json_array_get(roles, i), "name"));
}

static void put_row(FILE *stream, const json_t *matrix, size_t *next,
		    const char *from, unsigned long long largest)
{
	const json_t *roles = json_object_get(matrix, "roles"), *cell;
	const json_t *cells = json_object_get(matrix, "cells");
	const char *to;
	size_t i;

	for (i = 0; i <= json_array_size(roles); i++) {
		to = name_at(roles, i);
		cell = matrix_take(cells, next, from, to);
		if (cell)
			put_cell(stream, cell, from ? from : NO_ROLE,
				 to ? to : NO_ROLE, largest);
		else
			fputs(NOTHING, stream);
	}
}

static void put_map(FILE *stream, const json_t *matrix)
{
	const json_t *roles = json_object_get(matrix, "roles");
	unsigned long long largest;
	const char *from;
	size_t next = 0, i;

	largest = largest_of(json_object_get(matrix, "cells"));
	fputs("<div class=\"wide\">\n<table class=\"map\">\n<caption>Rows open "
	      "to columns</caption>\n",
	      stream);
	put_columns(stream, roles);
	fputs("<tbody>\n", stream);
	for (i = 0; i <= json_array_size(roles); i++) {
		from = name_at(roles, i);
		fputs("<tr>", stream);
		put_role(stream, "row", from ? from : NO_ROLE,
			 from ? word(json_array_get(roles, i), "about")
			      : ABOUT_NONE);
		put_row(stream, matrix, &next, from, largest);
		fputs("</tr>\n", stream);
	}
	fputs("</tbody>\n</table>\n</div>\n", stream);
}

static void put_rule(FILE *stream, const json_t *rule)
{
	static const char *const keys[] = {"from", "to", "match", "about"};
	size_t i;

	fputs("<tr><th scope=\"row\">", stream);
	put_text(stream, word(rule, "name"));
	fputs("</th>", stream);
	for (i = 0; i < 4; i++) {
		fputs("<td>", stream);
		put_list(stream, json_object_get(rule, keys[i]));
		fputs("</td>", stream);
	}
	fputs("</tr>\n", stream);
}

static void put_rules(FILE *stream, const json_t *rules)
{
	const json_t *rule;
	size_t i;

	fputs("<h2>Rules</h2>\n<div class=\"wide\">\n<table class=\"rules\">\n"
	      "<thead>\n<tr><th scope=\"col\">rule</th>"
	      "<th scope=\"col\">from</th><th scope=\"col\">to</th>"
	      "<th scope=\"col\">match</th><th scope=\"col\">about</th></tr>\n"
	      "</thead>\n<tbody>\n",
	      stream);
	json_array_foreach (rules, i, rule)
		put_rule(stream, rule);
	fputs("</tbody>\n</table>\n</div>\n", stream);
}

void matrix_write_html(const json_t *matrix, FILE *stream)
{
	put_head(stream, matrix);
	put_legend(stream, json_object_get(matrix, "instance") != NULL);
	put_map(stream, matrix);
	put_rules(stream, json_object_get(matrix, "rules"));
	fputs("</main>\n</body>\n</html>\n", stream);
}
