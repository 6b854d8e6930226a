/* sallyport_doctor_server.c - the server that runs: ready, on time, with mail that leaves */
#include "sallyport_doctor.h"

#include "base/arena.h"
#include "base/text.h"
#include "text/buffer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/timex.h>
#include <time.h>

enum { READY_MOST = 64 << 10, READY_MS = 10000, APART_MS = 3000 };

#define METHODS "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations"

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t take(char *data, size_t size, size_t count, void *arg)
{
	struct buffer *buffer = arg;

	buffer_add(buffer, data, size * count);
	return buffer->full ? 0 : count;
}

static void date_take(struct doctor *doctor, CURL *curl)
{
	struct curl_header *header;

	if (curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return;
	time_t date = curl_getdate(header->value, NULL);
	if (date > 0)
		doctor->date = (int64_t)date * 1000;
}

/* Not by sallyport_call.c: what is ready speaks no JSON and is not below /v1.0. */
static CURLcode ready_ask(struct doctor *doctor, struct buffer *buffer, long *out_status,
    long *out_number)
{
	CURL *curl = curl_easy_init();

	if (curl == NULL)
		return CURLE_FAILED_INIT;
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, doctor->cli->socket);
	curl_easy_setopt(curl, CURLOPT_URL, "http://localhost/readyz");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)READY_MS);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, buffer);
	CURLcode code = curl_easy_perform(curl);
	doctor->asked = now_ms();
	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, out_number);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, out_status);
	date_take(doctor, curl);
	curl_easy_cleanup(curl);
	return code;
}

/* NULL: it was told why there is none. A new reference. */
static json_t *ask(struct doctor *doctor, const char *path)
{
	struct answer answer = { 0 };

	if (call_ask(doctor->cli, "GET", path, NULL, &answer) == CLI_FINE &&
	    answer.status == 200 && answer.body != NULL)
		return answer.body;
	doctor_tell(doctor, DOCTOR_WRONG, "Its log says why", "the server answers %ld to GET %s",
	    answer.status, path);
	json_decref(answer.body);
	return NULL;
}

static void tenant_take(struct doctor *doctor, const json_t *tenant)
{
	const char *id = json_text(tenant, "id", "");

	if (json_flag(tenant, "builtIn", false))
		return;
	call_end(doctor->cli);		/* the tenant is a header of the connection's */
	doctor->cli->tenant = text_copy(doctor->cli->arena, id);
	json_t *settings = ask(doctor, "/tenant"), *methods = ask(doctor, METHODS);
	json_t *policies = ask(doctor, "/identity/conditionalAccess/policies");
	json_array_append_new(doctor->tenants, json_pack("{s:s, s:s?, s:o?, s:o?}", "name",
	    json_text(tenant, "name", id), "mailFrom", json_text(settings, "mailFrom", NULL),
	    "methods", methods, "policies", policies));
	json_decref(settings);
}

static void tenants_take(struct doctor *doctor)
{
	json_t *all = ask(doctor, "/tenants"), *one;
	size_t index;

	json_array_foreach(json_object_get(all, "value"), index, one)
		tenant_take(doctor, one);
	json_decref(all);
	call_end(doctor->cli);
	doctor->cli->tenant = NULL;
}

void doctor_server(struct doctor *doctor)
{
	struct arena *arena = doctor->cli->arena;
	const char *socket = doctor->cli->socket;
	long status = 0, number = 0;
	struct buffer buffer;

	buffer_begin(&buffer, arena, READY_MOST);
	CURLcode code = ready_ask(doctor, &buffer, &status, &number);
	if (code != CURLE_OK) {
		doctor_tell(doctor, DOCTOR_WRONG, number == EACCES ? "It is for root, the server's "
		    "own user, and members of its admin_group" : "Start it: systemctl start "
		    "sallyport; why it does not run: journalctl -u sallyport",
		    "no server answers at %s: %s", socket, code == CURLE_COULDNT_CONNECT &&
		    number != 0 ? strerror((int)number) : curl_easy_strerror(code));
		return;
	}
	doctor->reached = true;
	char *text = buffer_end(&buffer);
	text[strcspn(text, "\r\n")] = '\0';
	doctor_tell(doctor, status == 200 ? DOCTOR_FINE : DOCTOR_WRONG, status == 200 ? NULL :
	    "Its log says more: journalctl -u sallyport", "%s answers: %s", socket, text);
	tenants_take(doctor);
}

