/* telling.c - one farewell: its apps are told, all at once (farewells.h) */
#include "store/farewells.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/text.h"
#include "crypto/jws.h"
#include "model/app.h"
#include "model/logout_token.h"
#include "model/tenant.h"
#include "plugin/records.h"
#include "store/errand.h"
#include "store/keyrings.h"
#include "store/logins.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "store/subject.h"

#define AGAIN_FIRST INT64_C(5000)	/* ms until the second round, doubling */
#define QUIET INT64_C(15000)	/* ms that an app is left alone by who has not tried it yet */
#define QUIET_TRIED INT64_C(4000)	/* and by who has: less than the first wait */
#define AGAIN_MOST (INT64_C(15) * 60 * 1000)

enum word_state { WORD_OPEN = 0, WORD_SETTLED, WORD_AGAIN };

struct word {			/* to one app about one session */
	struct telling *telling;
	struct login login;
	const struct app *app;
	const struct jwk *key;
	const char *payload, *token;
	enum word_state state;
};

struct telling {
	struct errand errand;
	struct farewell farewell;
	const struct tenant *tenant;	/* held */
	size_t count, open;
	struct word words[LOGINS_MOST];
	bool more;			/* than fits into one turn: those beyond `last` */
	struct login last;
};

static void telling_end(struct telling *telling)
{
	struct errand *errand = &telling->errand;

	if (telling->tenant != NULL)
		snapshot_release(errand->store, errand->loop, telling->tenant);
	errand_end(errand);
}

/* What came of it. */

static void settled(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer, (void)status;	/* not OK: again after the lease */
	telling_end((struct telling *)errand);
}

static int64_t again_at(const struct telling *telling, int64_t now)
{
	int64_t wait = AGAIN_FIRST;

	for (unsigned i = 1; i < telling->farewell.tries && wait < AGAIN_MOST; i++)
		wait *= 2;
	return now + (wait < AGAIN_MOST ? wait : AGAIN_MOST);
}

static size_t words_left(const struct telling *telling)
{
	size_t left = 0;

	for (size_t i = 0; i < telling->count; i++)
		left += telling->words[i].state == WORD_AGAIN;
	return left;
}

/* Some may be left alone for now. */
static size_t words_written(const struct telling *telling)
{
	size_t written = 0;

	for (size_t i = 0; i < telling->count; i++)
		written += telling->words[i].payload != NULL;
	return written;
}

/* A list longer than a round takes is gone through to its end, whoever is silent in it. */
static bool settle_more(struct telling *telling, struct sp_records_commit *commit)
{
	struct farewell *farewell = &telling->farewell;

	farewell->root_seen = telling->last.root;
	farewell->app_seen = telling->last.app;
	return farewells_move(commit, farewell, clock_wall(), SP_ANY);
}

static bool settle_rest(struct telling *telling, struct sp_records_commit *commit)
{
	struct farewell *farewell = &telling->farewell;
	int64_t now = clock_wall();

	farewell->silent += words_left(telling);
	if (telling->more)
		return settle_more(telling, commit);
	uint64_t left = farewell->silent;
	farewell->silent = 0;
	farewell->root_seen = farewell->app_seen = (struct sp_id){ 0 };
	farewell->tries++;
	if (left > 0 && now < farewell->until)
		return farewells_move(commit, farewell, again_at(telling, now), SP_ANY);
	if (left > 0) {
		metric_bump(&telling->errand.store->farewells->counts.given_up);
		log_line(SP_WARNING, "logout: %llu apps could not be told of a sign-out for a day, "
		    "and are not told any more", (unsigned long long)left);
	}
	farewells_remove(commit, farewell, SP_ANY);
	return true;
}

static void telling_settle(struct telling *telling)
{
	struct errand *errand = &telling->errand;
	struct sp_records_commit *commit = commit_new(store_seat(errand->store,
	    BINDING_RECORDS, errand->loop), telling->count + 2);

	commit->durability = SP_ORDERED;
	for (size_t i = 0; i < telling->count; i++)
		if (telling->words[i].state == WORD_SETTLED)
			logins_remove(commit, telling->farewell.tenant,
			    &telling->words[i].login, SP_ANY);
	if (settle_rest(telling, commit) && commit_ready(commit)) {
		errand_call(errand, &commit->op, settled);
		return;
	}
	op_free(&commit->op);
	telling_end(telling);
}

/* What each app says. */

static void word_log(const struct word *word, enum sp_level level, const char *result,
    const char *why)
{
	const struct telling *telling = word->telling;
	char user[ID_TEXT];

	id_format(word->login.user, user);
	LOG_EVENT(level, "logout-told", { "result", result },
	    { "tenant", telling->tenant->name }, { "client_id", word->app->client_id },
	    { "user", user }, { "why", why });
}

