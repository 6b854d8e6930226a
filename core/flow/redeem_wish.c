/*
 * redeem_wish.c - what policy, or the app itself, wants beyond the sign-in that tokens stand on
 *
 * A refusal says in `claims` what to ask for at the authorization endpoint: there the customer is,
 * and can be asked (SEMANTICS 4.4; entra.md 1.9). An app may send `claims` with a refresh, too,
 * when an API has refused its token: what the sign-in has already is in the new token, and for
 * the rest the app is sent to the customer. Nothing is spent by a refusal.
 */
#include "flow/redeem_work.h"

#include "base/id.h"
#include "base/text.h"

const char *redeem_wish(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	struct wishes wishes;

	if (text_empty(redeem->wished))
		return NULL;
	const char *wrong = wishes_read(redeem->turn.arena, redeem->wished, NULL, &wishes);
	if (wrong != NULL)
		return wrong;
	wishes_keep(&wishes, redeem->turn.tenant->contexts);
	wishes.id_token |= work->code.wishes.id_token;
	wishes.userinfo |= work->code.wishes.userinfo;
	work->code.wishes = wishes;
	return NULL;
}

bool redeem_met(const struct redeem *redeem)
{
	const struct judging *judged = &redeem->work->judged;

	return judged->decision == SP_ALLOW && (text_empty(redeem->wished) ||
	    (judged->wished.must == 0 && !wishes_hopeless(&redeem->work->code.wishes)));
}

/* The original's: which policies to satisfy. */
static const char *policies_claims(const struct redeem *redeem)
{
	const struct judging *judged = &redeem->work->judged;
	json_t *values = json_array();
	char id[ID_TEXT];

	for (size_t i = 0; i < judged->policy_count; i++) {
		if (judged->policies[i].result != SP_UNMET)
			continue;
		id_format(judged->policies[i].id, id);
		json_array_append_new(values, json_string(id));
	}
	json_t *claims = json_pack("{s:{s:{s:b,s:o}}}", "access_token", "capolids", "essential", 1,
	    "values", values);
	const char *text = json_write(redeem->turn.arena, claims);
	json_decref(claims);
	return text;
}

unsigned redeem_unmet(struct redeem *redeem)
{
	const struct judging *judged = &redeem->work->judged;

	if (judged->decision == SP_DENY) {
		redeem->suberror = "message_only";
		return redeem_grant(redeem, "Policy blocks this sign-in.");
	}
	/* Apps of the original tell the two apart: both are mended at authorize. */
	redeem->suberror = (judged->missing & SP_NEW_PASSWORD) != 0 ? "user_password_expired" :
	    "basic_action";
	redeem->missing = judged->decision == SP_ASK ? policies_claims(redeem) :
	    text_copy(redeem->turn.arena, redeem->wished);
	return redeem_grant(redeem, judged->decision == SP_ASK ?
	    "Policy asks for more than this sign-in has: send the customer to authorize again." :
	    "The sign-in does not have what claims demands: send the customer to authorize again.");
}
