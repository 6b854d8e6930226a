#include "store/kinds.h"

#include "base/arena.h"
#include "plugin/op.h"
#include "plugin/records.h"

#include <assert.h>
#include <string.h>

const struct kind_row kinds[] = {
	{ KIND_META, "meta", KIND_OF_SERVER, true },
	{ KIND_RING, "ring", KIND_OF_SERVER, true },
	{ KIND_NODE, "node", KIND_OF_SERVER, false },
	{ KIND_TENANT, "tenant", KIND_OF_SERVER, true },
	{ KIND_TENANT_NAME, "tenant name", KIND_OF_SERVER, true },
	{ KIND_CHANGE, "change", KIND_OF_SERVER, false },
	{ KIND_INTENT, "intent", KIND_OF_SERVER, true },
	{ KIND_OUTBOX, "outbox", KIND_OF_SERVER, false },
	{ KIND_FAREWELL, "farewell", KIND_OF_SERVER, false },
	{ KIND_ERASURE, "erasure", KIND_OF_SERVER, true },
	{ KIND_AUDIT_NEW, "new audit", KIND_OF_SERVER, true },
	{ KIND_SERVER_CHAIN, "server's audit", KIND_OF_SERVER, true },
	{ KIND_SERVER_CHAIN_ENDS, "ends of the server's audit", KIND_OF_SERVER, true },
	{ KIND_DOCUMENT_TENANT, "tenant document", KIND_OF_TENANT, true },
	{ KIND_DOCUMENT_APP, "application", KIND_OF_TENANT, true },
	{ KIND_DOCUMENT_FLOW, "user flow", KIND_OF_TENANT, true },
	{ KIND_DOCUMENT_POLICY, "policy", KIND_OF_TENANT, true },
	{ KIND_DOCUMENT_METHOD, "method", KIND_OF_TENANT, true },
	{ KIND_DOCUMENT_GROUP, "group", KIND_OF_TENANT, true },
	{ KIND_DOCUMENT_CONTEXT, "authentication context", KIND_OF_TENANT, true },
	{ KIND_DOCUMENT_LOCATION, "named location", KIND_OF_TENANT, true },
	{ KIND_USER_GROUP, "group of user", KIND_OF_TENANT, true },
	{ KIND_GROUP_USER, "user of group", KIND_OF_TENANT, true },
	{ KIND_KEYRING, "signing key", KIND_OF_TENANT, true },
	{ KIND_ACCOUNT, "account", KIND_OF_TENANT, true },
	{ KIND_DELETED, "deleted document", KIND_OF_TENANT, true },
	{ KIND_ROLE_ASSIGNMENT, "role assignment", KIND_OF_TENANT, true },
	{ KIND_API_TOKEN, "API token", KIND_OF_TENANT, false },	/* revoked ones stay so */
	{ KIND_BUDGET, "budget", KIND_OF_TENANT, false },
	{ KIND_TRIES, "tries", KIND_OF_TENANT, false },
	{ KIND_JOURNEY, "journey", KIND_OF_TENANT, false },
	{ KIND_CHALLENGE, "challenge", KIND_OF_TENANT, false },
	{ KIND_SESSION, "session", KIND_OF_TENANT, false },
	{ KIND_SPENT, "spent code", KIND_OF_TENANT, false },
	{ KIND_GRANT, "refresh token family", KIND_OF_TENANT, false },
	{ KIND_LOGIN, "login of an app", KIND_OF_TENANT, false },
	{ KIND_LINK, "sign-in link", KIND_OF_TENANT, false },
	{ KIND_DEVICE, "device", KIND_OF_TENANT, false },
	{ KIND_SIGNIN, "sign-in", KIND_OF_TENANT, true },
	{ KIND_AUDIT, "old audit", KIND_OF_TENANT, true },
	{ KIND_CONSENT, "consent", KIND_OF_TENANT, true },
	{ KIND_CHAIN, "audit", KIND_OF_TENANT, true },
	{ KIND_CHAIN_ENDS, "ends of the audit", KIND_OF_TENANT, true },
	{ KIND_SIGNUP, "sign-up counter", KIND_OF_TENANT, true },
	{ KIND_NONE, NULL, KIND_OF_SERVER, false },
};

