#include "store/backup.h"

#include "base/clock.h"
#include "base/id.h"
#include "crypto/ring.h"
#include "crypto/seal.h"
#include "plugin/records.h"
#include "store/backup_work.h"
#include "store/metas.h"
#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define KEEPER_EVERY 20		/* ms */
#define LEAVING 5		/* ms between two looks at one that is over */

/* Where the one backup is found, from any loop. */
struct backup_desk {
	pthread_mutex_t lock;
	struct backup *backup;
};

struct backup_desk *backup_desk_new(void)
{
	struct backup_desk *desk = must_calloc(1, sizeof(*desk));

	pthread_mutex_init(&desk->lock, NULL);
	return desk;
}

void backup_desk_free(struct backup_desk *desk)
{
	if (desk == NULL)
		return;
	pthread_mutex_destroy(&desk->lock);
	free(desk);
}

/* Blocks. */

void backup_pack(struct backup_turn *turn)
{
	pack_begin(&turn->pack, &turn->errand.arena, BACKUP_FORMAT);
	turn->entries = 0;
}

void backup_close(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;
	struct backup_bound bound = { backup->head.id, backup->head.blocks };
	struct seal how = { backup->store->ring, BACKUP_PURPOSE, { &bound, sizeof(bound) } };
	struct sp_bytes plain = pack_end(&turn->pack);

	if (turn->entries == 0)
		return;
	struct sp_bytes sealed = seal(&turn->errand.arena, &how,
	    (struct secret){ plain.data, plain.size });
	struct backup_block *block = must_calloc(1, sizeof(*block) + 4 + sealed.size);
	for (size_t i = 0; i < 4; i++)
		block->data[i] = (unsigned char)(sealed.size >> (24 - 8 * i));
	memcpy(block->data + 4, sealed.data, sealed.size);
	block->size = 4 + sealed.size;
	crypto_hash_sha256_update(&backup->hash, block->data, block->size);
	backup->head.blocks++;
	backup->head.bytes += block->size;
	STAILQ_INSERT_TAIL(&backup->ready, block, link);
	backup_pack(turn);
}

/* Turns. */

void backup_turn_end(struct backup_turn *turn, enum sp_status status,
    const struct backup_part *part)
{
	struct backup *backup = turn->backup;
	struct backup_desk *desk = turn->errand.store->backups;

	turn->done(turn->arg, status, part);
	pthread_mutex_lock(&desk->lock);
	backup->busy = false;
	backup->touched = clock_loop();
	backup->over |= backup->why != NULL;
	pthread_mutex_unlock(&desk->lock);
	errand_end(&turn->errand);
}

void backup_turn_fail(struct backup_turn *turn, enum sp_status status, const char *why)
{
	struct backup_part part = { .why = why };

	turn->backup->why = why;
	backup_turn_end(turn, status, &part);
}

static void turn_last(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;
	struct backup_part part = { .last = true,
		.done = backup->head.users + backup->head.records };

	backup->head.created = clock_wall();
	crypto_hash_sha256_final(&backup->hash, backup->head.hash);
	char *head = backup_head_write(&turn->errand.arena, &backup->head, backup->store->ring);
	if (head == NULL) {
		backup_turn_fail(turn, SP_FAILED, "the key ring is too long for a backup");
		return;
	}
	part.block = (struct sp_bytes){ head, BACKUP_HEAD };
	backup->why = "it has been read to its end";
	backup_turn_end(turn, SP_OK, &part);
}

void backup_turn_give(struct backup_turn *turn)
{
	struct backup *backup = turn->backup;
	struct backup_block *block = STAILQ_FIRST(&backup->ready);

	if (block == NULL) {
		turn_last(turn);
		return;
	}
	struct backup_part part = { .block = { block->data, block->size },
		.done = backup->head.users + backup->head.records };
	STAILQ_REMOVE_HEAD(&backup->ready, link);
	backup_turn_end(turn, SP_OK, &part);
	free(block);
}

static void looked(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup_turn *turn = (struct backup_turn *)errand;

	(void)answer, (void)status;
	if (lookout_did(turn->backup->lookout))
		turn->then(turn);
	else
		errand_pause(errand, 1, looked);
}

