#include "surface/admin/reading.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "http/form.h"

#include <string.h>

bool reading_begin(struct reading *reading, struct exchange *ex, const char *words)
{
	enum { PAGE = 50 };
	struct odata *odata = &reading->odata;

	reading->ex = ex;
	if (!odata_read(ex, ODATA_LOG, odata))
		return false;
	reading->scan.limit = odata->top > 0 ? (size_t)odata->top : PAGE;
	reading->scan.picky = odata->filter != NULL;
	const char *foreign = filter_foreign(odata->filter, words);
	if (foreign != NULL)
		odata_wrong(ex, "$filter", text_print(ex->arena, "there is no property '%.100s' here",
		    foreign));
	return foreign == NULL;
}

/* The byte of a range, then the key. The token is the server's own, of this question. */
bool reading_resume(struct reading *reading)
{
	struct scan *scan = &reading->scan;
	const unsigned char *data = reading->odata.cursor.data;
	size_t size = reading->odata.cursor.size;

	if (size == 0)
		return true;
	if (size > 1 + SP_KEY_MAX || data[0] >= scan->range_count) {
		odata_wrong(reading->ex, "$skiptoken", "is none of this list");
		return false;
	}
	scan->range = data[0];
	scan->ranges[scan->range].after = (struct sp_bytes){ data + 1, size - 1 };
	return true;
}

static struct sp_bytes reading_cursor(const struct reading *reading, struct sp_bytes after)
{
	const struct scan *scan = &reading->scan;
	unsigned char *data = arena_alloc(reading->ex->arena, 1 + after.size);

	data[0] = scan->more ? (unsigned char)scan->range : 0;
	if (after.size > 0)
		memcpy(data + 1, after.data, after.size);
	return (struct sp_bytes){ data, 1 + after.size };
}

/* The same question, in order from there on. */
static const char *reading_since(const struct reading *reading)
{
	struct exchange *ex = reading->ex;
	const char *text = text_print(ex->arena, "%s%s?", ex->base_url, ex->path);
	struct sp_error error;
	struct form form;
	bool asked = form_query(ex, &form, &error);

	for (size_t i = 0; asked && i < form.count; i++)
		if (!text_word("$skiptoken settled before", form.fields[i].name))
			text = text_print(ex->arena, "%s%s=%s&", text, form.fields[i].name,
			    encode_url(ex->arena, form.fields[i].value));
	return text_print(ex->arena, "%safter=%s", text, reading->since);
}

/* In order there is always more, some day: where to ask for it. */
static void reading_reply(struct reading *reading)
{
	struct scan *scan = &reading->scan;
	struct odata_page page = { .value = reading->value };
	bool later = !scan->more && !scan->backwards;

	if (scan->more)
		page.next = reading_cursor(reading, scan->after);
	else if (later)
		page.next = reading_cursor(reading, scan->last.size > 0 ? scan->last :
		    scan->ranges[0].after);
	json_t *body = odata_page(reading->ex, &reading->odata, &page);
	if (later) {
		json_object_set(body, "@odata.deltaLink", json_object_get(body, "@odata.nextLink"));
		json_object_del(body, "@odata.nextLink");
	}
	if (reading->since != NULL)
		json_object_set_new(body, "@odata.deltaLink", json_string(reading_since(reading)));
	face_json(reading->ex, 200, body);
}

static void reading_finished(struct turn *turn, void *arg)
{
	struct reading *reading = arg;

	if (reading->scan.good) {
		reading_reply(reading);
	} else {
		json_decref(reading->value);
		admin_unavailable(reading->ex, "The store does not answer.");
	}
	if (turn->tenant != NULL)
		face_end(reading->ex, turn);
}

void reading_run(struct reading *reading)
{
	struct turn *turn = &reading->scan.turn;

	reading->value = json_array();
	turn->finished = reading_finished;
	turn->arg = reading;
	scan_run(&reading->scan);
}

enum scan_verdict reading_show(struct reading *reading, json_t *one)
{
	bool shown = one != NULL && filter_fits(reading->odata.filter, one);

	reading->judged += reading->odata.filter != NULL;
	if (shown)
		json_array_append(reading->value, one);
	json_decref(one);
	if (shown)
		return SCAN_TAKEN;
	return reading->judged >= READING_JUDGED ? SCAN_ENOUGH : SCAN_PASSED;
}
