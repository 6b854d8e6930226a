#include "store/devices.h"

#include "base/arena.h"
#include "base/pack.h"
#include "base/random.h"
#include "crypto/hash.h"
#include "plugin/op.h"
#include "store/kinds.h"
#include "store/store.h"

#include <string.h>

#define FORMAT 1u
#define ALPHABET "BCDFGHJKLMNPQRSTVWXZ"	/* RFC 8628 6.1 */
#define ALPHABET_SIZE 20u

char *devices_letters(struct arena *arena)
{
	enum { FAIR = 240 };	/* a multiple of twenty: no letter is likelier */
	char *letters = arena_alloc(arena, DEVICES_LETTERS + 1);
	unsigned char byte;

	for (size_t i = 0; i < DEVICES_LETTERS;) {
		random_fill(&byte, 1);
		if (byte < FAIR)
			letters[i++] = ALPHABET[byte % ALPHABET_SIZE];
	}
	return letters;
}

bool devices_id(const struct store *store, struct sp_id tenant, const char *typed,
    struct sp_id *out_id)
{
	struct { struct sp_id tenant; char letters[DEVICES_LETTERS]; } message =
	    { .tenant = tenant };
	unsigned char hash[HASH_SIZE];
	size_t count = 0;

	for (; typed != NULL && *typed != '\0'; typed++) {
		char letter = *typed >= 'a' && *typed <= 'z' ? (char)(*typed - 'a' + 'A') : *typed;
		if (letter == ' ' || letter == '-')
			continue;
		if (count == DEVICES_LETTERS || strchr(ALPHABET, letter) == NULL)
			return false;
		message.letters[count++] = letter;
	}
	if (count != DEVICES_LETTERS)
		return false;
	hash_keyed(&store->hash, "device user code",
	    (struct secret){ (const unsigned char *)&message, sizeof(message) }, hash);
	memcpy(out_id, hash, sizeof(*out_id));
	return true;
}

struct sp_address devices_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_DEVICE, tenant, id);
}

bool devices_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct device *device, uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, device->id);
	pack_bytes(&pack, device->hash, sizeof(device->hash));
	pack_number(&pack, device->state);
	pack_text(&pack, device->client_id);
	pack_text(&pack, device->scope);
	pack_text(&pack, device->resources);
	pack_text(&pack, device->issuer);
	pack_text(&pack, device->source);
	pack_signed(&pack, device->asked);
	pack_signed(&pack, device->expires);
	pack_signed(&pack, device->interval);
	pack_text(&pack, device->code);
	return kinds_put(commit, devices_at(tenant, device->id), pack_end(&pack),
	    device->expires, expect);
}

static bool device_unpack(struct unpack *unpack, struct device *device)
{
	device->id = unpack_id(unpack);
	struct sp_bytes hash = unpack_bytes(unpack);
	if (hash.size != sizeof(device->hash))
		return false;
	memcpy(device->hash, hash.data, hash.size);
	uint64_t state = unpack_number(unpack);
	device->state = state <= DEVICE_ALLOWED ? (enum device_state)state : DEVICE_DECLINED;
	device->client_id = unpack_text(unpack);
	device->scope = unpack_text(unpack);
	device->resources = unpack_text(unpack);
	device->issuer = unpack_text(unpack);
	device->source = unpack_text(unpack);
	device->asked = unpack_signed(unpack);
	device->expires = unpack_signed(unpack);
	device->interval = unpack_signed(unpack);
	device->code = unpack_text(unpack);
	return unpack_ok(unpack);
}

bool devices_read(struct arena *arena, const struct sp_record *record,
    struct device *out_device)
{
	struct device device = { 0 };
	struct unpack unpack;

	if (record->revision == 0)
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	if (!device_unpack(&unpack, &device))
		return false;
	*out_device = device;
	return true;
}
