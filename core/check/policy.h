/* policy.h - the cases of the role `policy` that are said by hand. Constants. */
#pragma once

#include <sallyport/policy.h>

enum { POLICY_FEW = 3 };

struct policy_row {
	const char *what;	/* NULL ends the table */
	struct sp_policy_row policies[POLICY_FEW];
	struct sp_facts facts;
	enum sp_decision decision;
	uint32_t missing;
	uint8_t results[POLICY_FEW], conditions[POLICY_FEW];	/* as many as there are results */
};

extern const struct policy_row policy_rows[];
