/* Where a signed-out browser may go (requirement 97). */
#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/app.h"
#include "model/leave.h"

#include <criterion/criterion.h>

#define SHOP "0a8f6a52-7c1e-4b39-9a57-1f20c3d4e501"
#define CLOSED "0a8f6a52-7c1e-4b39-9a57-1f20c3d4e502"
#define BACK "https://shop.example/back"
#define BYE "https://shop.example/bye?from=us"
#define OUT "https://shop.example/out"

static const struct app_redirect redirects[] = { { APP_WEB, BACK } };
static const char *const byes[] = { BYE };
static struct app shop = { .client_id = SHOP, .enabled = true, .redirects = redirects,
	.redirect_count = 1, .leave_uris = byes, .leave_count = 1, .logout_uri = OUT };
static struct app closed = { .client_id = CLOSED, .redirects = redirects, .redirect_count = 1 };
static const struct app *const apps[] = { &shop, &closed };

static const struct row {
	struct leave_query query;
	const char *back;	/* NULL: nowhere */
	bool wrong;
} rows[] = {
	{ { .client_id = NULL }, NULL, false },
	{ { .post_logout_redirect_uri = BACK }, NULL, false },
	{ { .client_id = SHOP }, NULL, false },
	{ { .client_id = SHOP, .state = "s" }, NULL, false },
	{ { .client_id = SHOP, .post_logout_redirect_uri = BACK }, BACK, false },
	{ { .client_id = SHOP, .post_logout_redirect_uri = BACK, .state = "" }, BACK, false },
	{ { .client_id = SHOP, .post_logout_redirect_uri = BACK, .state = "a&b" },
	  BACK "?state=a%26b", false },
	{ { .client_id = SHOP, .post_logout_redirect_uri = BYE, .state = "s" },
	  BYE "&state=s", false },
	{ { .client_id = SHOP, .post_logout_redirect_uri = OUT }, OUT, false },
	{ { .hint = true, .hint_client = SHOP, .post_logout_redirect_uri = BACK }, BACK, false },
	{ { .hint = true, .hint_client = SHOP, .client_id = SHOP,
	    .post_logout_redirect_uri = BACK }, BACK, false },
	{ { .hint = true, .hint_client = SHOP, .client_id = CLOSED,
	    .post_logout_redirect_uri = BACK }, NULL, true },
	{ { .hint = true, .client_id = SHOP, .post_logout_redirect_uri = BACK }, NULL, true },
	{ { .client_id = CLOSED, .post_logout_redirect_uri = BACK }, NULL, true },
	{ { .client_id = "nobody", .post_logout_redirect_uri = BACK }, NULL, true },
	{ { .client_id = SHOP, .post_logout_redirect_uri = BACK "/" }, NULL, true },
	{ { .client_id = SHOP, .post_logout_redirect_uri = BACK "?x=1" }, NULL, true },
	{ { .client_id = SHOP, .post_logout_redirect_uri = "https://evil.example/" }, NULL, true },
	{ { .client_id = SHOP, .post_logout_redirect_uri = BACK, .repeated = true }, NULL, true },
};

Test(leave, req97_only_to_an_address_of_the_app)
{
	struct tenant tenant = { .apps = apps, .app_count = 2 };
	struct arena arena;

	arena_init(&arena, NULL, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leave leave;
		cr_assert(id_parse(SHOP, &shop.app_id) && id_parse(CLOSED, &closed.app_id));
		leave_check(&arena, &tenant, &rows[i].query, &leave);
		cr_assert(text_same(leave.back, rows[i].back), "row %zu: %s", i, leave.back);
		cr_assert_eq(leave.wrong != NULL, rows[i].wrong, "row %zu", i);
		cr_assert_eq(leave.why != NULL, rows[i].wrong, "row %zu", i);
		cr_assert_eq(leave.uri != NULL, rows[i].back != NULL, "row %zu", i);
	}
	arena_done(&arena);
}

Test(leave, req102_a_frame_has_issuer_and_session)
{
	static const struct { const char *uri, *frame; } told[] = {
		{ OUT, OUT "?iss=https%3A%2F%2Fid.example%2Ft%2Fv2.0&sid=" SHOP },
		{ BYE, BYE "&iss=https%3A%2F%2Fid.example%2Ft%2Fv2.0&sid=" SHOP },
	};
	struct tenant tenant = { .apps = apps, .app_count = 2 };
	struct arena arena;
	struct sp_id session;

	arena_init(&arena, NULL, 0);
	cr_assert(id_parse(SHOP, &session));
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		struct app app = { .frontchannel_uri = told[i].uri };
		cr_assert_str_eq(leave_frame(&arena, &app, "https://id.example/t/v2.0", session),
		    told[i].frame);
	}
	closed.frontchannel_uri = OUT;
	cr_assert_not(leave_frames(&tenant));
	shop.frontchannel_uri = OUT;
	cr_assert(leave_frames(&tenant));
	arena_done(&arena);
}
