/* Administrators: journeys that begin with a link, and the records about them. */
#include "test_store.h"

#include "model/journey.h"
#include "store/assignments.h"
#include "store/links.h"
#include "store/tokens.h"

TestSuite(admins, .init = begin, .fini = end);

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1795507893999)
#define ID(n) { { n } }
#define IN JOURNEY_SIGN_IN
#define LINK JOURNEY_LINK

/* Where a journey stands, what happens, what comes of it. `refused`: nothing. */
struct move {
	const char *name;
	enum journey_kind kind;
	enum journey_stage stage;
	uint8_t user;
	uint32_t factors;
	struct journey_event event;
	bool refused;
	enum journey_stage to;
	enum journey_ask ask;
	uint32_t passed;
};

static const struct move moves[] = {
	/* An operator's link: a factor of its own, and nothing but a link is one. */
	{ "link of who has a password", LINK, STAGE_IDENTIFY, .event = { .kind = EVENT_LINKED,
	  .user = ID(1), .has_password = true }, .to = STAGE_OVER, .ask = ASK_DONE,
	  .passed = SP_FACTOR_LINK },
	{ "link of who has none", LINK, STAGE_IDENTIFY, .event = { .kind = EVENT_LINKED,
	  .user = ID(1) }, .to = STAGE_PASSWORD, .ask = ASK_NEW_PASSWORD,
	  .passed = SP_FACTOR_LINK },
	{ "link of nobody yet", LINK, STAGE_IDENTIFY, .event = { .kind = EVENT_LINKED },
	  .to = STAGE_PASSWORD, .ask = ASK_NEW_PASSWORD, .passed = SP_FACTOR_LINK },
	{ "link of nobody, who has a password", LINK, STAGE_IDENTIFY, .event = {
	  .kind = EVENT_LINKED, .has_password = true }, .refused = true },
	{ "link in a sign-in (req32)", IN, STAGE_IDENTIFY, .event = { .kind = EVENT_LINKED,
	  .user = ID(1), .has_password = true }, .refused = true },
	{ "link at the second door", IN, STAGE_SECOND, .user = 1,
	  .factors = SP_FACTOR_PASSWORD, .event = {
	  .kind = EVENT_LINKED, .user = ID(1), .has_password = true }, .refused = true },
	{ "link twice", LINK, STAGE_PASSWORD, .user = 1, .event = { .kind = EVENT_LINKED,
	  .user = ID(2) }, .refused = true },
	{ "no sign-in out of a link", LINK, STAGE_IDENTIFY, .event = { .kind = EVENT_SIGN_IN },
	  .refused = true },
	{ "no reset out of a link", LINK, STAGE_IDENTIFY, .event = { .kind = EVENT_RESET },
	  .refused = true },
	{ "password in its place", LINK, STAGE_IDENTIFY, .event = { .kind = EVENT_PASSWORD,
	  .user = ID(1) }, .refused = true },
	{ "password without a link", LINK, STAGE_IDENTIFY, .event = {
	  .kind = EVENT_NEW_PASSWORD, .verifier = "$h" }, .refused = true },
	{ "linked, password", LINK, STAGE_PASSWORD, .user = 1, .factors = SP_FACTOR_LINK,
	  .event = { .kind = EVENT_NEW_PASSWORD, .verifier = "$h" }, .to = STAGE_CREATING,
	  .ask = ASK_MAKE, .passed = SP_FACTOR_LINK },
	{ "linked, made", LINK, STAGE_CREATING, .user = 1, .factors = SP_FACTOR_LINK,
	  .event = { .kind = EVENT_MADE, .user = ID(1) }, .to = STAGE_OVER, .ask = ASK_DONE,
	  .passed = SP_FACTOR_LINK },
	{ "linked, made nobody", LINK, STAGE_CREATING, .user = 1, .factors = SP_FACTOR_LINK,
	  .event = { .kind = EVENT_MADE }, .refused = true },
};

static struct journey standing(const struct move *move)
{
	return (struct journey){ .id = id_ordered(NOW), .kind = move->kind, .stage = move->stage,
		.expires = NOW + 1800000, .issuer = "https://a.example/v2.0",
		.user.byte[0] = move->user, .factors = move->factors, .signed_in = NOW };
}

