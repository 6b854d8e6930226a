#include "store/signups.h"

#include "plugin/records.h"
#include "store/kinds.h"

#define DAY (INT64_C(24) * 3600 * 1000)

enum { DAY_BYTES = 4 };

void signups_add(struct sp_records_commit *commit, struct sp_id tenant, int64_t now,
    enum signup_step step)
{
	unsigned char key[DAY_BYTES + 1];
	int64_t day = now / DAY;

	for (size_t i = 0; i < DAY_BYTES; i++)
		key[i] = (unsigned char)(day >> (8 * (DAY_BYTES - 1 - i)));
	key[DAY_BYTES] = (unsigned char)step;
	struct sp_change *change = commit_add(commit, SP_ADD,
	    kinds_at(KIND_SIGNUP, tenant, key, sizeof(key)), SP_ANY);
	change->delta = 1;
	change->limit = INT64_MAX;
	change->window = SIGNUPS_KEEP;
}

struct sp_address signups_all(struct sp_id tenant)
{
	return kinds_at(KIND_SIGNUP, tenant, NULL, 0);
}

bool signups_read(const struct sp_record *record, struct signup_count *out_count)
{
	const unsigned char *key = record->at.key.data;
	struct signup_count count = { .day = 0 };

	if (record->at.key.size != DAY_BYTES + 1 || key[DAY_BYTES] == SIGNUP_NONE ||
	    key[DAY_BYTES] >= SIGNUP_STEPS)
		return false;
	for (size_t i = 0; i < DAY_BYTES; i++)
		count.day = count.day << 8 | key[i];
	count.step = (enum signup_step)key[DAY_BYTES];
	count.count = kinds_counter(record);
	*out_count = count;
	return true;
}
