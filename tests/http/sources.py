"""Caps of a source and of a tenant, and what a crash does not bring back."""
import datetime
import itertools
import signal

from browser import Browser, clear
from world import PASSWORD, World, main, named, same, source, together, until

tests = []
test = named(tests)
world = World(tenantSendsAMinute=40)
HOUR = 3600000


def fresh():
    """An hour later every source begins anew."""
    world.advance(HOUR)
    return source()


@test('attackA12 req56', 'twenty wrong passwords of one source end its tries, at whatever accounts')
def spraying():
    where = fresh()
    people = [world.customer()[0] for _ in range(21)]
    pages = [world.sign_in(who, world.browser(where), password='password of autumn')[2] for who in people]
    same([page.status for page in pages], [400] * 20 + [429])
    same((clear(pages[-1]), int(pages[-1].header('Retry-After')) > 0), (None, True))
    same(world.sign_in(people[0], world.browser(where))[2].status, 429)      # refused before hashing: right ones too
    same(world.sign_in(people[0])[2].status, 303)                            # and nobody else is
    world.advance(600000)
    same(world.sign_in(people[0], world.browser(where))[2].status, 303)


@test('attackA12', 'sixty-four at once from one source wait for as long as one after the other would')
def spraying_at_once():
    where = fresh()
    people = [world.customer()[0] for _ in range(16)]
    pages = together(64, lambda n: world.sign_in(people[n % 16], world.browser(where), password=f'wrong one {n}')[2])
    judged = sum(page.status == 400 for page in pages)
    assert 20 <= judged <= 64 and all(page.status in (400, 429) for page in pages), judged
    # Whoever was being hashed when the twentieth was told is answered, and owed: 30 s for each.
    for _ in range((judged - 20) // 20):
        world.advance(590000)
        same(world.sign_in(people[0], world.browser(where))[2].status, 429, judged)
    world.advance(620000)
    same(world.sign_in(people[0], world.browser(where))[2].status, 303, judged)


def finds():
    return world.metric('sallyport_plugin_calls_total', '"users.find"')


@test('attackA12 req56', 'a wrong password again is free for the account, not for its source')
def repeated():
    where = fresh()
    address, _ = world.customer()
    pages = [world.sign_in(address, world.browser(where), password='the old password')[2] for _ in range(20)]
    same([page.status for page in pages], [400] * 20)
    before = finds()
    for password in ('the old password', 'another old password', PASSWORD):     # nobody is looked up: nothing is hashed
        same(world.sign_in(address, world.browser(where), password=password)[2].status, 429)
    same(finds(), before)
    same(world.sign_in(address)[2].status, 303)      # the account has no pause
    for number in range(3):         # three in turn, each of which is free by then
        where = fresh()
        pages = [world.sign_in(address, world.browser(where), password=f'old {n % 3}')[2] for n in range(21)]
        same([page.status for page in pages], [400] * 20 + [429], number)


def told(since):
    """Sign-ins on record after that one: what is stored, and how many more may have been meanwhile."""
    everything = world.must('GET', '/auditLogs/signIns?$top=999')['value']
    records = list(itertools.takewhile(lambda one: one['id'] != since, everything))
    times = [datetime.datetime.fromisoformat(one['createdDateTime'].replace('Z', '+00:00')).timestamp() for one in records]
    return records, 1 + (max(times) - min(times)) // 6 if times else 0


@test('req239', 'failures beyond ten a minute of one source are counted, not stored')
def flood():
    where = fresh()
    people = [world.customer()[0] for _ in range(19)]
    world.sign_in(people[0])
    last = world.must('GET', '/auditLogs/signIns?$top=1')['value'][0]['id']
    counted = world.metric('sallyport_sign_ins_total', '"credentials"')
    for who in people:
        same(world.sign_in(who, world.browser(where), password='password of winter')[2].status, 400)
    records, more = told(last)
    assert 10 <= len(records) <= 10 + more, (len(records), more)
    same(world.metric('sallyport_sign_ins_total', '"credentials"') - counted, 19)
    world.sign_in(people[1], world.browser(source()), password='password of winter')     # another source's is stored
    same(len(told(last)[0]), len(records) + 1)


@test('req239', 'so are right passwords that policy turns away; wrong ones leave them their room')
def flood_denied():
    where = fresh()
    address, user = world.customer()
    world.sign_in(address)
    world.policy_state('b4f1a2c3-5d7e-4f38-ad49-708192a3b404', 'enabled')
    last = world.must('GET', '/auditLogs/signIns?$top=1')['value'][0]['id']
    counted = world.metric('sallyport_sign_ins_total', '"blocked"')
    for number in range(12):
        world.sign_in(address, world.browser(where), world.app(4), password=f'wrong {number % 3}')
    for _ in range(18):
        same(world.sign_in(address, world.browser(where), world.app(4))[2].status, 403)
    world.policy_state('b4f1a2c3-5d7e-4f38-ad49-708192a3b404', 'disabled')
    records, more = told(last)
    denied = [one for one in records if one['userId'] == user]
    assert 10 <= len(denied) <= 10 + more, (len(denied), more)
    same(world.metric('sallyport_sign_ins_total', '"blocked"') - counted, 18)


@test('req141 attackB14', 'thirty sends of one source in an hour: 429 with Retry-After, known or not')
def sends():
    where, app = fresh(), world.app()
    known = [world.customer()[0] for _ in range(15)]
    pages = []
    for number in range(32):
        who = known[number // 2] if number % 2 and number < 30 else f'nobody{number}@example.org'
        browser = world.browser(where)
        page = browser.fill(app.begin(browser), 'to-reset')
        pages.append(browser.fill(page, 'address', email=who))
        if number == 20:
            world.advance(60000)        # the tenant's minute
    assert all(page.status == 200 for page in pages[:30]), [page.status for page in pages]
    same([page.status for page in pages[31:]], [429])
    assert int(pages[31].header('Retry-After')) > 0 and clear(pages[31]) is None
    assert pages[31].heading == 'Reset your password', pages[31]        # his form, not a dead end
    other = world.browser()
    page = other.fill(app.begin(other), 'to-reset')
    same(other.fill(page, 'address', email=world.customer()[0]).status, 200)


@test('req141', "the tenant's sends of a minute: 503, one alert, and the next minute is a new one")
def tenant_cap():
    fresh()
    app, pages = world.app(), []
    for number in range(50):
        browser = world.browser()
        page = browser.fill(app.begin(browser), 'to-reset')
        pages.append(browser.fill(page, 'address', email=f'many{number}@example.org'))
    refused = [page for page in pages if page.status == 503]
    assert 10 <= len(refused) <= 20, [page.status for page in pages]     # thirty are for strangers
    same({(page.status, clear(page), page.header('Retry-After') is None) for page in refused}, {(503, None, False)})
    until(lambda: 'more codes a minute are asked for' in world.log.read_text(), 'the alert in the log')
    same(world.log.read_text().count('more codes a minute are asked for'), 1)
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)         # ten are for who has shown a password
    world.mfa(False)
    same(page.heading, 'Enter your code', page)
    same(browser.fill(page, 'code', code=world.code(address)).status, 303)
    world.advance(60000)
    browser = world.browser()
    page = browser.fill(app.begin(browser), 'to-reset')
    same(browser.fill(page, 'address', email='many99@example.org').status, 200)


@test('attackA10 attackA14 attackA19', 'kill -9 brings back no code, no session, no try; and loses none')
def crash():
    fresh()
    address, user = world.customer()
    browser, app, page = world.sign_in(address)
    code = app.code(page)
    token = app.redeem(browser, code).json()['access_token']
    verifier = app.verifier
    gone = world.sign_in(address)[0]
    same(gone.twin().post(app.path('logout'), {'do': 'out'}).status, 200)
    world.mfa()
    door, way, page = world.sign_in(address)
    right = world.code(address)
    for number in range(4):
        same(door.fill(page, 'code', code=f'5555555{number}').status, 400)
    world.restart(signal.SIGKILL)
    same(door.fill(page, 'code', code='55555559').status, 429)           # the fifth and last
    same(door.fill(page, 'code', code=right).status, 429)
    world.mfa(False)
    same(app.userinfo(browser, token).status, 200)
    same((app.begin(browser).status, app.begin(gone).status), (303, 200))
    same(app.redeem(browser, code, code_verifier=verifier).json()['error'], 'invalid_grant')
    same(app.userinfo(browser, token).status, 401)


@test('req240', 'metrics and status pages name nobody')
def metrics():
    text = Browser(world.private).send('GET', '/metrics').body
    told = [canary for canary in world.canaries if canary in text]
    same((told, 'example' in text), ([], False))
    assert PASSWORD not in text and 'sallyport' in text


main(tests, [('sources', world)])
