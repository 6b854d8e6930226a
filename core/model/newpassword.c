#include "model/newpassword.h"

#include "base/text.h"
#include "model/newpassword_list.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define BYTES_MOST 4096u	/* before it is composed; 256 code points are at most 1 KiB then */
#define POINTS_MOST 256
#define PERSONAL_LEAST 4u	/* characters; shorter names lie in too many passwords */
#define PERIOD_MOST 3u		/* "aaaaaaaa", "abababab", "abcabcabc" */

/* Composed and folded text, on utf8proc's heap until fold_done() wipes it. NULL: no UTF-8. */
static char *fold(const void *data, size_t size, bool ignore_case)
{
	utf8proc_uint8_t *text = NULL;
	utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;

	if (ignore_case)
		options |= UTF8PROC_CASEFOLD;
	if (utf8proc_map(data, (utf8proc_ssize_t)size, &text, options) < 0)
		return NULL;
	return (char *)text;
}

static void fold_done(char *text)
{
	if (text != NULL)
		sodium_memzero(text, strlen(text));
	free(text);
}

static int64_t points_of(const char *text)
{
	int64_t count = 0;

	for (; *text != '\0'; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

static int word_compare(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

static bool listed(const char *const *words, size_t count, const char *word)
{
	return bsearch(word, words, count, sizeof(*words), word_compare) != NULL;
}

/* "p@ssw0rd" reads as "password". */
static void plain_letters(char *text)
{
	static const char from[] = "@430157$!", to[] = "aaeoistsi";

	for (; *text != '\0'; text++) {
		const char *at = strchr(from, *text);
		if (at != NULL)
			*text = to[at - from];
	}
}

/* A common word with a common end, or with none: the whole password, not a part of it. */
static bool common_word(const char *password)
{
	char word[NEWPASSWORD_WORD_MOST + 1];
	size_t size = strlen(password);
	bool found = false;

	for (size_t i = 0; i < newpassword_end_count && !found; i++) {
		size_t end = strlen(newpassword_ends[i]);
		if (end >= size || size - end > NEWPASSWORD_WORD_MOST ||
		    strcmp(password + size - end, newpassword_ends[i]) != 0)
			continue;
		memcpy(word, password, size - end);
		word[size - end] = '\0';
		found = listed(newpassword_words, newpassword_word_count, word);
		plain_letters(word);
		found |= listed(newpassword_words, newpassword_word_count, word);
	}
	sodium_memzero(word, sizeof(word));
	return found;
}

static bool repeats(const char *password)
{
	size_t size = strlen(password);

	for (size_t period = 1; period <= PERIOD_MOST; period++)
		if (size > period && memcmp(password, password + period, size - period) == 0)
			return true;
	return false;
}

/* "abcdefgh", "87654321": each one up, or each one down. */
static bool runs(const char *password)
{
	int step = password[1] - password[0];

	if (step != 1 && step != -1)
		return false;
	for (size_t i = 1; password[i] != '\0'; i++)
		if (password[i] - password[i - 1] != step)
			return false;
	return true;
}

static bool common(const char *folded)
{
	return listed(newpassword_list, newpassword_list_count, folded) || common_word(folded) ||
	    repeats(folded) || runs(folded);
}

/* Also without its spaces: "woodgrovegroceries". */
static bool holds(const char *folded, const char *name, size_t size)
{
	char *part = fold(name, size, true);
	bool found = false;

	if (part != NULL && points_of(part) >= PERSONAL_LEAST)
		found = strstr(folded, part) != NULL;
	if (part != NULL && !found && strchr(part, ' ') != NULL) {
		char *to = part;
		for (const char *from = part; *from != '\0'; from++)
			if (*from != ' ')
				*to++ = *from;
		*to = '\0';
		found = points_of(part) >= PERSONAL_LEAST && strstr(folded, part) != NULL;
	}
	fold_done(part);
	return found;
}

static bool names(const char *folded, const char *name)
{
	return name != NULL && holds(folded, name, strlen(name));
}

static bool personal(const struct tenant *tenant, const struct app *app, const char *address,
    const char *folded)
{
	return (address != NULL && holds(folded, address, strcspn(address, "@+"))) ||
	    names(folded, address) || names(folded, tenant->name) ||
	    names(folded, tenant->display_name) || (app != NULL && names(folded, app->display_name));
}

static enum newpassword_verdict judge(const struct tenant *tenant, const struct app *app,
    const char *address, const char *composed)
{
	int64_t points = points_of(composed);

	if (!text_plain(composed))
		return NEWPASSWORD_BAD;
	if (points < tenant->settings.password_least)
		return NEWPASSWORD_SHORT;
	if (points > POINTS_MOST)
		return NEWPASSWORD_LONG;
	char *folded = fold(composed, strlen(composed), true);
	enum newpassword_verdict verdict = NEWPASSWORD_GOOD;
	if (folded == NULL)
		verdict = NEWPASSWORD_BAD;
	else if (common(folded))
		verdict = NEWPASSWORD_COMMON;
	else if (personal(tenant, app, address, folded))
		verdict = NEWPASSWORD_PERSONAL;
	fold_done(folded);
	return verdict;
}

enum newpassword_verdict newpassword_judge(const struct tenant *tenant, const struct app *app,
    const char *address, struct secret password)
{
	if (password.size > BYTES_MOST)
		return NEWPASSWORD_LONG;
	if (password.size == 0)
		return NEWPASSWORD_SHORT;
	if (!text_utf8((const char *)password.data, password.size))
		return NEWPASSWORD_BAD;
	/* Counted as it will be hashed: composed (requirement 116). */
	char *composed = fold(password.data, password.size, false);
	if (composed == NULL)
		return NEWPASSWORD_BAD;
	enum newpassword_verdict verdict = judge(tenant, app, address, composed);
	fold_done(composed);
	return verdict;
}
