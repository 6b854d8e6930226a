/*
 * trial.h - policies that the engine loads and that are not in force: drafts, on trial
 *
 *	trial_new(), policies are compiled into its arena, rows are added
 *	ask: trial_ask_load()   got: trial_got_load() -> trial->set is judged by, as long as it lives
 *	trial_free()
 *
 * Threads  A loop; the set is loaded and freed on the engine's lane.
 * Memory   Its own, which lives until the engine has let go of the set: that may be after the
 *          request. Of a load that is late nobody can say when its rows are read no more: they stay.
 */
#pragma once

#include "base/arena.h"
#include "flow/turn.h"
#include "plugin/policy.h"

struct trial {
	struct arena arena;
	const struct sp_policy_row **rows;	/* room for as many as were asked for */
	size_t count;
	struct policy_set set;
	bool kept;
};

struct trial *trial_new(size_t room);
void trial_ask_load(struct trial *trial, struct turn *turn);
bool trial_got_load(struct trial *trial, const struct turn *turn, const struct sp_op *answer,
    enum sp_status status);
void trial_free(struct trial *trial);	/* accepts NULL */
