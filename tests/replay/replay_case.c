/* replay_case.c - a case line as facts */
#include "replay.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/policy.h"
#include "model/session.h"
#include "model/wishes.h"

#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1764000000000)

struct name { const char *word; uint32_t bit; };

static const struct name platforms[] = { { "android", SP_ANDROID }, { "iOS", SP_IOS },
	{ "windows", SP_WINDOWS }, { "windowsPhone", SP_WINDOWS_PHONE }, { "macOS", SP_MACOS },
	{ "linux", SP_LINUX }, { "strange", SP_PLATFORM_UNKNOWN }, { NULL, 0 } };
static const struct name clients[] = { { "browser", SP_BROWSER }, { "native", SP_NATIVE },
	{ "other", SP_CLIENT_OTHER }, { "sync", SP_ACTIVE_SYNC }, { NULL, 0 } };
static const struct name factors[] = { { "nothing", 0 }, { "password", SP_FACTOR_PASSWORD },
	{ "code", SP_FACTOR_EMAIL_FIRST }, { "email", SP_FACTOR_EMAIL_SECOND },
	{ "totp", SP_FACTOR_TOTP }, { "passkey", SP_FACTOR_PASSKEY },
	{ "key", SP_FACTOR_SECURITY_KEY },
	{ "recovery", SP_FACTOR_RECOVERY }, { "sms", SP_FACTOR_SMS }, { "link", SP_FACTOR_LINK },
	{ NULL, 0 } };

static uint32_t bit_of(const struct line *line, const struct name *names, const char *word)
{
	while (names->word != NULL && strcmp(names->word, word) != 0)
		names++;
	if (names->word == NULL)
		line_wrong(line, word, "no such word");
	return names->bit;
}

static uint32_t bits_of(const struct line *line, const struct name *names, const char *words)
{
	char *copy = text_copy(line->arena, words), *rest = copy, *word;
	uint32_t bits = 0;

	while ((word = strsep(&rest, ",")) != NULL)
		bits |= bit_of(line, names, word);
	return bits;
}

static void ids_add(struct arena *arena, struct sp_ids *ids, struct sp_id id)
{
	struct sp_id *all = arena_alloc(arena, (ids->count + 1) * sizeof(*all));

	if (ids->count > 0)
		memcpy(all, ids->sorted, ids->count * sizeof(*all));
	all[ids->count] = id;
	*ids = (struct sp_ids){ id_sort(all, ids->count + 1), all };
}

static void places_take(const struct line *line, struct sp_facts *facts, const char *words)
{
	char *copy = text_copy(line->arena, words), *rest = copy, *word;

	while ((word = strsep(&rest, ",")) != NULL)
		ids_add(line->arena, &facts->locations, line_id('l', word));
}

static void contexts_take(const struct line *line, struct sp_facts *facts, const char *words)
{
	char *copy = text_copy(line->arena, words), *rest = copy, *word;

	while ((word = strsep(&rest, ",")) != NULL) {
		if (policy_context(word) == 0)
			line_wrong(line, word, "no context");
		wishes_context_add(&facts->contexts, policy_context(word));
	}
}

static void fact_take(const struct line *line, struct sp_facts *facts, const char *word)
{
	const char *value = strchr(word, '=') != NULL ? strchr(word, '=') + 1 : "";

	if (word[0] == '@')
		ids_add(line->arena, &facts->groups, line_id('g', word + 1));
	else if (strncmp(word, "on=", 3) == 0)
		facts->platform = bit_of(line, platforms, value);
	else if (strncmp(word, "by=", 3) == 0)
		facts->client = bit_of(line, clients, value);
	else if (strncmp(word, "at=", 3) == 0)
		places_take(line, facts, value);
	else if (strncmp(word, "for=", 4) == 0)
		contexts_take(line, facts, value);
	else if (strncmp(word, "passed=", 7) == 0)
		facts->factors = bits_of(line, factors, value);
	else if (strncmp(word, "signed=", 7) == 0)
		facts->signed_in = NOW + line_span(line, value);
	else if (strncmp(word, "second=", 7) == 0)
		facts->factor_time = NOW + line_span(line, value);
	else if (strncmp(word, "began=", 6) == 0)
		facts->began = NOW + line_span(line, value) - SESSION_SKEW;
	else
		line_wrong(line, word, "no such word of a case");
}

/* A second factor that is passed and of which nothing is said, was passed now. */
size_t line_case(const struct line *line, struct sp_facts *out_facts)
{
	struct sp_facts facts = { .factors = SP_FACTOR_PASSWORD, .signed_in = NOW, .now = NOW,
		.began = NOW - SESSION_SKEW };
	size_t at = 3;

	if (line->count < 4)
		line_wrong(line, "case", "needs a customer, an application and =>");
	facts.user = line_id('u', line->words[1]);
	facts.target = line_id('a', line->words[2]);
	for (; at < line->count && strcmp(line->words[at], "=>") != 0; at++)
		fact_take(line, &facts, line->words[at]);
	if (at == line->count)
		line_wrong(line, "case", "has no =>");
	if (facts.factor_time == 0 && (facts.factors & SP_FACTORS_SECOND) != 0)
		facts.factor_time = NOW;
	*out_facts = facts;
	return at + 1;
}
