/*
 * tenant.h - one tenant, as requests see it: immutable
 *
 * Threads  Built on one thread, then read by any; a request keeps the one that it began with.
 * Memory   All of it is in one arena, freed when no loop holds it any more.
 */
#pragma once

#include "model/app.h"
#include "model/group.h"
#include "model/location.h"
#include "model/method.h"
#include "model/policy.h"
#include "model/settings.h"
#include "model/userflow.h"

struct jwk;

struct tenant_name { const char *name; const struct app *app; };

struct tenant {
	struct sp_id id;
	const char *id_text;		/* lower case */
	const char *name;		/* in paths: letters, digits, dashes */
	const char *display_name;
	const char *locale;		/* default language */
	const char *mail_from;		/* address; NULL: the server's */
	struct settings settings;
	size_t app_count, flow_count, policy_count, group_count, key_count, name_count;
	const struct app *const *apps;			/* sorted by app_id */
	const struct tenant_name *names;		/* identifierUris, sorted: scope.h */
	const struct userflow *const *flows;
	const struct policy *const *policies;		/* in the order of the set's results */
	const struct group *groups;			/* sorted by id */
	struct method email;
	struct sp_contexts contexts;			/* that applications may ask for */
	const struct locations *locations;
	const struct jwk *const *keys;			/* newest first: signing and published */
	void *policy_set;				/* the engine's */
	uint64_t made;					/* another number each time */
};

/* The document of a tenant; `settings` is a member of it. See document.h. */
json_t *tenant_check(const json_t *document, struct document_errors *errors);
/* What that document says: id, names, locale, mail_from, settings. False: no such document. */
bool tenant_compile(struct arena *arena, const json_t *document, struct tenant *out_tenant);

const struct app *tenant_app(const struct tenant *tenant, const char *client_id);
const struct userflow *tenant_flow(const struct tenant *tenant, const struct app *app);
