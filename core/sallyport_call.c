/* sallyport_call.c - a request to the admin API, over its Unix socket */
#include "sallyport.h"

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "text/buffer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MOST = 256 << 20, CONNECT_MS = 5000, ANSWER_MS = 120000 };

struct call {
	CURL *curl;
	struct curl_slist *headers;
};

static size_t take(char *data, size_t size, size_t count, void *arg)
{
	struct buffer *buffer = arg;

	buffer_add(buffer, data, size * count);
	return buffer->full ? 0 : count;
}

/* No proxy and no .netrc of the operator has a say in this. */
static struct call *call_begin(struct cli *cli)
{
	CURL *curl = curl_easy_init();

	if (curl == NULL)
		return NULL;
	struct call *call = must_calloc(1, sizeof(*call));
	call->curl = curl;
	call->headers = curl_slist_append(NULL, "Content-Type: application/json");
	call->headers = curl_slist_append(call->headers, "Expect:");
	if (cli->tenant != NULL)
		call->headers = curl_slist_append(call->headers,
		    text_print(cli->arena, "Sallyport-Tenant: %s", cli->tenant));
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, cli->socket);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, call->headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
	return call;
}

void call_end(struct cli *cli)
{
	if (cli->call == NULL)
		return;
	curl_easy_cleanup(cli->call->curl);
	curl_slist_free_all(cli->call->headers);
	free(cli->call);
	cli->call = NULL;
}

/* Told once, though many hands find it out together. */
static enum cli_exit unreachable(struct cli *cli, CURLcode code)
{
	static atomic_flag told = ATOMIC_FLAG_INIT;
	long number = 0;

	if (atomic_flag_test_and_set(&told))
		return CLI_UNREACHABLE;

	curl_easy_getinfo(cli->call->curl, CURLINFO_OS_ERRNO, &number);
	say(CLI_UNREACHABLE, "no server answers at %s: %s", say_safe(cli->arena, cli->socket),
	    code == CURLE_COULDNT_CONNECT && number != 0 ? strerror((int)number) :
	    curl_easy_strerror(code));
	if (number == EACCES)
		fputs("  It is for root, the server's own user, and members of its admin_group.\n",
		    stderr);
	fputs("  Another socket: --socket PATH, --state FOLDER, or the variable SALLYPORT_SOCKET."
	    "\n", stderr);
	return CLI_UNREACHABLE;
}

static void prepare(struct cli *cli, const char *method, const char *url, const char *body)
{
	CURL *curl = cli->call->curl;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	if (body == NULL && strcmp(method, "POST") != 0) {
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	} else {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(body != NULL ? strlen(body) : 0));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body != NULL ? body : "");
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
}

static enum cli_exit answer_read(struct cli *cli, struct buffer *buffer,
    struct answer *out_answer)
{
	struct answer answer = { 0 };
	struct sp_error error;
	const char *text = buffer_end(buffer);

	curl_easy_getinfo(cli->call->curl, CURLINFO_RESPONSE_CODE, &answer.status);
	if (buffer->size > 0) {
		answer.body = json_read(text, buffer->size, &error);
		if (answer.body == NULL)
			return say(CLI_UNREACHABLE, "what answers at %s is no Sallyport: %s",
			    say_safe(cli->arena, cli->socket), error.text);
	}
	*out_answer = answer;
	return CLI_FINE;
}

enum cli_exit call_ask(struct cli *cli, const char *method, const char *path, const json_t *body,
    struct answer *out_answer)
{
	char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
	struct buffer buffer;
	struct arena arena;

	if (cli->call == NULL && (cli->call = call_begin(cli)) == NULL)
		return say(CLI_UNREACHABLE, "libcurl does not start");
	arena_init(&arena, NULL, 0);
	buffer_begin(&buffer, &arena, ANSWER_MOST);
	prepare(cli, method, text_print(&arena, "http://localhost/v1.0%s", path), text);
	curl_easy_setopt(cli->call->curl, CURLOPT_WRITEDATA, &buffer);
	CURLcode code = curl_easy_perform(cli->call->curl);
	enum cli_exit exit = code == CURLE_OK ? answer_read(cli, &buffer, out_answer) :
	    unreachable(cli, code);
	arena_done(&arena);
	memory_free(text);
	return exit;
}

/* Two headers tell what the bytes are. */
static size_t take_header(char *data, size_t size, size_t count, void *arg)
{
	static const char kind[] = "Sallyport-Backup: head", entries[] = "Sallyport-Backup-Entries: ";
	struct call_bytes *bytes = arg;
	size_t length = size * count;

	if (length >= sizeof(kind) - 1 && strncasecmp(data, kind, sizeof(kind) - 1) == 0)
		bytes->head = true;
	if (length > sizeof(entries) && strncasecmp(data, entries, sizeof(entries) - 1) == 0)
		bytes->entries = strtoul(data + sizeof(entries) - 1, NULL, 10);
	return length;
}

