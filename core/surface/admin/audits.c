/* audits.c - who changed what, newest first; or what came after a sequence, in order */
#include "surface/admin/reading.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/walk.h"
#include "store/audits.h"
#include "store/chain.h"
#include "surface/admin/caller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Newest first, those that wait for the chain come before it, and before it was there, after. */
enum { RANGE_NEW, RANGE_CHAIN, RANGE_OLD };

struct history {
	struct reading reading;	/* first */
	int64_t from;		/* ms: activityDateTime, by the filter */
	struct sp_id *waiting;	/* shown as such, though they may have come into the chain since */
	size_t waiting_count;
};

struct shown { struct sp_id id; const json_t *entry; const struct chain_link *link; };

static void detail_add(json_t *details, const char *key, const json_t *value)
{
	if (json_is_string(value))
		json_array_append_new(details, json_pack("{s:s, s:O}", "key", key, "value", value));
}

static json_t *details_of(const json_t *entry)
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

/* As Graph has it: what is changed is a target; how, its modifiedProperties. */
static json_t *target_of(const json_t *entry)
{
	json_t *modified = json_object_get(entry, "modified");

	return json_pack("[{s:s, s:o}]", "id", json_text(entry, "target", ""),
	    "modifiedProperties", modified != NULL ? json_incref(modified) : json_array());
}

static json_t *shown_json(struct arena *arena, const struct shown *shown)
{
	const json_t *entry = shown->entry;
	const struct chain_link *link = shown->link;
	const char *activity = json_text(entry, "activityDisplayName", "");
	char id[ID_TEXT], request[24];

	id_format(shown->id, id);
	snprintf(request, sizeof(request), "%016llx",
	    (unsigned long long)json_number(entry, "requestId", 0));
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:{s:s, s:s?}}, s:o, "
	    "s:o}", "id", id, "activityDateTime", json_text(entry, "activityDateTime", ""),
	    "activityDisplayName", activity, "category",
	    strstr(activity, "policy") != NULL ? "Policy" : "Directory", "loggedByService",
	    "Sallyport", "correlationId", request, "operationType",
	    json_text(entry, "operationType", ""), "result", json_text(entry, "result", ""),
	    "initiatedBy", "user", "displayName", json_text(entry, "initiatedBy", ""),
	    "ipAddress", json_text(entry, "source", NULL),
	    "targetResources", target_of(entry), "additionalDetails", details_of(entry));
	json_object_set_new(json, "sequence", link == NULL ? json_null() :
	    json_integer((json_int_t)link->sequence));
	json_object_set_new(json, "hash", link == NULL ? json_null() :
	    json_string(encode_hex(arena, link->own, HASH_SIZE)));
	return json;
}

static bool was_waiting(const struct history *history, struct sp_id id)
{
	for (size_t i = 0; i < history->waiting_count; i++)
		if (id_equal(history->waiting[i], id))
			return true;
	return false;
}

static enum scan_verdict take_link(struct history *history, struct arena *arena,
    const struct sp_record *record)
{
	struct chain_link link;
	struct sp_error error;

	if (!chain_read(arena, record, &link) || was_waiting(history, link.id))
		return SCAN_PASSED;
	/* What came into the chain before then was done before then. */
	if (history->reading.scan.backwards && link.at < history->from)
		return SCAN_OVER;
	json_t *entry = json_read(link.json, strlen(link.json), &error);
	struct shown shown = { .id = link.id, .entry = entry, .link = &link };
	enum scan_verdict verdict = reading_show(&history->reading,
	    entry != NULL ? shown_json(arena, &shown) : NULL);
	json_decref(entry);
	return verdict;
}

static enum scan_verdict take_plain(struct history *history, struct arena *arena,
    const struct sp_record *record, struct sp_id id)
{
	json_t *entry = audits_read(record);
	struct shown shown = { .id = id, .entry = entry };
	enum scan_verdict verdict = reading_show(&history->reading,
	    entry != NULL ? shown_json(arena, &shown) : NULL);

	json_decref(entry);
	return verdict;
}

static enum scan_verdict take_waiting(struct history *history, struct arena *arena,
    const struct sp_record *record)
{
	struct audit audit;

	if (!audits_id(record, &audit))
		return SCAN_PASSED;
	enum scan_verdict verdict = take_plain(history, arena, record, audit.id);
	if (verdict == SCAN_TAKEN)
		history->waiting[history->waiting_count++] = audit.id;
	return verdict;
}

static enum scan_verdict history_take(struct scan *scan, const struct sp_record *record)
{
	struct history *history = (struct history *)(void *)scan;
	enum scan_verdict verdict = SCAN_PASSED;
	struct arena arena;
	struct sp_id id;

	arena_init(&arena, NULL, 0);
	if (!scan->backwards || scan->range == RANGE_CHAIN)
		verdict = take_link(history, &arena, record);
	else if (scan->range == RANGE_NEW)
		verdict = take_waiting(history, &arena, record);
	else if (audits_old_id(record, &id) && id_time(id) < history->from)
		verdict = SCAN_OVER;
	else if (audits_old_id(record, &id))
		verdict = take_plain(history, &arena, record, id);
	arena_done(&arena);
	return verdict;
}

/* False: told. */
static bool history_after(struct history *history, struct sp_id of)
{
	struct exchange *ex = history->reading.ex;
	const char *text = admin_query(ex, "after");
	char *end;

	unsigned long long after = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0') {
		admin_error(ex, 400, "BadRequest", "after: the sequence of an entry, or 0.");
		return false;
	}
	scan_add(&history->reading.scan, chain_all(of), chain_at(of, after).key);
	return true;
}

