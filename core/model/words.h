/*
 * words.h - lists of words in a text, separated by spaces: scopes, resources, audiences
 *
 * Threads  Any; pure. Memory  The arena.
 */
#pragma once

struct arena;

/* One after the other: `words` moves on. NULL: that was the last. NULL for `*words` is none. */
char *words_next(struct arena *arena, const char **words);
/* At the end, unless it is among them. */
char *words_add(struct arena *arena, const char *words, const char *word);
