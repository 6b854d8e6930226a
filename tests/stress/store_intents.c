/* Changes of users: cut off after each step, and carried out all the same. */
#include "storehouse.h"

#include "base/clock.h"
#include "base/json.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/audits.h"
#include "store/chain.h"
#include "store/intents.h"

#include <stdlib.h>

static struct arena arena;

static const struct sp_attribute name = { "displayName", "Ann" };
static const struct sp_attribute *const attributes[] = { &name };

struct change {
	struct intent intent;
	struct sp_user user;
	char identifier[48];
	const char *identifiers[1];
	struct account account;
};

static void change_new(struct change *change, enum intent_kind kind)
{
	static int number;

	*change = (struct change){ .user = { .id = id_random(), .enabled = true,
		.identifier_count = 1, .attribute_count = 1, .attributes = attributes,
		.verifier = "$argon2id$first" } };
	snprintf(change->identifier, sizeof(change->identifier), "ann%d@example.com", number++);
	change->identifiers[0] = change->identifier;
	change->user.identifiers = change->identifiers;
	change->intent = (struct intent){ .id = id_ordered(clock_wall()), .tenant = tenant,
		.kind = kind, .user = &change->user, .audit = id_ordered(clock_wall()),
		.audit_json = "{\"activity\":\"test\",\"result\":\"begun\"}" };
}

/* (a), (b), (c) */

static void fill_begin(struct sp_records_commit *commit, void *arg)
{
	struct change *change = arg;
	struct audit audit = { .tenant = tenant, .id = change->intent.audit };
	struct sp_error error;
	json_t *json = json_read(change->intent.audit_json, strlen(change->intent.audit_json),
	    &error);

	CHECK(intents_begin(commit, store, &change->intent));
	CHECK(audits_put(commit, &audit, json));
	CHECK(accounts_put(commit, accounts_at(tenant, change->user.id), &change->account,
	    SP_ANY));
	json_decref(json);
}

static struct sp_op *operation_make(struct seat *seat, void *arg)
{
	return &intents_operation(seat, &((struct change *)arg)->intent)->op;
}

static void operation_got(struct sp_op *answer, void *arg)
{
	((struct change *)arg)->user.revision = ((struct sp_users_change *)answer)->revision;
}

static enum sp_status operation(struct change *change)
{
	struct store_ask ask = { BINDING_USERS, operation_make, operation_got, change };

	return store_ask(store, &ask);
}

static void fill_end(struct sp_records_commit *commit, void *arg)
{
	intents_end(commit, &((struct change *)arg)->intent, true);
}

/* What there is afterwards. */

struct found { struct sp_id id; bool there, enabled, blocked, gone; char verifier[32], result[16];
	struct sp_id audit; };

static struct sp_op *find_make(struct seat *seat, void *arg)
{
	return &users_get(seat, tenant, ((struct found *)arg)->id)->op;
}

static void find_got(struct sp_op *answer, void *arg)
{
	const struct sp_user *user = ((struct sp_users_find *)answer)->user;
	struct found *found = arg;

	found->there = user != NULL;
	if (user == NULL)
		return;
	found->enabled = user->enabled;
	snprintf(found->verifier, sizeof(found->verifier), "%s", user->verifier);
}

static void read_account(const struct sp_record *record, void *arg)
{
	struct account account;

	CHECK(accounts_read(&arena, record, &account));
	((struct found *)arg)->blocked = account.blocked;
	((struct found *)arg)->gone = account.gone;
}

static void read_audit(const struct sp_record *record, void *arg)
{
	struct found *found = arg;
	json_t *json = audits_read(record);

	if (json == NULL)
		return;
	snprintf(found->result, sizeof(found->result), "%s", json_text(json, "result", ""));
	json_decref(json);
}

