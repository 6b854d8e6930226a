/* Snapshots: built, swapped under load, kept when broken, followed by other nodes. */
#include "storehouse.h"

#include "base/clock.h"
#include "base/random.h"
#include "model/document.h"
#include "plugin/policy.h"
#include "store/documents.h"
#include "store/keyrings.h"
#include "store/snapshot.h"
#include "store/tenants.h"

#include <semaphore.h>
#include <stdlib.h>

static struct sp_id app_id, policy_id;

struct text { char text[64]; };

static struct text text_of(struct sp_id id)
{
	struct text text;

	id_format(id, text.text);
	return text;
}

/* Documents as operators would write them, checked as the admin API would. */
static void put_document(struct sp_records_commit *commit, enum document_kind kind,
    struct sp_id id, json_t *json)
{
	struct document_errors errors = { .arena = op_arena(&commit->op) };
	struct document_place place = { tenant, kind, id };
	json_t *canonical = document_row(kind)->check(json, &errors);

	for (struct document_error *error = errors.first; error != NULL; error = error->next)
		fprintf(stderr, "%s: %s\n", error->path, error->text);
	CHECK(canonical != NULL && documents_put(commit, &place, canonical, SP_ANY));
	json_decref(canonical);
	json_decref(json);
}

static void put_policy(struct sp_records_commit *commit, const char *state)
{
	put_document(commit, DOCUMENT_POLICY, policy_id, json_pack(
	    "{s:s, s:s, s:s, s:{s:[s], s:{s:[s]}, s:{s:[s]}}, s:{s:s, s:[s]}}",
	    "id", text_of(policy_id).text, "displayName", "MFA", "state", state,
	    "conditions", "clientAppTypes", "all",
	    "applications", "includeApplications", "All", "users", "includeUsers", "All",
	    "grantControls", "operator", "OR", "builtInControls", "mfa"));
}

static void put_tenant(struct sp_records_commit *commit, const char *display_name)
{
	put_document(commit, DOCUMENT_TENANT, tenant, json_pack("{s:s, s:s, s:s}",
	    "id", text_of(tenant).text, "name", "woodgrove", "displayName", display_name));
}

static void fill_all(struct sp_records_commit *commit, void *arg)
{
	struct sp_id group = id_random(), email;

	(void)arg;
	CHECK(tenants_create(commit, tenant, "woodgrove"));
	CHECK(documents_id(DOCUMENT_METHOD, "Email", &email));
	put_tenant(commit, "0");
	put_policy(commit, "enabled");
	put_document(commit, DOCUMENT_APP, id_random(), json_pack("{s:s, s:s, s:s}",
	    "id", text_of(id_random()).text, "appId", text_of(app_id).text,
	    "displayName", "Shop"));
	put_document(commit, DOCUMENT_GROUP, group, json_pack("{s:s, s:s}",
	    "id", text_of(group).text, "displayName", "Staff"));
	put_document(commit, DOCUMENT_METHOD, email, json_pack("{s:s, s:s}",
	    "id", "Email", "state", "enabled"));
	changes_put(commit, tenant);
}

static void fill_number(struct sp_records_commit *commit, void *arg)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", *(int *)arg);
	put_tenant(commit, number);
	put_policy(commit, *(int *)arg % 2 ? "disabled" : "enabled");
	changes_put(commit, tenant);
}

/* What each loop sees. */

struct seen { const char *name; bool there; int number; size_t policies, keys, apps; };

static void look(struct loop *loop, void *arg)
{
	struct seen *seen = arg;
	const struct tenant *held = snapshot_hold(store, loop, seen->name);

	seen->there = held != NULL;
	if (held == NULL)
		return;
	seen->number = atoi(held->display_name);
	seen->policies = held->policy_count;
	seen->keys = held->key_count;
	seen->apps = held->app_count;
	CHECK(held->email.enabled && held->group_count == 1);
	CHECK(tenant_app(held, text_of(app_id).text) != NULL);
	snapshot_release(store, loop, held);
}

static struct seen seen_on(unsigned loop, const char *name)
{
	struct seen seen = { .name = name };

	loop_call(house.loops[loop], look, &seen);
	return seen;
}

