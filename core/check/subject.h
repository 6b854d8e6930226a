/*
 * subject.h - the plugin that is being checked, on two loops, with blocking calls
 *
 * It is loaded as the server loads it, and asked through the real engine.
 *
 * Threads  The main thread; a process has one subject. ask_run() makes and reads an operation
 *          on a loop and waits for it.
 * Failing  Any breach of what holds for every operation (it ends, once, in time, without
 *          blocking a loop) ends the process with its name: see page.h.
 */
#pragma once

#include "base/arena.h"
#include "check/page.h"
#include "plugin/instance.h"

#include <semaphore.h>

#define SUBJECT_LOOPS 2u
#define SUBJECT_NOON INT64_C(1800000000000)	/* wall time that suites begin at */

/* Clauses that every suite may name. */
#define CLAUSE_ENDING "plugin.h, Ending: sp_op_done(), once, from any thread"
#define CLAUSE_BLOCKS "plugin.h, Threads: operations run on a loop and may not block"
#define CLAUSE_FAILED "plugin.h, SP_FAILED: the plugin is at fault or forgot"
#define CLAUSE_KEEPS \
	"plugin.h, Memory: answers live as long as the operation; after that, hands off"

struct subject {
	const char *folder, *file;
	char *const *pairs;		/* "key=value", ends with NULL */
	const char *delivered;		/* where mail that was taken over can be seen, or NULL */
	const struct sp_plugin *plugin;
	struct arena arena;
	void *conf;
	struct instance_settings set;
	struct loop *loops[SUBJECT_LOOPS];
	struct instance *instance;
};

extern struct subject subject;

void subject_load(void);	/* the file, its numbers and tables */
void subject_open(void);	/* the instance, its loops the first time */
void subject_close(void);	/* what it misused is told here */
void subject_done(void);	/* loops and all */

struct loop *subject_loop(unsigned number);
struct seat *subject_seat(const struct loop *loop);
/* Nothing that it is given is kept, by design: it has no key that could say where. */
bool subject_fleeting(void);

struct ask {
	const char *what;	/* "records.get" */
	struct sp_op *(*make)(struct seat *seat, void *arg);
	void (*read)(struct sp_op *answer, void *arg);	/* may be NULL */
	void *arg;
	int64_t now;		/* 0: SUBJECT_NOON */
	enum sp_status status;
	int64_t submit;		/* us that it took to begin */

	struct loop *loop;
	int64_t begun;
	sem_t done;
};

enum sp_status ask_run(struct ask *ask, unsigned loop);
/* The same in two steps, so that many are under way at once. */
void ask_start(struct ask *ask, unsigned loop);
enum sp_status ask_wait(struct ask *ask);

const char *ask_word(enum sp_status status);	/* "UNAVAILABLE" */
/* A breach if `status` isn't `want`; `what` was asked for. */
void ask_must(enum sp_status status, enum sp_status want, const char *clause, const char *what);

/* Repeats `turn`, in rounds of so many, until it would show that it keeps something. */
#define KEEPS_TURNS 50u
void keeps_check(void (*turn)(unsigned number), unsigned turns, const char *what);
/* `ask` again and again: is the quickest beginning quick? */
void blocks_check(struct ask *ask);
