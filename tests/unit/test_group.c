/* Groups and the Email method: for whom. */
#include "documents.h"

TestSuite(group, .init = begin, .fini = end);

#define METHOD(more) "{'id':'Email'" more "}"

Test(group, methods_are_checked_and_have_a_default)
{
	same(DOCUMENT_METHOD, "{'id':'email'}",
	    "{'@odata.type':'#microsoft.graph.emailAuthenticationMethodConfiguration',"
	    "'id':'Email','state':'disabled','allowExternalIdToUseEmailOtp':'default',"
	    "'includeTargets':[{'targetType':'group','id':'all_users',"
	    "'isRegistrationRequired':false}],'excludeTargets':[]}");
	expect(DOCUMENT_METHOD, "{'id':'Sms'}", "id=InvalidValue");
	expect(DOCUMENT_METHOD, METHOD(",'state':'on','includeTargets':[{'targetType':'user',"
	    "'id':'all_users'},{'targetType':'role','id':'x'}],"
	    "'excludeTargets':[{'targetType':'group','id':'all_users'}]"),
	    "state=InvalidValue includeTargets[1].targetType=InvalidValue "
	    "includeTargets[1].id=InvalidValue excludeTargets[0].id=InvalidValue "
	    "includeTargets[0].targetType=InvalidValue");
}

Test(group, methods_are_for_their_targets)
{
	static const struct { const char *more; bool user, in_b, in_c; } rows[] = {
		{ "", false, false, false },
		{ ",'state':'enabled'", true, true, true },
		{ ",'state':'enabled','includeTargets':[]", false, false, false },
		{ ",'state':'enabled','includeTargets':[{'targetType':'user','id':'" A "'}]",
		    true, true, true },
		{ ",'state':'enabled','includeTargets':[{'targetType':'group','id':'" B "'}]",
		    false, true, false },
		{ ",'state':'enabled','excludeTargets':[{'targetType':'user','id':'" A "'}]",
		    false, false, false },
		{ ",'state':'enabled','excludeTargets':[{'targetType':'group','id':'" C "'}]",
		    true, true, false },
	};
	struct sp_id user, b, c;

	cr_assert(id_parse(A, &user) && id_parse(B, &b) && id_parse(C, &c));
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *canonical = check(DOCUMENT_METHOD, text_print(&arena, METHOD("%s"),
		    rows[i].more));
		struct method method = { 0 };
		cr_assert(method_compile(&arena, canonical, &method));
		cr_assert(method.first_factor);
		cr_assert_eq(method_usable(&method, user, (struct sp_ids){ 0 }), rows[i].user);
		cr_assert_eq(method_usable(&method, user, (struct sp_ids){ 1, &b }), rows[i].in_b);
		cr_assert_eq(method_usable(&method, user, (struct sp_ids){ 1, &c }), rows[i].in_c);
		json_decref(canonical);
	}
	cr_assert(!method_usable(&(struct method){ 0 }, user, (struct sp_ids){ 0 }));
}

static struct group groups[64];

/* "0>1 1>2": group 0 lies in group 1, and so on. */
static size_t make_groups(const char *text)
{
	size_t count = 0;

	memset(groups, 0, sizeof(groups));
	for (size_t i = 0; i < COUNT(groups); i++)
		groups[i].id.byte[15] = (uint8_t)(i + 1);
	for (const char *at = text; *at != '\0'; at += strspn(at, " ")) {
		char *next;
		size_t low = strtoul(at, &next, 10), high = strtoul(next + 1, &next, 10);
		struct sp_id *ids = arena_alloc(&arena, 8 * sizeof(ids[0]));
		struct sp_ids *parents = &groups[low].parents;
		memcpy(ids, parents->sorted != NULL ? parents->sorted : ids,
		    parents->count * sizeof(ids[0]));
		ids[parents->count] = groups[high].id;
		*parents = (struct sp_ids){ id_sort(ids, parents->count + 1), ids };
		count = low >= count ? low + 1 : count;
		at = next;
	}
	return count;
}

