#include "base/id.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

struct sp_id id_random(void)
{
	struct sp_id id;

	random_fill(&id, sizeof(id));
	id.byte[6] = (uint8_t)((id.byte[6] & 0x0f) | 0x40);
	id.byte[8] = (uint8_t)((id.byte[8] & 0x3f) | 0x80);
	return id;
}

struct sp_id id_ordered(int64_t now)
{
	struct sp_id id;

	random_fill(&id, sizeof(id));
	for (int i = 0; i < 6; i++)
		id.byte[i] = (uint8_t)((uint64_t)now >> (40 - 8 * i));
	return id;
}

int64_t id_time(struct sp_id id)
{
	uint64_t time = 0;

	for (int i = 0; i < 6; i++)
		time = time << 8 | id.byte[i];
	return (int64_t)time;
}

struct sp_id id_since(int64_t at)
{
	struct sp_id id = { { 0 } };

	for (int i = 0; i < 6; i++)
		id.byte[i] = (uint8_t)((uint64_t)at >> (40 - 8 * i));
	return id;
}

bool id_zero(struct sp_id id)
{
	return id_equal(id, (struct sp_id){ 0 });
}

bool id_equal(struct sp_id a, struct sp_id b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

int id_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sp_id));
}

size_t id_sort(struct sp_id *ids, size_t count)
{
	size_t kept = 0;

	if (count == 0)
		return 0;
	qsort(ids, count, sizeof(ids[0]), id_compare);
	for (size_t i = 1; i < count; i++)
		if (!id_equal(ids[i], ids[kept]))
			ids[++kept] = ids[i];
	return kept + 1;
}

bool id_among(const struct sp_id *sorted, size_t count, struct sp_id id)
{
	return count > 0 && bsearch(&id, sorted, count, sizeof(id), id_compare) != NULL;
}

/* Whether a dash stands before this byte. */
static bool id_dash(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void id_format(struct sp_id id, char out_text[ID_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	char *at = out_text;

	for (size_t i = 0; i < sizeof(id.byte); i++) {
		if (id_dash(i))
			*at++ = '-';
		*at++ = digits[id.byte[i] >> 4];
		*at++ = digits[id.byte[i] & 15];
	}
	*at = '\0';
}

static int id_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool id_parse(const char *text, struct sp_id *out_id)
{
	struct sp_id id;

	if (text == NULL || strnlen(text, ID_TEXT) != ID_TEXT - 1)
		return false;
	for (size_t i = 0; i < sizeof(id.byte); i++) {
		if (id_dash(i) && *text++ != '-')
			return false;
		int high = id_digit(text[0]), low = id_digit(text[1]);
		if (high < 0 || low < 0)
			return false;
		id.byte[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	*out_id = id;
	return true;
}
