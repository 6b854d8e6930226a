#include "flow/client.h"

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/ring.h"
#include "store/sources.h"
#include "store/store.h"

#include <string.h>

#define TEN_MINUTES INT64_C(600000)
#define DAY INT64_C(86400000)
#define HOME (30 * DAY)		/* so long a source stays at home without a word */
#define SOON (30 * DAY)		/* a secret that ends then is told of once a day */
#define CLIENT_SHARE 5		/* tries at an application: of so many sources */
#define SECRET_LONG 32u		/* bytes that nobody guesses; those made here have 43 */

void client_hash(const struct store *store, struct secret secret, uint8_t out_hash[32])
{
	struct hash_key key;

	ring_hash_key(store->ring, "client", &key);
	hash_keyed(&key, "client secret", secret, out_hash);
	explicit_bzero(&key, sizeof(key));
}

static struct source client_source(const struct turn *turn, const struct app *app,
    enum source_kind kind)
{
	uint64_t own = sources_key(turn->tenant->id) * 31 + sources_key(app->app_id);
	int64_t most = turn->tenant->settings.source_passwords;

	switch (kind) {
	case SOURCE_CLIENT:
		return (struct source){ kind, own, most * CLIENT_SHARE, TEN_MINUTES };
	case SOURCE_CLIENT_HOME:
		return (struct source){ kind, own * 31 + turn->source, 1, HOME };
	case SOURCE_CLIENT_NOTICE:
		return (struct source){ kind, own, 1, DAY };
	default:
		return (struct source){ SOURCE_PASSWORDS, turn->source, most, TEN_MINUTES };
	}
}

/* A home's bucket is empty: that is how it is known. */
static bool client_home(const struct turn *turn, const struct app *app)
{
	struct source home = client_source(turn, app, SOURCE_CLIENT_HOME);
	int64_t ignored;

	return !sources_may(turn->store->sources, &home, turn->now, &ignored);
}

/* From how many places it may come is counted for what could be guessed at all. Else strangers who
 * spend an application's tries would shut out its new servers, and all of them after a restart. */
static bool client_guessable(const struct client *client)
{
	return client->assertion == NULL && client->secret.size < SECRET_LONG;
}

static bool client_may(const struct turn *turn, struct client *client, const struct app *app)
{
	struct source source = client_source(turn, app, SOURCE_PASSWORDS);
	struct source tries = client_source(turn, app, SOURCE_CLIENT);

	return sources_may(turn->store->sources, &source, turn->now, &client->wait) &&
	    (!client_guessable(client) || client_home(turn, app) ||
	    sources_may(turn->store->sources, &tries, turn->now, &client->wait));
}

static void client_owes(const struct turn *turn, const struct client *client,
    const struct app *app)
{
	struct source source = client_source(turn, app, SOURCE_PASSWORDS);
	struct source tries = client_source(turn, app, SOURCE_CLIENT);

	sources_owe(turn->store->sources, &source, turn->now);
	if (client_guessable(client) && !client_home(turn, app))
		sources_owe(turn->store->sources, &tries, turn->now);
}

static void client_proven(const struct turn *turn, const struct app *app)
{
	struct source home = client_source(turn, app, SOURCE_CLIENT_HOME);
	int64_t ignored;

	(void)sources_take(turn->store->sources, &home, turn->now, &ignored);
}

/* Once a day while it is in use: its operator has thirty days to make another one. */
static void secret_notice(const struct turn *turn, const struct app *app,
    const struct app_secret *secret)
{
	struct source notice = client_source(turn, app, SOURCE_CLIENT_NOTICE);
	char key[ID_TEXT];
	int64_t ignored;

	if (secret->expires == 0 || secret->expires - turn->now > SOON ||
	    !sources_take(turn->store->sources, &notice, turn->now, &ignored))
		return;
	id_format(secret->key_id, key);
	LOG_EVENT(SP_WARNING, "client-secret-ends", { "tenant", turn->tenant->name },
	    { "client_id", app->client_id }, { "key", key },
	    { "ends", text_time(turn->arena, secret->expires) });
}

/* All of them are looked at: how many there are, and which it was, takes the same time. */
static bool secret_fits(const struct turn *turn, const struct app *app, struct secret secret)
{
	const struct app_secret *found = NULL;
	uint8_t hash[32];

	client_hash(turn->store, secret, hash);
	for (size_t i = 0; i < app->secret_count; i++) {
		const struct app_secret *kept = &app->secrets[i];
		bool same = secret_equal((struct secret){ hash, 32 },
		    (struct secret){ kept->hash, 32 });
		if (same && kept->begins <= turn->now &&
		    (kept->expires == 0 || kept->expires > turn->now))
			found = kept;
	}
	if (found != NULL)
		secret_notice(turn, app, found);
	return found != NULL;
}

enum client_verdict client_check(const struct turn *turn, struct client *client)
{
	if (client->client_id == NULL && client->assertion != NULL)
		client->client_id = client_subject(turn, client->assertion);
	const struct app *app = client->client_id != NULL ?
	    tenant_app(turn->tenant, client->client_id) : NULL;
	bool shown = client->secret.size > 0 || client->assertion != NULL;

	if (app == NULL || !app->enabled)
		return CLIENT_WRONG;
	if (!app_confidential(app)) {
		client->app = app;
		return shown ? CLIENT_WRONG : CLIENT_RIGHT;
	}
	if (!client_may(turn, client, app))
		return CLIENT_THROTTLED;
	bool fits = client->assertion != NULL ? client_asserts(turn, app, client) :
	    shown && secret_fits(turn, app, client->secret);
	if (!fits) {
		client_owes(turn, client, app);
		return CLIENT_WRONG;
	}
	client_proven(turn, app);
	client->app = app;
	return CLIENT_RIGHT;
}
