/*
 * redeem_device.c - a device without a browser asks for a sign-in, and for its tokens (RFC 8628)
 *
 * Asking writes a record, which no other stranger may do: so it is capped by source and by tenant,
 * and open to applications alone that an operator has opened it for. What a person has allowed is
 * a code like any other, and is redeemed by the same way: policy is asked again, one redemption
 * wins, and a second one is a replay.
 */
#include "flow/redeem_work.h"

#include "base/id.h"
#include "base/text.h"
#include "crypto/bearer.h"
#include "crypto/ring.h"
#include "flow/visit_value.h"
#include "plugin/records.h"
#include "store/sources.h"
#include "store/store.h"

#include <string.h>

#define INTERVAL INT64_C(5000)
#define INTERVAL_MOST INT64_C(60000)	/* beyond it nothing is written for a hasty device */
#define JITTER INT64_C(1000)		/* that a question may come early, by way of the network */
enum { DRAWS_MOST = 4 };		/* of a code that nobody has */

/* Requirements 39, 105. */
static bool device_may(struct redeem *redeem)
{
	return redeem_client(redeem) && (redeem->work->app->device_code ||
	    redeem_barred(redeem, 400, "unauthorized_client",
	    "allowDeviceCode is not switched on for this application."));
}

static bool device_scope(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	struct scope_asker asker = redeem_asker(redeem);
	struct scope_granted granted;
	const char *why = "scope is too long", *error = "invalid_scope";

	if (redeem->asked == NULL || strlen(redeem->asked) <= AUTHORIZE_SCOPE_MOST)
		error = scope_ask(&asker, redeem->asked, redeem->resource, &granted, &why);
	if (error != NULL)
		return redeem_barred(redeem, 400, error, why);
	work->device = (struct device){ .state = DEVICE_WAITING, .interval = INTERVAL,
		.client_id = work->app->client_id, .scope = granted.scope,
		.resources = granted.resources, .issuer = redeem->turn.issuer,
		.source = redeem->turn.source_text, .asked = redeem->turn.now,
		.expires = redeem->turn.now + redeem->turn.tenant->settings.device_lifetime };
	return true;
}

static bool device_room(struct redeem *redeem)
{
	const struct settings *settings = &redeem->turn.tenant->settings;
	struct sources *sources = redeem->turn.store->sources;
	struct source own = { SOURCE_DEVICES, redeem->turn.source, settings->source_sends, 3600000 };
	struct source all = { SOURCE_TENANT_DEVICES, sources_key(redeem->turn.tenant->id),
		settings->tenant_sends, 60000 };

	return (sources_take(sources, &own, redeem->turn.now, &redeem->wait) &&
	    sources_take(sources, &all, redeem->turn.now, &redeem->wait)) ||
	    redeem_barred(redeem, 429, "temporarily_unavailable",
	    "Too many sign-ins have been begun from here; wait.");
}

void redeem_device_ask(struct redeem *redeem)
{
	redeem->work = arena_alloc(redeem->turn.arena, sizeof(*redeem->work));
	redeem->work->about = ABOUT_DEVICE;
	if (device_may(redeem) && device_scope(redeem) && device_room(redeem))
		redeem_run(redeem, redeem_steps, DEVICE_PUT);
	else
		redeem_over(redeem);
}

static void device_bearer(struct redeem *redeem)
{
	struct device *device = &redeem->work->device;
	struct bearer bearer = bearer_new(device->id);

	bearer_hash(&bearer, &redeem->turn.store->hash, "device code", device->hash);
	redeem->device_code = bearer_format(redeem->turn.arena, &bearer);
	bearer_done(&bearer);
}

void device_ask_put(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct device *device = &redeem->work->device;
	struct sp_records_commit *commit = turn_commit(&redeem->turn, 1);

	redeem->user_code = devices_letters(redeem->turn.arena);
	bool fits = devices_id(redeem->turn.store, redeem->turn.tenant->id, redeem->user_code,
	    &device->id);
	device_bearer(redeem);
	turn_send_if(&redeem->turn, commit, fits &&
	    devices_put(commit, redeem->turn.tenant->id, device, SP_ABSENT));
}

