#include "store/documents.h"

#include "base/id.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"

#include <string.h>

static const enum kind kind_of[DOCUMENT_KINDS] = {
	[DOCUMENT_TENANT] = KIND_DOCUMENT_TENANT,
	[DOCUMENT_APP] = KIND_DOCUMENT_APP,
	[DOCUMENT_FLOW] = KIND_DOCUMENT_FLOW,
	[DOCUMENT_POLICY] = KIND_DOCUMENT_POLICY,
	[DOCUMENT_METHOD] = KIND_DOCUMENT_METHOD,
	[DOCUMENT_GROUP] = KIND_DOCUMENT_GROUP,
	[DOCUMENT_CONTEXT] = KIND_DOCUMENT_CONTEXT,
	[DOCUMENT_LOCATION] = KIND_DOCUMENT_LOCATION,
};

bool documents_id(enum document_kind kind, const char *text, struct sp_id *out_id)
{
	struct sp_id id = { { 0 } };
	size_t size = text != NULL ? strlen(text) : 0;

	if (kind != DOCUMENT_METHOD && kind != DOCUMENT_CONTEXT)
		return text != NULL && id_parse(text, out_id);
	if (size == 0 || size > sizeof(id))
		return false;
	for (size_t i = 0; i < size; i++)	/* "Email" and "email" are one */
		id.byte[i] = (uint8_t)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
	*out_id = id;
	return true;
}

struct sp_address documents_at(struct sp_id tenant, enum document_kind kind, struct sp_id id)
{
	return kinds_at_id(kind_of[kind], tenant, id);
}

struct sp_address documents_all(struct sp_id tenant, enum document_kind kind)
{
	return kinds_at(kind_of[kind], tenant, NULL, 0);
}

bool documents_put(struct sp_records_commit *commit, const struct document_place *place,
    const json_t *document, uint64_t expect)
{
	const char *text = json_write(op_arena(&commit->op), document);

	return kinds_put(commit, documents_at(place->tenant, place->kind, place->id),
	    (struct sp_bytes){ text, strlen(text) }, 0, expect);
}

void documents_remove(struct sp_records_commit *commit, const struct document_place *place,
    uint64_t expect)
{
	kinds_remove(commit, documents_at(place->tenant, place->kind, place->id), expect);
}

void documents_check(struct sp_records_commit *commit, struct sp_address at, uint64_t revision)
{
	commit_add(commit, SP_CHECK, at, revision);
}

json_t *documents_read(const struct sp_record *record)
{
	struct sp_error error;

	return record->revision != 0 ?
	    json_read(record->value.data, record->value.size, &error) : NULL;
}
