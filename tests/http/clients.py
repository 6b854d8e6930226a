"""Who may call the token endpoint: secrets, signed assertions, throttles, and the grants an app has."""
import base64
import hmac
import json
import signal
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from browser import App, base64url
from world import CLIENTS, PASSWORD, World, main, named, same, together, until

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
browser = world.browser()
ISSUER = world.metadata()['issuer']
TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
BACK = 'http://127.0.0.1:8091/back'
MINUTE, DAY = 60 * 1000, 24 * 3600 * 1000
letters = iter('0123456789abcdef')


def register(name, **more):
    """A new application: (App, its document)."""
    app_id = '0a8f6a52-7c1e-4b39-9a57-1f20c3d4ee0' + next(letters)
    made = world.must('POST', '/applications', {'appId': app_id, 'displayName': name,
                                                'web': {'redirectUris': [BACK]}, **more})
    secret = made.get('@sallyport.secrets', [None])[0]
    if secret:
        world.canaries.add(secret)
    return App('woodgrove', app_id, BACK, secret), made


def public(key, **more):
    """The JWK of a key's public half; jwt's own leaves leading zeros out, against RFC 7518 6.2.1.2."""
    numbers = key.public_key().public_numbers()

    def text(number, size):
        return base64url(number.to_bytes(size, 'big'))
    if isinstance(key, rsa.RSAPrivateKey):
        made = {'kty': 'RSA', 'n': text(numbers.n, key.key_size // 8), 'e': text(numbers.e, 3)}
    else:
        made = {'kty': 'EC', 'crv': 'P-256', 'x': text(numbers.x, 32), 'y': text(numbers.y, 32)}
    return {**made, 'key_ops': ['verify'], **more}


EC, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
RSA = rsa.generate_private_key(65537, 3072)
signer, signing = register('Signer', keyCredentials=[
    {'displayName': 'curve', 'jwk': public(EC, kid='curve')}, {'jwk': public(RSA, alg='RS256', use='sig')}])


def now():
    """Seconds, as the server has them."""
    return world.move(1) // 1000


numbers = iter(range(1, 1 << 30))


def assertion(key=EC, of=signer, alg='ES256', headers=None, **changed):
    """What the client signs; None leaves a claim out."""
    at = now()
    told = {'iss': of.client_id, 'sub': of.client_id, 'aud': ISSUER, 'iat': at, 'exp': at + 60,
            'jti': f'jti-{next(numbers)}', **changed}
    told = {name: value for name, value in told.items() if value is not None}
    return jwt.encode(told, key, alg, headers)


def ask(text, what='token', of=signer, **fields):
    """To the token endpoint with a code that is none: invalid_grant is whoever has been let in."""
    fields = {'grant_type': 'authorization_code', 'code': 'x', 'client_id': None, 'client_assertion_type': TYPE,
              'client_assertion': text, 'client_secret': None, **fields}
    return of.ask(browser, what, **fields)


def let_in(answer):
    same((answer.status, answer.json()['error']), (400, 'invalid_grant'), answer)


def shut_out(answer, *why):
    same((answer.status, answer.json()['error']), (401, 'invalid_client'), answer, *why)


@test('req54 req53', 'a client that signs for itself is let in, by each of its keys')
def signed():
    let_in(ask(assertion()))
    let_in(ask(assertion(headers={'kid': 'curve'})))
    let_in(ask(assertion(headers={'typ': 'client-authentication+jwt'})))
    let_in(ask(assertion(RSA, alg='RS256')))
    let_in(ask(assertion(), client_id=signer.client_id))
    let_in(ask(assertion(iat=None, exp=now() + 300)))
    let_in(ask(assertion(iat=now() + 30, exp=now() + 330)))        # its clock is half a minute ahead
    shut_out(ask(assertion(), client_id=CLIENTS + '1'))
    metadata = world.metadata()
    for endpoint in ('token', 'introspection', 'revocation'):
        assert 'private_key_jwt' in metadata[endpoint + '_endpoint_auth_methods_supported'], metadata
        same(metadata[endpoint + '_endpoint_auth_signing_alg_values_supported'], ['ES256', 'RS256'])


@test('req54', 'an assertion for somebody else, of somebody else, too old, too long or too loose is none')
def unsigned():
    at, other = now(), '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e501'
    for changed in ({'aud': [ISSUER]}, {'aud': [ISSUER, 'https://evil.example']}, {'aud': None},
                    {'aud': world.base + signer.path('token')}, {'aud': ISSUER + '/'}, {'aud': 'https://evil.example'},
                    {'aud': ISSUER.replace(world.base, world.other)},
                    {'iss': other}, {'sub': other}, {'iss': None}, {'sub': None},
                    {'exp': None}, {'exp': at}, {'exp': at + 361, 'iat': None}, {'exp': at + 400}, {'exp': str(at + 60)},
                    {'iat': at + 200, 'exp': at + 260}, {'nbf': at + 200},
                    {'jti': None}, {'jti': ''}, {'jti': 'x' * 300}, {'jti': 7}):
        shut_out(ask(assertion(**changed), client_id=signer.client_id), changed)
    text = assertion()
    head, body, signature = text.split('.')
    pem = EC.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def made(header, key=b''):
        start = base64url(json.dumps(header).encode()) + '.' + body
        return start + '.' + (base64url(hmac.digest(key, start.encode(), 'sha256')) if key else '')
    for one in (made({'alg': 'none'}), made({'alg': 'HS256'}, pem),
                made({'alg': 'HS256'}, json.dumps(public(EC)).encode()), f'{head}.{body}.', f'{head}.{body}', 'x', '',
                text + '.', text[:-2], assertion(OTHER), assertion(headers={'kid': 'nobody'}),
                assertion(RSA, headers={'kid': 'curve'}, alg='RS256'), assertion(RSA, alg='PS256'),
                assertion(headers={'typ': 'at+jwt'}), assertion(headers={'jwk': public(OTHER)}, key=OTHER)):
        shut_out(ask(one, client_id=signer.client_id), one)
    shut_out(ask(assertion(OTHER, of=world.app()), of=world.app()))         # a public client has no keys


@test('req54 req36', 'an assertion is good once, of many at once and after a crash')
def once():
    text = assertion()
    answers = together(16, lambda _: ask(text))
    same(sorted(answer.status for answer in answers), [400] + [401] * 15)
    shut_out(ask(text))
    world.restart(signal.SIGKILL)
    shut_out(ask(text))
    let_in(ask(assertion()))


@test('req54 req55', 'a key works from its start to its end; two may do so at once; a bad one is refused at once')
def keys():
    path = '/applications/' + signing['id']
    kept = world.must('GET', path)['keyCredentials']
    same([key['jwk'].get('d') for key in kept], [None, None])
    at = now()
    later, sooner = (time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(at + minutes * 60)) for minutes in (20, 10))
    world.must('PATCH', path, {'keyCredentials': kept + [
        {'jwk': public(OTHER), 'startDateTime': sooner, 'endDateTime': later}]})
    shut_out(ask(assertion(OTHER)))
    world.advance(11 * MINUTE)
    let_in(ask(assertion(OTHER)))
    let_in(ask(assertion()))
    world.advance(10 * MINUTE)
    shut_out(ask(assertion(OTHER)))
    before = world.must('PATCH', path, {'keyCredentials': kept})['keyCredentials']
    same([key['keyId'] for key in before], [key['keyId'] for key in kept])
    small, twisted = rsa.generate_private_key(65537, 2048), public(OTHER)
    twisted['x'] = public(EC)['x']
    private = public(OTHER, d=base64url(OTHER.private_numbers().private_value.to_bytes(32, 'big')))
    for bad, word in ((public(small), '2048'), (twisted, 'no key'), (private, 'private'), ({'kty': 'oct', 'k': 'AA'}, 'private'),
                      ({}, 'kty'), (public(OTHER, use='enc'), 'use'), (public(OTHER, alg='RS256'), 'alg'), ('x', 'jwk')):
        status, answer, _ = world.ask('PATCH', path, {'keyCredentials': [{'jwk': bad}]})
        assert status == 400 and word in answer['error']['message'], (bad, answer)


@test('req53 req41', 'a client says in one way who it is; each way works, with every character in its place')
def ways():
    secret = 'a secret: 50%+1 / "ü" &c.'
    world.canaries.add(secret)
    app, made = register('Both', passwordCredentials=[{'secretText': secret}], keyCredentials=[{'jwk': public(EC)}])
    app.secret = secret

    def basic(one, encode=urllib.parse.quote_plus):
        return 'Basic ' + base64.b64encode(f'{encode(app.client_id)}:{encode(one)}'.encode()).decode()

    def post(fields, **headers):
        fields = {'grant_type': 'authorization_code', 'code': 'x', **fields}
        return browser.send('POST', app.path('token'), urllib.parse.urlencode(fields), headers)
    mine = {'client_id': app.client_id}
    signed_by = {'client_assertion_type': TYPE, 'client_assertion': assertion(of=app)}
    let_in(post({**mine, 'client_secret': secret}))
    let_in(post({}, Authorization=basic(secret)))
    let_in(post(mine, Authorization=basic(secret)))
    let_in(post(signed_by))
    for fields, headers in (({**mine, 'client_secret': secret}, {'Authorization': basic(secret)}),
                            (signed_by, {'Authorization': basic(secret)}),
                            ({**signed_by, **mine, 'client_secret': secret}, {}),
                            ({**signed_by, 'client_assertion_type': 'urn:x'}, {}),
                            ({**mine, 'client_assertion_type': TYPE}, {}),
                            ({**mine, 'client_assertion': assertion(of=app)}, {})):
        answer = post(fields, **headers)
        same((answer.status, answer.json()['error']), (400, 'invalid_request'), fields, headers)
    same(post({}, Authorization=basic(secret, str)).status, 400)        # not form-encoded: "%+1" is no letter
    for fields, headers in ((mine, {}), ({**mine, 'client_secret': secret[:-1]}, {})):
        shut_out(post(fields, **headers), fields, headers)
    answer = post({}, Authorization=basic('wrong'))
    shut_out(answer)
    assert answer.header('WWW-Authenticate').startswith('Basic '), answer.headers
    world.must('PATCH', '/applications/' + made['id'], {'accountEnabled': False})
    shut_out(post({**mine, 'client_secret': secret}))
    shut_out(post({**signed_by, 'client_assertion': assertion(of=app)}))


@test('req55', 'two secrets are good while one replaces the other; each has an end, and an operator hears of it')
def rotation():
    app, made = register('Rotating', passwordCredentials=[{'displayName': 'first'}])
    path, first = '/applications/' + made['id'], made['passwordCredentials'][0]['keyId']

    def good(secret):
        answer = app.ask(browser, 'token', grant_type='authorization_code', code='x', client_secret=secret)
        return answer.json()['error'] == 'invalid_grant'
    soon = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now() + 10 * 86400))
    second = world.must('POST', path + '/addPassword', {'passwordCredential': {'displayName': 'second', 'endDateTime': soon}})
    third = world.must('POST', path + '/addPassword', {})
    world.canaries.update((second['secretText'], third['secretText']))
    assert len(second['secretText']) == 43 and second['hint'] == second['secretText'][:3], second
    assert 'secretHash' not in second and 'second' in second['@sallyport.warnings'][0], second
    assert (int(third['endDateTime'][:4]) - int(soon[:4])) in (1, 2), third
    same([good(one) for one in (app.secret, second['secretText'], third['secretText'], 'x' * 43)], [True, True, True, False])
    until(lambda: second['keyId'] in world.log.read_text(), 'the warning in the log')
    shown = world.must('GET', path)['passwordCredentials']
    assert not any('secretText' in one or 'secretHash' in one for one in shown), shown
    world.must('POST', path + '/removePassword', {'keyId': first})
    same([good(one) for one in (app.secret, second['secretText'])], [False, True])
    world.advance(10 * DAY + MINUTE)
    same([good(one) for one in (second['secretText'], third['secretText'])], [False, True])
    for body in ({'keyId': first}, {'keyId': 'x'}, {}):
        same(world.ask('POST', path + '/removePassword', body)[0], 400, body)
    for body in ({'passwordCredential': {'secretText': 'x' * 40}}, {'passwordCredential': {'secretHash': 'x' * 43}},
                 {'passwordCredential': {'keyId': first}}, {'passwordCredential': 'x'},
                 {'passwordCredential': {'nonsense': 1}}):
        same(world.ask('POST', path + '/addPassword', body)[0], 400, body)
    same(world.ask('POST', '/applications/5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e11/addPassword', {})[0], 404)
    later = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now() + 600))
    fourth = world.must('POST', path + '/addPassword', {'passwordCredential': {'startDateTime': later}})['secretText']
    world.canaries.add(fourth)
    same(good(fourth), False)
    world.advance(10 * MINUTE)
    same(good(fourth), True)
    made = together(6, lambda _: world.must('POST', path + '/addPassword', {})['keyId'])
    same(len({one['keyId'] for one in world.must('GET', path)['passwordCredentials']} & set(made)), 6)
    for one in world.must('GET', path)['passwordCredentials']:
        gone = world.ask('POST', path + '/removePassword', {'keyId': one['keyId']})
    assert gone[0] == 200 and 'public client' in gone[1]['@sallyport.warnings'][0], gone


