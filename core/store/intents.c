#include "store/intents.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/pack.h"
#include "base/text.h"
#include "crypto/seal.h"
#include "plugin/op.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/audits.h"
#include "store/kinds.h"
#include "store/store.h"

#include <string.h>

#define FORMAT 2u		/* 2: blocks */
#define USER_FORMAT 1u
#define PURPOSE "intent"

static const struct sp_id server;

struct sp_address intents_at(struct sp_id id)
{
	return kinds_at_id(KIND_INTENT, server, id);
}

struct sp_address intents_all(void)
{
	return kinds_at(KIND_INTENT, server, NULL, 0);
}

/* The user, as it shall be. */

static struct sp_bytes user_pack(struct arena *arena, const struct sp_user *user)
{
	struct pack pack;

	pack_begin(&pack, arena, USER_FORMAT);
	pack_id(&pack, user->id);
	pack_number(&pack, user->revision);
	pack_number(&pack, user->enabled);
	pack_number(&pack, user->identifier_count);
	for (size_t i = 0; i < user->identifier_count; i++)
		pack_text(&pack, user->identifiers[i]);
	pack_number(&pack, user->attribute_count);
	for (size_t i = 0; i < user->attribute_count; i++) {
		pack_text(&pack, user->attributes[i]->name);
		pack_text(&pack, user->attributes[i]->value);
	}
	pack_text(&pack, user->verifier);
	return pack_end(&pack);
}

static bool identifiers_unpack(struct unpack *unpack, struct sp_user *user)
{
	user->identifier_count = unpack_number(unpack);
	if (user->identifier_count > SP_IDENTIFIERS_MAX)
		return false;
	const char **identifiers = arena_alloc(unpack->arena,
	    (user->identifier_count + 1) * sizeof(*identifiers));
	for (size_t i = 0; i < user->identifier_count; i++)
		if ((identifiers[i] = unpack_text(unpack)) == NULL)
			return false;
	user->identifiers = identifiers;
	return true;
}

static bool attributes_unpack(struct unpack *unpack, struct sp_user *user)
{
	user->attribute_count = unpack_number(unpack);
	if (user->attribute_count > SP_ATTRIBUTES_MAX)
		return false;
	const struct sp_attribute **attributes = arena_alloc(unpack->arena,
	    (user->attribute_count + 1) * sizeof(*attributes));
	for (size_t i = 0; i < user->attribute_count; i++) {
		struct sp_attribute *attribute = arena_alloc(unpack->arena, sizeof(*attribute));
		attribute->name = unpack_text(unpack);
		attribute->value = unpack_text(unpack);
		if (attribute->name == NULL || attribute->value == NULL)
			return false;
		attributes[i] = attribute;
	}
	user->attributes = attributes;
	return true;
}

static struct sp_user *user_unpack(struct arena *arena, struct secret plain)
{
	struct sp_user *user = arena_alloc(arena, sizeof(*user));
	struct unpack unpack;

	unpack_begin(&unpack, arena, (struct sp_bytes){ plain.data, plain.size }, USER_FORMAT);
	user->id = unpack_id(&unpack);
	user->revision = unpack_number(&unpack);
	user->enabled = unpack_number(&unpack) != 0;
	if (!identifiers_unpack(&unpack, user) || !attributes_unpack(&unpack, user))
		return NULL;
	user->verifier = unpack_text(&unpack);
	return unpack_ok(&unpack) ? user : NULL;
}

/* The record. */

bool intents_begin(struct sp_records_commit *commit, const struct store *store,
    struct intent *intent)
{
	struct arena *arena = op_arena(&commit->op);
	struct seal how = { store->ring, PURPOSE, { &intent->id, sizeof(intent->id) } };
	struct sp_bytes user = user_pack(arena, intent->user);
	struct sp_bytes sealed = seal(arena, &how, (struct secret){ user.data, user.size });
	struct pack pack;

	intent->node = store->node;
	intent->begun = commit->op.now;
	pack_begin(&pack, arena, FORMAT);
	pack_id(&pack, intent->tenant);
	pack_number(&pack, intent->kind);
	pack_id(&pack, intent->audit);
	pack_text(&pack, intent->audit_json);
	pack_id(&pack, intent->node);
	pack_signed(&pack, intent->begun);
	pack_bytes(&pack, sealed.data, sealed.size);
	pack_number(&pack, intent->blocks);
	return kinds_put(commit, intents_at(intent->id), pack_end(&pack), 0, SP_ABSENT);
}

bool intents_read(struct arena *arena, const struct store *store, const struct sp_record *record,
    struct intent *out_intent)
{
	struct intent intent = { 0 };
	struct unpack unpack;
	struct secret plain;

