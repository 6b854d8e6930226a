#include "store/restore.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/audits.h"
#include "store/errand.h"
#include "store/kinds.h"
#include "store/metas.h"
#include "store/restore_file.h"
#include "store/restore_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One key of what was read again: its hash, and where it stood last. */
struct late { unsigned char hash[16]; uint64_t number; };

struct restoring {
	struct restore *to;
	struct store store;		/* enough of one for store_ask() */
	struct restore_file file;
	struct late *late;
	size_t late_count, late_room;
	struct sp_id *tenants;
	size_t tenant_count, tenant_room;
	struct sp_record *records;	/* of the block in hand, to be written */
	size_t record_count;
	struct restore_user *users;
	size_t user_count;
	struct meta meta;		/* what the store was, or will be */
	bool full, unfinished;
	struct sp_error *error;
};

static enum sp_status say(struct restoring *restoring, const char *text)
{
	snprintf(restoring->error->text, sizeof(restoring->error->text), "%s", text);
	return SP_FAILED;
}

static void *grown(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = 2 * *room + 64;
	list = realloc(list, *room * size);
	if (list == NULL)
		abort();
	return list;
}

/* What was read again: of each key the last entry counts, and those before are left out. */

static void late_hash(const struct restore_entry *entry, unsigned char out[16])
{
	unsigned char text[2 + sizeof(struct sp_id) + SP_KEY_MAX + 1], hash[HASH_SIZE];
	bool user = entry->what == BACKUP_USER || entry->what == BACKUP_NO_USER;
	uint16_t kind = user ? 0 : entry->at.kind;
	size_t size = sizeof(kind) + sizeof(struct sp_id);

	memcpy(text, &kind, sizeof(kind));
	memcpy(text + sizeof(kind), user ? &entry->tenant : &entry->at.scope,
	    sizeof(struct sp_id));
	size_t more = user ? sizeof(entry->user.id) : entry->at.key.size;
	if (more > SP_KEY_MAX)
		more = SP_KEY_MAX;
	if (more > 0)
		memcpy(text + size, user ? (const void *)&entry->user.id : entry->at.key.data, more);
	hash_sha256(text, size + more, hash);
	memcpy(out, hash, 16);
}

