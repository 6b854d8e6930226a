#include "flow/backtest.h"

#include "base/arena.h"
#include "base/id.h"
#include "flow/trial.h"
#include "plugin/records.h"
#include "store/signins.h"
#include "store/store.h"

#include <string.h>

enum { BACKTEST_LOAD, BACKTEST_LIST, BACKTEST_UNPACK };
/* Of records: some hundred microseconds of a loop, at 240 policies. */
enum { PAGE = 250 };

/* On its way to the lane and back; nobody else looks at it meanwhile. */
struct page_of {
	struct arena arena;
	size_t count;
	struct sp_record records[PAGE];
	struct signin_record signins[PAGE];
	bool good[PAGE];
};

struct backtest_work {
	struct trial *trial;
	struct backtest_spared spared;
	struct sp_judgement *answer;
	struct page_of page;
	bool last_page;
};

static struct backtest *backtest_of(struct flow *flow)
{
	return (struct backtest *)(void *)flow;
}

static unsigned backtest_end(struct backtest *backtest, enum backtest_outcome outcome)
{
	backtest->outcome = outcome;
	return FLOW_END;
}

bool backtest_take(struct backtest *backtest, const json_t *documents)
{
	size_t count = json_array_size(documents);
	struct trial *trial = trial_new(count);
	struct policy *policies = arena_alloc(&trial->arena, (count + 1) * sizeof(*policies));

	backtest->work = arena_alloc(backtest->turn.arena, sizeof(*backtest->work));
	backtest->work->trial = trial;
	for (size_t i = 0; i < count; i++) {
		if (!policy_compile(&trial->arena, json_array_get(documents, i), 0, &policies[i]))
			return false;
		policy_aim(&trial->arena, &policies[i], backtest->turn.tenant);
		trial->rows[trial->count++] = &policies[i].row;
	}
	return true;
}

static void backtest_ask_load(struct flow *flow)
{
	struct backtest *backtest = backtest_of(flow);

	trial_ask_load(backtest->work->trial, &backtest->turn);
}

static unsigned backtest_got_load(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct backtest *backtest = backtest_of(flow);
	struct backtest_work *work = backtest->work;

	if (!trial_got_load(work->trial, &backtest->turn, answer, status))
		return backtest_end(backtest, BACKTEST_UNAVAILABLE);
	if (!policy_at_once(&work->trial->set))
		return backtest_end(backtest, BACKTEST_ELSEWHERE);
	work->answer = policy_judgement(backtest->turn.arena, &work->trial->set);
	return BACKTEST_LIST;
}

static void backtest_ask_list(struct flow *flow)
{
	struct backtest *backtest = backtest_of(flow);
	struct sp_id tenant = backtest->turn.tenant->id;
	struct sp_records_list *list = list_new(turn_seat(&backtest->turn, BINDING_RECORDS),
	    signins_all(tenant), PAGE);
	struct sp_address after = signins_at(tenant, backtest->after);

	list->after.data = arena_copy(op_arena(&list->op), after.key.data, after.key.size);
	list->after.size = after.key.size;
	turn_call(&backtest->turn, &list->op);
}

static unsigned backtest_got_list(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct backtest *backtest = backtest_of(flow);
	struct page_of *page = &backtest->work->page;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	if (status != SP_OK)
		return backtest_end(backtest, BACKTEST_UNAVAILABLE);
	backtest->work->last_page = list->count < PAGE;
	arena_init(&page->arena, NULL, 0);
	page->count = 0;
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		struct sp_record *copy = &page->records[page->count++];
		*copy = *record;
		copy->value.data = arena_copy(&page->arena, record->value.data, record->value.size);
		if (record->at.key.size == sizeof(backtest->after))
			memcpy(&backtest->after, record->at.key.data, sizeof(backtest->after));
	}
	return BACKTEST_UNPACK;
}

/* On the work lane. */
static enum sp_status page_unpack(void *arg)
{
	struct page_of *page = arg;

