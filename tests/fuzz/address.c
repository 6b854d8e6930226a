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

	CHECK(at != NULL && strchr(at + 1, '@') == NULL && strlen(address->send) <= ADDRESS_MAX);
	for (const char *c = address->send; *c != '\0'; c++)
		CHECK(*c > ' ' && *c <= '~' && strchr(",;:<>()[]\\\"", *c) == NULL);
	CHECK(address_parse(arena, address->send, &again) == ADDRESS_OK);
	CHECK(strcmp(again.send, address->send) == 0 && strcmp(again.key, address->key) == 0);
	CHECK(address_parse(arena, address->key, &again) == ADDRESS_OK);
	CHECK(strcmp(again.key, address->key) == 0 && strcmp(again.count, address->count) == 0);
	CHECK(strstr(address->mask, "***@") != NULL);
	CHECK(text_utf8(address->mask, strlen(address->mask)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct address address;

	arena_init(&arena, NULL, 0);
	const char *text = text_part(&arena, (const char *)data, size);
	if (address_parse(&arena, text, &address) == ADDRESS_OK)
		check(&arena, &address);
	arena_done(&arena);
	return 0;
}
