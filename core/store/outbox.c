#include "store/outbox.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/pack.h"
#include "base/text.h"
#include "crypto/seal.h"
#include "plugin/op.h"
#include "store/kinds.h"
#include "store/store.h"

#define FORMAT 2u
#define MESSAGE_FORMAT 1u
#define PURPOSE "outbox"
#define UNLIMITED (INT64_C(24) * 3600 * 1000)	/* what never expires is given up then */
#define LINGER (INT64_C(10) * 60 * 1000)	/* so that the sweeper sees what it removes */

static const struct sp_id server;

struct sp_address outbox_all(void)
{
	return kinds_at(KIND_OUTBOX, server, NULL, 0);
}

struct sp_address outbox_at(int64_t due, struct sp_id id)
{
	return kinds_at_time(KIND_OUTBOX, server, due, id);
}

/* The message holds a live code: sealed, and bound to its entry. */

static struct sp_bytes message_seal(struct arena *arena, const struct store *store,
    const struct outbox_entry *entry)
{
	const struct mail_message *message = &entry->message;
	struct seal how = { store->ring, PURPOSE, { &entry->id, sizeof(entry->id) } };
	struct pack pack;

	pack_begin(&pack, arena, MESSAGE_FORMAT);
	pack_text(&pack, message->message_id);
	pack_text(&pack, message->from);
	pack_text(&pack, message->to);
	pack_text(&pack, message->headers);
	pack_text(&pack, message->text);
	pack_text(&pack, message->html);
	pack_bytes(&pack, message->mime.data, message->mime.size);
	pack_signed(&pack, message->expires);
	struct sp_bytes plain = pack_end(&pack);
	return seal(arena, &how, (struct secret){ plain.data, plain.size });
}

static bool message_unseal(struct arena *arena, const struct store *store,
    struct sp_bytes sealed, struct outbox_entry *entry)
{
	struct mail_message *message = &entry->message;
	struct seal how = { store->ring, PURPOSE, { &entry->id, sizeof(entry->id) } };
	struct secret plain;
	struct unpack unpack;

	if (!unseal(arena, &how, sealed, &plain))
		return false;
	unpack_begin(&unpack, arena, (struct sp_bytes){ plain.data, plain.size },
	    MESSAGE_FORMAT);
	message->message_id = unpack_text(&unpack);
	message->from = unpack_text(&unpack);
	message->to = unpack_text(&unpack);
	message->headers = unpack_text(&unpack);
	message->text = unpack_text(&unpack);
	message->html = unpack_text(&unpack);
	message->mime = unpack_bytes(&unpack);
	message->expires = unpack_signed(&unpack);
	return unpack_ok(&unpack) && mail_fits(message);
}

/* Entries. */

static bool entry_put(struct sp_records_commit *commit, const struct store *store,
    const struct outbox_entry *entry)
{
	struct arena *arena = op_arena(&commit->op);
	struct sp_bytes sealed = message_seal(arena, store, entry);
	struct pack pack;

	pack_begin(&pack, arena, FORMAT);
	pack_id(&pack, entry->tenant);
	pack_id(&pack, entry->challenge);
	pack_text(&pack, entry->reference);
	pack_number(&pack, entry->decoy);
	pack_id(&pack, entry->node);
	pack_number(&pack, entry->tries);
	pack_id(&pack, entry->account);
	pack_bytes(&pack, sealed.data, sealed.size);
	return kinds_put(commit, outbox_at(entry->due, entry->id), pack_end(&pack),
	    entry->message.expires + LINGER, SP_ABSENT);
}

/* Has node and due already. */
static bool entry_new(struct sp_records_commit *commit, const struct store *store,
    struct outbox_entry *entry)
{
	if (!mail_fits(&entry->message))
		return false;
	if (id_zero(entry->id))
		entry->id = id_ordered(commit->op.now);
	if (entry->message.expires == 0)
		entry->message.expires = entry->due + UNLIMITED;
	entry->tries = 0;
	return entry_put(commit, store, entry);
}

bool outbox_put(struct sp_records_commit *commit, const struct store *store,
    struct outbox_entry *entry)
{
	entry->node = store->node;
	entry->due = commit->op.now + store->set.lease;
	return entry_new(commit, store, entry);
}

bool outbox_hold(struct sp_records_commit *commit, const struct store *store,
    struct outbox_entry *entry, int64_t due)
{
	entry->node = (struct sp_id){ 0 };
	entry->due = due;
	return entry_new(commit, store, entry);
}

int64_t outbox_due(const struct sp_record *record)
{
	struct sp_id id;
	int64_t due;

	return kinds_time(record, &due, &id) ? due : 0;
}

bool outbox_is(const struct sp_record *record, struct sp_id id)
{
	struct sp_id there;
	int64_t due;

	return kinds_time(record, &due, &there) && id_equal(there, id);
}

bool outbox_read(struct arena *arena, const struct store *store, const struct sp_record *record,
    struct outbox_entry *out_entry)
{
	struct outbox_entry entry = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_time(record, &entry.due, &entry.id))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	entry.tenant = unpack_id(&unpack);
	entry.challenge = unpack_id(&unpack);
	entry.reference = unpack_text(&unpack);
	entry.decoy = unpack_number(&unpack) != 0;
	entry.node = unpack_id(&unpack);
	entry.tries = (unsigned)unpack_number(&unpack);
	entry.account = unpack_id(&unpack);
	struct sp_bytes sealed = unpack_bytes(&unpack);
	if (!unpack_ok(&unpack) || !message_unseal(arena, store, sealed, &entry))
		return false;
	*out_entry = entry;
	return true;
}

bool outbox_move(struct sp_records_commit *commit, const struct store *store,
    struct outbox_entry *entry, const struct outbox_move *move)
{
	kinds_remove(commit, outbox_at(entry->due, entry->id), move->expect);
	entry->due = move->due;
	entry->node = move->node;
	return entry_put(commit, store, entry);
}

bool outbox_retry(struct sp_records_commit *commit, const struct store *store,
    const struct outbox_entry *entry, uint64_t revision)
{
	struct outbox_entry copy = *entry;
	struct outbox_move move = { .due = commit->op.now, .expect = revision };

	return copy.due <= move.due || outbox_move(commit, store, &copy, &move);
}

void outbox_remove(struct sp_records_commit *commit, const struct outbox_entry *entry,
    uint64_t expect)
{
	kinds_remove(commit, outbox_at(entry->due, entry->id), expect);
}

void outbox_copy(struct arena *arena, const struct outbox_entry *from,
    struct outbox_entry *out_entry)
{
	const struct mail_message *message = &from->message;

	*out_entry = *from;
	out_entry->reference = text_copy(arena, from->reference);
	out_entry->message = (struct mail_message){
		.message_id = text_copy(arena, message->message_id),
		.from = text_copy(arena, message->from),
		.to = text_copy(arena, message->to),
		.headers = text_copy(arena, message->headers),
		.text = text_copy(arena, message->text),
		.html = text_copy(arena, message->html),
		.mime = { arena_copy(arena, message->mime.data, message->mime.size),
		    message->mime.size },
		.expires = message->expires,
	};
}
