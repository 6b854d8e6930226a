#include "flow/tally.h"

#include "base/metric.h"
#include "loop/loop.h"

#define SIGN_INS "sallyport_sign_ins_total"
#define TOKENS "sallyport_token_requests_total"
#define SIGN_IN(reason, word) [reason] = { SIGN_INS, \
	"Steps of customers that ended so; success is a finished sign-in.", \
	"result=\"" word "\"", METRIC_COUNTER }

/* The words of journey_reason_name(); a test compares. */
static const struct metric_row rows[TALLY_COUNT] = {
	SIGN_IN(REASON_NONE, "success"),
	SIGN_IN(REASON_CREDENTIALS, "credentials"),
	SIGN_IN(REASON_CODE, "code"),
	SIGN_IN(REASON_CODE_EXPIRED, "codeExpired"),
	SIGN_IN(REASON_CODE_REPLACED, "codeReplaced"),
	SIGN_IN(REASON_TRIES, "tries"),
	SIGN_IN(REASON_PAUSED, "paused"),
	SIGN_IN(REASON_SENDS, "sends"),
	SIGN_IN(REASON_ADDRESS, "address"),
	SIGN_IN(REASON_ADDRESS_REFUSED, "addressRefused"),
	SIGN_IN(REASON_NEW_PASSWORD, "newPassword"),
	SIGN_IN(REASON_ATTRIBUTE, "attribute"),
	SIGN_IN(REASON_BLOCKED, "blocked"),
	SIGN_IN(REASON_NO_METHOD, "noMethod"),
	SIGN_IN(REASON_METHOD_OFF, "methodOff"),
	SIGN_IN(REASON_GROUPS, "groups"),
	SIGN_IN(REASON_NOT_ASSIGNED, "notAssigned"),
	SIGN_IN(REASON_NO_SIGN_UP, "noSignUp"),
	SIGN_IN(REASON_OTHER, "other"),
	SIGN_IN(REASON_UNMET, "unmet"),
	SIGN_IN(REASON_EXPIRED, "expired"),
	SIGN_IN(REASON_MOVED, "moved"),
	SIGN_IN(REASON_FOREIGN, "foreign"),
	SIGN_IN(REASON_UNAVAILABLE, "unavailable"),
	SIGN_IN(REASON_LINK, "link"),
	[TALLY_CODES_SENT] = { "sallyport_codes_sent_total", "Codes put into the outbox.", NULL,
	    METRIC_COUNTER },
	[TALLY_TOKENS] = { TOKENS, "Token requests.", "result=\"success\"", METRIC_COUNTER },
	[TALLY_TOKENS_REFUSED] = { TOKENS, "Token requests.", "result=\"refused\"",
	    METRIC_COUNTER },
};

struct metric *tally_new(unsigned loops)
{
	return metric_new(rows, TALLY_COUNT, loops);
}

void tally_count(struct metric *tally, const struct loop *loop, unsigned row)
{
	if (tally != NULL)
		metric_count(tally, loop_index(loop), row, 1);
}
