/*
 * drive.c - plays customers: bench-drive MODE --port PORT --people FILE [options]
 *
 * So many at once (--many), until so many flows have been (--count) or the time is up
 * (--seconds). Each flow has a connection and a source address of its own, counted on from
 * --first, and a person, counted on from --person, who does nothing else meanwhile. Prints one
 * JSON object; a flow that went otherwise than it must is a failure, and the first few are told
 * on stderr.
 */
#include "steps.h"

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MANY_MOST = 1024, PATIENCE = 120, TOLD_MOST = 5 };

static struct {
	struct event_base *base;
	const struct mode *mode;
	uint16_t port;
	unsigned long many, count, first;
	double seconds, until;
	const char *codes;
	FILE *journeys;
	struct person *people;
	size_t person_count, person_next;
	unsigned long started, running, failures;
	double *times;
	size_t time_count, time_room;
	size_t reply_size;
	struct customer customers[MANY_MOST];
} drive;

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench-drive: %s\n", what);
	exit(1);
}

/* A flow's begin, steps and end. */

static void customer_begin(struct customer *customer);

static void customer_rest(struct customer *customer)
{
	if (customer->person != NULL)
		customer->person->busy = NULL;
	customer->person = NULL;
	drive.running--;
	wire_close(&customer->wire);
	if (drive.running == 0 && (drive.started == drive.count || now_s() >= drive.until))
		event_base_loopbreak(drive.base);
}

static void customer_fail(struct customer *customer, const char *why, const struct reply *reply)
{
	if (drive.failures++ < TOLD_MOST)
		fprintf(stderr, "bench-drive: %s: %s: %s: %s (status %u)\n%.300s\n",
		    drive.mode->name, customer->person->email,
		    drive.mode->steps[customer->step]->name, why,
		    reply != NULL ? reply->status : 0, reply != NULL ? reply->body : "");
	customer_rest(customer);
	customer_begin(customer);
}

static void time_add(double time)
{
	if (drive.time_count == drive.time_room) {
		drive.time_room = drive.time_room * 2 + 1024;
		drive.times = realloc(drive.times, drive.time_room * sizeof(*drive.times));
		must(drive.times != NULL, "no memory");
	}
	drive.times[drive.time_count++] = time;
}

static bool drive_more(void)
{
	return drive.started < drive.count && now_s() < drive.until;
}

static void customer_ask(struct customer *customer);

static void customer_end(struct customer *customer)
{
	time_add(now_s() - customer->began);
	if (drive.mode->keeps)
		fprintf(drive.journeys, "%zu %s %s\n", (size_t)(customer->person - drive.people),
		    customer->journey, customer->cookie);
	if (drive.mode->stays && drive_more()) {
		drive.started++;
		customer->step = drive.mode->again;
		customer_ask(customer);
		return;
	}
	customer_rest(customer);
	customer_begin(customer);
}

static void customer_ask(struct customer *customer)
{
	const struct step *step = drive.mode->steps[customer->step];

	if (drive.mode->stays && customer->step == drive.mode->again)
		customer->began = now_s();
	if (step == NULL) {
		customer_end(customer);
	} else if (step->ask != NULL) {
		step->ask(customer);
	} else if (customer->code[0] == '\0') {
		customer->waiting = true;
	} else {
		customer->step++;
		customer_ask(customer);
	}
}

static void customer_heard(struct wire *wire, const struct reply *reply)
{
	struct customer *customer = (struct customer *)wire;
	const char *why = drive.mode->steps[customer->step]->got(customer, reply);

	drive.reply_size = reply->size;
	if (why != NULL) {
		customer_fail(customer, why, reply);
		return;
	}
	customer->step++;
	customer_ask(customer);
}

static void customer_lost(struct wire *wire, const char *why)
{
	customer_fail((struct customer *)wire, why, NULL);
}

