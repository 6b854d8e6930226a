/* Records: what is put comes back, and half of it never does. */
#include "test_codec.h"

#include "store/accounts.h"
#include "store/budgets.h"
#include "store/challenges.h"
#include "store/documents.h"
#include "store/grants.h"
#include "store/intents.h"
#include "store/journeys.h"
#include "store/keyrings.h"
#include "store/kinds.h"
#include "store/metas.h"
#include "store/outbox.h"
#include "store/logins.h"
#include "store/sessions.h"
#include "store/signins.h"
#include "store/spent.h"

TestSuite(record, .init = begin, .fini = end);

static const struct account some_account = { .epoch = 3, .blocked = true, .created = 5,
	.reset = 6, .proven = true, .locale = "de" };

static bool account_put(struct sp_records_commit *commit)
{
	return accounts_put(commit, accounts_at(tenant, id), &some_account, SP_ANY);
}

static bool account_read(const struct sp_record *record)
{
	struct account account;

	if (!accounts_read(&arena, record, &account))
		return false;
	cr_assert_eq(account.epoch, 3);
	cr_assert(account.blocked && account.proven);
	cr_assert_eq(account.created, 5);
	cr_assert_eq(account.reset, 6);
	cr_assert_str_eq(account.locale, "de");
	return true;
}

static struct passcode some_passcode(void)
{
	struct passcode passcode = { .id = id, .journey = other, .purpose = PASSCODE_SECOND,
		.old_count = 2, .address = "ann@example.com", .mask = "a***@e***.com",
		.reference = "KLMNO", .sent = 10, .expires = 20, .resends = 2, .decoy = true };

	memset(passcode.hash, 1, 32);
	memset(passcode.old[0], 2, 32);
	memset(passcode.old[1], 3, 32);
	return passcode;
}

static bool challenge_put(struct sp_records_commit *commit)
{
	struct passcode passcode = some_passcode();

	return challenges_put(commit, tenant, &passcode, 99, SP_ABSENT);
}

static bool challenge_read(const struct sp_record *record)
{
	struct passcode passcode, some = some_passcode();

	if (!challenges_read(&arena, record, &passcode))
		return false;
	cr_assert(id_equal(passcode.id, some.id) && id_equal(passcode.journey, some.journey));
	cr_assert_eq(passcode.purpose, some.purpose);
	cr_assert_arr_eq(passcode.hash, some.hash, 32);
	cr_assert_eq(passcode.old_count, 2);
	cr_assert_arr_eq(passcode.old, some.old, 64);
	cr_assert_str_eq(passcode.address, some.address);
	cr_assert_str_eq(passcode.mask, some.mask);
	cr_assert_str_eq(passcode.reference, some.reference);
	cr_assert(passcode.sent == 10 && passcode.expires == 20 && passcode.resends == 2);
	cr_assert(passcode.decoy && !passcode.refused);
	cr_assert_eq(record->expires, 99);
	return true;
}

static bool login_put(struct sp_records_commit *commit)
{
	return logins_put(commit, tenant, &(struct login){ .user = other, .root = id,
	    .app = tenant, .session = other, .epoch = 4, .issuer = "https://a/b", .at = 7 }, 9);
}

static bool login_read(const struct sp_record *record)
{
	struct login login;

	return logins_read(&arena, record, &login) && id_equal(login.user, other) &&
	    id_equal(login.root, id) && id_equal(login.app, tenant) && login.epoch == 4 &&
	    id_equal(login.session, other) && login.at == 7 && record->expires == 9;
}

static bool session_put(struct sp_records_commit *commit)
{
	struct session session = { .id = id, .user = other, .root = tenant,
	    .issuer = "https://a/b", .epoch = 4, .factors = 5, .signed_in = 6,
	    .factor_time = 7, .used = 8, .expires = 9, .persistent = true, .single_mailbox = true };

	memset(session.hash, 4, 32);
	return sessions_put(commit, tenant, &session, SP_ABSENT);
}

static bool session_read(const struct sp_record *record)
{
	struct session session;

	if (!sessions_read(&arena, record, &session))
		return false;
	cr_assert(id_equal(session.id, id) && id_equal(session.user, other));
	cr_assert_str_eq(session.issuer, "https://a/b");
	cr_assert(session.epoch == 4 && session.factors == 5 && session.signed_in == 6 &&
	    session.factor_time == 7 && session.used == 8 && session.expires == 9);
	cr_assert(session.persistent && session.single_mailbox && session.hash[31] == 4 &&
	    id_equal(session.root, tenant));
	cr_assert_eq(record->expires, 9);
	return true;
}

