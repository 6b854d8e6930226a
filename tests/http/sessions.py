"""Sessions, cookies, what a stranger's words look like on a page, and whom mails are for."""
import json
import re
import urllib.parse

from browser import App, Browser, claims, clear
from world import PASSWORD, World, main, named, same, shape, until

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)


def cookie_of(browser, ending):
    return next((name for name in browser.cookies if name.endswith(ending)), None)


def signed_in():
    """A customer with a session, a code and a token: (address, id, browser, app, token)."""
    address, user = world.customer()
    browser, app, page = world.sign_in(address)
    token = app.redeem(browser, app.code(page)).json()['access_token']
    world.canaries.update(value for value in browser.cookies.values())
    world.canaries.add(token)
    return address, user, browser, app, token


def alive(browser, app, token):
    """Does the session answer a new request, and the token userinfo?"""
    return app.begin(browser).status == 303, app.userinfo(browser, token).status == 200


@test('sem2.5 req197 req198', 'disable, revoke, reset, delete and a new mail address end session, code and token at once')
def ended():
    for what in ('disable', 'revoke', 'operator', 'delete', 'again', 'mail', 'reset'):
        address, user, browser, app, token = signed_in()
        same(alive(browser, app, token), (True, True))
        code = app.code(app.begin(browser))
        if what == 'disable':
            world.must('PATCH', '/users/' + user, {'accountEnabled': False})
        elif what == 'revoke':
            world.must('POST', f'/users/{user}/revokeSignInSessions', {})
        elif what == 'operator':
            world.must('POST', f'/users/{user}/resetPassword', {})
        elif what == 'delete':
            world.must('DELETE', '/users/' + user)
        elif what == 'again':       # the same id, another person: nothing is inherited
            world.must('DELETE', '/users/' + user)
            world.customer(address, id=user)
        elif what == 'mail':
            world.must('PATCH', '/users/' + user, {'mail': 'moved.' + address})
        else:
            reset(address)
        same(app.redeem(browser, code).json().get('error'), 'invalid_grant', what)
        same(alive(browser, app, token), (False, False), what)


def reset(address, password='a new and better one'):
    app, browser = world.app(), world.browser()
    page = browser.fill(app.begin(browser), 'to-reset')
    page = browser.fill(page, 'address', email=address)
    page = browser.fill(page, 'code', code=world.code(address, 1))
    page = browser.fill(page, 'new-password', password=password)
    same(page.heading, 'Your password is changed')
    return browser


@test('sem2.5 sem3.5 req205', 'a reset ends at the sign-in page, voids journeys under way, and tells the owner')
def after_reset():
    address, _ = world.customer()
    world.mfa()
    left = world.sign_in(address)
    code = world.code(address)
    world.mfa(False)
    app, browser = world.app(), world.browser()
    page = browser.fill(app.begin(browser), 'to-reset')
    page = browser.fill(page, 'address', email=address)
    page = browser.fill(page, 'code', code=world.code(address, 2))
    page = browser.fill(page, 'new-password', password='a new and better one')
    same(cookie_of(browser, '.session'), None)
    same(left[0].fill(left[2], 'code', code=code).status, 400)
    same(world.sign_in(address)[2].status, 400)
    same(world.sign_in(address, password='a new and better one')[2].status, 303)
    until(lambda: any('changed' in letter.subject.lower() for letter in world.letters(address)), 'the notice')


@test('sem2.2 sem2.4 attackD3 req194', 'a new sign-in is a new session; the old cookie is dead')
def renewed():
    address, user, browser, app, token = signed_in()
    old = browser.twin()
    page = app.begin(browser, prompt='login')
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    same(page.status, 303)
    same(app.begin(old).status, 200)
    same(app.begin(browser).status, 303)


@test('attackC21 attackD4', "the id of somebody's session, without its secret, ends nothing and opens nothing")
def session_id():
    address, user, browser, app, token = signed_in()
    sid = claims(token)['sid']
    thief_address, _ = world.customer()
    for value in (f'{sid}.{"A" * 43}', f'{sid}.', sid, f'{sid}.x'):
        thief = world.browser()
        page = app.begin(thief)
        thief.cookies[cookie_of(browser, '.session')] = value
        same(app.begin(thief.twin()).status, 200, value)
        same(thief.fill(page, 'password', email=thief_address, password=PASSWORD).status, 303)
        thief.cookies[cookie_of(browser, '.session')] = value
        thief.post(app.path('logout'), {'do': 'out'})
        same(alive(browser, app, token), (True, True), value)


