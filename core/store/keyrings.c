#include "store/keyrings.h"

#include "base/id.h"
#include "base/pack.h"
#include "crypto/seal.h"
#include "plugin/op.h"
#include "store/kinds.h"
#include "store/store.h"
#include "store/version.h"

#include <string.h>

#define FORMAT 1u
#define PURPOSE "signing key"

struct sp_address keyrings_at(struct sp_id tenant, struct sp_id key)
{
	return kinds_at_id(KIND_KEYRING, tenant, key);
}

struct sp_address keyrings_all(struct sp_id tenant)
{
	return kinds_at(KIND_KEYRING, tenant, NULL, 0);
}

void keyrings_make(struct arena *arena, enum jwk_alg alg, int64_t now, int64_t active,
    struct keyring_key *out_key)
{
	struct jwk *jwk = jwk_generate(alg);

	*out_key = (struct keyring_key){ .id = id_ordered(now), .alg = alg, .created = now,
		.active = active };
	out_key->der = jwk_export(arena, jwk);
	jwk_free(jwk);
}

/* What a sealed key is bound to: nobody can move it to another tenant or another id. */
struct bound { struct sp_id tenant, key; };

static struct seal key_seal(const struct store *store, const struct bound *bound)
{
	return (struct seal){ store->ring, PURPOSE, { bound, sizeof(*bound) } };
}

bool keyrings_put(struct sp_records_commit *commit, const struct store *store,
    struct sp_id tenant, const struct keyring_key *key, uint64_t expect)
{
	struct arena *arena = op_arena(&commit->op);
	struct bound bound = { tenant, key->id };
	struct seal how = key_seal(store, &bound);
	struct sp_bytes sealed = seal(arena, &how, key->der);
	struct pack pack;

	pack_begin(&pack, arena, FORMAT);
	pack_number(&pack, key->alg);
	pack_signed(&pack, key->created);
	pack_signed(&pack, key->active);
	pack_signed(&pack, key->retired);
	pack_bytes(&pack, sealed.data, sealed.size);
	return kinds_put(commit, keyrings_at(tenant, key->id), pack_end(&pack), 0, expect);
}

bool keyrings_read(struct arena *arena, const struct store *store,
    const struct sp_record *record, struct keyring_key *out_key)
{
	struct keyring_key key = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &key.id))
		return false;
	struct bound bound = { record->at.scope, key.id };
	struct seal how = key_seal(store, &bound);
	unpack_begin(&unpack, arena, record->value, FORMAT);
	key.alg = (enum jwk_alg)unpack_number(&unpack);
	key.created = unpack_signed(&unpack);
	key.active = unpack_signed(&unpack);
	key.retired = unpack_signed(&unpack);
	struct sp_bytes sealed = unpack_bytes(&unpack);
	if (!unpack_ok(&unpack) || !unseal(arena, &how, sealed, &key.der))
		return false;
	*out_key = key;
	return true;
}

void keyrings_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id key,
    uint64_t expect)
{
	kinds_remove(commit, keyrings_at(tenant, key), expect);
}

/* Which of a tenant's keys signs. */
const struct jwk *keyrings_signs(const struct tenant *tenant, enum jwk_alg alg, int64_t now)
{
	const struct version *version = version_of(tenant);
	const struct jwk *last = NULL;

	for (size_t i = 0; i < tenant->key_count; i++) {
		const struct version_key *time = &version->times[i];
		if (time->alg != alg)
			continue;
		if (time->active <= now && (time->retired == 0 || now < time->retired))
			return tenant->keys[i];
		last = tenant->keys[i];	/* published, if none is active: the oldest */
	}
	return last;
}
