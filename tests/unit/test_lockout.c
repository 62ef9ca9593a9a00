/* SPDX-License-Identifier: GPL-2.0-only */
/* What a policy cuts off: the session, settings.keep; and what it lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>

#include <cmocka.h>

#include "user/kernel/session.h"
#include "user/policy/config.h"
#include "user/policy/holders.h"
#include "user/policy/lockout.h"
#include "user/policy/native.h"
#include "user/policy/tables.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct subject {
	struct model model;
	struct tables tables;
	struct diag diag;
};

static void subject_load(struct subject *subject, const char *text)
{
	char path[] = "/tmp/test_lockout.XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	model_init(&subject->model);
	tables_init(&subject->tables);
	diag_init(&subject->diag);
	if (config_read(&subject->model, path, &subject->diag))
		diag_print(&subject->diag, stderr);
	assert_int_equal(subject->diag.errors, 0);
	assert_int_equal(tables_compile(&subject->tables, &subject->model,
					&subject->diag),
			 0);
	unlink(path);
}

static void subject_release(struct subject *subject)
{
	tables_release(&subject->tables);
	model_release(&subject->model);
	diag_release(&subject->diag);
}

#define ROLES                                                  \
	"roles: {admins: [10.9.0.0/24, \"2001:db8:9::/64\"], " \
	"gateway: [10.0.0.1, \"2001:db8::1\"], nobody: [], "   \
	"guests: [10.9.0.128/25, 10.8.0.0/16]}\n"
#define SSH ROLES "rules: {ssh: {from: admins, to: gateway, tcp: 22}}\n"

/* A session from SSH_CONNECTION, by the interfaces up to a NULL. */
static bool make_session(struct session *session, const char *text,
			 const char *const *interfaces)
{
	memset(session, 0, sizeof(*session));
	if (!text)
		return false;
	assert_int_equal(session_from_str(&session->spec, text), 0);
	for (; *interfaces; interfaces++)
		strcpy(session->interfaces[session->count++], *interfaces);
	return true;
}

static void find(struct lockout *lockout, const struct subject *subject,
		 const char *text, const char *const *interfaces)
{
	struct members members = members_of_model(&subject->model);
	struct judge judge = judge_natively(&subject->tables);
	struct session session;
	bool has_session = make_session(&session, text, interfaces);

	memset(lockout, 0, sizeof(*lockout));
	assert_int_equal(lockout_find(lockout, &subject->model, &members,
				      &judge, has_session ? &session : NULL),
			 0);
}

struct session_case {
	const char *config;
	const char *connection;
	const char *interfaces[4];
	enum session_fate fate;
	const char *cut;    /* NULL: nothing */
	const char *remedy; /* the config's missing part */
};

static const char from_admin[] = "10.9.0.7 40000 10.0.0.1 22";
static const char from_admin6[] = "2001:db8:9::7 40000 2001:db8::1 22";
static const char from_mapped[] = "::ffff:10.9.0.7 40000 ::ffff:10.0.0.1 22";
static const char from_stranger[] = "192.0.2.9 40000 10.0.0.1 22";