@test('sem2.4 req196 attackE7', 'signing out ends the session for good, and what stands on it')
def signed_out():
    address, user, browser, app, token = signed_in()
    world.mfa()
    step_up = app.begin(browser)
    same(step_up.heading, 'One more step')
    old = browser.twin()
    page = browser.send('GET', app.path('logout'))
    same((page.status, clear(page)), (200, None))
    same(app.begin(old).heading, 'One more step')         # GET signs nobody out
    same(browser.post(app.path('logout'), {'do': 'out'}).heading, 'You are signed out')
    sent = old.fill(step_up, 'send')
    world.mfa(False)
    same(sent.status, 400, sent)
    same(alive(old, app, token), (False, False))
    same(world.letters(address), [])


@test('req97 attackD6', 'after signing out nobody is sent to an address that is not registered')
def logout_redirect():
    address, user, browser, app, token = signed_in()
    for uri, goes in (('http://127.0.0.1:8090/signed-out', True), ('http://127.0.0.1:8090/signed-out/', False),
                      ('http://evil.example/', False), ('//evil.example', False), ('http://127.0.0.1:8090/signed-out\r\nX: y', False)):
        query = f'?client_id={app.client_id}&state=%22%3E%0d%0a&post_logout_redirect_uri=' + urllib.parse.quote(uri)
        page = browser.twin().post(app.path('logout') + query, {'do': 'out'}, follow=False)
        same(page.status == 303 and page.location.startswith(uri), goes, uri, page)
        assert page.header('X') is None
    query = '?post_logout_redirect_uri=http://127.0.0.1:8090/signed-out'
    same(browser.post(app.path('logout') + query, {'do': 'out'}, follow=False).status, 200)


@test('sem2.3 req232 attackD2', 'cookies of one tenant are worth nothing in another, nor under another issuer')
def other_tenant():
    document = world.seed()
    document['tenant'].update(id='5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e99', name='fabrikam')
    for section in ('users', 'groups', 'conditionalAccessPolicies'):
        document.pop(section)
    world.must('POST', '/apply', document, tenant=None)
    address, user, browser, app, token = signed_in()
    world.customer(address, password='another tenant, another one', tenant='fabrikam', id=user)
    foreign = App('fabrikam', app.client_id, app.redirect_uri)
    foreign.begin(browser)
    for ending in ('.session', '.known', ''):
        browser.cookies[f'sp-fabrikam-{world.base.split(":")[2]}{ending}'] = browser.cookies[
            f'sp-woodgrove-{world.base.split(":")[2]}{ending}']
    page = foreign.begin(browser)
    same(page.heading, 'Sign in')
    for number in range(10):        # a stranger's storm in that tenant
        one = world.browser()
        one.fill(foreign.begin(one), 'password', email=address, password=f'wrong {number}')
    answer = browser.fill(page, 'password', email=address, password='another tenant, another one')
    same(answer.status, 429, answer)        # the known cookie of woodgrove is none in fabrikam
    journey = app.begin(world.browser()).form().fields['journey']
    same(browser.post('/fabrikam/flow', {'journey': journey, 'do': 'password', 'email': address,
                                         'password': PASSWORD}).status, 403)
    other = Browser(world.other, browser.source)
    port = world.other.split(':')[2]
    other.cookies = {re.sub(r'-\d+', '-' + port, name): value for name, value in browser.cookies.items()}
    same(app.begin(other).heading, 'Sign in')
    page = app.begin(browser, prompt='login')
    same(other.fill(page, 'password', email=address, password=PASSWORD).status, 403)
    same(world.sign_in(address)[2].status, 303)     # woodgrove's budgets are untouched


@test('sem2.3 req193', 'cookies are HttpOnly, SameSite and opaque, and no secret is in any URL')
def cookies():
    address, _ = world.customer()
    browser, app = world.browser(), world.app()
    first = browser.send('GET', app.path('authorize') + '?' + '&'.join(f'{n}={v}' for n, v in app.request(
        redirect_uri=app.redirect_uri.replace(':', '%3A').replace('/', '%2F'), scope='openid').items()))
    page = browser.fill(first, 'password', follow=False, email=address, password=PASSWORD)
    lines = first.all('Set-Cookie') + page.all('Set-Cookie')
    same(len(lines), 3, lines)
    for line in lines:
        assert 'HttpOnly' in line and 'SameSite=Lax' in line and 'Path=/' in line and 'Domain' not in line, line
        assert address not in line and len(line) < 4096, line
    for value in browser.cookies.values():
        assert value not in page.location
    same(page.header('Referrer-Policy'), 'no-referrer')


