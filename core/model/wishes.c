#include "model/wishes.h"

#include "base/pack.h"
#include "base/text.h"
#include "model/claims.h"
#include "model/policy.h"

#include <string.h>

const char *const wishes_claims[] = { "name", "given_name", "family_name", "locale",
	"preferred_username", "email", "email_verified", "address", NULL };

bool wishes_context_in(struct sp_contexts contexts, unsigned number)
{
	return number < 128 && (contexts.bits[number / 64] >> number % 64 & 1) != 0;
}

void wishes_context_add(struct sp_contexts *contexts, unsigned number)
{
	if (number < 128)
		contexts->bits[number / 64] |= UINT64_C(1) << number % 64;
}

static void add_context(struct wishes *wishes, const char *text, bool essential)
{
	unsigned number = policy_context(text);
	size_t at = 0;

	while (at < wishes->context_count && wishes->contexts[at] != number)
		at++;
	if (number == 0 || at == WISHES_CONTEXTS_MOST)
		return;
	wishes->contexts[at] = (uint8_t)number;
	wishes->context_count += at == wishes->context_count;
	wishes->essential |= (essential ? UINT32_C(1) : 0) << at;
}

/* Of the values of one wish about acr: which of ours is the first, and whether one will do that
 * every sign-in has. */
struct acr { bool any, mfa_first, single; };

static void acr_take(struct acr *acr, const char *value)
{
	bool mfa = strcmp(value, CLAIMS_ACR_MFA) == 0, single = strcmp(value, CLAIMS_ACR_SINGLE) == 0;

	if (mfa && !acr->any)
		acr->mfa_first = true;
	acr->any = acr->any || mfa || single;
	acr->single = acr->single || single;
}

static void acr_end(struct wishes *wishes, const struct acr *acr, bool essential)
{
	wishes->mfa = wishes->mfa || acr->mfa_first;
	wishes->mfa_must = wishes->mfa_must || (essential && acr->any && !acr->single);
	wishes->acr_unknown = wishes->acr_unknown || (essential && !acr->any);
}

/* "value", or "values", of one claim; a claim without either is wanted as it is. */
static size_t value_count(const json_t *claim)
{
	return json_object_get(claim, "value") != NULL ? 1 :
	    json_array_size(json_object_get(claim, "values"));
}

static const char *value_at(const json_t *claim, size_t index)
{
	const json_t *one = json_object_get(claim, "value");

	if (one == NULL)
		one = json_array_get(json_object_get(claim, "values"), index);
	return json_string_value(one);
}

static void read_acr(struct wishes *wishes, const json_t *claim)
{
	struct acr acr = { false, false, false };
	size_t count = value_count(claim);

	for (size_t i = 0; i < count; i++)
		if (value_at(claim, i) != NULL)
			acr_take(&acr, value_at(claim, i));
	if (count > 0)
		acr_end(wishes, &acr, json_flag(claim, "essential", false));
}

static void read_acrs(struct wishes *wishes, const json_t *claim)
{
	bool essential = json_flag(claim, "essential", false);
	size_t count = value_count(claim);

	for (size_t i = 0; i < count; i++)
		add_context(wishes, value_at(claim, i), essential);
	wishes->context_must = wishes->context_must || (count > 0 && essential);
}

static uint32_t claim_bit(const char *name)
{
	for (unsigned i = 0; wishes_claims[i] != NULL; i++)
		if (strcmp(wishes_claims[i], name) == 0)
			return UINT32_C(1) << i;
	return 0;
}

/* Null, or an object whose members are of the types that 5.5.1 gives them. */
static bool claim_shaped(const json_t *claim)
{
	const json_t *essential = json_object_get(claim, "essential");
	const json_t *values = json_object_get(claim, "values");

	if (json_is_null(claim))
		return true;
	return json_is_object(claim) && (essential == NULL || json_is_boolean(essential)) &&
	    (values == NULL || (json_is_array(values) &&
	    json_array_size(values) <= WISHES_VALUES_MOST));
}

enum place { PLACE_ID_TOKEN, PLACE_ACCESS_TOKEN, PLACE_USERINFO };

static const char *read_place(struct wishes *wishes, const json_t *object, enum place place)
{
	uint32_t none = 0, *bits = place == PLACE_ID_TOKEN ? &wishes->id_token :
	    place == PLACE_USERINFO ? &wishes->userinfo : &none;
	const char *name;
	json_t *claim;

	if (object == NULL || json_is_null(object))
		return NULL;
	if (!json_is_object(object) || json_object_size(object) > WISHES_CLAIMS_MOST)
		return "claims: a member is not an object, or holds too much";
	json_object_foreach((json_t *)(uintptr_t)object, name, claim) {
		if (!claim_shaped(claim))
			return "claims: a claim is neither null nor an object as it should be";
		*bits |= claim_bit(name);
		if (place == PLACE_USERINFO || json_is_null(claim))
			continue;
		if (strcmp(name, "acr") == 0)
			read_acr(wishes, claim);
		else if (strcmp(name, "acrs") == 0)
			read_acrs(wishes, claim);
	}
	return NULL;
}

static const char *read_claims(struct wishes *wishes, const char *text)
{
	static const char *const places[] = { [PLACE_ID_TOKEN] = "id_token",
		[PLACE_ACCESS_TOKEN] = "access_token", [PLACE_USERINFO] = "userinfo" };
	struct sp_error error;
	size_t size = strlen(text);

	if (size > WISHES_TEXT_MOST)
		return "claims is too long";
	json_t *claims = json_read(text, size, &error);
	const char *wrong = json_is_object(claims) ? NULL : "claims is not a JSON object";
	for (size_t i = 0; wrong == NULL && i < sizeof(places) / sizeof(places[0]); i++)
		wrong = read_place(wishes, json_object_get(claims, places[i]), (enum place)i);
	json_decref(claims);
	return wrong;
}

