/*
 * replay.h - policy cases as text
 *
 *	begin exclusions
 *	policy P on users=all,-ann apps=shop grant=mfa
 *	case ann shop => allow; P no:users
 *	case bob shop on=iOS passed=password,email second=-2h => ask mfa; P unmet
 *
 * `begin` starts a set of policies. A policy line becomes a document of Graph's, which is checked and
 * compiled as a save does it; what it does not say is all of it: all users, all applications. A case
 * is one sign-in: who, to what, in which groups, and what is known besides; behind "=>" the decision
 * and what is missing, then what comes of each policy, and of one that does not apply its first
 * condition that failed. Whoever adds a case writes down what must come out before he runs it.
 *
 * Threads  One. Memory  The arena of the set. Failing  The program stops, naming file and line.
 */
#pragma once

#include "base/json.h"

#include <sallyport/policy.h>

struct arena;

struct line {
	struct arena *arena;
	const char *file;
	unsigned number;
	char *words[64];
	size_t count;
};

_Noreturn void line_wrong(const struct line *line, const char *word, const char *why);
/* The same name and kind, the same id; "trusted" is every trusted place. */
struct sp_id line_id(char kind, const char *name);
/* "-90m" -> -5,400,000. */
int64_t line_span(const struct line *line, const char *text);

/* replay_policy.c: what a policy line says, as a document, a new reference. */
json_t *line_policy(const struct line *line);
/* replay_case.c: what a case line says, up to its "=>"; returns the place behind that. */
size_t line_case(const struct line *line, struct sp_facts *out_facts);
