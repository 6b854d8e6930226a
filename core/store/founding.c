#include "store/founding.h"

#include "base/id.h"
#include "base/text.h"
#include "model/system.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/audits.h"
#include "store/documents.h"
#include "store/keyrings.h"
#include "store/links.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "store/tenants.h"

#include <stdio.h>
#include <stdlib.h>

struct founding {
	struct store *store;
	const char *name;
	bool there, taken;	/* the tenant; its name, by another one */
};

static struct sp_op *look_make(struct seat *seat, void *arg)
{
	struct sp_address at = tenants_at(system_id);

	(void)arg;
	return &get_new(seat, &at, 1)->op;
}

static void look_got(struct sp_op *answer, void *arg)
{
	((struct founding *)arg)->there =
	    ((const struct sp_records_get *)answer)->records[0]->revision != 0;
}

static bool founding_documents(const struct founding *founding,
    struct sp_records_commit *commit)
{
	const char *now = text_time(op_arena(&commit->op), commit->op.now);
	bool fits = true;

	for (enum document_kind kind = DOCUMENT_TENANT; kind < DOCUMENT_KINDS; kind++) {
		json_t *all = system_documents(kind, founding->name, now), *one;
		struct document_place place = { .tenant = system_id, .kind = kind };
		size_t index;
		json_array_foreach(all, index, one)
			fits = fits && documents_id(kind, json_text(one, document_row(kind)->id, ""),
			    &place.id) && documents_put(commit, &place, one, SP_ABSENT);
		json_decref(all);
	}
	return fits;
}

static struct sp_op *found_make(struct seat *seat, void *arg)
{
	enum { ROOM = 16 };
	struct founding *founding = arg;
	struct sp_records_commit *commit = commit_new(seat, ROOM);
	struct audit_act act = { .tenant = system_id, .now = commit->op.now, .actor = "server",
		.activity = "Add tenant", .verb = "Add" };
	struct keyring_key key;

	keyrings_make(op_arena(&commit->op), JWK_ES256, commit->op.now, commit->op.now, &key);
	bool fits = tenants_create(commit, system_id, founding->name) &&
	    founding_documents(founding, commit) &&
	    keyrings_put(commit, founding->store, system_id, &key, SP_ABSENT) &&
	    audits_tell(commit, &act);
	changes_put(commit, system_id);
	if (!fits || !commit_ready(commit))
		abort();	/* a few small documents */
	return &commit->op;
}

static void found_got(struct sp_op *answer, void *arg)
{
	((struct founding *)arg)->taken = tenants_taken((struct sp_records_commit *)answer);
}

/* CONFLICT without the name being another's: another node was first. */
static enum sp_status founding_make(struct founding *founding, const char *name)
{
	struct store_ask ask = { BINDING_RECORDS, found_make, found_got, founding };

	founding->name = name;
	founding->taken = false;
	return store_ask(founding->store, &ask);
}

enum sp_status founding_system(struct store *store, const char **out_name,
    struct sp_error *out_error)
{
	struct founding founding = { .store = store };
	struct store_ask look = { BINDING_RECORDS, look_make, look_got, &founding };
	enum sp_status status = store_ask(store, &look);

	if (status == SP_OK && founding.there) {
		status = founding_renew(store);
		if (status == SP_OK)
			*out_name = NULL;
		else
			snprintf(out_error->text, sizeof(out_error->text), "the tenant of "
			    "administrators can't be brought up to date: the records backend "
			    "does not take it");
		return status;
	}
	if (status == SP_OK)
		status = founding_make(&founding, SYSTEM_NAME);
	if (status == SP_CONFLICT && founding.taken)
		status = founding_make(&founding, SYSTEM_NAME_ELSE);
	bool made = status == SP_OK;
	if (status == SP_OK || status == SP_CONFLICT)
		status = snapshot_change_wait(store, system_id);
	if (status != SP_OK)
		snprintf(out_error->text, sizeof(out_error->text), "the tenant of administrators "
		    "can't be made: the records backend does not take it");
	else
		*out_name = made ? founding.name : NULL;
	return status;
}

struct first_link { struct store *store; struct bearer bearer; };

static struct sp_op *link_make(struct seat *seat, void *arg)
{
	struct first_link *first = arg;
	struct sp_records_commit *commit = commit_new(seat, 2);
	struct audit_act act = { .tenant = system_id, .now = commit->op.now, .actor = "server",
		.activity = "Create sign-in link", .verb = "Add" };
	struct link link = links_new(first->store->ring, (struct sp_id){ { 0 } },
	    commit->op.now, &first->bearer);

	links_put(commit, system_id, &link);
	if (!audits_tell(commit, &act) || !commit_ready(commit))
		abort();
	return &commit->op;
}

char *founding_link(struct store *store, struct arena *arena)
{
	struct first_link first = { .store = store };
	struct store_ask ask = { BINDING_RECORDS, link_make, NULL, &first };
	char *text = NULL;

	if (store_ask(store, &ask) == SP_OK)
		text = bearer_format(arena, &first.bearer);
	bearer_done(&first.bearer);
	return text;
}
