#include "flow/scan.h"

#include "base/arena.h"
#include "plugin/records.h"

#include <string.h>

enum { SCAN_LIST, SCAN_REST };
enum { SCAN_PAGE = 500 };

static struct scan *scan_of(struct flow *flow) { return (struct scan *)(void *)flow; }

static void scan_ask_list(struct flow *flow)
{
	struct scan *scan = scan_of(flow);
	const struct scan_range *range = &scan->ranges[scan->range];
	size_t left = scan->limit - scan->taken;
	struct sp_records_list *list = list_new(turn_seat(&scan->turn, BINDING_RECORDS),
	    range->prefix, scan->picky || left > SCAN_PAGE ? SCAN_PAGE : left);

	list->backwards = scan->backwards;
	list->after.size = range->after.size;
	list->after.data = arena_copy(op_arena(&list->op), range->after.data, range->after.size);
	turn_call(&scan->turn, &list->op);
}

static void scan_go_on(struct scan *scan, const struct sp_record *record)
{
	memcpy(scan->key, record->at.key.data, record->at.key.size);
	scan->after = scan->last = (struct sp_bytes){ scan->key, record->at.key.size };
}

/* The next range, from its own beginning. */
static unsigned scan_turn_over(struct scan *scan)
{
	scan->after = (struct sp_bytes){ NULL, 0 };
	scan->range++;
	scan->more = scan->range < scan->range_count;
	if (!scan->more)
		return FLOW_END;
	scan->after = scan->ranges[scan->range].after;
	return scan->taken == scan->limit ? FLOW_END : SCAN_LIST;
}

/* Where the page ends, or FLOW_END. */
static unsigned scan_got_list(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct scan *scan = scan_of(flow);
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	scan->good = status == SP_OK;
	if (!scan->good)
		return FLOW_END;
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		enum scan_verdict verdict = scan->take(scan, record);
		if (verdict == SCAN_OVER)
			return scan_turn_over(scan);
		scan->seen++;
		scan->taken += verdict == SCAN_TAKEN;
		scan_go_on(scan, record);
		scan->more = true;
		if (scan->taken == scan->limit || scan->seen == SCAN_MOST ||
		    verdict == SCAN_ENOUGH)
			return FLOW_END;
	}
	if (list->count < list->limit)
		return scan_turn_over(scan);
	scan->ranges[scan->range].after = scan->after;
	return SCAN_REST;
}

static void scan_ask_rest(struct flow *flow)
{
	flow_wait(flow, 1);
}

static unsigned scan_got_rest(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)flow, (void)answer, (void)status;
	return SCAN_LIST;
}

#define TO FLOW_TO
static const struct flow_step scan_steps[] = {
	[SCAN_LIST] = { "list", scan_ask_list, scan_got_list,
	    TO(SCAN_LIST) | TO(SCAN_REST) | TO(FLOW_END) },
	[SCAN_REST] = { "rest", scan_ask_rest, scan_got_rest, TO(SCAN_LIST) },
};

void scan_add(struct scan *scan, struct sp_address prefix, struct sp_bytes after)
{
	struct scan_range *range = &scan->ranges[scan->range_count++];
	struct arena *arena = scan->turn.arena;

	range->prefix = prefix;
	range->prefix.key.data = arena_copy(arena, prefix.key.data, prefix.key.size);
	range->after.data = arena_copy(arena, after.data, after.size);
	range->after.size = after.size;
}

void scan_run(struct scan *scan)
{
	scan->good = scan->more = false;
	scan->taken = scan->seen = 0;
	turn_start(&scan->turn, scan_steps, SCAN_LIST);
}
