/*
 * sources.h - token buckets of visitors' networks and of tenants, in memory
 *
 * Each node has its own (SEMANTICS 1.3). A table of fixed size in sets of a few places: under a
 * flood of sources the one least lately used of a set gives way, so memory is bounded and the
 * place of a source can't be guessed.
 *
 * Threads  Any. The lock of one shard is held for some tens of instructions, never across a
 *          system call.
 */
#pragma once

#include <sallyport/plugin.h>

struct sources;

enum source_kind {
	SOURCE_NONE = 0,
	SOURCE_SENDS,		/* settings.source_sends */
	SOURCE_PASSWORDS,	/* settings.source_passwords */
	SOURCE_UNKNOWN,		/* settings.source_unknown */
	SOURCE_TENANT_SENDS,	/* settings.tenant_sends; the key is the tenant's id */
	SOURCE_TENANT_STRANGERS,	/* of these, those for whom nothing speaks yet */
	SOURCE_TENANT_ALERT,	/* log lines about it */
	SOURCE_FAILURES,	/* wrong first factors that are stored, not only counted (8) */
	SOURCE_DENIALS,		/* the same of a right password that got no further: apart, so that
				 * nobody hides one of those behind a flood of wrong ones */
	SOURCE_ADMIN,		/* failed administrators */
	SOURCE_CLIENT,		/* wrong secrets of an application, from wherever */
	SOURCE_CLIENT_HOME,	/* application and source: empty where it has authenticated */
	SOURCE_CLIENT_NOTICE,	/* log lines about its secrets */
	SOURCE_DEVICES,		/* sign-ins begun on devices */
	SOURCE_TENANT_DEVICES,
	SOURCE_DEVICE_PACE,	/* one question in its interval; the key is the record's id */
	SOURCE_REUSES,		/* of refresh tokens, on record; the key is the customer's */
	SOURCE_DEVICE_CODES,	/* wrong codes of devices: of a source, and of a browser */
};

/* `key`: turn->source; of a tenant sources_key(). */
struct source {
	enum source_kind kind;
	uint64_t key;
	int64_t most, window;	/* so many in so many ms */
};

uint64_t sources_key(struct sp_id id);

struct sources *sources_new(size_t places);	/* rounded up; 65,536 are 4 MB */
void sources_free(struct sources *sources);

/* Takes one. False: `out_wait` ms until the next, for Retry-After. */
bool sources_take(struct sources *sources, const struct source *source, int64_t now,
    int64_t *out_wait);
/* Would take one, and doesn't: for what is charged only when it fails. */
/* For what has happened already, on credit: sources_may() came before the work, and others may have
 * come between. */
void sources_owe(struct sources *sources, const struct source *source, int64_t now);
bool sources_may(struct sources *sources, const struct source *source, int64_t now,
    int64_t *out_wait);
