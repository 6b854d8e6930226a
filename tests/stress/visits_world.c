/* The store, a tenant with apps of each kind, its policies, and the people. */
#include "visits.h"

#include "base/clock.h"
#include "base/text.h"
#include "crypto/password.h"
#include "flow/letters.h"
#include "loop/lane.h"
#include "loop/loop.h"
#include "model/document.h"
#include "plugin/binding.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/documents.h"
#include "store/intents.h"
#include "store/keyrings.h"
#include "store/members.h"
#include "store/snapshot.h"
#include "store/sweeper.h"
#include "store/tenants.h"
#include "text/problems.h"

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

struct house house;
struct store *store;
struct sp_id tenant, app_ids[APPS];
char *issuer;

static struct arena arena;
static struct instance *backend, *policy;
static struct binding *binding;
static struct lane *work_lane, *hash_lane;
static struct catalogues words;
static struct letters letters;
static struct sp_id staff;
static const struct tenant *held;	/* by all turns: it never changes */
static char folder[] = "/tmp/sallyport-visits-XXXXXX", key_path[64];
static const struct password_cost cost = { .memory = 8, .passes = 1 };

struct loop *world_loop(void)
{
	return house.loops[0];
}

static void open_letters(const char *conf)
{
	struct problems problems;

	problems_begin(&problems, &arena);
	if (catalogues_load(&arena, text_print(&arena, "%s/text", conf), &problems, &words) != SP_OK
	    || !letters_load(&arena, text_print(&arena, "%s/mail", conf), &words,
	    "shop@example.org", &problems, &letters)) {
		fprintf(stderr, "%s\n", problems_words(&problems));
		CHECK(false);
	}
}

static void open_plugins(const char *plugins)
{
	struct instance_settings set = { INSTANCE_DEFAULTS, .name = "backend" };
	char where[32];
	struct keys_pair pairs[] = { { "chaos", where }, { NULL, NULL } };

	/* What circuits and overdue operations refuse is a test of its own: tests/stress/engine.c */
	set.circuit.failures = 1000000;
	set.overdue = 1000000;
	snprintf(where, sizeof(where), "%lld", (long long)(intptr_t)&walk.chaos);
	backend = house_plugin(&house, &arena, getenv("TEST_PLUGINS"), "chaos.so", pairs, &set);
	set.name = "policy";
	policy = house_plugin(&house, &arena, plugins, "conditional-access.so", &pairs[1], &set);
	struct binding_set roles = { .users = backend, .records = backend, .policy = policy,
		.mail = { backend }, .mail_count = 1 };
	binding = binding_new(&roles, house.loops, house.count);
}

static void open_store(void)
{
	struct sp_error error = { "" };

	CHECK(mkdtemp(folder) != NULL);
	snprintf(key_path, sizeof(key_path), "%s/store.key", folder);
	work_lane = lane_new(1, 64);
	hash_lane = lane_new(1, 64);
	struct store_setup setup = { .binding = binding, .loops = house.loops,
		.loop_count = house.count, .work_lane = work_lane, .hash_lane = hash_lane,
		.key_file = key_path, .node_name = "walk" };
	if (store_open(&setup, &store, &error) != SP_OK)
		fprintf(stderr, "%s\n", error.text);
	CHECK(store != NULL);
}