void backup_look(struct backup_turn *turn, enum lookout_move move,
    void (*then)(struct backup_turn *turn))
{
	turn->then = then;
	lookout_do(turn->backup->lookout, move);
	errand_pause(&turn->errand, 1, looked);
}

/* The keeper: frees it when it is over, or when nobody comes any more. */

struct keeper { struct errand errand; struct backup *backup; };

static void backup_free(struct backup *backup)
{
	struct backup_block *block;

	while ((block = STAILQ_FIRST(&backup->ready)) != NULL) {
		STAILQ_REMOVE_HEAD(&backup->ready, link);
		free(block);
	}
	while (!STAILQ_EMPTY(&backup->todo)) {
		struct changed *changed = STAILQ_FIRST(&backup->todo);
		STAILQ_REMOVE_HEAD(&backup->todo, link);
		changed_free(changed);
	}
	lookout_free(backup->lookout);
	free(backup->tenants);
	arena_done(&backup->arena);
	free(backup);
}

static void keeper_leave(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup *backup = ((struct keeper *)errand)->backup;
	struct backup_desk *desk = errand->store->backups;

	(void)answer, (void)status;
	if (!lookout_did(backup->lookout)) {
		errand_pause(errand, 1, keeper_leave);
		return;
	}
	pthread_mutex_lock(&desk->lock);
	desk->backup = NULL;
	pthread_mutex_unlock(&desk->lock);
	backup_free(backup);
	errand_end(errand);
}

static void keeper_look(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup *backup = ((struct keeper *)errand)->backup;
	struct backup_desk *desk = errand->store->backups;

	(void)answer, (void)status;
	pthread_mutex_lock(&desk->lock);
	backup->over |= errand_hurried(errand) ||
	    clock_loop() - backup->touched > BACKUP_PATIENCE;
	bool ends = backup->over && !backup->busy;
	pthread_mutex_unlock(&desk->lock);
	if (ends)
		lookout_do(backup->lookout, LOOKOUT_END);
	errand_pause(errand, ends ? 1 : KEEPER_EVERY, ends ? keeper_leave : keeper_look);
}

/* Beginning. */

static void begin_watched(struct backup_turn *turn)
{
	backup_turn_end(turn, SP_OK, NULL);
}

static void begin_got(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup_turn *turn = (struct backup_turn *)errand;
	struct backup *backup = turn->backup;
	const struct sp_records_get *get = (const struct sp_records_get *)answer;
	struct meta meta;

	if (status != SP_OK || !metas_read(get->records[0], &meta) ||
	    get->records[1]->revision == 0) {
		backup_turn_fail(turn, SP_UNAVAILABLE, "the store's own records can't be read");
		return;
	}
	struct sp_bytes ring = get->records[1]->value;
	backup->head = (struct backup_head){ .id = backup->head.id, .server = VERSION,
		.store_format = meta.format, .epoch = meta.epoch, .opened = meta.created,
		.ring = { arena_copy(&backup->arena, ring.data, ring.size), ring.size } };
	backup_look(turn, LOOKOUT_BEGIN, begin_watched);
}

static struct backup *backup_new(struct store *store)
{
	struct backup *backup = must_calloc(1, sizeof(*backup));

	backup->store = store;
	backup->head.id = id_random();
	backup->row = kinds;
	backup->busy = true;
	backup->touched = clock_loop();
	backup->lookout = lookout_new(store);
	arena_init(&backup->arena, NULL, 0);
	STAILQ_INIT(&backup->ready);
	STAILQ_INIT(&backup->todo);
	crypto_hash_sha256_init(&backup->hash);
	while (!kinds_backed_up(backup->row))
		backup->row++;
	return backup;
}

enum desk_state { DESK_TAKEN = 0, DESK_LEAVING, DESK_OURS };

static enum desk_state desk_take(struct backup_desk *desk, struct backup *backup)
{
	pthread_mutex_lock(&desk->lock);
	enum desk_state state = desk->backup == NULL ? DESK_OURS :
	    desk->backup->over ? DESK_LEAVING : DESK_TAKEN;
	if (state == DESK_OURS)
		desk->backup = backup;
	pthread_mutex_unlock(&desk->lock);
	return state;
}