static int late_compare(const void *a, const void *b)
{
	const struct late *x = a, *y = b;
	int order = memcmp(x->hash, y->hash, sizeof(x->hash));

	return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static void late_add(struct restoring *restoring, const struct restore_entry *entry)
{
	restoring->late = grown(restoring->late, restoring->late_count, &restoring->late_room,
	    sizeof(struct late));
	struct late *late = &restoring->late[restoring->late_count++];
	late_hash(entry, late->hash);
	late->number = restoring->file.number;
}

/* Some entry of that key comes later. */
static bool late_has(const struct restoring *restoring, const struct restore_entry *entry)
{
	struct late key = { .number = restoring->file.number + 1 };
	size_t low = 0, high = restoring->late_count;

	late_hash(entry, key.hash);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (late_compare(&restoring->late[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < restoring->late_count &&
	    memcmp(restoring->late[low].hash, key.hash, sizeof(key.hash)) == 0;
}

/* First the whole file is read. */

static void tenant_add(struct restoring *restoring, const struct restore_entry *entry)
{
	struct sp_record record = { .at = entry->at };
	struct sp_id id;

	if (entry->what != BACKUP_RECORD || entry->at.kind != KIND_TENANT ||
	    !kinds_id(&record, 0, &id))
		return;
	restoring->tenants = grown(restoring->tenants, restoring->tenant_count,
	    &restoring->tenant_room, sizeof(struct sp_id));
	restoring->tenants[restoring->tenant_count++] = id;
}

static enum sp_status file_read(struct restoring *restoring)
{
	struct restore_file *file = &restoring->file;
	struct restore_entry entry;
	enum restore_found found;

	if (!restore_file_rewind(file, restoring->error))
		return SP_FAILED;
	while ((found = restore_file_next(file, &entry, restoring->error)) != RESTORE_ENDS) {
		if (found == RESTORE_FAILED)
			return SP_FAILED;
		if (found == RESTORE_BLOCK_ENDS)
			continue;
		tenant_add(restoring, &entry);
		if (file->again && entry.what != BACKUP_CHANGES)
			late_add(restoring, &entry);
	}
	if (restoring->late_count > 0)
		qsort(restoring->late, restoring->late_count, sizeof(struct late), late_compare);
	return SP_OK;
}

/* Then the store is looked at. */

static struct sp_op *first_make(struct seat *seat, void *arg)
{
	struct sp_address at[] = { metas_at(), metas_ring_at(), metas_restore_at() };

	(void)arg;
	return &get_new(seat, at, 3)->op;
}

static void first_got(struct sp_op *answer, void *arg)
{
	const struct sp_records_get *get = (const struct sp_records_get *)answer;
	struct restoring *restoring = arg;

	(void)metas_read(get->records[0], &restoring->meta);
	restoring->full = get->records[0]->revision != 0 || get->records[1]->revision != 0;
	restoring->unfinished = get->records[2]->revision != 0;
}

static enum sp_status store_look(struct restoring *restoring)
{
	struct store_ask ask = { BINDING_RECORDS, first_make, first_got, restoring };
	const struct instance *users =
	    binding_instance(restoring->store.set.binding, BINDING_USERS, 0);
	bool peopled = false;

	if (store_ask(&restoring->store, &ask) != SP_OK)
		return say(restoring, "the records backend can't be read");
	if (restoring->file.head.users > 0 &&
	    (users == NULL || !users_offers(users, &users_kind_create)))
		return say(restoring, "the users backend takes no new users, and the backup has "
		    "some");
	if (restore_peopled(&restoring->store, restoring->tenants, restoring->tenant_count,
	    &peopled) != SP_OK)
		return say(restoring, "the users backend can't be read");
	if (!restoring->unfinished && !restoring->to->replace && (restoring->full || peopled))
		return say(restoring, "the store isn't empty; with --replace all that is in it goes "
		    "first, for good");
	return SP_OK;
}

/* Then it is written. */

static struct sp_op *mark_make(struct seat *seat, void *arg)
{
	struct sp_records_commit *commit = commit_new(seat, 3);

	(void)arg;
	(void)kinds_put(commit, metas_restore_at(), (struct sp_bytes){ "1", 1 }, 0, SP_ANY);
	kinds_remove(commit, metas_at(), SP_ANY);
	kinds_remove(commit, metas_ring_at(), SP_ANY);
	return restore_ready(commit);
}

static struct sp_op *last_make(struct seat *seat, void *arg)
{
	struct restoring *restoring = arg;
	struct sp_records_commit *commit = commit_new(seat, 4);
	struct audit_act act = { .now = clock_wall(), .activity = "Restore backup", .verb = "Add",
		.actor = text_print(op_arena(&commit->op), "uid %lld", (long long)getuid()) };

	if (!audits_tell(commit, &act))
		abort();	/* a few words */
	metas_put(commit, &restoring->meta, SP_ABSENT);
	(void)kinds_put(commit, metas_ring_at(), restoring->file.head.ring, 0, SP_ABSENT);
	kinds_remove(commit, metas_restore_at(), SP_ANY);
	return restore_ready(commit);
}

static void entry_write(struct restoring *restoring, const struct restore_entry *entry)
{
	if (entry->what == BACKUP_RECORD)
		restoring->records[restoring->record_count++] = (struct sp_record){
			.at = entry->at, .value = entry->value, .expires = entry->expires };
	else if (entry->what == BACKUP_USER)
		restoring->users[restoring->user_count++] =
		    (struct restore_user){ entry->tenant, entry->user };
	if (entry->what == BACKUP_USER)
		restoring->to->tenant = entry->tenant;
}

/* What has been gathered, at the end of a block at the latest: it points into the block. */
static enum sp_status gathered_write(struct restoring *restoring)
{
	struct restore *to = restoring->to;
	enum sp_status status = restore_put_records(&restoring->store, restoring->records,
	    restoring->record_count);

	if (status == SP_OK)
		status = restore_put_users(&restoring->store, restoring->users,
		    restoring->user_count);
	to->records += restoring->record_count;
	to->users += restoring->user_count;
	restoring->record_count = restoring->user_count = 0;
	if (status == SP_OK)
		return SP_OK;
	snprintf(restoring->error->text, sizeof(restoring->error->text), "a backend could not "
	    "write it (%s): is there room? The store is half made: run this again",
	    status == SP_CONFLICT ? "two customers with one address" :
	    status == SP_UNKNOWN ? "it took too long" : "see above");
	return SP_FAILED;
}

static enum sp_status file_write(struct restoring *restoring)
{
	struct restore_file *file = &restoring->file;
	struct restore_entry entry;
	enum restore_found found;

	if (!restore_file_rewind(file, restoring->error))
		return SP_FAILED;
	while ((found = restore_file_next(file, &entry, restoring->error)) != RESTORE_ENDS) {
		if (found == RESTORE_FAILED)
			return SP_FAILED;
		if (found == RESTORE_ENTRY && !late_has(restoring, &entry))
			entry_write(restoring, &entry);
		if ((found == RESTORE_BLOCK_ENDS || restoring->record_count == RESTORE_BATCH ||
		    restoring->user_count == RESTORE_VOLLEY) &&
		    gathered_write(restoring) != SP_OK)
			return SP_FAILED;
		if (found == RESTORE_BLOCK_ENDS && restoring->to->progress != NULL)
			restoring->to->progress(file->blocks, file->head.blocks);
	}
	return SP_OK;
}

static enum sp_status store_write(struct restoring *restoring)
{
	struct store *store = &restoring->store;
	struct store_ask mark = { BINDING_RECORDS, mark_make, NULL, restoring };
	struct store_ask last = { BINDING_RECORDS, last_make, NULL, restoring };
	const struct backup_head *head = &restoring->file.head;
	uint64_t now = (uint64_t)clock_wall(), old = restoring->meta.epoch;

	if (store_ask(store, &mark) != SP_OK)
		return say(restoring, "the records backend can't be written");
	if ((restoring->full || restoring->unfinished || restoring->to->replace) &&
	    restore_wipe(store, restoring->tenants, restoring->tenant_count) != SP_OK)
		return say(restoring, "what was in the store can't be removed; run this again");
	if (file_write(restoring) != SP_OK)
		return SP_FAILED;
	/* Beyond what any store of this key file has had, as long as clocks go forwards. */
	if (old < head->epoch)
		old = head->epoch;
	restoring->meta = (struct meta){ head->store_format, now > old ? now : old + 1,
		head->opened };
	restoring->to->epoch = restoring->meta.epoch;
	return store_ask(store, &last) == SP_OK ? SP_OK :
	    say(restoring, "the records backend could not write the end; run this again");
}

enum sp_status restore_run(struct restore *restore, struct sp_error *out_error)
{
	struct restoring restoring = { .to = restore, .error = out_error,
		.store = { .set = *restore->store } };
	enum sp_status status = SP_FAILED;

	restore->users = restore->records = 0;
	if (restore_file_open(&restoring.file, restore->fd, restore->store->key_file, out_error))
		status = file_read(&restoring);
	if (status == SP_OK)
		status = store_look(&restoring);
	if (status == SP_OK) {
		restore->created = restoring.file.head.created;
		restoring.records = must_calloc(RESTORE_BATCH, sizeof(struct sp_record));
		restoring.users = must_calloc(RESTORE_VOLLEY, sizeof(struct restore_user));
		status = store_write(&restoring);
	}
	restore_file_done(&restoring.file);
	free(restoring.records);
	free(restoring.users);
	free(restoring.late);
	free(restoring.tenants);
	return status;
}

enum sp_status restore_kept(const struct restore *restore, struct sp_error *out_error)
{
	struct restoring restoring = { .error = out_error, .store = { .set = *restore->store } };
	struct store_ask ask = { BINDING_RECORDS, first_make, first_got, &restoring };
	bool peopled = false;

	if (store_ask(&restoring.store, &ask) != SP_OK ||
	    restoring.meta.epoch != restore->epoch)
		return say(&restoring, "the records backend keeps nothing when it stops: what was "
		    "restored is gone; restore into one that does");
	if (restore->users == 0)
		return SP_OK;
	if (restore_peopled(&restoring.store, &restore->tenant, 1, &peopled) != SP_OK || !peopled)
		return say(&restoring, "the users backend keeps nothing when it stops: the customers "
		    "that were restored are gone; restore into one that does");
	return SP_OK;
}
