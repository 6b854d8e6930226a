"""Sign-ins on devices without a browser (RFC 8628): the device, the person, and whoever is in between."""
import os
import re
import signal

from browser import App, claims, clear, query_of
from world import CLIENTS, PASSWORD, World, counts, main, named, same, source, together

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
ROUNDS = int(os.environ.get('ROUNDS', 2))
GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
made = world.must('POST', '/applications', {'appId': CLIENTS + 'f', 'displayName': 'Television', 'allowDeviceCode': True})
PATH = '/applications/' + made['id']
tv = App('woodgrove', CLIENTS + 'f', None)
device = world.browser()
SCOPE = 'openid profile offline_access'


def begin(where=device, of=tv, **more):
    answer = of.ask(where, 'devicecode', **{'scope': SCOPE, **more})
    if answer.status == 200:
        world.canaries.update((answer.json()['device_code'], answer.json()['user_code']))
    return answer


def poll(told, where=device, of=tv, **more):
    return of.ask(where, 'token', grant_type=GRANT, device_code=told['device_code'], **more)


def pending(told, error='authorization_pending', **more):
    answer = poll(told, **more)
    same((answer.status, answer.json()['error']), (400, error), answer)


def later(seconds=6):
    world.advance(seconds * 1000)


def enter(browser, code):
    return browser.fill(browser.get('/woodgrove/flow/device'), 'find', user_code=code)


def person(told, address, browser=None):
    """Types the code and signs in: (browser, the page that asks)."""
    browser = browser or world.browser()
    page = enter(browser, told['user_code'])
    if page.heading == 'Sign in':
        page = browser.fill(page, 'password', email=address, password=PASSWORD)
    return browser, page


def allowed(told, address):
    browser, page = person(told, address)
    same(browser.fill(page, 'allow').heading, 'Your device is connected')
    return browser


@test('req104 req105', 'a device is signed in by a person who is told what he allows')
def whole():
    address, user = world.customer()
    answer = begin()
    told = answer.json()
    same((answer.status, told['expires_in'], told['interval'], answer.header('Cache-Control')), (200, 600, 5, 'no-store'))
    assert re.fullmatch(r'[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}', told['user_code']), told
    same(told['verification_uri'], world.base + '/woodgrove/flow/device')
    same(told['verification_uri_complete'], told['verification_uri'] + '?user_code=' + told['user_code'])
    assert len(told['device_code']) > 43 and told['user_code'] in told['message'], told
    pending(told)
    browser = world.browser()
    page = browser.get(told['verification_uri_complete'][len(world.base):])
    same((page.status, clear(page), page.forms[0].fields['user_code']), (200, None, told['user_code']))
    page = browser.fill(page, 'find', user_code=told['user_code'].lower().replace('-', ' '))
    assert 'Television' in page.text and page.heading == 'Sign in', page
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    same((page.status, page.heading, clear(page)), (200, 'Sign in on this device?', None), page)
    assert 'with this code 0 minutes ago' in page.text, page.text
    for word in ('Television', address, '127.1', 'decline'):
        assert word in page.text, (word, page.text)
    same({value for name, value in page.forms[0].buttons}, {'allow', 'decline'})
    later()
    pending(told)
    page = browser.fill(page, 'allow')
    same((page.status, page.heading, clear(page)), (200, 'Your device is connected', None))
    later()
    answer = poll(told)
    same(answer.status, 200, answer)
    tokens = answer.json()
    world.canaries.update((tokens['access_token'], tokens['refresh_token']))
    same((claims(tokens['id_token'])['sub'], claims(tokens['id_token'])['aud'], tokens['scope']), (user, tv.client_id, SCOPE))
    same(tv.userinfo(device, tokens['access_token']).status, 200)
    world.advance(2 * 24 * 3600 * 1000)     # no life of a page in the browser
    same(tv.refresh(device, tokens['refresh_token']).status, 200)
    metadata = world.metadata()
    same(metadata['device_authorization_endpoint'], metadata['token_endpoint'].replace('/token', '/devicecode'))
    assert GRANT in metadata['grant_types_supported'], metadata


@test('req104', 'a device waits as told, and hears what has become of its sign-in')
def polling():
    address, _ = world.customer()
    told = begin().json()
    pending(told)
    pending(told, 'slow_down')
    later(6)
    pending(told, 'slow_down')              # ten seconds by now, and fifteen after this
    later(15)
    pending(told)
    browser, page = person(told, address)
    same(browser.fill(page, 'decline').heading, 'Declined')
    later(15)
    pending(told, 'access_denied')
    same(browser.fill(page, 'allow').status, 400)       # once is once
    told = begin().json()
    later(600)
    pending(told, 'expired_token')
    same(enter(world.browser(), told['user_code']).status, 400)
    pending({'device_code': 'x'}, 'invalid_grant')
    pending({'device_code': begin().json()['device_code'][:-4] + 'AAAA'}, 'invalid_grant')


@test('req105 req39 req51', 'it is off unless an operator has opened it for the application, who is warned')
def closed():
    answer = begin(of=world.app())
    same((answer.status, answer.json()['error']), (400, 'unauthorized_client'))
    shop = world.must('POST', '/applications', {'displayName': 'Radio'})
    changed = world.must('PATCH', '/applications/' + shop['id'], {'allowDeviceCode': True})
    assert 'talk a customer into' in changed['@sallyport.warnings'][0], changed
    address, _ = world.customer()
    told = begin().json()
    world.must('PATCH', PATH, {'allowDeviceCode': False})
    pending(told, 'unauthorized_client')
    same(enter(world.browser(), told['user_code']).status, 400)
    world.must('PATCH', PATH, {'allowDeviceCode': True})
    for scope, error in (('api://nowhere/x', 'invalid_scope'), ('x ' * 1000, 'invalid_scope')):
        same(begin(scope=scope).json()['error'], error)
    same(begin(client_id='nobody').status, 401)
    pending(told, 'unauthorized_client', client_id=CLIENTS + '1')
    other = App('woodgrove', shop['appId'], None)
    pending(told, 'invalid_grant', of=other)


