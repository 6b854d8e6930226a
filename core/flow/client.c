#include "flow/client.h"

#include "crypto/hash.h"
#include "crypto/ring.h"
#include "store/sources.h"
#include "store/store.h"

#include <string.h>

void client_hash(const struct store *store, struct secret secret, uint8_t out_hash[32])
{
	struct hash_key key;

	ring_hash_key(store->ring, "client", &key);
	hash_keyed(&key, "client secret", secret, out_hash);
	explicit_bzero(&key, sizeof(key));
}

/* All of them are looked at: how many there are, and which it was, takes the same time. */
static bool secret_fits(const struct turn *turn, const struct app *app, struct secret secret)
{
	uint8_t hash[32];
	bool fits = false;

	client_hash(turn->store, secret, hash);
	for (size_t i = 0; i < app->secret_count; i++) {
		const struct app_secret *kept = &app->secrets[i];
		bool same = secret_equal((struct secret){ hash, 32 },
		    (struct secret){ kept->hash, 32 });
		fits |= same && (kept->expires == 0 || kept->expires > turn->now);
	}
	return fits;
}

enum client_verdict client_check(const struct turn *turn, const char *client_id,
    struct secret secret, const struct app **out_app, int64_t *out_wait)
{
	const struct settings *settings = &turn->tenant->settings;
	struct source source = { .kind = SOURCE_PASSWORDS, .key = turn->source,
		.most = settings->source_passwords, .window = 600000 };
	const struct app *app = client_id != NULL ? tenant_app(turn->tenant, client_id) : NULL;

	if (app == NULL || !app->enabled)
		return CLIENT_WRONG;
	if (!app_confidential(app)) {
		if (secret.size > 0)
			return CLIENT_WRONG;
		*out_app = app;
		return CLIENT_RIGHT;
	}
	if (!sources_may(turn->store->sources, &source, turn->now, out_wait))
		return CLIENT_THROTTLED;
	if (secret.size == 0 || !secret_fits(turn, app, secret)) {
		sources_owe(turn->store->sources, &source, turn->now);
		return CLIENT_WRONG;
	}
	*out_app = app;
	return CLIENT_RIGHT;
}
