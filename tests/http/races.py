"""Races: whoever is many at once gets no more than one would."""
import signal

from world import PASSWORD, World, counts, main, named, same, source, together

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)


@test('attackA2', 'of 64 posts of one sign-in form with the right password, one signs in')
def one_form():
    address, _ = world.customer()
    app, browser = world.app(), world.browser()
    form = app.begin(browser)
    twins = [browser.twin() for _ in range(64)]
    pages = together(64, lambda n: twins[n].fill(form, 'password', email=address, password=PASSWORD))
    good = [page for page in pages if page.status == 303]
    same(len(good), 1, counts(pages))
    assert {page.status for page in pages} <= {303, 409, 429}, counts(pages)
    same(app.redeem(browser, app.code(good[0])).status, 200)
    signins = world.must('GET', '/auditLogs/signIns?$top=200')['value']
    mine = [one for one in signins if one['status']['errorCode'] == 0 and one.get('appDisplayName') and
            one['userId'] == claims_user(address)]
    same(len(mine), 1)
    # 64 at once is more than the budget of ten, so strangers may have to pause; nobody is locked
    # out for longer than that, whatever the ten came to, and the browser that got in not at all.
    same(world.sign_in(address, twins[pages.index(good[0])], prompt='login')[2].status, 303)
    world.advance(61000)
    for _ in range(12):
        same(world.sign_in(address)[2].status, 303)


def claims_user(address):
    return world.must('GET', '/users/' + address)['id']


@test('attackA9 req131', 'of 64 posts of one right code, one succeeds')
def one_code():
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    code = world.code(address)
    pages = together(64, lambda _: browser.twin().fill(page, 'code', code=code))
    world.mfa(False)
    same(counts(pages).get(303), 1, counts(pages))
    assert {page.status for page in pages} <= {303, 400, 409, 429}, counts(pages)


@test('attackA9', 'two right codes in parallel, in two journeys, are two sign-ins and no more')
def two_journeys():
    address, _ = world.customer()
    world.mfa()
    ways = [world.sign_in(address) for _ in range(2)]
    codes = [world.code(address, 1), world.code(address, 2)]
    pages = together(16, lambda n: ways[n % 2][0].twin().fill(ways[n % 2][2], 'code', code=codes[n % 2]))
    world.mfa(False)
    same(counts(pages).get(303), 2, counts(pages))


@test('attackA1', '64 wrong codes at once: five are charged, the code is dead after them')
def wrong_codes():
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    code = world.code(address)
    wrong = '00000000' if code != '00000000' else '00000001'
    pages = together(64, lambda _: browser.twin().fill(page, 'code', code=wrong))
    judged = [page for page in pages if 'not right' in page.text]
    assert len(judged) <= 5 and all(page.status in (400, 429) for page in pages), counts(pages)
    last = browser.fill(page, 'code', code=code)
    world.mfa(False)
    same(last.status, 429, last)


@test('req196 attackA2', 'two step-ups on one session at once: it goes on as one, and none is left behind')
def step_ups():
    world.mfa()
    plain, address = world.app(2), world.customer()[0]      # policy leaves it out
    known = []
    for _ in range(6):
        browser = world.sign_in(address, app=plain)[0]
        tabs = [browser, browser.twin()]
        pages = []
        for tab in tabs:
            page = world.app().begin(tab)
            page = tab.fill(page, 'send')
            known.append(world.new_code(address, known))
            pages.append(page)
            world.advance(61000)
        ends = together(2, lambda number: tabs[number].fill(pages[number], 'code', code=known[number - 2]))
        same(sorted(page.status == 303 for page in ends), [False, True], ends)
    world.mfa(False)


