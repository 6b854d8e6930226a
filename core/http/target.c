#include "http/target.h"

#include "base/arena.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* Decodes one segment; NULL: refused. */
static const char *segment_decode(struct arena *arena, const char *text, size_t size)
{
	char *result = arena_alloc(arena, size + 1), *end = result;

	for (size_t i = 0; i < size; i++) {
		int c = (unsigned char)text[i];
		if (c == '%') {
			int high = hex(text[i + 1]), low = high < 0 ? -1 : hex(text[i + 2]);
			if (low < 0)
				return NULL;
			c = high << 4 | low;
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || c == '/' || c == '\\')
			return NULL;
		*end++ = (char)c;
	}
	if (strcmp(result, ".") == 0 || strcmp(result, "..") == 0 ||
	    !text_utf8(result, (size_t)(end - result)))
		return NULL;
	return result;
}

static bool target_split(struct arena *arena, const char *path, struct router_path *out)
{
	for (const char *at = path + 1; *at != '\0';) {
		size_t size = strcspn(at, "/");
		const char *segment = segment_decode(arena, at, size);

		if (segment == NULL || size == 0)
			return false;
		if (out->count == ROUTE_SEGMENTS_MAX)
			return false;
		out->segments[out->count++] = segment;
		at += size;
		if (*at == '/')
			out->slash = *++at == '\0';
	}
	return true;
}

static bool target_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= 0x20 || *text > 0x7e || *text == '#')
			return false;
	return true;
}

/* "http://host/path": scheme and authority are told apart and checked by who knows ours. */
static const char *target_absolute(struct arena *arena, const char *text, struct target *target)
{
	const char *colon = strstr(text, "://");

	if (*text == '/' || colon == NULL || colon - text > 5)
		return text;
	size_t size = strcspn(colon + 3, "/?");
	target->scheme = text_part(arena, text, (size_t)(colon - text));
	target->authority = text_part(arena, colon + 3, size);
	text = colon + 3 + size;
	return *text == '/' ? text : text_print(arena, "/%s", text);
}

bool target_parse(struct arena *arena, const char *text, struct target *out_target)
{
	struct target target = { .query = "" };

	if (strcmp(text, "*") == 0) {
		*out_target = (struct target){ .path = "*", .query = "", .asterisk = true };
		return true;
	}
	if (!target_plain(text))
		return false;
	text = target_absolute(arena, text, &target);
	size_t size = strcspn(text, "?");
	if (text[0] != '/' || text[1] == '/')
		return false;
	target.path = text_part(arena, text, size);
	if (text[size] == '?')
		target.query = text + size + 1;
	if (!target_split(arena, target.path, &target.segments))
		return false;
	*out_target = target;
	return true;
}

bool authority_fits(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-_:[]";

	return *text != '\0' && *text != ':' && text[strspn(text, allowed)] == '\0';
}

static const char *authority_plain(struct arena *arena, const char *text, const char *scheme)
{
	const char *port = strcmp(scheme, "https") == 0 ? ":443" : ":80";
	char *result = text_copy(arena, text);
	size_t size = strlen(result), tail = strlen(port);

	for (char *at = result; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	if (size > tail && strcmp(result + size - tail, port) == 0)
		result[size - tail] = '\0';
	return result;
}

bool origin_parse(struct arena *arena, const char *url, struct origin *out_origin)
{
	const char *scheme = strncmp(url, "https://", 8) == 0 ? "https" :
	    strncmp(url, "http://", 7) == 0 ? "http" : NULL;

	if (scheme == NULL)
		return false;
	const char *authority = url + strlen(scheme) + 3;
	if (!authority_fits(authority))
		return false;
	*out_origin = (struct origin){ scheme, authority_plain(arena, authority, scheme) };
	return true;
}

bool origin_is(struct arena *arena, const struct origin *origin, const char *authority)
{
	return strcmp(authority_plain(arena, authority, origin->scheme), origin->authority) == 0;
}
