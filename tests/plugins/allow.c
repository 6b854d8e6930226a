/*
 * allow - a policy engine that lets everybody through: a control of the story's test
 *
 * With it the demo's story must fail wherever a second door or a block is expected.
 */
#include <sallyport/policy.h>

#include <stdlib.h>

static enum sp_status allow_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	static int self;

	(void)host, (void)conf, (void)out_error;
	*out_self = &self;
	return SP_OK;
}

static void allow_close(void *self)
{
	(void)self;
}

struct set {
	size_t count;
};

static void allow_load(struct sp_policy_load *load)
{
	struct set *set = calloc(1, sizeof(*set));

	if (set == NULL) {
		sp_op_done(&load->op, SP_FAILED);
		return;
	}
	set->count = load->count;
	load->set = set;
	sp_op_done(&load->op, SP_OK);
}

static void allow_free_set(void *self, void *set)
{
	(void)self;
	free(set);
}

static enum sp_status allow_decide(void *here, const void *set, const struct sp_facts *facts,
    struct sp_judgement *out)
{
	(void)here, (void)facts;
	out->decision = SP_ALLOW;
	/* An answer that contradicts itself would be denied: this one lies well. */
	for (size_t i = 0; i < ((const struct set *)set)->count; i++) {
		out->results[i] = SP_NOT_APPLIED;
		out->conditions[i] = SP_BY_USER;
	}
	return SP_OK;
}

static const struct sp_policy policy = SP_POLICY(
	.load = allow_load,
	.free_set = allow_free_set,
	.decide_now = allow_decide,
);

SP_PLUGIN(
	.name = "allow",
	.open = allow_open,
	.close = allow_close,
	.policy = &policy,
);
