#include "check/subject.h"

#include "base/clock.h"
#include "base/text.h"
#include "conf/keys.h"
#include "loop/lane.h"
#include "loop/loop.h"
#include "plugin/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ABI "plugin.h, sp_plugin: one constant, of this API's numbers, with sound tables"
#define OPEN "plugin.h, open(): on failure fills `out_error` alone; else OK and an instance"
#define DETACH \
	"plugin.h, detach(): every operation of that loop which the plugin still holds must be " \
	"ended"

struct subject subject;

void subject_load(void)
{
	const struct sp_plugin *plugin = NULL;
	struct sp_error error = { "" };
	struct page *page = page_now();

	page_step("loading");
	if (plugin_load(subject.folder, subject.file, &plugin, &error) != SP_OK)
		page_breach(ABI, "%s", error.text);
	subject.plugin = plugin;
	snprintf(page->plugin, sizeof(page->plugin), "%s", plugin->name);
	page->api = plugin->api;
	page->roles = (plugin->users != NULL ? 1u << 0 : 0) | (plugin->records != NULL ?
	    1u << 1 : 0) |
	    (plugin->policy != NULL ? 1u << 2 : 0) | (plugin->mail != NULL ? 1u << 3 : 0);
}

/* Core's own keys of a plugin section, as far as they matter here. */
static bool subject_own(const struct keys_pair *pair)
{
	static const struct sp_key keys[] = {
		{ .name = "lanes", .type = SP_NUMBER, .offset = 0, .fallback = "0" },
		{ .name = "deadline", .type = SP_DURATION, .offset = 8, .fallback = "0" }, { 0 } };
	struct keys_pair only[] = { *pair, { NULL, NULL } };
	int64_t values[2] = { 0, 0 };
	struct sp_error error = { "" };

	if (strcmp(pair->name, "lanes") != 0 && strcmp(pair->name, "deadline") != 0)
		return false;
	if (keys_fill(keys, only, &subject.arena, values, &error) != SP_OK)
		page_breach("", "%s", error.text);
	if (values[0] > 0)
		subject.set.lanes = (unsigned)values[0];
	if (values[1] > 0)
		subject.set.deadline = values[1];
	return true;
}

static void subject_conf(void)
{
	struct keys_pair *pairs;
	struct sp_error error = { "" };
	size_t count = 0, kept = 0;

	while (subject.pairs[count] != NULL)
		count++;
	pairs = arena_alloc(&subject.arena, (count + 1) * sizeof(*pairs));
	for (size_t i = 0; i < count; i++) {
		size_t name = strcspn(subject.pairs[i], "=");
		pairs[kept] = (struct keys_pair){ text_part(&subject.arena, subject.pairs[i], name),
			subject.pairs[i] + name + (subject.pairs[i][name] == '=') };
		kept += !subject_own(&pairs[kept]);
	}
	pairs[kept] = (struct keys_pair){ NULL, NULL };
	subject.conf = arena_alloc(&subject.arena, subject.plugin->conf_size + 1);
	if (keys_fill(subject.plugin->keys, pairs, &subject.arena, subject.conf, &error) != SP_OK)
		page_breach("the command line: key=value, as in a conf section", "%s", error.text);
}

/* As many lanes as the server would usually give it. */
static void subject_begin(void)
{
	unsigned most = subject.plugin->lanes > 0 ? subject.plugin->lanes : 1;

	subject.set = (struct instance_settings){ .name = subject.plugin->name, INSTANCE_DEFAULTS };
	subject.set.lanes = most < 4 ? most : 4;
	subject.set.circuit.failures = 1000000;	/* suites judge each answer themselves */
	arena_init(&subject.arena, NULL, 0);
	subject_conf();
	for (unsigned i = 0; i < SUBJECT_LOOPS; i++) {
		subject.loops[i] = loop_new(i);
		loop_start(subject.loops[i]);
	}
}

void subject_open(void)
{
	struct sp_error error = { "" };

	if (subject.loops[0] == NULL)
		subject_begin();
	page_step("open() and attach()");
	if (instance_new(subject.plugin, &subject.set, subject.conf, subject.loops, SUBJECT_LOOPS,
	    &subject.instance, &error) != SP_OK)
		page_breach(OPEN, "it does not open: %s", error.text[0] != '\0' ? error.text :
		    "and doesn't say why");
}

static void settle(struct loop *loop, void *arg)
{
	(void)loop, (void)arg;
}

void subject_close(void)
{
	struct instance *instance = subject.instance;

	page_step("stopping the lanes");
	lane_stop(instance->lane);
	for (unsigned i = 0; i < 2 * SUBJECT_LOOPS; i++)
		loop_call(subject_loop(i), settle, NULL);
	unsigned misuses = atomic_load(&instance->misuses);
	MUST(misuses == 0, CLAUSE_ENDING, "%u times it ended, or queued, an operation that it had "
	    "ended before", misuses);
	page_step("detach() and close()");
	MUST(instance_free(instance), DETACH, "it still holds operations after detach()");
	subject.instance = NULL;
}

void subject_done(void)
{
	for (unsigned i = 0; i < SUBJECT_LOOPS; i++) {
		loop_stop(subject.loops[i]);
		loop_free(subject.loops[i]);
	}
	arena_done(&subject.arena);
}

struct loop *subject_loop(unsigned number)
{
	return subject.loops[number % SUBJECT_LOOPS];
}

struct seat *subject_seat(const struct loop *loop)
{
	return instance_seat(subject.instance, loop);
}

bool subject_fleeting(void)
{
	return subject.plugin->keys == NULL || subject.plugin->keys[0].name == NULL;
}