static enum word_state word_judge(struct word *word, enum farewells_heard heard, unsigned code,
    const char *why)
{
	struct farewells_counts *counts = &word->telling->errand.store->farewells->counts;

	if (heard == FAREWELLS_ANSWERED && (code == 200 || code == 204)) {
		metric_bump(&counts->told);
		word_log(word, SP_INFO, "success", NULL);
		return WORD_SETTLED;
	}
	if (heard == FAREWELLS_FORBIDDEN) {
		metric_bump(&counts->forbidden);
		word_log(word, SP_WARNING, "forbidden", why);
		return WORD_SETTLED;
	}
	if (heard == FAREWELLS_ANSWERED)
		why = text_print(&word->telling->errand.arena, "status %u", code);
	if (heard == FAREWELLS_ANSWERED && (code < 502 || code > 504)) {
		metric_bump(&counts->refused);
		word_log(word, SP_WARNING, "refused", why);
		return WORD_SETTLED;
	}
	metric_bump(&counts->failed);
	word_log(word, SP_WARNING, "failed", why);
	farewells_hush(word->telling->errand.store, word->login.app, clock_wall() + QUIET);
	return WORD_AGAIN;
}

static void word_heard(void *arg, enum farewells_heard heard, unsigned code, const char *why)
{
	struct word *word = arg;

	word->state = word_judge(word, heard, code, why);
	if (--word->telling->open == 0)
		errand_wake(&word->telling->errand);
}

static void telling_heard(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer, (void)status;
	telling_settle((struct telling *)errand);
}

static void telling_signed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct telling *telling = (struct telling *)errand;

	(void)answer;
	for (size_t i = 0; status == SP_OK && i < telling->count; i++)
		telling->open += telling->words[i].token != NULL;
	if (telling->open == 0) {
		telling_end(telling);	/* no lane, no key: again after the lease */
		return;
	}
	errand_wait(errand, telling_heard);
	for (size_t i = 0; i < telling->count; i++) {
		struct word *word = &telling->words[i];
		struct farewells_post post = { word->app != NULL ? word->app->backchannel_uri :
			NULL, word->token, word_heard, word };
		if (word->token != NULL)
			errand->store->set.post(errand->store->set.post_client, errand->loop, &post);
	}
}

/* On a lane. */
static void telling_sign(struct errand *errand)
{
	struct telling *telling = (struct telling *)errand;

	for (size_t i = 0; i < telling->count; i++) {
		struct word *word = &telling->words[i];
		if (word->payload != NULL && word->key != NULL)
			word->token = jws_sign(&errand->arena, word->key, LOGOUT_TOKEN_TYPE,
			    word->payload);
	}
}

/* Which apps. */

static void word_write(struct telling *telling, struct word *word)
{
	int64_t now = clock_wall();
	struct logout_token claims = {
		.issuer = word->login.issuer, .audience = word->app->client_id,
		.id = id_random(), .session = word->login.session, .now = now,
		.user = subject_of(telling->errand.store, word->app, word->login.user) };
	json_t *json = logout_token(&claims);

	word->payload = json_write(&telling->errand.arena, json);
	json_decref(json);
	word->key = keyrings_signs(telling->tenant, word->app->es256 ? JWK_ES256 : JWK_RS256, now);
}

static bool word_covered(const struct farewell *farewell, const struct login *login)
{
	return !id_zero(farewell->root) || login->epoch < farewell->epoch;
}

static bool telling_spares(const struct telling *telling, struct sp_id app)
{
	int64_t tried = telling->farewell.tries > 0 ? QUIET - QUIET_TRIED : 0;

	return farewells_quiet(telling->errand.store, app, clock_wall() + tried);
}

/* An app that wants nothing, or is gone, is settled at once. */
static void telling_take(struct telling *telling, const struct sp_record *record)
{
	struct word *word = &telling->words[telling->count];
	char client[ID_TEXT];

	if (!logins_read(&telling->errand.arena, record, &word->login) ||
	    !word_covered(&telling->farewell, &word->login))
		return;
	id_format(word->login.app, client);
	word->telling = telling;
	word->app = tenant_app(telling->tenant, client);
	word->state = WORD_SETTLED;
	telling->count++;
	if (word->app != NULL && word->app->enabled && word->app->backchannel_uri != NULL) {
		word->state = WORD_AGAIN;
		if (!telling_spares(telling, word->login.app))
			word_write(telling, word);
	}
}

static void telling_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct telling *telling = (struct telling *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	size_t seen = 0;

	if (status != SP_OK) {
		telling_end(telling);
		return;
	}
	for (const struct sp_record *record = list->first; record != NULL;
	    record = record->next, seen++)
		telling_take(telling, record);
	telling->more = seen == LOGINS_MOST && logins_read(&telling->errand.arena, list->last,
	    &telling->last);
	if (words_written(telling) == 0)
		telling_settle(telling);
	else
		errand_work(errand, errand->store->set.work_lane, telling_sign, telling_signed);
}

void telling_begin(struct store *store, struct loop *loop, const struct farewell *farewell)
{
	struct telling *telling = errand_new(store, loop, sizeof(*telling));

	if (telling == NULL)
		return;
	telling->farewell = *farewell;
	telling->tenant = snapshot_hold_id(store, loop, farewell->tenant);
	if (telling->tenant == NULL) {
		telling_end(telling);	/* not built yet; of one that is gone the record expires */
		return;
	}
	struct sp_records_list *list = list_new(store_seat(store, BINDING_RECORDS, loop),
	    logins_of(farewell->tenant, farewell->user, farewell->root), LOGINS_MOST);
	struct login seen = { .user = farewell->user, .root = farewell->root_seen,
		.app = farewell->app_seen };
	if (!id_zero(farewell->root_seen))
		logins_after(list, farewell->tenant, &seen);
	errand_call(&telling->errand, &list->op, telling_listed);
}
