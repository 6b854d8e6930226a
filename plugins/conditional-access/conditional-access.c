/*
 * conditional-access - decides by the tenant's policies, in this process
 *
 * load() compiles them on the lane into an index; a decision reads it at once, on any
 * loop, and costs as much as the policies that name the user, his groups and the app.
 */
#include "judge.h"
#include "match.h"

#include <stdio.h>

static enum sp_status access_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	(void)conf, (void)out_error;
	*out_self = (void *)(uintptr_t)host;	/* all that it needs */
	return SP_OK;
}

static void access_close(void *self)
{
	(void)self;
}

static enum sp_status load_run(struct sp_op *op)
{
	struct sp_policy_load *load = (struct sp_policy_load *)op;
	char text[128];

	load->set = set_new(load->policies, load->count);
	if (load->set != NULL)
		return SP_OK;
	snprintf(text, sizeof(text), "cannot load %zu policies: out of memory, or more than %u",
	    load->count, SET_POLICIES_MAX);
	op->host->log(op->host, SP_ERROR, text);
	return SP_FAILED;
}

static void access_load(struct sp_policy_load *load)
{
	sp_op_work(&load->op, load_run);
}

static void access_free_set(void *self, void *set)
{
	(void)self;
	set_free(set);
}

static enum sp_status access_decide(void *here, const void *set_data,
    const struct sp_facts *facts, struct sp_judgement *out)
{
	const struct set *set = set_data;
	uint64_t applies[SET_WORDS_MAX];

	(void)here;
	match_policies(set, facts, out, applies);
	judge_policies(set, facts, applies, out);
	return SP_OK;
}

static const struct sp_policy policy = SP_POLICY(
	.load = access_load,
	.free_set = access_free_set,
	.decide_now = access_decide,
);

SP_PLUGIN(
	.name = "conditional-access",
	.open = access_open,
	.close = access_close,
	.policy = &policy,
);
