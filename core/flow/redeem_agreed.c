/*
 * redeem_agreed.c - whether the customer still lets an app of somebody else have it (requirement 27)
 *
 * His consent is read with the account whenever tokens are asked for, by a code or a refresh token,
 * and is in the batch that hands them out as it was read. What he has taken back carries nothing;
 * nor does what he gave only after the code or the family began.
 */
#include "flow/redeem_work.h"

#include "base/id.h"
#include "model/consent.h"
#include "store/consents.h"

size_t redeem_ask_agreed(const struct redeem *redeem, struct sp_address *out_at)
{
	const struct redeem_work *work = redeem->work;

	if (!work->app->third_party)
		return 0;
	*out_at = consents_at(redeem->turn.tenant->id, work->code.user, work->app->app_id);
	return 1;
}

bool redeem_agreed(struct redeem *redeem, const struct sp_op *answer, size_t place)
{
	struct redeem_work *work = redeem->work;
	struct consent consent = { 0 };
	struct scope_asker asker = redeem_asker(redeem);
	struct grant carried = {
		.began = work->refreshing ? work->grant.began : id_time(work->code.id) };

	if (!work->app->third_party)
		return true;
	const struct sp_record *record = ((const struct sp_records_get *)answer)->records[place];
	(void)consents_read(redeem->turn.arena, record, &consent);
	work->consent_revision = record->revision;
	carried.scope = scope_named(&asker, &work->granted);
	return consent_carries(redeem->turn.arena, &consent, &work->account, &carried);
}

void redeem_check_agreed(const struct redeem *redeem, struct sp_records_commit *commit)
{
	const struct redeem_work *work = redeem->work;
	struct consent consent = { .user = work->code.user, .app = work->app->app_id };

	if (work->app->third_party)
		consents_check(commit, redeem->turn.tenant->id, &consent, work->consent_revision);
}
