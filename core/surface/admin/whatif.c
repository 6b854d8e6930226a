/* whatif.c - What If: which policies apply to a sign-in that nobody makes, and what comes of them */
#include "surface/admin/asking.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/shape.h"
#include "surface/face.h"

#include <string.h>

#define DRAFTS "@sallyport.policies"
#define DISABLED "@sallyport.includeDisabled"
#define PLATFORMS "all android iOS windows windowsPhone macOS linux"
#define CLIENTS "all browser mobileAppsAndDesktopClients exchangeActiveSync easSupported other"
#define RISK(text) { .name = text, .type = SHAPE_WORD, .words = "none low medium high hidden" }
#define NOT(text, why) { .name = text, .type = SHAPE_NOT, .help = why }

static const struct shape identity_shape[] = {
	{ .name = "userId", .type = SHAPE_TEXT, .must = true, .min = 1, .max = 254 },
	NOT("servicePrincipalId", "workload identities are not in external tenants"),
	{ 0 },
};
static const struct shape context_shape[] = {
	{ .name = "includeApplications", .type = SHAPE_ID, .list = true, .most = 20 },
	{ .name = "authenticationContextValue", .type = SHAPE_TEXT, .min = 2, .max = 3 },
	NOT("userAction", "user actions are not in external tenants"),
	{ 0 },
};
/* No policy here looks at risk or devices: whatever is said of them, the answer is the same. */
static const struct shape conditions_shape[] = {
	{ .name = "devicePlatform", .type = SHAPE_WORD, .words = PLATFORMS },
	{ .name = "clientAppType", .type = SHAPE_WORD, .words = CLIENTS },
	{ .name = "country", .type = SHAPE_TEXT, .min = 2, .max = 2 },
	{ .name = "ipAddress", .type = SHAPE_TEXT, .min = 2, .max = 45 },
	RISK("signInRiskLevel"), RISK("userRiskLevel"), RISK("servicePrincipalRiskLevel"),
	{ .name = "insiderRiskLevel", .type = SHAPE_WORD,
	    .words = "none minor moderate elevated" },
	{ .name = "authenticationFlow", .type = SHAPE_ANY },
	{ .name = "deviceInfo", .type = SHAPE_ANY },
	{ 0 },
};
static const struct shape question_shape[] = {
	{ .name = "signInIdentity", .type = SHAPE_OBJECT, .must = true,
	    .members = identity_shape },
	{ .name = "signInContext", .type = SHAPE_OBJECT, .must = true, .members = context_shape },
	{ .name = "signInConditions", .type = SHAPE_OBJECT, .members = conditions_shape },
	{ .name = "appliedPoliciesOnly", .type = SHAPE_FLAG },
	{ .name = DRAFTS, .type = SHAPE_ANY, .list = true, .most = PLAN_POLICIES_MOST },
	{ .name = DISABLED, .type = SHAPE_FLAG },
	{ 0 },
};

static void asking_over(struct asking *asking)
{
	struct exchange *ex = asking->ex;
	struct turn *turn = &asking->drafts.edit.turn;

	forecast_done(&asking->forecast);
	json_decref(asking->body);
	json_decref(asking->question);
	json_decref(asking->notes);
	face_end(ex, turn);
}

static void whatif_over(struct drafts *drafts)
{
	drafts_done(drafts);
	asking_over((struct asking *)(void *)drafts);
}

/* Reading the question. */

