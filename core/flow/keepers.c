#include "flow/keepers.h"

#include "base/arena.h"
#include "base/id.h"
#include "model/account.h"
#include "model/system.h"
#include "plugin/instance.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/tenants.h"

enum { STAGE_REVISION, STAGE_LIST, STAGE_USER, STAGE_ACCOUNT };

void keepers_ask(struct keepers *keepers, struct turn *turn)
{
	struct sp_address changes = changes_at(system_id);

	switch (keepers->stage) {
	case STAGE_REVISION:
		turn_get(turn, &changes, 1);
		break;
	case STAGE_LIST:
		turn_call(turn, &list_new(turn_seat(turn, BINDING_RECORDS), assignments_all(),
		    ASSIGNMENTS_MOST)->op);
		break;
	case STAGE_USER:
		turn_call(turn, &users_get(turn_seat(turn, BINDING_USERS), system_id,
		    keepers->others[keepers->at])->op);
		break;
	default:
		changes = accounts_at(system_id, keepers->others[keepers->at]);
		turn_get(turn, &changes, 1);
		break;
	}
}

static enum keepers_next keepers_list(struct keepers *keepers, const struct turn *turn,
    const struct sp_records_list *list)
{
	struct assignment one;
	bool whole = false;

	keepers->his = arena_alloc(turn->arena, list->count * sizeof(*keepers->his));
	keepers->his_revisions = arena_alloc(turn->arena, list->count * sizeof(uint64_t));
	keepers->others = arena_alloc(turn->arena, (list->count + 1) * sizeof(struct sp_id));
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		if (!assignments_read(record, &one))
			continue;
		bool his = id_equal(one.user, keepers->leaving);
		bool ends = his && (id_zero(keepers->assignment) ||
		    id_equal(one.id, keepers->assignment));
		if (his) {
			keepers->his_revisions[keepers->his_count] = record->revision;
			keepers->his[keepers->his_count++] = one;
		}
		if (assignments_whole(&one) && !ends)
			keepers->others[keepers->count++] = one.user;
		whole = whole || (ends && assignments_whole(&one));
	}
	if (!whole)
		return KEEPERS_LEFT;	/* nothing of that kind ends */
	keepers->others[keepers->count++] = keepers->leaving;
	keepers->stage = STAGE_USER;
	return KEEPERS_AGAIN;
}

/* Somebody else who can sign in, or else the leaving one himself: then he is the last. */
static enum keepers_next keepers_next(struct keepers *keepers, bool able)
{
	bool last = keepers->at + 1 == keepers->count;

	if (able)
		return last ? KEEPERS_NONE : KEEPERS_LEFT;
	keepers->at++;
	keepers->stage = STAGE_USER;
	return last ? KEEPERS_LEFT : KEEPERS_AGAIN;
}

static enum keepers_next keepers_user(struct keepers *keepers, struct turn *turn,
    const struct sp_op *answer, enum sp_status status)
{
	if (status == SP_NOT_FOUND)
		return keepers_next(keepers, false);
	const struct sp_user *user = ((const struct sp_users_find *)answer)->user;
	if (!user->enabled || (user->verifier == NULL && !users_offers(
	    turn_seat(turn, BINDING_USERS)->instance, &users_kind_verify)))
		return keepers_next(keepers, false);
	keepers->stage = STAGE_ACCOUNT;
	return KEEPERS_AGAIN;
}

enum keepers_next keepers_got(struct keepers *keepers, struct turn *turn,
    const struct sp_op *answer, enum sp_status status)
{
	const struct sp_records_get *get = (const struct sp_records_get *)answer;
	struct account account;

	if (status != SP_OK && !(status == SP_NOT_FOUND && keepers->stage == STAGE_USER))
		return KEEPERS_FAILED;
	switch (keepers->stage) {
	case STAGE_REVISION:
		keepers->revision = get->records[0]->revision;
		keepers->stage = STAGE_LIST;
		return KEEPERS_AGAIN;
	case STAGE_LIST:
		return keepers_list(keepers, turn, (const struct sp_records_list *)answer);
	case STAGE_USER:
		return keepers_user(keepers, turn, answer, status);
	default:
		if (!accounts_read(turn->arena, get->records[0], &account))
			return KEEPERS_FAILED;
		return keepers_next(keepers, !account.blocked);
	}
}
