#include "flow/people.h"

#include "base/arena.h"
#include "flow/visit_value.h"
#include "plugin/records.h"
#include "plugin/users.h"

#include <string.h>

static void people_ask(struct flow *flow)
{
	struct people *people = (struct people *)(void *)flow;

	turn_call(&people->turn, &users_list(turn_seat(&people->turn, BINDING_USERS),
	    people->turn.tenant->id, people->prefix, people->cursor, people->limit)->op);
}

static unsigned people_got(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct people *people = (struct people *)(void *)flow;
	const struct sp_users_list *list = (struct sp_users_list *)answer;
	struct sp_user **end = &people->first;

	if (status != SP_OK)
		return FLOW_END;
	for (const struct sp_user *user = list->first; user != NULL; user = user->next) {
		*end = visit_copy_user(people->turn.arena, user);
		end = &(*end)->next;
	}
	people->next.data = arena_copy(people->turn.arena, list->next.data, list->next.size);
	people->next.size = list->next.size;
	people->good = true;
	return FLOW_END;
}

static const struct flow_step people_steps[] = {
	{ "list", people_ask, people_got, FLOW_TO(FLOW_END) },
};

void people_run(struct people *people)
{
	people->good = false;
	people->first = NULL;
	turn_start(&people->turn, people_steps, 0);
}

static void page_ask(struct flow *flow)
{
	struct page *page = (struct page *)(void *)flow;
	struct sp_records_list *list = list_new(turn_seat(&page->turn, BINDING_RECORDS),
	    page->prefix, page->limit);

	list->backwards = page->backwards;
	list->after.data = arena_copy(op_arena(&list->op), page->after.key.data,
	    page->after.key.size);
	list->after.size = page->after.key.size;
	turn_call(&page->turn, &list->op);
}

static struct sp_record *page_copy(struct arena *arena, const struct sp_record *record)
{
	struct sp_record *copy = arena_alloc(arena, sizeof(*copy));

	*copy = *record;
	copy->next = NULL;
	copy->at.key.data = arena_copy(arena, record->at.key.data, record->at.key.size);
	copy->value.data = arena_copy(arena, record->value.data, record->value.size);
	return copy;
}

static unsigned page_got(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct page *page = (struct page *)(void *)flow;
	const struct sp_records_list *list = (struct sp_records_list *)answer;

	if (status != SP_OK)
		return FLOW_END;
	page->records = arena_alloc(page->turn.arena, (list->count + 1) * sizeof(*page->records));
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		page->records[page->count++] = page_copy(page->turn.arena, record);
	page->good = true;
	return FLOW_END;
}

static const struct flow_step page_steps[] = {
	{ "list", page_ask, page_got, FLOW_TO(FLOW_END) },
};

void page_run(struct page *page)
{
	page->good = false;
	page->count = 0;
	turn_start(&page->turn, page_steps, 0);
}

static void stroke_ask(struct flow *flow)
{
	enum { ROOM = 4 };
	struct stroke *stroke = (struct stroke *)(void *)flow;
	struct sp_records_commit *commit = turn_commit(&stroke->turn, ROOM);

	stroke->draw(stroke, commit);
	if (commit->count > 0 && commit_ready(commit)) {
		turn_call(&stroke->turn, &commit->op);
		return;
	}
	op_free(&commit->op);
	flow_skip(flow, SP_FAILED);
}

static unsigned stroke_got(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)answer;
	((struct stroke *)(void *)flow)->status = status;
	return FLOW_END;
}

static const struct flow_step stroke_steps[] = {
	{ "commit", stroke_ask, stroke_got, FLOW_TO(FLOW_END) },
};

void stroke_run(struct stroke *stroke)
{
	stroke->status = SP_FAILED;
	turn_start(&stroke->turn, stroke_steps, 0);
}
