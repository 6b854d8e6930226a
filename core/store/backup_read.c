/* Reads everything that lasts, and then again what has changed meanwhile. */
#include "store/backup_work.h"

#include "base/id.h"
#include "plugin/instance.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 128u			/* records or users: 8 MiB at worst */
#define BLOCK ((size_t)128 << 10)	/* bytes: sealed on a loop, in well under a millisecond */
#define FEW 128u			/* that may be left for when all changes are held */
#define ROUNDS 16u
#define TRIES 2000u			/* ms until changes that were begun have ended */

static struct seat *seat_of(const struct backup_turn *turn, enum binding_role role)
{
	return store_seat(turn->errand.store, role, turn->errand.loop);
}

static void failed(struct backup_turn *turn, enum sp_status status)
{
	backup_turn_fail(turn, status == SP_OK ? SP_FAILED : status,
	    "a backend could not be read to its end");
}

/* A block is closed when it is full: what is read while all is held may be several. */
static void page_over(struct backup_turn *turn)
{
	if (turn->pack.size >= BLOCK)
		backup_close(turn);
	backup_read(turn);
}

static void go_on_after(struct backup *backup, struct sp_bytes key)
{
	backup->after_size = key.size;
	if (key.size > 0)
		memcpy(backup->after, key.data, key.size);
}

/* Records. */

static void place_next(struct backup *backup)
{
	backup->after_size = 0;
	if (backup->row->scope == KIND_OF_TENANT && ++backup->tenant < backup->tenant_count)
		return;
	backup->tenant = 0;
	do
		backup->row++;
	while (backup->row->kind != KIND_NONE && (!kinds_backed_up(backup->row) ||
	    (backup->row->scope == KIND_OF_TENANT && backup->tenant_count == 0)));
}

static void tenant_found(struct backup *backup, const struct sp_record *record)
{
	struct sp_id id;

	if (record->at.kind != KIND_TENANT || !kinds_id(record, 0, &id))
		return;
	if (backup->tenant_count == backup->tenant_room) {
		backup->tenant_room = 2 * backup->tenant_room + 16;
		backup->tenants = realloc(backup->tenants,
		    backup->tenant_room * sizeof(*backup->tenants));
		if (backup->tenants == NULL)
			abort();
	}
	backup->tenants[backup->tenant_count++] = id;
}

static void records_got(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup_turn *turn = (struct backup_turn *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	if (status != SP_OK) {
		failed(turn, status);
		return;
	}
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		tenant_found(turn->backup, record);
		backup_put_record(turn, record);
	}
	if (list->count < list->limit)
		place_next(turn->backup);
	else
		go_on_after(turn->backup, list->last->at.key);
	page_over(turn);
}

static void records_ask(struct backup_turn *turn)
{
	static const struct sp_id server;
	struct backup *backup = turn->backup;

	if (backup->row->kind == KIND_NONE) {
		backup->phase = BACKUP_USERS;
		backup->tenant = 0;
		backup_read(turn);
		return;
	}
	struct sp_id scope = backup->row->scope == KIND_OF_TENANT ?
	    backup->tenants[backup->tenant] : server;
	struct sp_records_list *list = list_new(seat_of(turn, BINDING_RECORDS),
	    kinds_at(backup->row->kind, scope, NULL, 0), PAGE);
	list->after.size = backup->after_size;
	list->after.data = arena_copy(op_arena(&list->op), backup->after, backup->after_size);
	errand_call(&turn->errand, &list->op, records_got);
}

/* Users. */

static void users_got(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup_turn *turn = (struct backup_turn *)errand;
	struct backup *backup = turn->backup;
	const struct sp_users_list *list = (const struct sp_users_list *)answer;

	if (status != SP_OK) {
		failed(turn, status);
		return;
	}
	for (const struct sp_user *user = list->first; user != NULL; user = user->next)
		backup_put_user(turn, backup->tenants[backup->tenant], user);
	go_on_after(backup, list->next);
	if (list->next.size == 0)
		backup->tenant++;
	page_over(turn);
}

/* A backend that doesn't list keeps its users elsewhere, where others back them up. */
static void users_ask(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;
	struct seat *seat = seat_of(turn, BINDING_USERS);

	if (backup->tenant >= backup->tenant_count || seat == NULL ||
	    !users_offers(seat->instance, &users_kind_list)) {
		backup->phase = BACKUP_AGAIN;
		backup_put_changes(turn);
		backup_read(turn);
		return;
	}
	struct sp_users_list *list = users_list(seat, backup->tenants[backup->tenant], NULL,
	    (struct sp_bytes){ backup->after, backup->after_size }, PAGE);
	errand_call(&turn->errand, &list->op, users_got);
}

/* What has changed. */

static struct changed *todo_take(struct backup *backup)
{
	struct changed *changed = STAILQ_FIRST(&backup->todo);