static bool spent_put_some(struct sp_records_commit *commit)
{
	spent_put(commit, tenant, &(struct spent){ .code = id, .user = other, .session = id,
	    .op = tenant, .revoked = true, .until = 50 }, SP_ABSENT);
	return true;
}

static bool spent_read_some(const struct sp_record *record)
{
	struct spent spent;

	if (!spent_read(record, &spent))
		return false;
	cr_assert(id_equal(spent.code, id) && id_equal(spent.user, other) &&
	    id_equal(spent.session, id) && id_equal(spent.op, tenant));
	cr_assert(spent.revoked && spent.until == 50);
	return true;
}

static const struct grant some_grant = { .seed = { [15] = 9 }, .client_id = "client",
	.scope = "openid offline_access", .resources = "r", .issuer = "https://a/b", .epoch = 4,
	.factors = 5, .signed_in = 6, .factor_time = 7, .single_mailbox = true, .spa = true,
	.generation = 8, .began = 9, .rotated = 10 };

static bool grant_put(struct sp_records_commit *commit)
{
	struct grant grant = some_grant;

	grant.id = id;
	grant.user = other;
	grant.session = tenant;
	return grants_put(commit, tenant, &grant, 70, SP_ABSENT);
}

static bool grant_read(const struct sp_record *record)
{
	struct grant grant;

	if (!grants_read(&arena, record, &grant))
		return false;
	cr_assert(id_equal(grant.id, id) && id_equal(grant.user, other) &&
	    id_equal(grant.session, tenant) && grant.seed[15] == 9);
	cr_assert_str_eq(grant.client_id, "client");
	cr_assert_str_eq(grant.scope, "openid offline_access");
	cr_assert_str_eq(grant.resources, "r");
	cr_assert_str_eq(grant.issuer, "https://a/b");
	cr_assert(grant.epoch == 4 && grant.factors == 5 && grant.signed_in == 6 &&
	    grant.factor_time == 7 && grant.single_mailbox && grant.spa);
	cr_assert(grant.generation == 8 && grant.began == 9 && grant.rotated == 10);
	cr_assert_eq(record->expires, 70);
	return true;
}

static struct budget_place some_place(void)
{
	return (struct budget_place){ tenant, id, BUDGET_MFA_RUN };
}

static const struct budget some_budget = { "mfa", 3, 1000, 100, 800 };

static bool pause_put(struct sp_records_commit *commit)
{
	struct budget_place place = some_place();

	pauses_put(commit, &place, &some_budget, &(struct pause){ 2, 500 }, SP_ANY);
	return true;
}

static bool pause_read(const struct sp_record *record)
{
	struct pause pause;

	if (!pauses_read(record, &pause))
		return false;
	cr_assert(pause.level == 2 && pause.until == 500);
	cr_assert_eq(record->expires, 1500);
	return true;
}

static bool meta_put(struct sp_records_commit *commit)
{
	metas_put(commit, &(struct meta){ 1, 2, 3 }, SP_ABSENT);
	return true;
}

static bool meta_read(const struct sp_record *record)
{
	struct meta meta;

	if (!metas_read(record, &meta))
		return false;
	cr_assert(meta.format == 1 && meta.epoch == 2 && meta.created == 3);
	return true;
}

static bool node_put(struct sp_records_commit *commit)
{
	return nodes_put(commit, &(struct node){ id, "a", 1, 2 }, 3);
}

static bool node_read(const struct sp_record *record)
{
	struct node node;

	if (!nodes_read(&arena, record, &node))
		return false;
	cr_assert(id_equal(node.id, id) && node.started == 1 && node.seen == 2);
	cr_assert_str_eq(node.name, "a");
	return true;
}

static const char headers[] = "Subject: a\r\n";

static struct outbox_entry some_entry(void)
{
	return (struct outbox_entry){ .id = id, .tenant = tenant, .challenge = other,
		.reference = "KLMNO", .message = { .message_id = "<1@a>", .from = "a@a.example",
		.to = "b@b.example", .headers = headers, .text = "code 12345678",
		.html = "<p>12345678</p>", .mime = { "mime", 4 }, .expires = 99 } };
}

