/*
 * visit_route.c - what the customer did, against where his journey stands
 *
 * One row for each action: the stages that allow it, the kinds of journey, and what begins.
 * What has no row is refused, and nothing has happened (requirement 32).
 */
#include "flow/visit_steps.h"

#include "flow/visit_value.h"
#include "model/system.h"

#include <string.h>

static bool route_address(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (address_parse(visit->turn.arena, visit->input.address, &work->address) != ADDRESS_OK)
		return false;
	work->counted = budgets_counted(visit->turn.store, visit->turn.tenant->id,
	    work->address.count);
	return true;
}

static unsigned found_for_password(struct visit *visit)
{
	struct visit_work *work = visit->work;

	work->run_kind = work->known ? BUDGET_PASSWORD_KNOWN : BUDGET_PASSWORD_OTHER;
	return visit_context(visit, visit_password);
}

static unsigned route_password(struct visit *visit)
{
	if (!route_address(visit))
		return visit_retry(visit, REASON_CREDENTIALS);
	if (!visit_source(visit, SOURCE_PASSWORDS, false))
		return visit_retry(visit, REASON_CREDENTIALS);
	visit->work->then = found_for_password;
	return VISIT_FIND;
}

/* OTP first, from a browser that is known: the account's own budgets, which no stranger can
 * reach; else those of the address (1.3). */
static unsigned contexted_for_address(struct visit *visit)
{
	struct visit_work *work = visit->work;
	bool sign_up = work->journey.kind == JOURNEY_SIGN_UP;

	work->exists = sign_up && work->user != NULL;
	work->decoy = sign_up ? work->exists : !visit_open(work);
	return visit_mail(visit, sign_up ? PASSCODE_SIGN_UP :
	    work->journey.kind == JOURNEY_RESET ? PASSCODE_RESET : PASSCODE_SIGN_IN);
}

static unsigned found_for_address(struct visit *visit)
{
	visit->work->run_kind = BUDGET_UNPROVEN_DAY;
	return visit_context(visit, contexted_for_address);
}

static unsigned route_to_address(struct visit *visit)
{
	if (!route_address(visit))
		return visit_retry(visit, REASON_ADDRESS);
	visit->work->then = found_for_address;
	return VISIT_FIND;
}

/* Another way in: a fresh journey with the same request, so that the old form is worth nothing. */
static unsigned route_switch(struct visit *visit)
{
	static const enum journey_event_kind events[] = {
		[VISIT_TO_SIGN_IN] = EVENT_SIGN_IN, [VISIT_TO_SIGN_UP] = EVENT_SIGN_UP,
		[VISIT_TO_RESET] = EVENT_RESET,
	};
	struct visit_work *work = visit->work;
	struct journey_event event = { .kind = events[visit->input.action] };

	if (work->revision != SP_ABSENT || work->journey.stage != STAGE_IDENTIFY) {
		if (!visit_fresh(visit, &work->journey))
			return visit_refused(visit, REASON_FOREIGN);
		work->revision = SP_ABSENT;
	}
	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_NO_SIGN_UP);
	return visit_answered(visit, work->ask);
}

/* A known customer's tries are his account's, another's are the address's. */
static void route_subjects(struct visit *visit)
{
	struct visit_work *work = visit->work;
	const struct journey *journey = &work->journey;
	bool second = journey->stage == STAGE_SECOND || journey->stage == STAGE_SEND;

	if (journey->address != NULL && address_parse(visit->turn.arena, journey->address,
	    &work->address) == ADDRESS_OK)
		work->counted = budgets_counted(visit->turn.store, visit->turn.tenant->id,
		    work->address.count);
	work->subject = id_zero(journey->user) ? work->counted : journey->user;
	work->known = !id_zero(journey->user) && visit_knows(visit, journey->user);
	work->run_kind = second || (work->known && journey->kind == JOURNEY_SIGN_IN) ?
	    BUDGET_MFA_RUN : BUDGET_UNPROVEN_DAY;
}

static unsigned route_code(struct visit *visit)
{
	return visit_context(visit, visit_try);
}

static unsigned route_resend(struct visit *visit)
{
	return visit_context(visit, visit_resend);
}

static unsigned sent_user(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (!visit_open(work))
		return visit_refused(visit, REASON_CREDENTIALS);
	return visit_mail(visit, PASSCODE_SECOND);
}

static unsigned contexted_for_send(struct visit *visit)
{
	visit->work->then = sent_user;
	return VISIT_USER;
}

static unsigned route_send(struct visit *visit)
{
	return visit_context(visit, contexted_for_send);
}

static unsigned route_new_password(struct visit *visit)
{
	if (visit->work->journey.founds)
		return visit_founder(visit);
	return visit_context(visit, visit_hash);
}

static unsigned contexted_for_attributes(struct visit *visit)
{
	struct visit_work *work = visit->work;
	struct journey_event event = {
		.kind = EVENT_ATTRIBUTES,
		.attribute_count = visit->input.attribute_count,
		.attributes = visit->input.attributes,
		.email_usable = method_usable(&visit->turn.tenant->email, work->journey.user,
		    (struct sp_ids){ 0 }),
		.proof_counts = visit_settings(visit)->proof_counts_as_mfa,
	};

	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	return visit_follow(visit);
}

static const char *given(const struct visit_input *input, const char *name)
{
	for (size_t i = 0; i < input->attribute_count; i++)
		if (strcmp(input->attributes[i].name, name) == 0)
			return input->attributes[i].value;
	return NULL;
}

