"""What the requirements of A to G ask that is nobody's idea in particular: metadata, keys, lifetimes, identities."""
import base64
import json
import urllib.parse

from browser import claims
from world import World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
address, user = world.customer()
app = world.app()
browser = world.sign_in(address)[0]      # has a session: a good request is answered at once
tenant = world.must('GET', '/tenant')['id']
issuer = f'{world.base}/{tenant}/v2.0'
DISCOVERY, KEYS = '/.well-known/openid-configuration', f'/{tenant}/discovery/v2.0/keys'


def discovered(path=issuer):
    page = browser.send('GET', path.removeprefix(world.base) + DISCOVERY)
    same((page.status, page.header('Content-Type').split(';')[0]), (200, 'application/json'), page)
    return page.json()


metadata = discovered()


def tokens(of=app, **more):
    page = of.redeem(browser, of.code(of.begin(browser, **more)))
    same(page.status, 200, page)
    return page.json()


@test('req1', 'the issuer of the metadata is the one that was asked, and the one of the tokens')
def same_issuer():
    same((metadata['issuer'], claims(tokens()['id_token'])['iss']), (issuer, issuer))
    same(discovered('/woodgrove/v2.0'), metadata)       # by its name


@test('req2 req1', 'the document of RFC 8414, between host and path, is the other one member for member')
def authorization_server():
    for path in (f'/{tenant}/v2.0', '/woodgrove/v2.0'):
        page = browser.send('GET', '/.well-known/oauth-authorization-server' + path)
        same((page.status, page.header('Content-Type').split(';')[0], page.json()), (200, 'application/json', metadata))
    for path in ('', '/woodgrove', '/nobody/v2.0', '/woodgrove/v2.0/', f'/{tenant}/v1.0'):
        same(browser.send('GET', '/.well-known/oauth-authorization-server' + path).status, 404, path)
    same(browser.send('POST', f'/.well-known/oauth-authorization-server/{tenant}/v2.0').status, 405)


@test('req4 req5 req6 req7 req9', 'the metadata says what is done, and holds nothing empty')
def told():
    assert [] not in metadata.values() and '' not in metadata.values(), metadata
    for name, wanted in (('code_challenge_methods_supported', ['S256']), ('response_types_supported', ['code']),
                         ('authorization_response_iss_parameter_supported', True)):
        same(metadata[name], wanted, name)
    algorithms = metadata['id_token_signing_alg_values_supported']
    assert 'RS256' in algorithms and 'none' not in algorithms, algorithms


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + '=' * (-len(text) % 4)))


@test('req10 req11', 'the keys are public, strong, each of one algorithm and with a name of its own')
def keys():
    found = browser.send('GET', KEYS).json()['keys']
    same(len({key['kid'] for key in found}), len(found))
    for key in found:
        assert not set('d p q dp dq qi k oth'.split()) & set(key), key
        same((key['use'], key['alg']), ('sig', {'RSA': 'RS256', 'EC': 'ES256'}[key['kty']]))
        if key['kty'] == 'RSA':
            assert number(key['n']).bit_length() >= 3072 and number(key['e']) == 65537, key
        else:
            same(key['crv'], 'P-256')
    same({key['alg'] for key in found}, {'RS256', 'ES256'})


@test('req13', 'pages of any origin may read what is public, and none may look into a sign-in')
def cors():
    origin = {'Origin': 'https://app.example'}
    for path in (issuer[len(world.base):] + DISCOVERY, KEYS, f'/.well-known/oauth-authorization-server/{tenant}/v2.0'):
        page = browser.send('GET', path, headers=origin)
        same((page.header('Access-Control-Allow-Origin'), page.header('Access-Control-Allow-Credentials')),
             ('*', None), path)
    query = urllib.parse.urlencode(app.request())
    for method, body in (('GET', None), ('POST', query), ('OPTIONS', None)):
        path = app.path('authorize') + ('?' + query if method == 'GET' else '')
        page = world.browser().send(method, path, body, origin)
        assert not [name for name, _ in page.headers if name.lower().startswith('access-control-')], page.headers


@test('req14 req34', 'metadata may be kept for minutes and asked for by its tag; nothing else is kept at all')
def cached():
    for path in (issuer[len(world.base):] + DISCOVERY, KEYS):
        page = browser.send('GET', path)
        assert page.header('Cache-Control').startswith('public, max-age='), page.headers
        again = browser.send('GET', path, headers={'If-None-Match': page.header('ETag')})
        same((again.status, again.raw, again.header('ETag')), (304, b'', page.header('ETag')))
        same(browser.send('GET', path, headers={'If-None-Match': '"another"'}).raw, page.raw)
    answers = [app.redeem(browser, app.code(app.begin(browser))), app.redeem(browser, 'x'),
               app.userinfo(browser, 'x'), app.userinfo(browser, tokens()['access_token']),
               app.begin(browser), app.begin(world.browser()), app.begin(browser, redirect_uri='x'),
               app.ask(browser, 'revoke', token='x'), browser.send('GET', app.path('logout'))]
    for page in answers:
        assert 'no-store' in page.header('Cache-Control'), (page, page.headers)