/* The next one in line who isn't here already. */
static struct person *person_take(struct customer *customer)
{
	for (size_t i = 0; i < drive.person_count; i++) {
		struct person *person = &drive.people[drive.person_next++ % drive.person_count];
		if (person->busy == NULL || drive.mode->stays) {
			person->busy = customer;
			return person;
		}
	}
	must(false, "fewer people than customers at once");
	return NULL;
}

static bool journey_take(struct customer *customer)
{
	size_t number;

	if (!drive.mode->kept)
		return true;
	if (fscanf(drive.journeys, "%zu %4095s %4095s", &number, customer->journey,
	    customer->cookie) != 3 || number >= drive.person_count)
		return false;
	customer->person = &drive.people[number];
	customer->person->busy = customer;
	return true;
}

static void customer_begin(struct customer *customer)
{
	if (!drive_more())
		return;
	*customer = (struct customer){ .wire = { .heard = customer_heard, .lost = customer_lost },
		.mode = drive.mode, .number = drive.first + drive.started, .began = now_s() };
	must(journey_take(customer), "no more journeys were prepared");
	if (customer->person == NULL)
		customer->person = person_take(customer);
	drive.started++;
	drive.running++;
	wire_open(&customer->wire, drive.base, drive.port, (uint32_t)customer->number);
	customer_ask(customer);
}

/* Mail: "p17@bench.example 12345678". */

static void mail_heard(const char *line)
{
	char email[512], code[32];
	size_t number;

	if (sscanf(line, "%511s %31s", email, code) != 2 || sscanf(email, "p%zu@", &number) != 1 ||
	    number >= drive.person_count || strcmp(drive.people[number].email, email) != 0)
		return;
	struct customer *customer = drive.people[number].busy;
	if (customer == NULL)
		return;
	strcpy(customer->code, code);
	if (!customer->waiting)
		return;
	customer->waiting = false;
	customer->step++;
	customer_ask(customer);
}

static void mail_read(evutil_socket_t fd, short what, void *arg)
{
	static char text[65536];
	static size_t size;

	(void)what, (void)arg;
	ssize_t count = read(fd, text + size, sizeof(text) - size - 1);
	if (count <= 0)
		return;
	size += (size_t)count;
	text[size] = '\0';
	char *at = text;
	for (char *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		mail_heard(at);
	}
	size = strlen(at);
	memmove(text, at, size);
}

