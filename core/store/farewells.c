#include "store/farewells.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/pack.h"
#include "model/app.h"
#include "model/tenant.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"
#include "store/store.h"

#include <stdlib.h>

#define FORMAT 2u	/* 2: how far a round has got */
#define UNTIL (INT64_C(24) * 3600 * 1000)
#define LINGER (INT64_C(3600) * 1000)

static const struct sp_id server;

struct farewells *farewells_new(void)
{
	return must_calloc(1, sizeof(struct farewells));
}

void farewells_free(struct farewells *farewells)
{
	free(farewells);
}

const struct farewells_counts *farewells_counts(const struct store *store)
{
	return &store->farewells->counts;
}

static size_t quiet_place(struct sp_id app)
{
	return (app.byte[15] ^ app.byte[7]) % QUIET_APPS;
}

void farewells_hush(struct store *store, struct sp_id app, int64_t until)
{
	struct farewells *farewells = store->farewells;

	farewells->quiet[quiet_place(app)].app = app;
	farewells->quiet[quiet_place(app)].until = until;
}

bool farewells_quiet(const struct store *store, struct sp_id app, int64_t now)
{
	const struct farewells *farewells = store->farewells;

	return id_equal(farewells->quiet[quiet_place(app)].app, app) &&
	    now < farewells->quiet[quiet_place(app)].until;
}

/* Records: by due time, as the outbox. */

struct sp_address farewells_all(void)
{
	return kinds_at(KIND_FAREWELL, server, NULL, 0);
}

static struct sp_address farewell_at(const struct farewell *farewell)
{
	return kinds_at_time(KIND_FAREWELL, server, farewell->due, farewell->id);
}

static bool farewell_write(struct sp_records_commit *commit, const struct farewell *farewell)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, farewell->tenant);
	pack_id(&pack, farewell->user);
	pack_id(&pack, farewell->root);
	pack_number(&pack, farewell->epoch);
	pack_signed(&pack, farewell->until);
	pack_number(&pack, farewell->tries);
	pack_id(&pack, farewell->root_seen);
	pack_id(&pack, farewell->app_seen);
	pack_number(&pack, farewell->silent);
	return kinds_put(commit, farewell_at(farewell), pack_end(&pack),
	    farewell->until + LINGER, SP_ABSENT);
}

static bool tenant_hears(const struct tenant *tenant)
{
	for (size_t i = 0; i < tenant->app_count; i++)
		if (tenant->apps[i]->backchannel_uri != NULL)
			return true;
	return false;
}

bool farewells_put(struct sp_records_commit *commit, const struct tenant *tenant,
    const struct farewell *farewell)
{
	struct farewell copy = *farewell;

	if (!tenant_hears(tenant))
		return true;
	copy.tenant = tenant->id;
	copy.id = id_ordered(commit->op.now);
	copy.due = commit->op.now;
	copy.until = commit->op.now + UNTIL;
	return farewell_write(commit, &copy);
}

bool farewells_read(struct arena *arena, const struct sp_record *record,
    struct farewell *out_farewell)
{
	struct farewell farewell = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_time(record, &farewell.due, &farewell.id))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	farewell.tenant = unpack_id(&unpack);
	farewell.user = unpack_id(&unpack);
	farewell.root = unpack_id(&unpack);
	farewell.epoch = unpack_number(&unpack);
	farewell.until = unpack_signed(&unpack);
	farewell.tries = (unsigned)unpack_number(&unpack);
	if (unpack.format >= 2) {
		farewell.root_seen = unpack_id(&unpack);
		farewell.app_seen = unpack_id(&unpack);
		farewell.silent = unpack_number(&unpack);
	}
	if (!unpack_ok(&unpack))
		return false;
	*out_farewell = farewell;
	return true;
}

void farewells_after(struct sp_records_list *list, const struct farewell *farewell)
{
	struct sp_address at = farewell_at(farewell);

	list->after.data = arena_copy(op_arena(&list->op), at.key.data, at.key.size);
	list->after.size = at.key.size;
}

void farewells_remove(struct sp_records_commit *commit, const struct farewell *farewell,
    uint64_t expect)
{
	kinds_remove(commit, farewell_at(farewell), expect);
}

bool farewells_move(struct sp_records_commit *commit, struct farewell *farewell, int64_t due,
    uint64_t expect)
{
	if (due == farewell->due)
		due++;		/* one batch, one change of an address */
	farewells_remove(commit, farewell, expect);
	farewell->due = due;
	return farewell_write(commit, farewell);
}
