/*
 * admin.h - the admin API: a tenant as data, in Graph's shapes (DESIGN 6)
 *
 * One table of routes, each with its area. On the Unix socket the caller is who the kernel says he
 * is and may do everything; elsewhere he bears a token. An API token has a role, for one tenant or
 * all; an administrator's access token names one tenant, and what he may there is looked up
 * (flow/calling.h):
 *
 *	scope	api://admin/{id of a tenant}, of the tenant `system`; or api://admin/.default, and
 *		then one of a tenant at each refresh
 *	client	SYSTEM_TOOLS (model/system.h): public, PKCE, a loopback redirect
 *
 * Routes of the server itself (roles, tokens, mail, the list of tenants) are opened by a token that
 * names the tenant `system`, of who may so in all tenants.
 *
 * Which tenant is meant says the header Sallyport-Tenant: to whoever may in all of them, and to
 * nobody else (attack E11: a tenant is never a stranger's header).
 *
 * Threads  The exchange's loop.
 * Failing  {"error":{"code","message","target","details","innerError"}}, as Graph's.
 */
#pragma once

#include "model/document.h"
#include "model/role.h"
#include "store/audits.h"
#include "surface/face.h"

extern const struct route admin_routes[];

/* Where a token is to be had (RFC 9728): the one route that asks nobody for his. */
#define ADMIN_METADATA "/.well-known/oauth-protected-resource/v1.0"
void admin_metadata(struct exchange *ex);

/* Below /v1.0, of route.who: an area of model/role.h, whether it is changed, and the document's kind.
 * A route without an area is for the socket alone. */
enum { ADMIN_WHO = 0xffff };
#define ADMIN_KIND(kind) ((unsigned)(kind) << 16)	/* of a document, in route.who */

/* The start of every handler: false, and all is replied. `actor` is for the audit. */
bool admin_begin(struct exchange *ex, struct turn *turn, const char **out_actor);
/* Without a tenant: tenants themselves, plugins, mail. */
bool admin_begin_server(struct exchange *ex, struct turn *turn, const char **out_actor);
/* What both fill in, of a request without a tenant. */
void admin_turn(struct exchange *ex, struct turn *turn);
/* The JSON of the body, a new reference; NULL: it has been told. */
json_t *admin_body(struct exchange *ex);

/* Everything but success. True: replied. */
struct edit;
bool admin_edit_failed(struct exchange *ex, const struct edit *edit);

/* What was to be removed is: 204, or 200 with texts of what still names it. */
void admin_reply_gone(struct exchange *ex, json_t *warnings);

void admin_error(struct exchange *ex, int status, const char *code, const char *message);
/* 503, and when to ask again: a store or a backend is down. */
void admin_unavailable(struct exchange *ex, const char *message);
/* 412: what If-Match names is not how it is any more. */
void admin_stale(struct exchange *ex);
/* With details; takes the reference. */
void admin_error_details(struct exchange *ex, int status, const char *code,
    const char *message, json_t *details);
/* All that is wrong with a body, each with its place: 400, or 409 where it is there already. */
struct document_errors;
void admin_wrong(struct exchange *ex, const struct document_errors *errors);
/* Every one of a list that is in memory, as the query wants them (odata.h); 503 unless `good`. Takes
 * `value`. */
void admin_reply_all(struct exchange *ex, bool good, json_t *value);
/* What was shown of a page of records, and the link to the next, where there may be one; 503 unless
 * it is good. Takes `value`. */
struct odata;
struct page;
void admin_reply_page(struct exchange *ex, const struct odata *odata, const struct page *page,
    json_t *value);
/* One object, or what the query selects of it. Takes `body`. */
void admin_reply_one(struct exchange *ex, int status, json_t *body);
/* A number of the query in its range; false: told. `fallback` where absent. */
bool admin_number(struct exchange *ex, const char *name, int64_t most, int64_t fallback,
    int64_t *out_number);
bool admin_flag(struct exchange *ex, const char *name);	/* "true" in the query */
const char *admin_query(struct exchange *ex, const char *name);

/* Of the route: the kind of document that it is about. */
enum document_kind admin_kind(const struct exchange *ex);
/* A stored document as it is shown: without what is kept of secrets, with its tag. */
json_t *admin_served(struct exchange *ex, const json_t *document);

/* deleted.c */
void admin_deleted(struct exchange *ex);
void admin_deleted_one(struct exchange *ex);
void admin_deleted_restore(struct exchange *ex);
void admin_deleted_purge(struct exchange *ex);
/* documents.c */
void admin_list(struct exchange *ex);
void admin_get(struct exchange *ex);
void admin_create(struct exchange *ex);
void admin_patch(struct exchange *ex);
void admin_remove(struct exchange *ex);
void admin_apply(struct exchange *ex);
void admin_tenants(struct exchange *ex);
/* credentials.c */
void admin_add_password(struct exchange *ex);
void admin_remove_password(struct exchange *ex);
/* users.c */
void admin_users(struct exchange *ex);
void admin_user(struct exchange *ex);
void admin_user_create(struct exchange *ex);
void admin_user_patch(struct exchange *ex);
void admin_user_remove(struct exchange *ex);
void admin_user_erase(struct exchange *ex);
void admin_user_revoke(struct exchange *ex);
void admin_user_unlock(struct exchange *ex);
void admin_user_reset(struct exchange *ex);
/* users_methods.c */
void admin_user_methods(struct exchange *ex);
void admin_user_email_methods(struct exchange *ex);
void admin_user_password_methods(struct exchange *ex);
/* consents.c */
void admin_consents(struct exchange *ex);
void admin_consent_remove(struct exchange *ex);
/* members.c */
void admin_members(struct exchange *ex);
void admin_member_add(struct exchange *ex);
void admin_member_remove(struct exchange *ex);
/* backups.c */
void admin_backup_begin(struct exchange *ex);
void admin_backup_next(struct exchange *ex);
void admin_backup_end(struct exchange *ex);
/* roles.c, tokens.c */
void admin_role_definitions(struct exchange *ex);
void admin_role_definition(struct exchange *ex);
void admin_role_assignments(struct exchange *ex);
void admin_role_assign(struct exchange *ex);
void admin_role_unassign(struct exchange *ex);
void admin_tokens(struct exchange *ex);
void admin_token_create(struct exchange *ex);
void admin_token_revoke(struct exchange *ex);
/* templates.c */
void admin_templates(struct exchange *ex);
void admin_template(struct exchange *ex);
/* A policy's body that names a template and says no conditions has all that it does not say from
 * there. Takes and gives a reference. */
json_t *templates_fill(json_t *body);
/* batch.c, export.c, openapi.c */
void admin_batch(struct exchange *ex);
void admin_export(struct exchange *ex);
void admin_openapi(struct exchange *ex);
/* me.c */
void admin_me(struct exchange *ex);
/* links.c */
void admin_link(struct exchange *ex);
/* whatif.c, backtest.c, lint.c */
void admin_backtest(struct exchange *ex);
void admin_whatif(struct exchange *ex);
void admin_lint(struct exchange *ex);
/* audits.c, logs.c, mail.c, service.c, signups.c */
void admin_audits(struct exchange *ex);
void admin_audit_verify(struct exchange *ex);
void admin_signins(struct exchange *ex);
void admin_signups(struct exchange *ex);
void admin_mail_queue(struct exchange *ex);
void admin_mail_retry(struct exchange *ex);
void admin_mail_test(struct exchange *ex);
void admin_keys_rotate(struct exchange *ex);
void admin_plugins(struct exchange *ex);
void admin_version(struct exchange *ex);
void admin_clock(struct exchange *ex);