static struct event *mail_open(void)
{
	int fd = drive.codes != NULL ? open(drive.codes, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;

	if (fd < 0) {
		must(drive.codes == NULL, "the pipe of codes can't be opened");
		return NULL;
	}
	struct event *event = event_new(drive.base, fd, EV_READ | EV_PERSIST, mail_read, NULL);
	must(event != NULL && event_add(event, NULL) == 0, "no memory");
	return event;
}

/* Beginning and end. */

static void people_read(const char *path)
{
	FILE *file = path != NULL ? fopen(path, "re") : NULL;
	size_t room = 0;

	must(file != NULL, "--people names no file");
	for (;;) {
		if (drive.person_count == room) {
			room = room * 2 + 256;
			drive.people = realloc(drive.people, room * sizeof(*drive.people));
			must(drive.people != NULL, "no memory");
		}
		struct person *person = &drive.people[drive.person_count];
		*person = (struct person){ .busy = NULL };
		if (fscanf(file, "%63s %63s %63s %95s %63s", person->tenant, person->guarded,
		    person->open, person->email, person->password) != 5)
			break;
		must(strchr(person->email, '@') != NULL, "a person without an address");
		drive.person_count++;
	}
	fclose(file);
	must(drive.person_count > 0, "--people: nobody");
}

static const struct mode *mode_find(const char *name)
{
	for (const struct mode *mode = modes; name != NULL && mode->name != NULL; mode++)
		if (strcmp(mode->name, name) == 0)
			return mode;
	return NULL;
}

static void options_read(int argc, char **argv)
{
	static const struct option options[] = {
		{ "port", 1, NULL, 'p' }, { "people", 1, NULL, 'w' }, { "many", 1, NULL, 'm' },
		{ "count", 1, NULL, 'n' }, { "seconds", 1, NULL, 's' }, { "first", 1, NULL, 'f' },
		{ "codes", 1, NULL, 'c' }, { "journeys", 1, NULL, 'j' }, { "person", 1, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	const char *people = NULL, *journeys = NULL;
	int option;

	drive.many = 1;
	drive.count = ~0ul;
	drive.seconds = PATIENCE;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'p': drive.port = (uint16_t)strtoul(optarg, NULL, 10); break;
		case 'w': people = optarg; break;
		case 'm': drive.many = strtoul(optarg, NULL, 10); break;
		case 'n': drive.count = strtoul(optarg, NULL, 10); break;
		case 's': drive.seconds = strtod(optarg, NULL); break;
		case 'f': drive.first = strtoul(optarg, NULL, 10); break;
		case 'c': drive.codes = optarg; break;
		case 'j': journeys = optarg; break;
		case 'o': drive.person_next = strtoul(optarg, NULL, 10); break;
		default: exit(2);
		}
	}
	drive.mode = mode_find(argv[optind]);
	must(drive.mode != NULL, "the mode is one of mfa password wrong prepare resend "
	    "refresh userinfo alone introspect discovery");
	must(drive.port != 0 && drive.many >= 1 && drive.many <= MANY_MOST && drive.count > 0,
	    "--port, --many from 1 to 1024, --count");
	people_read(people);
	if (journeys != NULL)
		drive.journeys = fopen(journeys, drive.mode->keeps ? "ae" : "re");
	must(drive.journeys != NULL || (!drive.mode->keeps && !drive.mode->kept),
	    "--journeys names no file");
}

static int time_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double time_at(double part)
{
	size_t count = drive.time_count;

	return count == 0 ? 0 : drive.times[(size_t)(part * (double)(count - 1) + 0.5)] * 1000;
}

static void report(double seconds)
{
	if (drive.time_count > 0)
		qsort(drive.times, drive.time_count, sizeof(*drive.times), time_compare);
	printf("{\"mode\": \"%s\", \"many\": %lu, \"count\": %zu, \"failures\": %lu, "
	    "\"seconds\": %.6f, \"p50\": %.4f, \"p90\": %.4f, \"p99\": %.4f, \"most\": %.4f, "
	    "\"bytes\": %zu}\n", drive.mode->name, drive.many, drive.time_count, drive.failures,
	    seconds, time_at(0.5), time_at(0.9), time_at(0.99), time_at(1), drive.reply_size);
}

int main(int argc, char **argv)
{
	options_read(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	strcpy(steps_host, "127.0.0.1:");
	snprintf(steps_host + strlen(steps_host), 8, "%u", drive.port);
	drive.base = event_base_new();
	must(drive.base != NULL, "no event base");
	struct event *mail = mail_open();
	struct timeval patience = { .tv_sec = (time_t)drive.seconds + PATIENCE };
	event_base_loopexit(drive.base, &patience);

	double began = now_s();
	drive.until = began + drive.seconds;
	for (unsigned long i = 0; i < drive.many; i++)
		customer_begin(&drive.customers[i]);
	event_base_dispatch(drive.base);
	double seconds = now_s() - began;
	for (unsigned long i = 0; i < drive.many; i++) {
		if (drive.customers[i].person != NULL && drive.failures++ < TOLD_MOST)
			fprintf(stderr, "bench-drive: %s: never answered\n",
			    drive.customers[i].person->email);
		wire_close(&drive.customers[i].wire);
	}
	if (drive.journeys != NULL)
		must(fclose(drive.journeys) == 0, "--journeys: can't be written");
	if (mail != NULL)
		event_free(mail);
	event_base_free(drive.base);
	report(seconds);
	free(drive.people);
	free(drive.times);
	return drive.failures > 0;
}
