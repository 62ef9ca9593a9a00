/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors and warnings about a config, each with its place in the text. */
#ifndef ROLEGATE_USER_DIAG_H
#define ROLEGATE_USER_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "user/policy/model.h"

/* As many errors as are kept; beyond, only their number. */
#define DIAG_MAX      50
/* Lines longer than this are clipped around the place. */
#define DIAG_LINE_MAX 100

struct diag_entry {
	bool warning;
	char *file; /* "" if the trouble is in no file */
	unsigned int line;
	unsigned int column;
	unsigned int length;
	char *message;
	char *source; /* the line's text around the place, NULL if unknown */
	unsigned int indent; /* characters of source before the mark */
};

struct diag {
	struct diag_entry entries[DIAG_MAX];
	unsigned int count;
	unsigned int errors; /* found, kept or not */
	unsigned int warnings;
};

void diag_init(struct diag *diag);
void diag_release(struct diag *diag);

/* False if the next one will only be counted. */
bool diag_has_room(const struct diag *diag);

/*
 * Adds one. file may be NULL or "" (no place), line 0 (the whole file);
 * source is the text of the line, up to its end, NULL if not at hand. What is
 * needed of them is copied.
 */
void diag_add(struct diag *diag, bool warning, const char *file,
	      unsigned int line, unsigned int column, unsigned int length,
	      const char *source, const char *format, ...)
	__attribute__((format(printf, 8, 9)));
void diag_vadd(struct diag *diag, bool warning, const char *file,
	       unsigned int line, unsigned int column, unsigned int length,
	       const char *source, const char *format, va_list arguments)
	__attribute__((format(printf, 8, 0)));

/*
 * Adds that compiled rules would need more of something than is held. Returns
 * -E2BIG.
 */
int diag_too_many(struct diag *diag, const char *what, unsigned int max);

/*
 * Adds one at a place of the model; the source line is read again from the
 * file, if it still can be.
 */
void diag_error(struct diag *diag, const struct model *model,
		const struct place *place, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void diag_warning(struct diag *diag, const struct model *model,
		  const struct place *place, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Prints all, in order of file and place, as file:line:column: kind: message. */
void diag_print(const struct diag *diag, FILE *stream);

#endif
