/*
 * policy_table.c - what must come out, said by hand
 *
 * Requirements 181, 182, 184, 187 and SEMANTICS 4.1.
 */
#include "check/policy.h"

/* Rows say what differs from the usual. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* The table. Customer `u` of group `g`, at app `a`, password passed. */

static const struct sp_id u = { { 'u' } }, v = { { 'v' } }, g = { { 'g' } }, h = { { 'h' } },
    a = { { 'a' } }, b = { { 'b' } }, home = { { 'l' } }, away = { { 'm' } },
    rules = { { 't' } };

#define IDS(id) { 1, &(id) }
#define ALL { .all = true }
#define BASE .state = SP_ON, .users = ALL, .apps = ALL, .locations = ALL, \
	.platforms = SP_EVERY, .clients = SP_EVERY
#define WHO .user = { { 'u' } }, .groups = IDS(g), .target = { { 'a' } }, \
	.locations = IDS(home), .factors = SP_FACTOR_PASSWORD, .signed_in = 1000, \
	.began = 900, .now = 2000

const struct policy_row policy_rows[] = {
	{ "one that is off does nothing", { { BASE, .state = SP_OFF, .controls = SP_BLOCK } },
	  { WHO }, SP_ALLOW, 0, { SP_NOT_ENABLED }, { SP_BY_STATE } },
	{ "MFA is asked for", { { BASE, .controls = SP_MFA } },
	  { WHO }, SP_ASK, SP_MFA, { SP_UNMET }, { SP_NONE } },
	{ "MFA is met", { { BASE, .controls = SP_MFA } },
	  { WHO, .factors = SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND, .factor_time = 1000 },
	  SP_ALLOW, 0, { SP_MET }, { SP_NONE } },
	{ "email as first factor is no second", { { BASE, .controls = SP_MFA } },
	  { WHO, .factors = SP_FACTOR_EMAIL_FIRST }, SP_ASK, SP_MFA, { SP_UNMET }, { 0 } },
	{ "a block beats all", { { BASE, .controls = SP_MFA }, { BASE, .controls = SP_BLOCK },
	  { BASE, .controls = SP_TERMS, .terms = IDS(rules) } },
	  { WHO }, SP_DENY, SP_BLOCK, { SP_UNMET, SP_UNMET, SP_UNMET }, { 0 } },
	{ "both policies must be met", { { BASE, .controls = SP_MFA },
	  { BASE, .controls = SP_TERMS, .terms = IDS(rules) } },
	  { WHO }, SP_ASK, SP_MFA | SP_TERMS, { SP_UNMET, SP_UNMET }, { 0 } },
	{ "report-only changes nothing", { { BASE, .state = SP_REPORT_ONLY, .controls = SP_BLOCK },
	  { BASE, .state = SP_REPORT_ONLY, .controls = SP_MFA },
	  { BASE, .state = SP_REPORT_ONLY, .frequency = 5000 } }, { WHO }, SP_ALLOW, 0,
	  { SP_REPORT_BLOCKED, SP_REPORT_ASKED, SP_REPORT_MET }, { 0 } },
	{ "report-only of somebody else", { { BASE, .state = SP_REPORT_ONLY,
	  .users = { .include = IDS(v) }, .controls = SP_MFA } },
	  { WHO }, SP_ALLOW, 0, { SP_REPORT_NOT_APPLIED }, { SP_BY_USER } },
	{ "nobody is included", { { BASE, .users = { .all = false }, .controls = SP_BLOCK } },
	  { WHO }, SP_ALLOW, 0, { SP_NOT_APPLIED }, { SP_BY_USER } },
	{ "a user by id", { { BASE, .users = { .include = IDS(u) }, .controls = SP_BLOCK } },
	  { WHO }, SP_DENY, SP_BLOCK, { SP_UNMET }, { 0 } },
	{ "exclude beats all", { { BASE, .users = { .all = true, .exclude = IDS(u) },
	  .controls = SP_BLOCK } }, { WHO }, SP_ALLOW, 0, { SP_NOT_APPLIED }, { SP_BY_USER } },
	{ "exclude of a group beats include of the user", { { BASE,
	  .users = { .include = IDS(u) }, .groups = { .exclude = IDS(g) }, .controls = SP_BLOCK } },
	  { WHO }, SP_ALLOW, 0, { SP_NOT_APPLIED }, { SP_BY_USER } },
	{ "a group, or another", { { BASE, .users = { .include = IDS(v) },
	  .groups = { .include = IDS(g) }, .controls = SP_MFA }, { BASE, .users = { .all = false },
	  .groups = { .include = IDS(h) }, .controls = SP_BLOCK } },
	  { WHO }, SP_ASK, SP_MFA, { SP_UNMET, SP_NOT_APPLIED }, { SP_NONE, SP_BY_USER } },
	{ "an app that is excluded", { { BASE, .apps = { .all = true, .exclude = IDS(a) },
	  .controls = SP_BLOCK }, { BASE, .apps = { .include = IDS(b) }, .controls = SP_BLOCK },
	  { BASE, .apps = { .include = IDS(a) }, .controls = SP_MFA } }, { WHO }, SP_ASK, SP_MFA,
	  { SP_NOT_APPLIED, SP_NOT_APPLIED, SP_UNMET }, { SP_BY_APP, SP_BY_APP, SP_NONE } },
	{ "a context, and not its apps", { { BASE, .contexts = { { 2, 0 } }, .controls = SP_MFA },
	  { BASE, .contexts = { { 0, 1u << 3 } }, .controls = SP_BLOCK } },
	  { WHO, .contexts = { { 6, 0 } } }, SP_ASK, SP_MFA, { SP_UNMET, SP_NOT_APPLIED },
	  { SP_NONE, SP_BY_CONTEXT } },
	{ "platforms and clients", { { BASE, .platforms = SP_EVERY & ~(uint32_t)SP_IOS,
	  .controls = SP_BLOCK }, { BASE, .clients = SP_NATIVE, .controls = SP_BLOCK },
	  { BASE, .platforms = SP_IOS, .clients = SP_BROWSER, .controls = SP_MFA } },
	  { WHO, .platform = SP_IOS, .client = SP_BROWSER }, SP_ASK, SP_MFA,
	  { SP_NOT_APPLIED, SP_NOT_APPLIED, SP_UNMET }, { SP_BY_PLATFORM, SP_BY_CLIENT, 0 } },
	{ "what is unknown is neither this nor that, but one of all", {
	  { BASE, .platforms = SP_IOS, .controls = SP_BLOCK },
	  { BASE, .platforms = SP_EVERY & ~(uint32_t)SP_IOS, .controls = SP_MFA } }, { WHO },
	  SP_ASK, SP_MFA, { SP_NOT_APPLIED, SP_UNMET }, { SP_BY_PLATFORM, SP_NONE } },
	{ "locations", { { BASE, .locations = { .include = IDS(away) }, .controls = SP_BLOCK },
	  { BASE, .locations = { .all = true, .exclude = IDS(home) }, .controls = SP_BLOCK },
	  { BASE, .locations = { .include = IDS(home) }, .controls = SP_MFA } }, { WHO }, SP_ASK,
	  SP_MFA, { SP_NOT_APPLIED, SP_NOT_APPLIED, SP_UNMET },
	  { SP_BY_LOCATION, SP_BY_LOCATION, 0 } },
	{ "no address is at no place", { { BASE, .locations = { .all = true, .exclude = IDS(home) },
	  .controls = SP_MFA } }, { WHO, .locations = { 0, NULL } }, SP_ASK, SP_MFA,
	  { SP_UNMET }, { 0 } },
	{ "an unknown control blocks", { { BASE, .controls = 1u << 20 | SP_MFA, .any_of = true } },
	  { WHO, .factors = SP_FACTOR_TOTP, .factor_time = 1000 }, SP_DENY, SP_BLOCK,
	  { SP_UNMET }, { 0 } },
	{ "a policy without any control blocks", { { BASE } },
	  { WHO }, SP_DENY, SP_BLOCK, { SP_UNMET }, { 0 } },
	{ "one of several, none met: the first", { { BASE, .any_of = true, .terms = IDS(rules),
	  .controls = SP_MFA | SP_TERMS } }, { WHO }, SP_ASK, SP_MFA, { SP_UNMET }, { 0 } },
	{ "one of several, one met", { { BASE, .any_of = true, .terms = IDS(rules),
	  .controls = SP_MFA | SP_TERMS } }, { WHO, .terms = IDS(rules) }, SP_ALLOW, 0,
	  { SP_MET }, { 0 } },
	{ "one of several, one asked for anyway", { { BASE, .any_of = true, .terms = IDS(rules),
	  .controls = SP_MFA | SP_TERMS }, { BASE, .controls = SP_TERMS, .terms = IDS(rules) } },
	  { WHO }, SP_ASK, SP_TERMS, { SP_UNMET, SP_UNMET }, { 0 } },
	{ "a strength", { { BASE, .controls = SP_STRENGTH, .strength = SP_FACTOR_PASSKEY } },
	  { WHO, .factors = SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND, .factor_time = 1000 },
	  SP_ASK, SP_STRENGTH, { SP_UNMET }, { 0 } },
	{ "a new password", { { BASE, .controls = SP_NEW_PASSWORD, .password_since = 500 } },
	  { WHO, .password_changed = 499 }, SP_ASK, SP_NEW_PASSWORD, { SP_UNMET }, { 0 } },
	{ "a sign-in that is too old", { { BASE, .frequency = 1000 } },
	  { WHO }, SP_ASK, SP_AGAIN, { SP_UNMET }, { 0 } },
	{ "one that is not", { { BASE, .frequency = 1001 } },
	  { WHO }, SP_ALLOW, 0, { SP_MET }, { 0 } },
	{ "every time, and this is the time", { { BASE, .every_time = true } },
	  { WHO }, SP_ALLOW, 0, { SP_MET }, { 0 } },
	{ "every time, from an old session", { { BASE, .every_time = true } },
	  { WHO, .began = 1500 }, SP_ASK, SP_AGAIN, { SP_UNMET }, { 0 } },
	{ "an old second factor under another's frequency", { { BASE, .controls = SP_MFA },
	  { BASE, .frequency = 500, .second_only = true } },
	  { WHO, .factors = SP_FACTOR_PASSWORD | SP_FACTOR_TOTP, .factor_time = 1100 },
	  SP_ASK, SP_MFA, { SP_UNMET, SP_MET }, { 0 } },
	{ 0 },
};
