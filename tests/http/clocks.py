"""Clocks that jump, a second to ten years, forward and back, with everything open (requirements 130, 170; semantics 1.4).

Forward by the test's clock, and by a machine that was asleep: what has ended has ended, in order, and
nothing is sent late. Back by a machine that starts with an older time than the last life of the
server has seen: nothing that was over lives again, and what lives goes on and ends.
"""
import time

from browser import clear
from world import World, main, named, same, source

tests, worlds = [], []
test = named(tests)
SECOND, HOUR, DAY = 1000, 3600000, 86400000
JUMPS = (('a second', SECOND), ('an hour', HOUR), ('a day', DAY), ('ten years', 3653 * DAY))


def world_of(name, **settings):
    world = World(sourceSendsAnHour=100000, sourcePasswords=100000, **settings)
    worlds.append((name, world))
    return world


class Open:
    """One of everything: a session, an unspent code, a journey at its code, a pause, mail that waits."""

    def __init__(self, world):
        self.world = world
        world.mfa(False)
        self.known, _ = world.customer()
        self.browser, self.app, page = world.sign_in(self.known)
        self.token = self.app.redeem(self.browser, self.app.code(page)).json()['access_token']
        self.unspent = self.app.code(self.app.begin(self.browser))
        self.paused, _ = world.customer()
        for number in range(10):
            world.sign_in(self.paused, password=f'wrong number {number}', browser=world.browser(source()))
        same(world.sign_in(self.paused)[2].status, 429)
        world.mfa()
        self.waiting, _ = world.customer()
        self.door, _, self.page = world.sign_in(self.waiting, browser=world.browser(source()))
        self.code = world.code(self.waiting)

    def code_passes(self):
        page = self.door.twin().fill(self.page, 'code', code=self.code)
        same(clear(page) if page.status != 303 else None, None, page)
        return page.status == 303

    def session_lives(self):
        self.world.mfa(False)
        page = self.app.begin(self.browser)
        self.world.mfa()
        return page.status == 303

    def redeems(self):
        self.world.mfa(False)
        answer = self.app.redeem(self.browser, self.unspent)
        self.world.mfa()
        return answer.status == 200

    def is_paused(self):
        return self.world.sign_in(self.paused, browser=self.world.browser(source()))[2].status == 429

    def token_lives(self):
        return self.app.userinfo(self.browser, self.token).status == 200

    def judge(self, passed):
        """Each has ended when so much time has passed, and not before."""
        same(self.is_paused(), passed < 60 * SECOND, 'the pause', passed)
        same(self.redeems(), passed < 60 * SECOND, 'the authorization code', passed)
        same(self.token_lives(), passed < 10 * 60 * SECOND, 'the token', passed)
        same(self.session_lives(), passed < DAY, 'the session', passed)
        same(self.code_passes(), passed < 10 * 60 * SECOND, 'the passcode', passed)


def well(world, *why):
    """Whoever comes now comes through, by both doors."""
    fresh, _ = world.customer()
    browser, app, page = world.sign_in(fresh, browser=world.browser(source()))
    page = browser.fill(page, 'code', code=world.code(fresh))
    same(page.status, 303, *why)
    same(app.redeem(browser, app.code(page)).status, 200, *why)


@test('req130 sem1.4', 'forward, by a second to ten years: what is over is over, and nothing else')
def forward():
    for name, jump in JUMPS:
        world = world_of(f'a jump of {name}')
        everything = Open(world)
        world.advance(jump)
        everything.judge(jump)
        well(world, name)
        same(len(world.codes(everything.waiting)) <= 1, True, 'sent again')


@test('sem1.4', 'forward without end: refused, and no number runs over')
def absurd():
    world = world_of('absurd jumps')
    for jump in (0, -1, -DAY, 2**63 - 1, 2**62, 2**53, 1e300, 10000 * 366 * DAY):
        status, answer, _ = world.ask('POST', '/clock', {'advance': jump}, tenant=None)
        same(status, 400, jump, answer)
    world.mfa()
    for _ in range(3):
        world.advance(3653 * DAY)
        well(world, 'thirty years')


def last_seen(world, ahead):
    """As if the last life of the server had been so much later; the clock that it starts with is behind."""
    world.stop()
    (world.state / 'clock').write_text(f'{time.time_ns() // 1000000 + ahead}\n')
    world.start()


@test('req170 sem1.4', 'back, by an hour or ten years: nothing that was over lives again, and time goes on')
def back():
    for name, jump in JUMPS[1::2]:
        world = world_of(f'a clock that is {name} behind')
        everything = Open(world)
        last_seen(world, jump)
        everything.judge(jump)
        assert 'behind the last time that was seen' in world.log.read_text()
        # A pause and a passcode that begin now end, though the clock is behind: a tenth later at most.
        later = Open(world)
        world.advance(70 * SECOND)
        same((later.is_paused(), later.code_passes()), (False, True), name)
        later = Open(world)
        world.advance(670 * SECOND)
        same((later.code_passes(), later.token_lives()), (False, False), name)
        well(world, name)
        world.restart()         # and a second time, with the same clock
        well(world, name)


@test('req170', 'back and forth: what was spent stays spent')
def again_and_again():
    world = world_of('a clock that goes back and forth')
    everything = Open(world)
    same((everything.code_passes(), everything.redeems()), (True, True))
    for ahead in (SECOND, -HOUR, DAY, -DAY):
        last_seen(world, ahead)
        same((everything.code_passes(), everything.redeems()), (False, False), ahead)
        well(world, ahead)


@test('req170', 'ahead by ten years, and put right: with --trust-clock the server goes by the clock again, and then without')
def put_right():
    world = world_of('a clock that was wrong')
    for ahead in (3653 * DAY, *[2 * SECOND] * 25):       # until the node has said that it lives
        world.advance(ahead)
    world.advanced = 0
    world.restart()
    assert seen(world) > time.time() * SECOND + DAY
    world.options = ('--trust-clock',)
    world.restart()
    world.options = ()
    world.restart()
    assert abs(seen(world) - time.time() * SECOND) < DAY
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    same(browser.fill(page, 'code', code=world.code(address)).status, 303)


def seen(world):
    return world.must('POST', '/clock', {'advance': 1}, tenant=None)['now']


main(tests, worlds)
