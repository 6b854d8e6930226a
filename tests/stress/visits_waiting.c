/* Codes that were right are gone: none is there whose journey doesn't wait for it (attack B3). */
#include "visits.h"

#include "base/arena.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/challenges.h"
#include "store/journeys.h"

static struct waiting {
	size_t count, at;
	struct sp_id challenges[SP_LIST_MAX], journeys[SP_LIST_MAX];
} waiting;

static struct sp_op *waiting_make(struct seat *seat, void *arg)
{
	struct sp_address all = challenges_at(tenant, tenant);

	(void)arg;
	all.key = (struct sp_bytes){ 0 };
	return &list_new(seat, all, SP_LIST_MAX)->op;
}

static void waiting_got(struct sp_op *answer, void *arg)
{
	struct passcode passcode;
	struct arena read;

	(void)arg;
	arena_init(&read, NULL, 0);
	for (const struct sp_record *record = ((struct sp_records_list *)answer)->first;
	    record != NULL; record = record->next) {
		WALK_CHECK(challenges_read(&read, record, &passcode));
		waiting.challenges[waiting.count] = passcode.id;
		waiting.journeys[waiting.count++] = passcode.journey;
	}
	arena_done(&read);
}

static struct sp_op *journey_make(struct seat *seat, void *arg)
{
	struct sp_address at = journeys_at(tenant, waiting.journeys[waiting.at]);

	(void)arg;
	return &get_new(seat, &at, 1)->op;
}

static void journey_got(struct sp_op *answer, void *arg)
{
	struct journey journey;
	struct arena read;

	(void)arg;
	arena_init(&read, NULL, 0);
	WALK_CHECK(journeys_read(&read, ((struct sp_records_get *)answer)->records[0], &journey));
	WALK_CHECK(id_equal(journey.challenge, waiting.challenges[waiting.at]));
	arena_done(&read);
}

void waiting_check(void)
{
	struct store_ask all = { BINDING_RECORDS, waiting_make, waiting_got, NULL };
	struct store_ask one = { BINDING_RECORDS, journey_make, journey_got, NULL };

	waiting.count = 0;
	CHECK(store_ask(store, &all) == SP_OK);
	for (waiting.at = 0; waiting.at < waiting.count; waiting.at++)
		CHECK(store_ask(store, &one) == SP_OK);
}
