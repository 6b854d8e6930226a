/* edit_members.c - members of groups that an applied document names */
#include "flow/edit_steps.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "plugin/records.h"
#include "store/members.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Twice the same is one after members_merge(). */
static void member_add(struct edit *edit, struct sp_id group, struct sp_id user, bool wanted)
{
	struct edit_work *work = edit->work;

	if (work->member_count == work->member_room) {
		size_t room = work->member_room * 2 + 16;
		struct edit_member *more = arena_alloc(edit->turn.arena, room * sizeof(*more));
		if (work->member_count > 0)
			memcpy(more, work->members, work->member_count * sizeof(*more));
		work->members = more;
		work->member_room = room;
	}
	work->members[work->member_count++] = (struct edit_member){ .group = group, .user = user,
		.there = !wanted, .wanted = wanted };
}

/* Name to id of the groups that the plan has found or makes; as plan_apply() matches them, a name
 * that stands for more than one is none. */
static json_t *groups_named(const struct edit *edit)
{
	json_t *names = json_object(), *one;
	size_t index;

	for (const struct plan_change *change = edit->plan.first; change != NULL;
	    change = change->next)
		if (change->kind == DOCUMENT_GROUP && change->new != NULL)
			json_object_set(names, json_text(change->new, "displayName", ""),
			    json_object_get(change->new, "id"));
	json_array_foreach(edit->plan.stored[DOCUMENT_GROUP], index, one)
		json_object_set(names, json_text(one, "displayName", ""),
		    json_object_get(one, "id"));
	return names;
}

static void members_of(struct edit *edit, const json_t *names, const json_t *group,
    const char *where)
{
	const char *named = json_text(names, json_text(group, "displayName", ""), NULL);
	json_t *members = json_object_get(group, "members"), *one;
	struct edit_work *work = edit->work;
	struct sp_id id, user;
	size_t index;

	if (members == NULL || !id_parse(json_text(group, "id", named), &id))
		return;
	if (!json_is_array(members)) {
		document_wrong(&edit->plan.errors, where, "InvalidType", "members must be a list");
		return;
	}
	work->groups[work->group_count++] = id;
	json_array_foreach(members, index, one) {
		if (json_is_string(one) && id_parse(json_string_value(one), &user))
			member_add(edit, id, user, true);
		else
			document_wrong(&edit->plan.errors, text_print(edit->turn.arena,
			    "%s.members[%zu]", where, index), "InvalidValue", "must be a user's id");
	}
}

/* A group that goes takes its members along: no membership outlives it, to exclude people from a
 * policy that names the id again. */
static void members_of_removed(struct edit *edit)
{
	struct edit_work *work = edit->work;
	struct sp_id id;

	for (const struct plan_change *change = edit->plan.first; change != NULL;
	    change = change->next)
		if (change->kind == DOCUMENT_GROUP && change->new == NULL &&
		    id_parse(json_text(change->old, "id", ""), &id)) {
			work->groups[work->group_count++] = id;
			work->removed++;
		}
	work->group_count = work->removed = id_sort(work->groups, work->removed);
}

bool edit_members_want(struct edit *edit)
{
	json_t *groups = edit->action == EDIT_APPLY ? json_object_get(edit->body, "groups") : NULL;
	json_t *one;
	size_t index;

	edit->work->groups = arena_alloc(edit->turn.arena,
	    (json_array_size(groups) + edit->plan.count) * sizeof(struct sp_id));
	members_of_removed(edit);
	json_t *names = groups != NULL ? groups_named(edit) : NULL;
	json_array_foreach(groups, index, one)
		members_of(edit, names, one, text_print(edit->turn.arena, "groups[%zu]", index));
	json_decref(names);
	return edit->plan.errors.count == 0;
}

void edit_ask_members_list(struct flow *flow)
{
	struct edit *edit = edit_of(flow);
	const struct edit_work *work = edit->work;
	struct sp_records_list *list = list_new(turn_seat(&edit->turn, BINDING_RECORDS),
	    members_users(edit->tenant, work->groups[work->group_at]), EDIT_PAGE);

	list->after.data = arena_copy(op_arena(&list->op), work->after.data, work->after.size);
	list->after.size = work->after.size;
	turn_call(&edit->turn, &list->op);
}

static bool group_removed(const struct edit_work *work, struct sp_id group)
{
	return id_among(work->groups, work->removed, group);
}

static int member_order(const void *a, const void *b)
{
	const struct edit_member *left = a, *right = b;
	int order = memcmp(&left->group, &right->group, sizeof(left->group));

	return order != 0 ? order : memcmp(&left->user, &right->user, sizeof(left->user));
}

/* One entry for each member, wanted, there or both: by sorting, since groups may be large. */
static void members_merge(struct edit_work *work)
{
	size_t kept = 0;

	if (work->member_count > 0)
		qsort(work->members, work->member_count, sizeof(*work->members), member_order);
	for (size_t i = 0; i < work->member_count; i++) {
		struct edit_member *one = &work->members[i];
		struct edit_member *last = kept > 0 ? &work->members[kept - 1] : NULL;
		if (last == NULL || member_order(last, one) != 0) {
			work->members[kept++] = *one;
			continue;
		}
		last->there |= one->there;
		last->wanted |= one->wanted;
	}
	work->member_count = kept;
}

