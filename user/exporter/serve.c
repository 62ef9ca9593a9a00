/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers HTTP on a listening socket: /metrics, and a page that links it. */
#include "user/exporter/serve.h"

#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "user/exporter/openmetrics.h"
#include "user/output/report.h"

#define CONNECTIONS_MAX	   32
#define IDLE_SECONDS	   30
#define CONNECTION_MEMORY  16384
#define OPENMETRICS_ACCEPT "application/openmetrics-text"

static const char index_page[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\"><head><meta charset=\"utf-8\">"
	"<title>rolegate exporter</title></head>\n"
	"<body><h1>rolegate exporter</h1>\n"
	"<p>Version " ROLEGATE_VERSION ". <a href=\"/metrics\">Metrics</a></p>"
	"</body></html>\n";
static const char not_found[] = "Not found: there is only /metrics.\n";
static const char not_allowed[] = "Only GET and HEAD.\n";
static const char no_memory[] = "Out of memory.\n";

struct server {
	serve_metrics *metrics;
	void *context;
};

static enum MHD_Result respond(struct MHD_Connection *connection, int status,
			       const char *type, struct MHD_Response *response)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
					"GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result respond_text(struct MHD_Connection *connection,
				    int status, const char *type,
				    const char *text)
{
	return respond(connection, status, type,
		       MHD_create_response_from_buffer(strlen(text),
						       (void *)text,
						       MHD_RESPMEM_PERSISTENT));
}

/* OpenMetrics for who asks for it; everybody reads the older format. */
static bool wants_openmetrics(struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);

	return accept && strstr(accept, OPENMETRICS_ACCEPT);
}

static enum MHD_Result respond_metrics(const struct server *server,
				       struct MHD_Connection *connection)
{
	bool is_open = wants_openmetrics(connection);
	struct MHD_Response *response;
	size_t size = 0;
	char *text = server->metrics(server->context, is_open, &size);

	if (!text)
		return respond_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
				    "text/plain", no_memory);
	response = MHD_create_response_from_buffer(size, text,
						   MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(text);
	return respond(connection, MHD_HTTP_OK, metrics_content_type(is_open),
		       response);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection,
			      const char *path, const char *method,
			      const char *version, const char *body,
			      size_t *body_size, void **request)
{
	static int seen;

	(void)version;
	(void)body;
	(void)body_size;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return respond_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				    "text/plain", not_allowed);
	/* The first call is too early for an answer that keeps the connection. */
	if (!*request) {
		*request = &seen;
		return MHD_YES;
	}
	if (!strcmp(path, "/metrics"))
		return respond_metrics(context, connection);
	if (!strcmp(path, "/"))
		return respond_text(connection, MHD_HTTP_OK,
				    "text/html; charset=utf-8", index_page);
	return respond_text(connection, MHD_HTTP_NOT_FOUND, "text/plain",
			    not_found);
}

static struct MHD_Daemon *start(int fd, struct server *server)
{
	return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO,
				0, NULL, NULL, answer, server,
				MHD_OPTION_LISTEN_SOCKET, fd,
				MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
				MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				(size_t)CONNECTION_MEMORY, MHD_OPTION_END);
}

int serve(int fd, serve_metrics *metrics, void *context)
{
	struct server server = {metrics, context};
	struct MHD_Daemon *daemon;
	sigset_t ends;
	int number;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	/* Before there is a second thread that could take them. */
	sigprocmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	daemon = start(fd, &server);
	if (!daemon) {
		close(fd);
		return report_error(-EIO, "cannot start the HTTP server");
	}
	sd_notify(0, "READY=1");
	while (sigwait(&ends, &number))
		;
	sd_notify(0, "STOPPING=1");
	MHD_stop_daemon(daemon);
	return 0;
}
