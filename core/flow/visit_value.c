#include "flow/visit_value.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/pack.h"
#include "base/random.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "store/store.h"

#include <string.h>

enum { BROWSER_SIZE = 32, JOURNEY_FORMAT = 1, KNOWN_FORMAT = 1, PUSHED_FORMAT = 1 };

char *visit_browser(struct arena *arena)
{
	uint8_t bytes[BROWSER_SIZE];

	random_fill(bytes, sizeof(bytes));
	return encode_base64url(arena, bytes, sizeof(bytes));
}

/* 32 bytes are 43 characters; the text itself is hashed, so there is nothing to decode. */
bool visit_browser_hash(const char *cookie, uint8_t out_hash[32])
{
	if (cookie == NULL || strlen(cookie) != 43)
		return false;
	hash_sha256(cookie, 43, out_hash);
	return true;
}

static const char known_purpose[] = "known browser";

/* Tenant and issuer, and for journeys the browser: another one's value does not open. Nor does
 * one from before a restore, of which nobody knows any more whether it was spent (2.5); that a
 * browser is known is never spent. */
static struct seal value_seal(const struct turn *turn, const char *purpose,
    const uint8_t browser[32])
{
	struct pack pack;

	pack_begin(&pack, turn->arena, 1);
	pack_id(&pack, turn->tenant->id);
	pack_text(&pack, turn->issuer);
	pack_bytes(&pack, browser, browser != NULL ? 32 : 0);
	if (purpose != known_purpose)
		pack_number(&pack, turn->store->epoch);
	return (struct seal){ .ring = turn->store->ring, .purpose = purpose,
		.associated = pack_end(&pack) };
}

static struct secret value_secret(const struct pack *pack)
{
	struct sp_bytes bytes = pack_end(pack);

	return (struct secret){ bytes.data, bytes.size };
}

char *visit_seal(const struct visit *visit, const struct journey *journey)
{
	struct seal how = value_seal(&visit->turn, "journey", journey->browser);
	struct pack pack;

	pack_begin(&pack, visit->turn.arena, JOURNEY_FORMAT);
	journey_pack(&pack, journey);
	return seal_text(visit->turn.arena, &how, value_secret(&pack));
}

static bool value_open(const struct turn *turn, const struct seal *how, const char *value,
    unsigned newest, struct unpack *out_unpack)
{
	struct secret plain;

	if (value == NULL || !unseal_text(turn->arena, how, value, &plain))
		return false;
	unpack_begin(out_unpack, turn->arena, (struct sp_bytes){ plain.data, plain.size },
	    newest);
	return true;
}

bool visit_unseal(const struct visit *visit, const char *value, struct journey *out_journey)
{
	uint8_t browser[32];
	struct journey journey = { 0 };
	struct unpack unpack;

	if (!visit_browser_hash(visit->cookies.browser, browser))
		return false;
	struct seal how = value_seal(&visit->turn, "journey", browser);
	if (!value_open(&visit->turn, &how, value, JOURNEY_FORMAT, &unpack))
		return false;
	journey_unpack(&unpack, &journey);
	if (!unpack_ok(&unpack))
		return false;
	*out_journey = journey;
	return true;
}

static size_t known_read(const struct visit *visit, struct sp_id out_users[VISIT_KNOWN_MAX])
{
	struct seal how = value_seal(&visit->turn, known_purpose, NULL);
	struct unpack unpack;
	size_t count = 0;

	if (!value_open(&visit->turn, &how, visit->cookies.known, KNOWN_FORMAT, &unpack))
		return 0;
	while (unpack_more(&unpack) && count < VISIT_KNOWN_MAX)
		out_users[count++] = unpack_id(&unpack);
	return unpack_ok(&unpack) ? count : 0;
}

bool visit_knows(const struct visit *visit, struct sp_id user)
{
	struct sp_id users[VISIT_KNOWN_MAX];
	size_t count = known_read(visit, users);

	for (size_t i = 0; i < count; i++)
		if (id_equal(users[i], user))
			return true;
	return false;
}

char *visit_know(const struct visit *visit, struct sp_id user)
{
	struct seal how = value_seal(&visit->turn, known_purpose, NULL);
	struct sp_id users[VISIT_KNOWN_MAX];
	size_t count = known_read(visit, users), kept = 1;
	struct pack pack;

	pack_begin(&pack, visit->turn.arena, KNOWN_FORMAT);
	pack_id(&pack, user);
	for (size_t i = 0; i < count && kept < VISIT_KNOWN_MAX; i++)
		if (!id_equal(users[i], user)) {
			pack_id(&pack, users[i]);
			kept++;
		}
	return seal_text(visit->turn.arena, &how, value_secret(&pack));
}

char *code_seal(const struct turn *turn, const struct code *code)
{
	struct seal how = value_seal(turn, "authorization code", NULL);
	struct pack pack;

	pack_begin(&pack, turn->arena, CODE_FORMAT);
	code_pack(&pack, code);
	return seal_text(turn->arena, &how, value_secret(&pack));
}

bool code_unseal(const struct turn *turn, const char *value, struct code *out_code)
{
	struct seal how = value_seal(turn, "authorization code", NULL);
	struct code code = { 0 };
	struct unpack unpack;

	if (!value_open(turn, &how, value, CODE_FORMAT, &unpack))
		return false;
	code_unpack(&unpack, &code);
	if (!unpack_ok(&unpack))
		return false;
	*out_code = code;
	return true;
}

char *pushed_seal(const struct turn *turn, const struct pushed *pushed)
{
	struct seal how = value_seal(turn, "pushed request", NULL);
	struct pack pack;

	pack_begin(&pack, turn->arena, PUSHED_FORMAT);
	pack_id(&pack, pushed->id);
	pack_text(&pack, pushed->client_id);
	pack_text(&pack, pushed->query);
	pack_signed(&pack, pushed->expires);
	return seal_text(turn->arena, &how, value_secret(&pack));
}

bool pushed_unseal(const struct turn *turn, const char *value, struct pushed *out_pushed)
{
	struct seal how = value_seal(turn, "pushed request", NULL);
	struct unpack unpack;

	if (!value_open(turn, &how, value, PUSHED_FORMAT, &unpack))
		return false;
	struct pushed pushed = { .id = unpack_id(&unpack) };
	pushed.client_id = unpack_text(&unpack);
	pushed.query = unpack_text(&unpack);
	pushed.expires = unpack_signed(&unpack);
	if (!unpack_ok(&unpack))
		return false;
	*out_pushed = pushed;
	return true;
}