static void clock_apart(struct doctor *doctor)
{
	int64_t apart = doctor->date - doctor->asked;

	if (!doctor->reached || doctor->date == 0)
		return;
	if (apart > -APART_MS && apart < APART_MS) {
		doctor_tell(doctor, DOCTOR_FINE, NULL, "the server's time is this machine's");
		return;
	}
	doctor_tell(doctor, DOCTOR_WRONG, "If a clock was once set wrongly: stop the server, "
	    "remove the file `clock` of its state folder; or test_clock is on",
	    "the server's time is %lld s %s this machine's: expiry is not what it seems",
	    (long long)llabs(apart / 1000), apart > 0 ? "ahead of" : "behind");
}

void doctor_clock(struct doctor *doctor)
{
	struct timex timex = { .modes = 0 };
	int state = adjtimex(&timex);

	clock_apart(doctor);
	if (state < 0)
		doctor_tell(doctor, DOCTOR_UNCHECKED, NULL, "whether the time is synchronised: %s",
		    strerror(errno));
	else if ((timex.status & STA_UNSYNC) != 0)
		doctor_tell(doctor, DOCTOR_WARNING, "apt install systemd-timesyncd, or chrony; in a "
		    "container its host's business", "nothing keeps this machine's time right: codes "
		    "and tokens expire by it");
	else
		doctor_tell(doctor, DOCTOR_FINE, NULL, "the time is synchronised");
}

void doctor_queue(struct doctor *doctor)
{
	json_t *body = ask(doctor, "/mail/queue"), *one;
	const json_t *queue = json_object_get(body, "value");
	size_t index, tried = 0;

	if (body == NULL)
		return;
	json_array_foreach(queue, index, one)
		tried += json_number(one, "tries", 0) > 0;
	if (tried > 0)
		doctor_tell(doctor, DOCTOR_WARNING, "The log says what the relay answered; see: "
		    "sallyport mail queue", "%zu of %zu%s mails that wait have been tried in vain",
		    tried, json_array_size(queue), json_object_get(body, "@odata.nextLink") != NULL ?
		    " or more" : "");
	else
		doctor_tell(doctor, DOCTOR_FINE, NULL, "%zu mails wait to be sent",
		    json_array_size(queue));
	json_decref(body);
}

static bool enabled(const json_t *one)
{
	return strcmp(json_text(one, "state", ""), "enabled") == 0;
}

/* Requirement 150: said, for it cannot be mended yet. */
static void doors_notice(struct doctor *doctor, const json_t *tenant)
{
	const json_t *methods = json_object_get(json_object_get(tenant, "methods"), "value");
	size_t index, on = 0;
	bool email = false;
	json_t *one;

	json_array_foreach(methods, index, one) {
		on += enabled(one);
		email |= enabled(one) && strcasecmp(json_text(one, "id", ""), "email") == 0;
	}
	const char *name = json_text(tenant, "name", "?");
	if (on == 0)
		doctor_tell(doctor, DOCTOR_WARNING, "sallyport method set-state email on",
		    "%s: there is no second door: whoever is asked for one is shut out", name);
	else if (on == 1 && email)
		doctor_tell(doctor, DOCTOR_FINE, "It stops stolen passwords, not phishing; NIST SP "
		    "800-63B does not count it", "%s: a code by email is the only second door", name);
	else
		doctor_tell(doctor, DOCTOR_FINE, NULL, "%s: %zu kinds of second doors", name, on);
}

static size_t asks_mfa(const json_t *policies)
{
	size_t index, at, count = 0;
	json_t *policy, *control;

	json_array_foreach(policies, index, policy) {
		const json_t *controls = json_object_get(json_object_get(policy, "grantControls"),
		    "builtInControls");
		json_array_foreach(controls, at, control)
			count += enabled(policy) && json_is_string(control) &&
			    strcmp(json_string_value(control), "mfa") == 0;
	}
	return count;
}

/* What is told when one is saved is told then, and by apply --dry-run. */
void doctor_doors(struct doctor *doctor)
{
	json_t *tenant;
	size_t index;

	if (json_array_size(doctor->tenants) == 0)
		doctor_tell(doctor, DOCTOR_WARNING, "sallyport apply -f FILE.json",
		    "there is no tenant yet");
	json_array_foreach(doctor->tenants, index, tenant) {
		const char *name = json_text(tenant, "name", "?");
		const json_t *policies = json_object_get(tenant, "policies");
		size_t count = asks_mfa(json_object_get(policies, "value"));
		if (count == 0)
			doctor_tell(doctor, DOCTOR_WARNING, "sallyport policy list; sallyport policy "
			    "set-state POLICY on", "%s: no policy that is on asks for a second door",
			    name);
		else
			doctor_tell(doctor, DOCTOR_FINE, NULL, "%s: %zu %s", name, count, count == 1 ?
			    "policy asks for a second door" : "policies ask for a second door");
		doors_notice(doctor, tenant);
	}
}
