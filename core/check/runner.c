#include "check/runner.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

const char *runner_word(enum runner_verdict verdict)
{
	static const char *const words[] = { "wrong", "crashed", "hung", "skipped", "ok" };

	return words[verdict];
}

/* In the new process. What the plugin says goes to `said`. */
static _Noreturn void child(const struct runner *runner, const struct suite_row *row, unsigned part,
    int page, int said)
{
	static const struct rlimit no_core = { 0, 0 };
	const char *words[64] = { runner->self, "--one", row->name };
	char numbers[2][16];
	size_t count = 3;

	snprintf(numbers[0], sizeof(numbers[0]), "%u", part);
	snprintf(numbers[1], sizeof(numbers[1]), "%d", page);
	words[count++] = numbers[0];
	words[count++] = numbers[1];
	words[count++] = runner->delivered != NULL ? runner->delivered : "";
	for (size_t i = 0; runner->words[i] != NULL && count < 63; i++)
		words[count++] = runner->words[i];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &no_core);
	if (dup2(said, STDOUT_FILENO) < 0 || dup2(said, STDERR_FILENO) < 0)
		_exit(127);
	execv("/proc/self/exe", (char *const *)(uintptr_t)words);
	_exit(127);
}

/* False: it hung, and is dead now. */
static bool watch(pid_t pid, unsigned seconds, int *out_status)
{
	struct pollfd ended = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int ready;

	do
		ready = poll(&ended, 1, (int)seconds * 1000);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, out_status, 0) < 0 && errno == EINTR)
		continue;
	if (ended.fd >= 0)
		close(ended.fd);
	return ready != 0;
}

static void tell(struct runner_result *result, enum runner_verdict verdict, const char *clause)
{
	result->verdict = verdict;
	snprintf(result->clause, sizeof(result->clause), "%s", clause);
}

static void judge_signal(struct runner_result *result, const struct page *page, int number)
{
	tell(result, RUNNER_CRASHED, "plugin.h: a plugin runs in the server's own process");
	snprintf(result->text, sizeof(result->text), "the process died of SIG%s (%s) in: %s",
	    sigabbrev_np(number), sigdescr_np(number), page->step);
}

/* True: it went well, and a second part may follow. */
static bool judge(struct runner_result *result, const struct page *page, int status, bool hung,
    bool may_die)
{
	int outcome = atomic_load(&page->outcome);

	if (hung) {
		tell(result, RUNNER_HUNG, "plugin.h, Threads: whatever core calls must return");
		snprintf(result->text, sizeof(result->text), "it hung, and was killed, in: %s",
		    page->step);
	} else if (outcome == PAGE_WRONG) {
		tell(result, RUNNER_WRONG, page->clause);
		snprintf(result->text, sizeof(result->text), "%s", page->text);
	} else if (outcome == PAGE_SKIPPED) {
		tell(result, RUNNER_SKIPPED, "");
		snprintf(result->text, sizeof(result->text), "%s", page->text);
	} else if (WIFSIGNALED(status) && may_die && WTERMSIG(status) == SIGKILL) {
		return true;
	} else if (WIFSIGNALED(status)) {
		judge_signal(result, page, WTERMSIG(status));
	} else if (outcome != PAGE_FINE || WEXITSTATUS(status) != 0) {
		tell(result, RUNNER_CRASHED, "plugin.h: a plugin runs in the server's own process");
		snprintf(result->text, sizeof(result->text), "the process %s with status %d in: %s",
		    outcome == PAGE_FINE ? "was found faulty at its end, and exited" :
		    "ended itself", WEXITSTATUS(status), page->step);
	} else {
		return true;
	}
	return false;
}

static void read_said(int said, struct runner_result *result)
{
	off_t size = lseek(said, 0, SEEK_END);
	off_t from = size > (off_t)RUNNER_SAID - 1 ? size - (off_t)RUNNER_SAID + 1 : 0;
	ssize_t got = pread(said, result->said, RUNNER_SAID - 1, from);

	result->said[got > 0 ? got : 0] = '\0';
}

static bool part(struct runner *runner, unsigned number, int fd, struct page *page,
    struct runner_result *result)
{
	const struct suite_row *row = result->row;
	int said = memfd_create("said", MFD_CLOEXEC), status = 0;

	atomic_store(&page->outcome, PAGE_NOTHING);
	snprintf(page->step, sizeof(page->step), "starting");
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		child(runner, row, number, fd, said);
	bool hung = pid < 0 || !watch(pid, runner->limit, &status);
	bool well = judge(result, page, status, hung, row->dies && number == 0);
	read_said(said, result);
	close(said);
	return well;
}

void runner_run(struct runner *runner, const struct suite_row *row,
    struct runner_result *out_result)
{
	int fd = -1;
	struct page *page = page_new(&fd);

	if (page == NULL)
		abort();
	*out_result = (struct runner_result){ .row = row };
	random_fill(&page->scope, sizeof(page->scope));
	bool well = part(runner, 0, fd, page, out_result);
	if (well && row->after != NULL)
		well = part(runner, 1, fd, page, out_result);
	if (well)
		tell(out_result, RUNNER_FINE, "");
	if (well)
		snprintf(out_result->text, sizeof(out_result->text), "%s", row->what);
	if (page->api != 0) {
		snprintf(runner->plugin, sizeof(runner->plugin), "%s", page->plugin);
		runner->api = page->api;
		runner->roles = page->roles;
	}
	page_free(page);
	close(fd);
}
