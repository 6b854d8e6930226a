"""Budgets from every side: other ways to the same door, and a stranger who spends all that he can reach."""
import http.client

from browser import Browser, clear, query_of
from world import World, main, named, same, source, until, wrong_code

tests = []
test = named(tests)
world = World(tenantSendsAMinute=80)
HOUR = 3600000


def guess(ways, codes, count):
    """Wrong codes by turns at each of these doors: how many were looked at."""
    judged = 0
    for number in range(count):
        browser, page = ways[number % len(ways)]
        answer = browser.fill(page, 'code', code=wrong_code(codes[-1], number))
        judged += 'not right' in answer.text
        assert answer.status in (400, 429) and clear(answer) is None, answer
    return judged


@test('sem1.3 attackA4', 'the second door has one budget, whichever app, listener or way leads to it')
def one_budget():
    address, _ = world.customer()
    before = world.sign_in(address)[0]          # its session will lack the second door
    world.mfa()
    codes, ways = [], []
    step_up = before.fill(world.app().begin(before), 'send')
    for browser, page in (
            (before, step_up), world.sign_in(address)[::2], world.sign_in(address, app=world.app(4))[::2],
            world.sign_in(address, Browser(world.other, source()))[::2]):
        same(page.heading, 'Enter your code', page)
        ways.append((browser, page))
        codes.append(world.code(address, len(codes) + 1))
    assert guess(ways, codes, 16) <= 10
    for (browser, page), code in zip(ways, codes):      # the right one of each: paused as well
        same(browser.fill(page, 'code', code=code).status, 429)
    world.advance(125000)
    page = ways[3][0].fill(ways[3][1], 'code', code=codes[3])
    world.mfa(False)
    same(page.status, 303, page)


@test('attackA5', 'a tenant that sets nothing is protected, and no setting turns it off')
def by_default():
    document = world.seed(tenantSendsAMinute=80)
    document.pop('settings')
    document['tenant'].update(id='5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e77', name='plain')
    for section in ('users', 'groups', 'conditionalAccessPolicies'):
        document.pop(section)
    world.must('POST', '/apply', document, tenant=None)
    address, _ = world.customer(tenant='plain')
    app = world.app()
    app.tenant = 'plain'
    for number in range(10):
        page = world.sign_in(address, app=app, password=f'wrong password {number}')[2]
    same((page.status, page.header('Retry-After')), (429, '60'))
    for name in ('passcodeTries', 'mfaWrongInARow', 'mfaWrongADay', 'passwordWrongInARow', 'unprovenWrongADay', 'mfaSends',
                 'unprovenSends', 'unprovenSendsADay', 'sourceSendsAnHour', 'sourcePasswords', 'tenantSendsAMinute',
                 'passcodeLifetime', 'pauseFirst'):
        for value in (0, -1, 'off', False, 10 ** 12):
            status, answer, _ = world.ask('PATCH', '/tenant', {'settings': {name: value}}, tenant='plain')
            same(status, 400, name, value, answer)


class Kept(http.client.HTTPConnection):
    """Stays open until it is told otherwise."""

    def close(self):
        pass


class OneLine(Browser):
    """All of its requests go over one connection."""

    def connect(self):
        self.line = getattr(self, 'line', None) or Kept(self.host, timeout=60, source_address=(self.source, 0))
        return self.line


@test('attackA7', 'three hundred codes on one connection: five are looked at')
def one_line():
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address, OneLine(world.base, source()))
    code = world.code(address)
    pages = [browser.fill(page, 'code', code=wrong_code(code, number)) for number in range(300)]
    same(sum('not right' in one.text for one in pages) <= 5, True)
    same({one.status for one in pages[5:]}, {429})
    last = browser.fill(page, 'code', code=code)
    world.mfa(False)
    same((last.status, last.location), (429, None), last)


@test('attackA15', 'who is locked out by an operator has no other way in')
def locked():
    address, user = world.customer()
    app, club = world.app(), world.app(3)
    browser, _, page = world.sign_in(address, app=app)
    token = app.redeem(browser, app.code(page)).json()['access_token']
    code = app.code(app.begin(browser))
    verifier = app.verifier
    world.must('PATCH', '/users/' + user, {'accountEnabled': False})
    same(world.sign_in(address)[2].status, 400)
    for way in (app, club):             # as for anybody, and nothing comes
        other = world.browser()
        page = way.begin(other) if way is club else other.fill(way.begin(other), 'to-reset')
        same(other.fill(page, 'address', email=address).status, 200)
    same(query_of(app.begin(browser, prompt='none').location)['error'], 'login_required')
    same(app.begin(browser).heading, 'Sign in')
    same(app.redeem(browser, code, code_verifier=verifier).json()['error'], 'invalid_grant')
    same(app.userinfo(browser, token).status, 401)
    same([letter for letter in world.letters(address) if letter.code], [])
    world.must('PATCH', '/users/' + user, {'accountEnabled': True})
    same(world.sign_in(address)[2].status, 303)


def ask_for_code(browser, way, address):
    """The page after `address` was posted: to reset, to sign up, or where a code is the first factor."""
    app = world.app(3 if way == 'address' else 1)
    page = app.begin(browser, prompt='login')
    page = page if way == 'address' else browser.fill(page, way)
    return browser.fill(page, 'address', email=address)


@test('attackA16 sem1.3', 'a stranger who spends every budget that he can reach keeps no customer out')
def every_budget():
    world.advance(HOUR)
    address, _ = world.customer()
    known = world.sign_in(address)[0]
    known.cookies = {name: value for name, value in known.cookies.items() if 'session' not in name}
    world.mfa()
    for number in range(16):            # the run of strangers, and pauses after it
        world.sign_in(address, password=f'wrong password {number}')
    same(world.sign_in(address)[2].status, 429)
    thief = world.browser()
    for way in ('to-reset', 'to-sign-up', 'address'):
        for number in range(7):         # sends of the address, and its wrong codes
            page = ask_for_code(thief, way, address)
            for guess in range(6 if page.status == 200 else 0):
                thief.fill(page, 'code', code=f'8888888{guess}')
    for number in range(30):            # his own source: sends and passwords
        page = ask_for_code(thief, 'to-reset', f'nobody{number}@example.org')
        tried = world.sign_in(f'nobody{number}@example.org', thief, password='a wrong password')[2]
    same((tried.status, page.status in (429, 503)), (429, True))
    for number in range(200):           # and the tenant's minute
        page = ask_for_code(world.browser(), 'to-reset', f'many{number}@example.org')
        if page.status == 503:
            break
    same((page.status, clear(page)), (503, None))
    page = world.sign_in(address, known)[2]
    same(page.heading, 'Enter your code', page)
    page = known.fill(page, 'code', code=second_code(address))
    world.mfa(False)
    same(page.status, 303, page)
    before = len(world.codes(address))
    page = ask_for_code(known, 'address', address)      # a code as the first factor, as well
    same(page.heading, 'Enter your code', page)
    world.code(address, before + 1)


def second_code(address):
    """Of the newest letter about the second step."""
    found = until(lambda: [letter for letter in world.letters(address) if 'with your password' in letter.text], 'the letter')
    return found[-1].code


main(tests, [('limits', world)])