@test('req56', 'guessing is over soon, from one place or many, and shuts out nobody who belongs there')
def guessing():
    world.must('PATCH', '/tenant', {'settings': {'sourcePasswords': 20}})
    short = 'short canary 16b'
    world.canaries.add(short)
    app, made = register('Guessed', passwordCredentials=[{'secretText': short}])
    app.secret = short
    long = world.must('POST', f'/applications/{made["id"]}/addPassword', {})['secretText']
    world.canaries.add(long)
    own, neighbour = world.browser(), world.browser()

    def guess(where, secret='wrong secret of 16'):
        return app.ask(where, 'token', grant_type='authorization_code', code='x', client_secret=secret)
    let_in(guess(own, app.secret))
    strangers = [world.browser() for _ in range(6)]
    statuses = [guess(strangers[0]).status for _ in range(25)]
    same(statuses, [401] * 20 + [429] * 5)
    throttled = guess(strangers[0], app.secret)
    assert throttled.status == 429 and int(throttled.header('Retry-After')) > 0, throttled
    let_in(guess(neighbour, app.secret))
    for stranger in strangers[1:5]:
        same([guess(stranger).status for _ in range(20)], [401] * 20)
    same(guess(strangers[5], app.secret).status, 429)       # whoever it is, he has not been here before
    let_in(guess(world.browser(), long))                    # but this nobody has guessed: a new server of the app's
    same(guess(strangers[0], long).status, 429)
    let_in(guess(own, app.secret))
    let_in(guess(neighbour, app.secret))
    same(guess(own).status, 401)
    world.advance(10 * MINUTE)
    careless = world.browser()                              # the app's own, with a secret of last year
    let_in(guess(careless, app.secret))
    for _ in range(6):
        same([guess(careless).status for _ in range(20)], [401] * 20)
        careless = world.browser()
        let_in(guess(careless, app.secret))                 # shuts out none of its new servers
    let_in(guess(strangers[5], app.secret))
    world.restart()                                         # nobody is at home any more
    for stranger in (world.browser() for _ in range(5)):
        same([guess(stranger).status for _ in range(20)], [401] * 20)
    same(guess(own, app.secret).status, 429)
    let_in(guess(own, long))
    world.must('PATCH', '/tenant', {'settings': {'sourcePasswords': 100000}})


