/*
 * users_list.c - pages of customers
 *
 * The users backend lists all, or those whose identity begins so; that is the one index that there
 * is. Any other filter is asked of each customer on the way, and a request goes only so far: its
 * page may then be short, or empty, and has a link to where the next one goes on.
 */
#include "surface/admin/users.h"

#include "base/arena.h"
#include "base/text.h"
#include "flow/people.h"
#include "model/address.h"
#include "surface/admin/odata.h"

#include <string.h>

enum { PAGE = 100, ROUNDS = 40, LOOKS = 2000 };	/* rounds to the backend, customers looked at */

struct crowd {
	struct exchange *ex;
	struct odata odata;
	json_t *value;
	int64_t count;		/* that fit, of this page and those before */
	size_t limit, rounds, looks;
	const char *prefix;
};

static void crowd_run(struct crowd *crowd, const struct turn *turn, struct sp_bytes cursor);

static void crowd_reply(struct crowd *crowd, struct sp_bytes cursor)
{
	struct exchange *ex = crowd->ex;
	struct odata_page page = { .value = crowd->value, .count = crowd->count,
		.at_least = cursor.size > 0 };

	if (cursor.size > 0) {
		char *next = arena_alloc(ex->arena, sizeof(crowd->count) + cursor.size);
		memcpy(next, &crowd->count, sizeof(crowd->count));
		memcpy(next + sizeof(crowd->count), cursor.data, cursor.size);
		page.next = (struct sp_bytes){ next, sizeof(crowd->count) + cursor.size };
	}
	face_json(ex, 200, odata_page(ex, &crowd->odata, &page));
}

static void crowd_keep(struct crowd *crowd, const struct people *people)
{
	for (const struct sp_user *user = people->first; user != NULL; user = user->next) {
		json_t *one = users_json(crowd->ex->arena, people->turn.tenant, user, NULL);
		bool fits = filter_fits(crowd->odata.filter, one);
		crowd->looks++;
		crowd->count += fits;
		if (fits)
			json_array_append(crowd->value, one);
		json_decref(one);
	}
}

static void crowd_finished(struct turn *turn, void *arg)
{
	struct crowd *crowd = arg;
	const struct people *people = (const struct people *)(const void *)turn;

	if (!people->good) {
		json_decref(crowd->value);
		admin_unavailable(crowd->ex, "The users backend does not answer.");
		face_end(crowd->ex, turn);
		return;
	}
	crowd_keep(crowd, people);
	if (json_array_size(crowd->value) < crowd->limit && people->next.size > 0 &&
	    crowd->odata.filter != NULL && ++crowd->rounds < ROUNDS && crowd->looks < LOOKS) {
		crowd_run(crowd, turn, people->next);
		return;
	}
	crowd_reply(crowd, people->next);
	face_end(crowd->ex, turn);
}

/* Never more than there is room for: a backend's cursor is at the end of what it gave. */
static void crowd_run(struct crowd *crowd, const struct turn *turn, struct sp_bytes cursor)
{
	struct people *people = arena_alloc(crowd->ex->arena, sizeof(*people));

	people->turn = *turn;
	people->prefix = crowd->prefix;
	people->cursor = cursor;
	people->limit = crowd->limit - json_array_size(crowd->value);
	people->turn.finished = crowd_finished;
	people->turn.arg = crowd;
	people_run(people);
}

/* What the identities of all that fit begin with. */
static const char *crowd_prefix(struct exchange *ex, const struct filter *filter)
{
	static const char identity[] = "identities/$any/issuerAssignedId";
	const char *whole = filter_equal(filter, identity), *begins = filter_begins(filter, identity);
	struct address address;

	if (whole != NULL && address_parse(ex->arena, whole, &address) == ADDRESS_OK)
		return address.key;
	if (begins == NULL || !text_ascii(begins))
		return NULL;
	char *lower = text_copy(ex->arena, begins);
	for (char *at = lower; *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	return lower;
}

void admin_users(struct exchange *ex)
{
	struct crowd *crowd = arena_alloc(ex->arena, sizeof(*crowd));
	struct odata *odata = &crowd->odata;
	struct turn turn = { 0 };
	const char *actor;

	crowd->ex = ex;
	if (!admin_begin(ex, &turn, &actor))
		return;
	if (!odata_read(ex, ODATA_PAGE | ODATA_FILTER | ODATA_COUNT, odata)) {
		face_end(ex, &turn);
		return;
	}
	struct sp_bytes cursor = { 0 };
	if (odata->cursor.size > sizeof(crowd->count)) {
		memcpy(&crowd->count, odata->cursor.data, sizeof(crowd->count));
		cursor.data = (const char *)odata->cursor.data + sizeof(crowd->count);
		cursor.size = odata->cursor.size - sizeof(crowd->count);
	}
	crowd->limit = odata->top > 0 ? (size_t)odata->top : PAGE;
	crowd->prefix = admin_query(ex, "prefix");
	if (crowd->prefix == NULL)
		crowd->prefix = crowd_prefix(ex, odata->filter);
	crowd->value = json_array();
	crowd_run(crowd, &turn, cursor);
}
