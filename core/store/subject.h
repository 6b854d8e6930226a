/*
 * subject.h - who a customer is to an application: what `sub` says (requirement 71)
 *
 * Mostly his id. To an application of subjectType "pairwise" an id that no other application has,
 * so that two of them can't find out that they have a customer in common. Whoever writes a `sub`
 * asks subject_of(); whoever reads one, subject_user().
 *
 * Threads  Any. Memory  None. Failing  Never: of another's subject comes the id of nobody.
 */
#pragma once

#include "model/app.h"

struct store;

struct sp_id subject_of(const struct store *store, const struct app *app, struct sp_id user);
struct sp_id subject_user(const struct store *store, const struct app *app, struct sp_id subject);
