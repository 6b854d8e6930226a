#include "flow/trial.h"

#include <stdlib.h>

struct trial *trial_new(size_t room)
{
	struct trial *trial = must_calloc(1, sizeof(*trial));

	arena_init(&trial->arena, NULL, 0);
	trial->rows = arena_alloc(&trial->arena, (room + 1) * sizeof(*trial->rows));
	return trial;
}

void trial_ask_load(struct trial *trial, struct turn *turn)
{
	turn_call(turn, &policy_load(turn_seat(turn, BINDING_POLICY), turn->tenant->id,
	    trial->rows, trial->count)->op);
}

bool trial_got_load(struct trial *trial, const struct turn *turn, const struct sp_op *answer,
    enum sp_status status)
{
	trial->kept = status == SP_UNKNOWN;
	if (status != SP_OK)
		return false;
	trial->set = policy_set_of(turn_seat(turn, BINDING_POLICY),
	    (const struct sp_policy_load *)answer);
	return true;
}

static void trial_freed(void *arg)
{
	struct trial *trial = arg;

	arena_done(&trial->arena);
	free(trial);
}

void trial_free(struct trial *trial)
{
	if (trial == NULL || trial->kept)
		return;
	if (trial->set.engine != NULL)
		policy_free_set(&trial->set, trial_freed, trial);
	else
		trial_freed(trial);
}
