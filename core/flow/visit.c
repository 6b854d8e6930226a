#include "flow/visit_steps.h"

#include "base/arena.h"
#include "base/text.h"
#include "flow/hint.h"
#include "flow/visit_value.h"
#include "model/user.h"

#include <string.h>

#define TO FLOW_TO
/* The end; on the way there a right try that came to nothing is given back. */
#define OVER (TO(VISIT_REFUND) | TO(FLOW_END))
/* Where a journey may lead once an event has been told. */
#define ONWARD (TO(VISIT_USER) | TO(VISIT_GROUPS) | TO(VISIT_MAIL) | TO(VISIT_STORE) | \
	TO(VISIT_INTENT) | TO(VISIT_FINISH) | TO(VISIT_DENY) | TO(VISIT_ONCE) | OVER)
#define STEP(name) #name, visit_ask_##name, visit_got_##name

const struct flow_step visit_steps[] = {
	[VISIT_LOAD] = { STEP(load), TO(VISIT_FIND) | TO(VISIT_CONTEXT) | TO(VISIT_HASH) |
	    TO(VISIT_LINKING) | TO(VISIT_SESSION) | ONWARD },
	[VISIT_FIND] = { STEP(find), TO(VISIT_CONTEXT) | TO(VISIT_MAIL) | OVER },
	[VISIT_CONTEXT] = { STEP(context), TO(VISIT_CHARGE) | TO(VISIT_TRY) | TO(VISIT_HASH) |
	    TO(VISIT_CONSENT) | ONWARD },
	[VISIT_USER] = { STEP(user), TO(VISIT_HASH) | ONWARD },
	[VISIT_CHARGE] = { STEP(charge), TO(VISIT_VERIFY) | TO(VISIT_WRONG) | OVER },
	[VISIT_VERIFY] = { STEP(verify), TO(VISIT_BACKEND) | TO(VISIT_FLOOR) |
	    TO(VISIT_WRONG) | TO(VISIT_REHASH) | ONWARD },
	[VISIT_BACKEND] = { STEP(backend), TO(VISIT_FLOOR) | ONWARD },
	[VISIT_FLOOR] = { STEP(floor), TO(VISIT_WRONG) },
	[VISIT_WRONG] = { STEP(wrong), OVER },
	[VISIT_REHASH] = { STEP(rehash), TO(VISIT_REPLACE) | ONWARD },
	[VISIT_REPLACE] = { STEP(replace), ONWARD },
	[VISIT_TRY] = { STEP(try), TO(VISIT_PAUSE) | ONWARD },
	[VISIT_PAUSE] = { STEP(pause), TO(VISIT_PAUSE) | OVER },
	[VISIT_GROUPS] = { STEP(groups), TO(VISIT_GROUPS) | TO(VISIT_DECIDE) |
	    TO(VISIT_DENY) | OVER },
	[VISIT_DECIDE] = { STEP(decide), TO(VISIT_DECIDE) | TO(VISIT_CONSENT) | ONWARD },
	[VISIT_MAIL] = { STEP(mail), TO(VISIT_MAIL) | TO(VISIT_DENY) | OVER },
	[VISIT_HASH] = { STEP(hash), ONWARD },
	[VISIT_STORE] = { STEP(store), OVER },
	[VISIT_INTENT] = { STEP(intent), TO(VISIT_MAKE) | OVER },
	[VISIT_MAKE] = { STEP(make), ONWARD },
	[VISIT_FINISH] = { STEP(finish), TO(VISIT_CONSENT) | OVER },
	[VISIT_DENY] = { STEP(deny), OVER },
	[VISIT_SESSION] = { STEP(session), TO(VISIT_CONTEXT) | TO(VISIT_PRESENT) | OVER },
	[VISIT_PRESENT] = { STEP(present), TO(VISIT_NAMES) | TO(VISIT_CONTEXT) | OVER },
	[VISIT_NAMES] = { STEP(names), TO(VISIT_NAMES) | TO(VISIT_CONTEXT) | OVER },
	[VISIT_LINKING] = { STEP(linking), TO(VISIT_CONTEXT) | ONWARD },
	[VISIT_ONCE] = { STEP(once), TO(VISIT_CONSENT) | OVER },
	[VISIT_REFUND] = { STEP(refund), TO(FLOW_END) },
	[VISIT_CONSENT] = { STEP(consent), TO(VISIT_AGREED) | OVER },
	[VISIT_AGREED] = { STEP(agreed), OVER },
};

static void visit_start(struct visit *visit, unsigned step)
{
	visit->answer = (struct visit_answer){ 0 };
	turn_start(&visit->turn, visit_steps, step);
}

void visit_post(struct visit *visit)
{
	visit->work = arena_alloc(visit->turn.arena, sizeof(*visit->work));
	visit_start(visit, VISIT_LOAD);
}

void visit_show(struct visit *visit, const char *journey)
{
	visit->input = (struct visit_input){ .journey = journey };
	visit_post(visit);
}

void visit_begin(struct visit *visit, const struct authorize *request)
{
	visit->work = arena_alloc(visit->turn.arena, sizeof(*visit->work));
	struct authorize *own = arena_alloc(visit->turn.arena, sizeof(*own));

	*own = *request;
	hint_apply(&visit->turn, own);
	visit->work->request = own;
	visit_start(visit, VISIT_SESSION);
}

