#include "surface/admin/credentials.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/random.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/jwk.h"
#include "flow/client.h"
#include "flow/edit.h"
#include "model/app_key.h"
#include "surface/admin/admin.h"

#include <string.h>
#include <strings.h>

#define DAY INT64_C(86400000)
#define YEARS_TWO (730 * DAY)	/* of a secret that is added without an end, as in the original */

/* "secretText" acts at creation only: afterwards there is a hash, and nobody has the text but who
 * gave it, or who is shown it now. */
bool credentials_hash(struct exchange *ex, const struct store *store, json_t *one, json_t *shown)
{
	enum { SECRET = 32, LEAST = 16, HINT = 3 };
	const char *text = json_text(one, "secretText", NULL);
	uint8_t hash[32], bytes[SECRET];
	char id[ID_TEXT];

	if (json_object_get(one, "secretHash") != NULL)
		return false;
	if (json_object_get(one, "keyId") != NULL && text == NULL)
		return true;
	if (text == NULL) {
		random_fill(bytes, sizeof(bytes));
		text = encode_base64url(ex->arena, bytes, sizeof(bytes));
		json_array_append_new(shown, json_string(text));
	} else {
		text = text_copy(ex->arena, text);
	}
	if (strlen(text) < LEAST)
		return false;
	client_hash(store, secret_text(text), hash);
	id_format(id_random(), id);
	json_object_set_new(one, "keyId", json_string(id));
	json_object_set_new(one, "hint", json_stringn(text, HINT));
	json_object_set_new(one, "secretHash", json_string(encode_base64url(ex->arena, hash, 32)));
	json_object_del(one, "secretText");
	return true;
}

/* The same key has the same id, so that a document without ids can be applied twice. */
static void key_name(struct exchange *ex, json_t *one)
{
	const char *text = app_key_text(ex->arena, one);
	unsigned char hash[HASH_SIZE];
	char name[ID_TEXT];
	struct sp_id id;

	if (json_object_get(one, "keyId") != NULL)
		return;
	hash_sha256(text, strlen(text), hash);
	memcpy(&id, hash, sizeof(id));
	id_format(id, name);
	json_object_set_new(one, "keyId", json_string(name));
}

/* What is no object is told by the shape. */
static const char *keys_take(struct exchange *ex, json_t *app)
{
	json_t *one;
	size_t index;
	struct sp_error error;

	json_array_foreach(json_object_get(app, "keyCredentials"), index, one) {
		key_name(ex, one);
		if (!json_is_object(json_object_get(one, "jwk")))
			continue;
		struct jwk *jwk = jwk_parse(app_key_text(ex->arena, one), &error);
		if (jwk == NULL)
			return text_print(ex->arena, "keyCredentials[%zu].jwk: %s", index,
			    error.text);
		jwk_free(jwk);
	}
	return NULL;
}

const char *credentials_take(struct exchange *ex, const struct store *store, json_t *app,
    json_t *shown)
{
	json_t *one;
	size_t index;

	json_array_foreach(json_object_get(app, "passwordCredentials"), index, one)
		if (!json_is_object(one) || !credentials_hash(ex, store, one, shown))
			return "passwordCredentials: a secretText has at least 16 characters; leave "
			    "it out and one is made.";
	return keys_take(ex, app);
}

static const json_t *credential_of(const json_t *stored, const char *key)
{
	const json_t *one;
	size_t index;

	json_array_foreach(json_object_get(stored, "passwordCredentials"), index, one)
		if (strcasecmp(json_text(one, "keyId", ""), key) == 0)
			return one;
	return NULL;
}

json_t *credentials_keep(struct edit *edit, const json_t *stored)
{
	json_t *body = json_deep_copy(edit->body), *one;
	size_t index;

	json_array_foreach(json_object_get(body, "passwordCredentials"), index, one) {
		const char *key = json_text(one, "keyId", NULL);
		if (key == NULL || json_object_get(one, "secretHash") != NULL)
			continue;
		const json_t *kept = credential_of(stored, key);
		if (kept == NULL)
			document_wrong(&edit->plan.errors, text_print(edit->turn.arena,
			    "passwordCredentials[%zu].keyId", index), "InvalidValue",
			    "no secret of this application has it");
		else
			json_object_update_missing(one, (json_t *)(uintptr_t)kept);
	}
	return body;
}

/* addPassword, removePassword: one secret, whatever the others are. */

struct keeping {
	struct edit edit;	/* first: its turn is what ends */
	struct exchange *ex;
	json_t *body, *shown;
	json_t *added;		/* of the body, hashed; NULL: one goes */
};

