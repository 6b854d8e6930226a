/*
 * quoted.h - texts as mail carries them
 *
 * Threads  Whoever has the arena. Memory  The buffer's. Failing  The buffer's way.
 */
#pragma once

#include <stddef.h>

struct buffer;

#define QUOTED_LINE 76u		/* RFC 2045 6.7 (5) */
#define QUOTED_COLUMN 78u	/* RFC 5322 2.1.1 */

/* Quoted-printable; LF becomes CRLF, and the text ends with one. */
void quoted_body(struct buffer *out, const char *text);

/*
 * A phrase or unstructured text of a header, from `column` on: as it is if plain ASCII that
 * fits the line, else as encoded words (RFC 2047), folded. Returns the column where it
 * ended. `phrase` adds the quotes that a display name needs.
 */
size_t quoted_header(struct buffer *out, const char *text, size_t column, int phrase);
