/* The tenant of administrators: made once, whole, and also where its name is somebody's (5.1). */
#include "storehouse.h"

#include "base/clock.h"
#include "model/system.h"
#include "store/audits.h"
#include "store/chain.h"
#include "store/documents.h"
#include "store/founding.h"
#include "store/keyrings.h"
#include "store/snapshot.h"
#include "store/tenants.h"

static void fill_namesake(struct sp_records_commit *commit, void *arg)
{
	(void)arg;
	CHECK(tenants_create(commit, id_random(), SYSTEM_NAME));
}

static void look(struct loop *loop, void *arg)
{
	const struct tenant *held = snapshot_hold(store, loop, SYSTEM_ID);

	(void)arg;
	CHECK(held != NULL && system_is(held->id) && strcmp(held->name, SYSTEM_NAME_ELSE) == 0);
	CHECK(held->app_count == 2 && tenant_app(held, SYSTEM_API) != NULL);
	CHECK(held->policy_count == 1 && held->policies[0]->row.state == SP_ON);
	CHECK(held->policies[0]->row.controls == SP_MFA && held->flow_count == 0);
	CHECK(held->email.enabled && held->email.all_users && !held->email.first_factor);
	CHECK(held->key_count == 1 && keyrings_signs(held, JWK_ES256, clock_wall()) != NULL);
	snapshot_release(store, loop, held);
}

/* As the version before had it: without refresh tokens, and nothing else said. */
static void fill_older(struct sp_records_commit *commit, void *arg)
{
	json_t *apps = system_documents(DOCUMENT_APP, SYSTEM_NAME, "2026-01-01T00:00:00Z");
	json_t *tools = json_array_get(apps, 1);
	struct document_place place = { .tenant = system_id, .kind = DOCUMENT_APP };

	(void)arg;
	CHECK(documents_id(DOCUMENT_APP, json_text(tools, "id", ""), &place.id));
	json_object_set_new(tools, "allowRefreshTokens", json_false());
	json_object_set_new(tools, "requiredResourceAccess", json_array());
	CHECK(documents_put(commit, &place, tools, SP_ANY));
	changes_put(commit, system_id);
	json_decref(apps);
}

static void look_renewed(struct loop *loop, void *arg)
{
	const struct tenant *held = snapshot_hold(store, loop, SYSTEM_ID);
	const struct app *tools = tenant_app(held, SYSTEM_TOOLS);

	(void)arg;
	CHECK(tools->refresh_tokens);
	CHECK(api_granted(&tools->api, tenant_app(held, SYSTEM_API)->app_id));
	CHECK(held->settings.refresh_idle == 3600000);
	CHECK(strcmp(held->name, SYSTEM_NAME_ELSE) == 0);
	snapshot_release(store, loop, held);
}

void founding(void)
{
	struct sp_error error = { "" };
	const char *name = NULL;

	CHECK(commit(fill_namesake, NULL) == SP_OK);
	CHECK(founding_system(store, &name, &error) == SP_OK);
	CHECK(name != NULL && strcmp(name, SYSTEM_NAME_ELSE) == 0);
	for (unsigned i = 0; i < LOOPS; i++)
		loop_call(house.loops[i], look, NULL);
	CHECK(founding_system(store, &name, &error) == SP_OK && name == NULL);
	CHECK(count_of(keyrings_all(system_id)) == 1);
	CHECK(count_of(audits_new(system_id)) + count_of(chain_all(system_id)) == 1);
	CHECK(commit(fill_older, NULL) == SP_OK);
	for (unsigned round = 0; round < 2; round++)	/* the second finds nothing to do */
		CHECK(founding_system(store, &name, &error) == SP_OK && name == NULL);
	for (unsigned i = 0; i < LOOPS; i++)
		loop_call(house.loops[i], look_renewed, NULL);
	CHECK(count_of(audits_new(system_id)) + count_of(chain_all(system_id)) == 2);
}
