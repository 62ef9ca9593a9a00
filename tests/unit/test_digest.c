/* SPDX-License-Identifier: GPL-2.0-only */
/* Digests: the same for what is the same policy, another for all else. */
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
#include "user/policy/digest.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void digest_of(const char *config, char digest[DIGEST_TEXT_SIZE])
{
	char path[] = "/tmp/test_digest.XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	struct model model;
	struct diag diag;

	assert_non_null(file);
	fputs(config, file);
	fclose(file);
	model_init(&model);
	diag_init(&diag);
	if (config_read(&model, path, &diag))
		diag_print(&diag, stderr);
	assert_int_equal(diag.errors, 0);
	model_digest(&model, digest);
	assert_int_equal(strlen(digest), DIGEST_TEXT_SIZE - 1);
	diag_release(&diag);
	model_release(&model);
	unlink(path);
}

static const char base[] =
	"interfaces: {e0: {roles: a}, e1: {}}\n"
	"roles: {a: [10.0.0.0/8, \"!10.1.0.0/16\", \"::/0\"], b: 10.2.0.0/16}\n"
	"rules: {r: {from: [a, any], to: b, tcp: [1, 2], sport: 5}, "
	"s: {from: b, to: a, icmp: echo}}\n";

/* Another order, another spelling, other words. */
static const char *const same[] = {
	"rules:\n  r: {from: [a, any], to: b, tcp: 1-2, sport: 5, about: x}\n"
	"  s: {from: b, to: a, icmp: echo}\n"
	"roles: {b: 10.2.0.0/16, a: [\"::/0\", 10.0.0.0/8, \"::/0\", "
	"\"!10.1.0.0-10.1.255.255\"]}\n"
	"interfaces: {e0: {roles: [a]}, e1: {enforce: true}}\n"
	"settings: {strangers: drop, boot: closed}\n"
	"tests: [{expect: drop, from: 1.1.1.1, to: 1.1.1.2, tcp: 1}]\n",
};

#define INTERFACES "interfaces: {e0: {roles: a}, e1: {}}\n"
#define ROLES                                                      \
	"roles: {a: [10.0.0.0/8, \"!10.1.0.0/16\", \"::/0\"], b: " \
	"10.2.0.0/16}\n"
#define RULES                                                         \
	"rules: {r: {from: [a, any], to: b, tcp: [1, 2], sport: 5}, " \
	"s: {from: b, to: a, icmp: echo}}\n"

static const char *const others[] = {
	"",
	INTERFACES ROLES,
	ROLES RULES,
	"interfaces: {e0: {roles: [a, b]}, e1: {}}\n" ROLES RULES,
	"interfaces: {e0: {roles: a}, e1: {roles: []}}\n" ROLES RULES,
	"interfaces: {e0: {roles: a}, e1: {enforce: false}}\n" ROLES RULES,
	"interfaces: {e0: {roles: a}, e1: {mode: native}}\n" ROLES RULES,
	INTERFACES RULES
	"roles: {a: [10.0.0.0/8, 10.1.0.0/16, \"::/0\"], b: 10.2.0.0/16}\n",
	INTERFACES RULES "roles: {a: [10.0.0.0/8, \"!10.1.0.0/17\", \"::/0\"], "
			 "b: 10.2.0.0/16}\n",
	INTERFACES RULES "roles: {b: [10.0.0.0/8, \"!10.1.0.0/16\", \"::/0\"], "
			 "a: 10.2.0.0/16}\n",
	INTERFACES RULES "roles: {a: [10.0.0.0/8, \"!10.1.0.0/16\", \"::/0\"], "
			 "b: 10.2.0.0/16, c: []}\n",
	INTERFACES ROLES
	"rules: {r: {from: [a, any], to: a, tcp: [1, 2], sport: 5}, "
	"s: {from: b, to: a, icmp: echo}}\n",
	INTERFACES ROLES "rules: {r: {from: a, to: b, tcp: [1, 2], sport: 5}, "
			 "s: {from: b, to: a, icmp: echo}}\n",
	INTERFACES ROLES
	"rules: {r: {from: [a, any], to: b, tcp: [1, 2], sport: 6}, "
	"s: {from: b, to: a, icmp: echo}}\n",
	INTERFACES ROLES
	"rules: {q: {from: [a, any], to: b, tcp: [1, 2], sport: 5}, "
	"s: {from: b, to: a, icmp: echo}}\n",
	INTERFACES ROLES RULES "settings: {strangers: pass}\n",
	INTERFACES ROLES RULES "settings: {boot: open}\n",
};

static void test_same(void **state)
{
	char wanted[DIGEST_TEXT_SIZE], seen[DIGEST_TEXT_SIZE];
	size_t i;

	(void)state;
	digest_of(base, wanted);
	for (i = 0; i < COUNT(same); i++) {
		digest_of(same[i], seen);
		assert_string_equal(seen, wanted);
	}
}

/* All of them differ from each other as well. */
static void test_others(void **state)
{
	static char seen[COUNT(others) + 1][DIGEST_TEXT_SIZE];
	size_t i, j;

	(void)state;
	digest_of(base, seen[COUNT(others)]);
	for (i = 0; i < COUNT(others); i++)
		digest_of(others[i], seen[i]);
	for (i = 0; i <= COUNT(others); i++)
		for (j = 0; j < i; j++)
			if (!strcmp(seen[i], seen[j]))
				fail_msg("%zu and %zu are the same", i, j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
