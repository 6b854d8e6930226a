#include "store/sending.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/random.h"
#include "base/text.h"
#include "plugin/records.h"
#include "store/challenges.h"
#include "store/errand.h"
#include "store/store.h"

#define AGAIN_FIRST 2000	/* ms until the second round, doubling */
#define AGAIN_MOST 60000
#define REMOVE_AGAIN 1000	/* ms between tries to remove what has been sent */
#define MARK_TRIES 3u

/* One entry. */

struct sending {
	struct errand errand;
	struct outbox_entry entry;
	size_t place;		/* of the transport under way */
	unsigned marked;	/* tries to mark the challenge */
};

static void sending_next(struct sending *sending);
static void sending_remove(struct sending *sending);

static struct sp_records_commit *commit_of(const struct sending *sending, size_t room)
{
	const struct errand *errand = &sending->errand;
	struct sp_records_commit *commit = commit_new(store_seat(errand->store,
	    BINDING_RECORDS, errand->loop), room);

	commit->durability = SP_ORDERED;
	return commit;
}

/* Let go of last: what became of it is in the records by now. */
static void sending_end(struct sending *sending)
{
	outbox_let(sending->errand.store, sending->entry.id);
	errand_end(&sending->errand);
}

/* What was read from a record fits into one; were it not so, the entry would stay until it
 * expires. */
static void sending_commit(struct sending *sending, struct sp_records_commit *commit, bool fits,
    errand_fn *then)
{
	if (fits && commit_ready(commit)) {
		errand_call(&sending->errand, &commit->op, then);
		return;
	}
	op_free(&commit->op);
	sending_end(sending);
}

static void remove_again(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer, (void)status;
	sending_remove((struct sending *)errand);
}

/* It must go, or the code would be sent twice: while the records are down, ask again. */
static void removed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sending *sending = (struct sending *)errand;

	if (answer != NULL || errand_hurried(errand) ||
	    clock_wall() >= sending->entry.message.expires)
		sending_end(sending);
	else
		errand_pause(errand, REMOVE_AGAIN, remove_again);
	(void)status;
}

static void sending_remove(struct sending *sending)
{
	struct sp_records_commit *commit = commit_of(sending, 1);

	outbox_remove(commit, &sending->entry, SP_ANY);
	sending_commit(sending, commit, true, removed);
}

/* Refused: the customer is told that this address doesn't work, if the code is still current. */

static void challenge_read(struct errand *errand, struct sp_op *answer, enum sp_status status);

static void sending_mark(struct sending *sending)
{
	const struct errand *errand = &sending->errand;
	struct sp_address at = challenges_at(sending->entry.tenant, sending->entry.challenge);

	if (id_zero(sending->entry.challenge) || sending->marked++ == MARK_TRIES) {
		sending_remove(sending);
		return;
	}
	struct sp_records_get *get =
	    get_new(store_seat(errand->store, BINDING_RECORDS, errand->loop), &at, 1);
	errand_call(&sending->errand, &get->op, challenge_read);
}

static void challenge_marked(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer;
	if (status == SP_OK)
		sending_end((struct sending *)errand);
	else
		sending_mark((struct sending *)errand);	/* moved meanwhile: look again */
}

static void challenge_read(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sending *sending = (struct sending *)errand;
	const struct sp_record *record =
	    status == SP_OK ? ((struct sp_records_get *)answer)->records[0] : NULL;
	struct passcode passcode;

	if (record == NULL || !challenges_read(&errand->arena, record, &passcode) ||
	    passcode.refused || !text_same(passcode.reference, sending->entry.reference)) {
		sending_remove(sending);
		return;
	}
	struct sp_records_commit *commit = commit_of(sending, 2);
	passcode.refused = true;
	outbox_remove(commit, &sending->entry, SP_ANY);
	bool fits = challenges_put(commit, sending->entry.tenant, &passcode, record->expires,
	    record->revision);
	sending_commit(sending, commit, fits, challenge_marked);
}

/* No transport took it: later, if that is not too late. */

static void moved(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer, (void)status;
	sending_end((struct sending *)errand);	/* failed: the sweeper has it after the lease */
}

static int64_t again_in(unsigned tries)
{
	int64_t wait = AGAIN_FIRST;

	while (--tries > 0 && wait < AGAIN_MOST)
		wait *= 2;
	return wait / 2 + random_below((uint32_t)wait / 2);
}

static void sending_later(struct sending *sending)
{
	struct errand *errand = &sending->errand;
	struct outbox_move move = { .node = errand->store->node, .expect = SP_ANY };

	if (errand_hurried(errand)) {
		sending_end(sending);
		return;
	}
	struct sp_records_commit *commit = commit_of(sending, 2);
	move.due = clock_wall() + again_in(++sending->entry.tries);
	outbox_count(errand->store, errand->loop, OUTBOX_RETRIED);
	bool fits = outbox_move(commit, errand->store, &sending->entry, &move);
	sending_commit(sending, commit, fits, moved);
}

static void sent(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sending *sending = (struct sending *)errand;

	(void)answer;
	if (status == SP_UNAVAILABLE) {
		sending->place++;
		sending_next(sending);
	} else if (status == SP_REJECTED) {
		outbox_count(errand->store, errand->loop, OUTBOX_REFUSED);
		sending_mark(sending);
	} else {
		outbox_count(errand->store, errand->loop,
		    status == SP_OK ? OUTBOX_SENT : OUTBOX_UNKNOWN);
		sending_remove(sending);
	}
}

static void sending_next(struct sending *sending)
{
	struct errand *errand = &sending->errand;
	struct seat *seat = binding_seat(errand->store->set.binding, BINDING_MAIL,
	    sending->place, errand->loop);

	if (clock_wall() >= sending->entry.message.expires) {
		outbox_count(errand->store, errand->loop, OUTBOX_EXPIRED);
		sending_remove(sending);
	} else if (seat == NULL || (sending->place > 0 && errand_hurried(errand))) {
		sending_later(sending);
	} else {
		if (sending->place > 0)
			outbox_count(errand->store, errand->loop, OUTBOX_FAILED_OVER);
		errand_call(errand, &mail_send(seat, &sending->entry.message)->op, sent);
	}
}

bool sending_begin(struct store *store, struct loop *loop, const struct outbox_entry *entry)
{
	struct sending *sending = errand_new(store, loop, sizeof(*sending));

	if (sending == NULL)
		return false;
	outbox_copy(&sending->errand.arena, entry, &sending->entry);
	outbox_take(store, entry->id);
	if (entry->decoy) {
		outbox_count(store, loop, OUTBOX_DECOYS);
		sending_remove(sending);
	} else {
		sending_next(sending);
	}
	return true;
}

void outbox_send(struct store *store, struct loop *loop, const struct outbox_entry *entry)
{
	(void)sending_begin(store, loop, entry);
}
