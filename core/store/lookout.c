#include "store/lookout.h"

#include "base/arena.h"
#include "loop/loop.h"
#include "plugin/instance.h"
#include "store/kinds.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#define NOTES_MAX ((size_t)1 << 18)	/* on one loop, until they are collected */

/* One loop's. */
struct part {
	struct task task;
	struct lookout *lookout;
	struct loop *loop;
	struct seat *seats[2];		/* records, users; NULL: the same, or no such role */
	struct changed_list notes, handed;
	size_t noted, handed_count;
	bool still;
};

struct lookout {
	struct store *store;
	enum lookout_move move;
	_Atomic unsigned left;		/* loops that have yet to make it */
	_Atomic bool flooded;
	struct part parts[];
};

void changed_free(struct changed *changed)
{
	free(changed);
}

struct lookout *lookout_new(struct store *store)
{
	unsigned count = store->set.loop_count;
	struct lookout *lookout = must_calloc(1, sizeof(*lookout) + count * sizeof(struct part));

	lookout->store = store;
	for (unsigned i = 0; i < count; i++) {
		struct part *part = &lookout->parts[i];
		part->lookout = lookout;
		part->loop = store->set.loops[i];
		STAILQ_INIT(&part->notes);
		STAILQ_INIT(&part->handed);
	}
	return lookout;
}

static void list_free(struct changed_list *list)
{
	struct changed *changed;

	while ((changed = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, link);
		changed_free(changed);
	}
}

void lookout_free(struct lookout *lookout)
{
	if (lookout == NULL)
		return;
	for (unsigned i = 0; i < lookout->store->set.loop_count; i++) {
		list_free(&lookout->parts[i].notes);
		list_free(&lookout->parts[i].handed);
	}
	free(lookout);
}

/* Notes. */

static struct changed *note(struct part *part, size_t room)
{
	if (part->noted == NOTES_MAX) {
		atomic_store(&part->lookout->flooded, true);
		return NULL;
	}
	struct changed *changed = must_calloc(1, sizeof(*changed) + room);
	STAILQ_INSERT_TAIL(&part->notes, changed, link);
	part->noted++;
	return changed;
}

static void note_record(struct part *part, const struct sp_address *at)
{
	const struct kind_row *row = kinds_row(at->kind);
	struct changed *changed = row != NULL && kinds_backed_up(row) ?
	    note(part, at->key.size) : NULL;

	if (changed == NULL)
		return;
	changed->at = *at;
	memcpy(changed->key, at->key.data, at->key.size);
	changed->at.key.data = changed->key;
}

static void note_op(void *watcher, enum op_place place, const struct sp_op *op)
{
	const struct sp_records_commit *commit = (const struct sp_records_commit *)op;
	const struct sp_users_change *change = (const struct sp_users_change *)op;
	struct part *part = watcher;
	struct changed *changed;

	if (place == OP_RECORDS_COMMIT) {
		for (size_t i = 0; i < commit->count; i++)
			if (commit->changes[i]->action != SP_CHECK)
				note_record(part, &commit->changes[i]->at);
	} else if (place == OP_USERS_CREATE || place == OP_USERS_UPDATE ||
	    place == OP_USERS_REMOVE) {
		changed = note(part, 0);
		if (changed == NULL)
			return;
		changed->is_user = true;
		changed->tenant = change->tenant;
		changed->user = change->user->id;
	}
}

/* Moves, on each loop. */

static void part_seats(struct part *part)
{
	const struct store *store = part->lookout->store;

	part->seats[0] = store_seat(store, BINDING_RECORDS, part->loop);
	part->seats[1] = store_seat(store, BINDING_USERS, part->loop);
	if (part->seats[1] == part->seats[0])
		part->seats[1] = NULL;
}

static void part_seat(struct part *part, struct seat *seat)
{
	switch (part->lookout->move) {
	case LOOKOUT_BEGIN:
		seat->watch = note_op;
		seat->watcher = part;
		break;
	case LOOKOUT_HOLD:
		op_hold(seat);
		break;
	case LOOKOUT_STILL:
		part->still = part->still && seat->changing == 0;
		break;
	case LOOKOUT_END:
		seat->watch = NULL;
		seat->watcher = NULL;
		op_release(seat);
		break;
	case LOOKOUT_RELEASE:
		op_release(seat);
		break;
	case LOOKOUT_COLLECT:
		break;
	}
}

static void part_move(struct task *task)
{
	struct part *part = (struct part *)task;
	struct lookout *lookout = part->lookout;

	if (lookout->move == LOOKOUT_BEGIN)
		part_seats(part);
	part->still = true;
	for (size_t i = 0; i < 2; i++)
		if (part->seats[i] != NULL)
			part_seat(part, part->seats[i]);
	if (lookout->move == LOOKOUT_COLLECT) {
		STAILQ_CONCAT(&part->handed, &part->notes);
		part->handed_count += part->noted;
		part->noted = 0;
	}
	atomic_fetch_sub_explicit(&lookout->left, 1, memory_order_release);
}

void lookout_do(struct lookout *lookout, enum lookout_move move)
{
	unsigned count = lookout->store->set.loop_count;

	lookout->move = move;
	atomic_store_explicit(&lookout->left, count, memory_order_release);
	for (unsigned i = 0; i < count; i++) {
		struct part *part = &lookout->parts[i];
		part->task.run = part_move;
		if (part->loop == loop_current())
			loop_later(part->loop, &part->task);
		else
			loop_post(part->loop, &part->task);
	}
}

bool lookout_did(const struct lookout *lookout)
{
	return atomic_load_explicit(&lookout->left, memory_order_acquire) == 0;
}

bool lookout_still(const struct lookout *lookout)
{
	for (unsigned i = 0; i < lookout->store->set.loop_count; i++)
		if (!lookout->parts[i].still)
			return false;
	return true;
}

size_t lookout_take(struct lookout *lookout, struct changed_list *list)
{
	size_t count = 0;

	for (unsigned i = 0; i < lookout->store->set.loop_count; i++) {
		STAILQ_CONCAT(list, &lookout->parts[i].handed);
		count += lookout->parts[i].handed_count;
		lookout->parts[i].handed_count = 0;
	}
	return count;
}

bool lookout_flooded(const struct lookout *lookout)
{
	return atomic_load(&lookout->flooded);
}