static void look_keys(struct loop *loop, void *arg)
{
	const struct tenant *held = snapshot_hold_id(store, loop, tenant);
	const struct jwk **keys = arg;

	keys[0] = keyrings_signs(held, JWK_RS256, clock_wall());
	keys[1] = keyrings_signs(held, JWK_ES256, clock_wall());
	CHECK(keys[0] != NULL && keys[1] != NULL && jwk_private(keys[0]));
	CHECK(jwk_alg(keys[0]) == JWK_RS256 && jwk_alg(keys[1]) == JWK_ES256);
	snapshot_release(store, loop, held);
}

static struct jwk_name { char kid[2][JWK_KID_MAX + 1]; } signing(void)
{
	const struct jwk *keys[2];
	struct jwk_name names;

	loop_call(house.loops[1], look_keys, keys);
	for (int i = 0; i < 2; i++)
		snprintf(names.kid[i], sizeof(names.kid[i]), "%s", jwk_kid(keys[i]));
	return names;
}

/* A new key is published at once and signs a day later; the old one stays published. */
static void rotation(void)
{
	CHECK(keyrings_rotate_wait(store, tenant) == SP_OK);
	struct jwk_name first = signing();
	CHECK(seen_on(2, "woodgrove").keys == 2);
	CHECK(keyrings_rotate_wait(store, tenant) == SP_OK);
	CHECK(seen_on(2, "woodgrove").keys == 4);
	struct jwk_name second = signing();
	CHECK(strcmp(first.kid[0], second.kid[0]) == 0);
	loop_advance(KEYRINGS_LEAD + 1000);
	second = signing();
	CHECK(strcmp(first.kid[0], second.kid[0]) != 0);
	CHECK(strcmp(first.kid[1], second.kid[1]) != 0);
	crash();
	CHECK(strcmp(signing().kid[0], second.kid[0]) == 0);
}

/* Visitors on every loop hold, read, decide and release while tenants are swapped. */

struct visitor {
	struct task task;
	struct loop *loop;
	const struct tenant *held;
	int turns, number;
};

static atomic_bool leave;
static atomic_int visitors, least;

static void visitor_judge(struct visitor *visitor)
{
	const struct policy_set *set = snapshot_policies(visitor->held);
	struct arena arena;
	struct sp_facts facts = { .tenant = tenant, .user = id_random(), .target = app_id,
		.factors = SP_FACTOR_PASSWORD, .client = SP_BROWSER,
		.platform = SP_PLATFORM_UNKNOWN, .now = clock_wall() };

	arena_init(&arena, NULL, 0);
	struct sp_judgement *out = policy_judgement(&arena, set);
	CHECK(policy_decide_now(store_seat(store, BINDING_POLICY, visitor->loop), set, &facts,
	    out) == SP_OK);
	CHECK(out->decision == (visitor->number % 2 ? SP_ALLOW : SP_ASK));
	arena_done(&arena);
}

static void visitor_run(struct task *task)
{
	struct visitor *visitor = (struct visitor *)task;

	if (visitor->held == NULL) {
		int atleast = atomic_load(&least);
		visitor->held = snapshot_hold(store, visitor->loop, "woodgrove");
		CHECK(visitor->held != NULL);
		int number = atoi(visitor->held->display_name);
		CHECK(number >= visitor->number && number >= atleast);
		visitor->number = number;
		visitor->turns = (int)random_below(20);
	}
	visitor_judge(visitor);
	if (visitor->turns-- == 0) {
		snapshot_release(store, visitor->loop, visitor->held);
		visitor->held = NULL;
		if (atomic_load(&leave)) {
			atomic_fetch_sub(&visitors, 1);
			return;
		}
	}
	loop_later(visitor->loop, &visitor->task);
}

static bool all_left(void *arg)
{
	(void)arg;
	return atomic_load(&visitors) == 0;
}

