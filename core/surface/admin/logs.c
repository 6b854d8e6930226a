/* logs.c - sign-ins and changes, newest first; or what came after one, in order */
#include "surface/admin/admin.h"
#include "surface/admin/caller.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/people.h"
#include "store/signins.h"

#include <stdio.h>
#include <string.h>

struct history {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
	/* One record as JSON; NULL: unreadable. */
	json_t *(*show)(const struct history *history, const struct sp_record *record);
};

static void history_finished(struct turn *turn, void *arg)
{
	struct history *history = arg;
	struct exchange *ex = history->ex;
	json_t *value = json_array(), *one;

	for (size_t i = 0; history->page.good && i < history->page.count; i++)
		if ((one = history->show(history, history->page.records[i])) != NULL)
			json_array_append_new(value, one);
	admin_reply_list(ex, history->page.good, value, NULL);
	if (turn->tenant != NULL)
		face_end(ex, turn);
}

/* From where the query says; `at` is where a record of that id is. False: told. */
static bool history_from(struct history *history, struct sp_address (*at)(struct sp_id tenant,
    struct sp_id id), struct sp_id tenant)
{
	enum { PAGE = 50, MOST = 999 };
	struct exchange *ex = history->ex;
	const char *after = admin_query(ex, "after"), *before = admin_query(ex, "before");
	const char *from = after != NULL ? after : before;
	int64_t limit;
	struct sp_id id;

	if (!admin_number(ex, "$top", MOST, PAGE, &limit))
		return false;
	history->page.backwards = after == NULL;
	history->page.limit = (size_t)limit;
	if (from == NULL)
		return true;
	if (!id_parse(from, &id)) {
		admin_error(ex, 400, "BadRequest", "after, before: the id of an entry.");
		return false;
	}
	history->page.after = at(tenant, id);
	return true;
}

static void history_run(struct history *history)
{
	struct turn *turn = &history->page.turn;

	turn->finished = history_finished;
	turn->arg = history;
	page_run(&history->page);
}

static json_t *signin_show(const struct history *history, const struct sp_record *record)
{
	struct signin_record signin;

	return signins_read(history->ex->arena, record, &signin) ?
	    signin_json(history->page.turn.tenant, &signin) : NULL;
}

void admin_signins(struct exchange *ex)
{
	struct history *history = arena_alloc(ex->arena, sizeof(*history));
	struct turn *turn = &history->page.turn;
	const char *actor;

	history->ex = ex;
	history->show = signin_show;
	if (!admin_begin(ex, turn, &actor))
		return;
	history->page.prefix = signins_all(turn->tenant->id);
	if (history_from(history, signins_at, turn->tenant->id))
		history_run(history);
	else
		face_end(ex, turn);
}

/* As Graph has it: what is changed is a target, by whom, and how in additionalDetails. */

static void detail_add(json_t *details, const char *key, const json_t *value)
{
	if (json_is_string(value))
		json_array_append_new(details, json_pack("{s:s, s:O}", "key", key, "value", value));
}

static json_t *audit_details(const json_t *entry)
{
	json_t *details = json_array(), *one;
	size_t index;

	json_array_foreach(json_object_get(entry, "differences"), index, one)
		detail_add(details, "difference", one);
	detail_add(details, "member", json_object_get(entry, "member"));
	detail_add(details, "role", json_object_get(entry, "role"));
	detail_add(details, "scope", json_object_get(entry, "scope"));
	return details;
}

static json_t *audit_show(const struct history *history, const struct sp_record *record)
{
	json_t *entry = audits_read(record), *shown;
	const char *activity = json_text(entry, "activityDisplayName", "");
	char id[ID_TEXT], request[24];
	struct sp_id own;

	if (entry == NULL || !audits_id(record, &own)) {
		json_decref(entry);
		return NULL;
	}
	id_format(own, id);
	snprintf(request, sizeof(request), "%016llx",
	    (unsigned long long)json_number(entry, "requestId", 0));
	shown = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:{s:s}}, s:[{s:s}], s:o}",
	    "id", id, "activityDateTime", json_text(entry, "activityDateTime", ""),
	    "activityDisplayName", activity, "category",
	    strstr(activity, "policy") != NULL ? "Policy" : "Directory", "loggedByService",
	    "Sallyport", "correlationId", request, "operationType",
	    json_text(entry, "operationType", ""), "result", json_text(entry, "result", ""),
	    "initiatedBy", "user", "displayName", json_text(entry, "initiatedBy", ""),
	    "targetResources", "id", json_text(entry, "target", ""),
	    "additionalDetails", audit_details(entry));
	json_decref(entry);
	(void)history;
	return shown;
}

/* A tenant's, or where none is named the server's own. */
void admin_audits(struct exchange *ex)
{
	struct history *history = arena_alloc(ex->arena, sizeof(*history));
	struct turn *turn = &history->page.turn;
	bool tenant = caller_tenant(ex) != NULL;
	const char *actor;

	history->ex = ex;
	history->show = audit_show;
	if (!(tenant ? admin_begin : admin_begin_server)(ex, turn, &actor))
		return;
	struct sp_id of = tenant ? turn->tenant->id : (struct sp_id){ { 0 } };
	history->page.prefix = audits_all(of);
	if (history_from(history, audits_at, of))
		history_run(history);
	else if (tenant)
		face_end(ex, turn);
}
