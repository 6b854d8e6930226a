/* What is taken for an address is one mailbox, and is the same address when parsed again. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/address.h"

static void check(struct arena *arena, const struct address *address)
{
	struct address again;
	const char *at = strchr(address->send, '@');

	if (at == NULL || strchr(at + 1, '@') != NULL || strlen(address->send) > ADDRESS_MAX)
		abort();
	for (const char *c = address->send; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || strchr(",;:<>()[]\\\"", *c) != NULL)
			abort();
	if (address_parse(arena, address->send, &again) != ADDRESS_OK
	    || strcmp(again.send, address->send) != 0 || strcmp(again.key, address->key) != 0)
		abort();
	if (address_parse(arena, address->key, &again) != ADDRESS_OK
	    || strcmp(again.key, address->key) != 0 || strcmp(again.count, address->count) != 0)
		abort();
	if (strstr(address->mask, "***@") == NULL || !text_utf8(address->mask, strlen(address->mask)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct address address;

	arena_init(&arena, NULL, 0);
	if (address_parse(&arena, text_part(&arena, (const char *)data, size), &address) == ADDRESS_OK)
		check(&arena, &address);
	arena_done(&arena);
	return 0;
}
