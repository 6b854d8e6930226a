"""Each system call failing: at the start, and in the middle of a way through both doors.

	syscalls.py SALLYPORTD PLUGINS SOURCE TEST_PLUGINS LOOK [few]

strace makes the call fail, once for each thread that makes it, at its Nth. Whatever was asked is
answered clearly or not at all; the server goes on, or ends with a word; the store is whole, and
the next customer signs in.
"""
import http.client
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'http'))

from browser import clear       # noqa: E402
from store import settled       # noqa: E402
from world import PASSWORD, World, main, same, source, until     # noqa: E402

LOOK = sys.argv[5]
# What strace holds cannot be looked at for leaks.
os.environ['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
GONE = (OSError, http.client.HTTPException)
MIDWAY = [      # call, error, at which call of each thread
    ('pwrite64', 'EIO', 1), ('pwrite64', 'EIO', 2), ('pwrite64', 'EIO', 3), ('pwrite64', 'EIO', 4),
    ('pwrite64', 'EIO', 5), ('pwrite64', 'ENOSPC', 1), ('pwrite64', 'ENOSPC', 2),
    ('pwritev', 'EIO', 1), ('pwritev', 'ENOSPC', 1),
    ('fdatasync', 'EIO', 1), ('fdatasync', 'EIO', 2), ('fdatasync', 'ENOSPC', 3),
    ('write', 'EIO', 1), ('write', 'ENOSPC', 2), ('write', 'EINTR', 1),
    ('openat', 'EMFILE', 1), ('openat', 'ENFILE', 2), ('openat', 'EACCES', 1),
    ('fsync', 'EIO', 1), ('renameat', 'EIO', 1), ('linkat', 'EIO', 1), ('unlinkat', 'EIO', 1),
    ('accept4', 'EMFILE', 1), ('accept4', 'ECONNABORTED', 1), ('accept4', 'EINTR', 1), ('accept4', 'ENOBUFS', 2),
    ('epoll_wait', 'EINTR', 1), ('epoll_ctl', 'ENOMEM', 1),
    ('getrandom', 'EINTR', 1), ('getrandom', 'ENOSYS', 1),
    ('read', 'EIO', 1), ('read', 'EINTR', 1), ('readv', 'ECONNRESET', 1), ('recvfrom', 'ECONNRESET', 1),
    ('writev', 'EPIPE', 1), ('writev', 'EINTR', 1), ('sendmsg', 'EPIPE', 1), ('sendto', 'EPIPE', 1),
    ('setsockopt', 'EINVAL', 1), ('getsockname', 'ENOBUFS', 1), ('ioctl', 'EIO', 1), ('close', 'EINTR', 1),
    ('mmap', 'ENOMEM', 1), ('munmap', 'EINVAL', 1), ('madvise', 'EINVAL', 1), ('fcntl', 'EACCES', 1),
    ('fstat', 'EIO', 1), ('newfstatat', 'EIO', 1), ('getdents64', 'EIO', 1), ('timerfd_settime', 'EINVAL', 1),
]
AT_START = [
    ('eventfd2', 'EMFILE', 1), ('epoll_create1', 'EMFILE', 1), ('epoll_ctl', 'ENOMEM', 1), ('socket', 'EMFILE', 1),
    ('bind', 'EADDRINUSE', 1), ('listen', 'EADDRINUSE', 1), ('pwrite64', 'EIO', 1), ('pwrite64', 'ENOSPC', 2),
    ('fdatasync', 'EIO', 1), ('fsync', 'EIO', 1), ('ftruncate', 'ENOSPC', 1), ('flock', 'EINTR', 1),
    ('mkdir', 'ENOSPC', 1), ('getrandom', 'ENOSYS', 1), ('clone3', 'EAGAIN', 1), ('clone3', 'EAGAIN', 3),
    ('prctl', 'EINVAL', 1), ('prlimit64', 'EPERM', 1), ('rt_sigprocmask', 'EINVAL', 1), ('chmod', 'EPERM', 1),
    ('fchmod', 'EPERM', 1), ('rename', 'EIO', 1), ('link', 'EIO', 1), ('unlink', 'EIO', 1),
]

FEW = [     # what differs most
    ('pwrite64', 'EIO', 1), ('pwrite64', 'EIO', 5), ('fdatasync', 'EIO', 1), ('write', 'EIO', 1),
    ('openat', 'EMFILE', 1), ('accept4', 'EMFILE', 1), ('epoll_wait', 'EINTR', 1), ('getrandom', 'ENOSYS', 1),
    ('eventfd2', 'EMFILE', 1), ('socket', 'EMFILE', 1), ('clone3', 'EAGAIN', 3), ('mkdir', 'ENOSPC', 1),
]
tests = []


class Traced:
    """strace on a process that runs, while `with` lasts."""

    def __init__(self, process, call, error, number):
        self.told = world.folder / 'strace'
        self.process, self.words = process, [
            'strace', '-f', '-o', self.told, '-e', f'trace={call}', '-e', f'inject={call}:error={error}:when={number}']

    def __enter__(self):
        self.strace = subprocess.Popen([*self.words, '-p', str(self.process.pid)], stderr=subprocess.PIPE, text=True)
        line = self.strace.stderr.readline()        # one for all threads
        assert 'attached' in line, line
        return self

    def __exit__(self, kind, error, trace):
        self.strace.send_signal(signal.SIGINT)
        try:
            self.strace.communicate(timeout=10)
        except subprocess.TimeoutExpired:       # it waits for a process that has died under it
            self.strace.kill()
            self.strace.communicate()
        self.injected = self.told.read_text(errors='replace').count('(INJECTED)')


world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
world.mfa()


def walk(address):
    """Through both doors; the answers, until the first that is not as usual. None: no answer."""
    browser, app = world.browser(source()), world.app()
    try:
        page = app.begin(browser)
        if page.status != 200:
            return page
        page = browser.fill(page, 'password', email=address, password=PASSWORD)
        if page.status != 200 or page.heading != 'Enter your code':
            assert page.status != 303, 'the second door was left out'
            return page
        page = browser.fill(page, 'code', code=world.code(address))
        if page.status != 303:
            return page
        answer = app.redeem(browser, app.code(page))
        return app.userinfo(browser, answer.json()['access_token']) if answer.status == 200 else answer
    except GONE:
        return None


def ended_with_words():
    """None when it lives; else its last words, and it is started again."""
    if world.process.poll() is None:
        return None
    told = world.log.read_text(errors='replace').splitlines()
    same(world.process.returncode, -signal.SIGABRT, told[-5:])
    last = [line for line in told if line.startswith('sallyport: ')]
    assert last, told[-5:]
    world.start()
    return last[-1]


def goes_on(last):
    """Somebody new signs in, at the latest after a restart; the last words of whoever ended are kept."""
    words = ended_with_words()
    if words:
        last.append(words)
    try:
        page = walk(world.customer()[0])
    except (AssertionError, *GONE):         # a store that does not answer yet
        return False
    return page is not None and page.status == 200


def midway(call, error, number):
    if shutil.which('strace') is None:
        return 'there is no strace'
    address, last = world.customer()[0], []
    with Traced(world.process, call, error, number) as traced:
        page = walk(address)
    if page is not None and page.status not in (200, 303):
        assert page.status in (400, 401, 403, 429, 503), page
        if 'html' in page.header('Content-Type', ''):
            same(clear(page), None, page)
    until(lambda: goes_on(last), 'a sign-in afterwards')
    settled(LOOK, world.folder / 'db')
    print(f'    {call} {error} {number}: {traced.injected} failed; {page.status if page else None}; {"; ".join(last)}')


def at_start(call, error, number):
    if shutil.which('strace') is None:
        return 'there is no strace'
    world.stop()
    before = world.log.stat().st_size
    told = world.folder / 'strace'
    with open(world.log, 'ab') as log:
        strace = subprocess.Popen(
            ['strace', '-D', '-f', '-o', told, '-e', f'trace={call}', '-e', f'inject={call}:error={error}:when={number}',
             sys.argv[1], '--conf', world.conf], stderr=log, stdin=subprocess.DEVNULL)
    world.process = strace      # with -D it is the server itself
    try:
        until(world.ready, 'a start')
        ended = 'serves'
    except AssertionError:
        strace.wait()
        words = world.log.read_bytes()[before:].decode(errors='replace')
        assert strace.returncode in (1, 2, -signal.SIGABRT), (strace.returncode, words)
        assert words.strip(), f'{call} {error}: ended with {strace.returncode}, without a word'
        ended = f'{strace.returncode}: {words.splitlines()[-1][:160]}'
    world.kill()
    world.start()
    settled(LOOK, world.folder / 'db')
    print(f'    {call} {error} {number}: {ended}')


few = len(sys.argv) > 6
for row in MIDWAY:
    tests.append((f'attackF6 {" ".join(map(str, row))} midway', lambda row=row: midway(*row)))
for row in AT_START:
    tests.append((f'attackF6 {" ".join(map(str, row))} at the start', lambda row=row: at_start(*row)))
if few:
    tests = [one for one in tests if any(f' {" ".join(map(str, row))} ' in one[0] for row in FEW)]
main(tests, [('failing calls', world)])
