#include "flow/person_work.h"

#include "base/id.h"
#include "base/text.h"
#include "flow/visit_value.h"
#include "model/modified.h"
#include "model/system.h"
#include "model/user.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/audits.h"
#include "store/budgets.h"
#include "store/erasures.h"
#include "store/farewells.h"
#include "store/members.h"
#include "store/store.h"
#include "store/tenants.h"

#include <string.h>

enum { GROUPS_MOST = 1000 };	/* memberships that go in the batch of a removal */

static unsigned person_failed(struct person *person, enum sp_status status)
{
	return person_end(person, person_outcome_of(status));
}

static void person_ask_find(struct flow *flow)
{
	struct person *person = person_of(flow);

	turn_find(&person->turn, person->who);
}

/* Who is removed already has nothing left but an id, which is all that it takes to erase him. */
static bool person_by_id(struct person *person)
{
	struct sp_user *gone = arena_alloc(person->turn.arena, sizeof(*gone));

	if (!id_parse(person->who, &gone->id))
		return false;
	person->user = gone;
	person->work->removed = true;
	return true;
}

static unsigned person_got_find(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct person *person = person_of(flow);

	if (status == SP_NOT_FOUND && person->erase && person_by_id(person))
		return PERSON_BEGIN;
	if (status != SP_OK)
		return person_failed(person, status);
	person->user = visit_copy_user(person->turn.arena, ((struct sp_users_find *)answer)->user);
	return PERSON_ACCOUNT;
}

static void person_ask_account(struct flow *flow)
{
	struct person *person = person_of(flow);
	struct sp_id user = person->user != NULL ? person->user->id : person->wanted.id;
	struct sp_address at = accounts_at(person->turn.tenant->id, user);

	turn_get(&person->turn, &at, 1);
}

/* Somebody must be left who can administer everything (SEMANTICS 5.3). */
static bool person_guarded(const struct person *person)
{
	return system_is(person->turn.tenant->id) &&
	    (person->action == PERSON_DISABLE || person->action == PERSON_REMOVE ||
	    person->action == PERSON_RESET);
}

static unsigned person_got_account(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct person *person = person_of(flow);

	if (status != SP_OK)
		return person_failed(person, status);
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	if (!accounts_read(person->turn.arena, record, &person->account))
		return person_end(person, PERSON_UNAVAILABLE);
	person->work->account_revision = record->revision;
	if (person->allows != NULL && !person->allows(person))
		return person_end(person, PERSON_STALE);
	if (person->action == PERSON_GET)
		return person_end(person, PERSON_GOOD);
	if (person->action == PERSON_CREATE)
		return record->revision == 0 || person->account.gone ? PERSON_HASH :
		    person_end(person, PERSON_CONFLICT);
	return person_guarded(person) ? PERSON_KEEPERS :
	    person->action == PERSON_REMOVE ? PERSON_GROUPS : PERSON_BEGIN;
}

static void person_ask_keepers(struct flow *flow)
{
	struct person *person = person_of(flow);

	person->work->keepers.leaving = person->user->id;
	keepers_ask(&person->work->keepers, &person->turn);
}

static unsigned person_got_keepers(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct person *person = person_of(flow);

	switch (keepers_got(&person->work->keepers, &person->turn, answer, status)) {
	case KEEPERS_AGAIN:
		return PERSON_KEEPERS;
	case KEEPERS_LEFT:
		return person->action == PERSON_REMOVE ? PERSON_GROUPS : PERSON_BEGIN;
	case KEEPERS_NONE:
		return person_end(person, PERSON_LAST);
	default:
		return person_end(person, PERSON_UNAVAILABLE);
	}
}

/* What he was goes with him: an id may be given a second time. */
static void person_leaves(struct person *person, struct sp_records_commit *commit)
{
	const struct keepers *keepers = &person->work->keepers;

	if (!person_guarded(person))
		return;
	changes_move(commit, system_id, keepers->revision);
	for (size_t i = 0; person->action == PERSON_REMOVE && i < keepers->his_count; i++)
		assignments_remove(commit, &keepers->his[i], keepers->his_revisions[i]);
}

/* Memberships don't outlive whom they are about. */
static void person_ask_groups(struct flow *flow)
{
	struct person *person = person_of(flow);

	turn_call(&person->turn, &list_new(turn_seat(&person->turn, BINDING_RECORDS),
	    members_groups(person->turn.tenant->id, person->user->id), GROUPS_MOST)->op);
}

static unsigned person_got_groups(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct person *person = person_of(flow);
	struct person_work *work = person->work;
	const struct sp_records_list *list = (struct sp_records_list *)answer;

	if (status != SP_OK)
		return person_failed(person, status);
	work->groups = arena_alloc(person->turn.arena, list->count * sizeof(*work->groups));
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (members_read(record, &work->groups[work->group_count]))
			work->group_count++;
	return PERSON_BEGIN;
}

