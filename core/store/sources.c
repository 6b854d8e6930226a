#include "store/sources.h"

#include "base/arena.h"
#include "base/fatal.h"
#include "base/random.h"
#include "model/budget.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SHARDS ((size_t)64)
#define WAYS ((size_t)8)

struct place {
	enum source_kind kind;	/* NONE: free */
	uint64_t key;
	int64_t used;
	struct bucket bucket;
};

struct set { struct place places[WAYS]; };

struct shard { _Alignas(64) pthread_mutex_t lock; };

struct sources {
	unsigned char seed[crypto_shorthash_KEYBYTES];
	struct shard shards[SHARDS];
	size_t count;		/* of sets, a power of two */
	struct set *sets;
};

uint64_t sources_key(struct sp_id id)
{
	uint64_t half[2];

	/* Of both halves: operators number their tenants in either. */
	memcpy(half, &id, sizeof(half));
	return half[0] ^ half[1] * UINT64_C(0x9e3779b97f4a7c15);
}

struct sources *sources_new(size_t places)
{
	struct sources *sources = aligned_alloc(64, sizeof(*sources));

	if (sources == NULL)
		fatal("out of memory");
	memset(sources, 0, sizeof(*sources));
	random_fill(sources->seed, sizeof(sources->seed));
	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_init(&sources->shards[i].lock, NULL);
	for (sources->count = SHARDS; sources->count * WAYS < places;)
		sources->count *= 2;
	sources->sets = must_calloc(sources->count, sizeof(*sources->sets));
	return sources;
}

void sources_free(struct sources *sources)
{
	if (sources == NULL)
		return;
	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_destroy(&sources->shards[i].lock);
	free(sources->sets);
	free(sources);
}

/* Keyed, so that nobody can choose addresses that fall into one set. */
static size_t sources_set(const struct sources *sources, const struct source *source)
{
	uint64_t what[2] = { source->kind, source->key }, hash;

	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)what, sizeof(what),
	    sources->seed);
	return (size_t)hash & (sources->count - 1);
}

/* Its place, or a free one, or that of whoever was here the longest ago. */
static struct place *set_find(struct set *set, const struct source *source)
{
	struct place *oldest = &set->places[0];

	for (size_t i = 0; i < WAYS; i++) {
		struct place *place = &set->places[i];
		if (place->kind == source->kind && place->key == source->key)
			return place;
		if (place->used < oldest->used)
			oldest = place;
	}
	return oldest;
}

static bool sources_ask(struct sources *sources, const struct source *source, int64_t now,
    bool take, int64_t *out_wait)
{
	size_t at = sources_set(sources, source);
	pthread_mutex_t *lock = &sources->shards[at % SHARDS].lock;
	struct place asked = { .kind = source->kind, .key = source->key };

	pthread_mutex_lock(lock);
	struct place *place = set_find(&sources->sets[at], source);
	if (place->kind == source->kind && place->key == source->key)
		asked.bucket = place->bucket;
	bool ok = bucket_take(&asked.bucket, source->most, source->window, now, out_wait);
	asked.used = now;
	if (take)
		*place = asked;
	pthread_mutex_unlock(lock);
	return ok;
}

bool sources_take(struct sources *sources, const struct source *source, int64_t now,
    int64_t *out_wait)
{
	return sources_ask(sources, source, now, true, out_wait);
}

bool sources_may(struct sources *sources, const struct source *source, int64_t now,
    int64_t *out_wait)
{
	return sources_ask(sources, source, now, false, out_wait);
}

void sources_owe(struct sources *sources, const struct source *source, int64_t now)
{
	size_t at = sources_set(sources, source);
	pthread_mutex_t *lock = &sources->shards[at % SHARDS].lock;
	struct place owing = { .kind = source->kind, .key = source->key, .used = now };

	pthread_mutex_lock(lock);
	struct place *place = set_find(&sources->sets[at], source);
	if (place->kind == source->kind && place->key == source->key)
		owing.bucket = place->bucket;
	bucket_owe(&owing.bucket, source->most, source->window, now);
	*place = owing;
	pthread_mutex_unlock(lock);
}
