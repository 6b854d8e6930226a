"""Steps of a journey: malformed, repeated, out of order, in other hands, too late."""
import urllib.parse

from browser import clear, query_of
from world import PASSWORD, World, main, named, same, source

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
address, user = world.customer()
SLACK = 30000


def flow(browser, body, **headers):
    return browser.post('/woodgrove/flow', body, follow=False, **headers)


def with_code(**more):
    """Right password posted, the code is asked for: (browser, app, page, code)."""
    who, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(who, **more)
    world.mfa(False)
    return browser, app, page, world.code(who), who


@test('req229', 'malformed forms get a clear page, and charge nobody')
def malformed():
    app, browser = world.app(), world.browser()
    page = app.begin(browser)
    journey = page.form().fields['journey']
    good = {'journey': journey, 'do': 'password', 'email': address, 'password': PASSWORD}
    form = urllib.parse.urlencode
    kind = 'Content-Type'
    rows = [
        (form(good) + '&x=%00', {}, 400), ('journey=%00', {}, 400), (form(good) + '&x=%zz', {}, 400),
        (form(good) + '&x=%f', {}, 400), (form(good) + '&x=%ff%fe', {}, 400), (form(good) + '&x=%c0%80', {}, 400),
        (form(good) + '&x=%ed%a0%80', {}, 400), (form(good) + '&=1', {}, 400),
        (form(good) + ''.join(f'&a{n}=1' for n in range(61)), {}, 400),
        (form(good) + '&password=other', {}, 400), (form(good) + '&journey=' + journey, {}, 400),
        (form(good) + '&do=resend', {}, 400), (form(good), {kind: 'application/json'}, 400),
        (form(good), {kind: 'text/plain'}, 400), (form(good), {kind: 'multipart/form-data; boundary=x'}, 400),
        (form(good), {kind: None}, 400), ('', {}, 400), (form({**good, 'do': 'everything'}), {}, 400),
        (form({**good, 'do': ''}), {}, 400), (form({'journey': journey}), {}, 400),
        (form({**good, 'journey': ''}), {}, 403), (form({**good, 'journey': 'x' * 8000}), {}, 403),
        (form({name: value for name, value in good.items() if name != 'journey'}), {}, 400),
        (form({**good, 'journey': '0' * 36}), {}, 403), (form({**good, 'journey': '../../x'}), {}, 403),
        (form({**good, 'journey': '018f0000-0000-7000-8000-000000000000'}), {}, 400),
        (form(good) + '&x=' + 'y' * 40000, {}, 413), (form({**good, 'email': 'a' * 20000}), {}, 400),
        (form({**good, 'password': 'p' * 20000}), {}, 400), (form({**good, 'email': ''}), {}, 400),
        (form({**good, 'password': ''}), {}, 400),
        (form({'journey': journey, 'do': 'password'}), {}, 400),
        (form({'journey': journey, 'do': 'password', 'email': address}), {}, 400),
        (form({'journey': journey, 'do': 'password', 'password': PASSWORD}), {}, 400)]
    for body, headers, status in rows:
        answer = flow(browser, body, **headers)
        same((answer.status, clear(answer)), (status, None), body[-60:], headers, answer.body[:300])
    for path, method in (('/woodgrove/flow', 'GET'), ('/woodgrove/flow/x/y', 'GET'), ('/woodgrove/flow', 'PUT'),
                         ('/woodgrove/flow', 'DELETE'), ('/nobody/flow', 'POST'), ('/%00/flow', 'POST'), ('/', 'GET')):
        answer = browser.send(method, path, 'a=b' if method == 'POST' else None)
        assert answer.status in (400, 404, 405), (method, path, answer)
        same(clear(answer), None, method, path, answer.body[:300])
    for number in range(6):      # three of those were wrong passwords, six more begin no pause
        same(browser.twin(source()).fill(page, 'password', email=address, password=f'{PASSWORD} {number}').status, 400)
    same(browser.fill(page, 'password', email=address, password=PASSWORD).status, 303)


