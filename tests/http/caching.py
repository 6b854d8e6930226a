"""What apps keep: discovery and keys, as they were told to, while the keys take turns (requirements 10, 12 to 14)."""
import re

import jwt

from browser import Browser
from world import PASSWORD, World, main, named, same, until

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000)
DISCOVERY, KEYS = '/woodgrove/v2.0/.well-known/openid-configuration', '/woodgrove/discovery/v2.0/keys'
SERVER = '/.well-known/oauth-authorization-server/woodgrove/v2.0'
address, _ = world.customer()
HOUR = 3600 * 1000
customer = world.browser()


class Client:
    """An app that keeps the keys for as long as it may, and asks again by their tag."""

    def __init__(self):
        self.keys, self.tag, self.until, self.asked = {}, None, 0, 0

    def key(self, kid, now):
        if now >= self.until:
            page = Browser(world.base).send('GET', KEYS, headers={'If-None-Match': self.tag})
            age = int(re.fullmatch(r'public, max-age=(\d+)', page.header('Cache-Control')).group(1)) * 1000
            self.until, self.tag, self.asked = now + age, page.header('ETag'), self.asked + 1
            if page.status == 200:
                self.keys = {key['kid']: key for key in page.json()['keys']}
            else:
                same((page.status, page.raw), (304, b''))
        return jwt.PyJWK(self.keys[kid]).key

    def verify(self, token, now, audience):
        head = jwt.get_unverified_header(token)
        told = jwt.decode(token, self.key(head['kid'], now), algorithms=[head['alg']], audience=audience,
                          options={'verify_exp': False, 'verify_iat': False, 'verify_nbf': False})
        assert now < told['exp'] * 1000 + 1000, (now, told)
        return told


def tokens():
    """Of the session that there is, or of a new one."""
    browser, app = customer, world.app()
    page = app.begin(browser, scope='openid')
    if page.status == 200:
        page = browser.fill(page, 'password', email=address, password=PASSWORD)
    answer = app.redeem(browser, app.code(page)).json()
    return [(answer[name], name, app.client_id) for name in ('id_token', 'access_token')]


def published():
    return [key['kid'] for key in Browser(world.base).send('GET', KEYS).json()['keys']]


def kid(token):
    return jwt.get_unverified_header(token)['kid']


@test('req14 req13 req2', 'discovery and keys may be kept by anybody, and are asked for again by their tag')
def tags():
    browser = world.browser()
    for path in (DISCOVERY, SERVER, KEYS):
        page = browser.send('GET', path, headers={'Origin': 'https://app.example'})
        tag = page.header('ETag')
        same((page.status, page.header('Access-Control-Allow-Origin'), page.header('Access-Control-Allow-Credentials')),
             (200, '*', None))
        assert re.fullmatch(r'public, max-age=[1-9]\d*', page.header('Cache-Control')) and re.fullmatch(r'"[\w-]+"', tag)
        for seen, status in ((tag, 304), ('W/' + tag, 304), (f'"other", {tag}', 304), ('*', 304), (f'"x",W/{tag} , "y"', 304),
                             ('"other"', 200), (tag[1:-1], 200), (tag[:-1], 200), (tag[:-2] + '"', 200), ('', 200)):
            again = browser.send('GET', path, headers={'If-None-Match': seen})
            same((again.status, again.header('ETag'), again.header('Cache-Control')),
                 (status, tag, page.header('Cache-Control')), seen)
            same(again.raw == b'', status == 304, seen)
        same(browser.send('OPTIONS', path, headers={'Origin': 'https://app.example'}).status, 204)


