/*
 * asking.h - a What If request (entra.md 1.6), as it is read and answered
 *
 * whatif.c reads the question and has it judged; whatif_answer.c writes the answer.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena; JSON is let go when all is replied.
 */
#pragma once

#include "flow/edit.h"
#include "flow/forecast.h"
#include "surface/admin/admin.h"

struct asking {
	struct edit edit;		/* first: its turn ends it. Reads policies, checks drafts */
	struct forecast forecast;
	struct exchange *ex;
	json_t *body, *question;	/* as it came; as checked */
	json_t *apply;			/* the drafts, as a document of apply's */
	json_t *documents;		/* the policies that are judged */
	json_t *notes;			/* texts: what of the question is not as it seems */
	bool *drafts;			/* of each document: it is the caller's */
	bool applied_only;		/* appliedPoliciesOnly */
};

/* The whole answer, a new reference. */
json_t *whatif_answer(const struct asking *asking);
