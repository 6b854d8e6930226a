#include "crypto/phc.h"

#include "base/arena.h"
#include "base/text.h"

#include <sodium.h>
#include <string.h>

#define SALT_MIN 4u
#define HASH_MIN 16u
#define BYTES_MAX 64u

/* One spelling for each number: no sign, no leading zero. */
static bool phc_digits(const char **at, struct phc_number *number)
{
	uint64_t value = 0;
	const char *digit = *at;

	if (*digit < '1' || *digit > '9')
		return false;
	for (; *digit >= '0' && *digit <= '9' && value <= UINT32_MAX; digit++)
		value = value * 10 + (uint64_t)(*digit - '0');
	if (value < number->min || value > number->max)
		return false;
	number->value = (uint32_t)value;
	*at = digit;
	return true;
}

/* "name=value", and the comma before the next. */
static bool phc_number(const char **at, struct phc_number *number)
{
	size_t length = strlen(number->name);
	const char *text = *at;

	if (strncmp(text, number->name, length) != 0 || text[length] != '=') {
		number->value = number->fallback;
		return number->fallback != 0;
	}
	text += length + 1;
	if (!phc_digits(&text, number) || (*text != ',' && *text != '$'))
		return false;
	*at = text + (*text == ',');
	return true;
}

static bool phc_bytes(struct arena *arena, const char *text, size_t length, size_t min,
    struct sp_bytes *out_bytes)
{
	unsigned char *data = arena_alloc(arena, BYTES_MAX);
	size_t size;

	if (sodium_base642bin(data, BYTES_MAX, text, length, NULL, &size, NULL,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 || size < min)
		return false;
	*out_bytes = (struct sp_bytes){ data, size };
	return true;
}

bool phc_parse(struct arena *arena, const char *text, struct phc *phc)
{
	size_t head = strlen(phc->head);

	if (strnlen(text, PHC_TEXT_MAX) == PHC_TEXT_MAX || !text_ascii(text) ||
	    strncmp(text, phc->head, head) != 0)
		return false;
	const char *at = text + head;
	for (size_t i = 0; i < phc->count; i++)
		if (!phc_number(&at, &phc->number[i]))
			return false;
	if (*at != '$' || at[-1] == ',')
		return false;
	const char *salt = at + 1, *dollar = strchr(salt, '$');
	return dollar != NULL &&
	    phc_bytes(arena, salt, (size_t)(dollar - salt), SALT_MIN, &phc->salt) &&
	    phc_bytes(arena, dollar + 1, strlen(dollar + 1), HASH_MIN, &phc->hash);
}
