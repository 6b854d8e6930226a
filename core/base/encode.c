#include "base/encode.h"

#include "base/arena.h"
#include "base/text.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

/* libsodium's coders are strict, but for one thing (below), and do not betray secrets by
 * table look-ups. */
static char *encode_as(struct arena *arena, const void *data, size_t size, int variant)
{
	size_t room = sodium_base64_encoded_len(size, variant);
	char *text = arena_alloc(arena, room);

	return sodium_bin2base64(text, room, data, size, variant);
}

/* libsodium 1.0.18 takes bytes from 0x80 up for digits. */
static bool decode_as(struct arena *arena, const char *text, int variant, void **out_data,
    size_t *out_size)
{
	size_t length = strlen(text), size;
	unsigned char *data = arena_alloc(arena, length / 4 * 3 + 4);

	if (!text_ascii(text) || sodium_base642bin(data, length / 4 * 3 + 3, text, length, NULL,
	    &size, NULL, variant) != 0)
		return false;
	data[size] = '\0';
	*out_data = data;
	*out_size = size;
	return true;
}

char *encode_base64url(struct arena *arena, const void *data, size_t size)
{
	return encode_as(arena, data, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

char *encode_base64(struct arena *arena, const void *data, size_t size)
{
	return encode_as(arena, data, size, sodium_base64_VARIANT_ORIGINAL);
}

char *encode_hex(struct arena *arena, const void *data, size_t size)
{
	char *text = arena_alloc(arena, size * 2 + 1);

	return sodium_bin2hex(text, size * 2 + 1, data, size);
}

bool decode_base64url(struct arena *arena, const char *text, void **out_data, size_t *out_size)
{
	return decode_as(arena, text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out_data,
	    out_size);
}

bool decode_base64(struct arena *arena, const char *text, void **out_data, size_t *out_size)
{
	return decode_as(arena, text, sodium_base64_VARIANT_ORIGINAL, out_data, out_size);
}

/* RFC 3986's unreserved characters. */
static bool url_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

char *encode_url(struct arena *arena, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	char *result = arena_alloc(arena, strlen(text) * 3 + 1), *at = result;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (url_plain(*text)) {
			*at++ = *text;
			continue;
		}
		*at++ = '%';
		*at++ = digits[c >> 4];
		*at++ = digits[c & 15];
	}
	return result;
}

static int url_digit(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *at = strchr(digits, c);

	return c != '\0' && at != NULL ? (int)((at - digits) % 16) : -1;
}

/* The character of "%41", or 0 where there is none. */
static char url_escaped(const char *text, size_t size)
{
	if (size < 3)
		return '\0';
	int high = url_digit(text[1]), low = url_digit(text[2]);
	if (high < 0 || low < 0)
		return '\0';
	return (char)(high * 16 + low);
}

bool decode_url(struct arena *arena, const char *text, size_t size, char **out_text)
{
	char *result = arena_alloc(arena, size + 1), *at = result;

	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			c = url_escaped(text + i, size - i);
			i += 2;
		}
		if (c == '\0')
			return false;
		*at++ = c;
	}
	*out_text = result;
	return true;
}