	for (size_t i = 0; i < page->count; i++)
		page->good[i] = signins_read_facts(&page->arena, &page->records[i],
		    &page->signins[i]);
	return SP_OK;
}

static void backtest_ask_unpack(struct flow *flow)
{
	struct backtest *backtest = backtest_of(flow);

	flow_work(flow, backtest->turn.store->set.work_lane, backtest->turn.source, page_unpack,
	    &backtest->work->page);
}

/* The strictest over all targets, as at a sign-in (4.2). */
static bool judge(struct backtest *backtest, const struct signin_record *signin,
    struct whatif_verdict *verdict)
{
	const struct policy_set *set = &backtest->work->trial->set;
	struct sp_judgement *answer = backtest->work->answer;

	*verdict = (struct whatif_verdict){ .decision = SP_ALLOW, .now = signin->at };
	for (size_t i = 0; i < signin->target_count; i++) {
		struct sp_facts facts = backtest_facts(backtest->turn.tenant->id, signin, i);
		uint8_t *results = answer->results, *conditions = answer->conditions;
		memset(results, 0, set->count);
		memset(conditions, 0, set->count);
		*answer = (struct sp_judgement){ .results = results, .conditions = conditions };
		if (policy_decide_now(turn_seat(&backtest->turn, BINDING_POLICY), set, &facts,
		    answer) != SP_OK)
			return false;
		if (answer->decision < verdict->decision)
			verdict->decision = answer->decision;
		verdict->missing |= answer->missing;
	}
	return true;
}

static bool signin_add(struct backtest *backtest, const struct signin_record *signin)
{
	struct sp_ids groups = { signin->group_count, signin->groups };
	struct whatif_verdict verdict;

	if (!judge(backtest, signin, &verdict))
		return false;
	backtest_add(&backtest->tally, &backtest->work->spared, signin, backtest_change(signin,
	    &verdict, method_usable(&backtest->turn.tenant->email, signin->user, groups)));
	return true;
}

static bool page_judge(struct backtest *backtest)
{
	const struct page_of *page = &backtest->work->page;
	bool good = true;

	for (size_t i = 0; i < page->count && good; i++) {
		if (page->good[i] && backtest_counts(&page->signins[i]))
			good = signin_add(backtest, &page->signins[i]);
		else
			backtest->tally.passed_over++;
		if (page->good[i])
			backtest->last = page->signins[i].at;
	}
	return good;
}

static unsigned backtest_got_unpack(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct backtest *backtest = backtest_of(flow);
	struct backtest_work *work = backtest->work;
	bool good = status == SP_OK && page_judge(backtest);

	(void)answer;
	arena_done(&work->page.arena);
	if (!good)
		return backtest_end(backtest, BACKTEST_UNAVAILABLE);
	backtest->whole = work->last_page;
	return work->last_page || backtest->tally.judged + backtest->tally.passed_over >=
	    BACKTEST_PART ? backtest_end(backtest, BACKTEST_GOOD) : BACKTEST_LIST;
}

#define TO FLOW_TO
static const struct flow_step backtest_steps[] = {
	[BACKTEST_LOAD] = { "load", backtest_ask_load, backtest_got_load,
	    TO(BACKTEST_LIST) | TO(FLOW_END) },
	[BACKTEST_LIST] = { "list", backtest_ask_list, backtest_got_list,
	    TO(BACKTEST_UNPACK) | TO(FLOW_END) },
	[BACKTEST_UNPACK] = { "unpack", backtest_ask_unpack, backtest_got_unpack,
	    TO(BACKTEST_LIST) | TO(FLOW_END) },
};

void backtest_run(struct backtest *backtest)
{
	backtest->outcome = BACKTEST_UNAVAILABLE;
	backtest->work->spared = backtest_spared(backtest->turn.arena, backtest->turn.tenant);
	turn_start(&backtest->turn, backtest_steps, BACKTEST_LOAD);
}

void backtest_done(struct backtest *backtest)
{
	if (backtest->work != NULL)
		trial_free(backtest->work->trial);
}
