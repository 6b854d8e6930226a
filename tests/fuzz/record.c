/* Records as a disk may give them: every reader takes any bytes and stays within them; what one
 * takes is put back as the same bytes. What is sealed is fed by the key that seals it. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/pack.h"
#include "crypto/ring.h"
#include "crypto/seal.h"
#include "loop/loop.h"
#include "plugin/instance.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/accounts.h"
#include "store/budgets.h"
#include "store/challenges.h"
#include "store/documents.h"
#include "store/intents.h"
#include "store/journeys.h"
#include "store/keyrings.h"
#include "store/kinds.h"
#include "store/metas.h"
#include "store/outbox.h"
#include "store/sessions.h"
#include "store/signins.h"
#include "store/spent.h"
#include "store/store.h"
#include "store/tenants.h"
#include "store/wrongs.h"

static const struct sp_id tenant = { { 't' } }, id = { { 'i' } };
static struct store store;
static struct seat *seat;
static struct arena arena;

/* A seat that nobody answers on: enough to compose a commit. */
static void begin(void)
{
	struct instance *instance = must_calloc(1, sizeof(*instance) + sizeof(struct seat));

	seat = &instance->seats[0];
	seat->instance = instance;
	seat->loop = loop_new(0);
	STAILQ_INIT(&seat->rested);
	store.ring = ring_new(1000);
	ring_hash_key(store.ring, "records", &store.hash);
}

/* Reads; true: `commit` (may be NULL) has got it again. */
typedef bool codec_fn(const struct sp_record *record, struct sp_records_commit *commit);

static bool account(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct account account;

	return accounts_read(&arena, record, &account) &&
	    accounts_put(commit, record->at, &account, SP_ANY);
}

static bool challenge(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct passcode passcode;

	if (!challenges_read(&arena, record, &passcode))
		return false;
	CHECK(passcode.old_count <= PASSCODE_OLD && passcode.purpose <= PASSCODE_SECOND);
	return challenges_put(commit, tenant, &passcode, 9, SP_ANY);
}

static bool session(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct session session;

	return sessions_read(&arena, record, &session) &&
	    sessions_put(commit, tenant, &session, SP_ANY);
}

static bool journey(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct journey journey;

	if (!journeys_read(&arena, record, &journey))
		return false;
	CHECK(journey.stored && journey.stage <= STAGE_JUDGING);
	return journeys_put(commit, tenant, &journey, SP_ANY);
}

static bool signin(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct signin_record signin;

	return signins_read(&arena, record, &signin) && signins_put(commit, tenant, &signin, 9);
}

static bool spent(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct spent spent;

	if (!spent_read(record, &spent))
		return false;
	spent_put(commit, tenant, &spent, SP_ANY);
	return true;
}

static bool meta(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct meta meta;

	if (!metas_read(record, &meta) || *(const unsigned char *)record->value.data != 1)
		return false;	/* a newer format: refused by its number, never written */
	metas_put(commit, &meta, SP_ANY);
	return true;
}

static bool node(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct node node;

	return nodes_read(&arena, record, &node) && nodes_put(commit, &node, 9);
}

static bool wrongs(const struct sp_record *record, struct sp_records_commit *commit)
{
	struct budget_place place = { tenant, id, BUDGET_MFA_RUN };
	struct wrongs wrongs;

	if (!wrongs_read(record, &wrongs))
		return false;
	CHECK(wrongs.count <= WRONGS_MOST);
	wrongs_put(commit, &place, &wrongs, 9);
	return true;
}

/* Twice through the codec: the second time to the same bytes. */
static struct sp_bytes again(codec_fn *codec, const struct sp_record *record)
{
	struct sp_records_commit *commit = commit_new(seat, 4);
	struct sp_bytes bytes = { 0 };

	if (codec(record, commit)) {
		const struct sp_change *change = commit->changes[0];
		bytes = (struct sp_bytes){ arena_copy(&arena, change->value.data,
		    change->value.size), change->value.size };
		CHECK(bytes.size > 0 && bytes.size <= SP_VALUE_MAX);
	}
	op_free(&commit->op);
	return bytes;
}

static void codec_try(codec_fn *codec, struct sp_bytes bytes)
{
	struct sp_record record = { .at = kinds_at_id(KIND_SESSION, tenant, id), .value = bytes,
		.revision = 7 };
	struct sp_bytes first = again(codec, &record), second;

	if (first.size == 0)
		return;
	record.value = first;
	second = again(codec, &record);
	CHECK(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
}

static void plain_try(struct sp_bytes bytes)
{
	struct sp_record record = { .at = kinds_at_id(KIND_SESSION, tenant, id), .value = bytes,
		.revision = 7 };
	struct tenants_entry entry;
	struct pause pause;

	json_decref(documents_read(&record));
	(void)kinds_counter(&record);
	(void)pauses_read(&record, &pause);
	if (tenants_read(&arena, &record, &entry))
		CHECK(strlen(entry.name) <= TENANTS_NAME_MAX);
}

/* Sealed for that record, so that the reader comes to what is within. */
static struct sp_bytes shut(const char *purpose, const void *bound, size_t size,
    struct sp_bytes plain)
{
	struct seal how = { store.ring, purpose, { bound, size } };

	return seal(&arena, &how, (struct secret){ plain.data, plain.size });
}

static void intent_try(struct sp_bytes bytes)
{
	struct sp_record record = { .at = intents_at(id), .revision = 7 };
	struct sp_bytes sealed = shut("intent", &id, sizeof(id), bytes);
	struct intent intent;
	struct pack pack;

	pack_begin(&pack, &arena, 1);
	pack_id(&pack, tenant);
	pack_number(&pack, INTENT_UPDATE);
	pack_id(&pack, id);
	pack_text(&pack, "{}");
	pack_id(&pack, id);
	pack_signed(&pack, 5);
	pack_bytes(&pack, sealed.data, sealed.size);
	record.value = pack_end(&pack);
	if (intents_read(&arena, &store, &record, &intent))
		CHECK(intents_met(&intent, intent.user));
	record.value = bytes;
	CHECK(!intents_read(&arena, &store, &record, &intent));
}

static void outbox_try(struct sp_bytes bytes)
{
	struct sp_record record = { .at = outbox_at(5, id), .revision = 7 };
	struct sp_bytes sealed = shut("outbox", &id, sizeof(id), bytes);
	struct outbox_entry entry;
	struct pack pack;

	pack_begin(&pack, &arena, 2);
	pack_id(&pack, tenant);
	pack_id(&pack, id);
	pack_text(&pack, "KLMNO");
	pack_number(&pack, 0);
	pack_id(&pack, id);
	pack_number(&pack, 1);
	pack_id(&pack, id);
	pack_bytes(&pack, sealed.data, sealed.size);
	record.value = pack_end(&pack);
	if (outbox_read(&arena, &store, &record, &entry))
		CHECK(mail_fits(&entry.message));
	record.value = bytes;
	CHECK(!outbox_read(&arena, &store, &record, &entry));
}

static void key_try(struct sp_bytes bytes)
{
	struct sp_record record = { .at = keyrings_at(tenant, id), .value = bytes, .revision = 7 };
	struct keyring_key key;

	CHECK(!keyrings_read(&arena, &store, &record, &key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static codec_fn *const codecs[] = { account, challenge, session, journey, signin, spent,
		meta, node, wrongs };
	struct sp_bytes bytes = { data, size };

	if (seat == NULL)
		begin();
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		codec_try(codecs[i], bytes);
	plain_try(bytes);
	intent_try(bytes);
	outbox_try(bytes);
	key_try(bytes);
	arena_done(&arena);
	return 0;
}
