#include "http/outbound.h"

#include "base/arena.h"
#include "base/fatal.h"
#include "base/text.h"
#include "http/peer.h"
#include "loop/loop.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MS 3000L

struct outbound_work {
	struct outbound *outbound;
	struct loop *loop;
	struct outbound_call *call;
	CURL *easy;			/* NULL: refused before it began */
	struct curl_slist *headers;
	struct task task;
	bool forbidden;
	size_t size;			/* read of the answer, which nobody wants to have */
	LIST_ENTRY(outbound_work) link;
	char why[CURL_ERROR_SIZE];
};

struct line {			/* of one loop */
	struct loop *loop;
	CURLM *multi;
	struct timer timer;
	LIST_HEAD(, outbound_work) works;
};

struct outbound {
	struct peer_network *allowed;
	size_t allowed_count;
	char *ca;
	_Atomic bool stopped;
	unsigned loops;
	struct line lines[];
};

/* What is over. */

static void work_end(struct outbound_work *work)
{
	struct outbound_call *call = work->call;

	if (work->easy != NULL) {
		LIST_REMOVE(work, link);
		curl_multi_remove_handle(
		    work->outbound->lines[loop_index(work->loop)].multi, work->easy);
		curl_easy_cleanup(work->easy);
	}
	curl_slist_free_all(work->headers);
	call->why = work->why;
	call->work = NULL;
	call->done(call);
	free(work);
}

static void work_judge(struct outbound_work *work, CURLcode code)
{
	struct outbound_call *call = work->call;
	long status = 0;

	(void)curl_easy_getinfo(work->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_OK && status >= 100 && status <= 599) {
		call->result = OUTBOUND_ANSWERED;
		call->status = (unsigned)status;
		return;
	}
	call->result = work->forbidden ? OUTBOUND_FORBIDDEN : OUTBOUND_FAILED;
	if (work->forbidden)
		snprintf(work->why, sizeof(work->why), "the address is not public, and not in "
		    "server.outbound_allow");
	else if (work->why[0] == '\0')
		snprintf(work->why, sizeof(work->why), "%s", curl_easy_strerror(code));
}

static void line_read(struct line *line)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(line->multi, &left)) != NULL) {
		struct outbound_work *work = NULL;
		CURLcode code = message->data.result;
		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&work);
		work_judge(work, code);
		work_end(work);
	}
}

/* Sockets and the timer, as libcurl asks for them. */

static void line_fired(evutil_socket_t fd, short what, void *arg)
{
	struct line *line = arg;
	int running, mask = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
	    ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);

	curl_multi_socket_action(line->multi, fd, mask, &running);
	line_read(line);
}

static int line_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct line *line = arg;
	struct event *event = socket_arg;

	(void)easy;
	if (event != NULL)
		event_free(event);
	if (what == CURL_POLL_REMOVE)
		return 0;
	event = event_new(loop_base(line->loop), fd, (short)(EV_PERSIST |
	    ((what & CURL_POLL_IN) != 0 ? EV_READ : 0) |
	    ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0)), line_fired, line);
	if (event == NULL || event_add(event, NULL) != 0)
		fatal("no event for a socket");
	curl_multi_assign(line->multi, fd, event);
	return 0;
}

static void line_late(void *arg);

static void line_wait(struct line *line, long ms)
{
	if (ms < 0)
		timer_clear(&line->timer);
	else
		timer_set(&line->timer, line->loop, ms, line_late, line);
}

static int line_timer(CURLM *multi, long ms, void *arg)
{
	(void)multi;
	line_wait(arg, ms);
	return 0;
}

/* A clock that was moved brings us here too early, and libcurl asks for the same time but once. */
static void line_late(void *arg)
{
	struct line *line = arg;
	long ms = -1;
	int running;

	curl_multi_socket_action(line->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	line_read(line);
	if (curl_multi_timeout(line->multi, &ms) == CURLM_OK && line->timer.fn == NULL)
		line_wait(line, ms);
}

/* What may be connected to, and read. */

static curl_socket_t work_connect(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct outbound_work *work = arg;
	const struct outbound *outbound = work->outbound;
	struct peer peer;

	(void)purpose;
	peer_of(&address->addr, &peer);
	bool allowed = peer_among(outbound->allowed, outbound->allowed_count, &peer);
	if ((address->family != AF_INET && address->family != AF_INET6) ||
	    (!allowed && (!outbound_public(&peer) ||
	    strncmp(work->call->url, "https://", 8) != 0))) {
		work->forbidden = true;
		return CURL_SOCKET_BAD;
	}
	work->forbidden = false;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t work_read(char *data, size_t one, size_t count, void *arg)
{
	struct outbound_work *work = arg;

	(void)data, (void)one;
	if (count > OUTBOUND_ANSWER_MOST - work->size)
		return 0;	/* ends the call */
	work->size += count;
	return count;
}

static void must(CURLcode code)
{
	if (code != CURLE_OK)
		fatal("libcurl lacks an option");
}

static void work_limit(struct outbound_work *work)
{
	CURL *easy = work->easy;

	must(curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http"));
	must(curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L));
	must(curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1));
	must(curl_easy_setopt(easy, CURLOPT_PROXY, ""));
	must(curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L));
	must(curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L));	/* waits for no name server */
	must(curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L));
	must(curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L));
	must(curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)work->call->deadline));
	must(curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS));
	must(curl_easy_setopt(easy, CURLOPT_MAXFILESIZE, (long)OUTBOUND_ANSWER_MOST));
	must(curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, work_connect));
	must(curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, work));
	must(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, work_read));
	must(curl_easy_setopt(easy, CURLOPT_WRITEDATA, work));
	must(curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, work->why));
	must(curl_easy_setopt(easy, CURLOPT_PRIVATE, work));
	if (!text_empty(work->outbound->ca))
		must(curl_easy_setopt(easy, CURLOPT_CAINFO, work->outbound->ca));
}