@test('req196 sem2.4', 'a step-up and a sign-out at once: nobody is signed in after both')
def step_up_and_out():
    world.mfa()
    plain = world.app(2)
    for late in range(16):
        address, _ = world.customer()
        browser = world.sign_in(address, app=plain)[0]
        tab = browser.twin()
        page = tab.fill(world.app().begin(tab), 'send')
        code = world.new_code(address, [])

        def out():
            for _ in range(late % 8):       # the step-up takes longer
                world.metadata()
            return browser.post(plain.path('logout'), {'do': 'out'})
        ends = together(2, lambda number: out() if number else tab.fill(page, 'code', code=code))
        same((ends[1].heading, plain.begin(tab).heading), ('You are signed out', 'Sign in'), ends[0])
    world.mfa(False)


@test('attackA8', '100 new journeys in parallel share the budget of the account')
def many_journeys():
    address, _ = world.customer()
    world.mfa()
    ways = []
    for _ in range(10):     # sends: ten in ten minutes
        ways.append(world.sign_in(address))
    more = together(90, lambda n: world.sign_in(address)[2])
    assert all(page.status != 303 for page in more), counts(more)
    assert not any(page.forms and page.form().fields.get('code') is not None for page in more)
    pages = together(50, lambda n: ways[n % 10][0].twin().fill(ways[n % 10][2], 'code', code='12345678'))
    judged = [page for page in pages if 'not right' in page.text or 'used up' in page.text]
    world.mfa(False)
    assert sum('not right' in page.text for page in pages) <= 10, counts(pages)
    # The pause is on record: a restart without goodbye keeps it (attackA10, A19).
    world.restart(signal.SIGKILL)
    browser, app, page = ways[-1]
    again = browser.fill(page, 'code', code='12345678')
    same(again.status, 429, again)
    assert judged


@test('attackA1', '64 wrong passwords at once: ten are looked at, then a pause')
def wrong_passwords():
    address, _ = world.customer()
    def one(_):
        return world.sign_in(address, password='wrong password 1')[2]
    pages = together(64, one)
    same(counts(pages).get(303), None)
    assert counts(pages).get(400, 0) <= 10, counts(pages)
    same(world.sign_in(address)[2].status, 429)
    world.restart(signal.SIGKILL)
    same(world.sign_in(address)[2].status, 429)
    world.advance(61000)
    same(world.sign_in(address)[2].status, 303)


@test('attackA11', 'a storm of resends sends no more than the caps')
def resends():
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    world.code(address)
    together(32, lambda _: browser.twin(source()).fill(page, 'resend'))
    same(len(world.letters(address)), 1)
    world.advance(61000)
    pages = together(32, lambda _: browser.twin(source()).fill(page, 'resend'))
    world.code(address, 2)
    world.mfa(False)
    same(len(world.letters(address)), 2, counts(pages))


@test('req37', '64 parallel redemptions of one code: one 200; its tokens die with the second')
def redemptions():
    address, _ = world.customer()
    browser, app, page = world.sign_in(address)
    code = app.code(page)
    answers = together(64, lambda _: app.redeem(browser, code))
    same(counts(answers).get(200), 1, counts(answers))
    same({answer.json().get('error') for answer in answers if answer.status != 200}, {'invalid_grant'})
    token = next(answer for answer in answers if answer.status == 200).json()['access_token']
    same(app.userinfo(browser, token).status, 401)


@test('attackA2', '16 sign-ups of one address in parallel make one account')
def sign_ups():
    address = 'newcomer@example.org'
    def proven(number):
        app, browser = world.app(), world.browser()
        page = browser.fill(app.begin(browser), 'to-sign-up')
        page = browser.fill(page, 'address', email=address)
        return app, browser, browser.fill(page, 'code', code=world.code(address, number + 1))
    ways = [proven(number) for number in range(3)]
    def finish(number):
        app, browser, page = ways[number % 3]
        browser = browser.twin()
        page = browser.fill(page, 'new-password', password='a quite fine password')
        return browser.fill(page, 'attributes') if page.status == 200 else page
    pages = together(15, finish)
    assert all(page.status in (303, 409, 400, 503) for page in pages), counts(pages)
    same(counts(pages).get(303), 1, counts(pages), [str(page) for page in pages])
    found = world.must('GET', '/users?$top=200')['value']
    same(len([one for one in found if one['mail'] == address]), 1)


main(tests, [('races', world)])
