#include "framing.h"

#include "fuzz.h"

#include <string.h>
#include <strings.h>

/* One reading: `at` goes forwards. Of the first thing that is wrong `verdict` says whether it
 * is missing as yet or can never become right. */
struct reading {
	const uint8_t *data;
	size_t size, at;
	enum framing_verdict verdict;
};

static bool stop(struct reading *in, enum framing_verdict verdict)
{
	in->verdict = verdict;
	return false;
}

/* A line without its CR LF; neither stands alone in it. */
static bool line(struct reading *in, const uint8_t **out_line, size_t *out_size)
{
	size_t end = in->at;

	while (end < in->size && in->data[end] != '\r' && in->data[end] != '\n')
		end++;
	if (end == in->size || (in->data[end] == '\r' && end + 1 == in->size))
		return stop(in, FRAMING_MORE);
	if (in->data[end] == '\n' || in->data[end + 1] != '\n')
		return stop(in, FRAMING_BAD);
	*out_line = in->data + in->at;
	*out_size = end - in->at;
	in->at = end + 2;
	return true;
}

static bool token(const uint8_t *text, size_t size)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < size; i++)
		if (!(text[i] >= '0' && text[i] <= '9') && !((text[i] | 0x20) >= 'a' &&
		    (text[i] | 0x20) <= 'z') && memchr(marks, text[i], sizeof(marks) - 1) == NULL)
			return false;
	return size > 0;
}

/* method SP request-target SP "HTTP/1." DIGIT */
static bool request_line(struct reading *in, struct framing *out, bool *out_http10)
{
	const uint8_t *text, *space;
	size_t size;

	do
		if (!line(in, &text, &size))
			return false;
	while (size == 0);	/* RFC 9112 2.2: empty lines before it may be ignored */
	space = memchr(text, ' ', size);
	if (space == NULL || !token(text, (size_t)(space - text)))
		return stop(in, FRAMING_BAD);
	out->target = space + 1;
	size -= (size_t)(out->target - text);
	if (size < 9 || memcmp(out->target + size - 9, " HTTP/1.", 8) != 0)
		return stop(in, FRAMING_BAD);
	out->target_size = size - 9;
	uint8_t minor = out->target[size - 1];
	for (size_t i = 0; i < out->target_size; i++)
		if (out->target[i] <= ' ' || out->target[i] >= 0x7f)
			return stop(in, FRAMING_BAD);
	*out_http10 = minor == '0';
	return (out->target_size > 0 && (minor == '0' || minor == '1')) || stop(in, FRAMING_BAD);
}

/* What the fields say about the body. */
struct saying { bool host, length, chunked; size_t count; };

struct span { const uint8_t *at; size_t size; };

static bool named(struct span span, const char *name)
{
	return span.size == strlen(name) &&
	    strncasecmp((const char *)span.at, name, span.size) == 0;
}

static bool length_read(struct span span, size_t *out_length)
{
	size_t length = 0;

	for (size_t i = 0; i < span.size; i++) {
		if (span.at[i] < '0' || span.at[i] > '9' || length > SIZE_MAX / 10 - 1)
			return false;
		length = length * 10 + (span.at[i] - '0');
	}
	*out_length = length;
	return span.size > 0;
}

static bool say(struct framing *out, struct saying *saying, struct span name, struct span value)
{
	bool *told = named(name, "Host") ? &saying->host :
	    named(name, "Content-Length") ? &saying->length :
	    named(name, "Transfer-Encoding") ? &saying->chunked : NULL;

	if (told == NULL)
		return true;
	if (*told)
		return false;
	*told = true;
	if (told == &saying->length)
		return length_read(value, &saying->count);
	if (told == &saying->chunked)
		return named(value, "chunked");
	out->host = value.at;
	out->host_size = value.size;
	return value.size > 0;
}

