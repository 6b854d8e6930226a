/*
 * id.h - names of sixteen bytes
 *
 * Two kinds. A random one is a UUID (version 4) and names what operators see:
 * tenants, applications, users, groups, policies. An ordered one begins with 48 bits
 * of milliseconds, so that what is written often is appended: journeys, sessions,
 * codes, outbox entries, sign-ins. Neither is a secret: a bearer value is id.secret.
 *
 * Threads  Any. Failing  Never; a text that is no id is refused by id_parse().
 */
#pragma once

#include <sallyport/plugin.h>

#define ID_TEXT 37u	/* "01234567-89ab-cdef-0123-456789abcdef" and its end */

struct sp_id id_random(void);
struct sp_id id_ordered(int64_t now);	/* wall time, ms */
int64_t id_time(struct sp_id id);	/* of one that id_ordered() made: that time */
struct sp_id id_since(int64_t at);	/* the least of that time: none is less that came later */

bool id_zero(struct sp_id id);
bool id_equal(struct sp_id a, struct sp_id b);	/* not for secrets */
int id_compare(const void *a, const void *b);	/* of struct sp_id, for qsort and bsearch */

/* Sorts and drops doubles; returns how many are left. */
size_t id_sort(struct sp_id *ids, size_t count);
bool id_among(const struct sp_id *sorted, size_t count, struct sp_id id);

void id_format(struct sp_id id, char out_text[ID_TEXT]);	/* lower case */
/* Either case, dashes a must. */
bool id_parse(const char *text, struct sp_id *out_id);