@test('attackF1', 'a field that is not there is an empty one, at every step')
def missing():
    app, browser = world.app(), world.browser()
    for do in ('to-reset', 'to-sign-up'):
        page = browser.fill(app.begin(browser), do)
        same(flow(browser, {'journey': page.form().fields['journey'], 'do': 'address'}).status, 400)
    newcomer = 'somebody.new@example.net'
    page = browser.fill(page, 'address', email=newcomer)
    journey = page.form().fields['journey']
    same(flow(browser, {'journey': journey, 'do': 'code'}).status, 400)
    page = browser.fill(page, 'code', code=world.code(newcomer))
    same(flow(browser, {'journey': journey, 'do': 'new-password'}).status, 400)
    same(flow(browser, {'journey': journey, 'do': 'new-password', 'password': ''}).status, 400)
    page = browser.fill(page, 'new-password', password='a good long password')
    same(flow(browser, {'journey': journey, 'do': 'attributes'}).status, 303)
    browser, app, page, code, who = with_code()
    same(flow(browser, {'journey': page.form().fields['journey'], 'do': 'code'}).status, 400)
    same(flow(browser, {'journey': page.form().fields['journey'], 'code': code}).status, 303)


@test('attackB6', 'several addresses, line breaks and controls are refused before any mail')
def addresses():
    app, browser = world.app(), world.browser()
    page = browser.fill(app.begin(browser), 'to-reset')
    before = len(world.letters())
    for bad in (f'{address},thief@evil.example', f'{address};thief@evil.example', f'{address} thief@evil.example',
                f'{address}\r\nBcc: thief@evil.example', f'{address}\nX: y', f'<{address}>', f'Ann <{address}>',
                f'{address}\u2028x', f'"a b"@example.com', f'thief@evil.example\x7f', f'a@[127.0.0.1]', 'a@b', '@', 'x',
                f'thief@evil.example@{address.split("@")[1]}', 'a@-x.example', 'a..b@example.com', 'a' * 65 + '@example.com',
                'thief@evil.example\u0000', f'{address}%0aBcc: thief@evil.example', 'ŕ@example.com', '＠'):
        answer = browser.fill(page, 'address', email=bad)
        same((answer.status, clear(answer)), (400, None), bad, answer)
    same(len(world.letters()), before)


@test('attackB4 attackB6', 'a code goes to the address on record, however it was typed')
def on_record():
    who, _ = world.customer('Mixed.Case@Example.com')
    app, browser = world.app(), world.browser()
    page = browser.fill(app.begin(browser), 'to-reset')
    page = browser.fill(page, 'address', email='mIXED.cASE@eXAMPLE.COM', mail='thief@evil.example', to='thief@evil.example')
    world.code(who)
    letters = world.letters(who)
    same([letter.to for letter in letters], [who])
    browser, app, page, code, other = with_code()
    page = browser.fill(page, 'code', code='00000000', email='thief@evil.example')
    world.advance(61000)
    browser.fill(page, 'resend', email='thief@evil.example', address='thief@evil.example')
    world.code(other, 2)
    same(world.letters('thief@evil.example'), [])


@test('attackB8', 'GET and HEAD neither send nor spend')
def idle_methods():
    browser, app, page, code, who = with_code()
    where = '/woodgrove/flow/' + page.form().fields['journey']
    count = len(world.letters())
    for method in ('GET', 'HEAD') * 8:
        same(browser.send(method, where).status, 200)
        same(browser.send(method, f'{where}?do=resend&code={code}&do=code').status, 200)
        browser.send(method, '/woodgrove/flow?' + urllib.parse.urlencode({**page.form().fields, 'do': 'code', 'code': code}))
        app2 = world.app()
        browser.send(method, app2.path('authorize') + '?' + urllib.parse.urlencode(app2.request()))
    same(len(world.letters()), count)
    same(browser.fill(page, 'code', code=code).status, 303)