/* Voluntary, all of it: what makes no sense here is passed over (requirement 91). */
static void read_values(struct wishes *wishes, struct arena *arena, const char *text)
{
	struct acr acr = { false, false, false };
	size_t words = 0;

	for (size_t size; *text != '\0' && words < WISHES_VALUES_MOST; text += size, words++) {
		size = strcspn(text, " ");
		const char *word = text_part(arena, text, size);
		add_context(wishes, word, false);
		acr_take(&acr, word);
		size += strspn(text + size, " ");
	}
	acr_end(wishes, &acr, false);
}

const char *wishes_read(struct arena *arena, const char *claims, const char *acr_values,
    struct wishes *out_wishes)
{
	struct wishes wishes = { 0 };
	const char *wrong = text_empty(claims) ? NULL : read_claims(&wishes, claims);

	if (wrong != NULL)
		return wrong;
	if (!text_empty(acr_values))
		read_values(&wishes, arena, acr_values);
	*out_wishes = wishes;
	return NULL;
}

void wishes_keep(struct wishes *wishes, struct sp_contexts offered)
{
	struct wishes before = *wishes;

	wishes->context_count = 0;
	wishes->essential = 0;
	for (size_t i = 0; i < before.context_count; i++) {
		if (!wishes_context_in(offered, before.contexts[i]))
			continue;
		wishes->essential |= (before.essential >> i & 1) << wishes->context_count;
		wishes->contexts[wishes->context_count++] = before.contexts[i];
	}
}

struct sp_contexts wishes_contexts(const struct wishes *wishes)
{
	struct sp_contexts contexts = { { 0, 0 } };

	for (size_t i = 0; i < wishes->context_count; i++)
		wishes_context_add(&contexts, wishes->contexts[i]);
	return contexts;
}

bool wishes_hopeless(const struct wishes *wishes)
{
	return wishes->acr_unknown || (wishes->context_must && wishes->essential == 0);
}

static bool verdict_met(const struct wishes_verdict *verdict)
{
	return verdict->decision == SP_ALLOW && verdict->missing == 0;
}

/* Of those that are essential, or of those that aren't: nothing, when one is met; else what the
 * first that may still be met asks for. */
static uint32_t contexts_missing(const struct wishes *wishes,
    const struct wishes_verdict *verdicts, bool essential)
{
	uint32_t missing = 0;

	for (size_t i = 0; i < wishes->context_count; i++) {
		const struct wishes_verdict *verdict = &verdicts[i];
		if (((wishes->essential >> i & 1) != 0) != essential)
			continue;
		if (verdict_met(verdict))
			return 0;
		bool asks = verdict->decision == SP_ASK && verdict->missing != 0;
		if (asks && (missing == 0 || missing == SP_BLOCK))
			missing = verdict->missing;
		else if (missing == 0)
			missing = SP_BLOCK;
	}
	return missing;
}

struct wishes_state wishes_judge(const struct wishes *wishes,
    const struct wishes_verdict *verdicts, uint32_t factors)
{
	struct wishes_state state = { .must = contexts_missing(wishes, verdicts, true),
		.may = contexts_missing(wishes, verdicts, false) };
	bool passed = strcmp(claims_acr(factors), CLAIMS_ACR_MFA) == 0;
	uint32_t mfa = (wishes->mfa || wishes->mfa_must) && !passed ? SP_MFA : 0;

	for (size_t i = 0; i < wishes->context_count; i++)
		if (verdict_met(&verdicts[i]))
			wishes_context_add(&state.met, wishes->contexts[i]);
	if (wishes->context_must && wishes->essential == 0)
		state.must |= SP_BLOCK;
	*(wishes->mfa_must ? &state.must : &state.may) |= mfa;
	return state;
}

enum { CONTEXT_MUST = 1 << 0, MFA = 1 << 1, MFA_MUST = 1 << 2, ACR_UNKNOWN = 1 << 3 };

void wishes_pack(struct pack *pack, const struct wishes *wishes)
{
	pack_bytes(pack, wishes->contexts, wishes->context_count);
	pack_number(pack, (wishes->context_must ? CONTEXT_MUST : 0u) |
	    (wishes->mfa ? MFA : 0u) | (wishes->mfa_must ? MFA_MUST : 0u) |
	    (wishes->acr_unknown ? ACR_UNKNOWN : 0u));
	pack_number(pack, wishes->essential);
	pack_number(pack, wishes->id_token);
	pack_number(pack, wishes->userinfo);
}

void wishes_unpack(struct unpack *unpack, struct wishes *out_wishes)
{
	struct wishes wishes = { 0 };
	struct sp_bytes contexts = unpack_bytes(unpack);
	uint64_t flags = unpack_number(unpack);

	if (contexts.size > sizeof(wishes.contexts))
		unpack->wrong = true;
	else if (contexts.size > 0)
		memcpy(wishes.contexts, contexts.data, contexts.size);
	wishes.context_count = unpack->wrong ? 0 : contexts.size;
	wishes.context_must = (flags & CONTEXT_MUST) != 0;
	wishes.mfa = (flags & MFA) != 0;
	wishes.mfa_must = (flags & MFA_MUST) != 0;
	wishes.acr_unknown = (flags & ACR_UNKNOWN) != 0;
	wishes.essential = (uint32_t)unpack_number(unpack);
	wishes.id_token = (uint32_t)unpack_number(unpack);
	wishes.userinfo = (uint32_t)unpack_number(unpack);
	*out_wishes = wishes;
}
