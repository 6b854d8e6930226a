#include "flow/present.h"

#include "base/id.h"
#include "crypto/bearer.h"
#include "store/sessions.h"
#include "store/store.h"

#include <string.h>

size_t present_at(const struct turn *turn, const char *const cookies[VISIT_SESSIONS],
    struct sp_address out_at[VISIT_SESSIONS])
{
	struct bearer bearer;
	size_t count = 0;

	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (bearer_parse(cookies[i], &bearer)) {
			out_at[count++] = sessions_at(turn->tenant->id, bearer.id);
			bearer_done(&bearer);
		}
	return count;
}

static void present_open(const struct turn *turn, const struct bearer *bearer,
    const struct sp_record *record, struct present *out_present)
{
	struct session session;
	struct sp_id next = { { 0 } };

	if ((!sessions_read(turn->arena, record, &session) &&
	    !sessions_followed(turn->arena, record, &session, &next)) ||
	    !bearer_opens(bearer, turn->store->ring, "session", session.hash))
		return;
	out_present->next = next;
	if (!id_zero(next))
		return;
	out_present->session = session;
	out_present->revision = record->revision;
	out_present->live = session_valid(&session, turn->issuer, session.epoch, turn->now);
}

void present_read(const struct turn *turn, const char *const cookies[VISIT_SESSIONS],
    struct sp_record *const *records, struct present out_present[VISIT_SESSIONS])
{
	struct bearer bearer;

	memset(out_present, 0, VISIT_SESSIONS * sizeof(out_present[0]));
	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (bearer_parse(cookies[i], &bearer)) {
			present_open(turn, &bearer, *records++, &out_present[i]);
			bearer_done(&bearer);
		}
	present_once(out_present);
}

void present_once(struct present present[VISIT_SESSIONS])
{
	for (size_t i = 1; i < VISIT_SESSIONS; i++)
		for (size_t j = 0; j < i; j++)
			if (!id_zero(present[i].session.id) &&
			    id_equal(present[i].session.id, present[j].session.id))
				present[i] = (struct present){ 0 };
}
