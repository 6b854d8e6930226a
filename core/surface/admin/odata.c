#include "surface/admin/odata.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "http/form.h"
#include "store/store.h"
#include "surface/admin/admin.h"
#include "surface/admin/caller.h"

#include <stdlib.h>
#include <string.h>

enum { MAC = 16, SELECT_MOST = 1000 };

static const struct { const char *name; unsigned offer; } options[] = {
	{ "$select", ODATA_SELECT }, { "$top", ODATA_TOP }, { "$filter", ODATA_FILTER },
	{ "$orderby", ODATA_ORDER }, { "$count", ODATA_COUNT }, { "$skiptoken", ODATA_SKIP },
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

void odata_wrong(struct exchange *ex, const char *option, const char *message)
{
	struct document_errors errors = { .arena = ex->arena };

	document_wrong(&errors, option, "Request_UnsupportedQuery", "%s", message);
	admin_wrong(ex, &errors);
}

static unsigned offer_of(const char *name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (strcmp(options[i].name, name) == 0)
			return options[i].offer;
	return 0;
}

static bool odata_among(struct exchange *ex, const struct form *form, unsigned offers)
{
	for (size_t i = 0; i < form->count; i++) {
		const char *name = form->fields[i].name;
		if (name[0] != '$')
			continue;
		const char *why = (offer_of(name) & offers) == 0 ? "is not offered here" :
		    form_repeated(form, name) ? "is there twice" : NULL;
		if (why == NULL)
			continue;
		odata_wrong(ex, text_print(ex->arena, "%.60s", name), why);
		return false;
	}
	return true;
}

/* The query, or none: one that can't be read has been told. */
static bool odata_query(struct exchange *ex, struct form *out_form)
{
	struct sp_error error = { "" };

	if (form_query(ex, out_form, &error))
		return true;
	admin_error(ex, 400, "BadRequest", text_print(ex->arena, "The query is not right: %s",
	    error.text));
	return false;
}

/* What only reads and is no single object is a list; its handler says more. */
bool odata_refuses(struct exchange *ex)
{
	bool reads = strcmp(ex->method, "GET") == 0 || strcmp(ex->method, "HEAD") == 0;
	struct form form;

	return !odata_query(ex, &form) || !odata_among(ex, &form, reads ? ODATA_ALL : 0);
}

/* "id,displayName", or with spaces, into words. */
static bool read_select(struct exchange *ex, const char *text, struct odata *odata)
{
	char *words = text_copy(ex->arena, text), *end = words;

	for (const char *at = text; *at != '\0'; at++) {
		bool comma = *at == ',' || *at == ' ';
		if (!comma)
			*end++ = *at;
		else if (end > words && end[-1] != ' ')
			*end++ = ' ';
	}
	while (end > words && end[-1] == ' ')
		end--;
	*end = '\0';
	if (words[0] == '\0' || strlen(text) > SELECT_MOST) {
		odata_wrong(ex, "$select", "names properties, separated by commas");
		return false;
	}
	odata->select = words;
	return true;
}

static bool read_order(struct exchange *ex, const char *text, struct odata *odata)
{
	size_t size = strcspn(text, " ");
	const char *way = text + size + strspn(text + size, " ");

	odata->order = text_part(ex->arena, text, size);
	odata->descending = strcmp(way, "desc") == 0;
	if (size > 0 && strchr(odata->order, ',') == NULL &&
	    (*way == '\0' || odata->descending || strcmp(way, "asc") == 0))
		return true;
	odata_wrong(ex, "$orderby", "one property is offered, then asc, desc or nothing");
	return false;
}

static bool read_filter(struct exchange *ex, const char *text, struct odata *odata)
{
	struct sp_error error = { "" };
	struct filter *filter;

	if (!filter_parse(ex->arena, text, &filter, &error)) {
		odata_wrong(ex, "$filter", error.text);
		return false;
	}
	odata->filter = filter;
	return true;
}

static bool read_count(struct exchange *ex, const char *text, struct odata *odata)
{
	odata->count = strcmp(text, "true") == 0;
	if (odata->count || strcmp(text, "false") == 0)
		return true;
	odata_wrong(ex, "$count", "true or false");
	return false;
}

static bool read_top(struct exchange *ex, const char *text, struct odata *odata)
{
	char *end;
	long top = strtol(text, &end, 10);

	odata->top = top;
	if (text[0] >= '1' && text[0] <= '9' && *end == '\0' && top <= ODATA_TOP_MOST)
		return true;
	odata_wrong(ex, "$top", text_print(ex->arena, "must be a number from 1 to %d",
	    ODATA_TOP_MOST));
	return false;
}

/* Where a token may be used: nowhere but where it came from. */
static void token_mac(struct exchange *ex, const struct form *form, struct sp_bytes cursor,
    unsigned char out[HASH_SIZE])
{
	const char *tenant = caller_tenant(ex);
	json_t *bound = json_array();

	json_array_append_new(bound, json_string(ex->route->path));
	json_array_append_new(bound, json_string(ex->path));
	json_array_append_new(bound, json_string(tenant != NULL && text_utf8(tenant,
	    strlen(tenant)) ? tenant : ""));
	json_array_append_new(bound, json_string(caller_reach(ex)));
	for (size_t i = 0; i < form->count; i++) {
		if (strcmp(form->fields[i].name, "$skiptoken") == 0)
			continue;
		json_array_append_new(bound, json_string(form->fields[i].name));
		json_array_append_new(bound, json_string(form->fields[i].value));
	}
	json_array_append_new(bound, json_string(encode_base64url(ex->arena, cursor.data,
	    cursor.size)));
	hash_keyed(&face_of(ex)->store->hash, "skiptoken", secret_text(json_write(ex->arena, bound)),
	    out);
	json_decref(bound);
}

static bool read_token(struct exchange *ex, const struct form *form, struct odata *odata)
{
	const char *text = form_get(form, "$skiptoken");
	unsigned char mac[HASH_SIZE];
	void *data;
	size_t size;

	if (text == NULL)
		return true;
	if (decode_base64url(ex->arena, text, &data, &size) && size >= MAC) {
		odata->cursor = (struct sp_bytes){ (unsigned char *)data + MAC, size - MAC };
		token_mac(ex, form, odata->cursor, mac);
		if (secret_equal((struct secret){ mac, MAC }, (struct secret){ data, MAC }))
			return true;
	}
	odata_wrong(ex, "$skiptoken", "comes from an @odata.nextLink, and goes back there with all "
	    "else of that link; this one does not belong here");
	return false;
}

static const struct {
	const char *name;
	bool (*read)(struct exchange *ex, const char *text, struct odata *odata);
} readers[] = {
	{ "$select", read_select }, { "$top", read_top }, { "$filter", read_filter },
	{ "$orderby", read_order }, { "$count", read_count },
};

bool odata_read(struct exchange *ex, unsigned offers, struct odata *out_odata)
{
	struct odata odata = { 0 };
	struct form form;

	if (!odata_query(ex, &form) || !odata_among(ex, &form, offers))
		return false;
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		const char *text = form_get(&form, readers[i].name);
		if (text != NULL && !readers[i].read(ex, text, &odata))
			return false;
	}
	if (!read_token(ex, &form, &odata))
		return false;
	*out_odata = odata;
	return true;
}