	if (record->revision == 0 || !kinds_id(record, 0, &intent.id))
		return false;
	struct seal how = { store->ring, PURPOSE, { &intent.id, sizeof(intent.id) } };
	unpack_begin(&unpack, arena, record->value, FORMAT);
	intent.tenant = unpack_id(&unpack);
	intent.kind = (enum intent_kind)unpack_number(&unpack);
	intent.audit = unpack_id(&unpack);
	intent.audit_json = unpack_text(&unpack);
	intent.node = unpack_id(&unpack);
	intent.begun = unpack_signed(&unpack);
	struct sp_bytes sealed = unpack_bytes(&unpack);
	intent.blocks = unpack.format >= 2 && unpack_number(&unpack) != 0;
	if (!unpack_ok(&unpack) || intent.kind > INTENT_REMOVE ||
	    !unseal(arena, &how, sealed, &plain))
		return false;
	intent.user = user_unpack(arena, plain);
	if (intent.user == NULL)
		return false;
	*out_intent = intent;
	return true;
}

static bool audit_end(struct sp_records_commit *commit, const struct intent *intent, bool success)
{
	struct audit audit = { .tenant = intent->tenant, .id = intent->audit };
	struct sp_error error;
	json_t *json = json_read(intent->audit_json, strlen(intent->audit_json), &error);
	bool ok = json != NULL &&
	    json_object_set_new(json, "result", json_string(success ? "success" : "failure")) == 0 &&
	    audits_put(commit, &audit, json);

	json_decref(json);
	return ok;
}

void intents_end(struct sp_records_commit *commit, const struct intent *intent, bool success)
{
	kinds_remove(commit, intents_at(intent->id), SP_ANY);
	if (intent->audit_json != NULL)
		(void)audit_end(commit, intent, success);
}

bool intents_settle(struct sp_records_commit *commit, const struct intent *intent, bool success,
    struct account *account, uint64_t revision)
{
	struct sp_address at = accounts_at(intent->tenant, intent->user->id);
	bool made = intent->kind == INTENT_CREATE;

	if (success && (intent->kind == INTENT_ENABLE || (made && account->gone))) {
		account->blocked = account->gone = false;
		return accounts_put(commit, at, account, revision);
	}
	if (!success && intent->blocks && !account->gone) {
		account->blocked = false;
		return accounts_put(commit, at, account, revision);
	}
	if (success ? intent->kind == INTENT_REMOVE : made && account->gone)
		return accounts_bury(commit, at, account, revision);
	if (made && !success)
		accounts_remove(commit, intent->tenant, intent->user->id, revision);
	return true;
}

/* The operation. */

struct sp_users_change *intents_operation(struct seat *users, const struct intent *intent)
{
	switch (intent->kind) {
	case INTENT_CREATE:
		return users_create(users, intent->tenant, intent->user);
	case INTENT_REMOVE:
		return users_remove(users, intent->tenant, intent->user->id,
		    intent->user->revision);
	case INTENT_UPDATE:
	case INTENT_ENABLE:
	case INTENT_NONE:
		break;
	}
	return users_update(users, intent->tenant, intent->user);
}

static bool attribute_met(const struct sp_attribute *attribute, const struct sp_user *there)
{
	for (size_t i = 0; i < there->attribute_count; i++)
		if (strcmp(there->attributes[i]->name, attribute->name) == 0 &&
		    strcmp(there->attributes[i]->value, attribute->value) == 0)
			return true;
	return false;
}

static bool identifier_met(const char *identifier, const struct sp_user *there)
{
	for (size_t i = 0; i < there->identifier_count; i++)
		if (strcmp(there->identifiers[i], identifier) == 0)
			return true;
	return false;
}

bool intents_made(const struct intent *intent, const struct sp_user *there)
{
	const struct sp_user *wanted = intent->user;
	bool made = true;

	for (size_t i = 0; i < wanted->identifier_count; i++)
		made = made && identifier_met(wanted->identifiers[i], there);
	return made;
}

bool intents_met(const struct intent *intent, const struct sp_user *there)
{
	const struct sp_user *wanted = intent->user;

	if (intent->kind == INTENT_REMOVE || there == NULL)
		return intent->kind == INTENT_REMOVE && there == NULL;
	bool met = wanted->enabled == there->enabled &&
	    wanted->identifier_count == there->identifier_count &&
	    wanted->attribute_count == there->attribute_count &&
	    text_same(wanted->verifier, there->verifier);
	met = met && intents_made(intent, there);
	for (size_t i = 0; met && i < wanted->attribute_count; i++)
		met = attribute_met(wanted->attributes[i], there);
	return met;
}
