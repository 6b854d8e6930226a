/*
 * kinds.h - every kind of record, in one table
 *
 * The numbers are in every store there is: a new kind gets a new one, an old one is never
 * given again. They are also the order on the disk. Nobody outside store/ spells a kind or a
 * key: each kind has a file of its own that makes its addresses.
 *
 * Threads  Any.
 * Memory   The key of an address is in a small ring of this thread: it is good until the 64th
 *          next one is made here. get_new(), list_new() and commit_add() copy it, so make the
 *          operation at once and keep no address.
 */
#pragma once

#include <sallyport/records.h>

enum kind {
	KIND_NONE = 0,

	/* The server's own: scope zero. */
	KIND_META = 1,		/* store format, server epoch */
	KIND_RING = 2,		/* wrapped data keys */
	KIND_NODE = 3,
	KIND_TENANT = 4,	/* tenant id -> name: all that there are */
	KIND_TENANT_NAME = 5,	/* name -> tenant id: each name once */
	KIND_CHANGE = 6,	/* which tenants' documents changed last, and when */
	KIND_INTENT = 7,
	KIND_OUTBOX = 8,
	KIND_FAREWELL = 9,	/* apps that are yet to hear of a sign-out */
	KIND_ERASURE = 10,	/* people whom the logs are yet to forget */
	KIND_AUDIT_NEW = 13,	/* of all tenants, until it is in its chain */
	KIND_SERVER_CHAIN = 14,	/* the server's own KIND_CHAIN and _ENDS */
	KIND_SERVER_CHAIN_ENDS = 15,

	/* A tenant's. */
	KIND_DOCUMENT_TENANT = 16, KIND_DOCUMENT_APP = 17, KIND_DOCUMENT_FLOW = 18,
	KIND_DOCUMENT_POLICY = 19, KIND_DOCUMENT_METHOD = 20, KIND_DOCUMENT_GROUP = 21,
	KIND_DOCUMENT_CONTEXT = 22, KIND_DOCUMENT_LOCATION = 23,
	KIND_USER_GROUP = 32,	/* user -> groups */
	KIND_GROUP_USER = 33,	/* group -> users */
	KIND_KEYRING = 34,
	KIND_ACCOUNT = 35,
	KIND_DELETED = 36,	/* documents that may come back */
	KIND_ROLE_ASSIGNMENT = 40,	/* administrator -> roles */
	KIND_API_TOKEN = 41,
	KIND_BUDGET = 48,	/* counters and pauses */
	KIND_TRIES = 49,	/* of a challenge */
	KIND_JOURNEY = 50,
	KIND_CHALLENGE = 51,
	KIND_SESSION = 52,
	KIND_SPENT = 53,
	KIND_GRANT = 54,	/* a family of refresh tokens */
	KIND_LOGIN = 55,	/* an app knows of a session */
	KIND_LINK = 57,		/* sign-in links of operators */
	KIND_DEVICE = 58,	/* a sign-in that a device has begun */
	KIND_SIGNIN = 64,
	KIND_AUDIT = 65,	/* from before there was a chain; no more are written */
	KIND_CONSENT = 66,	/* what a customer lets an app have */
	KIND_CHAIN = 72,	/* the audit, by sequence */
	KIND_CHAIN_ENDS = 73,
	KIND_SIGNUP = 74,	/* counters: day and step */
};

enum kind_scope { KIND_OF_SERVER = 0, KIND_OF_TENANT };

struct kind_row {
	enum kind kind;
	const char *name;	/* "journey": for doctor, metrics */
	enum kind_scope scope;
	bool lasting;		/* belongs into an export; else it expires or is rebuilt */
};

extern const struct kind_row kinds[];	/* ends with KIND_NONE */
const struct kind_row *kinds_row(uint16_t kind);	/* NULL: none of ours */
/* It lasts, and is a record of a backup: what the store says of itself is in the head of one. */
bool kinds_backed_up(const struct kind_row *row);

/* For the files of store/ alone. `size` is 1 to SP_KEY_MAX, or 0 for a prefix of all. */
struct sp_address kinds_at(enum kind kind, struct sp_id scope, const void *key, size_t size);
struct sp_address kinds_at_id(enum kind kind, struct sp_id scope, struct sp_id id);
struct sp_address kinds_at_pair(enum kind kind, struct sp_id scope, struct sp_id a,
    struct sp_id b);
bool kinds_id(const struct sp_record *record, size_t offset, struct sp_id *out_id);
/* In the order of a time, such as when it is due. False: it is no such key. */
struct sp_address kinds_at_time(enum kind kind, struct sp_id scope, int64_t at, struct sp_id id);
bool kinds_time(const struct sp_record *record, int64_t *out_at, struct sp_id *out_id);

/* The value is copied. `expires` 0: never. False: greater than SP_VALUE_MAX. */
bool kinds_put(struct sp_records_commit *commit, struct sp_address at, struct sp_bytes value,
    int64_t expires, uint64_t expect);
void kinds_remove(struct sp_records_commit *commit, struct sp_address at, uint64_t expect);

/* The change of that action and address; NULL: none. */
const struct sp_change *kinds_change(const struct sp_records_commit *commit,
    enum sp_action action, struct sp_address at);
int64_t kinds_counter(const struct sp_record *record);	/* absent: 0 */
