#include "surface/ops/ops.h"

#include "base/text.h"
#include "surface/face.h"

/* The process answers; nothing else is asked. */
static void handle_health(struct exchange *ex)
{
	reply_text(ex, "text/plain", "ok\n");
	reply_send(ex);
}

/* Stores and policy, not mail (DESIGN 6): what a sign-in cannot do without. */
static void handle_ready(struct exchange *ex)
{
	const char *why = face_of(ex)->unready(face_of(ex), ex->arena);

	if (why != NULL)
		reply_status(ex, 503);
	reply_text(ex, "text/plain", why != NULL ?
	    text_print(ex->arena, "not ready: %s\n", why) : "ready\n");
	reply_send(ex);
}

static void handle_metrics(struct exchange *ex)
{
	reply_text(ex, "text/plain; version=0.0.4", face_of(ex)->metrics(ex->arena, face_of(ex)));
	reply_send(ex);
}

const struct route ops_routes[] = {
	{ "GET", "/healthz", handle_health, 0, SURFACE_OPS, 0, "healthz" },
	{ "GET", "/readyz", handle_ready, 0, SURFACE_OPS, 0, "readyz" },
	{ "GET", "/metrics", handle_metrics, 0, SURFACE_OPS, 0, "metrics" },
	{ 0 },
};