static const struct session_case session_cases[] = {
	{"interfaces: [eth0]\n" SSH,
	 from_admin,
	 {"eth0"},
	 SESSION_PASSES,
	 NULL,
	 NULL},
	{"interfaces: [eth0]\n" SSH,
	 from_admin6,
	 {"eth0"},
	 SESSION_PASSES,
	 NULL,
	 NULL},
	{"interfaces: [eth0]\n" SSH,
	 from_mapped,
	 {"eth0"},
	 SESSION_PASSES,
	 NULL,
	 NULL},
	/* As an answer to what the gateway may open. */
	{"interfaces: [eth0]\n" ROLES
	 "rules: {out: {from: gateway, to: admins, tcp: 40000}}\n",
	 from_admin,
	 {"eth0"},
	 SESSION_PASSES,
	 NULL,
	 NULL},
	{"interfaces: [eth0]\n" SSH,
	 from_admin,
	 {"eth1"},
	 SESSION_AWAY,
	 NULL,
	 NULL},
	{"interfaces: [eth0]\n" ROLES,
	 from_admin,
	 {"eth1", "lo"},
	 SESSION_AWAY,
	 NULL,
	 NULL},
	{"interfaces: {eth0: {enforce: false}, eth1: {}}\n" ROLES,
	 from_admin,
	 {"eth0"},
	 SESSION_OBSERVED,
	 NULL,
	 NULL},
	{"interfaces: {eth0: {enforce: false}}\n" ROLES,
	 from_admin,
	 {NULL},
	 SESSION_OBSERVED,
	 NULL,
	 NULL},
	/* The VLAN is unknown, what it lies on is not. */
	{"interfaces: [eth0]\n" ROLES,
	 from_admin,
	 {"eth0.7", "eth0"},
	 SESSION_CUT,
	 "10.9.0.7 to 10.0.0.1, tcp 22 (from port 40000), "
	 "in by eth0",
	 "rules: {kept: {from: admins, to: gateway, tcp: 22}}"},
	/* One that observes does not make up for one that does not. */
	{"interfaces: {eth0: {enforce: false}, eth1: {}}\n" ROLES,
	 from_admin,
	 {"eth0", "eth1"},
	 SESSION_CUT,
	 "10.9.0.7 to 10.0.0.1, tcp 22 (from port 40000), in by eth1",
	 "rules: {kept: {from: admins, to: gateway, tcp: 22}}"},
	/* Said once. */
	{"interfaces: [eth0, eth1]\n" ROLES,
	 from_admin,
	 {"eth0", "eth1"},
	 SESSION_CUT,
	 "10.9.0.7 to 10.0.0.1, tcp 22 (from port 40000), in by eth0",
	 "rules: {kept: {from: admins, to: gateway, tcp: 22}}"},
	{"interfaces: [eth0]\n" ROLES
	 "rules: {kept: {from: admins, to: gateway, tcp: 23}}\n",
	 from_admin,
	 {NULL},
	 SESSION_CUT,
	 "10.9.0.7 to 10.0.0.1, tcp 22 (from port 40000)",
	 "rules: {kept-2: {from: admins, to: gateway, tcp: 22}}"},
	{"interfaces: [eth0]\n" SSH,
	 from_stranger,
	 {"eth0"},
	 SESSION_CUT,
	 "192.0.2.9 to 10.0.0.1, tcp 22 (from port 40000), in by eth0",
	 "roles: {kept-source: \"192.0.2.9\"}, "
	 "rules: {kept: {from: kept-source, to: gateway, tcp: 22}}"},
	{"interfaces: [eth0]\n"
	 "roles: {kept-source: 10.3.3.3, o: 10.3.3.4}\n"
	 "rules: {o: {from: o, to: kept-source, udp: 22}}\n",
	 from_admin6,
	 {"eth0"},
	 SESSION_CUT,
	 "2001:db8:9::7 to 2001:db8::1, tcp 22 (from port 40000), in by eth0",
	 "roles: {kept-source-2: \"2001:db8:9::7\", "
	 "kept-destination: \"2001:db8::1\"}, "
	 "rules: {kept: {from: kept-source-2, to: kept-destination, "
	 "tcp: 22}}"},
	{"interfaces: {eth0: {roles: [gateway, guests]}, eth1: {}}\n" SSH,
	 from_admin,
	 {"eth0"},
	 SESSION_CUT,
	 "10.9.0.7 to 10.0.0.1, tcp 22 (from port 40000), in by eth0",
	 "interfaces: {eth0: {roles: [gateway, guests, admins]}}"},
	/* Of several roles the one that holds it by the longest prefix. */
	{"interfaces: [eth0]\n"
	 "roles: {internal: 10.0.0.0/8, admins: 10.9.0.0/24, all: 0.0.0.0/0}\n"
	 "rules: {r: {from: [internal, all], to: admins, udp: 1}}\n",
	 from_admin,
	 {"eth0"},
	 SESSION_CUT,
	 "10.9.0.7 to 10.0.0.1, tcp 22 (from port 40000), in by eth0",
	 "rules: {kept: {from: admins, to: internal, tcp: 22}}"},
	{"interfaces: {eth0: {roles: [guests]}}\n" SSH,
	 from_admin,
	 {NULL},
	 SESSION_PASSES,
	 NULL,
	 NULL},
};

static void check_cutoff(const struct subject *subject,
			 const struct lockout *lockout, __u32 number,
			 const char *cut, const char *remedy)
{
	const struct cutoff *cutoff = &lockout->cutoffs.items[number];
	struct members members = members_of_model(&subject->model);
	char text[LOCKOUT_TEXT_SIZE];

	assert_true(number < lockout->cutoffs.count);
	assert_string_equal(cutoff_to_str(&subject->model, cutoff, text), cut);
	if (remedy)
		assert_string_equal(
			cutoff_remedy(&subject->model, &members, cutoff, text),
			remedy);
	else
		assert_null(
			cutoff_remedy(&subject->model, &members, cutoff, text));
}

