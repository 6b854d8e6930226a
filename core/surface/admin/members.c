/* members.c - who is in a group */
#include "surface/admin/users.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/membership.h"
#include "flow/people.h"
#include "store/members.h"
#include "surface/admin/odata.h"

#include <string.h>

struct roll {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
	struct odata odata;
};

static void roll_finished(struct turn *turn, void *arg)
{
	struct roll *roll = arg;
	struct exchange *ex = roll->ex;
	json_t *value = json_array();
	struct sp_id user = { { 0 } };
	char id[ID_TEXT] = "";

	for (size_t i = 0; roll->page.good && i < roll->page.count; i++) {
		if (!members_read(roll->page.records[i], &user))
			continue;
		json_t *one = json_object();
		id_format(user, id);
		json_object_set_new(one, "id", json_string(id));
		json_array_append_new(value, one);
	}
	admin_reply_page(ex, &roll->odata, &roll->page, value);
	face_end(ex, turn);
}

/* The group of the path; false: told. */
static bool group_of(struct exchange *ex, const struct turn *turn, struct sp_id *out_group)
{
	const char *id = exchange_param(ex, "id");

	for (size_t i = 0; i < turn->tenant->group_count; i++) {
		const struct group *group = &turn->tenant->groups[i];
		char text[ID_TEXT];
		id_format(group->id, text);
		if (strcmp(text, id) == 0 || strcmp(group->display_name, id) == 0) {
			*out_group = group->id;
			return true;
		}
	}
	admin_error(ex, 404, "ResourceNotFound", "There is no such group in this tenant.");
	return false;
}

void admin_members(struct exchange *ex)
{
	enum { PAGE = 500 };
	struct roll *roll = arena_alloc(ex->arena, sizeof(*roll));
	struct turn *turn = &roll->page.turn;
	const char *actor;
	struct sp_id group;

	roll->ex = ex;
	if (!admin_begin(ex, turn, &actor))
		return;
	if (!odata_read(ex, ODATA_PAGE, &roll->odata) || !group_of(ex, turn, &group)) {
		face_end(ex, turn);
		return;
	}
	roll->page.prefix = members_users(turn->tenant->id, group);
	roll->page.after.key = roll->odata.cursor;
	roll->page.limit = roll->odata.top > 0 ? (size_t)roll->odata.top : PAGE;
	turn->finished = roll_finished;
	turn->arg = roll;
	page_run(&roll->page);
}

struct joining {
	struct membership membership;	/* first: its turn is what ends */
	struct exchange *ex;
};

/* As Graph does: to put in whoever is in, and to take out whoever isn't, is an error. */
static void joining_refused(const struct joining *joining)
{
	struct exchange *ex = joining->ex;
	char user[ID_TEXT];

	id_format(joining->membership.member.user, user);
	switch (joining->membership.outcome) {
	case MEMBERSHIP_NO_GROUP:
		admin_error(ex, 404, "ResourceNotFound", "There is no such group in this tenant.");
		break;
	case MEMBERSHIP_NO_USER:
		admin_error(ex, 404, "ResourceNotFound",
		    text_print(ex->arena, "There is no user '%s' in this tenant.", user));
		break;
	case MEMBERSHIP_ALREADY:
		admin_error(ex, 400, "MemberExists",
		    text_print(ex->arena, "User '%s' is in this group already.", user));
		break;
	case MEMBERSHIP_NO_MEMBER:
		admin_error(ex, 404, "ResourceNotFound",
		    text_print(ex->arena, "User '%s' is not in this group.", user));
		break;
	case MEMBERSHIP_CONFLICT:
		admin_error(ex, 409, "ObjectConflict", "Others kept changing this group at the same "
		    "moment; nothing was changed. Try again.");
		break;
	default:
		admin_unavailable(ex, "A store does not answer.");
		break;
	}
}

static void joining_finished(struct turn *turn, void *arg)
{
	struct joining *joining = arg;

	if (joining->membership.outcome == MEMBERSHIP_GOOD) {
		reply_status(joining->ex, 204);
		reply_send(joining->ex);
	} else {
		joining_refused(joining);
	}
	face_end(joining->ex, turn);
}

static void joining_run(struct exchange *ex, const char *user, bool leaves)
{
	struct joining *joining = arena_alloc(ex->arena, sizeof(*joining));
	struct membership *membership = &joining->membership;
	struct turn *turn = &membership->turn;

	joining->ex = ex;
	membership->leaves = leaves;
	if (!admin_begin(ex, turn, &membership->actor))
		return;
	if (!id_parse(user, &membership->member.user)) {
		admin_error(ex, 400, "BadRequest", "The user must be given by id.");
		face_end(ex, turn);
		return;
	}
	if (!group_of(ex, turn, &membership->member.group)) {
		face_end(ex, turn);
		return;
	}
	membership->member.tenant = turn->tenant->id;
	turn->finished = joining_finished;
	turn->arg = joining;
	membership_run(membership);
}

void admin_member_add(struct exchange *ex)
{
	json_t *body = admin_body(ex);
	const char *link, *slash;

	if (body == NULL)
		return;
	link = text_copy(ex->arena, json_text(body, "@odata.id", ""));
	json_decref(body);
	slash = strrchr(link, '/');
	joining_run(ex, slash != NULL ? slash + 1 : link, false);
}

void admin_member_remove(struct exchange *ex)
{
	joining_run(ex, exchange_param(ex, "user"), true);
}