static bool history_ranges(struct history *history, struct sp_id of)
{
	struct scan *scan = &history->reading.scan;
	int64_t until = INT64_MAX;

	scan->take = history_take;
	history->waiting = arena_alloc(history->reading.ex->arena,
	    scan->limit * sizeof(*history->waiting));
	filter_times(history->reading.odata.filter, "activityDateTime", &history->from, &until);
	if (admin_query(history->reading.ex, "after") != NULL)
		return history_after(history, of);
	scan->backwards = true;
	scan_add(scan, audits_new(of), (struct sp_bytes){ NULL, 0 });
	scan_add(scan, chain_all(of), (struct sp_bytes){ NULL, 0 });
	scan_add(scan, audits_old(of), (struct sp_bytes){ NULL, 0 });
	return true;
}

/* A tenant's, or where none is named the server's own. */
void admin_audits(struct exchange *ex)
{
	struct history *history = arena_alloc(ex->arena, sizeof(*history));
	struct turn *turn = &history->reading.scan.turn;
	bool tenant = caller_tenant(ex) != NULL;
	const char *actor;

	if (!(tenant ? admin_begin : admin_begin_server)(ex, turn, &actor))
		return;
	struct sp_id of = tenant ? turn->tenant->id : (struct sp_id){ { 0 } };
	if (reading_begin(&history->reading, ex, "id activityDateTime activityDisplayName category "
	    "loggedByService correlationId operationType result initiatedBy targetResources "
	    "additionalDetails sequence hash") && history_ranges(history, of) &&
	    reading_resume(&history->reading))
		reading_run(&history->reading);
	else if (tenant)
		face_end(ex, turn);
}

/* Whether the chain is whole. */

struct proving {
	struct walk walk;	/* first: its turn is what ends */
	struct exchange *ex;
};

static json_t *proving_faults(const struct walk *walk)
{
	json_t *list = json_array();

	for (size_t i = 0; i < walk->fault_count; i++) {
		const struct walk_fault *fault = &walk->faults[i];
		json_t *one = json_pack("{s:s}", "message", fault->what);
		if (fault->from != 0)
			json_object_set_new(one, "sequence", json_integer((json_int_t)fault->from));
		if (fault->to > fault->from && fault->to != UINT64_MAX)
			json_object_set_new(one, "lastSequence", json_integer((json_int_t)fault->to));
		json_array_append_new(list, one);
	}
	return list;
}

static void proving_reply(const struct proving *proving)
{
	struct exchange *ex = proving->ex;
	const struct walk *walk = &proving->walk;
	bool ends = !walk->at.endless;
	json_t *body = json_pack("{s:b, s:I, s:I, s:I, s:o, s:I}", "whole", walk->fault_count == 0,
	    "checked", (json_int_t)walk->checked, "lastSequence",
	    (json_int_t)(ends ? walk->ends.last : 0), "removedSequence",
	    (json_int_t)walk->ends.floor, "lastHash", ends && walk->ends.last > 0 ?
	    json_string(encode_hex(ex->arena, walk->ends.last_own, HASH_SIZE)) : json_null(),
	    "waiting", (json_int_t)walk->waiting);

	json_object_set_new(body, "value", proving_faults(walk));
	if (walk->more) {
		const char *known = admin_query(ex, "known");
		json_object_set_new(body, "@odata.nextLink", json_string(text_print(ex->arena,
		    "%s%s?after=%llu%s%s", ex->base_url, ex->path, (unsigned long long)walk->to,
		    known != NULL ? "&known=" : "", known != NULL ? known : "")));
	}
	face_json(ex, 200, body);
}

static void proving_finished(struct turn *turn, void *arg)
{
	struct proving *proving = arg;
	struct exchange *ex = proving->ex;

	if (proving->walk.good)
		proving_reply(proving);
	else
		admin_unavailable(ex, "The store does not answer.");
	if (turn->tenant != NULL)
		face_end(ex, turn);
}

/* "12:4f3a...": a sequence and its hash. */
static bool known_read(const char *text, struct walk *walk)
{
	char *end;

	if (text == NULL)
		return true;
	walk->known = strtoull(text, &end, 10);
	if (text[0] < '1' || text[0] > '9' || *end++ != ':' ||
	    strlen(end) != 2 * HASH_SIZE || strspn(end, "0123456789abcdef") != 2 * HASH_SIZE)
		return false;
	for (size_t i = 0; i < HASH_SIZE; i++) {
		char byte[3] = { end[2 * i], end[2 * i + 1], '\0' };
		walk->known_own[i] = (unsigned char)strtoul(byte, NULL, 16);
	}
	return true;
}

void admin_audit_verify(struct exchange *ex)
{
	struct proving *proving = arena_alloc(ex->arena, sizeof(*proving));
	struct turn *turn = &proving->walk.turn;
	bool tenant = caller_tenant(ex) != NULL;
	int64_t after = 0;
	const char *actor;

	proving->ex = ex;
	if (!(tenant ? admin_begin : admin_begin_server)(ex, turn, &actor))
		return;
	if (tenant)
		proving->walk.of = turn->tenant->id;
	struct odata odata;
	bool fine = odata_read(ex, 0, &odata) && admin_number(ex, "after", INT64_MAX, 0, &after);
	if (fine && !known_read(admin_query(ex, "known"), &proving->walk)) {
		admin_error(ex, 400, "BadRequest",
		    "known: a sequence, a colon, and its hash as 64 hexadecimal digits.");
		fine = false;
	}
	proving->walk.after = (uint64_t)after;
	turn->finished = proving_finished;
	turn->arg = proving;
	if (fine)
		walk_run(&proving->walk);
	else if (tenant)
		face_end(ex, turn);
}
