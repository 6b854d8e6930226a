/*
 * rule.h - a rule that tells applications apart by their attributes, in the original's words
 *
 *	CustomSecurityAttribute.Audience_level -eq "high" -and -not
 *	    (CustomSecurityAttribute.Audience_regions -contains "eu")
 *
 *	rule	  = and { -or and }
 *	and	  = not { -and not }
 *	not	  = [ -not ] ( "(" rule ")" | attribute operator value )
 *	attribute = CustomSecurityAttribute.SET_NAME
 *	operator  = -eq -ne -in -notIn -contains -notContains -startsWith -notStartsWith
 *	value	  = "text" (\" and \\ in it) | whole number | true | false;
 *	            of -in and -notIn: [ value, value ... ]
 *
 * An attribute that the application doesn't have is equal to nothing: -eq is false of it, -ne and
 * all of "not" are true, so a policy on what is not marked takes in what nobody has marked yet. A
 * list is never equal to a text; it contains one, or is -in where one of its own is. Texts are
 * compared byte for byte, words of the language in any case.
 *
 * Threads  Any; pure. Memory  The arena given.
 * Failing  What is no rule is told with its place: "at 14: ...", counted in bytes from 1.
 */
#pragma once

#include "model/attribute.h"

#define RULE_MOST 3072u		/* bytes, as in the original */
#define RULE_TERMS_MOST 64u
#define RULE_DEPTH_MOST 16u
#define RULE_VALUES_MOST 50u	/* of one -in */

struct rule;

/* NULL: no rule; `out_why` is in the arena. */
const struct rule *rule_parse(struct arena *arena, const char *text, const char **out_why);
bool rule_holds(const struct rule *rule, const struct attributes *attributes);