@test('req15', 'by GET and POST alike; an empty value is no value')
def empty():
    same(app.begin(browser, prompt='', max_age='', response_mode='', claims='', unheard='').status, 303)
    page = browser.post(app.path('authorize'), app.request(login_hint=''), follow=False)
    assert app.code(page)
    for name in ('code_challenge', 'response_type'):
        page = app.begin(browser, **{name: ''})
        same(urllib.parse.parse_qs(urllib.parse.urlsplit(page.location).query)['error'], ['invalid_request'], name)


@test('req19 req20', 'a redirect URI that leaks cannot be registered, over the admin API either')
def registration():
    for uri in ('http://app.example/back', 'http://localhost/back', 'https://app.example/back#part',
                'https://user@app.example/', 'https://app.example/../back', 'javascript:alert(1)', 'https://*.example/'):
        status, answer, _ = world.ask('POST', '/applications', {'displayName': 'Leaky', 'web': {'redirectUris': [uri]}})
        same(status, 400, uri, answer)


@test('req23 req24', 'after a password the way back is a 303, with a code that nobody guesses or reads')
def codes():
    found = set()
    for _ in range(6):
        where, of, page = world.sign_in(address)
        same(page.status, 303)
        found.add(of.code(page))
    assert len(found) == 6 and min(map(len, found)) > 100, found
    for code in found:
        assert user not in code and address not in code
        raw = base64.urlsafe_b64decode(code + '=' * (-len(code) % 4))
        assert app.client_id.encode() not in raw and user.encode() not in raw


@test('req29', 'no page of a sign-in may be framed')
def frames():
    where = world.browser()
    page = app.begin(where)
    pages = [page, where.fill(page, 'password', email=address, password='not this one'),
             app.begin(browser, redirect_uri='x'), browser.send('GET', app.path('logout'))]
    for page in pages:
        assert "frame-ancestors 'none'" in page.header('Content-Security-Policy'), page
        same(page.header('X-Frame-Options', 'DENY'), 'DENY')


@test('req67', 'an ID token names issuer, subject, audience, times, nonce, acr, amr and session, and lives its time')
def id_token():
    told = claims(tokens()['id_token'])
    for name in ('iss', 'sub', 'aud', 'exp', 'iat', 'nonce', 'auth_time', 'acr', 'amr', 'sid'):
        assert told.get(name), (name, told)
    assert told['sub'].isascii() and len(told['sub']) <= 255, told
    same((told['nonce'], told['amr']), (app.nonce, ['pwd']))


@test('req87', 'prompt=create goes to the sign-up, also of somebody who is signed in')
def create():
    for where in (world.browser(), browser):
        page = app.begin(where, prompt='create')
        same((page.status, page.heading), (200, 'Create an account'))


@test('req71', 'a subject stays the same, at every app; and who comes after him at his address is another')
def subjects():
    name = 'taken-over@example.com'
    _, first = world.customer(name)
    seen = []
    for number in (1, 1, 2):
        where, of, page = world.sign_in(name, app=world.app(number))
        seen.append(claims(of.redeem(where, of.code(page)).json()['id_token'])['sub'])
    same(set(seen), {first})
    world.must('DELETE', '/users/' + first)
    _, second = world.customer(name)
    where, of, page = world.sign_in(name)
    same(claims(of.redeem(where, of.code(page)).json()['id_token'])['sub'], second)
    assert second != first


@test('req72 req74', 'an access token lives ten minutes, to the second, and says so')
def lifetime():
    answer = tokens()
    told = claims(answer['access_token'])
    same((answer['expires_in'], told['exp'] - told['iat']), (600, 600))
    now = world.move(1)
    world.advance(told['exp'] * 1000 - now - 2000)
    same(app.userinfo(browser, answer['access_token']).status, 200)
    world.advance(2001)
    same(app.userinfo(browser, answer['access_token']).status, 401)


@test('req75 req82', 'what a scope did not ask for is in no token and not in userinfo')
def unasked():
    for scope, wanted, unwanted in (('openid', (), ('name', 'email', 'preferred_username')),
                                    ('openid profile', ('name',), ('email',)), ('openid email', ('email',), ('name',))):
        answer = tokens(scope=scope)
        info = app.userinfo(browser, answer['access_token']).json()
        assert set(wanted) <= set(info) and not set(unwanted) & set(info), (scope, info)
        told = json.dumps(claims(answer['access_token']))
        assert ('email' in scope or address not in told) and 'Customer' not in told, (scope, told)


main(tests, [('required', world)])