@test('req104', 'guessing codes is over after five wrong ones, from one place and from one browser')
def guessing():
    address, _ = world.customer()
    told, thief = begin().json(), world.browser()
    for wrong in ('BBBB-BBBB', 'x', '', 'AEIO-UAEI', 'BCDF-GHJKL'):
        page = enter(thief, wrong)
        same((page.status, clear(page)), (400, None), wrong)
    page = enter(thief, told['user_code'])
    assert page.status == 429 and int(page.header('Retry-After')) > 0, page
    same(enter(thief.twin(source()), told['user_code']).heading, 'Sign in')     # another place has its own
    same(person(told, address)[1].heading, 'Sign in on this device?')


@test('req105 attackD3 req217', 'no link and no other browser allows anything')
def between():
    address, _ = world.customer()
    victim, _ = world.customer()
    told = begin().json()
    browser, page = person(told, address)
    fields = page.forms[0].fields
    path = '/woodgrove/flow/device/confirm'
    signed_in = world.sign_in(victim)[0]
    same(signed_in.post(path, {**fields, 'do': 'allow'}).status, 400)       # another session's code
    same(world.browser().post(path, {**fields, 'do': 'allow'}).status, 400)
    same(browser.post(path, {**fields, 'do': 'allow'}, Origin='https://evil.example').status, 403)
    same(browser.post(path, {**fields, 'do': 'allow'}, **{'Sec-Fetch-Site': 'cross-site'}).status, 403)
    same(browser.get(path + '?do=allow&code=' + fields['code']).heading, 'Sign in on this device?')
    shop_code = query_of(world.app().begin(signed_in).location)['code']
    same(signed_in.get(path + '?code=' + shop_code).status, 400)
    for verifier in ('device', None, 'd' * 43):     # and it is no code for a token endpoint
        answer = tv.redeem(device, fields['code'], redirect_uri=world.base + path, code_verifier=verifier)
        same(answer.status, 400, answer)
    later()
    pending(told)


@test('req104 req181', 'policy and its second door are asked as at any sign-in, and again at the device')
def second_door():
    address, _ = world.customer()
    world.mfa()
    told = begin().json()
    browser = world.browser()
    page = enter(browser, told['user_code'])
    page = browser.fill(page, 'password', email=address, password=PASSWORD)
    page = browser.fill(page, 'code', code=world.code(address))
    same(page.heading, 'Sign in on this device?', page)
    browser.fill(page, 'allow')
    answer = poll(told)
    world.mfa(False)
    same(answer.status, 200, answer)
    assert 'mfa' in claims(answer.json()['id_token'])['amr'], claims(answer.json()['id_token'])
    told = begin().json()
    allowed(told, world.customer()[0])
    world.mfa()
    pending(told, 'invalid_grant')
    world.mfa(False)


@test('req104 req49', 'what ends a sign-in ends the one of a device that has not asked yet')
def ended():
    for how in ('revokeSignInSessions', 'accountEnabled'):
        address, user = world.customer()
        told = begin().json()
        allowed(told, address)
        if how == 'accountEnabled':
            world.must('PATCH', '/users/' + user, {'accountEnabled': False})
        else:
            world.must('POST', f'/users/{user}/{how}', {})
        pending(told, 'invalid_grant')


@test('req37 req36 req104', 'of 64 questions at once one gets tokens; who asks again later ends them')
def parallel():
    for _ in range(ROUNDS):
        told = begin().json()
        allowed(told, world.customer()[0])
        answers = together(64, lambda _: poll(told))
        same(counts(answers), {200: 1, 400: 63})
        same({answer.json()['error'] for answer in answers if answer.status == 400}, {'slow_down'})
        token = next(answer for answer in answers if answer.status == 200).json()['access_token']
        same(tv.userinfo(device, token).status, 200)
        later(61)
        pending(told, 'invalid_grant')
        same(tv.userinfo(device, token).status, 401)


@test('req37 req104', 'of 32 who allow and decline at once, one decides')
def deciding():
    address, _ = world.customer()
    told = begin().json()
    browser, page = person(told, address)
    pages = together(32, lambda n: browser.twin().fill(page, ('allow', 'decline')[n % 2]))
    same(counts(pages), {200: 1, 400: 31})
    decided = next(one for one in pages if one.status == 200).heading
    answer = poll(told)
    same(answer.status == 200, decided == 'Your device is connected', answer)


@test('req46 req104', 'killed at a redemption: the device has tokens, or none live, and begins anew')
def killed():
    for _ in range(ROUNDS):
        told = begin().json()
        allowed(told, world.customer()[0])
        got = []

        def ask(number):
            if number == 0:
                try:
                    got.append(poll(told))
                except OSError:
                    pass
            else:
                world.restart(signal.SIGKILL)
        together(2, ask)
        later()
        again = poll(told)
        if got and got[0].status == 200:
            same(again.json()['error'], 'invalid_grant')
            same(tv.userinfo(device, got[0].json()['access_token']).status, 401)
        elif again.status != 200:
            same(again.json()['error'], 'invalid_grant')
            told = begin().json()
            allowed(told, world.customer()[0])
            same(poll(told).status, 200)


main(tests, [('devices', world)])
