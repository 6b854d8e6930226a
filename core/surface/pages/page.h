/*
 * page.h - an answer of the sign-in engine as a page
 *
 * Which template an ask becomes, and which values it gets: conf/pages/README.md is the contract.
 * No rule of the domain is in here.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 */
#pragma once

#include "flow/visit.h"
#include "http/request.h"

struct template;
struct values;

/* Replies and sends: a page, or a redirect. `again`: the answer to a form, so that a page with an
 * address of its own is gone to by 303 (requirement 23). */
void page_answer(struct exchange *ex, const struct visit *visit, bool again);

/* The answer to the app: a redirect, or a page whose form posts it (form_post). Sends. */
void page_to_app(struct exchange *ex, const struct tenant *tenant,
    const struct authorize *request, const char *answer);

/* Pages of their own. */
void page_error(struct exchange *ex, const struct tenant *tenant, unsigned status,
    const char *word);
/* For the app's developer, when a redirect is not safe (requirement 18). */
void page_developer(struct exchange *ex, const struct tenant *tenant, const char *code,
    const char *what);
/* `app_uri`: where the answer to the page's form may redirect to; NULL: nowhere. */
void page_named(struct exchange *ex, const char *name, const struct values *values,
    const char *app_uri);

/* With more of the server's own at the end, which no template holds, under that policy. Sends. */
void page_with(struct exchange *ex, const char *name, const struct values *values,
    const char *policy, const char *more);
/* The policy of a page whose form's answer may redirect to `uri`; NULL: of any page. */
const char *page_csp(struct exchange *ex, const char *uri);

/* What all pages share: brand, style, words, request id. */
struct values *page_values(struct exchange *ex, const struct tenant *tenant,
    const char *locales);

/* The http layer's own refusals, in the same dress. */
void page_refusal(struct exchange *ex, unsigned status, const char *code, const char *message);
