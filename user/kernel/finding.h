/* SPDX-License-Identifier: GPL-2.0-only */
/* What will bite on this host or interface, why, and the command that mends it. */
#ifndef ROLEGATE_USER_FINDING_H
#define ROLEGATE_USER_FINDING_H

enum severity {
	SEVERITY_NOTE,	  /* worth knowing */
	SEVERITY_WARNING, /* works, but not as one might think */
	SEVERITY_ERROR,	  /* load will fail */
	SEVERITY_COUNT
};

struct finding {
	enum severity severity;
	const char *name; /* a promise to users: "foreign-program" */
	char about[16];	  /* the interface, "" for the host */
	char *what;
	char *why;
	char *mend; /* a command; only notes may have none: NULL */
};

struct findings {
	struct finding *items;
	unsigned int count;
	unsigned int room;
};

void findings_init(struct findings *findings);
void findings_release(struct findings *findings);

/* Takes what finding_text() made for the texts; about and mend may be NULL. */
void findings_add(struct findings *findings, enum severity severity,
		  const char *name, const char *about, char *what, char *why,
		  char *mend);

/* Formats a text for findings_add(). */
char *finding_text(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

const char *severity_name(enum severity severity);

/* The gravest of them; SEVERITY_NOTE if there are none. */
enum severity findings_worst(const struct findings *findings);

#endif
