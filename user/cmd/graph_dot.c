/* SPDX-License-Identifier: GPL-2.0-only */
/* The graph in the language of graphviz, and as SVG by its dot. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/cmd/graph.h"
#include "user/output/report.h"
#include "user/output/show.h"

/* No role is called so: names begin with a letter. */
#define NOBODY	  "-"
#define ANY	  "any"
#define WIDTH_MAX 7

#define PASSED	   "#1a7f37"
#define UNUSED	   "#8c959f"
#define DROPPED	   "#cf222e"
#define WOULD_DROP "#bc4c00"

extern char **environ;

static const char *word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static unsigned long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* Within quotes: a backslash would begin an escape of graphviz's. */
static void put_escaped(FILE *stream, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', stream);
		if (*text == '\n')
			fputs("\\n", stream);
		else
			fputc(*text, stream);
	}
}

static void put_quoted(FILE *stream, const char *text)
{
	fputc('"', stream);
	put_escaped(stream, text);
	fputc('"', stream);
}

/* Lines grow with the order of magnitude of what they carry. */
static unsigned int line_width(unsigned long long count)
{
	unsigned int width = 1;

	for (; count && width < WIDTH_MAX; count /= 10)
		width++;
	return width;
}

static void put_node(FILE *stream, const char *name, const char *label,
		     const char *about, const char *style)
{
	fputc('\t', stream);
	put_quoted(stream, name);
	fputs(" [label=", stream);
	put_quoted(stream, label);
	fputs(", tooltip=", stream);
	put_quoted(stream, *about ? about : label);
	fprintf(stream, "%s];\n", style);
}

static void put_roles(FILE *stream, const json_t *roles)
{
	const json_t *role;
	size_t i;

	json_array_foreach (roles, i, role)
		put_node(stream, word(role, "name"), word(role, "name"),
			 word(role, "about"), "");
}

/* An address's role set is the role's node, or one of its own. */
static void put_set(FILE *stream, const json_t *roles)
{
	char *name = show_text(roles);

	if (json_array_size(roles) == 0)
		put_node(stream, NOBODY, "no role",
			 "addresses that hold no role", ", style=dashed");
	else if (json_array_size(roles) > 1)
		put_node(stream, name, name, "addresses that hold all of these",
			 ", style=\"rounded,dashed\"");
	free(name);
}

/* Nodes that only some graphs have; naming one twice does no harm. */
static void put_others(FILE *stream, const json_t *graph)
{
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(graph, "edges"), i, row)
		if (!strcmp(word(row, "from"), ANY) ||
		    !strcmp(word(row, "to"), ANY)) {
			put_node(stream, ANY, "any address",
				 "every address, with or without a role",
				 ", shape=ellipse");
			break;
		}
	json_array_foreach (json_object_get(graph, "drops"), i, row) {
		put_set(stream, json_object_get(row, "from"));
		put_set(stream, json_object_get(row, "to"));
	}
}

static void put_arrow(FILE *stream, const char *from, const char *to)
{
	fputc('\t', stream);
	put_quoted(stream, from);
	fputs(" -> ", stream);
	put_quoted(stream, to);
}

static void put_edge(FILE *stream, const json_t *edge)
{
	unsigned long long packets = number(edge, "packets");
	unsigned long long replies = number(edge, "replies");
	bool is_counted = json_object_get(edge, "packets") != NULL;
	const char *about = word(edge, "about");

	put_arrow(stream, word(edge, "from"), word(edge, "to"));
	fputs(" [label=\"", stream);
	put_escaped(stream, word(edge, "rule"));
	fputs("\\n", stream);
	put_escaped(stream, word(edge, "match"));
	if (is_counted)
		fprintf(stream, "\\n%llu packets, %llu back", packets, replies);
	fputs("\", tooltip=", stream);
	put_quoted(stream, *about ? about : word(edge, "rule"));
	fprintf(stream, ", color=\"%s\", penwidth=%u];\n",
		is_counted && !packets && !replies ? UNUSED : PASSED,
		line_width(packets + replies));
}

static void put_drop(FILE *stream, const json_t *drop)
{
	unsigned long long dropped = number(drop, "drop");
	unsigned long long would = number(drop, "would_drop");
	char *from = show_text(json_object_get(drop, "from"));
	char *to = show_text(json_object_get(drop, "to"));
	const char *color = dropped ? DROPPED : WOULD_DROP;

	put_arrow(stream, from, to);
	fputs(" [label=\"", stream);
	if (dropped)
		fprintf(stream, "%llu dropped", dropped);
	if (would)
		fprintf(stream, "%s%llu would drop", dropped ? "\\n" : "",
			would);
	fprintf(stream,
		"\", style=dashed, weight=0, color=\"%s\", "
		"fontcolor=\"%s\", penwidth=%u];\n",
		color, color, line_width(dropped + would));
	free(from);
	free(to);
}

void graph_write_dot(const json_t *graph, FILE *stream)
{
	const json_t *row;
	size_t i;

	fputs("digraph rolegate {\n"
	      "\tgraph [rankdir=LR, bgcolor=white, labelloc=t, "
	      "fontname=\"sans-serif\", nodesep=0.4, ranksep=1.2];\n"
	      "\tnode [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
	      "\tedge [fontname=\"sans-serif\", fontsize=10];\n\tlabel=",
	      stream);
	put_quoted(stream, word(graph, "title"));
	fputs(";\n", stream);
	put_roles(stream, json_object_get(graph, "roles"));
	put_others(stream, graph);
	json_array_foreach (json_object_get(graph, "edges"), i, row)
		put_edge(stream, row);
	json_array_foreach (json_object_get(graph, "drops"), i, row)
		put_drop(stream, row);
	fputs("}\n", stream);
}

/* Starts `dot -Tsvg` with the read end of a pipe for its standard input. */
static int start_dot(pid_t *pid, int input)
{
	char *const words[] = {"dot", "-Tsvg", NULL};
	posix_spawn_file_actions_t actions;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	err = posix_spawnp(pid, "dot", &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

static int wait_for_dot(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		return report_error(-errno, "lost sight of dot: %s",
				    strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return report_error(-EIO,
				    "graphviz's dot failed; without --svg "
				    "the graph itself is printed");
	return 0;
}

static int feed(const json_t *graph, int output)
{
	FILE *stream = fdopen(output, "w");

	if (!stream) {
		close(output);
		return -errno;
	}
	graph_write_dot(graph, stream);
	return fclose(stream) ? -errno : 0;
}

int graph_write_svg(const json_t *graph)
{
	int ends[2], err, failed;
	pid_t pid;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC))
		return report_error(-errno, "cannot make a pipe: %s",
				    strerror(errno));
	err = start_dot(&pid, ends[0]);
	close(ends[0]);
	if (err) {
		close(ends[1]);
		return report_error(err,
				    "cannot run graphviz's dot: %s; install "
				    "it (`apt install graphviz`), or leave "
				    "--svg out and draw the graph elsewhere",
				    strerror(-err));
	}
	signal(SIGPIPE, SIG_IGN);
	err = feed(graph, ends[1]);
	failed = wait_for_dot(pid);
	if (err && !failed)
		return report_error(err, "cannot hand dot the graph: %s",
				    strerror(-err));
	return failed;
}
