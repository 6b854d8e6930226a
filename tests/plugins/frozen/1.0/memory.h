/*
 * memory.h - all that the plugin holds, under one lock
 *
 * The only bundled plugin that locks: it answers at once on every loop. No function
 * here waits for anything while it holds the lock.
 */
#pragma once

#include <sallyport/records.h>
#include <sallyport/users.h>

#include <pthread.h>

struct item;
struct person;
struct name;

struct memory {
	pthread_mutex_t lock;	/* guards all below */
	uint64_t revision;
	struct item **items;	/* in the order of addresses */
	size_t item_count, item_room;
	size_t place;		/* where reclaiming goes on */
	struct person **persons;	/* by tenant, then id */
	size_t person_count, person_room;
	struct name *names;	/* by tenant, then identifier */
	size_t name_count, name_room;
};

void records_get(struct sp_records_get *get);
void records_list(struct sp_records_list *list);
void records_commit(struct sp_records_commit *commit);
void records_done(struct memory *memory);

void users_find(struct sp_users_find *find);
void users_get(struct sp_users_find *get);
void users_create(struct sp_users_change *create);
void users_update(struct sp_users_change *update);
void users_remove(struct sp_users_change *change);
void users_list(struct sp_users_list *list);
void users_done(struct memory *memory);
