#include "store/restore_write.h"

#include "base/arena.h"
#include "base/id.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/kinds.h"
#include "store/metas.h"

#include <stdlib.h>

/* Users, many at once: a backend that commits in groups syncs once for all of them. */
struct volley {
	struct store_wait wait;
	struct sp_op *(*make)(struct seat *seat, const struct restore_user *user);
	const struct restore_user *users;
	size_t count, left;		/* the loop's */
};

static void volley_heard(void *arg, struct sp_op *answer, enum sp_status status)
{
	struct volley *volley = arg;

	(void)answer;
	if (status != SP_OK && volley->wait.status == SP_OK)
		volley->wait.status = status;
	if (--volley->left == 0)
		store_woken(&volley->wait, volley->wait.status);
}

static void volley_begin(struct loop *loop, void *arg)
{
	struct volley *volley = arg;
	struct seat *seat = store_seat(volley->wait.store, BINDING_USERS, loop);
	enum sp_status status;

	volley->wait.status = SP_OK;
	volley->left = volley->count + 1;
	for (size_t i = 0; i < volley->count; i++) {
		struct sp_op *op = volley->make(seat, &volley->users[i]);
		if (!op_call(op, volley_heard, volley))
			continue;
		struct sp_op *answer = op_answer(op, &status);
		volley_heard(volley, answer, status);
		op_free(op);
	}
	volley_heard(volley, NULL, SP_OK);
}

static struct sp_op *user_create(struct seat *seat, const struct restore_user *user)
{
	return &users_create(seat, user->tenant, &user->user)->op;
}

static struct sp_op *user_remove(struct seat *seat, const struct restore_user *user)
{
	return &users_remove(seat, user->tenant, user->user.id, user->user.revision)->op;
}

enum sp_status restore_put_users(struct store *store, const struct restore_user *users,
    size_t count)
{
	struct volley volley = { .wait.store = store, .make = user_create, .users = users,
		.count = count };

	return count > 0 ? store_wait(&volley.wait, volley_begin) : SP_OK;
}

/* Records. */

/* Within the limits: a block is smaller than a commit may be (restore_file.c). */
struct sp_op *restore_ready(struct sp_records_commit *commit)
{
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

struct batch { const struct sp_record *records; size_t count; };

static struct sp_op *batch_make(struct seat *seat, void *arg)
{
	const struct batch *batch = arg;
	struct sp_records_commit *commit = commit_new(seat, batch->count);

	for (size_t i = 0; i < batch->count; i++) {
		const struct sp_record *record = &batch->records[i];
		(void)kinds_put(commit, record->at, record->value, record->expires, SP_ANY);
	}
	return restore_ready(commit);
}

enum sp_status restore_put_records(struct store *store, const struct sp_record *records,
    size_t count)
{
	struct batch batch = { records, count };
	struct store_ask ask = { BINDING_RECORDS, batch_make, NULL, &batch };

	return count > 0 ? store_ask(store, &ask) : SP_OK;
}

/* Wiping. */

struct wipe {
	struct arena arena;
	struct sp_address prefix;
	struct sp_id tenant;
	struct sp_address *found;
	struct restore_user *users;
	size_t count;
};

static struct sp_op *wipe_list(struct seat *seat, void *arg)
{
	struct wipe *wipe = arg;

	return &list_new(seat, wipe->prefix, SP_LIST_MAX)->op;
}

static void wipe_listed(struct sp_op *answer, void *arg)
{
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct wipe *wipe = arg;

	wipe->count = 0;
	wipe->found = arena_alloc(&wipe->arena, (list->count + 1) * sizeof(*wipe->found));
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		struct sp_address *at = &wipe->found[wipe->count++];
		*at = record->at;
		at->key.data = arena_copy(&wipe->arena, record->at.key.data, record->at.key.size);
	}
}

static struct sp_op *wipe_remove(struct seat *seat, void *arg)
{
	struct wipe *wipe = arg;
	struct sp_records_commit *commit = commit_new(seat, wipe->count);

	for (size_t i = 0; i < wipe->count; i++)
		kinds_remove(commit, wipe->found[i], SP_ANY);
	return restore_ready(commit);
}

static struct sp_op *wipe_people(struct seat *seat, void *arg)
{
	struct wipe *wipe = arg;

	return &users_list(seat, wipe->tenant, NULL, (struct sp_bytes){ 0 }, RESTORE_VOLLEY)->op;
}

