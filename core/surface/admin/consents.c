/*
 * consents.c - what customers let apps have, as Graph's oauth2PermissionGrants
 *
 * The id of one is customer and app, 32 bytes in base64url.
 */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/disagree.h"
#include "flow/people.h"
#include "store/consents.h"

#include <string.h>

struct pair { struct sp_id user, app; };

struct agreed {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void set_id(json_t *object, const char *name, struct sp_id id)
{
	char text[ID_TEXT];

	id_format(id, text);
	json_object_set_new(object, name, json_string(text));
}

static json_t *consent_json(struct exchange *ex, const struct consent *consent)
{
	struct pair pair = { consent->user, consent->app };
	json_t *one = json_object();

	json_object_set_new(one, "id",
	    json_string(encode_base64url(ex->arena, &pair, sizeof(pair))));
	set_id(one, "clientId", consent->app);
	json_object_set_new(one, "consentType", json_string("Principal"));
	set_id(one, "principalId", consent->user);
	json_object_set_new(one, "scope", json_string(consent->scope));
	json_object_set_new(one, "startTime", json_string(text_time(ex->arena, consent->given)));
	return one;
}

static void agreed_finished(struct turn *turn, void *arg)
{
	struct agreed *agreed = arg;
	struct exchange *ex = agreed->ex;
	json_t *value = json_array();
	struct consent consent;

	for (size_t i = 0; agreed->page.good && i < agreed->page.count; i++)
		if (consents_read(ex->arena, agreed->page.records[i], &consent))
			json_array_append_new(value, consent_json(ex, &consent));
	admin_reply_all(ex, agreed->page.good, value);
	face_end(ex, turn);
}

void admin_consents(struct exchange *ex)
{
	struct agreed *agreed = arena_alloc(ex->arena, sizeof(*agreed));
	struct turn *turn = &agreed->page.turn;
	const char *actor;
	struct sp_id user;

	agreed->ex = ex;
	if (!admin_begin(ex, turn, &actor))
		return;
	if (!id_parse(exchange_param(ex, "id"), &user)) {
		admin_error(ex, 404, "ResourceNotFound", "There is no such user.");
		face_end(ex, turn);
		return;
	}
	agreed->page.prefix = consents_of(turn->tenant->id, user);
	agreed->page.limit = CONSENTS_MOST;
	turn->finished = agreed_finished;
	turn->arg = agreed;
	page_run(&agreed->page);
}

struct taking {
	struct disagree disagree;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void taking_absent(struct exchange *ex)
{
	admin_error(ex, 404, "ResourceNotFound", "There is no such consent.");
}

static void taking_finished(struct turn *turn, void *arg)
{
	struct taking *taking = arg;
	struct exchange *ex = taking->ex;

	if (taking->disagree.outcome == DISAGREE_GOOD)
		admin_reply_gone(ex, NULL);
	else if (taking->disagree.outcome == DISAGREE_ABSENT)
		taking_absent(ex);
	else
		admin_unavailable(ex, "The store does not answer.");
	face_end(ex, turn);
}

void admin_consent_remove(struct exchange *ex)
{
	struct taking *taking = arena_alloc(ex->arena, sizeof(*taking));
	struct turn *turn = &taking->disagree.turn;
	struct pair pair;
	size_t size = 0;
	void *id;

	taking->ex = ex;
	if (!admin_begin(ex, turn, &taking->disagree.actor))
		return;
	if (!decode_base64url(ex->arena, exchange_param(ex, "id"), &id, &size) ||
	    size != sizeof(pair)) {
		taking_absent(ex);
		face_end(ex, turn);
		return;
	}
	memcpy(&pair, id, sizeof(pair));
	taking->disagree.user = pair.user;
	taking->disagree.app = pair.app;
	turn->finished = taking_finished;
	turn->arg = taking;
	disagree_run(&taking->disagree);
}
