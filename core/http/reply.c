#include "http/reply.h"

#include "base/clock.h"
#include "base/text.h"
#include "http/connection.h"
#include "http/talk.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char central[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n";
static const char closed_policy[] = "Content-Security-Policy: default-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n";
static const char strict_transport[] =
    "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

static const struct { unsigned status; const char *reason; } reasons[] = {
	{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" },
	{ 302, "Found" }, { 303, "See Other" }, { 304, "Not Modified" },
	{ 307, "Temporary Redirect" }, { 308, "Permanent Redirect" },
	{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" },
	{ 404, "Not Found" }, { 405, "Method Not Allowed" }, { 406, "Not Acceptable" },
	{ 408, "Request Timeout" }, { 409, "Conflict" }, { 410, "Gone" },
	{ 411, "Length Required" }, { 412, "Precondition Failed" },
	{ 413, "Content Too Large" }, { 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" }, { 417, "Expectation Failed" },
	{ 421, "Misdirected Request" }, { 422, "Unprocessable Content" }, { 423, "Locked" },
	{ 428, "Precondition Required" }, { 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" },
	{ 501, "Not Implemented" }, { 502, "Bad Gateway" }, { 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" }, { 505, "HTTP Version Not Supported" },
};

static const char *reason_of(unsigned status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Status";
}

void reply_status(struct exchange *ex, unsigned status)
{
	talk_of(ex)->status = status >= 200 && status <= 599 ? status : 500;
}

static bool name_fits(const char *name)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_.!#$%&'*+^`|~";
	static const char *const ours[] = { "Content-Length", "Transfer-Encoding", "Connection",
		"Date", "Trailer", "Upgrade" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcasecmp(name, ours[i]) == 0)
			return false;
	return *name != '\0' && name[strspn(name, token)] == '\0';
}

bool reply_header(struct exchange *ex, const char *name, const char *value)
{
	struct talk *talk = talk_of(ex);

	if (!name_fits(name) || !text_plain(value))
		return false;
	struct reply_line *line = arena_alloc(ex->arena, sizeof(*line));
	line->name = text_copy(ex->arena, name);
	line->value = text_copy(ex->arena, value);
	*talk->end = line;
	talk->end = &line->next;
	talk->cache |= strcasecmp(name, "Cache-Control") == 0;
	talk->policy |= strcasecmp(name, "Content-Security-Policy") == 0;
	talk->resource |= strcasecmp(name, "Cross-Origin-Resource-Policy") == 0;
	return true;
}

static const char *type_with_charset(struct arena *arena, const char *type)
{
	bool text = strncmp(type, "text/", 5) == 0 || strstr(type, "json") != NULL ||
	    strstr(type, "xml") != NULL || strstr(type, "javascript") != NULL;

	return text && strstr(type, "charset=") == NULL ?
	    text_print(arena, "%s; charset=utf-8", type) : type;
}

void reply_body(struct exchange *ex, const char *type, const void *data, size_t size)
{
	struct talk *talk = talk_of(ex);

	if (!text_plain(type))
		abort();	/* a type is a handler's own word, never a visitor's */
	talk->type = type_with_charset(ex->arena, type);
	talk->body = data;
	talk->body_size = size;
}

void reply_text(struct exchange *ex, const char *type, const char *text)
{
	reply_body(ex, type, text, strlen(text));
}

void reply_redirect(struct exchange *ex, unsigned status, const char *url)
{
	reply_status(ex, status);
	if (!reply_header(ex, "Location", url))
		reply_error(ex, 500, "internalError", "the redirect cannot be sent");
}

/* A list of tags, compared weakly, or "*" (RFC 9110 13.1.2). */
static bool reply_seen(const char *seen, const char *tag)
{
	if (strncmp(tag, "W/", 2) == 0)
		tag += 2;
	size_t size = strlen(tag);
	while (*seen != '\0') {
		seen += strspn(seen, ", \t");
		if (*seen == '*')
			return true;
		if (strncmp(seen, "W/", 2) == 0)
			seen += 2;
		if (strncmp(seen, tag, size) == 0 && strchr(", \t", seen[size]) != NULL)
			return true;
		seen += strcspn(seen, ",");
	}
	return false;
}

bool reply_unchanged(struct exchange *ex, const char *tag)
{
	const char *seen = exchange_header(ex, "If-None-Match");

	(void)reply_header(ex, "ETag", tag);
	if (seen == NULL || !reply_seen(seen, tag))
		return false;
	reply_status(ex, 304);
	return true;
}

void reply_retry_after(struct exchange *ex, int64_t seconds)
{
	reply_header(ex, "Retry-After", text_print(ex->arena, "%lld",
	    (long long)(seconds > 0 ? seconds : 1)));
}

void reply_error(struct exchange *ex, unsigned status, const char *code, const char *message)
{
	json_t *json = json_pack("{s:{s:s,s:s,s:s,s:{s:s,s:s}}}", "error", "code", code,
	    "message", message, "requestId", ex->id_text, "innerError", "request-id", ex->id_text,
	    "date", text_time(ex->arena, clock_wall()));
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

	if (text == NULL)
		abort();	/* our own words are UTF-8 */
	reply_status(ex, status);
	reply_text(ex, "application/json", text_copy(ex->arena, text));
	free(text);
	json_decref(json);
}

void talk_refuse(struct talk *talk, const struct refusal *refusal)
{
	const struct http_settings *settings = &talk->http->server->settings;

	reply_status(&talk->ex, refusal->status);
	if (settings->error != NULL)
		settings->error(&talk->ex, refusal->status, refusal->code, refusal->message);
	else
		reply_error(&talk->ex, refusal->status, refusal->code, refusal->message);
	talk->status = refusal->status;
}

/* "Date: Tue, 24 Nov 2026 07:51:33 GMT", made once a second. */
static const char *date_line(struct http_loop *http)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = (time_t)(clock_wall() / 1000);
	struct tm tm;

	if (now != http->date_made) {
		gmtime_r(&now, &tm);
		snprintf(http->date, sizeof(http->date),
		    "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n", days + 3 * tm.tm_wday,
		    tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		    tm.tm_sec);
		http->date_made = now;
	}
	return http->date;
}

static void add(struct evbuffer *output, const char *text)
{
	evbuffer_add(output, text, strlen(text));
}

static void write_line(struct evbuffer *output, const char *name, const char *value)
{
	add(output, name);
	add(output, ": ");
	add(output, value);
	add(output, "\r\n");
}

static void write_central(const struct talk *talk, struct evbuffer *output)
{
	add(output, date_line(talk->http));
	add(output, central);
	if (!talk->cache)
		add(output, "Cache-Control: no-store\r\n");
	if (!talk->policy)
		add(output, closed_policy);
	if (!talk->resource)
		add(output, "Cross-Origin-Resource-Policy: same-origin\r\n");
	if (talk->ex.https)
		add(output, strict_transport);
	write_line(output, "X-Request-Id", talk->ex.id_text);
}

static bool turn_has_body(const struct talk *talk)
{
	return talk->status != 204 && talk->status != 304;
}

static void write_framing(const struct talk *talk, struct evbuffer *output)
{
	char length[32];

	if (turn_has_body(talk)) {
		if (talk->type != NULL)
			write_line(output, "Content-Type", talk->type);
		snprintf(length, sizeof(length), "%zu", talk->body_size);
		write_line(output, "Content-Length", length);
	}
	if (talk->close)
		write_line(output, "Connection", "close");
	else if (talk->head.http10)
		write_line(output, "Connection", "keep-alive");
	add(output, "\r\n");
}

/* Head and small bodies become one chunk, so one write and one TLS record. */
void talk_write(struct talk *talk, struct evbuffer *output)
{
	bool body = turn_has_body(talk) && strcmp(talk->ex.method, "HEAD") != 0;
	char first[96];

	evbuffer_expand(output, 1536 + (body && talk->body_size < 16384 ? talk->body_size : 0));
	snprintf(first, sizeof(first), "HTTP/1.1 %u %s\r\n", talk->status,
	    reason_of(talk->status));
	add(output, first);
	write_central(talk, output);
	for (const struct reply_line *line = talk->lines; line != NULL; line = line->next)
		write_line(output, line->name, line->value);
	write_framing(talk, output);
	if (body)
		evbuffer_add(output, talk->body, talk->body_size);
	http_counter_add(&talk->http->counters.replies[talk->status / 100], 1);
}

void reply_send(struct exchange *ex)
{
	struct talk *talk = talk_of(ex);

	if (talk->sent || !talk->given)
		abort();
	talk->sent = true;
	connection_replied(talk);
}