@test('req35', 'an id is the same in capitals: the code of who writes it so is not taken for a stolen one')
def capitals():
    address, _ = world.customer()
    shop = world.app()
    loud = App('woodgrove', shop.client_id.upper(), shop.redirect_uri)
    where = world.browser()
    page = where.fill(loud.begin(where), 'password', email=address, password=PASSWORD)
    same(loud.redeem(where, loud.code(page)).status, 200)
    thief = world.app(2)
    page = loud.begin(where)
    same(loud.redeem(where, loud.code(page), client_id=thief.client_id).json()['error'], 'invalid_grant')


ROLE, OTHER_ROLE = 'd2e8f1a3-4b6c-4e27-9c38-6f7081a2bb01', 'd2e8f1a3-4b6c-4e27-9c38-6f7081a2bb02'
ledger, ledger_document = register('Ledger', identifierUris=['https://ledger.example'], appRoles=[
    {'id': ROLE, 'value': 'Post', 'allowedMemberTypes': ['Application']},
    {'id': OTHER_ROLE, 'value': 'Audit', 'allowedMemberTypes': ['Application']}],
    passwordCredentials=[{'displayName': 'one'}])
robot, robot_document = register('Robot', passwordCredentials=[{'displayName': 'one'}])
world.publish(ledger.client_id, 'read', 'write')
world.grant(robot.client_id, ledger.client_id, 'read')
needs = world.must('GET', '/applications/' + robot_document['id'])['requiredResourceAccess']
needs[0]['resourceAccess'].append({'id': ROLE, 'type': 'Role'})
world.must('PATCH', '/applications/' + robot_document['id'], {'requiredResourceAccess': needs})