static bool entry_put(struct sp_records_commit *commit)
{
	struct outbox_entry entry = some_entry();

	commit->op.now = 1000;
	return outbox_put(commit, &store, &entry);
}

static bool entry_read(const struct sp_record *record)
{
	struct outbox_entry entry;

	if (!outbox_read(&arena, &store, record, &entry))
		return false;
	cr_assert(id_equal(entry.id, id) && id_equal(entry.tenant, tenant) &&
	    id_equal(entry.challenge, other) && id_equal(entry.node, store.node));
	cr_assert_eq(entry.due, 61000);
	cr_assert_str_eq(entry.reference, "KLMNO");
	cr_assert_str_eq(entry.message.text, "code 12345678");
	cr_assert_str_eq(entry.message.html, "<p>12345678</p>");
	cr_assert_eq(entry.message.mime.size, 4);
	cr_assert_eq(entry.message.expires, 99);
	return true;
}

static const struct sp_attribute name = { "displayName", "Ann" };
static const struct sp_attribute *const attributes[] = { &name };
static const char *const identifiers[] = { "ann@example.com", "ann" };

static struct sp_user some_user(void)
{
	return (struct sp_user){ .id = other, .revision = 4, .enabled = true,
		.identifier_count = 2, .identifiers = identifiers, .attribute_count = 1,
		.attributes = attributes, .verifier = "$argon2id$x" };
}

static bool intent_put(struct sp_records_commit *commit)
{
	struct sp_user user = some_user();
	struct intent intent = { .id = id, .tenant = tenant, .kind = INTENT_UPDATE,
		.user = &user, .audit = tenant, .audit_json = "{}" };

	commit->op.now = 1000;
	return intents_begin(commit, &store, &intent);
}

static bool intent_read(const struct sp_record *record)
{
	struct sp_user user = some_user();
	struct intent intent;

	if (!intents_read(&arena, &store, record, &intent))
		return false;
	cr_assert(id_equal(intent.id, id) && id_equal(intent.tenant, tenant) &&
	    id_equal(intent.audit, tenant) && id_equal(intent.node, store.node));
	cr_assert(intent.kind == INTENT_UPDATE && intent.begun == 1000);
	cr_assert(intents_met(&intent, &user));
	cr_assert_eq(intent.user->revision, 4);
	user.verifier = "$argon2id$y";
	cr_assert_not(intents_met(&intent, &user));
	return true;
}

static bool key_put(struct sp_records_commit *commit)
{
	struct keyring_key key = { .id = id, .alg = JWK_ES256,
		.der = { (const unsigned char *)"private", 7 }, .created = 1, .active = 2,
		.retired = 3 };

	return keyrings_put(commit, &store, tenant, &key, SP_ABSENT);
}

static bool key_read(const struct sp_record *record)
{
	struct keyring_key key;

	if (!keyrings_read(&arena, &store, record, &key))
		return false;
	cr_assert(id_equal(key.id, id) && key.alg == JWK_ES256 && key.der.size == 7);
	cr_assert(key.created == 1 && key.active == 2 && key.retired == 3);
	return true;
}

static bool journey_put(struct sp_records_commit *commit)
{
	struct journey journey = { .id = id, .kind = JOURNEY_SIGN_IN, .stage = STAGE_SECOND,
		.expires = 70, .issuer = "https://a/b", .user = other, .epoch = 2,
		.request = { .client_id = "c", .redirect_uri = "https://app/" } };

	return journeys_put(commit, tenant, &journey, SP_ABSENT);
}

static bool journey_read(const struct sp_record *record)
{
	struct journey journey;

	if (!journeys_read(&arena, record, &journey))
		return false;
	cr_assert(id_equal(journey.id, id) && id_equal(journey.user, other));
	cr_assert(journey.stage == STAGE_SECOND && journey.stored && record->expires == 70);
	return true;
}

static bool document_put(struct sp_records_commit *commit)
{
	json_t *json = json_pack("{s:s, s:[i,i]}", "id", "x", "list", 1, 2);
	bool ok = documents_put(commit, &(struct document_place){ tenant, DOCUMENT_APP, id },
	    json, SP_ANY);

	json_decref(json);
	return ok;
}

