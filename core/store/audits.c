#include "store/audits.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
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

json_t *audits_entry(const struct audit_act *act)
{
	json_t *entry = json_object();
	struct arena arena;
	char tenant[ID_TEXT];

	arena_init(&arena, NULL, 0);
	id_format(act->tenant, tenant);
	json_object_set_new(entry, "activityDateTime", json_string(text_time(&arena, act->now)));
	json_object_set_new(entry, "activityDisplayName", json_string(act->activity));
	json_object_set_new(entry, "operationType", json_string(act->verb));
	json_object_set_new(entry, "result", json_string("success"));
	json_object_set_new(entry, "initiatedBy", json_string(act->actor));
	json_object_set_new(entry, "requestId", json_integer((json_int_t)act->request_id));
	json_object_set_new(entry, "target",
	    json_string(act->target != NULL ? act->target : tenant));
	arena_done(&arena);
	return entry;
}

bool audits_tell(struct sp_records_commit *commit, const struct audit_act *act)
{
	struct audit audit = { .tenant = act->tenant, .id = id_ordered(act->now) };
	json_t *entry = audits_entry(act);
	bool fits = audits_put(commit, &audit, entry);

	json_decref(entry);
	return fits;
}

bool audits_id(const struct sp_record *record, struct sp_id *out_id)
{
	return kinds_id(record, 0, out_id);
}

json_t *audits_read(const struct sp_record *record)
{
	struct sp_error error;

	return record->revision != 0 ?
	    json_read(record->value.data, record->value.size, &error) : NULL;
}
