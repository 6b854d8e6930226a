#include "flow/etag.h"

#include "base/encode.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <string.h>

const char *etag_of(struct arena *arena, const json_t *object)
{
	enum { SIZE = 16 };
	const char *text = json_write(arena, object);
	unsigned char hash[HASH_SIZE];

	hash_sha256(text, strlen(text), hash);
	return text_print(arena, "W/\"%s\"", encode_base64url(arena, hash, SIZE));
}

/* Weak or not: two of ours are the same or they aren't. */
static const char *etag_bare(const char *tag)
{
	return strncmp(tag, "W/", 2) == 0 ? tag + 2 : tag;
}

bool etag_allows(const char *header, const char *tag)
{
	const char *bare = etag_bare(tag);
	size_t size = strlen(bare);

	for (const char *at = header; at != NULL && *at != '\0'; at += strcspn(at, ",")) {
		at += strspn(at, ", \t");
		const char *one = etag_bare(at);
		if (*at == '*' || (strncmp(one, bare, size) == 0 &&
		    strchr(", \t", one[size]) != NULL))
			return true;
	}
	return header == NULL;
}