	STAILQ_REMOVE_HEAD(&backup->todo, link);
	return changed;
}

static void user_again(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup_turn *turn = (struct backup_turn *)errand;
	const struct sp_users_find *get = (const struct sp_users_find *)answer;

	if (status != SP_OK && status != SP_NOT_FOUND) {
		failed(turn, status);
		return;
	}
	turn->backup->head.changed++;
	if (status == SP_OK)
		backup_put_user(turn, get->tenant, get->user);
	else
		backup_put_no_user(turn, get->tenant, get->id);
	page_over(turn);
}

static void records_again(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup_turn *turn = (struct backup_turn *)errand;
	const struct sp_records_get *get = (const struct sp_records_get *)answer;

	if (status != SP_OK) {
		failed(turn, status);
		return;
	}
	for (size_t i = 0; i < get->count; i++) {
		turn->backup->head.changed++;
		if (get->records[i]->revision != 0)
			backup_put_record(turn, get->records[i]);
		else
			backup_put_no_record(turn, &get->records[i]->at);
	}
	page_over(turn);
}

static bool address_same(const struct sp_address *a, const struct sp_address *b)
{
	return a->kind == b->kind && id_equal(a->scope, b->scope) &&
	    a->key.size == b->key.size && memcmp(a->key.data, b->key.data, a->key.size) == 0;
}

static bool address_among(const struct sp_address *at, const struct changed *const *taken,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_same(at, &taken[i]->at))
			return true;
	return false;
}

static void todo_records(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;
	struct changed *taken[SP_GET_MAX];
	struct sp_address at[SP_GET_MAX];
	size_t count = 0;

	while (count < SP_GET_MAX && !STAILQ_EMPTY(&backup->todo) &&
	    !STAILQ_FIRST(&backup->todo)->is_user) {
		struct changed *changed = todo_take(backup);
		if (address_among(&changed->at, (const struct changed *const *)taken, count)) {
			changed_free(changed);
			continue;
		}
		at[count] = changed->at;
		taken[count++] = changed;
	}
	struct sp_records_get *get = get_new(seat_of(turn, BINDING_RECORDS), at, count);
	for (size_t i = 0; i < count; i++)
		changed_free(taken[i]);
	errand_call(&turn->errand, &get->op, records_again);
}

static void todo_ask(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;

	if (!STAILQ_FIRST(&backup->todo)->is_user) {
		todo_records(turn);
		return;
	}
	struct changed *changed = todo_take(backup);
	struct sp_users_find *get = users_get(seat_of(turn, BINDING_USERS), changed->tenant,
	    changed->user);
	changed_free(changed);
	errand_call(&turn->errand, &get->op, user_again);
}

static void again_released(struct backup_turn *turn)
{
	turn->backup->held = false;
	turn->backup->phase = BACKUP_DONE;
	backup_read(turn);
}

static void again_last(struct backup_turn *turn)
{
	(void)lookout_take(turn->backup->lookout, &turn->backup->todo);
	backup_read(turn);
}

static void again_still(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;

	if (lookout_still(backup->lookout))
		backup_look(turn, LOOKOUT_COLLECT, again_last);
	else if (backup->tries++ < TRIES)
		backup_look(turn, LOOKOUT_STILL, again_still);
	else
		backup_turn_fail(turn, SP_UNAVAILABLE,
		    "a change that was begun does not end: see /readyz");
}

static void again_held(struct backup_turn *turn)
{
	backup_look(turn, LOOKOUT_STILL, again_still);
}

static void again_collected(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;
	size_t count = lookout_take(backup->lookout, &backup->todo);

	if (lookout_flooded(backup->lookout)) {
		backup_turn_fail(turn, SP_UNAVAILABLE, "more was changed meanwhile than can be "
		    "noted: try again when there is less to do");
		return;
	}
	if (count > FEW && backup->rounds++ < ROUNDS) {
		backup_read(turn);
		return;
	}
	backup->held = true;
	backup_look(turn, LOOKOUT_HOLD, again_held);
}

static void again_ask(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;

	if (!STAILQ_EMPTY(&backup->todo)) {
		todo_ask(turn);
	} else if (!backup->held) {
		backup_look(turn, LOOKOUT_COLLECT, again_collected);
	} else {
		backup_close(turn);
		backup_look(turn, LOOKOUT_RELEASE, again_released);
	}
}

void backup_read(struct backup_turn *turn)
{
	static void (*const ask[])(struct backup_turn *turn) = {
		[BACKUP_RECORDS] = records_ask, [BACKUP_USERS] = users_ask,
		[BACKUP_AGAIN] = again_ask,
	};
	struct backup *backup = turn->backup;

	if (!backup->held && (!STAILQ_EMPTY(&backup->ready) || backup->phase == BACKUP_DONE))
		backup_turn_give(turn);
	else
		ask[backup->phase](turn);
}