/* What is not selected goes; annotations and the id stay, as in Graph. */
static void odata_trim(const struct odata *odata, json_t *object)
{
	const char *name;
	json_t *value;
	void *next;

	if (odata->select == NULL)
		return;
	json_object_foreach_safe(object, next, name, value)
		if (strchr(name, '@') == NULL && strcmp(name, "id") != 0 &&
		    !text_word(odata->select, name))
			json_object_del(object, name);
}

const char *odata_context(const struct exchange *ex)
{
	static const char version[] = "/v1.0/";
	const char *path = strncmp(ex->path, version, sizeof(version) - 1) == 0 ?
	    ex->path + sizeof(version) - 1 : ex->path;

	return text_print(ex->arena, "%s/v1.0/$metadata#%s", ex->base_url, path);
}

static const char *odata_next(struct exchange *ex, struct sp_bytes cursor)
{
	unsigned char *data = arena_alloc(ex->arena, MAC + cursor.size), mac[HASH_SIZE];
	const char *link = text_print(ex->arena, "%s%s?", ex->base_url, ex->path);
	struct sp_error error;
	struct form form;

	if (!form_query(ex, &form, &error))
		return NULL;
	for (size_t i = 0; i < form.count; i++)
		if (strcmp(form.fields[i].name, "$skiptoken") != 0)
			link = text_print(ex->arena, "%s%s=%s&", link, form.fields[i].name[0] == '$' ?
			    form.fields[i].name : encode_url(ex->arena, form.fields[i].name),
			    encode_url(ex->arena, form.fields[i].value));
	token_mac(ex, &form, cursor, mac);
	memcpy(data, mac, MAC);
	memcpy(data + MAC, cursor.data, cursor.size);
	return text_print(ex->arena, "%s$skiptoken=%s", link,
	    encode_base64url(ex->arena, data, MAC + cursor.size));
}

json_t *odata_page(struct exchange *ex, const struct odata *odata, const struct odata_page *page)
{
	json_t *body = json_object(), *one;
	size_t index;

	json_array_foreach(page->value, index, one)
		odata_trim(odata, one);
	json_object_set_new(body, "@odata.context", json_string(odata_context(ex)));
	if (odata->count)
		json_object_set_new(body, "@odata.count", json_integer(page->count));
	if (odata->count && page->at_least)
		json_object_set_new(body, "@sallyport.countIsAtLeast", json_true());
	if (page->next.size > 0)
		json_object_set_new(body, "@odata.nextLink", json_string(odata_next(ex, page->next)));
	json_object_set_new(body, "value", page->value);
	return body;
}

json_t *odata_one(struct exchange *ex, json_t *object)
{
	struct odata odata;

	if (!odata_read(ex, ODATA_SELECT, &odata)) {
		json_decref(object);
		return NULL;
	}
	odata_trim(&odata, object);
	return object;
}
