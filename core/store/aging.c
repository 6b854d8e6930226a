/* aging.c - signing keys that are old enough take their turn, without being asked */
#include "store/keyrings.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/audits.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "store/version.h"

/* So early that the next key signs when the old one's time is over. */
bool keyrings_old(int64_t active, int64_t lifetime, int64_t now)
{
	return now >= active + lifetime - KEYRINGS_LEAD;
}

/* A key that a successor is known for is done with. */
static bool aging_due(const struct tenant *tenant, int64_t now)
{
	const struct version *version = version_of(tenant);

	for (size_t i = 0; i < tenant->key_count; i++)
		if (version->times[i].retired == 0 && keyrings_old(version->times[i].active,
		    tenant->settings.signing_key_lifetime, now))
			return true;
	return false;
}

/* Its tenant is asked for again in a minute. */
static void aging_done(void *arg, enum sp_status status)
{
	(void)arg;
	if (status != SP_OK)
		log_line(SP_WARNING, "signing keys that are due could not be rotated; "
		    "tried again in a minute");
}

void keyrings_sweep(struct store *store, struct loop *loop)
{
	struct sp_id last = { 0 };
	const struct tenant *tenant;

	while ((tenant = snapshot_hold_next(store, loop, last)) != NULL) {
		struct audit_act act = { .tenant = tenant->id, .actor = "server" };
		last = tenant->id;
		if (aging_due(tenant, clock_wall()) && !keyrings_renew(store, &act,
		    tenant->settings.signing_key_lifetime, aging_done, NULL))
			aging_done(NULL, SP_UNAVAILABLE);
		snapshot_release(store, loop, tenant);
	}
}