Test(group, req187_groups_are_closed_over_what_they_lie_in)
{
	static const struct { const char *graph; size_t count; const char *direct, *all; } rows[] = {
		{ "", 0, "", "" },
		{ "", 0, "5", "5" },			/* the backend's */
		{ "0>1 1>2", 3, "0", "0 1 2" },
		{ "0>1 1>2", 3, "1 2", "1 2" },
		{ "0>1 0>2 1>3 2>3", 4, "0", "0 1 2 3" },
		{ "0>1", 1, "0", "0" },			/* 1 is gone */
		{ "0>1 1>0", 2, "0", "0 1" },		/* a ring, from an older store: ends */
		{ "0>1 2>1", 3, "0 2 9", "0 1 2 9" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sp_id direct[8] = { 0 };
		size_t count = 0;
		make_groups(rows[i].graph);
		for (const char *at = rows[i].direct; *at != '\0'; at += strspn(at, " ")) {
			char *next;
			direct[count++] = groups[strtoul(at, &next, 10)].id;
			at = next;
		}
		struct sp_ids all;
		cr_assert(group_close(&arena, groups, rows[i].count,
		    (struct sp_ids){ count, direct }, &all));
		const char *told = "";
		for (size_t j = 0; j < all.count; j++)
			told = text_print(&arena, "%s%s%d", told, j > 0 ? " " : "",
			    all.sorted[j].byte[15] - 1);
		cr_assert_str_eq(told, rows[i].all);
	}
}

Test(group, groups_beyond_the_limit_are_no_cut_list)
{
	struct sp_id *ids = arena_alloc(&arena, (GROUP_MOST + 1) * sizeof(ids[0]));
	struct sp_ids all = { 7, NULL };

	for (size_t i = 0; i <= GROUP_MOST; i++)
		ids[i] = (struct sp_id){ { 1, [14] = (uint8_t)(i >> 8), [15] = (uint8_t)i } };
	cr_assert(!group_close(&arena, NULL, 0, (struct sp_ids){ GROUP_MOST + 1, ids }, &all));
	cr_assert_eq(all.count, 7);
	cr_assert(group_close(&arena, NULL, 0, (struct sp_ids){ GROUP_MOST, ids }, &all));
	cr_assert_eq(all.count, GROUP_MOST);
	make_groups("0>1 1>2");
	ids[GROUP_MOST - 1] = groups[0].id;
	cr_assert(!group_close(&arena, groups, 3, (struct sp_ids){ GROUP_MOST, ids }, &all));
}

Test(group, group_cycles_and_depth_are_found)
{
	const char *deep = "";
	size_t index = 99;

	for (int i = 0; i < 16; i++)
		deep = text_print(&arena, "%s%d>%d ", deep, i, i + 1);
	const char *deeper = text_print(&arena, "%s16>17", deep);
	const char *backwards = "";
	for (int i = 17; i > 0; i--)
		backwards = text_print(&arena, "%s%d>%d ", backwards, i, i - 1);
	const struct { const char *graph; size_t count; enum group_nesting nesting; } rows[] = {
		{ "", 0, GROUP_GOOD },
		{ "0>1 0>2 1>3 2>3", 4, GROUP_GOOD },
		{ "0>0", 1, GROUP_CYCLE },
		{ "0>1 1>2 2>0", 3, GROUP_CYCLE },
		{ "0>1 2>3 3>2", 4, GROUP_CYCLE },
		{ "0>1 1>0", 1, GROUP_GOOD },	/* 1 is gone */
		{ deep, 17, GROUP_GOOD },
		{ deeper, 18, GROUP_DEEP },
		{ backwards, 18, GROUP_DEEP },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		make_groups(rows[i].graph);
		cr_assert_eq(group_cycle(&arena, groups, rows[i].count, &index), rows[i].nesting,
		    "row %zu", i);
	}
}
