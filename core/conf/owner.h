/*
 * owner.h - tools that root runs become the server's user first
 *
 * Who owns the folder server.state is the server's user. Rights that the server has not would
 * hide what it cannot do, and files that root makes it could not read.
 *
 * Threads  The main thread, before there is another.
 */
#pragma once

#include <stdbool.h>

struct arena;

/* server.state, even of a file with errors elsewhere; NULL: the file can't be read. */
const char *owner_state(struct arena *arena, const char *conf);

enum owner_result {
	OWNER_FAILED = 0,	/* errno says why */
	OWNER_SAME,		/* we are no root, or it is root's, or there is no such folder yet */
	OWNER_BECOME,
};

/* The effective user for a while, so that a file is read or made as his: true, and owner_return()
 * afterwards. No root, or a folder of root's: true, and nothing is changed. */
bool owner_borrow(const char *state);
void owner_return(void);

/* `out_name`, of OWNER_FAILED and OWNER_BECOME: the user's. */
enum owner_result owner_become(struct arena *arena, const char *conf, const char **out_name,
    const char **out_state);
