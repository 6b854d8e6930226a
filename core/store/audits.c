#include "store/audits.h"

#include "plugin/op.h"
#include "store/kinds.h"

#include <string.h>

struct sp_address audits_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_AUDIT, tenant, id);
}

struct sp_address audits_all(struct sp_id tenant)
{
	return kinds_at(KIND_AUDIT, tenant, NULL, 0);
}

/* Any: the second write of an entry, at the end of an intent, replaces the first. */
bool audits_put(struct sp_records_commit *commit, const struct audit *audit, const json_t *json)
{
	const char *text = json_write(op_arena(&commit->op), json);

	return kinds_put(commit, audits_at(audit->tenant, audit->id),
	    (struct sp_bytes){ text, strlen(text) }, audit->until, SP_ANY);
}

json_t *audits_read(const struct sp_record *record)
{
	struct sp_error error;

	return record->revision != 0 ?
	    json_read(record->value.data, record->value.size, &error) : NULL;
}
