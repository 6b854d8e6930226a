#include "model/signin.h"

#include "base/arena.h"
#include "base/pack.h"

#define IDS_MOST 65536u		/* of any list in a record; the store's limit comes first */

static void pack_ids(struct pack *pack, const struct sp_id *ids, size_t count)
{
	pack_number(pack, count);
	for (size_t i = 0; i < count; i++)
		pack_id(pack, ids[i]);
}

void signin_pack(struct pack *pack, const struct signin_record *signin)
{
	pack_id(pack, signin->id);
	pack_id(pack, signin->user);
	pack_id(pack, signin->app);
	pack_signed(pack, signin->at);
	pack_signed(pack, signin->signed_in);
	pack_signed(pack, signin->factor_time);
	pack_number(pack, signin->factors);
	pack_number(pack, signin->platform);
	pack_number(pack, signin->client);
	pack_number(pack, signin->single_mailbox);
	pack_ids(pack, signin->groups, signin->group_count);
	pack_ids(pack, signin->targets, signin->target_count);
	pack_number(pack, signin->decision);
	pack_number(pack, signin->missing);
	pack_number(pack, signin->policy_count);
	for (size_t i = 0; i < signin->policy_count; i++) {
		pack_id(pack, signin->policies[i].id);
		pack_number(pack, signin->policies[i].revision);
		pack_number(pack, signin->policies[i].result);
		pack_number(pack, signin->policies[i].condition);
	}
	pack_id(pack, signin->journey);
	pack_number(pack, signin->reason);
	pack_number(pack, signin->kind);
	pack_text(pack, signin->source);
	pack_text(pack, signin->agent);
	pack_text(pack, signin->identifier);
	pack_number(pack, signin->request_id);
	pack_number(pack, signin->interactive);
	pack_number(pack, signin->contexts.bits[0]);
	pack_number(pack, signin->contexts.bits[1]);
	pack_ids(pack, signin->locations, signin->location_count);
	pack_text(pack, signin->country);
	pack_signed(pack, signin->password_changed);
}

/* No list is longer than its bytes: a broken length allocates nothing. */
static size_t unpack_count(struct unpack *unpack, size_t least)
{
	uint64_t count = unpack_number(unpack);

	if (count <= IDS_MOST && count <= (size_t)(unpack->end - unpack->at) / least)
		return (size_t)count;
	unpack->wrong = true;
	return 0;
}

static const struct sp_id *unpack_ids(struct unpack *unpack, size_t *out_count)
{
	size_t count = unpack_count(unpack, sizeof(struct sp_id));
	struct sp_id *ids = arena_alloc(unpack->arena, count * sizeof(*ids));

	for (size_t i = 0; i < count; i++)
		ids[i] = unpack_id(unpack);
	*out_count = count;
	return ids;
}

static const struct signin_policy *unpack_policies(struct unpack *unpack, size_t *out_count)
{
	size_t count = unpack_count(unpack, sizeof(struct sp_id) + 3);
	struct signin_policy *policies = arena_alloc(unpack->arena, count * sizeof(*policies));

	for (size_t i = 0; i < count; i++) {
		policies[i].id = unpack_id(unpack);
		policies[i].revision = unpack_number(unpack);
		policies[i].result = (uint8_t)unpack_number(unpack);
		policies[i].condition = (uint8_t)unpack_number(unpack);
	}
	*out_count = count;
	return policies;
}

/* By their bytes: each is an id and three numbers, whose last bytes alone are below 128. */
static void skip_policies(struct unpack *unpack)
{
	size_t count = unpack_count(unpack, sizeof(struct sp_id) + 3);
	const unsigned char *at = unpack->at, *end = unpack->end;

	for (size_t i = 0; i < count && !unpack->wrong; i++) {
		at += (size_t)(end - at) < sizeof(struct sp_id) ? (size_t)(end - at) :
		    sizeof(struct sp_id);
		for (unsigned left = 3; left > 0 && at < end; at++)
			left -= *at < 0x80;
		unpack->wrong = at == end;	/* something always follows */
	}
	unpack->at = at;
}

static unsigned unpack_below(struct unpack *unpack, unsigned count)
{
	uint64_t number = unpack_number(unpack);

	if (number >= count)
		unpack->wrong = true;
	return number < count ? (unsigned)number : 0;
}

static void unpack_signin(struct unpack *unpack, bool results, struct signin_record *out_signin)
{
	struct signin_record signin = { .id = unpack_id(unpack) };

	signin.user = unpack_id(unpack);
	signin.app = unpack_id(unpack);
	signin.at = unpack_signed(unpack);
	signin.signed_in = unpack_signed(unpack);
	signin.factor_time = unpack_signed(unpack);
	signin.factors = (uint32_t)unpack_number(unpack);
	signin.platform = (uint32_t)unpack_number(unpack);
	signin.client = (uint32_t)unpack_number(unpack);
	signin.single_mailbox = unpack_number(unpack) != 0;
	signin.groups = unpack_ids(unpack, &signin.group_count);
	signin.targets = unpack_ids(unpack, &signin.target_count);
	signin.decision = unpack_below(unpack, SP_ALLOW + 1);
	signin.missing = (uint32_t)unpack_number(unpack);
	if (results)
		signin.policies = unpack_policies(unpack, &signin.policy_count);
	else
		skip_policies(unpack);
	signin.journey = unpack_id(unpack);
	signin.reason = unpack_below(unpack, REASONS);
	signin.kind = unpack_below(unpack, JOURNEY_LINK + 1);
	signin.source = unpack_text(unpack);
	signin.agent = unpack_text(unpack);
	signin.identifier = unpack_text(unpack);
	signin.request_id = unpack_number(unpack);
	signin.interactive = unpack_number(unpack) != 0;
	for (size_t i = 0; unpack->format > 1 && i < 2; i++)
		signin.contexts.bits[i] = unpack_number(unpack);
	if (unpack->format > 2) {
		signin.locations = unpack_ids(unpack, &signin.location_count);
		signin.country = unpack_text(unpack);
		signin.password_changed = unpack_signed(unpack);
	}
	*out_signin = signin;
}

void signin_unpack(struct unpack *unpack, struct signin_record *out_signin)
{
	unpack_signin(unpack, true, out_signin);
}

void signin_unpack_facts(struct unpack *unpack, struct signin_record *out_signin)
{
	unpack_signin(unpack, false, out_signin);
}
