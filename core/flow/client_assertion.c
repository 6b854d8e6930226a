/* client_assertion.c - a client that signs for itself: private_key_jwt (requirement 54) */
#include "flow/client.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/jws.h"
#include "model/assertion.h"
#include "plugin/records.h"
#include "store/spent.h"
#include "store/store.h"

#include <string.h>

const char *client_subject(const struct turn *turn, const char *assertion)
{
	json_t *payload = jws_peek(turn->arena, assertion);
	const char *subject = text_copy(turn->arena, json_text(payload, "sub", NULL));

	json_decref(payload);
	return subject;
}

static size_t keys_now(const struct turn *turn, const struct app *app, const struct jwk **keys)
{
	size_t count = 0;

	for (size_t i = 0; i < app->key_count; i++) {
		const struct app_key *key = &app->keys[i];
		if (key->jwk != NULL && key->begins <= turn->now &&
		    (key->expires == 0 || key->expires > turn->now))
			keys[count++] = key->jwk;
	}
	return count;
}

/* Key by key, so that a client without kids may have a second one while it changes them; by the
 * type of before and the one of the draft that mends it. */
static bool asserts_verify(const struct turn *turn, const struct app *app, const char *text,
    json_t **out_payload)
{
	static const char *const types[] = { NULL, "client-authentication+jwt" };
	const struct jwk **keys = arena_alloc(turn->arena, app->key_count * sizeof(*keys));
	size_t count = keys_now(turn, app, keys);
	struct sp_error error;

	for (size_t i = 0; i < count * 2; i++) {
		struct jws_rule rule = { .keys = &keys[i / 2], .count = 1, .typ = types[i % 2],
			.kid_optional = true };
		if (jws_verify(turn->arena, &rule, text, out_payload, &error))
			return true;
	}
	return false;
}

/* A name for the record that says it was used. */
static struct sp_id used_id(const struct turn *turn, const struct app *app, const char *jti)
{
	const char *name = text_print(turn->arena, "assertion %s %s", app->client_id, jti);
	unsigned char hash[HASH_SIZE];
	struct sp_id id;

	hash_sha256(name, strlen(name), hash);
	memcpy(&id, hash, sizeof(id));
	return id;
}

bool client_asserts(const struct turn *turn, const struct app *app, struct client *client)
{
	struct assertion_rule rule = { app->client_id, turn->issuer, turn->now,
		(int64_t)turn->store->epoch };
	struct assertion assertion;
	json_t *payload;

	if (!asserts_verify(turn, app, client->assertion, &payload))
		return false;
	client->why = assertion_wrong(payload, &rule, &assertion);
	if (client->why == NULL) {
		client->used = used_id(turn, app, assertion.jti);
		client->used_until = assertion.until;
	}
	json_decref(payload);
	return client->why == NULL;
}

void client_ask_spend(struct turn *turn, const struct client *client)
{
	struct sp_records_commit *commit = turn_commit(turn, 1);
	struct spent spent = { .code = client->used, .user = client->app->app_id,
		.op = id_random(), .until = client->used_until };

	spent_put(commit, turn->tenant->id, &spent, SP_ABSENT);
	turn_send(turn, commit);
}
