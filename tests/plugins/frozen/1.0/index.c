#include "index.h"

#include <stdlib.h>
#include <string.h>

/* While it is built: one for each id in each scope. */
struct pair {
	struct sp_id id;
	uint32_t policy;
	bool exclude;
};

struct key {
	struct sp_id id;
	uint32_t include, exclude, end;	/* where its lists begin and end in `policies` */
};

struct index {
	size_t mask;		/* slots less one, a power of two */
	uint32_t *slots;	/* place of a key, plus one; 0: empty */
	struct key *keys;
	uint32_t *policies;
};

static size_t id_hash(const struct sp_id *id)
{
	uint64_t half[2];

	memcpy(half, id, sizeof(half));
	half[0] = (half[0] ^ (half[0] >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
	half[1] = (half[1] ^ (half[1] >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
	return (size_t)((half[0] ^ (half[0] >> 31)) + (half[1] ^ (half[1] >> 30)));
}

static int pair_compare(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = memcmp(&x->id, &y->id, sizeof(x->id));

	if (order == 0)
		order = x->exclude - y->exclude;
	return order != 0 ? order : (x->policy > y->policy) - (x->policy < y->policy);
}

static size_t pairs_add(struct pair *pairs, size_t count, struct sp_ids ids, size_t policy,
    bool exclude)
{
	for (size_t i = 0; i < ids.count; i++)
		pairs[count++] = (struct pair){ ids.sorted[i], (uint32_t)policy, exclude };
	return count;
}

static struct pair *pairs_new(const struct sp_policy_row *const *rows, size_t count,
    index_scope_fn *scope, size_t *out_count)
{
	size_t room = 0, n = 0;

	for (size_t i = 0; i < count; i++)
		room += scope(rows[i])->include.count + scope(rows[i])->exclude.count;
	struct pair *pairs = calloc(room + 1, sizeof(*pairs));
	if (pairs == NULL || room > UINT32_MAX / 4) {
		free(pairs);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		n = pairs_add(pairs, n, scope(rows[i])->include, i, false);
		n = pairs_add(pairs, n, scope(rows[i])->exclude, i, true);
	}
	qsort(pairs, n, sizeof(*pairs), pair_compare);
	*out_count = n;
	return pairs;
}

static void index_enter(struct index *index, uint32_t key)
{
	size_t slot = id_hash(&index->keys[key].id) & index->mask;

	while (index->slots[slot] != 0)
		slot = (slot + 1) & index->mask;
	index->slots[slot] = key + 1;
}

/* The pairs are in order: a key for each run of one id. */
static void index_fill(struct index *index, const struct pair *pairs, size_t count)
{
	uint32_t keys = 0;

	for (uint32_t i = 0; i < count;) {
		struct key *key = &index->keys[keys];
		*key = (struct key){ .id = pairs[i].id, .include = i, .exclude = i };
		for (; i < count && memcmp(&pairs[i].id, &key->id, sizeof(key->id)) == 0; i++) {
			index->policies[i] = pairs[i].policy;
			if (!pairs[i].exclude)
				key->exclude = i + 1;
		}
		key->end = i;
		index_enter(index, keys++);
	}
}

struct index *index_new(const struct sp_policy_row *const *rows, size_t count,
    index_scope_fn *scope)
{
	struct index *index = calloc(1, sizeof(*index));
	size_t pair_count = 0, slots = 2;
	struct pair *pairs = pairs_new(rows, count, scope, &pair_count);

	if (index == NULL || pairs == NULL)
		goto out;
	while (slots < pair_count * 2)
		slots *= 2;
	index->mask = slots - 1;
	index->slots = calloc(slots, sizeof(*index->slots));
	index->keys = calloc(pair_count + 1, sizeof(*index->keys));
	index->policies = calloc(pair_count + 1, sizeof(*index->policies));
	if (index->slots == NULL || index->keys == NULL || index->policies == NULL)
		goto out;
	index_fill(index, pairs, pair_count);
	free(pairs);
	return index;
out:
	free(pairs);
	index_free(index);
	return NULL;
}

void index_free(struct index *index)
{
	if (index == NULL)
		return;
	free(index->slots);
	free(index->keys);
	free(index->policies);
	free(index);
}

struct index_lists index_find(const struct index *index, const struct sp_id *id)
{
	size_t slot = id_hash(id) & index->mask;

	for (; index->slots[slot] != 0; slot = (slot + 1) & index->mask) {
		const struct key *key = &index->keys[index->slots[slot] - 1];
		if (memcmp(&key->id, id, sizeof(*id)) == 0)
			return (struct index_lists){
				index->policies + key->include, index->policies + key->exclude,
				key->exclude - key->include, key->end - key->exclude };
	}
	return (struct index_lists){ 0 };
}
