/*
 * reply.h - what goes back
 *
 *	reply_status(ex, 200); reply_body(ex, "application/json", text, size); reply_send(ex);
 *
 * Central, so that no handler can forget them: Content-Length, Date, X-Request-Id,
 * Cache-Control: no-store, X-Content-Type-Options, Referrer-Policy, Cross-Origin-*-Policy,
 * Permissions-Policy, a Content-Security-Policy that allows nothing, HSTS on https. A
 * handler may set Cache-Control, Content-Security-Policy and Cross-Origin-Resource-Policy
 * itself. Requirements 213 to 216, 220.
 *
 * Threads  The exchange's loop.
 * Memory   Names and values are copied; a body need only live until reply_send() returns.
 * Failing  A header that would split the reply (control characters) or frame it
 *          (Content-Length, Transfer-Encoding, Connection) is false, and is not sent; a
 *          redirect to such a place becomes a 500.
 */
#pragma once

#include "http/request.h"

void reply_status(struct exchange *ex, unsigned status);	/* 200 unless told */

/* Adds a line; of the three names above replaces the central one. */
bool reply_header(struct exchange *ex, const char *name, const char *value);

/* A text type without a charset gets "; charset=utf-8" (requirement 216). */
void reply_body(struct exchange *ex, const char *type, const void *data, size_t size);
void reply_text(struct exchange *ex, const char *type, const char *text);
void reply_redirect(struct exchange *ex, unsigned status, const char *url);	/* 303 */
/* Sets ETag. True: the visitor has it, and 304 is all there is to say. */
bool reply_unchanged(struct exchange *ex, const char *tag);
void reply_retry_after(struct exchange *ex, int64_t seconds);

/* The error hook's body, or the default one:
 * {"error":{"code":"notFound","message":"...","requestId":"..."}} */
void reply_error(struct exchange *ex, unsigned status, const char *code, const char *message);

/* Once, the last word about the reply. The exchange is there until the caller has returned to the
 * loop (request.h). */
void reply_send(struct exchange *ex);