Test(admins, req32_each_door_of_a_link)
{
	for (size_t i = 0; i < COUNT(moves); i++) {
		const struct move *move = &moves[i];
		struct journey journey = standing(move), next = journey;
		struct journey_event event = move->event;
		enum journey_ask ask = ASK_DONE;
		event.now = NOW + 1000;
		cr_assert_eq(journey_step(&journey, &event, &next, &ask), !move->refused, "%s",
		    move->name);
		if (move->refused) {
			cr_assert_eq(memcmp(&next, &journey, sizeof(next)), 0, "%s", move->name);
			continue;
		}
		cr_assert_eq(next.stage, move->to, "%s: stage %d", move->name, next.stage);
		cr_assert_eq(ask, move->ask, "%s: ask %d", move->name, ask);
		cr_assert_eq(next.factors, move->passed, "%s: %x", move->name, next.factors);
	}
}

/* The first administrator names himself with his password; another one's link names him. */
Test(admins, a_link_founds_whom_it_names)
{
	struct journey journey = standing(&(struct move){ .kind = LINK, .stage = STAGE_IDENTIFY });
	struct journey_event event = { .kind = EVENT_LINKED, .now = NOW + 1 };
	enum journey_ask ask;

	cr_assert(journey_step(&journey, &event, &journey, &ask) && journey.founds);
	event = (struct journey_event){ .kind = EVENT_NEW_PASSWORD, .now = NOW + 2,
		.verifier = "$h" };
	cr_assert_not(journey_step(&journey, &event, &journey, &ask), "nobody");
	event.identifier = event.address = "boss@example.com";
	cr_assert(journey_step(&journey, &event, &journey, &ask));
	cr_assert(ask == ASK_MAKE && id_zero(journey.user));
	cr_assert_str_eq(journey.address, "boss@example.com");
	journey = standing(&(struct move){ .kind = LINK, .stage = STAGE_IDENTIFY });
	event = (struct journey_event){ .kind = EVENT_LINKED, .now = NOW + 1, .user = ID(1),
		.identifier = "ann@example.com", .address = "ann@example.com" };
	cr_assert(journey_step(&journey, &event, &journey, &ask) && !journey.founds);
	event = (struct journey_event){ .kind = EVENT_NEW_PASSWORD, .now = NOW + 2,
		.verifier = "$h", .identifier = "boss@example.com", .address = "boss@example.com",
		.user = ID(2) };
	cr_assert(journey_step(&journey, &event, &journey, &ask));
	cr_assert(id_equal(journey.user, (struct sp_id)ID(1)));
	cr_assert_str_eq(journey.address, "ann@example.com");
}

static bool link_put(struct sp_records_commit *commit)
{
	struct link link = { .id = id, .user = other, .epoch = 7, .hash[31] = 3, .expires = 60 };

	links_put(commit, tenant, &link);
	return true;
}

static bool link_read(const struct sp_record *record)
{
	struct link link;

	if (!links_read(record, &link))
		return false;
	cr_assert(id_equal(link.id, id) && id_equal(link.user, other) && link.epoch == 7);
	cr_assert(link.hash[31] == 3 && link.expires == 60);
	return true;
}

static bool assignment_put(struct sp_records_commit *commit)
{
	struct assignment assignment = { .id = id, .user = other, .tenant = tenant,
		.role = role_find("user-administrator"), .created = 12 };

	return assignments_put(commit, &assignment, SP_ABSENT);
}

static bool assignment_read(const struct sp_record *record)
{
	struct assignment assignment;

	if (!assignments_read(record, &assignment))
		return false;
	cr_assert(id_equal(assignment.id, id) && id_equal(assignment.user, other));
	cr_assert(id_equal(assignment.tenant, tenant) && assignment.created == 12);
	cr_assert_str_eq(assignment.role->name, "User Administrator");
	cr_assert_not(assignments_whole(&assignment));
	return true;
}

static bool token_put(struct sp_records_commit *commit)
{
	struct token token = { .id = id, .tenant = tenant, .user = tenant,
		.role = role_global(), .name = "deploy",
		.maker = "uid 0", .hash[31] = 5, .created = 12, .expires = 90, .used = 13,
		.source = "192.0.2.0/24" };

	return tokens_put(commit, &token, SP_ABSENT);
}

