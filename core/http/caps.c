#include "http/caps.h"

#include "base/arena.h"
#include "base/random.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SHARDS 64u
#define BUCKETS 64u

struct entry { struct entry *next; uint64_t key; unsigned count; };

struct shard {
	pthread_mutex_t lock;
	struct entry *buckets[BUCKETS];
};

struct caps {
	_Atomic unsigned total;
	uint64_t seed;		/* nobody chooses who shares a bucket */
	struct shard shards[SHARDS];
};

struct caps *caps_new(void)
{
	struct caps *caps = must_calloc(1, sizeof(*caps));

	random_fill(&caps->seed, sizeof(caps->seed));
	for (unsigned i = 0; i < SHARDS; i++)
		pthread_mutex_init(&caps->shards[i].lock, NULL);
	return caps;
}

void caps_free(struct caps *caps)
{
	if (caps == NULL)
		return;
	for (unsigned i = 0; i < SHARDS * BUCKETS; i++) {
		struct entry *entry;
		while ((entry = caps->shards[i / BUCKETS].buckets[i % BUCKETS]) != NULL) {
			caps->shards[i / BUCKETS].buckets[i % BUCKETS] = entry->next;
			free(entry);
		}
	}
	for (unsigned i = 0; i < SHARDS; i++)
		pthread_mutex_destroy(&caps->shards[i].lock);
	free(caps);
}

bool caps_take(struct caps *caps, unsigned most)
{
	if (atomic_fetch_add_explicit(&caps->total, 1, memory_order_relaxed) < most)
		return true;
	caps_give(caps);
	return false;
}

unsigned caps_total(const struct caps *caps)
{
	return atomic_load_explicit(&caps->total, memory_order_relaxed);
}

void caps_give(struct caps *caps)
{
	atomic_fetch_sub_explicit(&caps->total, 1, memory_order_relaxed);
}

static struct entry **caps_find(struct caps *caps, uint64_t key, struct shard **out_shard)
{
	uint64_t hash = (key ^ caps->seed) * UINT64_C(0x9e3779b97f4a7c15);
	struct shard *shard = &caps->shards[hash >> 58];
	struct entry **at = &shard->buckets[hash >> 52 & (BUCKETS - 1)];

	pthread_mutex_lock(&shard->lock);
	while (*at != NULL && (*at)->key != key)
		at = &(*at)->next;
	*out_shard = shard;
	return at;
}

bool caps_take_source(struct caps *caps, uint64_t key, unsigned most)
{
	struct shard *shard;
	struct entry **at = caps_find(caps, key, &shard);
	bool took = most > 0 && (*at == NULL || (*at)->count < most);

	if (took && *at == NULL) {
		*at = must_calloc(1, sizeof(**at));
		(*at)->key = key;
	}
	if (took)
		(*at)->count++;
	pthread_mutex_unlock(&shard->lock);
	return took;
}

void caps_give_source(struct caps *caps, uint64_t key)
{
	struct shard *shard;
	struct entry **at = caps_find(caps, key, &shard), *entry = *at;

	if (entry != NULL && --entry->count == 0) {
		*at = entry->next;
		free(entry);
	}
	pthread_mutex_unlock(&shard->lock);
}
