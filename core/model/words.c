#include "model/words.h"

#include "base/text.h"

#include <string.h>

char *words_next(struct arena *arena, const char **words)
{
	if (*words == NULL)
		return NULL;
	const char *at = *words + strspn(*words, " ");
	size_t size = strcspn(at, " ");

	*words = at + size;
	return size > 0 ? text_part(arena, at, size) : NULL;
}

char *words_add(struct arena *arena, const char *words, const char *word)
{
	if (text_empty(words))
		return text_copy(arena, word);
	return text_word(words, word) ? text_copy(arena, words) :
	    text_print(arena, "%s %s", words, word);
}
