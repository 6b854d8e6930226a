#include "flow/walk.h"

#include "base/arena.h"
#include "base/text.h"
#include "plugin/records.h"
#include "store/audits.h"

#include <inttypes.h>
#include <string.h>

enum { WALK_BEGIN, WALK_LIST, WALK_REST, WALK_INBOX, WALK_AGAIN };
enum { WALK_PAGE = 500, WALK_TRIES = 10 };

static struct walk *walk_of(struct flow *flow) { return (struct walk *)(void *)flow; }

static void walk_tell(struct walk *walk, uint64_t from, uint64_t to, const char *what)
{
	if (walk->fault_count < WALK_FAULTS)
		walk->faults[walk->fault_count++] = (struct walk_fault){ from, to, what };
}

static void walk_mark(struct walk *walk, struct sp_bytes key)
{
	walk->at.key_size = key.size;
	memcpy(walk->at.key, key.data, key.size);
}

/* The ends first: what they name must be there, unless they have moved since. */

static void walk_ask_ends(struct flow *flow)
{
	struct walk *walk = walk_of(flow);
	struct sp_address at = chain_ends_at(walk->of);

	turn_get(&walk->turn, &at, 1);
}

static unsigned walk_got_begin(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct walk *walk = walk_of(flow);
	struct walk_at *at = &walk->at;

	if (status != SP_OK)
		return FLOW_END;
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	walk->fault_count = 0;
	walk->checked = 0;
	walk->more = false;
	*at = (struct walk_at){ .next = walk->after };
	walk->ends = (struct chain_ends){ .revision = record->revision, .last = UINT64_MAX };
	at->endless = chain_ends_read(walk->turn.arena, walk->turn.store, walk->of, record,
	    &walk->ends) == CHAIN_WRONG;
	if (at->endless)
		walk_tell(walk, 0, 0, "the record of its ends is not as the server wrote it");
	if (walk->after <= walk->ends.floor && !at->endless) {
		at->next = walk->ends.floor + 1;
		memcpy(at->own, walk->ends.floor_own, HASH_SIZE);
		at->certain = walk->ends.revision != 0;
	}
	/* The one at which the last page ended is read again, for its hash. */
	if (walk->after > walk->ends.floor)
		walk_mark(walk, chain_at(walk->of, walk->after - 1).key);
	walk->to = walk->after;
	return WALK_LIST;
}

static void walk_ask_list(struct flow *flow)
{
	struct walk *walk = walk_of(flow);
	struct sp_records_list *list = list_new(turn_seat(&walk->turn, BINDING_RECORDS),
	    chain_all(walk->of), WALK_PAGE);

	list->after.data = arena_copy(op_arena(&list->op), walk->at.key, walk->at.key_size);
	list->after.size = walk->at.key_size;
	turn_call(&walk->turn, &list->op);
}

/* What was noted down elsewhere, at a time when it was so. */
static void walk_known(struct walk *walk, const struct chain_link *link)
{
	if (link->sequence == walk->known && memcmp(link->own, walk->known_own, HASH_SIZE) != 0)
		walk_tell(walk, link->sequence, link->sequence,
		    "is another than the one that was noted down");
}

static void walk_link(struct walk *walk, const struct chain_link *link)
{
	struct walk_at *at = &walk->at;
	bool is_true = chain_true(walk->turn.store, walk->of, link);

	if (!is_true)
		walk_tell(walk, link->sequence, link->sequence, "has been changed");
	else if (at->certain && memcmp(link->before, at->own, HASH_SIZE) != 0)
		walk_tell(walk, link->sequence, link->sequence,
		    "does not follow the one before it");
	if (is_true && !at->endless && link->sequence == walk->ends.last &&
	    memcmp(link->own, walk->ends.last_own, HASH_SIZE) != 0)
		walk_tell(walk, link->sequence, link->sequence,
		    "is not the last one that was written");
	walk_known(walk, link);
	memcpy(at->own, link->own, HASH_SIZE);
	at->certain = is_true;
}

