#include "store/migrate.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/backup.h"
#include "store/kinds.h"
#include "store/metas.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 128u	/* its commit is within 16 MiB */

/* Format 1 is the first. */
const struct migration migrations[] = {
	{ 0 },
};

struct migrating {
	struct store *store;
	const struct migration *row;
	struct arena arena;		/* of a page */
	struct sp_address prefix;
	unsigned char after[SP_KEY_MAX];
	size_t after_size, count, changed;
	struct sp_record *changes;	/* value.data NULL: it goes */
	bool failed;
	struct sp_id *tenants;
	size_t tenant_count;
	struct meta meta;
};

static enum sp_status say(struct sp_error *out_error, const struct migration *row,
    const char *text)
{
	snprintf(out_error->text, sizeof(out_error->text), "the store's format %llu (%s): %s",
	    (unsigned long long)row->from, row->what, text);
	return SP_FAILED;
}

/* A page is read, judged, and what changes is written. */

static struct sp_op *page_make(struct seat *seat, void *arg)
{
	struct migrating *migrating = arg;
	struct sp_records_list *list = list_new(seat, migrating->prefix, PAGE);

	list->after.data = arena_copy(op_arena(&list->op), migrating->after,
	    migrating->after_size);
	list->after.size = migrating->after_size;
	return &list->op;
}

static void record_judge(struct migrating *migrating, const struct sp_record *record)
{
	struct sp_record change = *record;
	struct sp_bytes value = { 0 };

	switch (migrating->row->record(&migrating->arena, record, &value)) {
	case MIGRATE_FAILED:
		migrating->failed = true;
		return;
	case MIGRATE_KEEP:
		return;
	case MIGRATE_CHANGE:
		change.value = value;
		break;
	case MIGRATE_REMOVE:
		change.value = (struct sp_bytes){ 0 };
		break;
	}
	change.at.key.data = arena_copy(&migrating->arena, record->at.key.data,
	    record->at.key.size);
	migrating->changes[migrating->changed++] = change;
}

static void page_got(struct sp_op *answer, void *arg)
{
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct migrating *migrating = arg;

	migrating->count = list->count;
	migrating->changed = 0;
	migrating->changes = arena_alloc(&migrating->arena, PAGE * sizeof(struct sp_record));
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		record_judge(migrating, record);
		migrating->after_size = record->at.key.size;
		memcpy(migrating->after, record->at.key.data, record->at.key.size);
	}
}

static struct sp_op *page_write(struct seat *seat, void *arg)
{
	const struct migrating *migrating = arg;
	struct sp_records_commit *commit = commit_new(seat, migrating->changed);

	for (size_t i = 0; i < migrating->changed; i++) {
		const struct sp_record *change = &migrating->changes[i];
		if (change->value.data == NULL)
			kinds_remove(commit, change->at, change->revision);
		else if (!kinds_put(commit, change->at, change->value, change->expires,
		    change->revision))
			abort();	/* a step makes no record that is greater than one can be */
	}
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

static enum sp_status pages_migrate(struct migrating *migrating, enum kind kind,
    struct sp_id scope)
{
	struct store_ask read = { BINDING_RECORDS, page_make, page_got, migrating };
	struct store_ask write = { BINDING_RECORDS, page_write, NULL, migrating };
	enum sp_status status;

	migrating->after_size = 0;
	do {
		arena_done(&migrating->arena);
		migrating->prefix = kinds_at(kind, scope, NULL, 0);
		status = store_ask(migrating->store, &read);
		if (migrating->failed)
			status = SP_FAILED;
		if (status == SP_OK && migrating->changed > 0)
			status = store_ask(migrating->store, &write);
	} while (status == SP_OK && migrating->count == PAGE);
	return status;
}

/* The tenants first, since all else is below them. */

static enum migrate_verdict tenant_note(struct arena *arena, const struct sp_record *record,
    struct sp_bytes *out_value)
{
	(void)arena, (void)record, (void)out_value;
	return MIGRATE_KEEP;
}

static void tenants_got(struct sp_op *answer, void *arg)
{
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct migrating *migrating = arg;
	struct sp_id id;

	page_got(answer, arg);
	migrating->tenants = realloc(migrating->tenants,
	    (migrating->tenant_count + list->count + 1) * sizeof(struct sp_id));
	if (migrating->tenants == NULL)
		abort();
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (kinds_id(record, 0, &id))
			migrating->tenants[migrating->tenant_count++] = id;
}

static enum sp_status tenants_find(struct migrating *migrating)
{
	static const struct migration none = { 1, "", tenant_note };
	struct store_ask read = { BINDING_RECORDS, page_make, tenants_got, migrating };
	enum sp_status status;

