/*
 * newpassword_list.h - passwords that everybody tries first
 *
 * Folded to lower case and sorted by strcmp. The list holds whole passwords; words count with each
 * of the ends, the empty one included, so that a thousand lines stand for tens of thousands of
 * passwords (requirement 118).
 *
 * Threads  Any; constants.
 */
#pragma once

#include <stddef.h>

#define NEWPASSWORD_WORD_MOST 24u

extern const char *const newpassword_list[], *const newpassword_words[], *const newpassword_ends[];
extern const size_t newpassword_list_count, newpassword_word_count, newpassword_end_count;