const struct kind_row *kinds_row(uint16_t kind)
{
	for (const struct kind_row *row = kinds; row->kind != KIND_NONE; row++)
		if (row->kind == kind)
			return row;
	return NULL;
}

bool kinds_backed_up(const struct kind_row *row)
{
	return row->lasting && row->kind != KIND_META && row->kind != KIND_RING;
}

/* Twice as many as one get may name. */
#define RING_KEYS (2 * SP_GET_MAX)

struct sp_address kinds_at(enum kind kind, struct sp_id scope, const void *key, size_t size)
{
	static _Thread_local unsigned char keys[RING_KEYS][SP_KEY_MAX];
	static _Thread_local unsigned next;
	unsigned char *at = keys[next++ % RING_KEYS];

	assert(size <= SP_KEY_MAX);
	if (size > 0)
		memcpy(at, key, size);
	return address((uint16_t)kind, scope, at, size);
}

struct sp_address kinds_at_id(enum kind kind, struct sp_id scope, struct sp_id id)
{
	return kinds_at(kind, scope, &id, sizeof(id));
}

struct sp_address kinds_at_pair(enum kind kind, struct sp_id scope, struct sp_id a,
    struct sp_id b)
{
	struct sp_id pair[2] = { a, b };

	return kinds_at(kind, scope, pair, sizeof(pair));
}

bool kinds_id(const struct sp_record *record, size_t offset, struct sp_id *out_id)
{
	if (record->at.key.size < offset + sizeof(*out_id))
		return false;
	memcpy(out_id, (const unsigned char *)record->at.key.data + offset, sizeof(*out_id));
	return true;
}

enum { NUMBER = 8 };	/* bytes, the highest first */

static int64_t number_read(const unsigned char *byte)
{
	uint64_t number = 0;

	for (size_t i = 0; i < NUMBER; i++)
		number = number << 8 | byte[i];
	return (int64_t)number;
}

struct sp_address kinds_at_time(enum kind kind, struct sp_id scope, int64_t at, struct sp_id id)
{
	unsigned char key[NUMBER + sizeof(id)];

	for (size_t i = 0; i < NUMBER; i++)
		key[i] = (unsigned char)((uint64_t)at >> (8 * (NUMBER - 1 - i)));
	memcpy(key + NUMBER, &id, sizeof(id));
	return kinds_at(kind, scope, key, sizeof(key));
}

bool kinds_time(const struct sp_record *record, int64_t *out_at, struct sp_id *out_id)
{
	if (record->at.key.size != NUMBER + sizeof(*out_id))
		return false;
	*out_at = number_read(record->at.key.data);
	return kinds_id(record, NUMBER, out_id);
}

bool kinds_put(struct sp_records_commit *commit, struct sp_address at, struct sp_bytes value,
    int64_t expires, uint64_t expect)
{
	if (value.size > SP_VALUE_MAX || at.key.size == 0)
		return false;
	struct sp_change *change = commit_add(commit, SP_PUT, at, expect);
	change->value.data = arena_copy(op_arena(&commit->op), value.data, value.size);
	change->value.size = value.size;
	change->expires = expires;
	return true;
}

void kinds_remove(struct sp_records_commit *commit, struct sp_address at, uint64_t expect)
{
	commit_add(commit, SP_REMOVE, at, expect);
}

const struct sp_change *kinds_change(const struct sp_records_commit *commit,
    enum sp_action action, struct sp_address at)
{
	for (size_t i = 0; i < commit->count; i++) {
		const struct sp_change *change = commit->changes[i];
		if (change->action == action && change->at.kind == at.kind &&
		    memcmp(&change->at.scope, &at.scope, sizeof(at.scope)) == 0 &&
		    change->at.key.size == at.key.size &&
		    memcmp(change->at.key.data, at.key.data, at.key.size) == 0)
			return change;
	}
	return NULL;
}

int64_t kinds_counter(const struct sp_record *record)
{
	return record->revision != 0 && record->value.size == NUMBER ?
	    number_read(record->value.data) : 0;
}
