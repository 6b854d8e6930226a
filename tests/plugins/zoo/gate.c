#include "gate.h"

enum sp_status gate_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	(void)conf, (void)out_error;
	*out_self = (void *)(uintptr_t)host;
	return SP_OK;
}

void gate_close(void *self)
{
	(void)self;
}

void gate_load(struct sp_policy_load *load)
{
	load->set = set_new(load->policies, load->count);
	sp_op_done(&load->op, load->set != NULL ? SP_OK : SP_FAILED);
}

void gate_free_set(void *self, void *set)
{
	(void)self;
	set_free(set);
}

void gate_decide(const void *set, const struct sp_facts *facts, struct sp_judgement *out)
{
	uint64_t applies[SET_WORDS_MAX];

	match_policies(set, facts, out, applies);
	judge_policies(set, facts, applies, out);
}
