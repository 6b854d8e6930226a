/* Signing keys are made, and take their turns. */
#include "store/keyrings.h"

#include "base/clock.h"
#include "base/text.h"
#include "plugin/records.h"
#include "store/audits.h"
#include "store/errand.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "store/tenants.h"

static const enum jwk_alg algorithms[] = { JWK_RS256, JWK_ES256 };
enum { ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]) };

struct old { struct keyring_key key; uint64_t revision; };

struct rotate {
	struct errand errand;
	struct sp_id tenant;
	keyrings_done_fn *done;
	void *arg;
	int64_t now, lifetime;	/* 0: whatever their age */
	struct audit_act act;
	size_t old_count;
	struct old old[KEYRINGS_MAX];
	struct keyring_key made[ALGORITHMS];
};

static void rotate_end(struct rotate *rotate, enum sp_status status)
{
	keyrings_done_fn *done = rotate->done;
	void *arg = rotate->arg;

	errand_end(&rotate->errand);
	if (done != NULL)
		done(arg, status);
}

static void rotate_spread(void *arg, enum sp_status status)
{
	rotate_end(arg, status);
}

static void rotate_stored(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rotate *rotate = (struct rotate *)errand;

	(void)answer;
	if (status == SP_OK)
		snapshot_change(errand->store, rotate->tenant, rotate_spread, rotate);
	else
		rotate_end(rotate, status);
}

/* Has it a key that signs now? Then the new one is published first, for caches. */
static bool rotate_signing(const struct rotate *rotate, enum jwk_alg alg)
{
	for (size_t i = 0; i < rotate->old_count; i++) {
		const struct keyring_key *key = &rotate->old[i].key;
		if (key->alg == alg && key->active <= rotate->now &&
		    (key->retired == 0 || key->retired > rotate->now))
			return true;
	}
	return false;
}

static void rotate_make(struct errand *errand)
{
	struct rotate *rotate = (struct rotate *)errand;

	for (size_t i = 0; i < ALGORITHMS; i++) {
		int64_t lead = rotate_signing(rotate, algorithms[i]) ? KEYRINGS_LEAD : 0;
		keyrings_make(&errand->arena, algorithms[i], rotate->now, rotate->now + lead,
		    &rotate->made[i]);
	}
}

static bool key_over(const struct rotate *rotate, const struct keyring_key *key)
{
	return key->retired != 0 && key->retired + KEYRINGS_KEEP < rotate->now;
}

static bool rotate_retire(struct rotate *rotate, struct sp_records_commit *commit,
    struct old *old)
{
	struct keyring_key *key = &old->key;

	if (key_over(rotate, key)) {
		keyrings_remove(commit, rotate->tenant, key->id, old->revision);
		return true;
	}
	for (size_t i = 0; key->retired == 0 && i < ALGORITHMS; i++)
		if (rotate->made[i].alg == key->alg)
			key->retired = rotate->made[i].active;
	return keyrings_put(commit, rotate->errand.store, rotate->tenant, key, old->revision);
}

static void rotate_made(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rotate *rotate = (struct rotate *)errand;
	struct sp_records_commit *commit;
	bool ok = status == SP_OK;

	(void)answer;
	if (!ok) {
		rotate_end(rotate, status);
		return;
	}
	commit = commit_new(store_seat(errand->store, BINDING_RECORDS, errand->loop),
	    rotate->old_count + ALGORITHMS + 3);
	for (size_t i = 0; i < rotate->old_count; i++)
		ok = rotate_retire(rotate, commit, &rotate->old[i]) && ok;
	for (size_t i = 0; i < ALGORITHMS; i++)
		ok = keyrings_put(commit, errand->store, rotate->tenant, &rotate->made[i],
		    SP_ABSENT) && ok;
	changes_put(commit, rotate->tenant);
	ok = audits_tell(commit, &rotate->act) && ok;
	if (ok && commit_ready(commit)) {
		errand_call(errand, &commit->op, rotate_stored);
		return;
	}
	op_free(&commit->op);
	rotate_end(rotate, SP_FAILED);
}

static bool rotate_wanted(const struct rotate *rotate)
{
	for (size_t i = 0; i < rotate->old_count; i++)
		if (rotate->old[i].key.retired == 0 &&
		    keyrings_old(rotate->old[i].key.active, rotate->lifetime, rotate->now))
			return true;
	return rotate->lifetime == 0;
}

static void rotate_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rotate *rotate = (struct rotate *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	size_t stay = 0;

	if (status != SP_OK) {
		rotate_end(rotate, status);
		return;
	}
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		struct old *old = &rotate->old[rotate->old_count++];
		old->revision = record->revision;
		if (!keyrings_read(&errand->arena, errand->store, record, &old->key)) {
			rotate_end(rotate, SP_REJECTED);
			return;
		}
		stay += !key_over(rotate, &old->key);
	}
	/* Those whose time is over make room: nothing else ever removes them. */
	if (rotate_wanted(rotate) && stay + ALGORITHMS > KEYRINGS_MAX)
		rotate_end(rotate, SP_REJECTED);
	else if (rotate_wanted(rotate))
		errand_work(errand, errand->store->set.work_lane, rotate_make, rotate_made);
	else
		rotate_end(rotate, SP_OK);
}

/* An answer that is there at once would call done() inside keyrings_rotate(). */
static void rotate_begin(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rotate *rotate = (struct rotate *)errand;
	struct seat *seat = store_seat(errand->store, BINDING_RECORDS, errand->loop);

	(void)answer, (void)status;
	errand_call(errand, &list_new(seat, keyrings_all(rotate->tenant), KEYRINGS_MAX)->op,
	    rotate_listed);
}

bool keyrings_rotate(struct store *store, const struct audit_act *act, keyrings_done_fn *done,
    void *arg)
{
	return keyrings_renew(store, act, 0, done, arg);
}

bool keyrings_renew(struct store *store, const struct audit_act *act, int64_t lifetime,
    keyrings_done_fn *done, void *arg)
{
	struct rotate *rotate = errand_new(store, loop_current(), sizeof(*rotate));

	if (rotate == NULL)
		return false;
	rotate->tenant = act->tenant;
	rotate->done = done;
	rotate->arg = arg;
	rotate->now = clock_wall();
	rotate->lifetime = lifetime;
	rotate->act = *act;
	rotate->act.actor = text_copy(&rotate->errand.arena, act->actor);
	rotate->act.source = text_copy(&rotate->errand.arena, act->source);
	rotate->act.now = rotate->now;
	rotate->act.activity = "Rotate signing keys";
	rotate->act.verb = "Update";
	rotate->act.target = NULL;
	errand_pause(&rotate->errand, 0, rotate_begin);
	return true;
}

/* Waiting on the main thread. */

static void wait_begin(struct loop *loop, void *arg)
{
	struct store_wait *wait = arg;
	struct audit_act act = { .tenant = wait->tenant, .actor = "server" };

	(void)loop;
	if (!keyrings_rotate(wait->store, &act, store_woken, wait))
		store_woken(wait, SP_UNAVAILABLE);
}

enum sp_status keyrings_rotate_wait(struct store *store, struct sp_id tenant)
{
	struct store_wait wait = { .store = store, .tenant = tenant };

	return store_wait(&wait, wait_begin);
}
