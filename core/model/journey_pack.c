#include "model/journey.h"

#include "base/arena.h"
#include "base/pack.h"

#include <string.h>
#include <sallyport/users.h>

enum { STAY = 1 << 0, SINGLE_MAILBOX = 1 << 1, SIGN_UP_ALLOWED = 1 << 2, STORED = 1 << 3,
	FOUNDS = 1 << 4, RECORDED = 1 << 5, RENEWED = 1 << 6 };

static void pack_flags(struct pack *pack, const struct journey *journey)
{
	pack_number(pack, (journey->stay ? STAY : 0u) |
	    (journey->single_mailbox ? SINGLE_MAILBOX : 0u) |
	    (journey->sign_up_allowed ? SIGN_UP_ALLOWED : 0u) | (journey->stored ? STORED : 0u) |
	    (journey->founds ? FOUNDS : 0u) | (journey->recorded ? RECORDED : 0u) |
	    (journey->renewed ? RENEWED : 0u));
}

static void unpack_flags(struct unpack *unpack, struct journey *journey)
{
	uint64_t flags = unpack_number(unpack);

	journey->stay = (flags & STAY) != 0;
	journey->single_mailbox = (flags & SINGLE_MAILBOX) != 0;
	journey->sign_up_allowed = (flags & SIGN_UP_ALLOWED) != 0;
	journey->stored = (flags & STORED) != 0;
	journey->founds = (flags & FOUNDS) != 0;
	journey->recorded = (flags & RECORDED) != 0;
	journey->renewed = (flags & RENEWED) != 0;
}

/* A number that names one of `count` things; anything else is wrong, and reads as the zero. */
static unsigned unpack_below(struct unpack *unpack, unsigned count)
{
	uint64_t number = unpack_number(unpack);

	if (number >= count)
		unpack->wrong = true;
	return number < count ? (unsigned)number : 0;
}

void journey_pack(struct pack *pack, const struct journey *journey)
{
	pack_id(pack, journey->id);
	pack_number(pack, journey->kind);
	pack_number(pack, journey->stage);
	pack_number(pack, journey->method);
	pack_number(pack, journey->reason);
	pack_flags(pack, journey);
	pack_signed(pack, journey->expires);
	pack_text(pack, journey->issuer);
	pack_bytes(pack, journey->browser, sizeof(journey->browser));
	authorize_pack(pack, &journey->request);
	pack_id(pack, journey->user);
	pack_number(pack, journey->epoch);
	pack_number(pack, journey->revision);
	pack_text(pack, journey->identifier);
	pack_text(pack, journey->address);
	pack_number(pack, journey->factors);
	pack_signed(pack, journey->signed_in);
	pack_signed(pack, journey->factor_time);
	pack_id(pack, journey->session);
	pack_id(pack, journey->challenge);
	pack_text(pack, journey->verifier);
	pack_number(pack, journey->attribute_count);
	for (size_t i = 0; i < journey->attribute_count; i++) {
		pack_text(pack, journey->attributes[i].name);
		pack_text(pack, journey->attributes[i].value);
	}
}

static void unpack_browser(struct unpack *unpack, struct journey *journey)
{
	struct sp_bytes bytes = unpack_bytes(unpack);

	if (bytes.size != sizeof(journey->browser))
		unpack->wrong = true;
	else
		memcpy(journey->browser, bytes.data, bytes.size);
}

static void unpack_attributes(struct unpack *unpack, struct journey *journey)
{
	size_t count = unpack_below(unpack, SP_ATTRIBUTES_MAX + 1);
	struct journey_attribute *attributes =
	    arena_alloc(unpack->arena, count * sizeof(*attributes));

	for (size_t i = 0; i < count; i++) {
		attributes[i].name = unpack_text(unpack);
		attributes[i].value = unpack_text(unpack);
	}
	journey->attribute_count = count;
	journey->attributes = count > 0 ? attributes : NULL;
}

void journey_unpack(struct unpack *unpack, struct journey *out_journey)
{
	struct journey journey = { .id = unpack_id(unpack) };

	journey.kind = unpack_below(unpack, JOURNEY_LINK + 1);
	journey.stage = unpack_below(unpack, STAGE_CONSENT + 1);
	journey.method = unpack_below(unpack, METHOD_OTP + 1);
	journey.reason = unpack_below(unpack, REASONS);
	unpack_flags(unpack, &journey);
	journey.expires = unpack_signed(unpack);
	journey.issuer = unpack_text(unpack);
	unpack_browser(unpack, &journey);
	authorize_unpack(unpack, &journey.request);
	journey.user = unpack_id(unpack);
	journey.epoch = unpack_number(unpack);
	journey.revision = unpack_number(unpack);
	journey.identifier = unpack_text(unpack);
	journey.address = unpack_text(unpack);
	journey.factors = (uint32_t)unpack_number(unpack);
	journey.signed_in = unpack_signed(unpack);
	journey.factor_time = unpack_signed(unpack);
	journey.session = unpack_id(unpack);
	journey.challenge = unpack_id(unpack);
	journey.verifier = unpack_text(unpack);
	unpack_attributes(unpack, &journey);
	/* What is broken reads as a journey that is over. */
	*out_journey = unpack->wrong ? (struct journey){ 0 } : journey;
}
