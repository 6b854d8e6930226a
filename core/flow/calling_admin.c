/* calling_admin.c - an administrator's access token: ours, for this API, and in force? */
#include "flow/calling.h"
#include "flow/redeem_work.h"

#include "base/id.h"
#include "base/text.h"
#include "crypto/jws.h"
#include "model/claims.h"
#include "model/system.h"
#include "model/words.h"

static void prove_end(struct calling *calling, enum calling_outcome outcome)
{
	calling->outcome = outcome;
	calling->turn.finished(&calling->turn, calling->turn.arg);
}

/* Ours is the tenant of administrators by an address of this server. NULL: it is another's. */
static const char *prove_issuer(const struct calling *calling)
{
	struct arena *arena = calling->turn.arena;
	json_t *said = jws_peek(arena, calling->bearer);
	const char *iss = text_copy(arena, json_text(said, "iss", NULL)), *ours;

	json_decref(said);
	for (size_t i = 0; iss != NULL && calling->issuers[i] != NULL; i++) {
		ours = text_print(arena, "%s/%s/v2.0", calling->issuers[i], SYSTEM_ID);
		if (text_same(iss, ours))
			return ours;
	}
	return NULL;
}

/* One word, which is an id; of none and of several nobody could say which is meant. */
static struct sp_id prove_named(struct calling *calling, const json_t *payload)
{
	const char *left = json_text(payload, "scp", NULL);
	const char *word = words_next(calling->turn.arena, &left);
	struct sp_id tenant = { { 0 } };

	if (word == NULL || words_next(calling->turn.arena, &left) != NULL ||
	    !id_parse(word, &tenant))
		return (struct sp_id){ { 0 } };
	return tenant;
}

/* A link is an operator's word at the server, who needs neither password nor mail (SEMANTICS 5.2). */
static bool prove_strong(const json_t *payload)
{
	const json_t *amr = json_object_get(payload, "amr"), *one;
	size_t index;

	json_array_foreach((json_t *)(uintptr_t)amr, index, one)
		if (text_same(json_string_value(one), "mfa") ||
		    text_same(json_string_value(one), "link"))
			return true;
	return false;
}

/* What it says; whether it still stands, is for the store to tell. */
static enum calling_outcome prove_says(struct calling *calling, const json_t *payload)
{
	const struct access *access = &calling->proof->work->access;

	if (access->alone || !text_word(access->audience, SYSTEM_API))
		return CALLING_OVER;
	if (!prove_strong(payload))
		return CALLING_WEAK;
	calling->user = access->user;
	calling->named = prove_named(calling, payload);
	return id_zero(calling->named) ? CALLING_NAMELESS : CALLING_GOOD;
}

static void proven(struct turn *turn, void *arg)
{
	struct calling *calling = arg;
	const struct redeem *proof = calling->proof;

	(void)turn;
	if (proof->error != NULL)
		prove_end(calling, CALLING_UNAVAILABLE);
	else if (!text_same(proof->claims, proof->work->active))
		prove_end(calling, CALLING_OVER);
	else
		calling_rights(calling);
}

/* By that tenant's keys, which sign for nobody else: a token that is over, or for another API, is
 * none that somebody guessed. */
static bool prove_signed(const struct calling *calling)
{
	const struct tenant *tenant = calling->turn.tenant;
	struct jws_rule rule = { .keys = tenant->keys, .count = tenant->key_count,
		.typ = "at+jwt" };
	json_t *payload = NULL;
	struct sp_error error;
	bool good = jws_verify(calling->turn.arena, &rule, calling->bearer, &payload, &error);

	json_decref(payload);
	return good;
}

static enum calling_outcome prove(struct calling *calling, const char *issuer)
{
	struct redeem *proof = calling->proof;
	json_t *payload;

	proof->turn.issuer = issuer;
	proof->turn.finished = proven;
	proof->turn.arg = calling;
	proof->token = calling->bearer;
	proof->work = arena_alloc(proof->turn.arena, sizeof(*proof->work));
	proof->work->about = ABOUT_ADMIN;
	proof->work->active = "";
	if (!token_verify(proof, &payload))
		return prove_signed(calling) ? CALLING_OVER : CALLING_WRONG;
	enum calling_outcome outcome = prove_says(calling, payload);
	json_decref(payload);
	return outcome;
}

void calling_prove(struct calling *calling)
{
	const char *issuer = calling->turn.tenant == NULL ? NULL : prove_issuer(calling);
	enum calling_outcome outcome = CALLING_WRONG;

	if (issuer != NULL) {
		calling->proof = arena_alloc(calling->turn.arena, sizeof(*calling->proof));
		calling->proof->turn = calling->turn;
		outcome = prove(calling, issuer);
	}
	if (outcome == CALLING_GOOD) {
		redeem_run(calling->proof, token_steps, TOKEN_VIEW);
		return;
	}
	if (outcome == CALLING_WRONG)
		calling_wrong(calling);
	prove_end(calling, outcome);
}
