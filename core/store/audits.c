#include "store/audits.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "plugin/op.h"
#include "store/chain.h"
#include "store/kinds.h"

#include <string.h>

static const struct sp_id server;

struct sp_address audits_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_pair(KIND_AUDIT_NEW, server, tenant, id);
}

struct sp_address audits_new(struct sp_id tenant)
{
	return kinds_at_id(KIND_AUDIT_NEW, server, tenant);
}

struct sp_address audits_inbox(void)
{
	return kinds_at(KIND_AUDIT_NEW, server, NULL, 0);
}

struct sp_address audits_old(struct sp_id tenant)
{
	return kinds_at(KIND_AUDIT, tenant, NULL, 0);
}

bool audits_put(struct sp_records_commit *commit, const struct audit *audit, const json_t *json)
{
	const char *text = json_write(op_arena(&commit->op), json);
	struct sp_bytes bytes = { text, strlen(text) };

	return bytes.size <= CHAIN_JSON_MOST &&
	    kinds_put(commit, audits_at(audit->tenant, audit->id), bytes, 0, SP_ANY);
}

bool audits_open(const json_t *entry)
{
	return text_same(json_text(entry, "result", ""), "begun");
}

/* Half of an entry for each; the rest is short. */
static void list_shorten(json_t *entry, const char *name)
{
	enum { ROOM = 28 << 10 };
	json_t *list = json_object_get(entry, name), *kept = json_array(), *one;
	size_t index, used = 0;

	json_array_foreach(list, index, one) {
		used += json_dumpb(one, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) + 1;
		if (used > ROOM)
			break;
		json_array_append(kept, one);
	}
	size_t omitted = json_array_size(list) - json_array_size(kept);
	if (omitted > 0) {
		json_object_set(entry, name, kept);
		json_object_set_new(entry, "omitted", json_integer((json_int_t)omitted +
		    json_number(entry, "omitted", 0)));
	}
	json_decref(kept);
}

void audits_shorten(json_t *entry)
{
	list_shorten(entry, "differences");
	list_shorten(entry, "modified");
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
	if (act->source != NULL)
		json_object_set_new(entry, "source", json_string(act->source));
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

bool audits_id(const struct sp_record *record, struct audit *out_audit)
{
	struct audit audit;

	if (!kinds_id(record, 0, &audit.tenant) || !kinds_id(record, sizeof(audit.tenant), &audit.id))
		return false;
	*out_audit = audit;
	return true;
}

bool audits_old_id(const struct sp_record *record, struct sp_id *out_id)
{
	return kinds_id(record, 0, out_id);
}

json_t *audits_read(const struct sp_record *record)
{
	struct sp_error error;

	return record->revision != 0 ?
	    json_read(record->value.data, record->value.size, &error) : NULL;
}