static json_t *keeping_list(const json_t *stored, const char *without)
{
	json_t *list = json_array(), *one;
	size_t index;

	json_array_foreach(json_object_get(stored, "passwordCredentials"), index, one)
		if (without == NULL || strcmp(json_text(one, "keyId", ""), without) != 0)
			json_array_append(list, one);
	return list;
}

/* Of the application as it is stored in this moment: two who add one each both have it. */
static json_t *keeping_revise(struct edit *edit, const json_t *stored)
{
	struct keeping *keeping = (struct keeping *)(void *)edit;
	char key[ID_TEXT] = "";
	struct sp_id id;

	if (keeping->added == NULL && id_parse(json_text(keeping->body, "keyId", NULL), &id))
		id_format(id, key);
	json_t *list = keeping_list(stored, keeping->added == NULL ? key : NULL);
	if (keeping->added != NULL)
		json_array_append(list, keeping->added);
	else if (json_array_size(list) ==
	    json_array_size(json_object_get(stored, "passwordCredentials")))
		document_wrong(&edit->plan.errors, "keyId", "InvalidValue",
		    "no secret of this application has it");
	return json_pack("{s:o}", "passwordCredentials", list);
}

static void keeping_reply(struct keeping *keeping)
{
	struct exchange *ex = keeping->ex;
	const struct edit *edit = &keeping->edit;

	if (keeping->added == NULL) {
		admin_reply_gone(ex, edit->plan.warnings);
		return;
	}
	json_t *answer = json_deep_copy(keeping->added);
	json_object_del(answer, "secretHash");
	json_object_set(answer, "secretText", json_array_get(keeping->shown, 0));
	if (json_array_size(edit->plan.warnings) > 0)
		json_object_set(answer, "@sallyport.warnings", edit->plan.warnings);
	face_json(ex, 200, answer);
}

static void keeping_over(struct keeping *keeping)
{
	edit_done(&keeping->edit);
	json_decref(keeping->body);
	json_decref(keeping->shown);
	face_end(keeping->ex, &keeping->edit.turn);
}

static void keeping_finished(struct turn *turn, void *arg)
{
	struct keeping *keeping = arg;

	(void)turn;
	if (!admin_edit_failed(keeping->ex, &keeping->edit))
		keeping_reply(keeping);
	keeping_over(keeping);
}

/* NULL: replied. */
static struct keeping *keeping_new(struct exchange *ex)
{
	struct keeping *keeping = arena_alloc(ex->arena, sizeof(*keeping));
	struct edit *edit = &keeping->edit;

	keeping->ex = ex;
	if (!admin_begin(ex, &edit->turn, &edit->actor))
		return NULL;
	edit->action = EDIT_PATCH;
	edit->kind = DOCUMENT_APP;
	edit->tenant = edit->turn.tenant->id;
	edit->id = exchange_param(ex, "id");
	edit->revise = keeping_revise;
	edit->turn.finished = keeping_finished;
	edit->turn.arg = keeping;
	keeping->body = admin_body(ex);
	if (keeping->body == NULL) {
		face_end(ex, &edit->turn);
		return NULL;
	}
	keeping->shown = json_array();
	return keeping;
}

static void keeping_refuse(struct keeping *keeping, const char *why)
{
	admin_error(keeping->ex, 400, "BadRequest", why);
	plan_begin(&keeping->edit.plan, keeping->ex->arena, 0);
	keeping_over(keeping);
}

/* {"passwordCredential": {"displayName", "startDateTime", "endDateTime"}}, as in Graph: the text is
 * the server's, and told in this answer alone. */
void admin_add_password(struct exchange *ex)
{
	struct keeping *keeping = keeping_new(ex);

	if (keeping == NULL)
		return;
	json_t *wanted = json_object_get(keeping->body, "passwordCredential");
	if (wanted == NULL) {
		wanted = json_object();
		json_object_set_new(keeping->body, "passwordCredential", wanted);
	}
	bool mine = json_is_object(wanted) && json_object_get(wanted, "keyId") == NULL &&
	    json_object_get(wanted, "secretText") == NULL;
	if (!mine || !credentials_hash(ex, keeping->edit.turn.store, wanted, keeping->shown)) {
		keeping_refuse(keeping, "passwordCredential: displayName, startDateTime and "
		    "endDateTime may be given; the secret is made here.");
		return;
	}
	if (json_object_get(wanted, "endDateTime") == NULL)
		json_object_set_new(wanted, "endDateTime", json_string(text_time(ex->arena,
		    keeping->edit.turn.now + YEARS_TWO)));
	keeping->added = wanted;
	edit_run(&keeping->edit);
}

/* {"keyId": "..."} */
void admin_remove_password(struct exchange *ex)
{
	struct keeping *keeping = keeping_new(ex);

	if (keeping != NULL)
		edit_run(&keeping->edit);
}
