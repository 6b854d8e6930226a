#include "model/journey.h"

#include "base/id.h"
#include "model/session.h"
#include "model/tenant.h"

enum journey_ask journey_asks(const struct journey *journey)
{
	switch (journey->stage) {
	case STAGE_IDENTIFY:
		if (journey->kind == JOURNEY_LINK)
			return ASK_LINK;
		return journey->kind == JOURNEY_SIGN_IN ? ASK_SIGN_IN : ASK_ADDRESS;
	case STAGE_PROVE:
	case STAGE_SECOND:
		return ASK_CODE;
	case STAGE_PASSWORD:
		return ASK_NEW_PASSWORD;
	case STAGE_ATTRIBUTES:
		return ASK_ATTRIBUTES;
	case STAGE_SEND:
		return ASK_SEND;
	case STAGE_CONSENT:
		return ASK_CONSENT;
	case STAGE_JUDGING:
		return ASK_JUDGE;
	case STAGE_CREATING:
		return ASK_MAKE;
	case STAGE_OVER:
		break;
	}
	return ASK_DENIED;
}

enum passcode_purpose journey_purpose(const struct journey *journey)
{
	static const enum passcode_purpose prove[] = {
		[JOURNEY_NONE] = PASSCODE_NONE, [JOURNEY_SIGN_IN] = PASSCODE_SIGN_IN,
		[JOURNEY_SIGN_UP] = PASSCODE_SIGN_UP, [JOURNEY_RESET] = PASSCODE_RESET,
		[JOURNEY_LINK] = PASSCODE_NONE,
	};

	if (journey->stage == STAGE_PROVE)
		return prove[journey->kind];
	if (journey->stage == STAGE_SEND || journey->stage == STAGE_SECOND)
		return PASSCODE_SECOND;
	return PASSCODE_NONE;
}

/* An ordered id begins with 48 bits of milliseconds. */
int64_t journey_began(const struct journey *journey)
{
	int64_t ms = 0;

	for (size_t i = 0; i < 6; i++)
		ms = ms << 8 | journey->id.byte[i];
	return ms;
}

void journey_facts(const struct journey *journey, const struct tenant *tenant,
    struct sp_ids groups, int64_t now, struct sp_facts *out_facts)
{
	*out_facts = (struct sp_facts){
		.tenant = tenant->id,
		.user = journey->user,
		.groups = groups,
		.factors = journey->factors,
		.single_mailbox = journey->single_mailbox,
		.signed_in = journey->signed_in,
		.factor_time = journey->factor_time,
		.began = journey_began(journey) - SESSION_SKEW,
		.now = now,
	};
}

void journey_session(const struct journey *journey, struct session *out_session)
{
	*out_session = (struct session){ 0 };
	if (journey->stage != STAGE_OVER || journey->reason != REASON_NONE ||
	    id_zero(journey->user) || journey->kind == JOURNEY_RESET)
		return;
	*out_session = (struct session){
		.user = journey->user,
		.issuer = journey->issuer,
		.epoch = journey->epoch,
		.factors = journey->factors,
		.signed_in = journey->signed_in,
		.factor_time = journey->factor_time,
		.persistent = journey->stay,
		.single_mailbox = journey->single_mailbox,
	};
}

const char *journey_reason_name(enum journey_reason reason)
{
	static const char *const names[REASONS] = {
		[REASON_NONE] = "none",
		[REASON_CREDENTIALS] = "credentials",
		[REASON_CODE] = "code",
		[REASON_CODE_EXPIRED] = "codeExpired",
		[REASON_CODE_REPLACED] = "codeReplaced",
		[REASON_TRIES] = "tries",
		[REASON_PAUSED] = "paused",
		[REASON_SENDS] = "sends",
		[REASON_ADDRESS] = "address",
		[REASON_ADDRESS_REFUSED] = "addressRefused",
		[REASON_NEW_PASSWORD] = "newPassword",
		[REASON_ATTRIBUTE] = "attribute",
		[REASON_BLOCKED] = "blocked",
		[REASON_NO_METHOD] = "noMethod",
		[REASON_METHOD_OFF] = "methodOff",
		[REASON_GROUPS] = "groups",
		[REASON_NO_SIGN_UP] = "noSignUp",
		[REASON_EXPIRED] = "expired",
		[REASON_MOVED] = "moved",
		[REASON_FOREIGN] = "foreign",
		[REASON_UNAVAILABLE] = "unavailable",
		[REASON_NOT_ASSIGNED] = "notAssigned",
		[REASON_OTHER] = "other",
		[REASON_UNMET] = "unmet",
		[REASON_LINK] = "link",
	};

	return (unsigned)reason < REASONS ? names[reason] : "unknown";
}
