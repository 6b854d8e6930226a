/* plan_apply.c - which stored one each of a document means */
#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/text.h"

static const char *apply_id(const struct document_row *row, const json_t *stored)
{
	return json_text(stored, row->id, "");
}

/* Which are meant: both are named. */
static void apply_ambiguous(struct plan *plan, const struct document_row *row,
    const size_t places[2], const char *where)
{
	const json_t *stored = plan->stored[row->kind];
	const json_t *one = json_array_get(stored, places[0]);

	if (places[1] == DOCUMENT_NOWHERE)
		document_wrong(&plan->errors, where, "Ambiguous", "its id is new, and its %s is "
		    "that of the stored %s '%s', %s; give that id, or none", row->natural,
		    row->name, json_text(one, "displayName", ""), apply_id(row, one));
	else
		document_wrong(&plan->errors, where, "Ambiguous", "more than one stored %s is "
		    "called '%s': %s and %s; give an id", row->name,
		    json_text(one, row->called != NULL ? row->called : row->natural, ""),
		    apply_id(row, one), apply_id(row, json_array_get(stored, places[1])));
}

/* What has no id in the document is found by its name the next time: there it must be the only
 * one. */
static bool apply_alone(struct plan *plan, const struct document_index *section,
    const json_t *wanted, const char *where)
{
	const struct document_row *row = section->row;
	size_t places[2];

	if (document_match(section, wanted, places) != DOCUMENT_AMBIGUOUS)
		return true;
	document_wrong(&plan->errors, where, "Ambiguous", "%s[%zu] and %s[%zu] have one name; give "
	    "each an id", row->section, places[0], row->section, places[1]);
	return false;
}

static void apply_one(struct plan *plan, const struct document_index *stored,
    const json_t *wanted, const char *where, bool *touched)
{
	enum document_kind kind = stored->row->kind;
	size_t places[2] = { PLAN_NEW, PLAN_NEW };

	switch (document_match(stored, wanted, places)) {
	case DOCUMENT_FOUND:
		if (touched[places[0]])
			document_wrong(&plan->errors, where, "ObjectConflict",
			    "an earlier one of this section is the same %s", stored->row->name);
		else
			plan_patch(plan, kind, places[0], wanted, where);
		touched[places[0]] = true;
		break;
	case DOCUMENT_ABSENT:
		plan_create(plan, kind, wanted, where);
		break;
	default:
		apply_ambiguous(plan, stored->row, places, where);
		break;
	}
}

/* What is stored and not in the document: told, and kept unless it is to be pruned. */
static void apply_rest(struct plan *plan, enum document_kind kind, const bool *touched,
    bool prune)
{
	const struct document_row *row = document_row(kind);
	json_t *one;
	size_t index;

	json_array_foreach(plan->stored[kind], index, one) {
		if (touched[index])
			continue;
		if (prune)
			plan_add(plan, kind, index, NULL);
		else
			json_array_append_new(plan->kept, json_string(text_print(plan->arena,
			    "%s '%s' is not in the document and is kept", row->section,
			    json_text(one, "displayName", json_text(one, row->id, "")))));
	}
}

static void apply_section(struct plan *plan, enum document_kind kind, const json_t *section,
    bool prune)
{
	const char *name = document_row(kind)->section;
	bool *touched = arena_alloc(plan->arena, json_array_size(plan->stored[kind]) + 1);
	json_t *one;
	size_t index;

	if (!json_is_array(section)) {
		document_wrong(&plan->errors, name, "InvalidType", "must be a list");
		return;
	}
	struct document_index stored = document_index_of(document_row(kind), plan->stored[kind]);
	struct document_index given = document_index_of(document_row(kind), section);
	json_array_foreach(section, index, one) {
		const char *where = text_print(plan->arena, "%s[%zu]", name, index);
		if (!json_is_object(one))
			document_wrong(&plan->errors, where, "InvalidType", "must be an object");
		else if (apply_alone(plan, &given, one, where))
			apply_one(plan, &stored, one, where, touched);
	}
	document_index_done(&given);
	document_index_done(&stored);
	apply_rest(plan, kind, touched, prune && kind != DOCUMENT_METHOD);
}

/* The tenant and its settings are one document, in two sections. */
static void apply_tenant(struct plan *plan, const json_t *document)
{
	const json_t *tenant = json_object_get(document, "tenant");
	json_t *settings = json_object_get(document, "settings");
	json_t *wanted = tenant != NULL ? json_copy((json_t *)(uintptr_t)tenant) : json_object();

	if (settings != NULL)
		json_object_set(wanted, "settings", settings);
	if (json_array_size(plan->stored[DOCUMENT_TENANT]) == 0)
		plan_create(plan, DOCUMENT_TENANT, wanted, "tenant");
	else if (tenant != NULL || settings != NULL)
		plan_patch(plan, DOCUMENT_TENANT, 0, wanted, "tenant");
	json_decref(wanted);
}

static void apply_unknown(struct plan *plan, const json_t *document)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)document, name, value)
		if (document_section(name) == NULL &&
		    !text_word("tenant settings users $schema @sallyport.users", name))
			document_wrong(&plan->errors, name, "InvalidProperty", "is no section");
}

bool plan_apply(struct plan *plan, const json_t *document, bool prune)
{
	apply_unknown(plan, document);
	apply_tenant(plan, document);
	for (enum document_kind kind = DOCUMENT_APP; kind < DOCUMENT_KINDS; kind++) {
		const json_t *section = json_object_get(document, document_row(kind)->section);
		if (section != NULL)
			apply_section(plan, kind, section, prune);
	}
	return plan->errors.count == 0 && plan_whole(plan);
}
