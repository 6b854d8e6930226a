/*
 * records.c - ordered records in one sorted array of pointers
 *
 * Putting a record moves the pointers behind it: fine for thousands, not for millions.
 */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct item {
	uint16_t kind;
	struct sp_id scope;
	uint64_t revision;
	int64_t expires;
	size_t key_size, value_size;
	uint8_t bytes[];	/* the key, then the value */
};

static int item_compare(const struct item *item, const struct sp_address *at)
{
	size_t size = item->key_size < at->key.size ? item->key_size : at->key.size;
	int order = (item->kind > at->kind) - (item->kind < at->kind);

	if (order == 0)
		order = memcmp(&item->scope, &at->scope, sizeof(at->scope));
	if (order == 0 && size > 0)
		order = memcmp(item->bytes, at->key.data, size);
	if (order == 0)
		order = (item->key_size > at->key.size) - (item->key_size < at->key.size);
	return order;
}

/* The place of the first item that is not before `at`. */
static size_t records_place(const struct memory *memory, const struct sp_address *at)
{
	size_t low = 0, high = memory->item_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (item_compare(memory->items[middle], at) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool item_live(const struct item *item, int64_t now)
{
	return item->expires == 0 || item->expires > now;
}

static struct item *records_find(const struct memory *memory, const struct sp_address *at,
    int64_t now)
{
	size_t place = records_place(memory, at);
	struct item *item = place < memory->item_count ? memory->items[place] : NULL;

	if (item == NULL || item_compare(item, at) != 0 || !item_live(item, now))
		return NULL;
	return item;
}

static void record_fill(struct sp_op *op, struct sp_record *record, const struct item *item)
{
	void *value = sp_op_alloc(op, item->value_size);

	memcpy(value, item->bytes + item->key_size, item->value_size);
	record->value = (struct sp_bytes){ value, item->value_size };
	record->revision = item->revision;
	record->expires = item->expires;
}

void records_get(struct sp_records_get *get)
{
	struct memory *memory = get->op.self;

	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < get->count; i++) {
		const struct item *item = records_find(memory, &get->records[i]->at, get->op.now);
		if (item != NULL)
			record_fill(&get->op, get->records[i], item);
	}
	pthread_mutex_unlock(&memory->lock);
	sp_op_done(&get->op, SP_OK);
}

/* List. */

static bool item_listed(const struct item *item, const struct sp_records_list *list)
{
	const struct sp_bytes *prefix = &list->prefix.key;

	return item->kind == list->prefix.kind &&
	    memcmp(&item->scope, &list->prefix.scope, sizeof(item->scope)) == 0 &&
	    item->key_size >= prefix->size &&
	    (prefix->size == 0 || memcmp(item->bytes, prefix->data, prefix->size) == 0);
}

/* False: enough. */
static bool list_add(struct sp_records_list *list, const struct item *item)
{
	if (!item_live(item, list->op.now))
		return true;
	struct sp_record *record = sp_records_add(list);
	if (record == NULL)
		return false;
	void *key = sp_op_alloc(&list->op, item->key_size);
	memcpy(key, item->bytes, item->key_size);
	record->at.key = (struct sp_bytes){ key, item->key_size };
	record_fill(&list->op, record, item);
	return true;
}

static void list_forwards(const struct memory *memory, struct sp_records_list *list)
{
	struct sp_address after = list->prefix;
	size_t place = records_place(memory, &list->prefix);

	if (list->after.size > 0) {
		after.key = list->after;
		size_t beyond = records_place(memory, &after);
		if (beyond < memory->item_count && item_compare(memory->items[beyond], &after) == 0)
			beyond++;
		place = beyond > place ? beyond : place;
	}
	for (; place < memory->item_count && item_listed(memory->items[place], list); place++)
		if (!list_add(list, memory->items[place]))
			return;
}

static void list_backwards(const struct memory *memory, struct sp_records_list *list)
{
	struct sp_address after = list->prefix;
	size_t first = records_place(memory, &list->prefix), place = first;

	while (place < memory->item_count && item_listed(memory->items[place], list))
		place++;
	if (list->after.size > 0) {
		after.key = list->after;
		size_t before = records_place(memory, &after);
		place = before < place ? before : place;
	}
	while (place-- > first)
		if (!list_add(list, memory->items[place]))
			return;
}

void records_list(struct sp_records_list *list)
{
	struct memory *memory = list->op.self;

	pthread_mutex_lock(&memory->lock);
	if (list->backwards)
		list_backwards(memory, list);
	else
		list_forwards(memory, list);
	pthread_mutex_unlock(&memory->lock);
	sp_op_done(&list->op, SP_OK);
}

/* Reclaiming: a commit looks at some records, from where the last one stopped and around
 * again, and frees the long expired. Not at once, so that an operation that began a little
 * earlier sees what there was at its own time. */

#define RECLAIM_LEAST 64u	/* looked at by a commit, */
#define RECLAIM_FOR_EACH 4u	/* and for each of its changes */
#define RECLAIM_GRACE 60000	/* ms beyond the expiry */

static void records_reclaim(struct memory *memory, size_t changes, int64_t now)
{
	size_t from = memory->place < memory->item_count ? memory->place : 0, to = from;
	size_t end = from + RECLAIM_LEAST + RECLAIM_FOR_EACH * changes;
	bool around = end >= memory->item_count;

	if (around)
		end = memory->item_count;
	for (; from < end; from++) {
		if (item_live(memory->items[from], now - RECLAIM_GRACE))
			memory->items[to++] = memory->items[from];
		else
			free(memory->items[from]);
	}
	memory->place = around ? 0 : to;
	if (to == end)
		return;
	memmove(&memory->items[to], &memory->items[end],
	    (memory->item_count - end) * sizeof(struct item *));
	memory->item_count -= end - to;
}

/* Commit. */

static int64_t counter_read(const struct item *item)
{
	uint64_t total = 0;

	for (size_t i = 0; i < 8; i++)
		total = total << 8 | item->bytes[item->key_size + i];
	return (int64_t)total;
}

static enum sp_status add_check(struct sp_change *change, const struct item *item)
{
	int64_t total;

	if (item != NULL && item->value_size != 8)
		return SP_FAILED;
	change->total = item != NULL ? counter_read(item) : 0;
	if (__builtin_add_overflow(change->total, change->delta, &total))
		return SP_REJECTED;
	return change->delta > 0 && total > change->limit ? SP_REJECTED : SP_OK;
}

/* All expectations and limits, before the first write. The first failure counts,
 * but every add learns its total. */
static enum sp_status commit_check(const struct memory *memory, struct sp_records_commit *commit)
{
	enum sp_status result = SP_OK;

	for (size_t i = 0; i < commit->count; i++) {
		struct sp_change *change = commit->changes[i];
		const struct item *item = records_find(memory, &change->at, commit->op.now);
		uint64_t revision = item != NULL ? item->revision : SP_ABSENT;
		enum sp_status status = SP_OK;
		if (change->action == SP_ADD)
			status = add_check(change, item);
		if (change->expect != SP_ANY && change->expect != revision)
			status = SP_CONFLICT;
		if (status != SP_OK && result == SP_OK) {
			result = status;
			commit->failed = change;
		}
	}
	return result;
}

static void records_remove(struct memory *memory, const struct sp_address *at)
{
	size_t place = records_place(memory, at);

	if (place == memory->item_count || item_compare(memory->items[place], at) != 0)
		return;
	free(memory->items[place]);
	memory->item_count--;
	memmove(&memory->items[place], &memory->items[place + 1],
	    (memory->item_count - place) * sizeof(struct item *));
}

static void records_put(struct memory *memory, const struct sp_address *at,
    struct sp_bytes value, int64_t expires)
{
	struct item *item = calloc(1, sizeof(*item) + at->key.size + value.size);

	if (memory->item_count == memory->item_room) {
		memory->item_room = memory->item_room * 2 + 64;
		memory->items = realloc(memory->items, memory->item_room * sizeof(struct item *));
	}
	if (item == NULL || memory->items == NULL)
		abort();
	*item = (struct item){ .kind = at->kind, .scope = at->scope, .expires = expires,
		.revision = memory->revision, .key_size = at->key.size,
		.value_size = value.size };
	memcpy(item->bytes, at->key.data, at->key.size);
	if (value.size > 0)
		memcpy(item->bytes + at->key.size, value.data, value.size);
	records_remove(memory, at);
	size_t place = records_place(memory, at);
	memmove(&memory->items[place + 1], &memory->items[place],
	    (memory->item_count - place) * sizeof(struct item *));
	memory->items[place] = item;
	memory->item_count++;
}

static void records_count(struct memory *memory, struct sp_change *change, int64_t now)
{
	const struct item *item = records_find(memory, &change->at, now);
	int64_t expires = change->window > 0 ? now + change->window : 0;
	uint8_t bytes[8];

	change->total += change->delta;
	if (change->total < 0)
		change->total = 0;
	if (item == NULL && change->total == 0)
		return;
	if (item != NULL)
		expires = item->expires;
	for (size_t i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)change->total >> (56 - 8 * i));
	records_put(memory, &change->at, (struct sp_bytes){ bytes, 8 }, expires);
}

void records_commit(struct sp_records_commit *commit)
{
	struct memory *memory = commit->op.self;

	pthread_mutex_lock(&memory->lock);
	enum sp_status status = commit_check(memory, commit);
	if (status == SP_OK)
		commit->revision = ++memory->revision;
	for (size_t i = 0; status == SP_OK && i < commit->count; i++) {
		struct sp_change *change = commit->changes[i];
		if (change->action == SP_PUT)
			records_put(memory, &change->at, change->value, change->expires);
		else if (change->action == SP_REMOVE)
			records_remove(memory, &change->at);
		else if (change->action == SP_ADD)
			records_count(memory, change, commit->op.now);
	}
	if (status == SP_OK)
		records_reclaim(memory, commit->count, commit->op.now);
	pthread_mutex_unlock(&memory->lock);
	sp_op_done(&commit->op, status);
}

void records_done(struct memory *memory)
{
	while (memory->item_count > 0)
		free(memory->items[--memory->item_count]);
	free(memory->items);
}
