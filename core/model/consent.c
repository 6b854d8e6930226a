#include "model/consent.h"

#include "base/text.h"
#include "model/account.h"
#include "model/grant.h"
#include "model/words.h"

static bool consent_stands(const struct consent *consent, const struct account *account)
{
	return consent->scope != NULL && consent->given >= account->created;
}

const char *consent_missing(struct arena *arena, const struct consent *consent,
    const struct account *account, const char *scope)
{
	const char *missing = "", *word;
	bool stands = consent_stands(consent, account);

	while ((word = words_next(arena, &scope)) != NULL)
		if (!stands || !text_word(consent->scope, word))
			missing = words_add(arena, missing, word);
	return missing;
}

void consent_widen(struct arena *arena, struct consent *consent, const char *scope, int64_t now)
{
	const char *word;

	if (consent->scope == NULL) {
		consent->scope = "";
		consent->given = now;
	}
	while ((word = words_next(arena, &scope)) != NULL)
		consent->scope = words_add(arena, consent->scope, word);
}

bool consent_carries(struct arena *arena, const struct consent *consent,
    const struct account *account, const struct grant *grant)
{
	return grant->began >= consent->given &&
	    consent_missing(arena, consent, account, grant->scope)[0] == '\0';
}
