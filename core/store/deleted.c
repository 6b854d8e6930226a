#include "store/deleted.h"

#include "base/text.h"
#include "plugin/op.h"
#include "store/kinds.h"

#include <string.h>

bool deleted_keeps(enum document_kind kind)
{
	return kind == DOCUMENT_APP || kind == DOCUMENT_POLICY;
}

struct sp_address deleted_at(const struct document_place *place)
{
	unsigned char key[1 + sizeof(place->id)] = { (unsigned char)place->kind };

	memcpy(key + 1, &place->id, sizeof(place->id));
	return kinds_at(KIND_DELETED, place->tenant, key, sizeof(key));
}

struct sp_address deleted_all(struct sp_id tenant, enum document_kind kind)
{
	unsigned char key = (unsigned char)kind;

	return kinds_at(KIND_DELETED, tenant, &key, sizeof(key));
}

bool deleted_put(struct sp_records_commit *commit, const struct document_place *place,
    const struct deletion *deletion)
{
	struct arena *arena = op_arena(&commit->op);
	json_t *value = json_pack("{s:s, s:O}", "deletedDateTime", text_time(arena, deletion->at),
	    "document", deletion->document);
	const char *text = json_write(arena, value);

	json_decref(value);
	return kinds_put(commit, deleted_at(place), (struct sp_bytes){ text, strlen(text) },
	    deletion->until, SP_ANY);
}

void deleted_remove(struct sp_records_commit *commit, const struct document_place *place,
    uint64_t expect)
{
	kinds_remove(commit, deleted_at(place), expect);
}

json_t *deleted_read(const struct sp_record *record)
{
	struct sp_error error;
	json_t *value = record->revision == 0 ? NULL :
	    json_read(record->value.data, record->value.size, &error);

	if (json_is_object(json_object_get(value, "document")))
		return value;
	json_decref(value);
	return NULL;
}
