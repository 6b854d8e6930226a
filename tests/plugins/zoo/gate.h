/*
 * gate.h - how the broken policy engines are made: around plugins/conditional-access
 *
 * `decide` of GATE() gets the sound judgement, to turn it.
 */
#pragma once

#include "../../../plugins/conditional-access/judge.h"
#include "../../../plugins/conditional-access/match.h"

void gate_load(struct sp_policy_load *load);
void gate_free_set(void *self, void *set);
void gate_decide(const void *set, const struct sp_facts *facts, struct sp_judgement *out);
enum sp_status gate_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error);
void gate_close(void *self);

#define GATE(turn) \
	static enum sp_status decide(void *here, const void *set, const struct sp_facts *facts, \
	    struct sp_judgement *out) \
	{ (void)here; gate_decide(set, facts, out); return turn(set, facts, out); } \
	static const struct sp_policy policy = SP_POLICY(.load = gate_load, \
	    .free_set = gate_free_set, .decide_now = decide); \
	SP_PLUGIN(.name = "zoo", .open = gate_open, .close = gate_close, .policy = &policy)
