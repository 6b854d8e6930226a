/* What a request wishes beyond a sign-in: read within limits, and what is missing for it. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/pack.h"
#include "base/text.h"
#include "model/claims.h"
#include "model/wishes.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define EMAIL (UINT32_C(1) << 5)
#define NAME UINT32_C(1)

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(wishes, .fini = end);

static struct wishes read(const char *claims, const char *acr_values)
{
	struct wishes wishes = { 0 };
	char *text = text_copy(&arena, claims);

	for (char *at = text; at != NULL && *at != '\0'; at++)
		*at = (char)(*at == '\'' ? '"' : *at);
	const char *wrong = wishes_read(&arena, text, acr_values, &wishes);
	cr_assert(wrong == NULL, "%s: %s", claims, wrong);
	return wishes;
}

Test(wishes, req92_req93_what_is_asked_for_is_read)
{
	static const struct {
		const char *claims, *values, *contexts;
		bool must, mfa, mfa_must, unknown;
		uint32_t essential, id_token, userinfo;
	} rows[] = {
		{ .contexts = "" },
		{ .claims = "{}", .values = "", .contexts = "" },
		{ .claims = "{'id_token':null,'x':7}", .contexts = "" },
		{ .claims = "{'access_token':{'acrs':{'essential':true,'value':'c1'}}}",
		  .contexts = "\1", .must = true, .essential = 1 },
		{ .claims = "{'id_token':{'acrs':{'essential':true,'values':['c2','c99']}}}",
		  .contexts = "\2\143", .must = true, .essential = 3 },
		{ .claims = "{'access_token':{'acrs':{'value':'c1'}}}", .contexts = "\1" },
		{ .claims = "{'access_token':{'acrs':{'essential':true,'value':'c1'}}}",
		  .values = "c2 c1", .contexts = "\1\2", .must = true, .essential = 1 },
		{ .claims = "{'access_token':{'acrs':{'essential':true,'value':'c100'}}}",
		  .contexts = "", .must = true },
		{ .claims = "{'access_token':{'acrs':{'essential':true,'value':7}}}",
		  .contexts = "", .must = true },
		{ .claims = "{'access_token':{'acrs':{'essential':true}}}", .contexts = "" },
		{ .claims = "{'access_token':{'acrs':null}}", .contexts = "" },
		{ .claims = "{'userinfo':{'acrs':{'essential':true,'value':'c1'}}}",
		  .contexts = "" },
		{ .claims = "{'access_token':{'capolids':{'essential':true,'values':['x']}}}",
		  .contexts = "" },
		{ .values = "c1  c1 c7 x urn:other", .contexts = "\1\7" },
		{ .values = CLAIMS_ACR_MFA, .contexts = "", .mfa = true },
		{ .values = CLAIMS_ACR_MFA " " CLAIMS_ACR_SINGLE, .contexts = "", .mfa = true },
		{ .values = CLAIMS_ACR_SINGLE " " CLAIMS_ACR_MFA, .contexts = "" },
		{ .claims = "{'id_token':{'acr':{'essential':true,'value':'"
		  CLAIMS_ACR_MFA "'}}}",
		  .contexts = "", .mfa = true, .mfa_must = true },
		{ .claims = "{'id_token':{'acr':{'essential':true,'values':['x','"
		  CLAIMS_ACR_MFA "','" CLAIMS_ACR_SINGLE "']}}}",
		  .contexts = "", .mfa = true },
		{ .claims = "{'id_token':{'acr':{'essential':true,'value':'urn:gold'}}}",
		  .contexts = "", .unknown = true },
		{ .claims = "{'id_token':{'acr':{'value':'urn:gold'}}}", .contexts = "" },
		{ .claims = "{'id_token':{'acr':{'essential':true}}}", .contexts = "" },
		{ .claims = "{'id_token':{'email':null,'nonsense':null,'auth_time':"
		  "{'essential':true}},'userinfo':{'name':{'essential':true}}}",
		  .contexts = "", .id_token = EMAIL, .userinfo = NAME },
		{ .claims = "{'access_token':{'email':null}}", .contexts = "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wishes wishes = read(rows[i].claims, rows[i].values);
		cr_assert_eq(wishes.context_count, strlen(rows[i].contexts), "row %zu", i);
		cr_assert_arr_eq(wishes.contexts, rows[i].contexts, wishes.context_count);
		cr_assert_eq(wishes.essential, rows[i].essential, "row %zu", i);
		cr_assert_eq(wishes.context_must, rows[i].must, "row %zu", i);
		cr_assert_eq(wishes.mfa, rows[i].mfa, "row %zu", i);
		cr_assert_eq(wishes.mfa_must, rows[i].mfa_must, "row %zu", i);
		cr_assert_eq(wishes.acr_unknown, rows[i].unknown, "row %zu", i);
		cr_assert_eq(wishes.id_token, rows[i].id_token, "row %zu", i);
		cr_assert_eq(wishes.userinfo, rows[i].userinfo, "row %zu", i);
	}
}

Test(wishes, req227_what_is_no_such_object_is_refused_whole)
{
	static const char *const rows[] = { "{", "7", "[]", "null", "\"c1\"", "{\"id_token\":7}",
		"{\"id_token\":[]}", "{\"id_token\":{\"acr\":7}}",
		"{\"id_token\":{\"acr\":[\"c1\"]}}",
		"{\"id_token\":{\"acr\":{\"essential\":\"yes\"}}}",
		"{\"id_token\":{\"acr\":{\"values\":\"c1\"}}}",
		"{\"id_token\":{\"email\":null,\"email\":null}}", "{\"id_token\":{}} x",
		"{\"id_token\":{\"acrs\":{\"values\":[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7]}}}",
	};
	struct wishes wishes = { .id_token = 77 };
	char *large = arena_alloc(&arena, WISHES_TEXT_MOST + 2);

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert(wishes_read(&arena, rows[i], NULL, &wishes) != NULL, "%s", rows[i]);
	memset(large, ' ', WISHES_TEXT_MOST + 1);
	memcpy(large, "{}", 2);
	cr_assert(wishes_read(&arena, large, NULL, &wishes) != NULL);
	char *deep = text_copy(&arena, "");
	for (size_t i = 0; i < 40; i++)
		deep = text_print(&arena, "{\"id_token\":%s", deep);
	cr_assert(wishes_read(&arena, deep, NULL, &wishes) != NULL);
	char *wide = text_copy(&arena, "{\"id_token\":{");
	for (unsigned i = 0; i <= WISHES_CLAIMS_MOST; i++)
		wide = text_print(&arena, "%s%s\"c%u\":null", wide, i > 0 ? "," : "", i);
	cr_assert(wishes_read(&arena, text_print(&arena, "%s}}", wide), NULL, &wishes) != NULL);
	cr_assert_eq(wishes.id_token, 77);
}

Test(wishes, only_what_is_offered_stays_and_a_wish_for_the_rest_is_hopeless)
{
	struct sp_contexts offered = { { 0, 0 } };
	struct wishes wishes = read("{'access_token':{'acrs':{'essential':true,'values':"
	    "['c1','c70']}}}", "c2");

	wishes_context_add(&offered, 70);
	wishes_context_add(&offered, 2);
	wishes_keep(&wishes, offered);
	cr_assert_eq(wishes.context_count, 2);
	cr_assert_eq(wishes.contexts[0], 70);
	cr_assert_eq(wishes.essential, 1);
	cr_assert_not(wishes_hopeless(&wishes));
	offered.bits[1] = 0;
	wishes_keep(&wishes, offered);
	cr_assert(wishes.context_count == 1 && wishes.essential == 0);
	cr_assert(wishes_hopeless(&wishes));
	wishes = read(NULL, "c5 urn:gold");
	wishes_keep(&wishes, offered);
	cr_assert(wishes.context_count == 0 && !wishes_hopeless(&wishes));
}

#define PWD SP_FACTOR_PASSWORD
#define BOTH (SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND)
#define MUST(what) "{'access_token':{'acrs':{'essential':true," what "}}}"

Test(wishes, req92_req93_what_is_missing)
{
	static const struct {
		const char *claims, *values;
		uint32_t factors;
		struct wishes_verdict verdicts[2];
		uint32_t must, may;
		uint64_t met;
	} rows[] = {
		{ .factors = PWD },
		{ .values = CLAIMS_ACR_MFA, .factors = PWD, .may = SP_MFA },
		{ .values = CLAIMS_ACR_MFA, .factors = BOTH },
		{ .values = CLAIMS_ACR_MFA, .factors = SP_FACTOR_EMAIL_FIRST, .may = SP_MFA },
		{ .claims = "{'id_token':{'acr':{'essential':true,'value':'"
		  CLAIMS_ACR_MFA "'}}}",
		  .factors = PWD, .must = SP_MFA },
		{ .claims = MUST("'value':'c1'"), .factors = PWD,
		  .verdicts = { { SP_ALLOW, 0 } }, .met = 2 },
		{ .claims = MUST("'value':'c1'"), .factors = PWD,
		  .verdicts = { { SP_ALLOW, SP_MFA } }, .must = SP_BLOCK },
		{ .claims = MUST("'value':'c1'"), .factors = PWD,
		  .verdicts = { { SP_ASK, SP_MFA } }, .must = SP_MFA },
		{ .claims = MUST("'value':'c1'"), .factors = PWD, .verdicts = { { SP_ASK, 0 } },
		  .must = SP_BLOCK },
		{ .claims = MUST("'value':'c1'"), .factors = PWD,
		  .verdicts = { { SP_DENY, SP_BLOCK } }, .must = SP_BLOCK },
		{ .values = "c1", .factors = PWD, .verdicts = { { SP_DENY, SP_BLOCK } },
		  .may = SP_BLOCK },
		{ .values = "c1", .factors = PWD, .verdicts = { { SP_ASK, SP_MFA } },
		  .may = SP_MFA },
		{ .claims = MUST("'values':['c1','c2']"), .factors = PWD,
		  .verdicts = { { SP_ASK, SP_MFA }, { SP_ALLOW, 0 } }, .met = 4 },
		{ .claims = MUST("'values':['c1','c2']"), .factors = PWD,
		  .verdicts = { { SP_DENY, SP_BLOCK }, { SP_ASK, SP_AGAIN } }, .must = SP_AGAIN },
		{ .claims = MUST("'values':['c1','c2']"), .factors = PWD,
		  .verdicts = { { SP_ASK, SP_MFA }, { SP_DENY, SP_BLOCK } }, .must = SP_MFA },
		{ .claims = MUST("'value':'c1'"), .values = "c2", .factors = PWD,
		  .verdicts = { { SP_ASK, SP_MFA }, { SP_ALLOW, 0 } }, .must = SP_MFA, .met = 4 },
		{ .claims = MUST("'value':'c1'"), .values = "c2", .factors = PWD,
		  .verdicts = { { SP_ALLOW, 0 }, { SP_DENY, SP_BLOCK } }, .may = SP_BLOCK,
		  .met = 2 },
		{ .claims = MUST("'value':'c100'"), .factors = BOTH, .must = SP_BLOCK },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wishes wishes = read(rows[i].claims, rows[i].values);
		struct wishes_state state = wishes_judge(&wishes, rows[i].verdicts, rows[i].factors);
		cr_assert_eq(state.must, rows[i].must, "row %zu", i);
		cr_assert_eq(state.may, rows[i].may, "row %zu", i);
		cr_assert_eq(state.met.bits[0], rows[i].met, "row %zu", i);
	}
}

Test(wishes, what_is_packed_comes_back)
{
	struct wishes out, wishes = read("{'id_token':{'acr':{'essential':true,'value':'"
	    CLAIMS_ACR_MFA "'},'email':null},'userinfo':{'name':null}}", "c3 c99");
	struct pack pack;
	struct unpack unpack;

	pack_begin(&pack, &arena, 1);
	wishes_pack(&pack, &wishes);
	unpack_begin(&unpack, &arena, pack_end(&pack), 1);
	wishes_unpack(&unpack, &out);
	cr_assert(unpack_ok(&unpack));
	cr_assert_arr_eq(out.contexts, wishes.contexts, sizeof(out.contexts));
	cr_assert(out.context_count == 2 && out.mfa && out.mfa_must && !out.context_must);
	cr_assert(out.id_token == EMAIL && out.userinfo == NAME && out.essential == 0);
}
