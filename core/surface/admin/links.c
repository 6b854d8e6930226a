/* links.c - sign-in links, which an operator at the server makes (SEMANTICS 5.2) */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/text.h"
#include "flow/linking.h"
#include "model/system.h"

struct making {
	struct linking linking;	/* first: its turn is what ends */
	struct exchange *ex;
	json_t *body;
};

static void making_good(const struct making *making)
{
	struct exchange *ex = making->ex;
	const struct linking *linking = &making->linking;
	const struct tenant *tenant = linking->turn.tenant;

	face_json(ex, 201, json_pack("{s:s, s:s}", "link", text_print(ex->arena,
	    "%s/%s/link#%s", face_of(ex)->pages_url, tenant->name, linking->secret),
	    "expiresDateTime", text_time(ex->arena, linking->expires)));
}

static void making_finished(struct turn *turn, void *arg)
{
	struct making *making = arg;
	struct exchange *ex = making->ex;

	switch (making->linking.outcome) {
	case LINKING_GOOD:
		making_good(making);
		break;
	case LINKING_ABSENT:
		admin_error(ex, 404, "ResourceNotFound", "There is no such administrator.");
		break;
	case LINKING_DISABLED:
		admin_error(ex, 409, "AccountDisabled", "This administrator is disabled: enable him "
		    "first, in the tenant of administrators.");
		break;
	case LINKING_LATE:
		admin_error(ex, 409, "ObjectConflict",
		    "There is a Global Administrator already; name whom the link is for.");
		break;
	default:
		admin_unavailable(ex, "A store does not answer.");
		break;
	}
	json_decref(making->body);
	face_end(ex, turn);
}

/* Of the body: {"user": "..."} or {"first": true}, and nothing else. */
static bool making_read(struct making *making)
{
	struct exchange *ex = making->ex;

	making->body = admin_body(ex);
	if (making->body == NULL)
		return false;
	const char *user = json_text(making->body, "user", NULL);
	bool first = json_flag(making->body, "first", false);
	if (json_object_size(making->body) == 1 && first != !text_empty(user)) {
		making->linking.who = user;
		return true;
	}
	admin_error(ex, 400, "BadRequest", "The body must be {\"user\": \"an id or address\"} or "
	    "{\"first\": true}.");
	json_decref(making->body);
	return false;
}

void admin_link(struct exchange *ex)
{
	struct making *making = arena_alloc(ex->arena, sizeof(*making));
	struct turn *turn = &making->linking.turn;

	making->ex = ex;
	if (!admin_begin_server(ex, turn, &making->linking.actor) || !making_read(making))
		return;
	if (face_of(ex)->pages_url == NULL || !face_begin_tenant(ex, turn, SYSTEM_ID)) {
		json_decref(making->body);
		admin_error(ex, 409, "NoPages", face_of(ex)->pages_url == NULL ?
		    "No listener serves pages, so there is none that a link could lead to." :
		    "The tenant of administrators is not there; the log says why.");
		return;
	}
	turn->finished = making_finished;
	turn->arg = making;
	linking_run(&making->linking);
}