/* Documents as operators would write them: ' for ", %s in the order given. */
static void put(struct sp_records_commit *commit, enum document_kind kind, struct sp_id id,
    const char *text)
{
	struct arena *at = op_arena(&commit->op);
	struct document_errors errors = { .arena = at };
	struct document_place place = { tenant, kind, id };
	char id_text[ID_TEXT];
	struct sp_error error;

	id_format(id, id_text);
	char *whole = text_print(at, kind == DOCUMENT_METHOD ? "{'id':'Email',%s%s}" :
	    "{'id':'%s',%s}", kind == DOCUMENT_METHOD ? "" : id_text, text);
	for (char *c = whole; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	json_t *json = json_read(whole, strlen(whole), &error);
	CHECK(json != NULL);
	json_t *canonical = document_row(kind)->check(json, &errors);
	for (struct document_error *one = errors.first; one != NULL; one = one->next)
		fprintf(stderr, "%s: %s\n", one->path, one->text);
	CHECK(canonical != NULL && documents_put(commit, &place, canonical, SP_ANY));
	json_decref(canonical);
	json_decref(json);
}

#define FLOW(name, method, more) "'displayName':'" name "'," \
	"'onInteractiveAuthFlowStart':{'isSignUpAllowed':true}," \
	"'onAuthenticationMethodLoadStart':{'identityProviders':[{'id':'" method "'}]}," \
	"'conditions':{'applications':{'includeApplications':[%s]}}" more
#define INPUTS ",'onAttributeCollection':{'attributeCollectionPage':{'views':[{'inputs':[" \
	"{'attribute':'displayName','label':'Name','inputType':'text','required':true}]}]}}"
#define POLICY(name, apps, users, control) "'displayName':'" name "','state':'enabled'," \
	"'conditions':{'clientAppTypes':['all'],'applications':{'includeApplications':[" apps "]}," \
	"'users':{" users "}},'grantControls':{'operator':'OR','builtInControls':['" control "']}"

static void put_policies(struct sp_records_commit *commit)
{
	struct arena *at = op_arena(&commit->op);
	char id[ID_TEXT], vault[ID_TEXT], bank[ID_TEXT];

	id_format(staff, id);
	id_format(app_ids[APP_VAULT], vault);
	id_format(app_ids[APP_BANK], bank);
	put(commit, DOCUMENT_GROUP, staff, "'displayName':'Staff'");
	put(commit, DOCUMENT_POLICY, id_random(), text_print(at,
	    POLICY("MFA for staff", "'All'", "'includeGroups':['%s']", "mfa"), id));
	put(commit, DOCUMENT_POLICY, id_random(), text_print(at,
	    POLICY("Nobody into the vault", "'%s'", "'includeUsers':['All']", "block"), vault));
	put(commit, DOCUMENT_POLICY, id_random(), text_print(at,
	    POLICY("MFA at the bank", "'%s'", "'includeUsers':['All']", "mfa"), bank));
}

static void put_apps(struct sp_records_commit *commit)
{
	static const char *const names[] = { "Shop", "Codes", "Bare", "Vault", "Bank" };
	struct arena *at = op_arena(&commit->op);
	char shop[ID_TEXT], bank[ID_TEXT], id[ID_TEXT];

	for (int i = 0; i < APPS; i++) {
		id_format(app_ids[i], id);
		put(commit, DOCUMENT_APP, id_random(), text_print(at, "'appId':'%s',"
		    "'displayName':'%s','idTokenSignedResponseAlg':'ES256',"
		    "'spa':{'redirectUris':['https://%s.example/back']}", id, names[i],
		    names[i]));
	}
	id_format(app_ids[APP_SHOP], shop);
	id_format(app_ids[APP_BANK], bank);
	put(commit, DOCUMENT_FLOW, id_random(), text_print(at, FLOW("Passwords",
	    "EmailPassword-OAUTH", INPUTS), text_print(at, "{'appId':'%s'},{'appId':'%s'}",
	    shop, bank)));
	id_format(app_ids[APP_CODES], id);
	put(commit, DOCUMENT_FLOW, id_random(), text_print(at, FLOW("Codes",
	    "EmailOtpSignup-OAUTH", ""), text_print(at, "{'appId':'%s'}", id)));
}

/* Budgets of networks are wide open: those of people are what is walked into. */
static struct sp_op *tenant_make(struct seat *seat, void *arg)
{
	struct sp_records_commit *commit = commit_new(seat, 64);
	struct sp_id email;

	(void)arg;
	CHECK(tenants_create(commit, tenant, "woodgrove"));
	CHECK(documents_id(DOCUMENT_METHOD, "Email", &email));
	put(commit, DOCUMENT_METHOD, email, "'state':'enabled'");
	put(commit, DOCUMENT_TENANT, tenant, "'name':'woodgrove','displayName':'Woodgrove',"
	    "'settings':{'sourceSendsAnHour':100000,'sourcePasswords':100000,"
	    "'sourceUnknownAnHour':100000,'tenantSendsAMinute':1000000,'unprovenSends':20,"
	    "'unprovenSendsADay':100,'passcodeResendAfter':15,'signInRetention':86400}");
	put_policies(commit);
	put_apps(commit);
	changes_put(commit, tenant);
	CHECK(commit_ready(commit));
	return &commit->op;
}

static struct sp_op *members_make(struct seat *seat, void *arg)
{
	struct sp_records_commit *commit = commit_new(seat, 2 * STAFF);

	(void)arg;
	for (int i = 0; i < STAFF; i++)
		members_put(commit, &(struct member){ tenant, staff, walk.people[i].id },
		    SP_ANY);
	CHECK(commit_ready(commit));
	return &commit->op;
}

/* Customers are made by an operator, with a password; newcomers are addresses and no more. */
static void make_people(void)
{
	for (int i = 0; i < PEOPLE; i++) {
		struct entry *entry = &walk.people[i];
		snprintf(entry->address, sizeof(entry->address), "%s%d@example.com",
		    i < CUSTOMERS ? "ann" : "bob", i);
		entry->out = true;
		if (i >= CUSTOMERS)
			continue;
		struct act *act = run_add(TURN_PERSON);
		act_person(act, i, PERSON_CREATE);
		act_run(0);
		CHECK(!entry->out && !entry->unsure && entry->password_count == 1);
	}
}

static void hold(struct loop *loop, void *arg)
{
	(void)arg;
	held = snapshot_hold_id(store, loop, tenant);
	CHECK(held != NULL);
}

static void release(struct loop *loop, void *arg)
{
	(void)arg;
	snapshot_release(store, loop, held);
}

void world_open(const char *plugins, const char *conf)
{
	struct store_ask make = { BINDING_RECORDS, tenant_make, NULL, NULL };
	struct store_ask join = { BINDING_RECORDS, members_make, NULL, NULL };
	char id[ID_TEXT];

	CHECK(getenv("TEST_PLUGINS") != NULL);
	walk.chaos.deliver = book_deliver;
	house_open(&house, 1);
	open_letters(conf);
	open_plugins(plugins);
	open_store();
	tenant = id_random();
	staff = id_random();
	for (int i = 0; i < APPS; i++)
		app_ids[i] = id_random();
	CHECK(store_ask(store, &make) == SP_OK);
	CHECK(snapshot_change_wait(store, tenant) == SP_OK);
	CHECK(keyrings_rotate_wait(store, tenant) == SP_OK);
	id_format(tenant, id);
	issuer = text_print(&arena, "https://id.example/%s/v2.0", id);
	loop_call(world_loop(), hold, NULL);
	make_people();
	CHECK(store_ask(store, &join) == SP_OK);
}

void world_close(void)
{
	loop_call(world_loop(), release, NULL);
	store_close(store);
	lane_free(work_lane);
	lane_free(hash_lane);
	CHECK(instance_free(policy));
	CHECK(instance_free(backend));
	house_close(&house);
	binding_free(binding);
	arena_done(&arena);
	unlink(key_path);
	rmdir(folder);
}

void world_turn(struct turn *turn)
{
	turn->store = store;
	turn->letters = &letters;
	turn->cost = &cost;
	turn->loop = world_loop();
	turn->tenant = held;
	turn->issuer = issuer;
	turn->now = walk.now;
	turn->source = 1;
	turn->origin.platform = 1;
	turn->source_text = "192.0.2.0";
	turn->agent = "walk";
}

/* Quiet. */

static struct sp_op *intents_make(struct seat *seat, void *arg)
{
	(void)arg;
	return &list_new(seat, intents_all(), SP_LIST_MAX)->op;
}

static void intents_got(struct sp_op *answer, void *arg)
{
	*(size_t *)arg = ((struct sp_records_list *)answer)->count;
}

static void weather_set(struct loop *loop, void *arg)
{
	(void)loop;
	memcpy(walk.chaos.odds, arg, sizeof(walk.chaos.odds));
}

void world_weather(const unsigned odds[CHAOS_FATES])
{
	unsigned set[CHAOS_FATES];

	memcpy(set, odds, sizeof(set));
	loop_call(world_loop(), weather_set, set);
}

static void sweep(struct loop *loop, void *arg)
{
	(void)loop, (void)arg;
	sweeper_round(store->sweeper);
}

/* Leases run out, and what was cut off is carried out or given up. */
void world_quiet(void)
{
	size_t open = 0;
	struct store_ask ask = { BINDING_RECORDS, intents_make, intents_got, &open };

	world_weather((unsigned[CHAOS_FATES]){ 0 });
	loop_advance(61000);
	for (unsigned round = 0;; round++) {
		loop_call(world_loop(), sweep, NULL);
		CHECK(store_ask(store, &ask) == SP_OK);
		if (open == 0)
			break;
		WALK_CHECK(round < 100000);
		sched_yield();
	}
	WALK_CHECK(walk.chaos.held_count == 0);
	WALK_CHECK(atomic_load(&backend->overdue) == 0 && atomic_load(&backend->misuses) == 0);
}