static void test_session(void **state)
{
	const struct session_case *one = session_cases;
	struct subject subject;
	struct lockout lockout;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(session_cases); i++, one++) {
		subject_load(&subject, one->config);
		find(&lockout, &subject, one->connection, one->interfaces);
		if (lockout.session != one->fate ||
		    lockout.cutoffs.count != !!one->cut)
			fail_msg("case %zu: fate %d, %u cut off", i,
				 lockout.session, lockout.cutoffs.count);
		if (one->cut)
			check_cutoff(&subject, &lockout, 0, one->cut,
				     one->remedy);
		lockout_release(&lockout);
		subject_release(&subject);
	}
}

static void test_elsewhere(void **state)
{
	struct session session = {.is_elsewhere = true};
	struct lockout lockout = {};
	struct subject subject;
	struct members members;
	struct judge judge;

	(void)state;
	subject_load(&subject, "interfaces: [eth0]\n" ROLES);
	judge = judge_natively(&subject.tables);
	members = members_of_model(&subject.model);
	session_from_str(&session.spec, from_admin);
	assert_int_equal(lockout_find(&lockout, &subject.model, &members,
				      &judge, &session),
			 0);
	assert_int_equal(lockout.session, SESSION_AWAY);
	lockout_release(&lockout);
	subject_release(&subject);
}

static const struct {
	const char *keep;
	__u32 unjudged;
	const char *cut[2];
	const char *remedy[2];
} keep_cases[] = {
	{"{from: 10.9.0.7, to: gateway, tcp: 22}", 0, {NULL}, {NULL}},
	{"{from: admins, to: gateway, tcp: 22}", 0, {NULL}, {NULL}},
	{"{from: nobody, to: gateway, tcp: 22}", 1, {NULL}, {NULL}},
	{"{from: 10.9.0.7, to: gateway, tcp: 22, flags: ack}",
	 0,
	 {NULL},
	 {NULL}},
	/* In both families. */
	{"{from: admins, to: gateway, icmp: echo}",
	 0,
	 {"10.9.0.1 to 10.0.0.1, icmp 8",
	  "2001:db8:9::1 to 2001:db8::1, icmp 128"},
	 {"rules: {kept: {from: admins, to: gateway, icmp: echo}}",
	  "rules: {kept: {from: admins, to: gateway, icmp: echo}}"}},
	/* An answer needs ACK; a port of the other side is another port. */
	{"{from: 10.0.0.1, to: 10.9.0.7, tcp: 49152, sport: 22}",
	 0,
	 {"10.0.0.1 to 10.9.0.7, tcp 49152"},
	 {"rules: {kept: {from: gateway, to: admins, tcp: 49152}}"}},
	/* The guests' address that holds the fewest roles. */
	{"{from: guests, to: 10.0.0.1, udp: 53}",
	 0,
	 {"10.8.0.1 to 10.0.0.1, udp 53"},
	 {"rules: {kept: {from: guests, to: gateway, udp: 53}}"}},
	{"{from: any, to: 10.0.0.1, protocol: 112}",
	 0,
	 {"203.0.113.77 to 10.0.0.1, protocol 112"},
	 {"roles: {kept-source: \"203.0.113.77\"}, rules: {kept: "
	  "{from: kept-source, to: gateway, protocol: 112}}"}},
	{"{from: 10.9.0.7, to: gateway, tcp: 22, flags: syn+fin}",
	 0,
	 {"10.9.0.7 to 10.0.0.1, tcp 22"},
	 {NULL}},
};

static void check_keep(size_t number, const char *interfaces, bool enforce)
{
	const char *const none[] = {NULL};
	struct subject subject;
	struct lockout lockout;
	char config[1024];
	__u32 i, count = 0;

	snprintf(config, sizeof(config), "%s" SSH "settings: {keep: [%s]}\n",
		 interfaces, keep_cases[number].keep);
	subject_load(&subject, config);
	find(&lockout, &subject, NULL, none);
	while (enforce && count < 2 && keep_cases[number].cut[count])
		count++;
	if (lockout.cutoffs.count != count ||
	    (enforce && lockout.unjudged != keep_cases[number].unjudged))
		fail_msg("%s: %u cut off, %u not judged",
			 keep_cases[number].keep, lockout.cutoffs.count,
			 lockout.unjudged);
	for (i = 0; i < count; i++)
		check_cutoff(&subject, &lockout, i, keep_cases[number].cut[i],
			     keep_cases[number].remedy[i]);
	assert_int_equal(lockout.session, SESSION_UNKNOWN);
	lockout_release(&lockout);
	subject_release(&subject);
}

static void test_keep(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(keep_cases); i++) {
		check_keep(i, "interfaces: {eth0: {roles: []}, eth1: {}}\n",
			   true);
		check_keep(i, "interfaces: {eth0: {enforce: false}}\n", false);
	}
}