static struct backup_turn *turn_new(struct store *store, struct loop *loop,
    struct backup *backup)
{
	struct backup_turn *turn = errand_new(store, loop, sizeof(*turn));

	if (turn == NULL)
		return NULL;
	turn->backup = backup;
	backup_pack(turn);
	return turn;
}

static void begin_refuse(struct backup_turn *turn, enum sp_status status)
{
	struct backup *backup = turn->backup;

	turn->done(turn->arg, status, NULL);
	backup_free(backup);
	errand_end(&turn->errand);
}

static void begin_ours(struct backup_turn *turn)
{
	struct store *store = turn->errand.store;
	struct keeper *keeper = errand_new(store, turn->errand.loop, sizeof(*keeper));
	struct sp_address at[2] = { metas_at(), metas_ring_at() };

	if (keeper == NULL) {
		pthread_mutex_lock(&store->backups->lock);
		store->backups->backup = NULL;
		pthread_mutex_unlock(&store->backups->lock);
		begin_refuse(turn, SP_UNAVAILABLE);
		return;
	}
	keeper->backup = turn->backup;
	errand_pause(&keeper->errand, KEEPER_EVERY, keeper_look);
	errand_call(&turn->errand, &get_new(store_seat(store, BINDING_RECORDS,
	    turn->errand.loop), at, 2)->op, begin_got);
}

/* One that is over is put away in some milliseconds: that much patience is ours. */
static void begin_try(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct backup_turn *turn = (struct backup_turn *)errand;

	(void)answer, (void)status;
	switch (desk_take(errand->store->backups, turn->backup)) {
	case DESK_TAKEN:
		begin_refuse(turn, SP_CONFLICT);
		break;
	case DESK_LEAVING:
		errand_pause(errand, LEAVING, begin_try);
		break;
	case DESK_OURS:
		begin_ours(turn);
		break;
	}
}

bool backup_begin(struct store *store, struct loop *loop, struct sp_id *out_id,
    backup_done_fn *done, void *arg)
{
	struct backup *backup = backup_new(store);
	struct backup_turn *turn = turn_new(store, loop, backup);

	if (turn == NULL) {
		backup_free(backup);
		return false;
	}
	turn->done = done;
	turn->arg = arg;
	*out_id = backup->head.id;
	errand_pause(&turn->errand, 0, begin_try);
	return true;
}

/* Going on. */

static enum sp_status desk_visit(struct backup_desk *desk, struct sp_id id,
    struct backup **out_backup)
{
	enum sp_status status = SP_OK;

	pthread_mutex_lock(&desk->lock);
	struct backup *backup = desk->backup;
	if (backup == NULL || backup->over || !id_equal(backup->head.id, id) ||
	    backup->why != NULL)
		status = SP_NOT_FOUND;
	else if (backup->busy)
		status = SP_CONFLICT;
	else
		backup->busy = true;
	pthread_mutex_unlock(&desk->lock);
	*out_backup = backup;
	return status;
}

/* As an errand's step, so that answers that are there at once are taken in its loop. */
static void next_begin(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer, (void)status;
	backup_read((struct backup_turn *)errand);
}

bool backup_next(struct store *store, struct loop *loop, struct sp_id id, backup_done_fn *done,
    void *arg)
{
	struct backup *backup;
	enum sp_status status = desk_visit(store->backups, id, &backup);

	if (status != SP_OK) {
		done(arg, status, NULL);
		return true;
	}
	struct backup_turn *turn = turn_new(store, loop, backup);
	if (turn == NULL) {
		pthread_mutex_lock(&store->backups->lock);
		backup->busy = false;
		pthread_mutex_unlock(&store->backups->lock);
		return false;
	}
	turn->done = done;
	turn->arg = arg;
	errand_pause(&turn->errand, 0, next_begin);
	return true;
}

void backup_end(struct store *store, struct sp_id id)
{
	struct backup_desk *desk = store->backups;

	pthread_mutex_lock(&desk->lock);
	if (desk->backup != NULL && id_equal(desk->backup->head.id, id))
		desk->backup->over = true;
	pthread_mutex_unlock(&desk->lock);
}
