#include "model/backtest.h"

#include "base/arena.h"
#include "model/ids.h"
#include "model/session.h"
#include "model/tenant.h"

#include <string.h>

bool backtest_counts(const struct signin_record *signin)
{
	switch (signin->reason) {
	case REASON_NONE: case REASON_BLOCKED: case REASON_NO_METHOD: case REASON_METHOD_OFF:
	case REASON_UNMET:
		return !id_zero(signin->user) && signin->target_count > 0 &&
		    (signin->kind == JOURNEY_SIGN_IN || !signin->interactive);
	default:
		return false;
	}
}

static int64_t began(const struct signin_record *signin)
{
	struct journey journey = { .id = signin->journey };

	return id_zero(signin->journey) ? signin->at : journey_began(&journey);
}

/* A second door that was passed on this way: policy was first asked without it. */
static bool passed_here(const struct signin_record *signin)
{
	return (signin->factors & SP_FACTORS_SECOND & ~(uint32_t)SP_FACTOR_LINK) != 0 &&
	    signin->factor_time >= began(signin);
}

static uint32_t factors_before(const struct signin_record *signin)
{
	return passed_here(signin) ? signin->factors & ~(uint32_t)SP_FACTORS_SECOND :
	    signin->factors;
}

static int64_t factor_time_before(const struct signin_record *signin)
{
	return passed_here(signin) ? 0 : signin->factor_time;
}

struct sp_facts backtest_facts(struct sp_id tenant, const struct signin_record *signin,
    size_t target)
{
	return (struct sp_facts){ .tenant = tenant, .user = signin->user,
		.target = signin->targets[target], .contexts = signin->contexts,
		.groups = { signin->group_count, signin->groups },
		.locations = { signin->location_count, signin->locations },
		.password_changed = signin->password_changed,
		.platform = signin->platform, .client = signin->client,
		.factors = factors_before(signin), .single_mailbox = signin->single_mailbox,
		.signed_in = signin->signed_in, .factor_time = factor_time_before(signin),
		.began = began(signin) - SESSION_SKEW, .now = signin->at };
}

/* How a sign-in fares, the worse the greater: in the order of enum backtest_change. */
static enum backtest_change fared(const struct signin_record *signin)
{
	if (signin->reason == REASON_NO_METHOD || signin->reason == REASON_METHOD_OFF)
		return BACKTEST_LOCKED;
	if (signin->reason == REASON_BLOCKED || signin->decision == SP_DENY)
		return BACKTEST_BLOCKED;
	return signin->decision == SP_ASK || passed_here(signin) ? BACKTEST_ASKED : BACKTEST_SAME;
}

/* A journey that goes on from where that one was: what it would say to such a verdict. */
static enum backtest_change fares(const struct signin_record *signin,
    const struct whatif_verdict *after, bool email_usable)
{
	struct journey journey = { .id = id_zero(signin->journey) ? signin->id : signin->journey,
		.kind = JOURNEY_SIGN_IN, .stage = STAGE_JUDGING, .expires = INT64_MAX,
		.user = signin->user, .session = signin->id, .factors = factors_before(signin),
		.signed_in = signin->signed_in, .factor_time = factor_time_before(signin) };
	struct journey_event event = { .kind = EVENT_JUDGED, .now = signin->at,
		.decision = after->decision, .missing = after->missing,
		.email_usable = email_usable };
	enum journey_ask ask;

	if (after->decision != SP_ASK)
		return after->decision == SP_ALLOW ? BACKTEST_SAME : BACKTEST_BLOCKED;
	if (!journey_step(&journey, &event, &journey, &ask))
		return BACKTEST_BLOCKED;
	if (ask != ASK_DENIED)
		return BACKTEST_ASKED;
	return journey.reason == REASON_NO_METHOD || journey.reason == REASON_METHOD_OFF ?
	    BACKTEST_LOCKED : BACKTEST_BLOCKED;
}

enum backtest_change backtest_change(const struct signin_record *signin,
    const struct whatif_verdict *after, bool email_usable)
{
	enum backtest_change was = fared(signin), is = fares(signin, after, email_usable);

	return is == was ? BACKTEST_SAME : is < was ? BACKTEST_EASED : is;
}

/* Counting. */

static struct sp_ids joined(struct arena *arena, struct sp_ids ids, struct sp_ids more)
{
	struct sp_id *all = arena_alloc(arena, (ids.count + more.count) * sizeof(*all));

	if (ids.count > 0)
		memcpy(all, ids.sorted, ids.count * sizeof(*all));
	if (more.count > 0)
		memcpy(all + ids.count, more.sorted, more.count * sizeof(*all));
	return (struct sp_ids){ id_sort(all, ids.count + more.count), all };
}

struct backtest_spared backtest_spared(struct arena *arena, const struct tenant *tenant)
{
	struct backtest_spared spared = { 0 };

	for (size_t i = 0; i < tenant->policy_count; i++) {
		const struct sp_policy_row *row = &tenant->policies[i]->row;
		if (row->state == SP_OFF)
			continue;
		spared.users = joined(arena, spared.users, row->users.exclude);
		spared.groups = joined(arena, spared.groups, row->groups.exclude);
	}
	return spared;
}

static void table_add(struct backtest_table *table, struct sp_id id, enum backtest_change change)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = id_compare(&table->rows[middle].id, &id);
		if (order == 0) {
			table->rows[middle].counts[change]++;
			return;
		}
		*(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
	}
	if (table->count == BACKTEST_ROWS) {
		table->others++;
		return;
	}
	memmove(&table->rows[low + 1], &table->rows[low],
	    (table->count - low) * sizeof(table->rows[0]));
	table->count++;
	table->rows[low] = (struct backtest_row){ .id = id };
	table->rows[low].counts[change] = 1;
}

static void spared_add(struct backtest_tally *tally, struct sp_id user)
{
	for (size_t i = 0; i < tally->spared_count; i++)
		if (id_equal(tally->spared[i], user))
			return;
	if (tally->spared_count < BACKTEST_SPARED)
		tally->spared[tally->spared_count++] = user;
}

void backtest_add(struct backtest_tally *tally, const struct backtest_spared *spared,
    const struct signin_record *signin, enum backtest_change change)
{
	struct sp_ids groups = { signin->group_count, signin->groups };

	tally->judged++;
	tally->counts[change]++;
	if (change == BACKTEST_SAME)
		return;
	table_add(&tally->apps, signin->app, change);
	for (size_t i = 0; i < signin->group_count; i++)
		table_add(&tally->groups, signin->groups[i], change);
	if (change > BACKTEST_EASED && (ids_hold(spared->users, signin->user) ||
	    ids_meet(groups, spared->groups)))
		spared_add(tally, signin->user);
}
