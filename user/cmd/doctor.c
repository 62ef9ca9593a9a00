/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate doctor: what will bite on this host and its interfaces. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "user/cmd/command.h"
#include "user/kernel/examine.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/config.h"

/* One examination: what was found, and the interfaces that were looked at. */
struct visit {
	struct findings findings;
	struct instance instance;
	struct nics nics;
	json_t *interfaces;
};

static const char *native_word(const struct nic *nic)
{
	if (!nic->has_xdp_features)
		return "unknown";
	if (!nic->is_native)
		return "no";
	return nic->takes_frags ? "yes, frags" : "yes";
}

static void add_interface(json_t *list, const struct nic *nic)
{
	const char *driver = nic->driver[0] ? nic->driver : nic->kind;

	if (nic->ifindex)
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i}", "name",
				  nic->name, "driver", driver, "kind",
				  nic->kind, "native", native_word(nic), "mtu",
				  nic->mtu, "channels", nic->channels,
				  "channels_max", nic->channels_max));
}

static void look_at(struct visit *visit, const char *name,
		    enum attach_mode mode)
{
	struct nic nic;

	examine_interface(&visit->findings, &visit->nics, &visit->instance,
			  name, mode, &nic);
	add_interface(visit->interfaces, &nic);
}

static int look_at_any(const char *name, void *context)
{
	look_at(context, name, MODE_AUTO);
	return 0;
}

/* Those of the config, if it can be read without complaint. */
static bool look_at_config(struct visit *visit, const char *config)
{
	const struct interface *interface;
	struct model model;
	struct diag diag;
	bool is_read;
	__u32 i;

	model_init(&model);
	diag_init(&diag);
	is_read = !config_read(&model, config, &diag) && model.interfaces.count;
	for (i = 0; is_read && i < model.interfaces.count; i++) {
		interface = &model.interfaces.items[i];
		look_at(visit, model_str(&model, interface->name),
			interface->mode);
	}
	diag_release(&diag);
	model_release(&model);
	return is_read;
}

static void look_around(struct visit *visit, const struct options *options,
			int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++)
		look_at(visit, argv[i], MODE_AUTO);
	if (!argc && !look_at_config(visit, options->config))
		nics_each(&visit->nics, look_at_any, visit);
}

static json_t *describe_findings(const struct findings *findings)
{
	const struct finding *finding;
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < findings->count; i++) {
		finding = &findings->items[i];
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s?, s:s, s:s, s:s?}",
				  "severity", severity_name(finding->severity),
				  "finding", finding->name, "interface",
				  finding->about[0] ? finding->about : NULL,
				  "what", finding->what, "why", finding->why,
				  "mend", finding->mend));
	}
	return list;
}

static json_t *describe(const struct visit *visit)
{
	json_t *result = show_new();
	struct utsname uts = {};

	uname(&uts);
	json_object_set_new(result, "kernel", json_string(uts.release));
	json_object_set_new(result, "machine", json_string(uts.machine));
	json_object_set(result, "interfaces", visit->interfaces);
	json_object_set_new(result, "findings",
			    describe_findings(&visit->findings));
	return result;
}

static void print_findings(const struct findings *findings)
{
	const struct finding *finding;
	unsigned int i;

	for (i = 0; i < findings->count; i++) {
		finding = &findings->items[i];
		printf("\n%s: %s%s%s\n  why   %s\n",
		       severity_name(finding->severity), finding->about,
		       finding->about[0] ? ": " : "", finding->what,
		       finding->why);
		if (finding->mend)
			printf("  mend  %s\n", finding->mend);
	}
	if (!findings->count)
		printf("\nnothing found\n");
}

static void print(const struct visit *visit)
{
	static const struct column columns[] = {
		{"INTERFACE", "name", false},	 {"DRIVER", "driver", false},
		{"NATIVE XDP", "native", false}, {"MTU", "mtu", true},
		{"CHANNELS", "channels", true},	 {"MAX", "channels_max", true},
	};

	show_table(visit->interfaces, columns, 6);
	print_findings(&visit->findings);
}

static int run(const struct options *options, int argc, char **argv)
{
	struct visit visit = {.interfaces = json_array()};
	enum severity worst;
	int err;

	findings_init(&visit.findings);
	instance_init(&visit.instance, options->instance);
	err = nics_open(&visit.nics);
	if (err) {
		report_error(err, "cannot list the interfaces: %s",
			     strerror(-err));
	} else {
		examine_host(&visit.findings);
		look_around(&visit, options, argc, argv);
		options->json ? show_json(describe(&visit)) : print(&visit);
	}
	worst = findings_worst(&visit.findings);
	nics_close(&visit.nics);
	findings_release(&visit.findings);
	json_decref(visit.interfaces);
	return err || worst == SEVERITY_ERROR ? EXIT_FAILED : EXIT_DONE;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.arguments = "[IFACE...]",
	.summary = "say what will bite on this host and its interfaces",
	.help = "Looks at the interfaces named, else at those of the config, "
		"else at all. Touches\nno traffic. Each finding comes with the "
		"command that mends it: an error is what\nload would fail at, "
		"a warning what works otherwise than one might think.\n"
		"Exit status 1 if there is an error.\n",
	.run = run,
};