/* On the hash lane, in an arena of its own. */
static enum sp_status person_hash(void *arg)
{
	struct person_hashing *hashing = arg;

	hashing->out = password_hash(&hashing->arena, hashing->password, &hashing->cost);
	return hashing->out != NULL ? SP_OK : SP_REJECTED;
}

static void person_ask_hash(struct flow *flow)
{
	struct person *person = person_of(flow);
	struct person_hashing *hashing = &person->work->hashing;

	arena_init(&hashing->arena, NULL, 0);
	if (person->password.size == 0) {
		flow_skip(flow, SP_OK);
		return;
	}
	hashing->password = person->password;
	hashing->cost = *person->turn.cost;
	flow_work(flow, person->turn.store->set.hash_lane, person->turn.source, person_hash,
	    hashing);
}

static unsigned person_got_hash(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct person *person = person_of(flow);

	(void)answer;
	if (status == SP_OK)
		person->wanted.verifier = text_copy(person->turn.arena, person->work->hashing.out);
	arena_done(&person->work->hashing.arena);
	if (status == SP_REJECTED)
		return person_end(person, PERSON_WEAK_PASSWORD);
	return status == SP_OK ? PERSON_BEGIN : person_failed(person, status);
}

/* What must be true before the backend hears of it. */
static void person_close(struct person *person)
{
	struct account *account = &person->account;

	switch (person->action) {
	case PERSON_CREATE:
		/* An id may be given a second time: what the first of that name left is no good. */
		*account = (struct account){ .created = person->turn.now,
			.blocked = account->gone, .gone = account->gone,
			.epoch = account->epoch < (uint64_t)person->turn.now ?
			(uint64_t)person->turn.now : account->epoch + 1 };
		break;
	case PERSON_DISABLE: case PERSON_REMOVE:
		account->blocked = true;
		account->epoch++;
		break;
	case PERSON_RESET: case PERSON_REVOKE:
		account->epoch++;
		break;
	case PERSON_UPDATE:
		if (user_attribute(&person->wanted, "mail") == NULL)
			break;
		account->epoch++;	/* codes go elsewhere from now on (2.5) */
		account->proven = false;
		break;
	default:
		break;
	}
}

static json_t *person_entry(const struct person *person)
{
	static const char *const verbs[] = {
		[PERSON_CREATE] = "Add user", [PERSON_UPDATE] = "Update user",
		[PERSON_ENABLE] = "Enable account", [PERSON_DISABLE] = "Disable account",
		[PERSON_RESET] = "Reset password", [PERSON_REVOKE] = "Revoke sessions",
		[PERSON_UNLOCK] = "Unlock account", [PERSON_REMOVE] = "Delete user",
	};
	enum person_action action = person->action;
	char id[ID_TEXT];

	id_format(person->work->next->id, id);
	struct audit_act act = turn_act(&person->turn, person->turn.tenant->id, person->actor);
	act.activity = person->erase ? "Erase user" : verbs[action];
	act.verb = action == PERSON_CREATE ? "Add" : action == PERSON_REMOVE ? "Delete" : "Update";
	act.target = id;
	json_t *entry = audits_entry(&act);
	json_object_set_new(entry, "modified", modified_user(person->action == PERSON_CREATE ? NULL :
	    person->user, person->work->next));
	if (!id_zero(person->work->intent.id))
		json_object_set_new(entry, "result", json_string("begun"));
	return entry;
}

static void person_unlock(struct person *person, struct sp_records_commit *commit)
{
	static const enum budget_kind kinds[] = { BUDGET_MFA_RUN, BUDGET_MFA_DAY,
		BUDGET_PASSWORD_KNOWN, BUDGET_PASSWORD_OTHER, BUDGET_SENDS_MFA };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct budget_place place = { .tenant = person->turn.tenant->id,
			.subject = person->user->id, .kind = kinds[i] };
		budgets_clear(commit, &place);
	}
}

static bool person_batch(struct person *person, struct sp_records_commit *commit,
    enum intent_kind kind)
{
	struct person_work *work = person->work;
	struct sp_id tenant = person->turn.tenant->id;
	struct audit audit = { .tenant = tenant, .id = id_ordered(person->turn.now) };