/* False: nothing of the chain is behind it. */
static bool walk_take(struct walk *walk, struct arena *arena, const struct sp_record *record)
{
	struct walk_at *at = &walk->at;
	struct chain_link link;
	uint64_t sequence;

	walk_mark(walk, record->at.key);
	if (!chain_sequence(record, &sequence) || sequence < at->next) {
		walk_tell(walk, 0, 0, "a record was put in where none belongs");
		return true;
	}
	if (sequence > walk->ends.last) {
		at->beyond = true;
		return false;
	}
	if (sequence > at->next && at->next != 0) {
		walk_tell(walk, at->next, sequence - 1, "missing");
		at->certain = false;
	}
	at->next = sequence + 1;
	walk->to = sequence;
	walk->checked++;
	if (!chain_read(arena, record, &link))
		walk_tell(walk, sequence, sequence, "has been changed, and can't be read");
	else if (link.sequence != sequence)
		walk_tell(walk, sequence, sequence, text_print(walk->turn.arena,
		    "is not the one that was written here: it says that it is %" PRIu64,
		    link.sequence));
	else {
		walk_link(walk, &link);
		return true;
	}
	at->certain = false;
	return true;
}

static unsigned walk_end_of_chain(struct walk *walk)
{
	if (walk->at.beyond)
		walk_tell(walk, walk->ends.last + 1, UINT64_MAX,
		    "stands behind the last one that was written");
	if (walk->at.next <= walk->ends.last && !walk->at.endless)
		walk_tell(walk, walk->at.next, walk->ends.last, "missing, at the end");
	if (walk->known > walk->ends.last)
		walk_tell(walk, walk->known, walk->known,
		    "was noted down, and the chain is shorter than that");
	return WALK_INBOX;
}

static unsigned walk_got_list(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct walk *walk = walk_of(flow);
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	if (status != SP_OK)
		return FLOW_END;
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		struct arena arena;
		arena_init(&arena, NULL, 0);
		bool on = walk_take(walk, &arena, record);
		arena_done(&arena);
		if (!on)
			return walk_end_of_chain(walk);
	}
	if (list->count < list->limit)
		return walk_end_of_chain(walk);
	walk->more = walk->checked >= WALK_MOST;
	return walk->more ? WALK_INBOX : WALK_REST;
}

static void walk_ask_rest(struct flow *flow)
{
	flow_wait(flow, 1);
}

static unsigned walk_got_rest(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)flow, (void)answer, (void)status;
	return WALK_LIST;
}

static void walk_ask_inbox(struct flow *flow)
{
	struct walk *walk = walk_of(flow);

	turn_call(&walk->turn, &list_new(turn_seat(&walk->turn, BINDING_RECORDS),
	    audits_new(walk->of), SP_LIST_MAX)->op);
}

static unsigned walk_got_inbox(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct walk *walk = walk_of(flow);

	if (status != SP_OK)
		return FLOW_END;
	walk->waiting = ((const struct sp_records_list *)answer)->count;
	walk->good = true;
	return walk->fault_count > 0 ? WALK_AGAIN : FLOW_END;
}

static unsigned walk_got_again(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct walk *walk = walk_of(flow);

	if (status != SP_OK || ((struct sp_records_get *)answer)->records[0]->revision ==
	    walk->ends.revision || ++walk->tries == WALK_TRIES)
		return FLOW_END;
	walk->good = false;
	return WALK_BEGIN;
}

#define TO FLOW_TO
static const struct flow_step walk_steps[] = {
	[WALK_BEGIN] = { "begin", walk_ask_ends, walk_got_begin, TO(WALK_LIST) | TO(FLOW_END) },
	[WALK_LIST] = { "list", walk_ask_list, walk_got_list,
	    TO(WALK_REST) | TO(WALK_INBOX) | TO(FLOW_END) },
	[WALK_REST] = { "rest", walk_ask_rest, walk_got_rest, TO(WALK_LIST) },
	[WALK_INBOX] = { "inbox", walk_ask_inbox, walk_got_inbox,
	    TO(WALK_AGAIN) | TO(FLOW_END) },
	[WALK_AGAIN] = { "again", walk_ask_ends, walk_got_again, TO(WALK_BEGIN) | TO(FLOW_END) },
};

void walk_run(struct walk *walk)
{
	walk->good = false;
	walk->tries = 0;
	turn_start(&walk->turn, walk_steps, WALK_BEGIN);
}