@test('req14 req13', 'nothing else may be kept, and authorize and logout are for no other origin to read')
def no_store():
    browser, app, page = world.sign_in(address)
    origin = {'Origin': 'https://app.example'}
    answer = app.redeem(browser, app.code(page))
    pages = [answer, app.userinfo(browser, answer.json()['access_token'], **origin), app.userinfo(browser, None),
             app.ask(browser, 'token', grant_type='nonsense'), app.ask(browser, 'revoke', token='x')]
    for page in pages:
        same((page.header('Cache-Control'), page.header('ETag')), ('no-store', None), page)
    same(pages[1].header('Access-Control-Allow-Origin'), '*')
    for path in (app.path('authorize') + '?x=y', app.path('logout')):
        page = browser.send('GET', path, headers=origin)
        same((page.header('Cache-Control'), page.header('ETag')), ('no-store', None), page)
        assert not [name for name, _ in page.headers if name.lower().startswith('access-control')], page.headers


@test('req12', 'while the keys take turns, no client that keeps them as told ever fails, with old tokens or new')
def rotation():
    clients = [Client() for _ in range(4)]
    now = world.advance(1)
    kept = [(now, *token) for token in tokens()]
    first = {kid(token) for _, token, _, _ in kept}

    def all_verify(after):
        now = world.advance(after)
        fresh = [(now, *token) for token in tokens()]
        kept.extend(fresh)
        for number, client in enumerate(clients):
            for made, token, name, audience in kept[-2:] if number % 2 else reversed(kept):
                if now - made < (HOUR if name == 'id_token' else HOUR / 6) - 5000:
                    client.verify(token, now, audience)
        return {kid(token) for _, token, _, _ in fresh}

    same(all_verify(1000), first)
    world.must('POST', '/keys/rotate')
    for after in (1, 299000, 2000, HOUR * 23):
        same(all_verify(after), first)
    before = HOUR - 302001 - 20000
    same(all_verify(before), first)         # seconds before the turn
    switched = all_verify(60000)
    assert not switched & first, (switched, first)
    for after in (1000, 300000, 300000, HOUR / 2, HOUR):
        same(all_verify(int(after)), switched)
    assert clients[0].asked > 4
    kids = published()
    same(len(kids), len(set(kids)))


@test('req12', 'keys are rotated by themselves after the time that the tenant says, one time, and it is on record')
def automatic():
    def rounds(ms):
        world.advance(ms)
        return set(published())
    world.must('PATCH', '/tenant', {'settings': {'signingKeyLifetime': 7 * 24 * 3600}})
    known = set(published())
    same(rounds(4 * 24 * HOUR), known)
    world.advance(2 * 24 * HOUR)
    until(lambda: len(set(published()) - known) == 2, 'two new keys')
    fresh = set(published())
    for _ in range(3):
        same(rounds(60000) - fresh, set())
    signs = {kid(token) for token, _, _ in tokens()}
    assert signs <= known, (signs, known)
    told = [entry for entry in world.must('GET', '/auditLogs/directoryAudits')['value']
            if entry['activityDisplayName'] == 'Rotate signing keys']
    assert any('server' in str(entry['initiatedBy']) for entry in told), told
    world.advance(24 * HOUR)
    assert {kid(token) for token, _, _ in tokens()} <= fresh - known


@test('req12', 'rotated as often as there is room for: refused then, and again possible once the old keys are over')
def no_room():
    answers = [world.ask('POST', '/keys/rotate')[0] for _ in range(9)]
    same((answers[0], answers[-1], sorted(answers)), (204, 409, answers))
    world.advance(4 * 24 * HOUR)
    same(world.ask('POST', '/keys/rotate')[0], 204)
    same(len(published()), 4)


@test('req8 req14', 'what has gone from a tenant is gone from its metadata, from every loop')
def gone():
    def told():
        return {found for _ in range(40) for found in
                Browser(world.base).send('GET', DISCOVERY).json()['acr_values_supported']}
    contexts = '/identity/conditionalAccess/authenticationContextClassReferences'
    for name in ('c41', 'c42'):
        world.must('POST', contexts, {'id': name, 'displayName': name})
    assert told() >= {'c41', 'c42'}, told()
    world.must('DELETE', contexts + '/c41')
    same(told() & {'c41', 'c42'}, {'c42'})


main(tests, [('World', world)])
