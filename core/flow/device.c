#include "flow/device.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/bearer.h"
#include "flow/visit_value.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/sessions.h"
#include "store/sources.h"
#include "store/store.h"

#include <string.h>

#define MARK "device"			/* a challenge that no verifier fits (RFC 7636 4.6) */
#define THINKING INT64_C(300000)	/* ms to read the page and decide */
#define TEN_MINUTES INT64_C(600000)
enum { WRONG_MOST = 5 };		/* codes of a source, or a browser, in ten minutes */

enum device_step { DEVICE_LOOK, DEVICE_VIEW, DEVICE_USER, DEVICE_COMMIT };

struct device_work {
	struct code code;
	uint64_t revision;
	bool decides;
};

static struct device_turn *device_of(struct flow *flow)
{
	return (struct device_turn *)(void *)flow;
}

static unsigned device_end(struct device_turn *device, enum device_outcome outcome)
{
	device->outcome = outcome;
	return FLOW_END;
}

static struct source device_guesses(const struct device_turn *device, bool browser)
{
	uint8_t hash[32] = { 0 };
	struct source source = { SOURCE_DEVICE_CODES, device->turn.source, WRONG_MOST, TEN_MINUTES };

	if (browser && visit_browser_hash(device->browser, hash))
		memcpy(&source.key, hash, sizeof(source.key));
	return source;
}

/* Before anything is looked up (requirement 104). */
static bool device_may_guess(struct device_turn *device)
{
	struct source own = device_guesses(device, false), browser = device_guesses(device, true);
	struct sources *sources = device->turn.store->sources;

	return sources_may(sources, &own, device->turn.now, &device->wait) &&
	    sources_may(sources, &browser, device->turn.now, &device->wait);
}

static unsigned device_wrong(struct device_turn *device)
{
	struct source own = device_guesses(device, false), browser = device_guesses(device, true);

	sources_owe(device->turn.store->sources, &own, device->turn.now);
	if (browser.key != own.key)
		sources_owe(device->turn.store->sources, &browser, device->turn.now);
	return device_end(device, DEVICE_UNKNOWN);
}

/* Still to be decided, here, for an application that may still do so. */
static bool device_open(struct device_turn *device, const struct sp_record *record)
{
	if (!devices_read(device->turn.arena, record, &device->device) ||
	    device->device.state != DEVICE_WAITING ||
	    !text_same(device->device.issuer, device->turn.issuer))
		return false;
	const struct app *app = tenant_app(device->turn.tenant, device->device.client_id);
	device->work->revision = record->revision;
	return app != NULL && app->enabled && app->device_code;
}

static void device_ask_look(struct flow *flow)
{
	struct device_turn *device = device_of(flow);
	struct sp_address at = devices_at(device->turn.tenant->id, device->device.id);

	turn_get(&device->turn, &at, 1);
}

static unsigned device_got_look(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct device_turn *device = device_of(flow);

	if (status != SP_OK)
		return device_end(device, DEVICE_UNAVAILABLE);
	return device_open(device, ((struct sp_records_get *)answer)->records[0]) ?
	    device_end(device, DEVICE_FOUND) : device_wrong(device);
}

static void device_ask_view(struct flow *flow)
{
	struct device_turn *device = device_of(flow);
	const struct code *code = &device->work->code;
	struct sp_id tenant = device->turn.tenant->id;
	struct sp_address at[] = { devices_at(tenant, device->device.id),
		sessions_at(tenant, code->session), accounts_at(tenant, code->user) };

	turn_get(&device->turn, at, 3);
}

/* The session of this browser is the one that the code was made of, and stands. */
static bool device_session(const struct device_turn *device, struct sp_record *const *records)
{
	const struct code *code = &device->work->code;
	struct account account;
	struct session session;
	struct bearer bearer;

	if (!accounts_read(device->turn.arena, records[2], &account) || account.blocked ||
	    !sessions_read(device->turn.arena, records[1], &session) ||
	    !bearer_parse(device->session, &bearer))
		return false;
	bool fits = id_equal(bearer.id, code->session) &&
	    bearer_opens(&bearer, device->turn.store->ring, "session", session.hash);
	bearer_done(&bearer);
	return fits && id_equal(session.user, code->user) && account.epoch == code->epoch &&
	    session_valid(&session, device->turn.issuer, account.epoch, device->turn.now);
}

static unsigned device_got_view(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct device_turn *device = device_of(flow);
	struct sp_record *const *records;

	if (status != SP_OK)
		return device_end(device, DEVICE_UNAVAILABLE);
	records = ((struct sp_records_get *)answer)->records;
	if (!device_open(device, records[0]) || !device_session(device, records))
		return device_end(device, DEVICE_UNKNOWN);
	return device->work->decides ? DEVICE_COMMIT : DEVICE_USER;
}

