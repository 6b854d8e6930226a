/* Budgets, sources, groups, names, refresh tokens: what is more than a record. */
#include "test_store.h"

#include "crypto/bearer.h"
#include "store/budgets.h"
#include "store/documents.h"
#include "store/grants.h"
#include "store/groups.h"
#include "store/journeys.h"
#include "store/kinds.h"
#include "store/members.h"
#include "store/sources.h"
#include "store/tenants.h"

#include <sallyport/users.h>

TestSuite(store, .init = begin, .fini = end);

static const struct budget some_budget = { "mfa", 3, 1000, 100, 800 };

/* Budgets: what a commit's answer says of which. */
Test(store, budgets_tell_which_limit_was_hit)
{
	struct sp_records_commit *commit = commit_new(seat, 8);
	struct budget_place first = { tenant, id, BUDGET_MFA_RUN },
	    second = { tenant, id, BUDGET_MFA_DAY }, third = { tenant, id, BUDGET_SENDS_MFA };
	struct pause pause = { .level = 1 };

	budgets_charge(commit, &second, &some_budget, NULL);
	budgets_charge(commit, &first, &some_budget, &pause);
	cr_assert(commit_ready(commit));
	struct sp_change *change = (struct sp_change *)(uintptr_t)commit->changes[0];
	cr_assert_eq(change->limit, 4, "one more after a pause");
	change->total = 4;
	((struct sp_change *)(uintptr_t)commit->changes[1])->total = 1;
	cr_assert(budgets_spent(commit, &first, &some_budget, &pause));
	cr_assert_not(budgets_spent(commit, &second, &some_budget, NULL));
	cr_assert_eq(budgets_total(commit, &second), 1);
	cr_assert_eq(budgets_total(commit, &third), -1);
	commit->failed = change;
	cr_assert(budgets_hit(commit, &first));
	cr_assert_not(budgets_hit(commit, &second));
	cr_assert_not(budgets_spent(commit, &first, &some_budget, &pause));
	op_free(&commit->op);
}

Test(store, counted_addresses_are_keyed_and_apart)
{
	struct sp_id a = budgets_counted(&store, tenant, "ann@example.com");

	cr_assert(id_equal(a, budgets_counted(&store, tenant, "ann@example.com")));
	cr_assert_not(id_equal(a, budgets_counted(&store, other, "ann@example.com")));
	cr_assert_not(id_equal(a, budgets_counted(&store, tenant, "bob@example.com")));
}

/* As many addresses as a get may name stay good while they are made. */
Test(store, addresses_live_for_one_get)
{
	struct sp_address at[SP_GET_MAX];
	struct sp_id ids[SP_GET_MAX];

	for (size_t i = 0; i < SP_GET_MAX; i++) {
		ids[i] = id_random();
		at[i] = journeys_at(tenant, ids[i]);
	}
	for (size_t i = 0; i < SP_GET_MAX; i++)
		cr_assert_arr_eq(at[i].key.data, &ids[i], sizeof(ids[i]));
}

Test(store, kinds_have_one_number_each)
{
	for (const struct kind_row *row = kinds; row->kind != KIND_NONE; row++) {
		cr_assert_eq(kinds_row((uint16_t)row->kind), row, "%s", row->name);
		if (row > kinds)
			cr_assert_gt(row->kind, row[-1].kind, "%s", row->name);
	}
}

Test(store, method_ids_are_words)
{
	struct sp_id a, b;

	cr_assert(documents_id(DOCUMENT_METHOD, "Email", &a));
	cr_assert(documents_id(DOCUMENT_METHOD, "email", &b) && id_equal(a, b));
	cr_assert_not(documents_id(DOCUMENT_METHOD, "", &a));
	cr_assert_not(documents_id(DOCUMENT_METHOD, "seventeen letters", &a));
	cr_assert_not(documents_id(DOCUMENT_APP, "email", &a));
}

/* Ids of tenants may differ in one digit, at whichever end: none spends another's budget. */
Test(store, tenants_are_counted_apart)
{
	struct sp_id first = { { 0x5f, 0x0c, [8] = 0x9d, [15] = 0x10 } };

	for (size_t i = 0; i < sizeof(first.byte); i++) {
		struct sp_id second = first;
		second.byte[i]++;
		cr_assert_neq(sources_key(first), sources_key(second), "%zu", i);
	}
	cr_assert_eq(sources_key(first), sources_key(first));
}

/* Sources: bounded, each counted apart, a flood doesn't grow them. */
Test(store, sources_count_each_apart)
{
	struct sources *sources = sources_new(1024);
	struct source ann = { SOURCE_PASSWORDS, 1, 3, 1000 }, bob = { SOURCE_PASSWORDS, 2, 3,
		1000 };
	int64_t wait = 0;

	for (int i = 0; i < 3; i++) {
		cr_assert(sources_may(sources, &ann, 100, &wait));
		cr_assert(sources_take(sources, &ann, 100, &wait));
	}
	cr_assert_not(sources_may(sources, &ann, 100, &wait));
	cr_assert_not(sources_take(sources, &ann, 100, &wait));
	cr_assert(wait > 0 && wait <= 334);
	cr_assert(sources_take(sources, &bob, 100, &wait));
	ann.kind = SOURCE_SENDS;
	cr_assert(sources_take(sources, &ann, 100, &wait), "another kind");
	ann.kind = SOURCE_PASSWORDS;
	cr_assert(sources_take(sources, &ann, 1200, &wait));
	for (uint64_t i = 100; i < 100000; i++) {
		struct source flood = { SOURCE_PASSWORDS, i, 3, 1000 };
		cr_assert(sources_take(sources, &flood, 1300, &wait));
	}
	sources_free(sources);
}