/* Once it has ended, it comes into the chain. */
static void read_link(const struct sp_record *record, void *arg)
{
	struct found *found = arg;
	struct chain_link link;
	struct sp_error error;

	CHECK(chain_read(&arena, record, &link) && chain_true(store, tenant, &link));
	if (!id_equal(link.id, found->audit))
		return;
	json_t *json = json_read(link.json, strlen(link.json), &error);
	snprintf(found->result, sizeof(found->result), "%s", json_text(json, "result", ""));
	json_decref(json);
}

static struct found find(const struct change *change)
{
	struct found found = { .id = change->user.id };
	struct store_ask ask = { BINDING_USERS, find_make, find_got, &found };

	(void)store_ask(store, &ask);
	read_one(accounts_at(tenant, change->user.id), read_account, &found);
	read_one(audits_at(tenant, change->intent.audit), read_audit, &found);
	found.audit = change->intent.audit;
	for (uint64_t i = 1; found.result[0] == '\0' && i <= count_of(chain_all(tenant)); i++)
		read_one(chain_at(tenant, i), read_link, &found);
	return found;
}

static bool none_open(void *arg)
{
	(void)arg;
	return count_of(intents_all()) == 0;
}

static void cut(struct change *change, int steps)
{
	CHECK(commit(fill_begin, change) == SP_OK);
	uint64_t revision = change->user.revision;
	if (steps > 1) {
		CHECK(operation(change) == SP_OK);
		change->user.revision = revision;	/* as the intent has it */
	}
	if (steps > 2)
		CHECK(commit(fill_end, change) == SP_OK);
	CHECK(none_open(NULL) == (steps > 2));
	crash();
	UNTIL(none_open, NULL);
}

static void make(struct change *change)
{
	enum intent_kind kind = change->intent.kind;

	change->intent.kind = INTENT_CREATE;
	CHECK(operation(change) == SP_OK && change->user.revision != 0);
	change->intent.kind = kind;
}

static void creates(int steps)
{
	struct change change;

	change_new(&change, INTENT_CREATE);
	cut(&change, steps);
	struct found found = find(&change);
	CHECK(found.there && found.enabled && strcmp(found.verifier, "$argon2id$first") == 0);
	CHECK(strcmp(found.result, "success") == 0);
}

static void updates(int steps)
{
	struct change change;

	change_new(&change, INTENT_UPDATE);
	make(&change);
	change.user.verifier = "$argon2id$second";
	cut(&change, steps);
	struct found found = find(&change);
	CHECK(strcmp(found.verifier, "$argon2id$second") == 0);
	CHECK(strcmp(found.result, "success") == 0);
}

static void enables(int steps)
{
	struct change change;

	change_new(&change, INTENT_ENABLE);
	change.user.enabled = false;
	make(&change);
	change.user.enabled = true;
	change.account = (struct account){ .epoch = 7, .blocked = true };
	cut(&change, steps);
	struct found found = find(&change);
	CHECK(found.enabled && (steps > 2 || !found.blocked));
	CHECK(strcmp(found.result, "success") == 0);
}

static void removes(int steps)
{
	struct change change;

	change_new(&change, INTENT_REMOVE);
	make(&change);
	cut(&change, steps);
	struct found found = find(&change);
	CHECK(!found.there && strcmp(found.result, "success") == 0);
	CHECK(found.gone || steps == 3);	/* then it was for whoever ended it to say so */
}

/* Somebody else was later and wins: the audit says so. */
static void overtaken(void)
{
	struct change change, other;

	change_new(&change, INTENT_UPDATE);
	make(&change);
	other = change;
	other.intent.user = &other.user;
	other.user.identifiers = change.identifiers;
	change.user.verifier = "$argon2id$second";
	other.user.verifier = "$argon2id$third";
	CHECK(commit(fill_begin, &change) == SP_OK);
	CHECK(operation(&other) == SP_OK);
	crash();
	UNTIL(none_open, NULL);
	struct found found = find(&change);
	CHECK(strcmp(found.verifier, "$argon2id$third") == 0);
	CHECK(strcmp(found.result, "failure") == 0);
}