static void device_ask_user(struct flow *flow)
{
	struct device_turn *device = device_of(flow);

	turn_call(&device->turn, &users_get(turn_seat(&device->turn, BINDING_USERS),
	    device->turn.tenant->id, device->work->code.user)->op);
}

static unsigned device_got_user(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct device_turn *device = device_of(flow);
	struct code *code = &device->work->code;

	if (status != SP_OK)
		return device_end(device, status == SP_NOT_FOUND ? DEVICE_UNKNOWN :
		    DEVICE_UNAVAILABLE);
	const struct sp_user *user = ((struct sp_users_find *)answer)->user;
	const char *address = visit_address(user);
	device->user = text_copy(device->turn.arena, address != NULL ? address :
	    user->identifier_count > 0 ? user->identifiers[0] : "");
	code->expires = device->turn.now + THINKING;
	device->again = code_seal(&device->turn, code);
	return device_end(device, DEVICE_FOUND);
}

/* What is redeemed is a code of its own: it is asked for by the device, and by nobody else. */
static void device_ask_commit(struct flow *flow)
{
	struct device_turn *device = device_of(flow);
	struct sp_records_commit *commit = turn_commit(&device->turn, 1);
	struct code code = device->work->code;

	code.id = id_ordered(device->turn.now);
	code.redirect_uri = code.nonce = code.challenge = NULL;
	code.expires = device->device.expires;
	device->device.state = device->allow ? DEVICE_ALLOWED : DEVICE_DECLINED;
	device->device.code = device->allow ? code_seal(&device->turn, &code) : NULL;
	turn_send_if(&device->turn, commit, devices_put(commit, device->turn.tenant->id,
	    &device->device, device->work->revision));
}

static void device_log(const struct device_turn *device)
{
	char user[ID_TEXT];

	id_format(device->work->code.user, user);
	LOG_EVENT(SP_INFO, "device", { "result", device->allow ? "allowed" : "declined" },
	    { "tenant", device->turn.tenant->name }, { "client_id", device->device.client_id },
	    { "user", user }, { "source", device->turn.source_text },
	    { "begun_from", device->device.source });
}

static unsigned device_got_commit(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct device_turn *device = device_of(flow);

	(void)answer;
	if (status == SP_CONFLICT)
		return DEVICE_VIEW;	/* a hasty device's question; or it has been decided */
	if (status != SP_OK)
		return device_end(device, DEVICE_UNAVAILABLE);
	device_log(device);
	return device_end(device, DEVICE_DONE);
}

#define TO FLOW_TO
static const struct flow_step device_steps[] = {
	[DEVICE_LOOK] = { "look", device_ask_look, device_got_look, TO(FLOW_END) },
	[DEVICE_VIEW] = { "view", device_ask_view, device_got_view,
	    TO(DEVICE_USER) | TO(DEVICE_COMMIT) | TO(FLOW_END) },
	[DEVICE_USER] = { "user", device_ask_user, device_got_user, TO(FLOW_END) },
	[DEVICE_COMMIT] = { "commit", device_ask_commit, device_got_commit,
	    TO(DEVICE_VIEW) | TO(FLOW_END) },
};

void device_find(struct device_turn *device)
{
	struct turn *turn = &device->turn;

	device->work = arena_alloc(turn->arena, sizeof(*device->work));
	if (!device_may_guess(device))
		(void)device_end(device, DEVICE_SPENT);
	else if (!devices_id(turn->store, turn->tenant->id, device->typed, &device->device.id))
		(void)device_wrong(device);
	else {
		turn_start(turn, device_steps, DEVICE_LOOK);
		return;
	}
	turn->finished(turn, turn->arg);
}

static void device_run(struct device_turn *device, bool decides)
{
	struct turn *turn = &device->turn;
	struct code *code;

	device->work = arena_alloc(turn->arena, sizeof(*device->work));
	device->work->decides = decides;
	code = &device->work->code;
	if (code_unseal(turn, device->code, code) && text_same(code->challenge, MARK) &&
	    code->expires > turn->now && id_parse(code->nonce, &device->device.id)) {
		turn_start(turn, device_steps, DEVICE_VIEW);
		return;
	}
	(void)device_end(device, DEVICE_UNKNOWN);
	turn->finished(turn, turn->arg);
}

void device_show(struct device_turn *device)
{
	device_run(device, false);
}

void device_decide(struct device_turn *device)
{
	device_run(device, true);
}

void device_request(const struct device_turn *device, const char *back,
    struct authorize *out_request)
{
	char *nonce = arena_alloc(device->turn.arena, ID_TEXT);

	id_format(device->device.id, nonce);
	*out_request = (struct authorize){ .client_id = device->device.client_id,
		.redirect_uri = back, .scope = device->device.scope, .nonce = nonce,
		.challenge = MARK, .resources = device->device.resources, .max_age = -1 };
}