/* Groups: pages of records, then the backend's, then what they lie in. */
static void list_answer(struct groups *groups, size_t count, size_t limit)
{
	struct sp_records_list list = { .count = count, .limit = limit };
	struct sp_record *records = arena_alloc(&arena, count * sizeof(*records) + 1);
	struct sp_id pair[2] = { other };

	for (size_t i = 0; i < count; i++) {
		pair[1] = id_random();
		records[i].at = (struct sp_address){ .key = { arena_copy(&arena, pair,
		    sizeof(pair)), sizeof(pair) } };
		records[i].revision = 1;
		records[i].next = i + 1 < count ? &records[i + 1] : NULL;
	}
	list.first = count > 0 ? records : NULL;
	cr_assert(groups_got(groups, &list.op, SP_OK));
}

Test(store, groups_are_read_in_pages)
{
	struct groups groups = { .tenant = tenant, .user = other, .arena = &arena };
	struct sp_users_groups answer = { .count = 1, .groups = &id };
	struct tenant nothing = { 0 };
	struct sp_ids all;

	list_answer(&groups, 1000, 1000);
	cr_assert_not(groups_whole(&groups));
	list_answer(&groups, 500, 1000);
	cr_assert_not(groups_whole(&groups));
	cr_assert_not(groups_got(&groups, NULL, SP_UNAVAILABLE), "failure is not no");
	cr_assert(groups_got(&groups, &answer.op, SP_OK));
	cr_assert(groups_whole(&groups));
	cr_assert(groups_closed(&groups, &nothing, &all));
	cr_assert_eq(all.count, 1501);
	cr_assert(id_among(all.sorted, all.count, id));
}

/* 4.3: too many is a denial with a name, never a cut list. */
Test(store, too_many_groups_are_told)
{
	struct groups groups = { .tenant = tenant, .user = other, .arena = &arena };
	struct tenant nothing = { 0 };
	struct sp_ids all;

	list_answer(&groups, 1000, 1000);
	list_answer(&groups, 1000, 1000);
	list_answer(&groups, 49, 1000);
	cr_assert(groups_whole(&groups));
	cr_assert_not(groups_closed(&groups, &nothing, &all));
}

Test(store, members_stand_in_both_directions)
{
	struct sp_records_commit *commit = commit_new(seat, 2);
	struct member member = { tenant, id, other };
	struct sp_id found;

	members_put(commit, &member, SP_ANY);
	struct sp_record record = record_of(commit->changes[0]);
	cr_assert(members_read(&record, &found) && id_equal(found, id));
	record = record_of(commit->changes[1]);
	cr_assert(members_read(&record, &found) && id_equal(found, other));
	op_free(&commit->op);
}

Test(store, tenant_names_are_taken_once)
{
	struct sp_records_commit *commit = commit_new(seat, 8);
	struct tenants_entry entry;

	cr_assert(tenants_create(commit, tenant, "woodgrove"));
	cr_assert_eq(commit->changes[0]->expect, SP_ABSENT);
	cr_assert_eq(commit->changes[1]->expect, SP_ABSENT);
	struct sp_record record = record_of(commit->changes[1]);
	cr_assert(tenants_read(&arena, &record, &entry));
	cr_assert(id_equal(entry.id, tenant));
	cr_assert_str_eq(entry.name, "woodgrove");
	cr_assert_not(tenants_create(commit, tenant, ""));
	op_free(&commit->op);
}

/* req45: a token is one of the family's and no other's, whatever its age, or it is none. */
Test(store, refresh_tokens_are_known_at_any_age)
{
	struct grant grant = { .id = id, .seed = { 7 } }, foreign = grant, reseeded = grant;
	struct bearer bearer;
	uint64_t number = 0;

	foreign.id = other;
	reseeded.seed[0] ^= 1;
	for (uint64_t i = 1; i < 300; i++) {
		char *token = grants_token(&arena, &store, &grant, i);
		cr_assert_str_eq(token, grants_token(&arena, &store, &grant, i));
		cr_assert(bearer_parse(token, &bearer) && id_equal(bearer.id, id));
		cr_assert(grants_knows(&store, &grant, &bearer, &number) && number == i);
		cr_assert_not(grants_knows(&store, &foreign, &bearer, &number));
		cr_assert_not(grants_knows(&store, &reseeded, &bearer, &number));
		bearer.secret[i % BEARER_SECRET] ^= (unsigned char)(1u << i % 8);
		cr_assert_not(grants_knows(&store, &grant, &bearer, &number));
		cr_assert_eq(number, i);
	}
}
