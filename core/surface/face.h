/*
 * face.h - what every surface has: the server's services, and a turn for a request
 *
 * `exchange.app` is a struct face. A handler begins its turn here, which finds and holds the
 * tenant of the path, and ends it here, which lets go of it.
 *
 * Threads  Made on the main thread. Texts may be replaced while the server runs: a request reads
 *          the pointer once and uses what it got.
 * Memory   Replaced texts are kept until the end: a reload is rare and they are small.
 */
#pragma once

#include "crypto/password.h"
#include "flow/letters.h"
#include "flow/turn.h"
#include "http/reply.h"
#include "http/router.h"

#include <stdatomic.h>

struct http_server;
struct metric_set;

/* All that operators may edit, loaded at once. */
struct face_texts {
	struct arena *arena;
	const struct template_set *pages;
	struct catalogues words;
	struct letters letters;
	struct sp_bytes style;
	char style_tag[20];	/* ETag */
};

struct face {
	struct store *store;
	_Atomic(const struct face_texts *) texts;
	struct password_cost cost;
	struct metric *tally;
	struct shelves *shelves;	/* oidc/shelf.h */
	const struct http_server *server;
	char *(*metrics)(struct arena *arena, const struct face *face);
	const char *(*unready)(const struct face *face, struct arena *arena);	/* NULL: ready */
	json_t *(*plugins)(const struct face *face, struct arena *arena);	/* an array */
	bool test_clock;
	const char *pages_url;	/* of the first listener that serves pages; NULL: none does */
	const char *const *issuers;	/* base URLs of those that serve oidc; ends with NULL */
	void *owner;		/* whoever put the server together */
};

/* Conf folders: pages, mail, text. NULL: `out_problems` says all that is wrong. */
struct face_folders { const char *pages, *mail, *text, *mail_from; };
const struct face_texts *face_load(const struct face_folders *folders, struct problems *problems);

static inline const struct face *face_of(const struct exchange *ex) { return ex->app; }
static inline const struct face_texts *face_texts(const struct exchange *ex)
{
	return atomic_load_explicit(&((struct face *)ex->app)->texts, memory_order_acquire);
}

/* False: there is no such tenant; nothing has been replied. The path must have {tenant}. */
bool face_begin(struct exchange *ex, struct turn *turn);
/* For surfaces whose paths name no tenant in their own way. */
bool face_begin_tenant(struct exchange *ex, struct turn *turn, const char *tenant);
void face_end(struct exchange *ex, struct turn *turn);

/* "{base_url}/{tenant id}/v2.0" (DESIGN 6). */
char *face_issuer(const struct exchange *ex, const struct tenant *tenant);

/* {"error":..., "error_description":...}, no-store (RFC 6749 5.2). Sends. */
void face_oauth_error(struct exchange *ex, int status, const char *error,
    const char *description);
void face_json(struct exchange *ex, int status, json_t *body);	/* takes the reference; sends */
