/* Records of apps and their customers: what is put comes back, and half of it never does. */
#include "test_codec.h"

#include "base/text.h"
#include "store/consents.h"
#include "store/devices.h"
#include "store/farewells.h"
#include "store/sessions.h"

#include <string.h>

TestSuite(record_apps, .init = begin, .fini = end);

static bool consent_put(struct sp_records_commit *commit)
{
	struct consent consent = { .user = id, .app = other, .scope = "openid email", .given = 7 };

	return consents_put(commit, tenant, &consent, SP_ABSENT);
}

static bool consent_read(const struct sp_record *record)
{
	struct consent consent;

	if (!consents_read(&arena, record, &consent))
		return false;
	cr_assert(id_equal(consent.user, id) && id_equal(consent.app, other));
	cr_assert_str_eq(consent.scope, "openid email");
	cr_assert(consent.given == 7 && record->expires == 0);
	return true;
}

static bool device_put(struct sp_records_commit *commit)
{
	struct device device = { .id = id, .state = DEVICE_ALLOWED, .client_id = "c",
		.scope = "openid", .resources = "r", .issuer = "https://a/b", .source = "192.0.2.0",
		.asked = 5, .expires = 90, .interval = 5000, .code = "sealed" };

	memset(device.hash, 3, sizeof(device.hash));
	return devices_put(commit, tenant, &device, SP_ABSENT);
}

static bool device_read(const struct sp_record *record)
{
	struct device device;

	if (!devices_read(&arena, record, &device))
		return false;
	cr_assert(id_equal(device.id, id) && device.state == DEVICE_ALLOWED);
	cr_assert(device.hash[0] == 3 && device.hash[31] == 3);
	cr_assert(text_same(device.client_id, "c") && text_same(device.scope, "openid") &&
	    text_same(device.resources, "r") && text_same(device.issuer, "https://a/b") &&
	    text_same(device.source, "192.0.2.0") && text_same(device.code, "sealed"));
	cr_assert(device.asked == 5 && device.expires == 90 && device.interval == 5000);
	return true;
}

/* Moved once already, in the middle of its second round. */
static bool farewell_put(struct sp_records_commit *commit)
{
	struct farewell farewell = { .id = id, .tenant = tenant, .user = other, .root = id,
		.epoch = 4, .due = 10, .until = 90, .tries = 2, .root_seen = other,
		.app_seen = tenant, .silent = 3 };

	return farewells_move(commit, &farewell, 20, SP_ANY);
}

static bool farewell_read(const struct sp_record *record)
{
	struct farewell farewell;

	if (!farewells_read(&arena, record, &farewell))
		return false;
	cr_assert(id_equal(farewell.id, id) && id_equal(farewell.tenant, tenant) &&
	    id_equal(farewell.user, other) && id_equal(farewell.root, id) &&
	    id_equal(farewell.root_seen, other) && id_equal(farewell.app_seen, tenant));
	cr_assert(farewell.epoch == 4 && farewell.due == 20 && farewell.until == 90 &&
	    farewell.tries == 2 && farewell.silent == 3);
	return true;
}

static bool followed_put(struct sp_records_commit *commit)
{
	struct session session = { .id = id, .user = other, .root = tenant, .issuer = "https://a/b",
		.epoch = 2, .expires = INT64_MAX };

	return sessions_follow(commit, tenant, &session, other, SP_ANY);
}

static bool followed_read(const struct sp_record *record)
{
	struct session session;
	struct sp_id next;

	cr_assert_not(sessions_read(&arena, record, &session));		/* it is none any more */
	if (!sessions_followed(&arena, record, &session, &next))
		return false;
	cr_assert(id_equal(session.id, id) && id_equal(session.root, tenant) &&
	    id_equal(next, other));
	cr_assert_lt(record->expires, INT64_MAX);
	return true;
}

static const struct codec codecs[] = {
	{ "consent", consent_put, consent_read, false },
	{ "device", device_put, device_read, false },
	{ "farewell", farewell_put, farewell_read, false },
	{ "session that went on", followed_put, followed_read, false },
};

Test(record_apps, codecs_come_back_whole_or_not_at_all)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		codec_check(&codecs[i]);
}