static void wipe_met(struct sp_op *answer, void *arg)
{
	const struct sp_users_list *list = (const struct sp_users_list *)answer;
	struct wipe *wipe = arg;

	wipe->count = 0;
	wipe->users = arena_alloc(&wipe->arena, (list->count + 1) * sizeof(*wipe->users));
	for (const struct sp_user *user = list->first; user != NULL; user = user->next)
		wipe->users[wipe->count++] = (struct restore_user){ wipe->tenant,
			{ .id = user->id, .revision = user->revision } };
}

static enum sp_status wipe_users(struct store *store, struct sp_id tenant)
{
	struct wipe wipe = { .tenant = tenant };
	struct store_ask list = { BINDING_USERS, wipe_people, wipe_met, &wipe };
	struct volley volley = { .wait.store = store, .make = user_remove };
	enum sp_status status;

	arena_init(&wipe.arena, NULL, 0);
	do {
		arena_done(&wipe.arena);
		wipe.count = 0;
		status = store_ask(store, &list);
		if (status == SP_REJECTED)
			status = SP_OK;		/* it keeps its users elsewhere */
		volley.users = wipe.users;
		volley.count = wipe.count;
		if (status == SP_OK && wipe.count > 0)
			status = store_wait(&volley.wait, volley_begin);
	} while (status == SP_OK && wipe.count > 0);
	arena_done(&wipe.arena);
	return status;
}

static enum sp_status wipe_kind(struct store *store, enum kind kind, struct sp_id scope);

static enum sp_status wipe_tenant(struct store *store, struct sp_id tenant)
{
	enum sp_status status = wipe_users(store, tenant);

	for (const struct kind_row *row = kinds; status == SP_OK && row->kind != KIND_NONE; row++)
		if (row->scope == KIND_OF_TENANT)
			status = wipe_kind(store, row->kind, tenant);
	return status;
}

/* One page after another, since each is gone after its turn; a tenant with all that is its own. */
static enum sp_status wipe_kind(struct store *store, enum kind kind, struct sp_id scope)
{
	struct wipe wipe = { .count = 0 };
	struct store_ask list = { BINDING_RECORDS, wipe_list, wipe_listed, &wipe };
	struct store_ask clear = { BINDING_RECORDS, wipe_remove, NULL, &wipe };
	enum sp_status status;
	struct sp_id tenant;

	arena_init(&wipe.arena, NULL, 0);
	do {
		arena_done(&wipe.arena);
		wipe.prefix = kinds_at(kind, scope, NULL, 0);
		status = store_ask(store, &list);
		for (size_t i = 0; kind == KIND_TENANT && status == SP_OK && i < wipe.count; i++) {
			struct sp_record record = { .at = wipe.found[i] };
			if (kinds_id(&record, 0, &tenant))
				status = wipe_tenant(store, tenant);
		}
		if (status == SP_OK && wipe.count > 0)
			status = store_ask(store, &clear);
	} while (status == SP_OK && wipe.count == SP_LIST_MAX);
	arena_done(&wipe.arena);
	return status;
}

enum sp_status restore_wipe(struct store *store, const struct sp_id *tenants, size_t count)
{
	enum sp_status status = SP_OK;

	for (size_t i = 0; status == SP_OK && i < count; i++)
		status = wipe_tenant(store, tenants[i]);
	for (const struct kind_row *row = kinds; status == SP_OK && row->kind != KIND_NONE; row++)
		if (row->scope == KIND_OF_SERVER && row->kind != KIND_META)
			status = wipe_kind(store, row->kind, (struct sp_id){ 0 });
	return status;
}

enum sp_status restore_peopled(struct store *store, const struct sp_id *tenants, size_t count,
    bool *out_peopled)
{
	struct wipe wipe = { .count = 0 };
	struct store_ask list = { BINDING_USERS, wipe_people, wipe_met, &wipe };
	enum sp_status status = SP_OK;

	arena_init(&wipe.arena, NULL, 0);
	for (size_t i = 0; status == SP_OK && wipe.count == 0 && i < count; i++) {
		wipe.tenant = tenants[i];
		status = store_ask(store, &list);
	}
	arena_done(&wipe.arena);
	if (status == SP_OK || status == SP_REJECTED)
		*out_peopled = wipe.count > 0;
	return status == SP_REJECTED ? SP_OK : status;
}
