/*
 * signin.h - the record of one decision: facts as judged, every policy's result
 *
 * Begins with what a replay needs, in compact binary; the rest is for people (4.5; Graph's signIn
 * of entra.md 1.7 is made of it by signin_json()).
 *
 * Threads  Any; pure. Memory  The arena; JSON is a new reference of the caller's.
 * Failing  A record that can't be unpacked is told as false, and is shown to nobody.
 */
#pragma once

#include "model/journey.h"

struct signin_policy { struct sp_id id; uint64_t revision; uint8_t result, condition; };

struct signin_record {
	struct sp_id id, user, app, journey;
	int64_t at, signed_in, factor_time;	/* as in the facts */
	uint32_t factors, platform, client;
	size_t group_count, target_count, policy_count;
	const struct sp_id *groups, *targets;
	const struct signin_policy *policies;	/* target by target, each all policies of the set */
	enum sp_decision decision;
	uint32_t missing;
	enum journey_reason reason;		/* NONE: signed in */
	enum journey_kind kind;
	const char *source, *agent, *identifier;	/* shortened, masked by setting */
	uint64_t request_id;
	bool interactive, single_mailbox;
	struct sp_contexts contexts;		/* that the app asked for */
	size_t location_count;
	const struct sp_id *locations;		/* named ones, and policy_trusted */
	const char *country;			/* two letters; NULL or empty: not asked, not known */
	int64_t password_changed;		/* 0: not by the customer */
};

#define SIGNIN_FORMAT 3u	/* 2: contexts; 3: locations, country, password_changed */
void signin_pack(struct pack *pack, const struct signin_record *signin);
void signin_unpack(struct unpack *unpack, struct signin_record *out_signin);
/* Without `policies`, which are most of it: for who judges anew. */
void signin_unpack_facts(struct unpack *unpack, struct signin_record *out_signin);
/* Graph's shape: each policy once, with what counted most over the targets. Names of
 * apps and policies come from the tenant, gone ones by id. A new reference. */
json_t *signin_json(const struct tenant *tenant, const struct signin_record *signin);
/* Graph's word for what came of one policy: "reportOnlyInterrupted". */
const char *signin_result_word(enum sp_result result);
/* No more of it than SIGNIN_BRIEF, which costs a tenth: enough for most filters. */
#define SIGNIN_BRIEF "createdDateTime userId appId isInteractive status conditionalAccessStatus"
json_t *signin_brief(const struct tenant *tenant, const struct signin_record *signin);
