#include "store/rebuild.h"

#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "model/context.h"
#include "model/scope.h"
#include "store/documents.h"
#include "store/keyrings.h"
#include "store/kinds.h"
#include "store/store.h"
#include "store/version.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Each document is parsed, compiled into the version's arena, and let go. */
typedef bool compile_fn(struct version *version, const json_t *json, const struct raw *raw,
    void *out);

static void compile_wrong(struct compile *compile, const struct raw *raw, const char *what,
    const char *why)
{
	char id[ID_TEXT];

	id_format(raw->id, id);
	snprintf(compile->error.text, sizeof(compile->error.text), "%s %s: %s", what, id, why);
}

static bool compile_one(struct compile *compile, const struct raw *raw, const char *what,
    compile_fn *fn, void *out)
{
	struct sp_error error = { "" };
	json_t *json = json_read(raw->text.data, raw->text.size, &error);
	bool ok = json != NULL && fn(compile->version, json, raw, out);

	if (!ok)
		compile_wrong(compile, raw, what,
		    json == NULL ? error.text : "is not what this server understands");
	json_decref(json);
	return ok;
}

/* All of a kind, into an array of structs of `size`. NULL: one of them failed. */
static void *compile_all(struct compile *compile, unsigned kind, const char *what,
    compile_fn *fn, size_t size)
{
	char *all = arena_alloc(&compile->version->arena, compile->count[kind] * size + 1);
	size_t place = 0;

	for (const struct raw *raw = compile->first[kind]; raw != NULL; raw = raw->next)
		if (!compile_one(compile, raw, what, fn, all + size * place++))
			return NULL;
	return all;
}

static bool one_tenant(struct version *version, const json_t *json, const struct raw *raw,
    void *out)
{
	return tenant_compile(&version->arena, json, out) && id_equal(raw->id, version->tenant.id);
}

static bool one_app(struct version *version, const json_t *json, const struct raw *raw, void *out)
{
	(void)raw;
	return app_compile(&version->arena, json, out);
}

static bool one_flow(struct version *version, const json_t *json, const struct raw *raw,
    void *out)
{
	(void)raw;
	return userflow_compile(&version->arena, json, out);
}

static bool one_policy(struct version *version, const json_t *json, const struct raw *raw,
    void *out)
{
	return policy_compile(&version->arena, json, raw->revision, out);
}

static bool one_method(struct version *version, const json_t *json, const struct raw *raw,
    void *out)
{
	(void)raw;
	return method_compile(&version->arena, json, out);
}

static bool one_group(struct version *version, const json_t *json, const struct raw *raw,
    void *out)
{
	(void)raw;
	return group_compile(&version->arena, json, out);
}

static bool one_context(struct version *version, const json_t *json, const struct raw *raw,
    void *out)
{
	(void)version, (void)raw;
	return context_compile(json, out);
}

static bool one_location(struct version *version, const json_t *json, const struct raw *raw,
    void *out)
{
	(void)raw;
	return location_compile(&version->arena, json, out);
}

/* An array of pointers to the elements of an array. */
static const void **pointers(struct arena *arena, const void *all, size_t count, size_t size)
{
	const void **each = arena_alloc(arena, (count + 1) * sizeof(*each));

	for (size_t i = 0; i < count; i++)
		each[i] = (const char *)all + i * size;
	return each;
}

static int app_order(const void *a, const void *b)
{
	const struct app *const *x = a, *const *y = b;

	return id_compare(&(*x)->app_id, &(*y)->app_id);
}

/* A key that is none opens nothing; the application and all others stand. */
static void compile_app_keys(struct app *app)
{
	struct sp_error error;

	for (size_t i = 0; i < app->key_count; i++) {
		struct app_key *key = &app->keys[i];
		key->jwk = jwk_parse(key->text, &error);
		if (key->jwk == NULL)
			log_line(SP_WARNING, "application %s: a key of its keyCredentials: %s",
			    app->client_id, error.text);
	}
}

static bool compile_apps(struct compile *compile)
{
	struct tenant *tenant = &compile->version->tenant;
	struct arena *arena = &compile->version->arena;
	size_t apps = compile->count[RAW_APP], flows = compile->count[RAW_FLOW];
	void *all = compile_all(compile, RAW_APP, "application", one_app, sizeof(struct app));
	void *ways = compile_all(compile, RAW_FLOW, "user flow", one_flow,
	    sizeof(struct userflow));

	if (all == NULL || ways == NULL)
		return false;
	for (size_t i = 0; i < apps; i++)
		compile_app_keys((struct app *)all + i);
	const void **sorted = pointers(arena, all, apps, sizeof(struct app));
	qsort(sorted, apps, sizeof(*sorted), app_order);
	tenant->apps = (const struct app *const *)sorted;
	tenant->app_count = apps;
	scope_names(arena, tenant);
	tenant->flows = (const struct userflow *const *)
	    pointers(arena, ways, flows, sizeof(struct userflow));
	tenant->flow_count = flows;
	return true;
}