static bool token_read(const struct sp_record *record)
{
	struct token token;

	if (!tokens_read(&arena, record, &token))
		return false;
	cr_assert(id_equal(token.id, id) && id_equal(token.tenant, tenant));
	cr_assert(id_equal(token.user, tenant));
	cr_assert(token.role == role_global() && token.hash[31] == 5 && token.expires == 90);
	cr_assert(token.created == 12 && token.used == 13);
	cr_assert_str_eq(token.name, "deploy");
	cr_assert_str_eq(token.source, "192.0.2.0/24");
	return true;
}

/* Whole, and cut short anywhere. */
static void round_trip(bool (*put)(struct sp_records_commit *commit),
    bool (*read)(const struct sp_record *record))
{
	struct sp_records_commit *commit = commit_new(seat, 4);

	cr_assert(put(commit) && commit_ready(commit));
	struct sp_record whole = record_of(commit->changes[0]), part = whole;
	cr_assert(read(&whole));
	for (part.value.size = 0; part.value.size < whole.value.size; part.value.size++) {
		void *bytes = malloc(part.value.size + 1);
		memcpy(bytes, whole.value.data, part.value.size);
		part.value.data = bytes;
		cr_assert_not(read(&part), "%zu bytes", part.value.size);
		free(bytes);
	}
	part = (struct sp_record){ .at = whole.at };
	cr_assert_not(read(&part), "absent");
	op_free(&commit->op);
}

Test(admins, records_come_back)
{
	round_trip(link_put, link_read);
	round_trip(assignment_put, assignment_read);
	round_trip(token_put, token_read);
}

Test(admins, roles_are_found_by_name_and_id)
{
	static const struct { const char *text, *name; } rows[] = {
		{ "Global Administrator", "Global Administrator" },
		{ "global-administrator", "Global Administrator" },
		{ "62E90394-69F5-4237-9190-012177145E10", "Global Administrator" },
		{ "global", NULL }, { "", NULL }, { "Global Administrators", NULL },
		{ "global_administrator", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct role *role = role_find(rows[i].text);
		cr_assert_eq(role != NULL, rows[i].name != NULL, "%s", rows[i].text);
		if (role != NULL)
			cr_assert_str_eq(role->name, rows[i].name);
	}
}

/* What may be changed in the tenant of administrators: by whom the original calls privileged, and
 * never so that he makes himself more (attack E9). */
static uint32_t privileged(const struct role *role)
{
	static const struct { const char *name; uint32_t areas; } rows[] = {
		{ "Global Administrator", UINT32_MAX },
		{ "Privileged Role Administrator", UINT32_C(1) << AREA_ROLES },
		{ "Privileged Authentication Administrator",
		    UINT32_C(1) << AREA_RECOVERY | UINT32_C(1) << AREA_USERS },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(rows[i].name, role->name) == 0)
			return rows[i].areas;
	return 0;
}

/* Deny by default: no role has what none names, nor what is for who sits at the server. */
Test(admins, req233_roles_deny_by_default)
{
	for (const struct role *role = roles; role->id != NULL; role++) {
		bool global = role == role_global();
		cr_assert_eq(role->writes & ~role->reads, 0, "%s", role->name);
		for (unsigned who = 0; who < 2 * ROLE_WRITES; who += 1) {
			unsigned area = who & ROLE_AREA;
			bool writes = (who & ROLE_WRITES) != 0;
			if (area == AREA_NONE || area >= AREA_SOCKET)
				cr_assert_not(role_may(role, who, false), "%s %u", role->name, who);
			if (area == AREA_SELF)
				cr_assert_eq(role_may(role, who, false), !writes);
			if (writes && area < AREAS && (privileged(role) >> area & 1) == 0)
				cr_assert_not(role_may(role, who, true), "%s %u", role->name, who);
			if (role_may(role, who, true))
				cr_assert(role_may(role, who, false), "%s %u", role->name, who);
			if (global && area > AREA_NONE && area < AREA_SELF)
				cr_assert(role_may(role, who, true), "%u", who);
		}
	}
}
