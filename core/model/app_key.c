#include "model/app_key.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"

#define PRIVATE(member) { .name = member, .type = SHAPE_NOT, \
	.help = "is private: this key is known to others now; make a new one" }

static const struct shape jwk_shape[] = {
	{ .name = "kty", .type = SHAPE_WORD, .words = "EC RSA", .must = true },
	{ .name = "crv", .type = SHAPE_WORD, .words = "P-256" },
	{ .name = "x", .type = SHAPE_TEXT, .min = 43, .max = 43 },
	{ .name = "y", .type = SHAPE_TEXT, .min = 43, .max = 43 },
	{ .name = "n", .type = SHAPE_TEXT, .min = 342, .max = 1366 },
	{ .name = "e", .type = SHAPE_TEXT, .min = 2, .max = 11 },
	{ .name = "kid", .type = SHAPE_TEXT, .min = 1, .max = 128 },
	{ .name = "use", .type = SHAPE_WORD, .words = "sig" },
	{ .name = "alg", .type = SHAPE_WORD, .words = "ES256 RS256" },
	{ .name = "key_ops", .type = SHAPE_TEXT, .list = true, .most = 4 },
	{ .name = "ext", .type = SHAPE_FLAG },
	PRIVATE("d"), PRIVATE("p"), PRIVATE("q"), PRIVATE("dp"), PRIVATE("dq"), PRIVATE("qi"),
	PRIVATE("oth"), PRIVATE("k"),
	{ 0 },
};

const struct shape app_key_shape[] = {
	{ .name = "keyId", .type = SHAPE_ID, .must = true },
	{ .name = "displayName", .type = SHAPE_TEXT },
	{ .name = "startDateTime", .type = SHAPE_TIME },
	{ .name = "endDateTime", .type = SHAPE_TIME },
	{ .name = "type", .type = SHAPE_WORD, .words = "JsonWebKey", .fallback = "JsonWebKey" },
	{ .name = "usage", .type = SHAPE_WORD, .words = "Verify", .fallback = "Verify" },
	{ .name = "jwk", .type = SHAPE_OBJECT, .must = true, .members = jwk_shape },
	{ 0 },
};

/* The shape's null members are none of a JWK. */
char *app_key_text(struct arena *arena, const json_t *credential)
{
	static const char *const members[] = { "kty", "crv", "x", "y", "n", "e", "kid", "use",
		"alg", "d", "p", "q", "dp", "dq", "qi", "oth", "k" };
	const json_t *jwk = json_object_get(credential, "jwk");
	json_t *bare = json_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		json_t *member = json_object_get(jwk, members[i]);
		if (member != NULL && !json_is_null(member))
			json_object_set(bare, members[i], member);
	}
	char *text = json_write(arena, bare);
	json_decref(bare);
	return text;
}

static bool key_read(struct arena *arena, const json_t *one, struct app_key *key)
{
	const char *begin = json_text(one, "startDateTime", NULL);
	const char *end = json_text(one, "endDateTime", NULL);

	key->text = app_key_text(arena, one);
	return id_parse(json_text(one, "keyId", NULL), &key->key_id) &&
	    (begin == NULL || text_time_read(begin, &key->begins)) &&
	    (end == NULL || text_time_read(end, &key->expires));
}

bool app_key_compile(struct arena *arena, const json_t *document, struct app *app)
{
	const json_t *list = json_object_get(document, "keyCredentials");
	struct app_key *keys = arena_alloc(arena, json_array_size(list) * sizeof(keys[0]));
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		if (!key_read(arena, one, &keys[i]))
			return false;
	app->keys = keys;
	app->key_count = json_array_size(list);
	return true;
}