static bool document_read(const struct sp_record *record)
{
	json_t *json = documents_read(record);
	bool ok = json != NULL;

	if (ok)
		cr_assert_eq(json_array_size(json_object_get(json, "list")), 2);
	json_decref(json);
	return ok;
}

static bool signin_put(struct sp_records_commit *commit)
{
	struct signin_policy policy = { other, 3, SP_MET, SP_NONE };
	struct signin_record signin = { .id = id, .user = other, .app = tenant, .at = 5,
		.group_count = 1, .groups = &tenant, .target_count = 1, .targets = &tenant,
		.policy_count = 1, .policies = &policy, .decision = SP_ALLOW, .source = "1" };

	return signins_put(commit, tenant, &signin, 95);
}

static bool signin_read(const struct sp_record *record)
{
	struct signin_record signin;

	if (!signins_read(&arena, record, &signin))
		return false;
	cr_assert(id_equal(signin.id, id) && id_equal(signin.groups[0], tenant));
	cr_assert(signin.policies[0].revision == 3 && signin.decision == SP_ALLOW);
	cr_assert_eq(record->expires, 100);
	return true;
}

static const struct codec codecs[] = {
	{ "account", account_put, account_read, true },
	{ "challenge", challenge_put, challenge_read, false },
	{ "session", session_put, session_read, false },
	{ "login", login_put, login_read, false },
	{ "spent", spent_put_some, spent_read_some, false },
	{ "grant", grant_put, grant_read, false },
	{ "pause", pause_put, pause_read, true },
	{ "meta", meta_put, meta_read, false },
	{ "node", node_put, node_read, false },
	{ "outbox", entry_put, entry_read, false },
	{ "intent", intent_put, intent_read, false },
	{ "keyring", key_put, key_read, false },
	{ "journey", journey_put, journey_read, false },
	{ "sign-in", signin_put, signin_read, false },
	{ "document", document_put, document_read, false },
};

Test(record, codecs_come_back_whole_or_not_at_all)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		codec_check(&codecs[i]);
}

/* A sealed value is bound to where it lies. */
Test(record, sealed_values_cannot_be_moved)
{
	struct sp_records_commit *commit = commit_new(seat, 4);
	struct outbox_entry entry;
	struct keyring_key key;
	struct intent intent;

	cr_assert(key_put(commit) && entry_put(commit) && intent_put(commit));
	struct sp_record record = record_of(commit->changes[0]);
	record.at = keyrings_at(other, id);
	cr_assert_not(keyrings_read(&arena, &store, &record, &key));
	record = record_of(commit->changes[1]);
	record.at = outbox_at(61000, other);
	cr_assert_not(outbox_read(&arena, &store, &record, &entry));
	record = record_of(commit->changes[2]);
	record.at = intents_at(other);
	cr_assert_not(intents_read(&arena, &store, &record, &intent));
	op_free(&commit->op);
}

static bool holds(struct sp_bytes value, const char *text)
{
	return memmem(value.data, value.size, text, strlen(text)) != NULL;
}

/* req138: neither codes nor verifiers nor keys lie open in a record. */
Test(record, secrets_are_sealed)
{
	struct sp_records_commit *commit = commit_new(seat, 4);

	cr_assert(entry_put(commit) && intent_put(commit) && key_put(commit));
	cr_assert_not(holds(commit->changes[0]->value, "12345678"));
	cr_assert_not(holds(commit->changes[0]->value, "b@b.example"));
	cr_assert_not(holds(commit->changes[1]->value, "argon2id"));
	cr_assert_not(holds(commit->changes[2]->value, "private"));
	op_free(&commit->op);
}

Test(record, what_does_not_fit_is_told)
{
	struct sp_records_commit *commit = commit_new(seat, 4);
	struct outbox_entry entry = some_entry();
	char *text = arena_alloc(&arena, SP_VALUE_MAX + 1);

	memset(text, 'x', SP_VALUE_MAX);
	entry.message.text = text;
	cr_assert_not(outbox_put(commit, &store, &entry));
	entry.message.text = "x";
	entry.message.to = "a@b.example\r\nBcc: c@d.example";
	cr_assert_not(outbox_put(commit, &store, &entry), "req157");
	cr_assert_eq(commit->count, 0);
	op_free(&commit->op);
}