static void work_ask(struct outbound_work *work)
{
	const struct outbound_call *call = work->call;
	char type[160];

	must(curl_easy_setopt(work->easy, CURLOPT_URL, call->url));
	must(curl_easy_setopt(work->easy, CURLOPT_USERAGENT, "sallyport"));
	snprintf(type, sizeof(type), "Content-Type: %s", call->type);
	work->headers = curl_slist_append(work->headers, type);
	work->headers = curl_slist_append(work->headers, "Expect:");
	must(curl_easy_setopt(work->easy, CURLOPT_HTTPHEADER, work->headers));
	must(curl_easy_setopt(work->easy, CURLOPT_POSTFIELDS, call->body));
	must(curl_easy_setopt(work->easy, CURLOPT_POSTFIELDSIZE, (long)call->size));
}

static void work_refused(struct task *task)
{
	struct outbound_work *work =
	    (struct outbound_work *)(void *)((char *)task - offsetof(struct outbound_work, task));

	work_end(work);
}

void outbound_call(struct outbound *outbound, struct loop *loop, struct outbound_call *call)
{
	struct outbound_work *work = must_calloc(1, sizeof(*work));
	struct line *line = &outbound->lines[loop_index(loop)];

	work->outbound = outbound;
	work->loop = loop;
	work->call = call;
	call->work = work;
	call->result = OUTBOUND_FAILED;
	call->status = 0;
	if (atomic_load(&outbound->stopped)) {
		snprintf(work->why, sizeof(work->why), "the server is stopping");
		work->task.run = work_refused;
		loop_later(loop, &work->task);
		return;
	}
	work->easy = curl_easy_init();
	if (work->easy == NULL)
		fatal("no memory for a request");
	work_limit(work);
	work_ask(work);
	LIST_INSERT_HEAD(&line->works, work, link);
	if (curl_multi_add_handle(line->multi, work->easy) != CURLM_OK)
		fatal("a request cannot begin");
}

/* From the start to the end. */

static size_t networks_read(const char *const *texts, struct peer_network *networks)
{
	size_t count = 0;

	for (; texts != NULL && *texts != NULL; texts++)
		if (peer_network_parse(*texts, &networks[count]))
			count++;
	return count;
}

static void line_begin(struct line *line, struct loop *loop)
{
	line->loop = loop;
	LIST_INIT(&line->works);
	line->multi = curl_multi_init();
	if (line->multi == NULL)
		fatal("no memory for requests");
	curl_multi_setopt(line->multi, CURLMOPT_SOCKETFUNCTION, line_socket);
	curl_multi_setopt(line->multi, CURLMOPT_SOCKETDATA, line);
	curl_multi_setopt(line->multi, CURLMOPT_TIMERFUNCTION, line_timer);
	curl_multi_setopt(line->multi, CURLMOPT_TIMERDATA, line);
	curl_multi_setopt(line->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)OUTBOUND_CALLS);
	curl_multi_setopt(line->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)OUTBOUND_CALLS_HOST);
	curl_multi_setopt(line->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
}

struct outbound *outbound_new(const struct outbound_settings *settings)
{
	struct outbound *outbound = must_calloc(1,
	    sizeof(*outbound) + settings->loop_count * sizeof(outbound->lines[0]));
	size_t count = 0;

	while (settings->allow != NULL && settings->allow[count] != NULL)
		count++;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		fatal("libcurl cannot be used");
	outbound->allowed = must_calloc(count + 1, sizeof(outbound->allowed[0]));
	outbound->allowed_count = networks_read(settings->allow, outbound->allowed);
	outbound->ca = text_empty(settings->ca) ? NULL : strdup(settings->ca);
	outbound->loops = settings->loop_count;
	for (unsigned i = 0; i < outbound->loops; i++)
		line_begin(&outbound->lines[i], settings->loops[i]);
	return outbound;
}

static void line_stop(struct loop *loop, void *arg)
{
	struct outbound *outbound = arg;
	struct line *line = &outbound->lines[loop_index(loop)];
	struct outbound_work *work;

	while ((work = LIST_FIRST(&line->works)) != NULL) {
		snprintf(work->why, sizeof(work->why), "the server is stopping");
		work_end(work);
	}
	timer_clear(&line->timer);
	curl_multi_cleanup(line->multi);
	line->multi = NULL;
}

void outbound_stop(struct outbound *outbound)
{
	if (outbound == NULL || atomic_exchange(&outbound->stopped, true))
		return;
	for (unsigned i = 0; i < outbound->loops; i++)
		loop_call(outbound->lines[i].loop, line_stop, outbound);
}

void outbound_free(struct outbound *outbound)
{
	if (outbound == NULL)
		return;
	outbound_stop(outbound);
	free(outbound->allowed);
	free(outbound->ca);
	free(outbound);
	curl_global_cleanup();
}
