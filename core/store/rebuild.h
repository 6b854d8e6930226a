/*
 * rebuild.h - a tenant is read, compiled and given to every loop
 *
 * Behind snapshot_change(). All of it is kept on loop 0: which tenants are being rebuilt and who
 * waits, which could not be built and when to try again, which state of the change feed each
 * was built from.
 *
 * Threads  Loop 0, but for snapshot_change() (any loop) and the compiling (work lane).
 */
#pragma once

#include <sallyport/plugin.h>

struct loop;
struct rebuilds;
struct store;
struct version;

struct rebuilds *rebuilds_new(struct store *store);
void rebuilds_free(struct rebuilds *rebuilds);
struct rebuilds *snapshot_rebuilds(const struct store *store);

/* The change feed, and what could not be built: once a second. */
void rebuilds_poll(struct store *store, struct loop *loop);

/* Of snapshot.c. `version` NULL: the tenant is gone. */
struct snapshot *snapshot_new(struct store *store);
void snapshot_free(struct store *store);
void snapshot_install(struct store *store, struct loop *loop, struct sp_id id,
    struct version *version);

/* Of compile.c, on the work lane: what was read becomes a version, all but its policy set.
 * False: `out_error` says which document. */
struct raw {
	struct raw *next;
	struct sp_bytes text;	/* JSON, or a key's record */
	struct sp_id id;
	uint64_t revision;
};
enum { RAW_TENANT, RAW_APP, RAW_FLOW, RAW_POLICY, RAW_METHOD, RAW_GROUP, RAW_CONTEXT,
	RAW_LOCATION, RAW_KEY, RAW_KINDS };

struct compile {
	const struct store *store;
	struct sp_id tenant;
	int64_t now;
	struct raw *first[RAW_KINDS];
	size_t count[RAW_KINDS];
	struct version *version;
	struct sp_error error;
};
bool compile_tenant(struct compile *compile);
