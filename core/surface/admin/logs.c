/* logs.c - sign-ins, newest first; or what came after one, in order */
#include "surface/admin/reading.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "plugin/instance.h"
#include "store/signins.h"

/* A batch is made that long after its request came, at most: the id's time, and createdDateTime. */
#define REQUEST_MOST (INT64_C(10) * 60 * 1000)

#define PROPERTIES SIGNIN_BRIEF " id userDisplayName userPrincipalName signInIdentifier " \
	"signInIdentifierType userType appDisplayName resourceId resourceDisplayName ipAddress " \
	"userAgent clientAppUsed location deviceDetail correlationId originalRequestId " \
	"signInEventTypes authenticationProtocol journeyKind authenticationRequirement " \
	"authenticationRequirementPolicies sessionLifetimePolicies authenticationDetails " \
	"authenticationContextClassReferences singleMailbox appliedConditionalAccessPolicies " \
	"appliedEventListeners riskDetail riskLevelDuringSignIn riskState"

struct logbook {
	struct reading reading;	/* first */
	/* What every record that fits the filter has; zero: any. */
	struct sp_id user, app;
	int64_t from, to;	/* ms: createdDateTime */
	int64_t settled;	/* ms: none that is younger; whatever is older is there */
	bool brief;		/* the filter asks for no more than signin_brief() tells */
};

static bool foreign(struct sp_id wanted, struct sp_id is)
{
	return !id_zero(wanted) && !id_equal(wanted, is);
}

static enum scan_verdict take_whole(struct logbook *logbook, const struct signin_record *signin)
{
	struct reading *reading = &logbook->reading;
	const struct tenant *tenant = reading->scan.turn.tenant;

	if (reading->odata.filter == NULL || !logbook->brief)
		return reading_show(reading, signin_json(tenant, signin));
	json_t *brief = signin_brief(tenant, signin);
	bool fits = filter_fits(reading->odata.filter, brief);
	json_decref(brief);
	return fits ? reading_show(reading, signin_json(tenant, signin)) : SCAN_PASSED;
}

static enum scan_verdict logbook_take(struct scan *scan, const struct sp_record *record)
{
	struct logbook *logbook = (struct logbook *)(void *)scan;
	enum scan_verdict verdict = SCAN_PASSED;
	struct signin_record signin;
	struct signins_whose whose;
	struct arena arena;

	if (!signins_whose(record, &whose))
		return SCAN_PASSED;
	int64_t time = id_time(whose.id);
	if (scan->backwards ? time < logbook->from : time >= logbook->settled ||
	    time - REQUEST_MOST > logbook->to)
		return SCAN_OVER;
	if (time >= logbook->settled || foreign(logbook->user, whose.user) ||
	    foreign(logbook->app, whose.app))
		return SCAN_PASSED;
	arena_init(&arena, NULL, 0);
	if (signins_read(&arena, record, &signin))
		verdict = take_whole(logbook, &signin);
	arena_done(&arena);
	return verdict;
}

/* From where the query says. False: told. */
static bool logbook_range(struct logbook *logbook)
{
	struct scan *scan = &logbook->reading.scan;
	struct exchange *ex = logbook->reading.ex;
	struct sp_id tenant = scan->turn.tenant->id, id;
	const char *after = admin_query(ex, "after"), *before = admin_query(ex, "before");
	const char *edge = after != NULL ? after : before;
	struct sp_bytes start = { NULL, 0 };

	scan->backwards = after == NULL;
	if (edge != NULL && !id_parse(edge, &id)) {
		admin_error(ex, 400, "BadRequest", "after, before: the id of an entry.");
		return false;
	}
	if (edge == NULL && logbook->to < INT64_MAX - REQUEST_MOST) {
		id = id_since(logbook->to + REQUEST_MOST);
		edge = "";
	}
	if (edge != NULL)
		start = signins_at(tenant, id).key;
	scan_add(scan, signins_all(tenant), start);
	return true;
}

/* In order, or where the order is to be gone on with later. */
static void logbook_settle(struct logbook *logbook)
{
	struct exchange *ex = logbook->reading.ex;
	bool order = admin_query(ex, "after") != NULL;

	if (!order && !admin_flag(ex, "settled"))
		return;
	logbook->settled = instance_settled(turn_seat(&logbook->reading.scan.turn,
	    BINDING_RECORDS)->instance) - SIGNINS_MARGIN;
	if (order)
		return;
	char *since = arena_alloc(ex->arena, ID_TEXT);
	id_format(id_since(logbook->settled), since);
	logbook->reading.since = since;
}

static void logbook_narrow(struct logbook *logbook)
{
	const struct filter *filter = logbook->reading.odata.filter;
	struct scan *scan = &logbook->reading.scan;
	const char *user = filter_equal(filter, "userId"), *app = filter_equal(filter, "appId");

	(void)(user != NULL && id_parse(user, &logbook->user));
	(void)(app != NULL && id_parse(app, &logbook->app));
	logbook->to = INT64_MAX;
	filter_times(filter, "createdDateTime", &logbook->from, &logbook->to);
	logbook->brief = filter_foreign(filter, SIGNIN_BRIEF) == NULL;
	logbook->settled = INT64_MAX;
	logbook_settle(logbook);
	scan->take = logbook_take;
	scan->picky = scan->picky || logbook->settled != INT64_MAX;
}

void admin_signins(struct exchange *ex)
{
	struct logbook *logbook = arena_alloc(ex->arena, sizeof(*logbook));
	struct turn *turn = &logbook->reading.scan.turn;
	const char *actor;

	if (!admin_begin(ex, turn, &actor))
		return;
	bool fine = reading_begin(&logbook->reading, ex, PROPERTIES);
	if (fine) {
		logbook_narrow(logbook);
		fine = logbook_range(logbook) && reading_resume(&logbook->reading);
	}
	if (fine)
		reading_run(&logbook->reading);
	else
		face_end(ex, turn);
}