/* The address was taken in between: no user, and nothing of him stays. */
static void taken(void)
{
	struct change change, other;

	change_new(&change, INTENT_CREATE);
	change_new(&other, INTENT_CREATE);
	other.identifiers[0] = change.identifier;
	other.user.identifiers = other.identifiers;
	other.intent.user = &other.user;
	change.account = (struct account){ .blocked = true };
	CHECK(commit(fill_begin, &change) == SP_OK);
	CHECK(operation(&other) == SP_OK);
	crash();
	UNTIL(none_open, NULL);
	struct found found = find(&change);
	CHECK(!found.there && !found.blocked && strcmp(found.result, "failure") == 0);
}

/* The id is somebody else's, who was there before: he is not taken for the one to be made. */
static void another(void)
{
	struct change change, other;

	change_new(&change, INTENT_CREATE);
	change_new(&other, INTENT_CREATE);
	other.user.id = change.user.id;
	other.user.identifiers = other.identifiers;
	other.identifiers[0] = other.identifier;
	other.intent.user = &other.user;
	change.account = (struct account){ .blocked = true };
	CHECK(operation(&other) == SP_OK);
	CHECK(commit(fill_begin, &change) == SP_OK);
	crash();
	UNTIL(none_open, NULL);
	struct found found = find(&change);
	CHECK(found.there && !found.blocked && strcmp(found.result, "failure") == 0);
}

/* Somebody of that id was deleted before: whoever is made anew has nothing of him, and when nobody
 * is made his mark stays. */
static void anew(bool there)
{
	struct change change, other;

	change_new(&change, INTENT_CREATE);
	change_new(&other, INTENT_CREATE);
	other.identifiers[0] = change.identifier;
	other.user.identifiers = other.identifiers;
	other.intent.user = &other.user;
	change.account = (struct account){ .blocked = true, .gone = true };
	CHECK(commit(fill_begin, &change) == SP_OK);
	CHECK(there || operation(&other) == SP_OK);
	crash();
	UNTIL(none_open, NULL);
	struct found found = find(&change);
	CHECK(found.there == there && found.blocked == !there && found.gone == !there);
}

/* Made, and changed by somebody before it was ended: it was made all the same. */
static void moved_on(void)
{
	struct change change, other;

	change_new(&change, INTENT_CREATE);
	change.account = (struct account){ .blocked = true };
	CHECK(commit(fill_begin, &change) == SP_OK);
	other = change;
	other.user.identifiers = change.identifiers;
	other.intent.user = &other.user;
	CHECK(operation(&other) == SP_OK);
	other.intent.kind = INTENT_UPDATE;
	other.user.verifier = "$argon2id$later";
	CHECK(operation(&other) == SP_OK);
	crash();
	UNTIL(none_open, NULL);
	struct found found = find(&change);
	CHECK(found.there && found.blocked && strcmp(found.result, "success") == 0);
	CHECK(strcmp(found.verifier, "$argon2id$later") == 0);
}

/* Another node waits for the lease. */
static void leased(void)
{
	struct change change;
	struct store *other = NULL;
	struct sp_error error;

	change_new(&change, INTENT_CREATE);
	CHECK(commit(fill_begin, &change) == SP_OK);
	CHECK(node_open("b", key_file(), &other, &error) == SP_OK);
	CHECK(!none_open(NULL));
	loop_advance(61000);
	UNTIL(none_open, NULL);
	CHECK(find(&change).there);
	store_close(other);
}

void intents(void)
{
	arena_init(&arena, NULL, 0);
	for (int steps = 1; steps <= 3; steps++) {
		creates(steps);
		updates(steps);
		enables(steps);
		removes(steps);
	}
	overtaken();
	taken();
	another();
	moved_on();
	anew(true);
	anew(false);
	leased();
	arena_done(&arena);
}
