/*
 * snapshot.h - all tenants, as requests see them
 *
 * Each loop has a list of its own of immutable tenants (model/tenant.h). A change rebuilds one
 * tenant: its documents and keys are read on loop 0, compiled on the work lane, its policies
 * loaded by the engine, and the result is posted to every loop; only when all have it is the
 * change answered. A request keeps the tenant that it began with; the old one is freed when no
 * loop holds it any more. Changes of one tenant that come while it is being rebuilt share
 * the next build. Nothing shared is written by holding and releasing.
 *
 * Threads  On the loop given, but where it says otherwise.
 * Memory   A held tenant lives until it is released. Hold once in a request, release at its end.
 * Failing  A tenant whose documents don't compile, or whose policies the engine refuses, stays
 *          as it was, is logged, and is tried again with every sweep: a policy is never left
 *          out. At start such a tenant is absent.
 */
#pragma once

#include "model/tenant.h"

#include <sallyport/plugin.h>

struct loop;
struct store;

/* By id (either case) or name. NULL: no such tenant. */
const struct tenant *snapshot_hold(struct store *store, struct loop *loop,
    const char *id_or_name);
const struct tenant *snapshot_hold_id(struct store *store, struct loop *loop, struct sp_id id);
void snapshot_release(struct store *store, struct loop *loop, const struct tenant *tenant);

/* The tenant after `after` (zero: the first) in the order of ids, held. NULL: that was all. */
const struct tenant *snapshot_hold_next(struct store *store, struct loop *loop,
    struct sp_id after);
size_t snapshot_count(const struct store *store, const struct loop *loop);

/* After a commit that changed the tenant (new and removed ones too). `done` is called on this
 * loop when all loops have it. Anything but OK: the change is on the disk but not yet in force;
 * the sweeper goes on trying. */
typedef void snapshot_done_fn(void *arg, enum sp_status status);
void snapshot_change(struct store *store, struct sp_id tenant, snapshot_done_fn *done,
    void *arg);
/* The same from the main thread, for start-up; waits. */
enum sp_status snapshot_change_wait(struct store *store, struct sp_id tenant);

/* What policy_decide_now() takes: tenant->policy_set is one of these. */
struct policy_set;
const struct policy_set *snapshot_policies(const struct tenant *tenant);