	migrating->row = &none;
	migrating->after_size = 0;
	do {
		arena_done(&migrating->arena);
		migrating->prefix = kinds_at(KIND_TENANT, (struct sp_id){ 0 }, NULL, 0);
		status = store_ask(migrating->store, &read);
	} while (status == SP_OK && migrating->count == PAGE);
	return status;
}

static enum sp_status kinds_migrate(struct migrating *migrating)
{
	enum sp_status status = SP_OK;

	for (const struct kind_row *row = kinds; status == SP_OK && row->kind != KIND_NONE; row++) {
		if (row->kind == KIND_META || row->kind == KIND_RING)
			continue;
		if (row->scope == KIND_OF_SERVER)
			status = pages_migrate(migrating, row->kind, (struct sp_id){ 0 });
		for (size_t i = 0; row->scope == KIND_OF_TENANT && status == SP_OK &&
		    i < migrating->tenant_count; i++)
			status = pages_migrate(migrating, row->kind, migrating->tenants[i]);
	}
	return status;
}

/* The number. */

static struct sp_op *meta_make(struct seat *seat, void *arg)
{
	struct sp_address at = metas_at();

	(void)arg;
	return &get_new(seat, &at, 1)->op;
}

static void meta_got(struct sp_op *answer, void *arg)
{
	const struct sp_records_get *get = (const struct sp_records_get *)answer;
	struct migrating *migrating = arg;

	migrating->failed = !metas_read(get->records[0], &migrating->meta);
}

static struct sp_op *meta_write(struct seat *seat, void *arg)
{
	const struct migrating *migrating = arg;
	struct sp_records_commit *commit = commit_new(seat, 1);

	metas_put(commit, &migrating->meta, SP_ANY);
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

static enum sp_status step(struct migrating *migrating, const struct migration *row)
{
	struct store_ask read = { BINDING_RECORDS, meta_make, meta_got, migrating };
	struct store_ask write = { BINDING_RECORDS, meta_write, NULL, migrating };
	enum sp_status status;

	log_line(SP_INFO, "the store's format: from %llu to %llu: %s",
	    (unsigned long long)row->from, (unsigned long long)row->from + 1, row->what);
	migrating->row = row;
	status = kinds_migrate(migrating);
	if (status == SP_OK)
		status = store_ask(migrating->store, &read);
	if (status != SP_OK || migrating->failed)
		return SP_FAILED;
	migrating->meta.format = row->from + 1;
	return store_ask(migrating->store, &write);
}

static const struct migration *row_from(const struct migration *rows, uint64_t from)
{
	while (rows->from != 0 && rows->from != from)
		rows++;
	return rows->from != 0 ? rows : NULL;
}

/* Before anything is touched. */
static enum sp_status backup_first(struct store *store, uint64_t from, struct sp_error *out_error)
{
	struct arena arena;
	enum sp_status status = SP_FAILED;

	arena_init(&arena, NULL, 0);
	const char *path = text_print(&arena, "%s/before-format-%llu-%lld.backup",
	    store->set.state != NULL ? store->set.state : "", (unsigned long long)from + 1,
	    (long long)clock_wall());
	if (store->set.state == NULL)
		snprintf(out_error->text, sizeof(out_error->text),
		    "a store of an older format is changed after a backup only");
	else
		status = backup_to_file(store, path, out_error);
	if (status == SP_OK)
		log_line(SP_WARNING, "the store has format %llu; a backup of it is in %s",
		    (unsigned long long)from, path);
	arena_done(&arena);
	return status;
}

enum sp_status migrate_run(struct store *store, const struct migration *rows, uint64_t from,
    uint64_t to, struct sp_error *out_error)
{
	struct migrating migrating = { .store = store };
	enum sp_status status = SP_OK;

	for (uint64_t at = from; at < to; at++)
		if (row_from(rows, at) == NULL) {
			snprintf(out_error->text, sizeof(out_error->text), "the store has format "
			    "%llu, which this server can't bring up to %llu",
			    (unsigned long long)from, (unsigned long long)to);
			return SP_FAILED;
		}
	if (backup_first(store, from, out_error) != SP_OK)
		return SP_FAILED;
	arena_init(&migrating.arena, NULL, 0);
	for (uint64_t at = from; status == SP_OK && at < to; at++) {
		const struct migration *row = row_from(rows, at);
		migrating.tenant_count = 0;
		status = tenants_find(&migrating);
		if (status == SP_OK)
			status = step(&migrating, row);
		if (status != SP_OK)
			status = say(out_error, row, "could not be changed; the backup made before "
			    "is in the state folder");
	}
	arena_done(&migrating.arena);
	free(migrating.tenants);
	return status;
}