static enum cli_exit raw_refused(struct cli *cli, struct buffer *buffer)
{
	struct answer answer;
	enum cli_exit exit = answer_read(cli, buffer, &answer);

	if (exit != CLI_FINE)
		return exit;
	exit = call_refused(cli, &answer, "");
	json_decref(answer.body);
	return exit;
}

enum cli_exit call_raw(struct cli *cli, const char *method, const char *path,
    struct call_bytes *out_bytes)
{
	struct buffer buffer;
	long status = 0;

	if (cli->call == NULL && (cli->call = call_begin(cli)) == NULL)
		return say(CLI_UNREACHABLE, "libcurl does not start");
	CURL *curl = cli->call->curl;
	out_bytes->head = false;
	buffer_begin(&buffer, out_bytes->arena, ANSWER_MOST);
	prepare(cli, method, text_print(out_bytes->arena, "http://localhost/v1.0%s", path), NULL);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &buffer);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, out_bytes);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, NULL);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, NULL);
	if (code != CURLE_OK)
		return unreachable(cli, code);
	out_bytes->data = buffer_end(&buffer);
	out_bytes->size = buffer.size;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	return status == 200 ? CLI_FINE : raw_refused(cli, &buffer);
}

const char *call_where(struct cli *cli, const char *path)
{
	const struct document_text *document = &cli->document;
	size_t line = document->text == NULL ? 0 :
	    place_line(document->text, document->size, path);

	return line == 0 ? "" : text_print(cli->arena, "%s:%zu: ", document->name, line);
}

static void refused_one(struct cli *cli, struct arena *arena, const char *where,
    const char *target, const char *message)
{
	const char *dot = where[0] != '\0' && target[0] != '\0' ? "." : "";
	const char *path = text_print(arena, "%s%s%s", where, dot, target);

	say_only("%s%s%s%s", call_where(cli, path), say_safe(arena, path),
	    path[0] != '\0' ? ": " : "", say_safe(arena, message));
}

enum cli_exit call_refused(struct cli *cli, const struct answer *answer, const char *where)
{
	const json_t *error = json_object_get(answer->body, "error");
	const json_t *details = json_object_get(error, "details");
	const char *message = json_text(error, "message", NULL);
	struct arena arena;
	json_t *detail;
	size_t index;

	report_refusal(answer, where);
	arena_init(&arena, NULL, 0);
	json_array_foreach(details, index, detail)
		refused_one(cli, &arena, where, json_text(detail, "target", ""),
		    json_text(detail, "message", ""));
	if (json_array_size(details) == 0)
		refused_one(cli, &arena, where, "", message != NULL ? message :
		    text_print(&arena, "the server answers %ld", answer->status));
	arena_done(&arena);
	return CLI_REFUSED;
}

static bool good(const struct answer *answer)
{
	return answer->status >= 200 && answer->status <= 299;
}

enum cli_exit call_must(struct cli *cli, const char *method, const char *path,
    const json_t *body, json_t **out_body)
{
	struct answer answer;
	enum cli_exit exit = call_ask(cli, method, path, body, &answer);

	if (exit != CLI_FINE)
		return exit;
	if (!good(&answer))
		exit = call_refused(cli, &answer, "");
	if (exit == CLI_FINE && out_body != NULL)
		*out_body = answer.body != NULL ? answer.body : json_null();
	else
		json_decref(answer.body);
	return exit;
}

enum cli_exit call_at(struct cli *cli, const char *method, const char *path, const json_t *body,
    const char *where)
{
	struct answer answer;
	enum cli_exit exit = call_ask(cli, method, path, body, &answer);

	if (exit == CLI_FINE && !good(&answer))
		exit = call_refused(cli, &answer, where);
	if (exit != CLI_UNREACHABLE)
		json_decref(answer.body);
	return exit;
}

/* Of a link's words only the query is followed: where the server is, is known. */
const char *call_next(struct cli *cli, const json_t *page)
{
	return call_link(cli, page, "@odata.nextLink");
}

const char *call_link(struct cli *cli, const json_t *page, const char *name)
{
	const char *link = json_text(page, name, NULL);
	const char *path = link != NULL ? strstr(link, "/v1.0/") : NULL;

	return path != NULL ? text_copy(cli->arena, path + strlen("/v1.0")) : NULL;
}