@test('req32 attackB3 attackB16 attackC12 attackC15', 'no step before its turn, none twice')
def order():
    app, browser = world.app(), world.browser()
    first = app.begin(browser)
    fields = first.form().fields
    for do, more in (('code', {'code': '12345678'}), ('resend', {}), ('send', {}), ('attributes', {}),
                     ('new-password', {'password': 'another fine password'}), ('address', {'email': address})):
        answer = flow(browser, {**fields, **more, 'do': do})
        same((answer.status, clear(answer)), (409, None), do, answer)
    browser, app, page, code, who = with_code()
    fields = page.form().fields
    for do, more in (('password', {'email': who, 'password': PASSWORD}), ('address', {'email': who}), ('send', {}),
                     ('new-password', {'password': 'another fine password'}), ('attributes', {'displayName': 'x'})):
        answer = flow(browser, {**fields, **more, 'do': do})
        same(answer.status, 409, do, answer)
    done = browser.fill(page, 'code', code=code)
    same(app.redeem(browser, app.code(done)).status, 200)
    for _ in range(3):      # posted again, with the back button
        answer = browser.fill(page, 'code', code=code)
        same((answer.status, clear(answer), answer.location), (409, None, None), answer)


@test('attackA2', 'a form of a sign-in that is over begins no second one')
def replayed():
    app, browser = world.app(), world.browser()
    page = app.begin(browser)
    same(browser.fill(page, 'password', email=address, password=PASSWORD).status, 303)
    again = browser.fill(page, 'password', email=address, password=PASSWORD)
    same((again.status, again.location, clear(again)), (409, None, None))
    assert 'already' in again.heading, again
    world.advance(31 * 60000)
    again = browser.fill(page, 'password', email=address, password=PASSWORD)
    same((again.status, clear(again)), (400, None), again)


@test('req31', 'two tabs, two apps: each comes to its own end')
def tabs():
    who, _ = world.customer()
    browser, one, two = world.browser(), world.app(1), world.app(2)
    left, right = one.begin(browser), two.begin(browser)
    right = browser.fill(right, 'password', email=who, password=PASSWORD)
    left = browser.fill(left, 'password', email=who, password=PASSWORD)
    same(one.redeem(browser, one.code(left)).status, 200)
    same(two.redeem(browser, two.code(right)).json().get('error'), 'invalid_grant')     # one session a browser
    same(two.redeem(browser, two.code(two.begin(browser))).status, 200)


@test('req31 attackC18', 'two tabs at the second door do not share a code')
def two_doors():
    who, _ = world.customer()
    world.mfa()
    browser, one, left = world.sign_in(who)
    _, two, right = world.sign_in(who, browser)
    codes = [world.code(who, 1), world.code(who, 2)]
    world.mfa(False)
    same(browser.fill(left, 'code', code=codes[1]).status, 400)
    same(browser.fill(right, 'code', code=codes[0]).status, 400)
    same(query_of(browser.fill(left, 'code', code=codes[0]).location)['state'], one.state)
    same(query_of(browser.fill(right, 'code', code=codes[1]).location)['state'], two.state)


@test('attackD1 attackC18', "another browser's form, stolen or planted, is refused")
def other_browser():
    browser, app, page, code, who = with_code()
    thief = world.browser()
    app.begin(thief)
    for jar in (thief, world.browser()):
        answer = jar.fill(page, 'code', code=code)
        same((answer.status, clear(answer)), (403, None), answer)
        same(jar.send('GET', '/woodgrove/flow/' + page.form().fields['journey']).status, 403)
    form = world.app().begin(browser)
    same(thief.fill(form, 'password', email=who, password=PASSWORD).status, 403)
    same(browser.fill(page, 'code', code=code).status, 303)


@test('attackD2', 'a doubled cookie is none; a planted one proves nothing')
def planted():
    app, browser = world.app(), world.browser()
    page = app.begin(browser)
    name, value = next(iter(browser.cookies.items()))
    form = page.form()
    body = {**form.fields, 'do': 'password', 'email': address, 'password': PASSWORD}
    for cookie in (f'{name}={value}; {name}=planted', f'{name}=planted; {name}={value}', f'{name}={value}; {name}={value}',
                   f'{name}=', f'{name}', f'{name}={value}x', f'{name}="{value}"', f'X{name}={value}', f'{name}={"A" * 43}'):
        answer = flow(browser, body, Cookie=cookie)
        same((answer.status, clear(answer)), (403, None), cookie, answer)
    same(flow(browser, body, Cookie=f'other=1; {name}={value}; more=2').status, 303)


