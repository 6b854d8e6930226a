"""Stay signed in: what was answered is kept, whatever way the sign-in takes, and not asked twice."""
from world import PASSWORD, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000, unprovenSends=100, unprovenSendsADay=200)
DAY = 24 * 3600 * 1000
LASTING = 90 * DAY // 1000


def checked(page):
    return page.form().fields.get('stay') == '1'


def lasting(page):
    """Whether the cookie of the new session outlives the browser."""
    lines = [line for line in page.all('Set-Cookie') if '.session=' in line]
    same(len(lines), 1, page)
    assert ('Max-Age' in lines[0]) == (f'Max-Age={LASTING};' in lines[0] + ';'), lines
    return 'Max-Age' in lines[0]


def begin(number=1, **more):
    app, browser = world.app(number), world.browser()
    return app, browser, app.begin(browser, **more)


@test('req195', 'yes is yes, no is no, and nobody is asked for more than one box')
def plain():
    address, _ = world.customer()
    for fields, wanted in (({'stay': '1'}, True), ({}, False)):
        app, browser, page = begin()
        same((checked(page), page.body.count('name="stay"')), (False, 1))
        same(lasting(browser.fill(page, 'password', email=address, password=PASSWORD, **fields)), wanted)
    world.advance(2 * DAY)
    same(app.begin(browser).status, 200)


@test('req195', 'a wrong password keeps the box as it was; and a box that is emptied is empty')
def retried():
    address, _ = world.customer()
    for again, wanted in ((True, True), (False, False)):
        app, browser, page = begin()
        page = browser.fill(page, 'password', email=address, password='not this one', stay='1')
        assert checked(page), page
        form = page.form('password')
        if not again:
            form.fields.pop('stay')
        page = browser.fill(page, 'password', email=address, password=PASSWORD)
        same(lasting(page), wanted)


@test('req195', 'the second door, its wrong codes and resends, and another way back')
def second_door():
    address, _ = world.customer()
    world.mfa()
    browser, app = world.browser(), world.app()
    page = browser.fill(app.begin(browser), 'password', email=address, password=PASSWORD, stay='1')
    page = browser.fill(page, 'code', code='11111111')
    world.advance(61000)
    page = browser.fill(page, 'resend')
    page = browser.fill(page, 'code', code=world.code(address, 2))
    same((page.status, lasting(page)), (303, True))
    browser, app = world.browser(), world.app()
    page = browser.fill(app.begin(browser), 'password', email=address, password=PASSWORD, stay='1')
    page = browser.fill(page, 'to-sign-in')
    same((page.heading, checked(page)), ('Sign in', True))
    world.mfa(False)
    same(lasting(browser.fill(page, 'password', email=address, password=PASSWORD)), True)


@test('req195', 'a dead end, and the sign-in after it')
def dead_end():
    address, _ = world.customer()
    world.policy_state('b4f1a2c3-5d7e-4f38-ad49-708192a3b404', 'enabled')
    app, browser, page = begin(4)
    page = browser.fill(page, 'password', email=address, password=PASSWORD, stay='1')
    same(page.status, 403, page)
    world.policy_state('b4f1a2c3-5d7e-4f38-ad49-708192a3b404', 'disabled')
    page = browser.fill(page, 'to-sign-in')
    same(checked(page), True, page)
    same(lasting(browser.fill(page, 'password', email=address, password=PASSWORD)), True)
    app, browser, page = begin()
    page = browser.fill(page, 'password', email=address, password='not this one', stay='1')
    world.advance(31 * 60000)           # too late, and begun anew
    page = browser.fill(page, 'password', email=address, password=PASSWORD, stay='1')
    same((page.status, page.heading), (400, 'This took too long'))
    page = browser.fill(page, 'to-sign-in')
    same(checked(page), True)


@test('req195', 'sign-up, there and back')
def sign_up():
    app, browser, page = begin()
    page = browser.fill(page, 'to-sign-up', stay='1')
    back = browser.fill(page, 'to-sign-in')
    same(checked(back), True)
    back.form().fields.pop('stay')
    same(checked(browser.fill(browser.fill(back, 'to-sign-up'), 'to-sign-in')), False)
    address = 'staying.newcomer@example.com'
    page = browser.fill(page, 'address', email=address)
    page = browser.fill(page, 'code', code=world.code(address))
    page = browser.fill(page, 'new-password', password='a good long password')
    same(lasting(browser.fill(page, 'attributes', displayName='New')), True)


@test('req195 req205', 'a reset, and the sign-in after it')
def after_reset():
    address, _ = world.customer()
    app, browser, page = begin()
    page = browser.fill(page, 'to-reset', stay='1')
    page = browser.fill(page, 'address', email=address)
    page = browser.fill(page, 'code', code=world.code(address))
    page = browser.fill(page, 'new-password', password='a good new password')
    page = browser.fill(page, 'to-sign-in')
    same(checked(page), True)
    same(lasting(browser.fill(page, 'password', email=address, password='a good new password')), True)


@test('req195', 'codes as the first factor')
def by_code():
    address, _ = world.customer()
    app, browser, page = begin(3)
    page = browser.fill(page, 'address', email='not an address', stay='1')
    same((page.status, checked(page)), (400, True))
    page = browser.fill(page, 'address', email=address)
    page = browser.fill(page, 'to-sign-in')
    same(checked(page), True)
    page = browser.fill(page, 'address', email=address)
    same(lasting(browser.fill(page, 'code', code=world.code(address, 2))), True)


@test('req195', 'a step-up, and a request for which the session is too old, ask with the answer that they have')
def later():
    address, _ = world.customer()
    app, browser, page = begin()
    page = browser.fill(page, 'password', email=address, password=PASSWORD, stay='1')
    world.advance(60000)
    page = app.begin(browser, max_age='30')
    same((page.heading, checked(page)), ('Sign in', True))
    same(lasting(browser.fill(page, 'password', email=address, password=PASSWORD)), True)
    world.mfa()
    page = browser.fill(app.begin(browser), 'send')
    page = browser.fill(page, 'code', code=world.code(address))
    world.mfa(False)
    same(lasting(page), True)


@test('sem2.4 req195', 'who comes back within ninety days stays: the cookie slides as the session does')
def sliding():
    address, _ = world.customer()
    app, browser, page = begin()
    page = browser.fill(page, 'password', email=address, password=PASSWORD, stay='1')
    same(app.redeem(browser, app.code(page)).status, 200)
    page = app.begin(browser)
    same([line for line in page.all('Set-Cookie') if '.session=' in line], [])      # too early to write it anew
    for _ in range(3):
        world.advance(60 * DAY)
        page = app.begin(browser)
        same((page.status, lasting(page)), (303, True))
        same(app.redeem(browser, app.code(page)).status, 200)
    world.advance(90 * DAY)
    same(app.begin(browser).status, 200)
    app, browser, page = begin()
    browser.fill(page, 'password', email=address, password=PASSWORD)
    world.advance(DAY // 2)
    page = app.begin(browser)
    same((page.status, [line for line in page.all('Set-Cookie') if '.session=' in line]), (303, []))


main(tests, [('staying', world)])
