/*
 * asking.h - a What If request (entra.md 1.6), as it is read and answered
 *
 * whatif.c reads the question and has it judged; whatif_answer.c writes the answer.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena; JSON is let go when all is replied.
 */
#pragma once

#include "flow/forecast.h"
#include "surface/admin/drafts.h"

struct asking {
	struct drafts drafts;		/* first: the policies that are judged */
	struct forecast forecast;
	struct exchange *ex;
	json_t *body, *question;	/* as it came; as checked */
	json_t *notes;			/* texts: what of the question is not as it seems */
	bool applied_only;		/* appliedPoliciesOnly */
};

/* The whole answer, a new reference. */
json_t *whatif_answer(const struct asking *asking);
