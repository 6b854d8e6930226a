/* The tenant of administrators: made once, whole, and also where its name is somebody's (5.1). */
#include "storehouse.h"

#include "base/clock.h"
#include "model/system.h"
#include "store/audits.h"
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
	CHECK(count_of(audits_all(system_id)) == 1);
}
