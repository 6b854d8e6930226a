/*
 * edit_users.c - customers whom a change names by id: are they there, and what are they called
 *
 * They live in the users backend, so each is a get of its own, before anything is committed: those
 * of changed policies first, then the members that change, for whoever reads of it.
 */
#include "flow/edit_steps.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/person.h"
#include "flow/visit_value.h"
#include "plugin/users.h"

enum { LOOKS_MOST = 1000, NAMES_MOST = 100 };

/* Whom the caller makes next: "@sallyport.users" of the body, address by id, and its users. */
static void users_expected(struct edit *edit)
{
	json_t *names = edit->work->names, *one;
	const json_t *body = edit->body;
	struct sp_id id;
	const char *key;
	char text[ID_TEXT];
	size_t index;

	json_object_foreach(json_object_get(body, "@sallyport.users"), key, one)
		if (id_parse(key, &id)) {
			id_format(id, text);
			json_object_set(names, text, one);
		}
	json_array_foreach(json_object_get(body, "users"), index, one)
		if (id_parse(json_text(one, "id", NULL), &id)) {
			id_format(id, text);
			json_object_set_new(names, text, json_string(json_text(one, "mail", "")));
		}
}

/* The next who is still to be looked up. */
static bool users_next(struct edit *edit, struct sp_id *out_user)
{
	struct edit_work *work = edit->work;
	char text[ID_TEXT];

	for (; work->named != NULL; work->named = work->named->next) {
		id_format(work->named->user, text);
		if (json_object_get(work->names, text) != NULL)
			continue;
		*out_user = work->named->user;
		return true;
	}
	for (; work->look_at < work->member_count && work->look_at < NAMES_MOST; work->look_at++) {
		id_format(work->members[work->look_at].user, text);
		if (json_object_get(work->names, text) != NULL)
			continue;
		*out_user = work->members[work->look_at].user;
		return true;
	}
	return false;
}

static unsigned users_over(struct edit *edit)
{
	edit_members_tell(edit);
	return edit->dry_run ? edit_end(edit, EDIT_GOOD) : EDIT_COMMIT;
}

static void users_unfinished(struct edit *edit, const char *why)
{
	const struct plan_named *named = edit->work->named;

	if (named != NULL)
		plan_tell(&edit->plan, &(struct plan_about){ named->id, named->policy },
		    &(struct advice){ .code = "notLookedAt", .path = named->path, .text = why });
}

unsigned edit_users(struct edit *edit)
{
	struct edit_work *work = edit->work;
	struct sp_id user;

	if (work->names == NULL) {
		work->names = json_object();
		work->named = edit->plan.named;
		users_expected(edit);
	}
	if (!users_next(edit, &user))
		return users_over(edit);
	if (work->looks++ < LOOKS_MOST)
		return EDIT_USERS;
	users_unfinished(edit, "from here on nobody looked whether the users are there");
	return users_over(edit);
}

void edit_ask_users(struct flow *flow)
{
	struct edit *edit = edit_of(flow);
	struct sp_id user;

	if (users_next(edit, &user))
		turn_call(&edit->turn, &users_get(turn_seat(&edit->turn, BINDING_USERS),
		    edit->tenant, user)->op);
	else
		flow_skip(flow, SP_FAILED);
}

static const char *user_called(const struct sp_user *user)
{
	const char *address = visit_address(user);

	return address != NULL ? address :
	    user->identifier_count > 0 ? user->identifiers[0] : "";
}

/* A backend that is down keeps nobody from changing a policy; it is told. */
unsigned edit_got_users(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct edit *edit = edit_of(flow);
	struct edit_work *work = edit->work;
	char text[ID_TEXT];
	struct sp_id user;

	if (status != SP_OK && status != SP_NOT_FOUND) {
		users_unfinished(edit, "whether the users are there is unknown: their store does "
		    "not answer");
		return users_over(edit);
	}
	(void)users_next(edit, &user);
	id_format(user, text);
	if (status == SP_OK) {
		json_object_set_new(work->names, text,
		    json_string(user_called(((struct sp_users_find *)answer)->user)));
	} else if (work->named == NULL) {
		json_object_set_new(work->names, text, json_string(""));
	} else {
		const struct plan_named *named = work->named;
		work->named = plan_unknown(&edit->plan, named) ? named->next : NULL;
	}
	return edit_users(edit);
}
