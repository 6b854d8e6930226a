#include "surface/oidc/shelf.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "loop/loop.h"
#include "surface/face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shelf_place {
	struct shelf_answer answer;
	enum shelf_kind kind;
	struct sp_id tenant;
	uint64_t made;
	const char *base_url;	/* the listener's: one pointer as long as the server runs */
	char *text, tag[26];
};

struct shelves {
	unsigned loops;
	struct shelf_place places[][SHELF_PLACES];
};

struct shelves *shelves_new(unsigned loops)
{
	struct shelves *shelves = must_calloc(1,
	    sizeof(*shelves) + loops * sizeof(shelves->places[0]));

	shelves->loops = loops;
	return shelves;
}

void shelves_free(struct shelves *shelves)
{
	if (shelves == NULL)
		return;
	for (unsigned i = 0; i < shelves->loops; i++)
		for (unsigned j = 0; j < SHELF_PLACES; j++)
			free(shelves->places[i][j].text);
	free(shelves);
}

static struct shelf_place *shelf_place(const struct exchange *ex, const struct tenant *tenant,
    enum shelf_kind kind)
{
	struct shelves *shelves = face_of(ex)->shelves;
	uintptr_t mix = (uintptr_t)ex->base_url / 16 * 31 + tenant->id.byte[15] * 7u +
	    tenant->id.byte[14] + (uintptr_t)kind * 3;

	return &shelves->places[loop_index(ex->loop)][mix % SHELF_PLACES];
}

const struct shelf_answer *shelf_find(const struct exchange *ex, const struct tenant *tenant,
    enum shelf_kind kind)
{
	const struct shelf_place *place = shelf_place(ex, tenant, kind);

	return place->kind == kind && place->made == tenant->made &&
	    place->base_url == ex->base_url && id_equal(place->tenant, tenant->id) ?
	    &place->answer : NULL;
}

const struct shelf_answer *shelf_put(const struct exchange *ex, const struct tenant *tenant,
    enum shelf_kind kind, const char *text)
{
	struct shelf_place *place = shelf_place(ex, tenant, kind);
	size_t size = strlen(text);
	unsigned char hash[HASH_SIZE];

	free(place->text);
	place->text = must_calloc(1, size + 1);
	memcpy(place->text, text, size);
	hash_sha256(text, size, hash);
	snprintf(place->tag, sizeof(place->tag), "\"%.22s\"",
	    encode_base64url(ex->arena, hash, sizeof(hash)));
	place->kind = kind;
	place->tenant = tenant->id;
	place->made = tenant->made;
	place->base_url = ex->base_url;
	place->answer = (struct shelf_answer){ place->text, place->tag, size };
	return &place->answer;
}
