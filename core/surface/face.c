#include "surface/face.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "base/encode.h"
#include "store/snapshot.h"
#include "text/folder.h"
#include "text/problems.h"
#include "text/template.h"

#include <stdlib.h>
#include <string.h>

enum { STYLE_MOST = 64 << 10, AGENT_MOST = 200 };

static bool load_style(struct arena *arena, const char *path, struct problems *problems,
    struct face_texts *texts)
{
	struct folder folder = { .path = path, .endings = ".css", .most = 8, .size = STYLE_MOST };
	unsigned char hash[32];

	if (!folder_read(arena, &folder, problems))
		return false;
	for (size_t i = 0; i < folder.count; i++) {
		if (strcmp(folder.files[i].name, "style.css") != 0)
			continue;
		const char *text = folder.files[i].text;
		texts->style = (struct sp_bytes){ text, strlen(text) };
		hash_sha256(texts->style.data, texts->style.size, hash);
		snprintf(texts->style_tag, sizeof(texts->style_tag), "\"%.16s\"",
		    encode_hex(arena, hash, 8));
		return true;
	}
	problems_add(problems, "%s: style.css is missing", path);
	return false;
}

const struct face_texts *face_load(const struct face_folders *folders, struct problems *problems)
{
	struct arena *arena = must_calloc(1, sizeof(*arena));

	arena_init(arena, NULL, 0);
	struct face_texts *texts = arena_alloc(arena, sizeof(*texts));
	texts->arena = arena;
	bool good = catalogues_load(arena, folders->text, problems, &texts->words) == SP_OK;
	if (good)
		good = letters_load(arena, folders->mail, &texts->words, folders->mail_from,
		    problems, &texts->letters);
	if (template_set_load(arena, folders->pages, good ? texts->words.fallback : NULL, problems,
	    &texts->pages) != SP_OK)
		good = false;
	if (load_style(arena, folders->pages, problems, texts) && good)
		return texts;
	arena_done(arena);
	free(arena);
	return NULL;
}

char *face_issuer(const struct exchange *ex, const struct tenant *tenant)
{
	return text_print(ex->arena, "%s/%s/v2.0", ex->base_url, tenant->id_text);
}

/* It is kept, and shown as JSON: what is no text becomes one. */
static const char *face_agent(struct exchange *ex)
{
	const char *agent = exchange_header(ex, "User-Agent");
	size_t size = agent != NULL ? strlen(agent) : 0;

	if (size == 0)
		return agent;
	bool utf8 = text_utf8(agent, size);
	if (size > AGENT_MOST)
		for (size = AGENT_MOST; utf8 && (agent[size] & 0xc0) == 0x80;)
			size--;
	char *text = text_part(ex->arena, agent, size);
	for (char *at = text; !utf8 && *at != '\0'; at++)
		if ((*at & 0x80) != 0)
			*at = '?';
	return text;
}

/* A Unix socket has a user and no address. */
static struct origin face_origin(struct exchange *ex)
{
	struct origin origin = {
		.platform = origin_platform(exchange_header(ex, "Sec-CH-UA-Platform"),
		    exchange_header(ex, "User-Agent")),
		.known = ex->peer_uid < 0,
	};

	if (origin.known)
		memcpy(origin.address, ex->source.address, sizeof(origin.address));
	return origin;
}

bool face_begin_tenant(struct exchange *ex, struct turn *turn, const char *tenant)
{
	const struct face *face = face_of(ex);
	const struct face_texts *texts = face_texts(ex);

	turn->tenant = snapshot_hold(face->store, ex->loop, tenant);
	if (turn->tenant == NULL)
		return false;
	turn->store = face->store;
	turn->letters = &texts->letters;
	turn->tally = face->tally;
	turn->cost = &face->cost;
	turn->loop = ex->loop;
	turn->arena = ex->arena;
	turn->issuer = face_issuer(ex, turn->tenant);
	turn->request_id = ex->id;
	turn->now = clock_wall();
	turn->source = ex->source.key;
	turn->source_text = log_ip(ex->arena, ex->source.text);
	turn->agent = face_agent(ex);
	turn->origin = face_origin(ex);
	return true;
}

bool face_begin(struct exchange *ex, struct turn *turn)
{
	return face_begin_tenant(ex, turn, exchange_param(ex, "tenant"));
}

void face_end(struct exchange *ex, struct turn *turn)
{
	snapshot_release(face_of(ex)->store, ex->loop, turn->tenant);
}

void face_json(struct exchange *ex, int status, json_t *body)
{
	const char *text = json_write(ex->arena, body);

	json_decref(body);
	reply_status(ex, (unsigned)status);
	reply_text(ex, "application/json", text);
	reply_send(ex);
}

void face_oauth_error(struct exchange *ex, int status, const char *error,
    const char *description)
{
	json_t *body = json_object();

	json_object_set_new(body, "error", json_string(error));
	json_object_set_new(body, "error_description", json_string(description));
	json_object_set_new(body, "correlation_id", json_string(ex->id_text));
	face_json(ex, status, body);
}
