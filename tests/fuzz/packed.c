/* Journeys, codes and sign-ins from bytes: within their limits or broken, the same when packed
 * again, and what is broken is a journey that is over. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/pack.h"
#include "model/code.h"
#include "model/journey.h"
#include "model/signin.h"

#define NOW INT64_C(1795506693000)

struct packed { struct arena *arena; struct sp_bytes bytes; struct pack pack; };

/* True: all was read. What was read is then packed, unpacked, packed: twice the same. */
#define TRY(packed, kind, type, newest, out) do { \
	struct unpack unpack; \
	unpack_begin(&unpack, (packed)->arena, (packed)->bytes, newest); \
	kind##_unpack(&unpack, out); \
	if (unpack_ok(&unpack)) { \
		struct pack first, second; \
		struct type again; \
		pack_begin(&first, (packed)->arena, newest); \
		kind##_pack(&first, out); \
		unpack_begin(&unpack, (packed)->arena, pack_end(&first), newest); \
		kind##_unpack(&unpack, &again); \
		CHECK(unpack_ok(&unpack)); \
		pack_begin(&second, (packed)->arena, newest); \
		kind##_pack(&second, &again); \
		CHECK(first.size == second.size && \
		    memcmp(first.data, second.data, first.size) == 0); \
	} \
} while (0)

/* No event makes a step from OVER, and none but EVENT_DENIED after the expiry. */
static void step(const struct journey *journey)
{
	struct journey_event event = { .now = NOW, .user = journey->user, .epoch = 1,
		.challenge = journey->challenge, .identifier = "ann@example.com",
		.address = "ann@example.com", .verifier = "$argon2id$", .email_usable = true };
	enum journey_ask ask;
	struct journey next;

	CHECK(journey_asks(journey) <= ASK_MAKE && journey_purpose(journey) <= PASSCODE_SECOND);
	for (event.kind = EVENT_NONE; event.kind <= EVENT_DENIED; event.kind++) {
		if (!journey_step(journey, &event, &next, &ask))
			continue;
		CHECK(journey->stage != STAGE_OVER);
		CHECK(event.kind == EVENT_DENIED || NOW < journey->expires);
		CHECK(next.stage <= STAGE_CONSENT && ask <= ASK_MAKE);
		CHECK((next.stage == STAGE_OVER) == (ask == ASK_DENIED || ask == ASK_DONE ||
		    ask == ASK_RESET_DONE));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct packed packed = { .arena = &arena, .bytes = { data, size } };
	struct journey journey;
	struct code code;
	struct signin_record signin;

	TRY(&packed, journey, journey, 1, &journey);
	CHECK(journey.kind <= JOURNEY_LINK && journey.stage <= STAGE_CONSENT);
	step(&journey);
	TRY(&packed, code, code, CODE_FORMAT, &code);
	TRY(&packed, signin, signin_record, SIGNIN_FORMAT, &signin);
	arena_done(&arena);
	return 0;
}