def alone(of=robot, **fields):
    answer = of.ask(browser, 'token', **{'grant_type': 'client_credentials',
                                         'scope': f'{ledger.client_id}/.default', **fields})
    if answer.status == 200:
        world.canaries.add(answer.json()['access_token'])
    return answer


def known(token, of=ledger):
    return of.ask(browser, 'introspect', token=token).json()


@test('req51 req68 req40', 'an application acts for itself, and its token names no customer')
def client_credentials():
    for scope in (f'{ledger.client_id}/.default', f'api://{ledger.client_id}/.default', 'https://ledger.example/.default'):
        answer = alone(scope=scope)
        same(answer.status, 200, answer)
        told = answer.json()
        same((sorted(told), told['token_type'], told['expires_in'], told['scope']),
             (['access_token', 'expires_in', 'scope', 'token_type'], 'Bearer', 600, scope))
        token = told['access_token']
        keys = jwt.PyJWKSet.from_dict(browser.send('GET', '/woodgrove/discovery/v2.0/keys').json())
        head = jwt.get_unverified_header(token)
        same((head['typ'], head['alg']), ('at+jwt', 'ES256'))
        key = next(key.key for key in keys.keys if key.key_id == head['kid'])
        said_all = jwt.decode(token, key, ['ES256'], audience=ledger.client_id, issuer=ISSUER, leeway=10 ** 9)
        same((said_all['sub'], said_all['client_id'], said_all['roles'], said_all['idtyp']),
             (robot.client_id, robot.client_id, ['Post'], 'app'))
        assert not {'scope', 'oid', 'sid', 'auth_time', 'amr', 'acr', 'scp', 'name', 'email'} & set(said_all), said_all
        same(known(token)['active'], True)
        same({name: value for name, value in known(token).items() if name in said_all}, said_all)
        same(robot.userinfo(browser, token).status, 401)
    same(alone(scope=None, resource='https://ledger.example').json()['scope'], f'{ledger.client_id}/.default')
    same(alone(scope=f'{robot.client_id}/.default').status, 200)
    own = alone(scope=f'{robot.client_id}/.default').json()['access_token']
    same((robot.userinfo(browser, own).status, known(own, robot)['active'], known(own)['active']), (401, True, False))
    assert 'client_credentials' in world.metadata()['grant_types_supported']
    by_key = ask(assertion(), grant_type='client_credentials', scope=f'{signer.client_id}/.default', code=None)
    same(by_key.status, 200, by_key)
    world.canaries.add(by_key.json()['access_token'])