@test('req231 attackD10 attackD11', "a stranger's words are text on every page")
def scripts():
    bad = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'{{x}}'
    address, user = world.customer(**{'givenName': bad})
    world.must('PATCH', '/users/' + user, {'displayName': bad})
    world.must('PATCH', '/applications/a1b0c6de-0c55-4c7b-8f1d-2d3f4a5b6c02', {'displayName': bad})
    app, browser = world.app(2), world.browser()
    pages = [app.begin(browser, login_hint=bad, state=bad, ui_locales=bad, nonce=bad, acr_values=bad,
                       claims=json.dumps({bad: bad, "id_token": {bad: {"value": bad}}}))]
    pages.append(browser.fill(pages[0], 'password', email=bad, password=bad))
    pages.append(browser.fill(pages[0], 'to-reset'))
    pages.append(browser.fill(pages[2], 'address', email=bad))
    pages.append(browser.fill(pages[0], 'to-sign-up', email=bad))
    newcomer = 'written.on@example.net'
    pages.append(browser.fill(pages[4], 'address', email=newcomer))
    pages.append(browser.fill(pages[5], 'code', code=bad))
    page = browser.fill(pages[6], 'code', code=world.code(newcomer))
    pages.append(browser.fill(page, 'new-password', password='x"><'))
    page = browser.fill(page, 'new-password', password='a good long password')
    pages += [page, browser.fill(page, 'attributes', displayName=bad * 40)]
    pages.append(browser.send('GET', app.path('authorize') + '?client_id=%22%3E%3Cscript%3E&redirect_uri=%22%3E%3Cscript%3E'))
    pages.append(browser.send('GET', app.path('logout') + '?%22%3E%3Cscript%3Ealert(1)%3C/script%3E'))
    pages.append(browser.send('GET', '/woodgrove/%22%3E%3Cscript%3E'))
    for page in pages:
        same(clear(page), None, page)
        assert '<script' not in page.body and '<img' not in page.body and 'onerror=alert' not in re.sub(
            r'="[^"]*"|&lt;.*?&gt;', '', page.body), page.body
    letter = world.letters(newcomer)[0]
    assert '<script' not in letter.html and '<img src=x' not in letter.html, letter.html
    world.must('PATCH', '/applications/a1b0c6de-0c55-4c7b-8f1d-2d3f4a5b6c02', {'displayName': 'Woodgrove Recipes'})


@test('attackB7 attackE6', 'a Host or a forwarded one that is not ours changes nothing but the status')
def hosts():
    app, browser = world.app(), world.browser()
    path = app.path('authorize') + '?' + urllib.parse.urlencode(app.request())
    for host in ('evil.example', '127.0.0.1', world.base[7:] + '.evil.example', 'evil.example:' + world.base.split(':')[2]):
        same(browser.send('GET', path, headers={'Host': host}).status, 421, host)
    for headers in ({'X-Forwarded-Host': 'evil.example'}, {'Forwarded': 'host=evil.example'}, {'X-Forwarded-Proto': 'https'},
                    {'X-Forwarded-For': '10.0.0.1'}, {'X-Original-URL': '/metrics'}, {'X-Original-URI': '/metrics'}, {'X-Rewrite-URL': '/metrics'}, {'X-HTTP-Method-Override': 'DELETE'}):
        page = browser.send('GET', path, headers=headers)
        same((page.status, page.heading, 'evil' in page.body), (200, 'Sign in', False), headers)
    found = browser.send('GET', '/woodgrove/v2.0/.well-known/openid-configuration',
                         headers={'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https'}).json()
    assert all(value.startswith(world.base + '/') for name, value in found.items() if name.endswith('endpoint')), found


@test('sem3.2 req144 attackE1', 'a sign-up with a known address looks the same; its owner is told by mail')
def known_sign_up():
    address, _ = world.customer()
    shapes = []
    for who in (address, address.replace('customer', 'csomebody')):
        app, browser = world.app(), world.browser()
        page = browser.fill(app.begin(browser), 'to-sign-up')
        page = browser.fill(page, 'address', email=who)
        wrong = browser.fill(page, 'code', code='12345678')
        shapes.append((shape(page), shape(wrong)))
    same(shapes[0], shapes[1])
    letter = until(lambda: world.letters(address), 'the letter')[0]
    same((letter.code, 'account' in letter.subject.lower()), (None, True), letter.subject)



@test('req194 req98 attackD3', 'who signs out by the cookie that a step-up has just replaced is signed out of what came of it')
def stepped_up_and_out():
    for times in (1, 2):
        address, _ = world.customer()
        browser, app, page = world.sign_in(address)
        app.redeem(browser, app.code(page))
        old = browser.twin()
        for _ in range(times):
            page = browser.fill(app.begin(browser, prompt='login', login_hint=address), 'password', email=address, password=PASSWORD)
            token = app.redeem(browser, app.code(page)).json()['access_token']
        same((app.userinfo(browser, token).status, app.begin(old.twin()).status), (200, 200))      # the old one is worth nothing
        thief = old.twin()
        thief.cookies = {name: value[:-4] + 'AAAA' if '.session' in name else value for name, value in old.cookies.items()}
        thief.post(app.path('logout'), {'do': 'out'})
        same(app.userinfo(browser, token).status, 200)
        old.post(app.path('logout'), {'do': 'out'})
        same((app.userinfo(browser, token).status, app.begin(browser).status), (401, 200), times)


main(tests, [('sessions', world)])
