#include "model/passcode.h"

#include "base/arena.h"
#include "base/random.h"
#include "base/text.h"

#include <string.h>
#include <utf8proc.h>

#define TYPED_MOST 256u		/* bytes; more is no code, however it is spaced */

/* Where the ten digits of a script begin. */
static const int32_t digit_zeros[] = {
	0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
	0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xff10,
};

static int digit_value(int32_t point)
{
	for (size_t i = 0; i < sizeof(digit_zeros) / sizeof(digit_zeros[0]); i++)
		if (point >= digit_zeros[i] && point <= digit_zeros[i] + 9)
			return (int)(point - digit_zeros[i]);
	return -1;
}

/* What people put between digits, and what comes along when they copy from right-to-left text. */
static bool digit_between(int32_t point)
{
	utf8proc_category_t category = utf8proc_category(point);

	return (point >= '\t' && point <= '\r') || point == 0x2212 ||
	    category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_PD ||
	    category == UTF8PROC_CATEGORY_CF;
}

const char *passcode_normalise(struct arena *arena, const char *typed, int64_t digits)
{
	size_t left = typed == NULL ? 0 : strnlen(typed, TYPED_MOST + 1);
	char *code = arena_alloc(arena, TYPED_MOST + 1), *at = code;
	int32_t point;

	if (left > TYPED_MOST)
		return NULL;
	while (left > 0) {
		utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)typed,
		    (utf8proc_ssize_t)left, &point);
		if (length <= 0)
			return NULL;
		typed += length;
		left -= (size_t)length;
		int value = digit_value(point);
		if (value >= 0)
			*at++ = (char)('0' + value);
		else if (!digit_between(point))
			return NULL;
	}
	return at - code == digits ? code : NULL;
}

static bool hash_same(const uint8_t a[32], const uint8_t b[32])
{
	return secret_equal((struct secret){ a, 32 }, (struct secret){ b, 32 });
}

enum passcode_verdict passcode_judge(const struct passcode *passcode, const uint8_t hash[32],
    int64_t now)
{
	bool right = hash_same(passcode->hash, hash), replaced = false;

	/* All places, filled or not: how many there are doesn't show in the time. */
	for (size_t i = 0; i < PASSCODE_OLD; i++) {
		bool same = hash_same(passcode->old[i], hash);
		replaced |= same & (i < passcode->old_count);
	}
	if (passcode->decoy)
		return PASSCODE_WRONG;
	if (right)
		return now < passcode->expires ? PASSCODE_RIGHT : PASSCODE_EXPIRED;
	return replaced ? PASSCODE_REPLACED : PASSCODE_WRONG;
}

bool passcode_may_resend(const struct passcode *passcode, const struct settings *settings,
    int64_t now, int64_t *out_wait)
{
	int64_t wait = passcode->sent + settings->resend_after - now;

	if (passcode->resends >= settings->resend_limit) {
		*out_wait = -1;
		return false;
	}
	*out_wait = wait > 0 ? wait : 0;
	return wait <= 0;
}

void passcode_replace(struct passcode *passcode, const uint8_t hash[32], const char *reference,
    const struct settings *settings, int64_t now)
{
	if (passcode->old_count >= PASSCODE_OLD) {
		memmove(passcode->old[0], passcode->old[1], sizeof(passcode->old[0]) *
		    (PASSCODE_OLD - 1));
		passcode->old_count = PASSCODE_OLD - 1;
	}
	memcpy(passcode->old[passcode->old_count++], passcode->hash, 32);
	memcpy(passcode->hash, hash, 32);
	passcode->reference = reference;
	passcode->sent = now;
	passcode->expires = now + settings->passcode_lifetime;
	passcode->resends++;
	passcode->refused = false;	/* this one is not, or not yet */
}

/* No vowels, so that no words come out; no two letters that look or sound alike in most fonts. */
void passcode_reference(char out_text[6])
{
	static const char letters[] = "CDFGHJKLMNPQRTVWXY";

	for (size_t i = 0; i < 5; i++)
		out_text[i] = letters[random_below(sizeof(letters) - 1)];
	out_text[5] = '\0';
}