/* By which interface it comes in is not written: one has to take it. */
static void test_keep_spoofed(void **state)
{
	static const struct {
		const char *interfaces;
		const char *cut; /* NULL: nothing */
		const char *remedy;
	} cases[] = {
		{"interfaces: {eth0: {roles: [guests]}}\n",
		 "10.9.0.7 to 10.0.0.1, tcp 22, in by eth0",
		 "interfaces: {eth0: {roles: [guests, admins]}}"},
		{"interfaces: {eth0: {enforce: false, roles: []}, "
		 "eth1: {roles: [guests]}}\n",
		 "10.9.0.7 to 10.0.0.1, tcp 22, in by eth1 or any other "
		 "interface of the config",
		 "interfaces: {eth1: {roles: [guests, admins]}}, or the same "
		 "at the one that it comes in by"},
		{"interfaces: {eth0: {roles: [guests]}, "
		 "eth1: {enforce: false}}\n",
		 NULL, NULL},
		{"interfaces: {eth0: {roles: [guests]}, "
		 "eth1: {roles: [admins]}}\n",
		 NULL, NULL},
		{"interfaces: {eth0: {enforce: false, roles: [guests]}}\n",
		 NULL, NULL},
	};
	const char *const none[] = {NULL};
	struct subject subject;
	struct lockout lockout;
	char config[1024];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(config, sizeof(config),
			 "%s" SSH "settings: {keep: [{from: 10.9.0.7, "
			 "to: gateway, tcp: 22}]}\n",
			 cases[i].interfaces);
		subject_load(&subject, config);
		find(&lockout, &subject, NULL, none);
		if (lockout.cutoffs.count != !!cases[i].cut)
			fail_msg("case %zu: %u cut off", i,
				 lockout.cutoffs.count);
		if (cases[i].cut)
			check_cutoff(&subject, &lockout, 0, cases[i].cut,
				     cases[i].remedy);
		lockout_release(&lockout);
		subject_release(&subject);
	}
}

static void test_connection(void **state)
{
	static const struct {
		const char *text;
		const char *from; /* NULL: not to be read */
		const char *to;
	} cases[] = {
		{"10.9.0.7 40000 10.0.0.1 22", "10.9.0.7", "10.0.0.1"},
		{"::ffff:10.9.0.7 40000 10.0.0.1 22", "10.9.0.7", "10.0.0.1"},
		{"fe80::1%eth0 40000 fe80::2%eth0 22", "fe80::1", "fe80::2"},
		{"::fffe:10.9.0.7 40000 ::1 22", "::fffe:a09:7", "::1"},
		{"10.9.0.7 40000 ::1 22", NULL, NULL},
		{"10.9.0.7 40000 10.0.0.1", NULL, NULL},
		{"UNKNOWN 65535 UNKNOWN 65535", NULL, NULL},
		{"", NULL, NULL},
	};
	struct frame_spec spec = {};
	char text[PREFIX_TEXT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (!cases[i].from) {
			assert_true(session_from_str(&spec, cases[i].text) < 0);
			continue;
		}
		assert_int_equal(session_from_str(&spec, cases[i].text), 0);
		assert_string_equal(prefix_to_str(&spec.from, text),
				    cases[i].from);
		assert_string_equal(prefix_to_str(&spec.to, text), cases[i].to);
		assert_int_equal(spec.sport, 40000);
		assert_int_equal(spec.port, 22);
		assert_int_equal(spec.protocol, IPPROTO_TCP);
		assert_int_equal(spec.flags, 0x10);
	}
}

/* Membership without tables is the same as with them. */
static void test_holders(void **state)
{
	static const char *const addresses[] = {"10.9.0.7",	 "10.9.0.200",
						"10.8.1.1",	 "10.9.1.0",
						"2001:db8:9::1", "::"};
	struct holders holders;
	struct subject subject;
	struct members members;
	struct prefix address;
	__u32 class, role;
	size_t i;

	(void)state;
	subject_load(&subject, "roles: {a: [10.0.0.0/8, \"!10.9.0.128/25\", "
			       "\"!10.9.0.200\"], b: [10.9.0.200, \"::/0\"]}\n"
			       "rules: {r: {from: a, to: b, tcp: 1}}\n");
	members = members_of_model(&subject.model);
	for (i = 0; i < COUNT(addresses); i++) {
		prefix_from_address(&address, addresses[i]);
		class = native_classify(&subject.tables, &address);
		holders_find(&holders, &members, 2, &address);
		for (role = 0; role < 2; role++)
			assert_int_equal(
				holders.holds[role],
				classes_has_role(&subject.tables.classes, class,
						 role));
	}
	subject_release(&subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_keep_spoofed),
		cmocka_unit_test(test_connection),
		cmocka_unit_test(test_holders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