/* When a change is answered, every loop has it. */
static void swapping(void)
{
	enum { VISITORS = 2 * LOOPS, CHANGES = 100 };
	struct visitor each[VISITORS] = { 0 };

	atomic_store(&visitors, VISITORS);
	for (int i = 0; i < VISITORS; i++) {
		each[i] = (struct visitor){ .task.run = visitor_run,
			.loop = house.loops[i % LOOPS] };
		loop_post(each[i].loop, &each[i].task);
	}
	for (int number = 1; number <= CHANGES; number++) {
		CHECK(commit(fill_number, &number) == SP_OK);
		CHECK(snapshot_change_wait(store, tenant) == SP_OK);
		atomic_store(&least, number);
		for (unsigned loop = 0; loop < LOOPS; loop++)
			CHECK(seen_on(loop, "woodgrove").number == number);
	}
	atomic_store(&leave, true);
	UNTIL(all_left, NULL);
}

/* Changes that come from every loop at once share builds; none is forgotten. */

static atomic_int answered;

static void change_done(void *arg, enum sp_status status)
{
	CHECK(status == SP_OK && loop_current() == arg);
	atomic_fetch_add(&answered, 1);
}

static void change_many(struct loop *loop, void *arg)
{
	(void)arg;
	for (int i = 0; i < 50; i++)
		snapshot_change(store, tenant, change_done, loop);
}

static bool all_answered(void *arg)
{
	(void)arg;
	return atomic_load(&answered) == 50 * LOOPS;
}

/* A document that makes no sense changes nothing, and what is in force stays in force. */
static void fill_broken(struct sp_records_commit *commit, void *arg)
{
	struct document_place place = { tenant, DOCUMENT_POLICY, policy_id };
	json_t *json = json_pack("{s:s}", "state", "???");

	(void)arg;
	CHECK(documents_put(commit, &place, json, SP_ANY));
	json_decref(json);
	changes_put(commit, tenant);
}

static void broken(void)
{
	int number = 200;

	CHECK(commit(fill_broken, NULL) == SP_OK);
	CHECK(snapshot_change_wait(store, tenant) == SP_REJECTED);
	CHECK(seen_on(1, "woodgrove").policies == 1 && seen_on(1, "woodgrove").number == 100);
	CHECK(commit(fill_number, &number) == SP_OK);
	CHECK(snapshot_change_wait(store, tenant) == SP_OK);
	CHECK(seen_on(1, "woodgrove").number == 200);
}

/* Another node hears of it by the feed alone. */

static bool follows(void *arg)
{
	return seen_on(1, "woodgrove").number == *(int *)arg;
}

static bool gone(void *arg)
{
	(void)arg;
	return !seen_on(2, "woodgrove").there;
}

static void look_none(struct loop *loop, void *arg)
{
	(void)arg;
	CHECK(snapshot_count(store, loop) == 0);
}

static void fill_gone(struct sp_records_commit *commit, void *arg)
{
	(void)arg;
	tenants_remove(commit, tenant, "woodgrove");
	changes_put(commit, tenant);
}

static void fill_back(struct sp_records_commit *commit, void *arg)
{
	(void)arg;
	CHECK(tenants_create(commit, tenant, "woodgrove"));
	changes_put(commit, tenant);
}

static void following(void)
{
	int number = 300;

	CHECK(commit(fill_number, &number) == SP_OK);
	UNTIL(follows, &number);
	CHECK(commit(fill_gone, NULL) == SP_OK);
	UNTIL(gone, NULL);
	loop_call(house.loops[2], look_none, NULL);
	CHECK(commit(fill_back, NULL) == SP_OK);
	UNTIL(follows, &number);
	CHECK(commit(fill_back, NULL) == SP_CONFLICT);
}

void snapshots(void)
{
	tenant = id_random();
	app_id = id_random();
	policy_id = id_random();
	CHECK(!seen_on(0, "woodgrove").there);
	CHECK(commit(fill_all, NULL) == SP_OK);
	CHECK(snapshot_change_wait(store, tenant) == SP_OK);
	CHECK(seen_on(0, "woodgrove").apps == 1 && seen_on(2, text_of(tenant).text).there);
	CHECK(!seen_on(0, "WOODGROVE").there && !seen_on(0, "").there);
	rotation();
	swapping();
	for (unsigned i = 0; i < LOOPS; i++)
		loop_call(house.loops[i], change_many, NULL);
	UNTIL(all_answered, NULL);
	broken();
	following();
}
