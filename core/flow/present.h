/*
 * present.h - the sessions that a browser's cookies open
 *
 * Several customers may share a browser: each has a session and a cookie of his own, in one of
 * VISIT_SESSIONS places; the first is of who was here last.
 *
 * Threads  The request's loop. Memory  The turn's arena.
 * Failing  A cookie that opens nothing is nobody: no id. An id alone, which apps know, is no proof.
 */
#pragma once

#include "flow/turn.h"
#include "model/session.h"

/* With one customer more, the one who was there first goes. */
enum { VISIT_SESSIONS = 4 };

struct present {
	struct session session;	/* no id: none, or it went on as `next` */
	uint64_t revision;
	struct sp_id next;
	bool live;
	const char *address;	/* the picker's (visit_present.c); NULL: may not come in */
};

/* The records of all cookies, in their order: how many. */
size_t present_at(const struct turn *turn, const char *const cookies[VISIT_SESSIONS],
    struct sp_address out_at[VISIT_SESSIONS]);
void present_read(const struct turn *turn, const char *const cookies[VISIT_SESSIONS],
    struct sp_record *const *records, struct present out_present[VISIT_SESSIONS]);
/* Tabs that answer at once each move a cookie to another place: the session stays in the first. */
void present_once(struct present present[VISIT_SESSIONS]);
