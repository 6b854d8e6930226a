/*
 * pack.h - structs as bytes, for records and sealed values
 *
 * Fields follow each other in a fixed order: whole numbers as varints, texts and bytes
 * with their length in front, ids as sixteen bytes. A record begins with a format
 * number; a reader that meets the end early reads zeros only if it asked for it by
 * unpack_more(), so that fields may be added at the end and nowhere else.
 *
 * Threads  One at a time.
 * Memory   A writer grows in its arena; what a reader gives points into the bytes that it
 *          reads, but for texts, which are copied into its arena.
 * Failing  Sticky: after the first thing that is wrong a reader gives zeros, and
 *          unpack_ok() is false. Check once, at the end.
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;

struct pack { struct arena *arena; unsigned char *data; size_t size, room; };

void pack_begin(struct pack *pack, struct arena *arena, unsigned format);
void pack_number(struct pack *pack, uint64_t number);
void pack_signed(struct pack *pack, int64_t number);
void pack_id(struct pack *pack, struct sp_id id);
void pack_text(struct pack *pack, const char *text);	/* NULL comes back as NULL */
void pack_bytes(struct pack *pack, const void *data, size_t size);
struct sp_bytes pack_end(const struct pack *pack);

struct unpack { struct arena *arena; const unsigned char *at, *end; bool wrong; unsigned format; };

/* Formats 1 to `newest` are known. */
void unpack_begin(struct unpack *unpack, struct arena *arena, struct sp_bytes bytes,
    unsigned newest);
uint64_t unpack_number(struct unpack *unpack);
int64_t unpack_signed(struct unpack *unpack);
struct sp_id unpack_id(struct unpack *unpack);
const char *unpack_text(struct unpack *unpack);
struct sp_bytes unpack_bytes(struct unpack *unpack);
bool unpack_more(const struct unpack *unpack);	/* something is left */
bool unpack_ok(const struct unpack *unpack);	/* nothing was wrong, nothing is left */
