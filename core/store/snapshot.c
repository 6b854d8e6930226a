#include "store/snapshot.h"

#include "base/arena.h"
#include "base/fatal.h"
#include "base/id.h"
#include "loop/loop.h"
#include "store/rebuild.h"
#include "store/store.h"
#include "store/version.h"

#include <stdlib.h>
#include <string.h>

/* One loop's list, by id and by name. */
struct view {
	alignas(64) size_t count;
	size_t room;
	struct version **by_id, **by_name;
};

struct snapshot {
	unsigned loops;
	struct view *views;
	struct rebuilds *rebuilds;
};

struct snapshot *snapshot_new(struct store *store)
{
	struct snapshot *snapshot = must_calloc(1, sizeof(*snapshot));

	snapshot->loops = store->set.loop_count;
	snapshot->views = aligned_alloc(64, snapshot->loops * sizeof(struct view));
	if (snapshot->views == NULL)
		fatal("out of memory");
	memset(snapshot->views, 0, snapshot->loops * sizeof(struct view));
	snapshot->rebuilds = rebuilds_new(store);
	return snapshot;
}

struct rebuilds *snapshot_rebuilds(const struct store *store)
{
	return store->snapshot->rebuilds;
}

static struct view *view_of(const struct store *store, const struct loop *loop)
{
	return &store->snapshot->views[loop_index(loop)];
}

/* Looking up. */

/* The place of the first that isn't before `id`. */
static size_t view_place(const struct view *view, struct sp_id id)
{
	size_t low = 0, high = view->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (id_compare(&view->by_id[middle]->tenant.id, &id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct version *view_id(const struct view *view, struct sp_id id)
{
	size_t place = view_place(view, id);

	if (place == view->count || !id_equal(view->by_id[place]->tenant.id, id))
		return NULL;
	return view->by_id[place];
}

static struct version *view_name(const struct view *view, const char *name)
{
	size_t low = 0, high = view->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(view->by_name[middle]->tenant.name, name);
		if (order == 0)
			return view->by_name[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const struct tenant *held(struct version *version, const struct loop *loop)
{
	if (version == NULL)
		return NULL;
	version_hold(version, loop_index(loop));
	return &version->tenant;
}

const struct tenant *snapshot_hold(struct store *store, struct loop *loop,
    const char *id_or_name)
{
	struct sp_id id;

	if (id_parse(id_or_name, &id))
		return snapshot_hold_id(store, loop, id);
	return held(view_name(view_of(store, loop), id_or_name), loop);
}

const struct tenant *snapshot_hold_id(struct store *store, struct loop *loop, struct sp_id id)
{
	return held(view_id(view_of(store, loop), id), loop);
}

void snapshot_release(struct store *store, struct loop *loop, const struct tenant *tenant)
{
	(void)store;
	if (tenant != NULL)
		version_release(version_of(tenant), loop_index(loop));
}

const struct tenant *snapshot_hold_next(struct store *store, struct loop *loop,
    struct sp_id after)
{
	const struct view *view = view_of(store, loop);
	size_t place = view_place(view, after);

	if (place < view->count && id_equal(view->by_id[place]->tenant.id, after))
		place++;
	return place < view->count ? held(view->by_id[place], loop) : NULL;
}

size_t snapshot_count(const struct store *store, const struct loop *loop)
{
	return view_of(store, loop)->count;
}

const struct policy_set *snapshot_policies(const struct tenant *tenant)
{
	return tenant->policy_set;
}

/* Installing. */

static int name_compare(const void *a, const void *b)
{
	const struct version *const *x = a, *const *y = b;

	return strcmp((*x)->tenant.name, (*y)->tenant.name);
}

static void view_sort(struct view *view)
{
	if (view->count == 0)
		return;
	memcpy(view->by_name, view->by_id, view->count * sizeof(*view->by_name));
	qsort(view->by_name, view->count, sizeof(*view->by_name), name_compare);
}

static void view_grow(struct view *view)
{
	if (view->count < view->room)
		return;
	view->room = view->room * 2 + 16;
	view->by_id = realloc(view->by_id, view->room * sizeof(*view->by_id));
	view->by_name = realloc(view->by_name, view->room * sizeof(*view->by_name));
	if (view->by_id == NULL || view->by_name == NULL)
		fatal("out of memory");
}

void snapshot_install(struct store *store, struct loop *loop, struct sp_id id,
    struct version *version)
{
	struct view *view = view_of(store, loop);
	size_t place = view_place(view, id);
	struct version *old = view_id(view, id);

	if (old == NULL && version != NULL) {
		view_grow(view);
		memmove(&view->by_id[place + 1], &view->by_id[place],
		    (view->count - place) * sizeof(*view->by_id));
		view->count++;
	} else if (old != NULL && version == NULL) {
		view->count--;
		memmove(&view->by_id[place], &view->by_id[place + 1],
		    (view->count - place) * sizeof(*view->by_id));
	}
	if (version != NULL)
		view->by_id[place] = version;
	view_sort(view);
	if (old != NULL)
		version_retire(old, loop_index(loop));
}

static void view_done(struct loop *loop, void *arg)
{
	struct view *view = view_of(arg, loop);

	while (view->count > 0)
		version_retire(view->by_id[--view->count], loop_index(loop));
	free(view->by_id);
	free(view->by_name);
}

void snapshot_free(struct store *store)
{
	for (unsigned i = 0; i < store->snapshot->loops; i++)
		loop_call(store->set.loops[i], view_done, store);
	rebuilds_free(store->snapshot->rebuilds);
	free(store->snapshot->views);
	free(store->snapshot);
}

/* Waiting on the main thread. */

static void wait_begin(struct loop *loop, void *arg)
{
	struct store_wait *wait = arg;

	(void)loop;
	snapshot_change(wait->store, wait->tenant, store_woken, wait);
}

enum sp_status snapshot_change_wait(struct store *store, struct sp_id tenant)
{
	struct store_wait wait = { .store = store, .tenant = tenant };

	return store_wait(&wait, wait_begin);
}