@test('req51 req39', 'who may act for customers alone has no role for itself, and where one is asked for gets nothing')
def client_credentials_delegated():
    helper, document = register('Helper', passwordCredentials=[{'displayName': 'one'}])
    world.grant(helper.client_id, ledger.client_id, 'read', 'write')
    token = alone(helper).json()['access_token']
    assert not {'roles', 'scope', 'scp'} & set(known(token)), known(token)
    world.must('PATCH', '/applications/' + ledger_document['id'], {'appRoleAssignmentRequired': True})
    try:
        answer = alone(helper)
        same((answer.status, answer.json()['error']), (400, 'invalid_grant'))
        same(alone().status, 200)
        needs = world.document(helper.client_id)['requiredResourceAccess']
        needs[0]['resourceAccess'] = [{'id': ROLE, 'type': 'Scope'}]         # the id of a role, as what it is not
        world.must('PATCH', '/applications/' + document['id'], {'requiredResourceAccess': needs})
        same(alone(helper).json()['error'], 'invalid_grant')
        needs[0]['resourceAccess'] = [{'id': ROLE, 'type': 'Role'}]
        world.must('PATCH', '/applications/' + document['id'], {'requiredResourceAccess': needs})
        same(known(alone(helper).json()['access_token'])['roles'], ['Post'])
    finally:
        world.must('PATCH', '/applications/' + ledger_document['id'], {'appRoleAssignmentRequired': False})


