/* founding_renew.c - what this version builds into the tenant of administrators, where an earlier one
 * made it: its applications, as nobody else changes them */
#include "store/founding.h"

#include "base/id.h"
#include "base/text.h"
#include "model/system.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/audits.h"
#include "store/documents.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "store/tenants.h"

#define ANY_TIME "2026-01-01T00:00:00Z"	/* what is there says when it was made */

enum { MOST = 4 };

struct renewing_one {
	struct document_place place;
	json_t *wanted, *there;
	uint64_t revision;
};

struct renewing {
	struct renewing_one ones[MOST];	/* the tenant first, then its applications */
	size_t count;
};

static void renewing_add(struct renewing *renewing, enum document_kind kind, json_t *wanted)
{
	struct renewing_one *one = &renewing->ones[renewing->count];

	one->place = (struct document_place){ .tenant = system_id, .kind = kind };
	if (!documents_id(kind, json_text(wanted, document_row(kind)->id, ""), &one->place.id))
		return;
	one->wanted = json_incref(wanted);
	renewing->count++;
}

static void renewing_begin(struct renewing *renewing)
{
	json_t *tenant = system_documents(DOCUMENT_TENANT, SYSTEM_NAME, ANY_TIME);
	json_t *apps = system_documents(DOCUMENT_APP, SYSTEM_NAME, ANY_TIME), *app;
	size_t index;

	renewing_add(renewing, DOCUMENT_TENANT, json_array_get(tenant, 0));
	json_array_foreach(apps, index, app)
		if (renewing->count < MOST)
			renewing_add(renewing, DOCUMENT_APP, app);
	json_decref(tenant);
	json_decref(apps);
}

static struct sp_op *renew_look(struct seat *seat, void *arg)
{
	struct renewing *renewing = arg;
	struct sp_address at[MOST];

	for (size_t i = 0; i < renewing->count; i++)
		at[i] = documents_at(system_id, renewing->ones[i].place.kind,
		    renewing->ones[i].place.id);
	return &get_new(seat, at, renewing->count)->op;
}

static void renew_looked(struct sp_op *answer, void *arg)
{
	struct renewing *renewing = arg;
	const struct sp_records_get *get = (const struct sp_records_get *)answer;

	for (size_t i = 0; i < renewing->count; i++) {
		renewing->ones[i].there = documents_read(get->records[i]);
		renewing->ones[i].revision = get->records[i]->revision;
	}
}

/* When it was made is all that may differ. */
static bool renewing_app(struct renewing_one *one)
{
	json_t *made = json_object_get(one->there, "createdDateTime");

	if (made != NULL)
		json_object_set(one->wanted, "createdDateTime", made);
	return !json_equal(one->wanted, one->there);
}

/* Before the tools had refresh tokens, their life was no setting that anybody would have thought of:
 * an administrator's is an hour (requirement 234). */
static void renewing_tenant(struct renewing_one *one)
{
	static const char *const names[] = { "refreshTokenIdle", "refreshTokenLifetime" };
	json_t *settings = json_object_get(one->there, "settings");
	const json_t *wanted = json_object_get(one->wanted, "settings");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_number(settings, names[i], 0) > json_number(wanted, names[i], 0))
			json_object_set(settings, names[i], json_object_get(wanted, names[i]));
	json_object_update(one->wanted, one->there);
}

static bool renewing_due(struct renewing *renewing)
{
	bool due = false;

	for (size_t i = 0; i < renewing->count; i++)
		if (renewing->ones[i].there == NULL)
			return false;	/* it can't be read: the snapshot says so */
	for (size_t i = 1; i < renewing->count; i++)
		due = renewing_app(&renewing->ones[i]) || due;
	if (due)
		renewing_tenant(&renewing->ones[0]);
	return due;
}

static struct sp_op *renew_make(struct seat *seat, void *arg)
{
	struct renewing *renewing = arg;
	struct sp_records_commit *commit = commit_new(seat, MOST + 3);
	struct audit_act act = { .tenant = system_id, .now = commit->op.now, .actor = "server",
		.activity = "Update built-in applications", .verb = "Update" };
	bool fits = audits_tell(commit, &act);

	for (size_t i = 0; i < renewing->count; i++)
		fits = fits && documents_put(commit, &renewing->ones[i].place,
		    renewing->ones[i].wanted, renewing->ones[i].revision);
	changes_put(commit, system_id);
	if (!fits || !commit_ready(commit))
		abort();	/* a few small documents */
	return &commit->op;
}

enum sp_status founding_renew(struct store *store)
{
	struct renewing renewing = { .count = 0 };
	struct store_ask look = { BINDING_RECORDS, renew_look, renew_looked, &renewing };
	struct store_ask make = { BINDING_RECORDS, renew_make, NULL, &renewing };

	renewing_begin(&renewing);
	enum sp_status status = store_ask(store, &look);
	if (status == SP_OK && renewing_due(&renewing)) {
		status = store_ask(store, &make);
		/* Another node was first. */
		if (status == SP_OK || status == SP_CONFLICT)
			status = snapshot_change_wait(store, system_id);
	}
	for (size_t i = 0; i < renewing.count; i++) {
		json_decref(renewing.ones[i].wanted);
		json_decref(renewing.ones[i].there);
	}
	return status;
}