unsigned device_got_put(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	(void)answer;
	if (status == SP_CONFLICT && ++redeem->work->rounds < DRAWS_MOST)
		return DEVICE_PUT;
	if (status != SP_OK)
		return redeem_failed(redeem);
	redeem->status = 200;
	redeem->expires_in = redeem->turn.tenant->settings.device_lifetime;
	redeem->interval = redeem->work->device.interval;
	return FLOW_END;
}

/* The device asks whether it may. */

void redeem_device(struct redeem *redeem)
{
	struct bearer bearer;

	redeem->work = arena_alloc(redeem->turn.arena, sizeof(*redeem->work));
	redeem->work->op = id_random();
	bool may = device_may(redeem);
	if (may && !bearer_parse(redeem->device_code, &bearer))
		may = redeem_barred(redeem, 400, "invalid_grant", "This is no device_code of ours.");
	if (!may) {
		redeem_over(redeem);
		return;
	}
	redeem->work->device.id = bearer.id;
	bearer_done(&bearer);
	redeem_run(redeem, redeem_steps, DEVICE_READ);
}

void device_ask_read(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct sp_address at = devices_at(redeem->turn.tenant->id, redeem->work->device.id);

	turn_get(&redeem->turn, &at, 1);
}

static bool device_owns(const struct redeem *redeem, const struct device *device)
{
	struct bearer bearer;

	if (!bearer_parse(redeem->device_code, &bearer))
		return false;
	bool fits = bearer_fits(&bearer, &redeem->turn.store->hash, "device code",
	    (struct sp_bytes){ device->hash, sizeof(device->hash) });
	bearer_done(&bearer);
	return fits && text_same(device->client_id, redeem->work->app->client_id) &&
	    text_same(device->issuer, redeem->turn.issuer);
}

/* What a person has allowed, from here on as any code (redeem.c). */
static unsigned device_redeem(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;

	if (!code_unseal(&redeem->turn, work->device.code, &work->code))
		return redeem_grant(redeem, "This sign-in is from before a restore.");
	refresh_offer(redeem);
	return redeem_aim(redeem) ? (unsigned)REDEEM_VIEW : FLOW_END;
}

/* The pace is looked at first, so that 64 questions at once are one question and 63 hasty ones. */
static bool device_paced(struct redeem *redeem)
{
	const struct device *device = &redeem->work->device;
	struct source pace = { SOURCE_DEVICE_PACE, sources_key(device->id), 1,
		device->interval - JITTER };
	int64_t ignored;

	return sources_take(redeem->turn.store->sources, &pace, redeem->turn.now, &ignored);
}

static unsigned device_judge(struct redeem *redeem)
{
	switch (redeem->work->device.state) {
	case DEVICE_ALLOWED:
		return device_redeem(redeem);
	case DEVICE_WAITING:
		return redeem_refuse(redeem, 400, "authorization_pending",
		    "Nobody has decided yet; ask again after the interval.");
	default:
		return redeem_refuse(redeem, 400, "access_denied", "The sign-in was declined.");
	}
}

static unsigned device_hasty(struct redeem *redeem)
{
	return redeem_refuse(redeem, 400, "slow_down",
	    "Asked too soon: from now on the interval is five seconds longer.");
}

unsigned device_got_read(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);
	const struct sp_record *record;

	if (status != SP_OK)
		return redeem_failed(redeem);
	record = ((struct sp_records_get *)answer)->records[0];
	if (!devices_read(redeem->turn.arena, record, &redeem->work->device))
		return redeem_refuse(redeem, 400, "expired_token",
		    "This sign-in took too long; begin anew.");
	if (!device_owns(redeem, &redeem->work->device))
		return redeem_grant(redeem, "The device_code was issued to another client, or by "
		    "another issuer.");
	redeem->work->device_revision = record->revision;
	if (device_paced(redeem))
		return device_judge(redeem);
	return redeem->work->device.interval < INTERVAL_MOST ? (unsigned)DEVICE_SLOW :
	    device_hasty(redeem);
}

void device_ask_slow(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct sp_records_commit *commit = turn_commit(&redeem->turn, 1);

	redeem->work->device.interval += INTERVAL;
	turn_send_if(&redeem->turn, commit, devices_put(commit, redeem->turn.tenant->id,
	    &redeem->work->device, redeem->work->device_revision));
}

/* Whoever was faster, another question or the person: the next one sees it. */
unsigned device_got_slow(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)answer, (void)status;
	return device_hasty(redeem_of(flow));
}
