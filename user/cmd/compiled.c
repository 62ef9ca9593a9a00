/* SPDX-License-Identifier: GPL-2.0-only */
/* A config on its way into the kernel: read, compiled and tried out. */
#include "user/cmd/compiled.h"

#include <errno.h>
#include <string.h>

#include "user/output/progress.h"
#include "user/output/report.h"
#include "user/policy/config.h"

static enum exit_status compile(struct compiled *compiled, const char *config)
{
	struct judge judge = judge_natively(&compiled->tables);
	int err;

	progress_reading(config, "reading the config",
			 &compiled->model.members.count);
	err = config_read(&compiled->model, config, &compiled->diag);
	if (err && err != -ENOMEM)
		return EXIT_USAGE;
	progress_stage("compiling", NULL);
	if (!err)
		err = tables_compile(&compiled->tables, &compiled->model,
				     &compiled->diag);
	progress_stage("running the tests", NULL);
	if (!err)
		err = probes_run(&compiled->model, &compiled->tables, &judge,
				 &compiled->diag, &compiled->tests);
	if (err == -EINVAL || err == -E2BIG)
		return EXIT_USAGE;
	if (err && !compiled->diag.errors)
		report_error(err, "cannot read %s: %s", config, strerror(-err));
	return err || compiled->tests.failed ? EXIT_FAILED : EXIT_DONE;
}

enum exit_status compiled_read(struct compiled *compiled, const char *config)
{
	enum exit_status status;

	model_init(&compiled->model);
	tables_init(&compiled->tables);
	diag_init(&compiled->diag);
	compiled->tests = (struct probe_result){};
	status = compile(compiled, config);
	progress_end();
	diag_print(&compiled->diag, stderr);
	return status;
}

void compiled_release(struct compiled *compiled)
{
	tables_release(&compiled->tables);
	model_release(&compiled->model);
	diag_release(&compiled->diag);
}
