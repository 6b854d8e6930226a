"""No memory, at each allocation of a way through the house: an end with a word, and nothing by halves.

	hunger.py SALLYPORTD PLUGINS SOURCE TEST_PLUGINS LOOK STARVED [POINTS [SEED]]

STARVED is the server with an allocator that can be told to fail (starve.c). A customer walks the
way once with all the memory there is, which is counted; then, for one allocation after another
(or POINTS of them, drawn by SEED), the server is started anew and that one fails, or that one and all
behind it. Out of memory ends the process by design: SIGABRT, with a line that says so. A library
may bear it as well: then the answer is a clear one. Afterwards the store is whole, and what was
answered holds.
"""
import http.client
import mmap
import pathlib
import random
import os
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'http'))

import world as worlds      # noqa: E402
from store import settled       # noqa: E402
from world import PASSWORD, World, main, named, same, source     # noqa: E402

LOOK, worlds.BINARY = sys.argv[5:7]
POINTS = int(sys.argv[7]) if len(sys.argv) > 7 else 0
SEED = int(sys.argv[8]) if len(sys.argv) > 8 else time.time_ns() % 1000000
GONE = (OSError, http.client.HTTPException)
WORDS = 'sallyport: out of memory; the process ends here'
FORMAT = '=QQQQ'        # as struct starve

tests = []
test = named(tests)
random.seed(SEED)


class Starved(World):
    def __init__(self, **settings):
        super().__init__(change=self.make_page, **settings)

    def make_page(self, conf):
        path = self.folder / 'starve'
        path.write_bytes(bytes(4096))
        os.environ['STARVE'] = str(path)
        with open(path, 'r+b') as file:
            self.page = mmap.mmap(file.fileno(), 4096)
        return conf

    def arm(self, at, for_ever=False):
        self.page[:32] = struct.pack(FORMAT, 0, at, for_ever, 0)

    def counted(self):
        return struct.unpack(FORMAT, self.page[:32])[0]

    def fail_none(self):
        count = self.counted()
        self.page[:32] = struct.pack(FORMAT, 0, 0, 0, 0)
        return count


world = Starved(sourceSendsAnHour=100000, sourcePasswords=100000)
log = {'died': 0, 'borne': 0}


def walk_sign_in(address):
    """Through both doors, to userinfo. Yields what was acknowledged, as it goes."""
    browser, app = world.browser(source()), world.app()
    page = app.begin(browser)
    yield 'begun', page
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    yield 'password', page
    page = browser.fill(page, 'code', code=world.code(address))
    yield 'code', page
    answer = app.redeem(browser, app.code(page))
    yield 'token', answer
    yield 'userinfo', app.userinfo(browser, answer.json()['access_token'])


GOOD = {'begun': 200, 'password': 200, 'code': 303, 'token': 200, 'userinfo': 200}


def walk(address, steps):
    """What was answered, until the first that was not as usual."""
    seen = []
    try:
        for name, page in steps(address):
            if page.status != GOOD[name]:
                assert page.status in (400, 401, 403, 429, 503), (name, page)
                return seen + [(name, page.status)]
            seen.append((name, page.status))
    except GONE:
        seen.append(('gone', None))
    return seen


def judge(point, for_ever, seen):
    """Dead with a word or well; then the store is whole, and somebody signs in."""
    try:
        world.process.wait(0 if seen[-1][0] != 'gone' else 60)
    except subprocess.TimeoutExpired:
        pass
    status = world.process.poll()
    failed = struct.unpack(FORMAT, world.page[:32])[3]
    world.fail_none()
    told = world.log.read_text(errors='replace')
    if status is not None:
        same(status, -signal.SIGABRT, point, for_ever, told[-2000:])
        assert WORDS in told, (point, for_ever, told[-2000:])
        log['died'] += 1
        world.log.write_text('')
        world.start()
    else:
        assert seen[-1][0] != 'gone', (point, for_ever, seen, 'no answer, and no death')
        log['borne'] += failed > 0
    settled(LOOK, world.folder / 'db')


def each_point(steps):
    world.fail_none()
    address = world.customer()[0]
    world.arm(0)
    seen = walk(address, steps)
    assert seen[-1][1] == GOOD[seen[-1][0]], seen
    total = world.fail_none()
    points = range(1, total + 1)
    if POINTS:
        points = sorted(random.sample(points, min(POINTS, total)))
    for number, point in enumerate(points):
        for_ever = number % 4 == 3
        address = world.customer()[0]
        world.arm(point, for_ever)
        judge(point, for_ever, walk(address, steps))
    # All that was lost was time: the way is open as ever.
    world.fail_none()
    seen = walk(world.customer()[0], steps)
    same(seen[-1][1], GOOD[seen[-1][0]], seen)
    print(f'    {total} allocations, {len(points)} failed (seed {SEED}): {log["died"]} ends with a word, {log["borne"]} borne')


@test('req244 attackF6', 'a customer signs in through both doors while memory runs out')
def signs_in():
    world.mfa()
    each_point(walk_sign_in)


main(tests, [('hunger', world)])
