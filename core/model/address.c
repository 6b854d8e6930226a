#include "model/address.h"

#include <idn2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/text.h"

/* Bytes of input that can still become an address: NFC and A-labels both shorten some. */
#define INPUT_MAX (4 * ADDRESS_MAX)
#define LABEL_MAX 63u

static const char *const words[][2] = {
	[ADDRESS_MALFORMED] = { "malformed", "is not of the form name@example.com" },
	[ADDRESS_OK] = { "ok", "is an address" },
	[ADDRESS_EMPTY] = { "empty", "is empty" },
	[ADDRESS_LONG] = { "long", "is longer than 254 bytes, or than 64 before the @" },
	[ADDRESS_CONTROL] = { "control", "holds control characters or is not UTF-8" },
	[ADDRESS_SEVERAL] = { "several", "is more than one address" },
	[ADDRESS_UNICODE] = { "unicode", "has letters before the @ that our mail can't carry" },
	[ADDRESS_DOMAIN] = { "domain", "has no valid domain name after the @" },
};

const char *address_word(enum address_reason reason)
{
	return words[reason][0];
}

const char *address_words(enum address_reason reason)
{
	return words[reason][1];
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* For ASCII, which is all that gets here, this is NFKC_Casefold. */
static char *lowered(struct arena *arena, const char *text)
{
	char *copy = text_copy(arena, text);

	for (char *c = copy; *c != '\0'; c++)
		*c = lower(*c);
	return copy;
}

/* NULL: controls (C1 too), or no UTF-8. */
static char *composed(struct arena *arena, const char *text, size_t size)
{
	utf8proc_uint8_t *nfc = NULL;
	char *copy = NULL;

	if (!text_utf8(text, size))
		return NULL;
	if (utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &nfc,
	    UTF8PROC_COMPOSE | UTF8PROC_STABLE | UTF8PROC_REJECTNA) < 0)
		return NULL;
	copy = text_copy(arena, (const char *)nfc);
	free(nfc);
	for (const unsigned char *c = (const unsigned char *)copy; *c != '\0'; c++)
		if (*c < ' ' || *c == 0x7F || (*c == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F))
			return NULL;
	return copy;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5322 3.2.3: a dot-atom. */
static enum address_reason check_local(const char *local)
{
	size_t size = strlen(local);

	for (const char *c = local; *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			return ADDRESS_UNICODE;
	if (size > ADDRESS_LOCAL)
		return ADDRESS_LONG;
	if (size == 0 || local[0] == '.' || local[size - 1] == '.' || strstr(local, "..") != NULL)
		return ADDRESS_MALFORMED;
	for (const char *c = local; *c != '\0'; c++)
		if (!is_alnum(*c) && strchr(".!#$%&'*+-/=?^_`{|}~", *c) == NULL)
			return ADDRESS_MALFORMED;
	return ADDRESS_OK;
}

/* Letters, digits, inner hyphens; the next label, or NULL. */
static const char *label_end(const char *label)
{
	size_t size = strcspn(label, ".");

	if (size == 0 || size > LABEL_MAX || label[0] == '-' || label[size - 1] == '-')
		return NULL;
	for (size_t i = 0; i < size; i++)
		if (!is_alnum(label[i]) && label[i] != '-')
			return NULL;
	return label + size;
}

/* Two labels or more; the last has a letter, or it would be read as a number of a host. */
static bool domain_ok(const char *domain)
{
	const char *label = domain, *end = label_end(label);
	bool several = false;

	while (end != NULL && *end == '.') {
		label = end + 1;
		end = label_end(label);
		several = true;
	}
	return end != NULL && several && strspn(label, "0123456789") < (size_t)(end - label);
}

/*
 * NULL: no domain name. IDN2_USE_STD3_ASCII_RULES is not asked for: the library would not
 * refuse "a!b.example" but make "ab.example" of it, somebody else's domain. domain_ok()
 * refuses; three signs that IDNA has as "=", "<" and ">" with a stroke don't get so far.
 */
static char *domain_ascii(struct arena *arena, const char *domain)
{
	uint8_t *found = NULL;
	char *ascii = NULL;

	if (strstr(domain, "\u2260") != NULL || strstr(domain, "\u226E") != NULL
	    || strstr(domain, "\u226F") != NULL)
		return NULL;
	if (idn2_lookup_u8((const uint8_t *)domain, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL)
	    != IDN2_OK)
		return NULL;
	if (domain_ok((const char *)found))
		ascii = lowered(arena, (const char *)found);
	idn2_free(found);
	return ascii;
}

static char *without_tag(struct arena *arena, const char *key)
{
	const char *at = strchr(key, '@'), *plus = strchr(key, '+');

	if (plus == NULL || plus == key || plus > at)
		return text_copy(arena, key);
	return text_print(arena, "%.*s%s", (int)(plus - key), key, at);
}

/* The first character, also if it takes several bytes. */
static int first_size(const char *text)
{
	utf8proc_int32_t point;
	utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point);

	return size < 1 ? 1 : (int)size;
}

static char *mask(struct arena *arena, const char *key, const char *domain)
{
	char *shown = NULL;
	bool known = idn2_to_unicode_8z8z(domain, &shown, IDN2_NONTRANSITIONAL) == IDN2_OK;
	const char *from = known ? shown : domain;
	char *text = text_print(arena, "%c***@%.*s***%s", key[0], first_size(from), from,
	    strrchr(from, '.'));

	if (known)
		idn2_free(shown);
	return text;
}

/* What stands between "<", ":", ";", quotes and their like is for mail programs to judge. */
static enum address_reason check_shape(const char *text, size_t size)
{
	const char *at = strchr(text, '@');

	if (size == 0)
		return ADDRESS_EMPTY;
	if (strpbrk(text, ",;") != NULL || (at != NULL && strchr(at + 1, '@') != NULL))
		return ADDRESS_SEVERAL;
	if (at == NULL || strpbrk(text, " <>()[]\\\":") != NULL)
		return ADDRESS_MALFORMED;
	return ADDRESS_OK;
}

static void fill(struct arena *arena, const char *local, const char *domain, struct address *out)
{
	char *send = text_print(arena, "%s@%s", local, domain);
	char *key = lowered(arena, send);

	*out = (struct address){
		.send = send, .key = key, .domain = domain,
		.count = without_tag(arena, key), .mask = mask(arena, key, domain),
	};
}

enum address_reason address_parse(struct arena *arena, const char *text,
    struct address *out_address)
{
	size_t size = text != NULL ? strlen(text) : 0;

	while (size > 0 && text[size - 1] == ' ')
		size--;
	for (; size > 0 && *text == ' '; size--)
		text++;
	if (size == 0)
		return ADDRESS_EMPTY;
	if (size > INPUT_MAX)
		return ADDRESS_LONG;
	char *local = composed(arena, text, size);
	if (local == NULL)
		return ADDRESS_CONTROL;
	enum address_reason reason = check_shape(local, strlen(local));
	if (reason != ADDRESS_OK)
		return reason;
	char *at = strchr(local, '@');
	*at = '\0';
	reason = check_local(local);
	if (reason != ADDRESS_OK)
		return reason;
	const char *domain = domain_ascii(arena, at + 1);
	if (domain == NULL)
		return ADDRESS_DOMAIN;
	if (strlen(local) + 1 + strlen(domain) > ADDRESS_MAX)
		return ADDRESS_LONG;
	fill(arena, local, domain, out_address);
	return ADDRESS_OK;
}