/* OWS field-value OWS */
static bool value_read(struct span span, struct span *out_value)
{
	while (span.size > 0 && (span.at[0] == ' ' || span.at[0] == '\t'))
		span.at++, span.size--;
	while (span.size > 0 && (span.at[span.size - 1] == ' ' || span.at[span.size - 1] == '\t'))
		span.size--;
	for (size_t i = 0; i < span.size; i++)
		if ((span.at[i] < ' ' && span.at[i] != '\t') || span.at[i] == 0x7f)
			return false;
	*out_value = span;
	return true;
}

/* field-name ":" and its value, down to the empty line. */
static bool fields(struct reading *in, struct framing *out, struct saying *saying)
{
	const uint8_t *text, *colon;
	size_t size;

	for (;; out->fields++) {
		if (!line(in, &text, &size))
			return false;
		if (size == 0)
			return true;
		colon = memchr(text, ':', size);
		if (colon == NULL)
			return stop(in, FRAMING_BAD);
		struct span name = { text, (size_t)(colon - text) }, value;
		if (!token(name.at, name.size) ||
		    !value_read((struct span){ colon + 1, size - name.size - 1 }, &value) ||
		    !say(out, saying, name, value))
			return stop(in, FRAMING_BAD);
	}
}

static bool body_add(struct reading *in, struct framing *out, size_t size)
{
	if (size > in->size - in->at)
		return stop(in, FRAMING_MORE);
	out->body = realloc(out->body, out->body_size + size + 1);
	CHECK(out->body != NULL);
	memcpy(out->body + out->body_size, in->data + in->at, size);
	out->body_size += size;
	in->at += size;
	return true;
}

static unsigned hex(uint8_t digit)
{
	return (digit <= '9' ? digit : digit + 9u) & 15;
}

/* 1*HEXDIG, then nothing or ";" and what is no control character. */
static bool chunk_size(struct reading *in, size_t *out_size)
{
	const uint8_t *text;
	size_t size, count = 0, i = 0;

	if (!line(in, &text, &size))
		return false;
	for (; i < size && strchr("0123456789abcdefABCDEF", text[i]) != NULL && text[i] != 0; i++) {
		if (count > SIZE_MAX / 16 - 1)
			return stop(in, FRAMING_BAD);
		count = count * 16 + hex(text[i]);
	}
	if (i == 0 || (i < size && text[i] != ';'))
		return stop(in, FRAMING_BAD);
	for (; i < size; i++)
		if ((text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return stop(in, FRAMING_BAD);
	*out_size = count;
	return true;
}

/* Whatever they say: a trailer frames nothing. */
static bool trailers(struct reading *in)
{
	const uint8_t *text, *colon;
	size_t size;
	struct span value;

	do {
		if (!line(in, &text, &size))
			return false;
		colon = memchr(text, ':', size);
		if (size > 0 && (colon == NULL || !token(text, (size_t)(colon - text)) ||
		    !value_read((struct span){ colon, (size_t)(text + size - colon) }, &value)))
			return stop(in, FRAMING_BAD);
	} while (size > 0);
	return true;
}

static bool chunks(struct reading *in, struct framing *out)
{
	const uint8_t *text;
	size_t size, end;

	while (chunk_size(in, &size)) {
		if (size == 0)
			return trailers(in);
		if (!body_add(in, out, size) || !line(in, &text, &end))
			return false;
		if (end != 0)
			return stop(in, FRAMING_BAD);
	}
	return false;
}

static bool whole(struct reading *in, struct framing *out)
{
	struct saying saying = { 0 };
	bool http10;

	if (!request_line(in, out, &http10) || !fields(in, out, &saying))
		return false;
	if (!saying.host || (saying.chunked && (saying.length || http10)))
		return stop(in, FRAMING_BAD);
	out->head = in->at;
	return saying.chunked ? chunks(in, out) : body_add(in, out, saying.count);
}

enum framing_verdict framing_read(const uint8_t *data, size_t size, struct framing *out)
{
	struct reading in = { data, size, 0, FRAMING_BAD };

	*out = (struct framing){ 0 };
	if (!whole(&in, out))
		return in.verdict;
	out->total = in.at;
	return FRAMING_WHOLE;
}

void framing_done(struct framing *framing)
{
	free(framing->body);
}