@test('req51 req39 req43', 'for itself an application gets what it was granted, and only while it may')
def client_credentials_refused():
    for fields, error in (({'scope': None}, 'invalid_scope'), ({'scope': 'openid'}, 'invalid_scope'),
                          ({'scope': f'{ledger.client_id}/.default offline_access'}, 'invalid_scope'),
                          ({'scope': f'{ledger.client_id}/write'}, 'invalid_scope'),
                          ({'scope': f'{ledger.client_id}/read'}, 'invalid_scope'),        # granted, to act for customers
                          ({'scope': 'read', 'resource': 'https://ledger.example'}, 'invalid_scope'),
                          ({'scope': f'{CLIENTS}2/.default'}, 'invalid_scope'),
                          ({'scope': f'{ledger.client_id}/read {robot.client_id}/.default'}, 'invalid_scope'),
                          ({'scope': 'read'}, 'invalid_scope'), ({'scope': 'x ' * 2000}, 'invalid_scope'),
                          ({'scope': f'{ledger.client_id}/.default', 'resource': f'api://{CLIENTS}2'}, 'invalid_target'),
                          ({'scope': f'{ledger.client_id}/.default', 'resource': robot.client_id}, 'invalid_scope')):
        answer = alone(**fields)
        same((answer.status, answer.json()['error']), (400, error), fields, answer)
    answer = alone(world.app(), scope=f'{CLIENTS}1/.default')
    same((answer.status, answer.json()['error']), (400, 'unauthorized_client'))
    shut_out(alone(client_secret='wrong secret of 16'))
    path, api = '/applications/' + robot_document['id'], '/applications/' + ledger_document['id']
    token = alone().json()['access_token']
    world.must('PATCH', path, {'allowClientCredentials': False})
    same(alone().json()['error'], 'unauthorized_client')
    world.must('PATCH', path, {'allowClientCredentials': True})
    same(known(token)['active'], True)
    world.must('PATCH', path, {'accountEnabled': False})
    shut_out(alone())
    same(known(token)['active'], False)
    world.must('PATCH', path, {'accountEnabled': True})
    world.must('PATCH', api, {'accountEnabled': False})
    same(alone().json()['error'], 'invalid_scope')
    same(known(token, robot)['active'], False)
    world.must('PATCH', api, {'accountEnabled': True})
    other = alone().json()['access_token']
    same(ledger.ask(browser, 'revoke', token=token).status, 400)        # another's
    same(robot.ask(browser, 'revoke', token=token).status, 200)
    same((known(token)['active'], known(other)['active']), (False, True))
    world.advance(601 * 1000)
    same(known(other)['active'], False)
    world.must('PATCH', path, {'requiredResourceAccess': []})
    same(alone().json()['error'], 'invalid_scope')


main(tests, [('clients', world)])
