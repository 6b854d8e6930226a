#include "model/group.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/shape.h"

#include <stdlib.h>
#include <string.h>

const struct shape group_shape[] = {
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ .name = "displayName", .type = SHAPE_TEXT, .must = true, .min = 1 },
	{ .name = "description", .type = SHAPE_TEXT, .max = 1024 },
	{ .name = "createdDateTime", .type = SHAPE_TIME },
	{ .name = "parentGroups", .type = SHAPE_ID, .list = true, .most = 100 },
	{ 0 },
};

json_t *group_check(const json_t *document, struct document_errors *errors)
{
	size_t before = errors->count;

	return shape_end(shape_check(group_shape, document, errors), before, errors);
}

bool group_compile(struct arena *arena, const json_t *document, struct group *out_group)
{
	struct group group = { 0 };

	if (!id_parse(json_text(document, "id", NULL), &group.id) ||
	    !shape_ids(arena, json_object_get(document, "parentGroups"), &group.parents))
		return false;
	group.display_name = text_copy(arena, json_text(document, "displayName", ""));
	*out_group = group;
	return true;
}

static size_t group_find(const struct group *sorted, size_t count, struct sp_id id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (id_compare(&sorted[middle].id, &id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && id_equal(sorted[low].id, id) ? low : count;
}

struct group_close {
	const struct group *sorted;
	size_t count, found;
	bool *seen;		/* by place in `sorted` */
	struct sp_id *ids;	/* GROUP_MOST: also the queue */
};

/* A parent that is gone is passed over: nobody is in it any more (requirement 187). */
static bool group_parents(struct group_close *close, const struct group *group)
{
	for (size_t i = 0; i < group->parents.count; i++) {
		size_t at = group_find(close->sorted, close->count, group->parents.sorted[i]);
		if (at == close->count || close->seen[at])
			continue;
		if (close->found == GROUP_MOST)
			return false;
		close->seen[at] = true;
		close->ids[close->found++] = group->parents.sorted[i];
	}
	return true;
}

bool group_close(struct arena *arena, const struct group *sorted, size_t count,
    struct sp_ids direct, struct sp_ids *out_all)
{
	if (direct.count > GROUP_MOST)
		return false;
	struct group_close close = { sorted, count, direct.count, arena_alloc(arena, count),
		arena_alloc(arena, GROUP_MOST * sizeof(struct sp_id)) };

	for (size_t i = 0; i < direct.count; i++) {
		size_t at = group_find(sorted, count, direct.sorted[i]);
		close.ids[i] = direct.sorted[i];
		if (at < count)
			close.seen[at] = true;
	}
	for (size_t i = 0; i < close.found; i++) {
		size_t at = group_find(sorted, count, close.ids[i]);
		if (at < count && !group_parents(&close, &sorted[at]))
			return false;
	}
	*out_all = (struct sp_ids){ id_sort(close.ids, close.found), close.ids };
	return true;
}

struct group_walk {
	const struct group *sorted;
	size_t count;
	uint8_t *height;	/* groups above this one, and 1; 0: not known yet */
	size_t path[GROUP_DEPTH + 2];
};

/* `depth` groups are on the path already. */
static enum group_nesting group_climb(struct group_walk *walk, size_t at, size_t depth)
{
	enum group_nesting nesting = GROUP_GOOD;
	uint8_t height = 1;

	for (size_t i = 0; i < depth; i++)
		if (walk->path[i] == at)
			return GROUP_CYCLE;
	if (depth + (walk->height[at] > 0 ? walk->height[at] : 1) > GROUP_DEPTH + 1)
		return GROUP_DEEP;
	if (walk->height[at] > 0)
		return GROUP_GOOD;
	walk->path[depth] = at;
	for (size_t i = 0; i < walk->sorted[at].parents.count && nesting == GROUP_GOOD; i++) {
		size_t up = group_find(walk->sorted, walk->count, walk->sorted[at].parents.sorted[i]);
		if (up == walk->count)
			continue;
		nesting = group_climb(walk, up, depth + 1);
		if (walk->height[up] >= height)
			height = (uint8_t)(walk->height[up] + 1);
	}
	if (nesting == GROUP_GOOD)
		walk->height[at] = height;
	return nesting;
}

enum group_nesting group_cycle(struct arena *arena, const struct group *sorted, size_t count,
    size_t *out_index)
{
	struct group_walk walk = { .sorted = sorted, .count = count,
		.height = arena_alloc(arena, count) };

	for (size_t i = 0; i < count; i++) {
		enum group_nesting nesting = group_climb(&walk, i, 0);
		if (nesting != GROUP_GOOD) {
			*out_index = i;
			return nesting;
		}
	}
	return GROUP_GOOD;
}