static uint32_t word_bit(const char *words, const char *word, uint32_t first)
{
	size_t length = strlen(word);

	for (const char *at = words; at != NULL; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (strncmp(at, word, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
			return first;
		first <<= 1;
	}
	return 0;
}

/* "all" is Graph's word for what is not said. */
static bool read_word(const json_t *object, const char *name, const char *words, uint32_t first,
    uint32_t *out_bit)
{
	const char *word = json_text(object, name, "all");

	if (strcmp(word, "all") == 0)
		return false;
	*out_bit = word_bit(words, word, first);
	return true;
}

/* Where a country is said and no address, networks can't be told: an address goes with it. */
static void read_place(struct asking *asking, struct document_errors *errors)
{
	struct location_place *place = &asking->forecast.place;
	const json_t *conditions = json_object_get(asking->question, "signInConditions");
	const char *address = json_text(conditions, "ipAddress", NULL);
	const char *country = json_text(conditions, "country", NULL);
	struct location_range range;

	if (country != NULL && (strlen(country) != 2 || strspn(country,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
		document_wrong(errors, "signInConditions.country", "InvalidValue",
		    "not two capital letters, such as DE");
	else if (country != NULL && address == NULL)
		document_wrong(errors, "signInConditions.ipAddress", "Required",
		    "a country goes with an address");
	else if (country != NULL)
		memcpy(place->country, country, sizeof(place->country));
	if (address == NULL)
		return;
	if (strchr(address, '/') != NULL || location_range(address, &range) != NULL) {
		document_wrong(errors, "signInConditions.ipAddress", "InvalidValue",
		    "not an address such as 203.0.113.7 or 2001:db8::7");
		return;
	}
	memcpy(place->address, range.address, sizeof(place->address));
	place->known = true;
	asking->forecast.given.location = true;
}

static void read_conditions(struct asking *asking)
{
	struct forecast *forecast = &asking->forecast;
	const json_t *conditions = json_object_get(asking->question, "signInConditions");

	forecast->given.platform = read_word(conditions, "devicePlatform",
	    "android iOS windows windowsPhone macOS linux", SP_ANDROID, &forecast->platform);
	forecast->given.client = read_word(conditions, "clientAppType",
	    "other browser mobileAppsAndDesktopClients exchangeActiveSync easSupported",
	    SP_CLIENT_OTHER, &forecast->client);
}

static void read_apps(struct asking *asking, struct document_errors *errors)
{
	struct forecast *forecast = &asking->forecast;
	const json_t *list = shape_at(asking->question, "signInContext", "includeApplications",
	    NULL), *one;
	struct sp_id *targets = arena_alloc(asking->ex->arena,
	    (json_array_size(list) + 1) * sizeof(*targets));
	size_t index;

	json_array_foreach(list, index, one) {
		const char *id = json_string_value(one);
		const struct app *app = tenant_app(asking->drafts.edit.turn.tenant,
		    id != NULL ? id : "");
		if (app == NULL) {
			document_wrong(errors, text_print(asking->ex->arena,
			    "signInContext.includeApplications[%zu]", index), "ResourceNotFound",
			    "there is no application '%s'", id != NULL ? id : "");
			continue;
		}
		forecast->app = forecast->app != NULL ? forecast->app : app;
		targets[forecast->target_count++] = app->app_id;
	}
	forecast->targets = targets;
	forecast->given.app = forecast->target_count > 0;
}

static void read_context(struct asking *asking, struct document_errors *errors)
{
	const json_t *context = json_object_get(asking->question, "signInContext");
	const char *text = json_text(context, "authenticationContextValue", NULL);
	unsigned number = policy_context(text);

	if (text == NULL && json_array_size(json_object_get(context, "includeApplications")) == 0)
		document_wrong(errors, "signInContext", "Required",
		    "needs includeApplications or authenticationContextValue");
	if (text == NULL)
		return;
	if (number == 0) {
		document_wrong(errors, "signInContext.authenticationContextValue", "InvalidValue",
		    "not one of c1 to c99");
		return;
	}
	wishes_context_add(&asking->forecast.contexts, number);
	if (!wishes_context_in(asking->drafts.edit.turn.tenant->contexts, number))
		json_array_append_new(asking->notes, json_string(text_print(asking->ex->arena,
		    "signInContext.authenticationContextValue: %s is not offered, so no application "
		    "can ask for it", text)));
}

static bool asking_read(struct asking *asking)
{
	struct document_errors errors = { .arena = asking->ex->arena };

	asking->body = admin_body(asking->ex);
	if (asking->body == NULL)
		return false;
	asking->notes = json_array();
	asking->question = shape_check(question_shape, asking->body, &errors);
	if (errors.count == 0) {
		read_apps(asking, &errors);
		read_context(asking, &errors);
		read_place(asking, &errors);
		read_conditions(asking);
	}
	asking->applied_only = json_flag(asking->question, "appliedPoliciesOnly", false);
	asking->forecast.who = json_text(json_object_get(asking->question, "signInIdentity"),
	    "userId", "");
	if (errors.count > 0)
		admin_wrong(asking->ex, &errors);
	return errors.count == 0;
}

/* Judging. */

static void asking_failed(struct asking *asking)
{
	struct exchange *ex = asking->ex;

	if (asking->forecast.outcome == FORECAST_NOBODY) {
		admin_error(ex, 404, "ResourceNotFound", "signInIdentity.userId: there is no such "
		    "user in this tenant.");
		return;
	}
	admin_unavailable(ex, "A store or the policy engine does not answer.");
}

static void forecast_finished(struct turn *turn, void *arg)
{
	struct asking *asking = arg;

	(void)turn;
	if (asking->forecast.outcome == FORECAST_GOOD)
		face_json(asking->ex, 200, whatif_answer(asking));
	else
		asking_failed(asking);
	whatif_over(&asking->drafts);
}

static void whatif_judge(struct drafts *drafts)
{
	struct asking *asking = (struct asking *)(void *)drafts;
	struct forecast *forecast = &asking->forecast;

	forecast->turn = drafts->edit.turn;
	forecast->turn.finished = forecast_finished;
	forecast->turn.arg = asking;
	if (forecast_take(forecast, drafts->documents, drafts->unsaved)) {
		forecast_run(forecast);
		return;
	}
	admin_error(asking->ex, 500, "InternalServerError", "A stored policy can't be read.");
	whatif_over(drafts);
}

void admin_whatif(struct exchange *ex)
{
	struct asking *asking = arena_alloc(ex->arena, sizeof(*asking));
	struct drafts *drafts = &asking->drafts;

	asking->ex = ex;
	if (!admin_begin(ex, &drafts->edit.turn, &drafts->edit.actor))
		return;
	if (!asking_read(asking)) {
		asking_over(asking);
		return;
	}
	drafts->ex = ex;
	drafts->place = DRAFTS;
	drafts->disabled = json_flag(asking->question, DISABLED, false);
	drafts->then = whatif_judge;
	drafts->over = whatif_over;
	drafts_run(drafts, json_object_get(asking->question, DRAFTS));
}
