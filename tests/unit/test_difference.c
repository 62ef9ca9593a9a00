/* SPDX-License-Identifier: GPL-2.0-only */
/* What one config changes in another: by name, whatever the order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/policy/config.h"
#include "user/policy/difference.h"
#include "user/policy/probe_text.h"
#include "user/policy/setting.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What both configs of a case begin with. */
#define HEAD                                                          \
	"interfaces: {eth0: {roles: [web, mail]}, eth1: {enforce: "   \
	"false}}\n"                                                   \
	"rules:\n"                                                    \
	"  http: {from: any, to: web, tcp: [80, 443]}\n"              \
	"  smtp: {from: [web, any], to: mail, tcp: 25, sport: 1-9}\n" \
	"roles: {web: [10.0.0.0/24, \"!10.0.0.9\"], mail: 10.1.0.1}\n"

static void read_text(struct model *model, const char *text)
{
	char path[] = "/tmp/test_difference.XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	struct diag diag;

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	model_init(model);
	diag_init(&diag);
	if (config_read(model, path, &diag))
		diag_print(&diag, stderr);
	assert_int_equal(diag.errors, 0);
	diag_release(&diag);
	unlink(path);
}

static const char *name_of(const struct model *model, enum subject subject,
			   int number, char *text)
{
	switch (subject) {
	case SUBJECT_INTERFACE:
		return model_str(model, model->interfaces.items[number].name);
	case SUBJECT_ROLE:
		return model_str(model, model->roles.items[number].name);
	case SUBJECT_RULE:
		return model_str(model, model->rules.items[number].name);
	case SUBJECT_SETTING:
		return settings_known[number].key;
	default:
		return probe_to_str(model, &model->keep.items[number], text);
	}
}

static void put_members(FILE *stream, const struct member *const *members,
			const struct span *span, char sign)
{
	const struct member *member;
	char text[PREFIX_TEXT_SIZE];
	__u32 i;

	for (i = 0; i < span->count; i++) {
		member = members[span->first + i];
		fprintf(stream, " %c%s%s", sign, member->excluded ? "!" : "",
			prefix_to_str(&member->prefix, text));
	}
}

/* "+web +10.0.0.1;~eth0;" */
static char *dump(const struct difference *difference,
		  const struct model *before, const struct model *after)
{
	const struct change *change = difference->changes.items;
	char *result = NULL, text[PROBE_TEXT_SIZE];
	size_t size;
	FILE *stream = open_memstream(&result, &size);
	__u32 i;

	for (i = 0; i < difference->changes.count; i++, change++) {
		fputc("+-~"[change->kind], stream);
		if (change->after == NOWHERE)
			fputs(name_of(before, change->subject, change->before,
				      text),
			      stream);
		else
			fputs(name_of(after, change->subject, change->after,
				      text),
			      stream);
		put_members(stream, difference->added.items, &change->added,
			    '+');
		put_members(stream, difference->removed.items, &change->removed,
			    '-');
		fputc(';', stream);
	}
	fclose(stream);
	return result;
}

static int find(struct difference *difference, const struct model *before,
		const struct model *after)
{
	struct members old = members_of_model(before);
	struct members new = members_of_model(after);
	struct side a = {before, &old}, b = {after, &new};

	return difference_find(difference, &a, &b);
}

static void check(const char *before_text, const char *after_text,
		  const char *expected)
{
	struct difference difference = {};
	struct model before, after;
	char *seen;

	read_text(&before, before_text);
	read_text(&after, after_text);
	assert_int_equal(find(&difference, &before, &after), 0);
	seen = dump(&difference, &before, &after);
	assert_string_equal(seen, expected);
	free(seen);
	difference_release(&difference);
	model_release(&before);
	model_release(&after);
}

