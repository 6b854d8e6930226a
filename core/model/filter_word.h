/*
 * filter_word.h - the words of a filter, one by one
 *
 * Threads  Any. Memory  Words are in the arena.
 * Failing  The first error is kept; a token that is none is TOKEN_WRONG, and has been told.
 */
#pragma once

#include "model/filter_tree.h"

enum filter_token {
	TOKEN_WRONG = 0,
	TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA, TOKEN_COLON, TOKEN_SLASH,
	TOKEN_WORD,	/* a name, an operator, a bare value */
	TOKEN_TEXT,	/* 'quoted', "''" is one "'" */
};

struct filter_reader {
	struct arena *arena;
	const char *text;
	size_t at;		/* what follows the token */
	enum filter_token token;
	const char *word;	/* of TOKEN_WORD and TOKEN_TEXT */
	size_t from;		/* where the token begins */
	const char *variable;	/* of the any() around; NULL: there is none */
	size_t terms, depth;
	struct sp_error *error;
	bool told;
};

void filter_next(struct filter_reader *reader);
/* At the token in hand, which becomes TOKEN_WRONG. */
void filter_wrong(struct filter_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