static bool compile_policies(struct compile *compile)
{
	struct version *version = compile->version;
	size_t count = compile->count[RAW_POLICY];
	struct policy *all = compile_all(compile, RAW_POLICY, "policy", one_policy,
	    sizeof(struct policy));

	if (all == NULL)
		return false;
	if (count > POLICY_ROWS_MAX) {
		snprintf(compile->error.text, sizeof(compile->error.text),
		    "more than %u policies", POLICY_ROWS_MAX);
		return false;
	}
	const struct sp_policy_row **rows = arena_alloc(&version->arena,
	    (count + 1) * sizeof(*rows));
	for (size_t i = 0; i < count; i++) {
		policy_aim(&version->arena, &all[i], &version->tenant);
		rows[i] = &all[i].row;
	}
	version->rows = rows;
	version->tenant.policies = (const struct policy *const *)
	    pointers(&version->arena, all, count, sizeof(*all));
	version->tenant.policy_count = count;
	return true;
}

/* The list came in the order of ids, which is that of tenant.groups. */
static bool compile_groups(struct compile *compile)
{
	struct tenant *tenant = &compile->version->tenant;
	struct sp_id email;

	tenant->groups = compile_all(compile, RAW_GROUP, "group", one_group,
	    sizeof(struct group));
	tenant->group_count = compile->count[RAW_GROUP];
	if (tenant->groups == NULL || !documents_id(DOCUMENT_METHOD, "email", &email))
		return false;
	for (const struct raw *raw = compile->first[RAW_METHOD]; raw != NULL; raw = raw->next)
		if (id_equal(raw->id, email) &&
		    !compile_one(compile, raw, "method", one_method, &tenant->email))
			return false;
	return true;
}

static bool compile_contexts(struct compile *compile)
{
	struct sp_contexts *contexts = &compile->version->tenant.contexts;

	for (const struct raw *raw = compile->first[RAW_CONTEXT]; raw != NULL; raw = raw->next)
		if (!compile_one(compile, raw, "authentication context", one_context, contexts))
			return false;
	return true;
}

static bool compile_locations(struct compile *compile)
{
	struct version *version = compile->version;
	const struct location *all = compile_all(compile, RAW_LOCATION, "named location",
	    one_location, sizeof(*all));

	if (all == NULL)
		return false;
	version->tenant.locations = locations_new(&version->arena, all,
	    compile->count[RAW_LOCATION]);
	return true;
}

/* Keys. */

struct made_key { struct keyring_key key; struct jwk *jwk; };

static int key_order(const void *a, const void *b)
{
	const struct made_key *x = a, *y = b;

	if (x->key.active != y->key.active)
		return x->key.active < y->key.active ? 1 : -1;
	return id_compare(&y->key.id, &x->key.id);
}

static bool key_published(const struct keyring_key *key, int64_t now)
{
	return key->retired == 0 || now < key->retired + KEYRINGS_KEEP;
}

static bool key_make(struct compile *compile, const struct raw *raw, struct made_key *out_made)
{
	struct sp_record record = { .at = kinds_at_id(KIND_KEYRING, compile->tenant, raw->id),
		.value = raw->text, .revision = raw->revision };
	struct sp_error error = { "cannot be unsealed with this server's keys" };

	if (keyrings_read(&compile->version->arena, compile->store, &record, &out_made->key))
		out_made->jwk = jwk_import(out_made->key.der, &error);
	if (out_made->jwk == NULL)
		compile_wrong(compile, raw, "signing key", error.text);
	return out_made->jwk != NULL;
}

static bool compile_keys(struct compile *compile)
{
	struct version *version = compile->version;
	struct arena *arena = &version->arena;
	size_t most = compile->count[RAW_KEY], count = 0;
	struct made_key *made = arena_alloc(arena, (most + 1) * sizeof(*made));
	bool ok = true;

	for (const struct raw *raw = compile->first[RAW_KEY]; ok && raw != NULL; raw = raw->next) {
		ok = key_make(compile, raw, &made[count]);
		count += made[count].jwk != NULL;
	}
	qsort(made, count, sizeof(*made), key_order);
	version->keys = arena_alloc(arena, (count + 1) * sizeof(struct jwk *));
	version->times = arena_alloc(arena, (count + 1) * sizeof(*version->times));
	for (size_t i = 0; i < count; i++) {
		if (!key_published(&made[i].key, compile->now)) {
			jwk_free(made[i].jwk);
			continue;
		}
		version->times[version->tenant.key_count] = (struct version_key){
			made[i].key.alg, made[i].key.active, made[i].key.retired };
		version->keys[version->tenant.key_count++] = made[i].jwk;
	}
	version->tenant.keys = (const struct jwk *const *)version->keys;
	return ok;
}

/* What is gone leaves no newer record behind: so they are counted. */
static _Atomic uint64_t made;

bool compile_tenant(struct compile *compile)
{
	struct version *version = compile->version;

	version->tenant.id = compile->tenant;
	if (!compile_one(compile, compile->first[RAW_TENANT], "tenant", one_tenant,
	    &version->tenant) || !compile_apps(compile) || !compile_policies(compile) ||
	    !compile_groups(compile) || !compile_contexts(compile) ||
	    !compile_locations(compile) || !compile_keys(compile))
		return false;
	version->tenant.policy_set = &version->set;
	version->tenant.made = atomic_fetch_add(&made, 1) + 1;
	return true;
}