static bool member_stays(const struct edit *edit, const struct edit_member *member)
{
	return !member->wanted && !edit->prune && !group_removed(edit->work, member->group);
}

/* Only what differs is left, be it to change or only to tell. */
static void members_compare(struct edit *edit)
{
	struct edit_work *work = edit->work;
	size_t kept = 0;

	members_merge(work);
	for (size_t i = 0; i < work->member_count; i++)
		if (work->members[i].there != work->members[i].wanted)
			work->members[kept++] = work->members[i];
	work->member_count = kept;
}

static const char *group_called(const struct edit *edit, struct sp_id id)
{
	const struct plan *plan = &edit->plan;
	char text[ID_TEXT];
	size_t index;

	id_format(id, text);
	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == DOCUMENT_GROUP && change->new != NULL &&
		    strcmp(json_text(change->new, "id", ""), text) == 0)
			return json_text(change->new, "displayName", "");
	return json_text(plan_find(plan, DOCUMENT_GROUP, text, &index), "displayName", "");
}

/* "groups 'Loyal': member ann@example.com (ID) added" */
static void member_tell(struct edit *edit, const char *group, const struct edit_member *member)
{
	bool stays = member_stays(edit, member);
	char user[ID_TEXT];

	id_format(member->user, user);
	const char *name = json_text(edit->work->names, user, "");
	const char *who = name[0] == '\0' ? user :
	    text_print(edit->turn.arena, "%s (%s)", name, user);
	json_array_append_new(stays ? edit->plan.kept : edit->plan.differences,
	    json_string(text_print(edit->turn.arena, "groups '%s': member %s %s", group, who,
	    stays ? "is not in the document and is kept" :
	    member->wanted ? "added" : "removed")));
}

void edit_members_tell(struct edit *edit)
{
	struct edit_work *work = edit->work;
	const char *group = "";
	size_t kept = 0;

	for (size_t i = 0; i < work->member_count; i++) {
		struct edit_member member = work->members[i];
		if (i == 0 || id_compare(&work->members[i - 1].group, &member.group) != 0)
			group = group_called(edit, member.group);
		member_tell(edit, group, &member);
		if (!member_stays(edit, &member))
			work->members[kept++] = member;
	}
	work->member_count = kept;
	edit->plan.members += kept;
}

unsigned edit_got_members_list(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct edit *edit = edit_of(flow);
	struct edit_work *work = edit->work;
	const struct sp_records_list *list = (struct sp_records_list *)answer;
	struct sp_id user;

	if (status != SP_OK)
		return edit_end(edit, EDIT_UNAVAILABLE);
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (members_read(record, &user))
			member_add(edit, work->groups[work->group_at], user, false);
	work->after = (struct sp_bytes){ 0 };
	if (list->count == EDIT_PAGE) {
		work->after.data = arena_copy(edit->turn.arena, list->last->at.key.data,
		    list->last->at.key.size);
		work->after.size = list->last->at.key.size;
		return EDIT_MEMBERS_LIST;
	}
	if (++work->group_at < work->group_count)
		return EDIT_MEMBERS_LIST;
	members_compare(edit);
	if (!work->swept)
		return edit_users(edit);
	edit_members_tell(edit);
	return edit_members_next(edit);
}

/* Whoever was put into a group between the first look and its end is found by a second one; from
 * then on nobody can be (membership.h). */
unsigned edit_members_next(struct edit *edit)
{
	struct edit_work *work = edit->work;

	if (work->member_at < work->member_count)
		return EDIT_MEMBERS_COMMIT;
	if (work->swept || work->removed == 0)
		return edit_published(edit);
	work->swept = true;
	work->group_at = work->member_at = work->member_count = 0;
	work->group_count = work->removed;
	return EDIT_MEMBERS_LIST;
}

void edit_ask_members_commit(struct flow *flow)
{
	struct edit *edit = edit_of(flow);
	struct edit_work *work = edit->work;
	size_t left = work->member_count - work->member_at;
	size_t count = left < EDIT_MEMBERS ? left : EDIT_MEMBERS;
	struct sp_records_commit *commit = turn_commit(&edit->turn, count * 3);
	struct audit_act act = edit_act(edit);
	bool fits = true;

	for (size_t i = 0; i < count; i++) {
		const struct edit_member *one = &work->members[work->member_at++];
		struct member member = { .tenant = edit->tenant, .group = one->group,
			.user = one->user };
		if (one->wanted)
			members_put(commit, &member, SP_ANY);
		else
			members_remove(commit, &member, SP_ANY);
		fits = members_tell(commit, &member, !one->wanted, &act) && fits;
	}
	assert(fits);
	turn_send(&edit->turn, commit);
}

unsigned edit_got_members_commit(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct edit *edit = edit_of(flow);

	(void)answer;
	if (status != SP_OK)
		return edit_end(edit, EDIT_UNAVAILABLE);
	return edit_members_next(edit);
}