@test('attackD5', 'a form from a foreign page is refused')
def foreign_page():
    for headers in ({'Origin': 'https://evil.example'}, {'Sec-Fetch-Site': 'cross-site'}, {'Sec-Fetch-Site': 'same-site'},
                    {'Origin': world.other}, {'Origin': world.base + '.evil.example'},
                    {'Sec-Fetch-Site': 'cross-site', 'Origin': world.base}):
        app, browser = world.app(), world.browser()
        page = app.begin(browser)
        body = {**page.form().fields, 'do': 'password', 'email': address, 'password': PASSWORD}
        same(flow(browser, body, **headers).status, 403, headers)
        same(flow(browser, body, Origin=world.base).status, 303)
        answer = browser.send('POST', app.path('logout'), 'do=out', headers=headers)
        same(answer.status, 403, headers)
        same(app.begin(browser).status, 303)


@test('attackD5', 'a cross-site authorize request does not take the browser cookie away')
def evicted():
    app, browser = world.app(), world.browser()
    page = app.begin(browser)
    other = world.app()
    # As browsers send it: a cross-site POST carries no Lax cookie, its answer may set some.
    answer = browser.follow(browser.send('POST', other.path('authorize'), urllib.parse.urlencode(other.request()),
                                         {'Cookie': None}))
    same(answer.status, 200, answer)
    same(browser.fill(page, 'password', email=address, password=PASSWORD).status, 303)


@test('attackB1 req130', 'a code ends after ten minutes, and is told so')
def late_code():
    browser, app, page, code, who = with_code()
    world.advance(600000 - SLACK)
    assert browser.send('GET', '/woodgrove/flow/' + page.form().fields['journey']).status == 200
    same(browser.twin().fill(page, 'code', code='11111111').status, 400)
    world.advance(SLACK)
    late = browser.fill(page, 'code', code=code)
    same(late.status, 400)
    assert 'too old' in late.text, late.text
    browser, app, page, code, who = with_code()
    world.advance(600000 - SLACK)
    same(browser.fill(page, 'code', code=code).status, 303)


@test('req133 attackB15', 'a replaced code, and the code of another challenge, are refused and charged')
def replaced():
    browser, app, page, code, who = with_code()
    world.advance(61000)
    page = browser.fill(page, 'resend')
    new = world.code(who, 2)
    old = browser.fill(page, 'code', code=code)
    same(old.status, 400)
    assert 'replaced' in old.text and '4 tries left' in old.text, old.text
    other = with_code()
    same(browser.fill(page, 'code', code=other[3]).status, 400)
    same(other[0].fill(other[2], 'code', code=new).status, 400)
    same(browser.fill(page, 'code', code=new).status, 303)


@test('attackC28 req140', 'what is a code and what is not')
def spellings():
    browser, app, page, code, who = with_code()
    for bad in ('', code[:-1], code + '0'):
        same(browser.fill(page, 'code', code=bad).status, 400, bad)
    arabic = ''.join(chr(0x660 + int(digit)) for digit in code)
    same(browser.fill(page, 'code', code=f' {arabic[:4]} - {arabic[4:]} ').status, 303)


@test('req31', 'a journey ends after half an hour, at every stage')
def late_journey():
    app, browser = world.app(), world.browser()
    page = app.begin(browser)
    world.advance(30 * 60000)
    answer = browser.fill(page, 'password', email=address, password=PASSWORD)
    same((answer.status, clear(answer), answer.heading), (400, None, 'This took too long'))
    begin = browser.fill(answer, 'to-sign-in')
    same(browser.fill(begin, 'password', email=address, password=PASSWORD).status, 303)
    browser, app, page, code, who = with_code()
    world.advance(30 * 60000)
    same(browser.fill(page, 'code', code=code).status, 400)
    same(browser.send('GET', '/woodgrove/flow/' + page.form().fields['journey']).status, 400)


main(tests, [('steps', world)])