static unsigned route_attributes(struct visit *visit)
{
	const struct tenant *tenant = visit->turn.tenant;
	const struct app *app = tenant_app(tenant, visit->work->journey.request.client_id);
	const struct userflow *flow = app != NULL ? tenant_flow(tenant, app) : NULL;

	if (flow == NULL)
		return visit_refused(visit, REASON_NO_SIGN_UP);
	for (size_t i = 0; i < flow->attribute_count; i++) {
		const struct userflow_attribute *attribute = &flow->attributes[i];
		visit->answer.why = userflow_refuses(attribute,
		    given(&visit->input, attribute->name));
		visit->answer.attribute = attribute->name;
		if (visit->answer.why != NULL)
			return visit_retry(visit, REASON_ATTRIBUTE);
	}
	return visit_context(visit, contexted_for_attributes);
}

static unsigned shown(struct visit *visit)
{
	return visit_answered(visit, journey_asks(&visit->work->journey));
}

static unsigned route_show(struct visit *visit)
{
	return visit_context(visit, shown);
}

/* As if the app had asked again: by the same request, of him whom the customer has named. */
static unsigned route_pick(struct visit *visit)
{
	struct authorize *request = arena_alloc(visit->turn.arena, sizeof(*request));

	*request = visit->work->journey.request;
	visit->work->request = request;
	return VISIT_SESSION;
}

#define AT(stage) (1u << (stage))

static const struct route_row {
	unsigned stages, kinds;
	unsigned (*begin)(struct visit *visit);
} rows[] = {
	[VISIT_NONE] = { ~AT(STAGE_CONSENT), ~0u, route_show },	/* what he agrees to is told once */
	[VISIT_PASSWORD] = { AT(STAGE_IDENTIFY), AT(JOURNEY_SIGN_IN), route_password },
	[VISIT_ADDRESS] = { AT(STAGE_IDENTIFY), AT(JOURNEY_SIGN_IN) | AT(JOURNEY_SIGN_UP) |
	    AT(JOURNEY_RESET), route_to_address },
	[VISIT_TO_SIGN_IN] = { ~0u, ~AT(JOURNEY_LINK), route_switch },
	[VISIT_TO_SIGN_UP] = { ~0u, ~AT(JOURNEY_LINK), route_switch },
	[VISIT_TO_RESET] = { ~0u, ~AT(JOURNEY_LINK), route_switch },
	[VISIT_CODE] = { AT(STAGE_PROVE) | AT(STAGE_SECOND), ~0u, route_code },
	[VISIT_RESEND] = { AT(STAGE_PROVE) | AT(STAGE_SECOND), ~0u, route_resend },
	[VISIT_SEND] = { AT(STAGE_SEND), AT(JOURNEY_SIGN_IN), route_send },
	[VISIT_NEW_PASSWORD] = { AT(STAGE_PASSWORD), ~0u, route_new_password },
	[VISIT_ATTRIBUTES] = { AT(STAGE_ATTRIBUTES), AT(JOURNEY_SIGN_UP),
	    route_attributes },
	[VISIT_LINK] = { AT(STAGE_IDENTIFY), AT(JOURNEY_LINK), visit_link },
	[VISIT_AGREE] = { AT(STAGE_CONSENT), AT(JOURNEY_SIGN_IN), visit_route_consent },
	[VISIT_DECLINE] = { AT(STAGE_CONSENT), AT(JOURNEY_SIGN_IN), visit_route_consent },
	[VISIT_PICK] = { AT(STAGE_IDENTIFY), AT(JOURNEY_SIGN_IN), route_pick },
};

/* A password where the flow has codes, or a lone address where it has passwords, is no way in. */
static bool route_allows(const struct visit *visit, const struct route_row *row)
{
	const struct journey *journey = &visit->work->journey;
	enum visit_action action = visit->input.action;

	if (system_no_reset(visit->turn.tenant->id) &&
	    (action == VISIT_TO_RESET || journey->kind == JOURNEY_RESET))
		return false;
	if ((row->stages & AT(journey->stage)) == 0 || (row->kinds & AT(journey->kind)) == 0)
		return false;
	if (journey->kind != JOURNEY_SIGN_IN)
		return true;
	return !(action == VISIT_PASSWORD && journey->method == METHOD_OTP) &&
	    !(action == VISIT_ADDRESS && journey->method == METHOD_PASSWORD);
}

/* The box is on the sign-in page, which the customer leaves in one of these ways: what it says
 * then is his answer, also when it was another before. Pages without it leave it as it is. */
static void route_stay(struct visit *visit)
{
	enum visit_action action = visit->input.action;
	struct journey *journey = &visit->work->journey;
	bool leaves = action == VISIT_PASSWORD || action == VISIT_ADDRESS ||
	    action == VISIT_TO_SIGN_UP || action == VISIT_TO_RESET;

	if (visit->input.stay || (leaves && journey_asks(journey) == ASK_SIGN_IN))
		journey->stay = visit->input.stay;
}

unsigned visit_route(struct visit *visit)
{
	enum visit_action action = visit->input.action;

	if (action > VISIT_PICK || !route_allows(visit, &rows[action]))
		return visit_refused(visit, REASON_MOVED);
	route_subjects(visit);
	route_stay(visit);
	return rows[action].begin(visit);
}