static void test_cases(void **state)
{
	static const struct {
		const char *after;
		const char *expected;
	} cases[] = {
		{HEAD, ""},
		/* Another order of everything, and other words for it. */
		{"roles: {mail: [10.1.0.1, 10.1.0.1], web: [\"!10.0.0.9\", "
		 "10.0.0.128/25, 10.0.0.0/24, 10.0.0.128/25]}\n"
		 "interfaces: {eth1: {enforce: false}, "
		 "eth0: {roles: [mail, web]}}\n"
		 "rules:\n"
		 "  smtp: {from: [any, web], to: mail, tcp: 25, sport: 1-9}\n"
		 "  http: {from: any, to: web, tcp: [443, 80-80], about: x}\n"
		 "tests: [{expect: pass, from: 10.2.2.2, to: web, tcp: 80}]\n",
		 "~web +10.0.0.128/25;"},
		{"interfaces: {eth0: {roles: [web]}, eth2: {}, "
		 "eth1: {enforce: false, mode: native}}\n"
		 "roles: {web: [10.0.0.0/24, \"!10.0.0.9\"], mail: 10.1.0.1}\n"
		 "rules:\n"
		 "  http: {from: any, to: web, tcp: [80, 443]}\n"
		 "  smtp: {from: [web, any], to: mail, tcp: 25, sport: 1-9}\n",
		 "~eth0;+eth2;~eth1;"},
		{"interfaces: {eth0: {roles: [web, mail]}}\n"
		 "roles: {web: [10.0.0.0/24, 10.0.0.9], new: [], "
		 "mail: [10.1.0.2, \"2001:db8::/32\", 10.1.0.0]}\n"
		 "rules:\n"
		 "  http: {from: any, to: web, tcp: 80}\n"
		 "  smtp: {from: [web, mail], to: mail, tcp: 25, sport: 1-9}\n"
		 "  more: {from: new, to: new, udp: 1}\n",
		 "-eth1;~web +10.0.0.9 -!10.0.0.9;+new;"
		 "~mail +10.1.0.0 +10.1.0.2 +2001:db8::/32 -10.1.0.1;"
		 "~http;~smtp;+more;"},
		{"interfaces: {eth0: {roles: []}, eth1: {}}\n"
		 "roles: {web: 10.0.0.0/24, post: 10.1.0.1}\n"
		 "rules:\n"
		 "  http: {from: any, to: web, tcp: [80, 443], udp: 443}\n"
		 "  smtp: {from: [web, any], to: post, tcp: 25, sport: 1-9}\n",
		 "~eth0;~eth1;~web -!10.0.0.9;+post +10.1.0.1;"
		 "-mail -10.1.0.1;~http;~smtp;"},
		{HEAD "settings:\n  strangers: pass\n  non-ip: pass\n"
		      "  boot: open\n  icmp-errors: drop\n"
		      "  keep: [{from: 10.2.2.2, to: web, tcp: 80}]\n",
		 "~strangers;~icmp-errors;~boot;+10.2.2.2 to web, tcp 80;"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		check(HEAD, cases[i].after, cases[i].expected);
}

static void test_keep(void **state)
{
#define KEEP(list) HEAD "settings: {keep: [" list "]}\n"
	(void)state;
	check(KEEP("{from: web, to: mail, icmp: echo}, "
		   "{from: 10.0.0.1, to: any, tcp: 22, flags: syn+ack}"),
	      KEEP("{from: 10.0.0.1, to: any, tcp: 22}, "
		   "{from: web, to: mail, icmp: echo}, "
		   "{from: web, to: mail, icmp: echo}"),
	      "+10.0.0.1 to any, tcp 22;"
	      "-10.0.0.1 to any, tcp 22 flags syn+ack;");
}

/* Whose rule it is counts as well. */
static void test_policy(void **state)
{
	(void)state;
	check("policies: lync2013-single-director\n"
	      "roles: {director: 10.0.0.1, front-end: 10.0.0.2, "
	      "edge-internal: 10.0.0.3, internal-clients: 10.0.0.4, "
	      "reverse-proxy: 10.0.0.5}\n",
	      "policies: lync2013-single-director\n"
	      "roles: {director: 10.0.0.1, front-end: 10.0.0.2, "
	      "edge-internal: 10.0.0.3, internal-clients: 10.0.0.4, "
	      "reverse-proxy: 10.0.0.5}\n"
	      "rules: {web-http: {from: reverse-proxy, to: director, "
	      "tcp: 8080}}\n"
	      "without: [web-http, cls-agent]\n",
	      "~web-http;-cls-agent;");
}

/* As many roles, but others; none at all is not the same as any. */
static void test_refs(void **state)
{
#define REFS(roles, from)                     \
	"interfaces: {eth0: {" roles "}}\n"   \
	"roles: {a: 10.0.0.1, b: 10.0.0.2}\n" \
	"rules: {r: {from: " from ", to: b, tcp: 1}}\n"
	(void)state;
	check(REFS("roles: [a, b]", "[a, any]"),
	      REFS("roles: [b, a]", "[any, a]"), "");
	check(REFS("roles: a", "a"), REFS("roles: b", "b"), "~eth0;~r;");
	check(REFS("roles: []", "a"), REFS("", "any"), "~eth0;~r;");
	check(REFS("", "any"), REFS("roles: []", "a"), "~eth0;~r;");
}

/* Neither order nor repetition of members tells anything. */
static void test_members(void **state)
{
#define MEMBERS(list) "roles: {a: [" list "]}\n"
	(void)state;
	check(MEMBERS("10.0.0.3, 10.0.0.1, 10.0.0.3, 10.0.0.2, 10.0.0.2"),
	      MEMBERS("10.0.0.2, 10.0.0.1, 10.0.0.3"), "");
	check(MEMBERS("10.0.0.3, 10.0.0.1, 10.0.0.3, 10.0.0.2"),
	      MEMBERS("10.0.0.2, 10.0.0.2, 10.0.0.1, 10.0.0.4"),
	      "~a +10.0.0.4 -10.0.0.3;");
}

/* Nothing before: everything is new, and the other way round. */
static void test_nothing(void **state)
{
	(void)state;
	check("", HEAD,
	      "+eth0;+eth1;+web +10.0.0.0/24 +!10.0.0.9;+mail +10.1.0.1;"
	      "+http;+smtp;");
	check(HEAD, "",
	      "-eth0;-eth1;-web -10.0.0.0/24 -!10.0.0.9;-mail -10.1.0.1;"
	      "-http;-smtp;");
}

#define MANY 1000000

/* A million members of which few differ: nothing may be quadratic. */
static void make_many(struct model *model, __u8 first)
{
	struct member *member;
	struct role *role;
	__u32 i;

	model_init(model);
	role = model_push(&model->roles);
	assert_non_null(role);
	role->name = model_text(model, "many");
	for (i = 0; i < MANY; i++) {
		member = model_push(&model->members);
		assert_non_null(member);
		member->prefix = (struct prefix){
			.family = 4,
			.length = 32,
			.address = {i < 3 ? first : 10, i >> 16, i >> 8, i},
		};
	}
}

static void test_many(void **state)
{
	struct difference difference = {};
	struct model before, after;

	(void)state;
	make_many(&before, 1);
	make_many(&after, 2);
	assert_int_equal(find(&difference, &before, &after), 0);
	assert_int_equal(difference.changes.count, 1);
	assert_int_equal(difference.added.count, 3);
	assert_ptr_equal(difference.added.items[2], &after.members.items[2]);
	assert_int_equal(difference.removed.count, 3);
	difference_release(&difference);
	model_release(&before);
	model_release(&after);
}

/* What run time has taken away is no member, what it has added is one. */
static void test_run_time(void **state)
{
	struct difference difference = {};
	struct member tail[2];
	struct model before, after;
	struct members old, new;
	struct side a, b;
	char *seen;

	(void)state;
	read_text(&before, "roles: {web: [10.0.0.1, 10.0.0.3], mail: []}\n");
	read_text(&after, "roles: {mail: [], web: [10.0.0.1, 10.0.0.3]}\n");
	tail[0] = before.members.items[0];
	tail[0].state = MEMBER_DELETED;
	tail[1] = before.members.items[1];
	tail[1].prefix.address[3] = 9;
	tail[1].state = MEMBER_RUNTIME;
	old = members_of_model(&before);
	new = members_of_model(&after);
	old.tail = tail;
	old.tail_count = 2;
	assert_int_equal(members_index(&old), 0);
	a = (struct side){&before, &old};
	b = (struct side){&after, &new};
	assert_int_equal(difference_find(&difference, &a, &b), 0);
	seen = dump(&difference, &before, &after);
	assert_string_equal(seen, "~web +10.0.0.1 -10.0.0.9;");
	free(seen);
	members_release(&old);
	difference_release(&difference);
	model_release(&before);
	model_release(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),	cmocka_unit_test(test_keep),
		cmocka_unit_test(test_policy),	cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_many),	cmocka_unit_test(test_refs),
		cmocka_unit_test(test_members), cmocka_unit_test(test_run_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