	if (kind != INTENT_NONE)
		work->intent = (struct intent){ .id = id_ordered(person->turn.now), .tenant = tenant,
			.kind = kind, .user = work->next, .audit = audit.id,
			.blocks = !person->account.blocked && (person->action == PERSON_DISABLE ||
			person->action == PERSON_REMOVE) };
	json_t *entry = person_entry(person);
	work->intent.audit_json = json_write(person->turn.arena, entry);
	bool fits = audits_put(commit, &audit, entry);
	json_decref(entry);
	struct erasure erasure = { .tenant = tenant, .user = work->next->id,
		.request_id = person->turn.request_id, .actor = person->actor };
	if (person->erase)
		fits = fits && erasures_put(commit, &erasure);
	if (work->removed)
		return fits;
	if (kind != INTENT_NONE)
		fits = fits && intents_begin(commit, person->turn.store, &work->intent);
	if (person->action == PERSON_UNLOCK)
		person_unlock(person, commit);
	for (size_t i = 0; i < work->group_count; i++) {
		struct member member = { tenant, work->groups[i], work->next->id };
		members_remove(commit, &member, SP_ANY);
	}
	person_leaves(person, commit);
	uint64_t before = person->account.epoch;
	person_close(person);
	struct farewell farewell = { .user = work->next->id, .epoch = person->account.epoch };
	if (farewell.epoch != before && person->action != PERSON_CREATE)
		fits = fits && farewells_put(commit, person->turn.tenant, &farewell);
	return fits && accounts_put(commit, accounts_at(tenant, work->next->id), &person->account,
	    work->account_revision);
}

static void person_ask_begin(struct flow *flow)
{
	enum { ROOM = 16 };
	struct person *person = person_of(flow);
	struct sp_records_commit *commit = turn_commit(&person->turn,
	    ROOM + 2 * person->work->group_count + person->work->keepers.his_count);
	enum intent_kind kind = person_next(person);

	bool fits = person->work->removed || users_fits(person->work->next);

	if (fits && person_batch(person, commit, kind)) {
		turn_send(&person->turn, commit);
		return;
	}
	op_free(&commit->op);
	flow_skip(flow, fits ? SP_FAILED : SP_REJECTED);
}

static unsigned person_got_begin(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct person *person = person_of(flow);

	if (status == SP_REJECTED)
		return person_end(person, PERSON_TOO_LARGE);
	if (status == SP_CONFLICT && person_insists(person)) {
		*person->work = (struct person_work){ .rounds = person->work->rounds };
		return PERSON_FIND;
	}
	if (status != SP_OK)
		return person_failed(person, status);
	person->work->account_revision = ((struct sp_records_commit *)answer)->revision;
	if (id_zero(person->work->intent.id))
		return person_end(person, PERSON_GOOD);
	return PERSON_CHANGE;
}

#define TO FLOW_TO
static const struct flow_step person_steps[] = {
	[PERSON_FIND] = { "find", person_ask_find, person_got_find,
	    TO(PERSON_ACCOUNT) | TO(PERSON_BEGIN) | TO(FLOW_END) },
	[PERSON_ACCOUNT] = { "account", person_ask_account, person_got_account,
	    TO(PERSON_KEEPERS) | TO(PERSON_GROUPS) | TO(PERSON_HASH) | TO(PERSON_BEGIN) |
	    TO(FLOW_END) },
	[PERSON_KEEPERS] = { "keepers", person_ask_keepers, person_got_keepers,
	    TO(PERSON_KEEPERS) | TO(PERSON_GROUPS) | TO(PERSON_BEGIN) | TO(FLOW_END) },
	[PERSON_GROUPS] = { "groups", person_ask_groups, person_got_groups,
	    TO(PERSON_BEGIN) | TO(FLOW_END) },
	[PERSON_HASH] = { "hash", person_ask_hash, person_got_hash,
	    TO(PERSON_BEGIN) | TO(FLOW_END) },
	[PERSON_BEGIN] = { "begin", person_ask_begin, person_got_begin,
	    TO(PERSON_FIND) | TO(PERSON_CHANGE) | TO(FLOW_END) },
	[PERSON_CHANGE] = { "change", person_ask_change, person_got_change,
	    TO(PERSON_AGAIN) | TO(PERSON_END) | TO(FLOW_END) },
	[PERSON_AGAIN] = { "again", person_ask_again, person_got_again,
	    TO(PERSON_CHANGE) | TO(PERSON_END) | TO(FLOW_END) },
	[PERSON_END] = { "end", person_ask_end, person_got_end, TO(PERSON_LOOK) | TO(FLOW_END) },
	[PERSON_LOOK] = { "look", person_ask_look, person_got_look,
	    TO(PERSON_END) | TO(FLOW_END) },
};

void person_run(struct person *person)
{
	unsigned step = person->action != PERSON_CREATE ? PERSON_FIND :
	    id_zero(person->wanted.id) ? PERSON_HASH : PERSON_ACCOUNT;

	person->work = arena_alloc(person->turn.arena, sizeof(*person->work));
	person->outcome = PERSON_UNAVAILABLE;
	if (person->action == PERSON_CREATE && person->password.size > 0) {
		person->verdict = newpassword_judge(person->turn.tenant, NULL, NULL,
		    person->password);
		if (person->verdict != NEWPASSWORD_GOOD) {
			person->outcome = PERSON_WEAK_PASSWORD;
			person->turn.finished(&person->turn, person->turn.arg);
			return;
		}
	}
	turn_start(&person->turn, person_steps, step);
}