static enum signup_step signup_step_of(enum journey_event_kind kind)
{
	switch (kind) {
	case EVENT_IDENTIFIED: return SIGNUP_BEGUN;
	case EVENT_PROVED: return SIGNUP_PROVEN;
	case EVENT_NEW_PASSWORD: return SIGNUP_PASSWORD;
	case EVENT_ATTRIBUTES: return SIGNUP_ATTRIBUTES;
	case EVENT_MADE: return SIGNUP_COMPLETED;
	default: return SIGNUP_NONE;
	}
}

bool visit_event(struct visit *visit, struct journey_event *event)
{
	struct visit_work *work = visit->work;

	event->now = visit->turn.now;
	if (!journey_step(&work->journey, event, &work->journey, &work->ask))
		return false;
	if (work->journey.kind == JOURNEY_SIGN_UP)
		work->reached[signup_step_of(event->kind)] = true;
	return true;
}

/* The engine's own work first; what is left is a page. */
unsigned visit_follow(struct visit *visit)
{
	struct visit_work *work = visit->work;

	switch (work->ask) {
	case ASK_DENIED:
		return visit_deny(visit, work->journey.reason);
	case ASK_JUDGE:
		return visit_judge(visit);
	case ASK_CHALLENGE:
		return visit_mail(visit, PASSCODE_SECOND);
	case ASK_MAKE:
		return visit_make(visit);
	case ASK_DONE:
		return VISIT_FINISH;
	case ASK_NEW_PASSWORD: case ASK_ATTRIBUTES:
		return VISIT_STORE;
	default:
		return visit_answered(visit, work->ask);
	}
}

struct budget_place visit_place(const struct visit *visit, enum budget_kind kind)
{
	bool by_address = kind == BUDGET_UNPROVEN_DAY || kind == BUDGET_SENDS_UNPROVEN ||
	    kind == BUDGET_SENDS_UNPROVEN_DAY;

	return (struct budget_place){ .tenant = visit->turn.tenant->id, .kind = kind,
		.subject = by_address ? visit->work->counted : visit->work->subject };
}

static struct source source_rule(const struct visit *visit, enum source_kind kind)
{
	const struct settings *settings = visit_settings(visit);
	struct source source = { .kind = kind, .key = visit->turn.source };

	switch (kind) {
	case SOURCE_SENDS:
		source.most = settings->source_sends;
		source.window = 3600000;
		break;
	case SOURCE_PASSWORDS:
		source.most = settings->source_passwords;
		source.window = 600000;
		break;
	case SOURCE_FAILURES: case SOURCE_DENIALS:
		source.most = 10;
		source.window = 60000;
		break;
	case SOURCE_TENANT_SENDS:
		source.key = sources_key(visit->turn.tenant->id);
		source.most = settings->tenant_sends;
		source.window = 60000;
		break;
	case SOURCE_TENANT_STRANGERS:
		source.key = sources_key(visit->turn.tenant->id);
		source.most = (settings->tenant_sends * 3 + 3) / 4;
		source.window = 60000;
		break;
	case SOURCE_TENANT_ALERT:
		source.key = sources_key(visit->turn.tenant->id);
		source.most = 1;
		source.window = 60000;
		break;
	default:
		source.most = settings->source_unknown;
		source.window = 3600000;
		break;
	}
	return source;
}

/* False: answer.wait says for how long. */
bool visit_source(struct visit *visit, enum source_kind kind, bool take)
{
	struct source source = source_rule(visit, kind);
	struct sources *sources = visit->turn.store->sources;
	int64_t *wait = &visit->answer.wait;

	return take ? sources_take(sources, &source, visit->turn.now, wait) :
	    sources_may(sources, &source, visit->turn.now, wait);
}

/* Taken without a word of waiting in the answer: that is about the next try, not the log's room. */
bool visit_source_record(struct visit *visit, enum source_kind kind)
{
	int64_t wait = visit->answer.wait;
	bool room = visit_source(visit, kind, true);

	visit->answer.wait = wait;
	return room;
}

void visit_source_owe(struct visit *visit, enum source_kind kind)
{
	struct source source = source_rule(visit, kind);

	sources_owe(visit->turn.store->sources, &source, visit->turn.now);
}

static void copy_attributes(struct arena *arena, struct sp_user *to, const struct sp_user *from)
{
	const struct sp_attribute **attributes =
	    arena_alloc(arena, from->attribute_count * sizeof(*attributes));

	for (size_t i = 0; i < from->attribute_count; i++) {
		struct sp_attribute *attribute = arena_alloc(arena, sizeof(*attribute));
		attribute->name = text_copy(arena, from->attributes[i]->name);
		attribute->value = text_copy(arena, from->attributes[i]->value);
		attributes[i] = attribute;
	}
	to->attributes = attributes;
}

struct sp_user *visit_copy_user(struct arena *arena, const struct sp_user *user)
{
	struct sp_user *copy = arena_alloc(arena, sizeof(*copy));
	const char **identifiers = arena_alloc(arena, user->identifier_count * sizeof(*identifiers));

	*copy = *user;
	copy->next = NULL;
	for (size_t i = 0; i < user->identifier_count; i++)
		identifiers[i] = text_copy(arena, user->identifiers[i]);
	copy->identifiers = identifiers;
	copy->verifier = text_copy(arena, user->verifier);
	copy_attributes(arena, copy, user);
	return copy;
}

const char *visit_address(const struct sp_user *user)
{
	const char *mail = user_attribute(user, "mail");

	for (size_t i = 0; mail == NULL && i < user->identifier_count; i++)
		if (strchr(user->identifiers[i], '@') != NULL)
			return user->identifiers[i];
	return mail;
}
