"""Introspection and revocation: who may ask, what is told, and that what was revoked is dead everywhere."""
import base64
import urllib.parse

from browser import App, Browser, claims
from world import CLIENTS, World, main, named, same, together

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
address, user = world.customer()
SCOPE = 'openid profile offline_access'


def made(letter, name, secret):
    world.canaries.add(secret)
    world.must('POST', '/applications', {
        'appId': CLIENTS + letter, 'displayName': name,
        'web': {'redirectUris': [f'http://127.0.0.1:8095/{letter}']},
        'passwordCredentials': [{'displayName': 'one', 'secretText': secret}]})
    return App('woodgrove', CLIENTS + letter, f'http://127.0.0.1:8095/{letter}', secret)


portal = made('a', 'Portal', 'canary-secret-of-the-portal-0123456789')
api = made('e', 'API', 'canary-secret-of-the-interface-0123456789')
other = made('f', 'Other', 'canary-secret-of-the-other-one-0123456789')
public = world.app()
DEAD = {'active': False}
browser = world.sign_in(address)[0]


def tokens(app=portal, scope=SCOPE):
    answer = app.redeem(browser, app.code(app.begin(browser, scope=scope)))
    same(answer.status, 200, answer)
    world.canaries.update({answer.json()['access_token'], answer.json().get('refresh_token', 'none at all')})
    return answer.json()


def introspect(token, app=portal, where=None, **more):
    answer = app.ask(where or browser, 'introspect', token=token, **more)
    same((answer.status, answer.header('Content-Type').split(';')[0]), (200, 'application/json'), answer)
    same(answer.header('Cache-Control'), 'no-store')
    return answer.json()


def known(app, token):
    return app.userinfo(browser, token).status == 200


@test('req3', 'the discovery document names both, and how clients authenticate')
def discovery():
    told = world.metadata()
    for name, path in (('introspection', 'introspect'), ('revocation', 'revoke')):
        assert told[name + '_endpoint'].endswith('/oauth2/v2.0/' + path), told
        assert 'client_secret_basic' in told[name + '_endpoint_auth_methods_supported'], told
        same(browser.send('GET', portal.path(path)).status, 405)


@test('req76', 'introspection needs a client that proves who it is')
def authentication():
    token = tokens()['access_token']
    for fields, headers, status, error in (
            ({'token': token}, {}, 401, 'invalid_client'),
            ({'token': token, 'client_id': portal.client_id}, {}, 401, 'invalid_client'),
            ({'token': token, 'client_id': portal.client_id, 'client_secret': 'wrong'}, {}, 401, 'invalid_client'),
            ({'token': token, 'client_id': public.client_id}, {}, 401, 'invalid_client'),
            ({'token': token, 'client_id': 'nobody', 'client_secret': 'x'}, {}, 401, 'invalid_client'),
            ({'client_id': portal.client_id, 'client_secret': portal.secret}, {}, 400, 'invalid_request'),
            ({'token': ['a', 'b'], 'client_id': portal.client_id, 'client_secret': portal.secret}, {}, 400,
             'invalid_request'),
            ({'token': token}, {'Authorization': 'Bearer ' + token}, 400, 'invalid_request'),
            ({'token': token}, {'Authorization': basic(portal.client_id, 'wrong')}, 401, 'invalid_client')):
        answer = browser.twin().send('POST', portal.path('introspect'), urllib.parse.urlencode(fields, doseq=True),
                                     {'Cookie': None, **headers})
        same((answer.status, answer.json()['error']), (status, error), fields)
        if status == 401 and headers:
            assert answer.header('WWW-Authenticate').startswith('Basic'), answer.headers
    answer = browser.twin().post(portal.path('introspect'), {'token': token}, Cookie=None,
                                 Authorization=basic(portal.client_id, portal.secret))
    same((answer.status, answer.json()['active']), (200, True))
    same(browser.send('POST', portal.path('introspect'), '{}', {'Content-Type': 'application/json'}).status, 400)


def basic(name, secret):
    return 'Basic ' + base64.b64encode(f'{name}:{secret}'.encode()).decode()


@test('req77', 'an active token tells what it says: acr and auth_time too')
def active():
    answer = tokens()
    said, told = claims(answer['access_token']), introspect(answer['access_token'])
    same(told.pop('active'), True)
    same(told.pop('token_type'), 'Bearer')
    same(told, said)
    for name in ('acr', 'auth_time', 'amr', 'scope', 'client_id', 'sub', 'aud', 'iss', 'exp', 'iat', 'jti'):
        assert told[name], name
    told = introspect(answer['refresh_token'], token_type_hint='access_token')
    same((told['active'], told['sub'], told['client_id'], told['scope'], told['acr'], told['auth_time']),
         (True, said['sub'], said['client_id'], SCOPE, said['acr'], said['auth_time']))
    assert told['exp'] > said['exp'] and 'token_type' not in told, told


@test('req76 req70', 'an API may ask about tokens that are for it, nobody about those of others')
def audience():
    world.publish(api.client_id, 'read')
    world.grant(portal.client_id, api.client_id, 'read')
    token = tokens(scope=f'api://{api.client_id}/read')['access_token']
    same(claims(token)['aud'], api.client_id)
    same(introspect(token, api)['active'], True)
    token = tokens(scope=f'openid api://{api.client_id}/read')['access_token']
    same(claims(token)['aud'][0], api.client_id)
    same(introspect(token, api)['active'], True)
    same(introspect(token, portal)['active'], True)
    same(introspect(token, other), DEAD)
    same(introspect(tokens()['access_token'], api), DEAD)
    same(introspect(tokens()['refresh_token'], other), DEAD)


@test('req76', 'unknown, expired, revoked and foreign tokens are all one answer')
def inactive():
    answer = tokens()
    token = answer['access_token']
    head, body, seal = token.split('.')
    for one in ('x', 'a.b.c', head + '.' + body + '.', token[:-8] + 'AAAAAAAA', answer['id_token'], token + '.',
                'A' * 22 + '.' + 'A' * 43, answer['refresh_token'][:-1], answer['refresh_token'].upper(),
                portal.code(portal.begin(browser)), 'ü', 'a' * 5000):
        same(introspect(one), DEAD, one[:40])
    where = Browser(world.other, browser.source)
    same(introspect(token, where=where), DEAD)
    same(introspect(answer['refresh_token'], where=where), DEAD)
    document = world.seed(sourceSendsAnHour=100000, sourcePasswords=100000)
    document['tenant'].update(id='5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e99', name='fabrikam')
    for section in ('users', 'groups', 'conditionalAccessPolicies'):
        document.pop(section)
    document['applications'] = [{
        'appId': portal.client_id, 'displayName': 'Foreign', 'web': {'redirectUris': [portal.redirect_uri]},
        'passwordCredentials': [{'secretText': portal.secret}]}]
    for flow in document['userFlows']:
        flow.pop('conditions', None)
    world.must('POST', '/apply', document, tenant=None)
    foreign = App('fabrikam', portal.client_id, portal.redirect_uri, portal.secret)
    same(introspect(token, foreign), DEAD)
    same(introspect(answer['refresh_token'], foreign), DEAD)
    same(foreign.ask(browser, 'revoke', token=answer['refresh_token']).status, 200)
    same(introspect(token)['active'], True)
    world.advance(601000)
    same(introspect(token), DEAD)
    same(introspect(answer['refresh_token'])['active'], True)


@test('req78 req79', 'a revoked refresh token takes its family, and all access tokens of it, at once')
def family():
    first = tokens()
    second = portal.refresh(browser, first['refresh_token']).json()
    third = portal.refresh(browser, second['refresh_token']).json()
    old = tokens()
    answer = portal.ask(browser, 'revoke', token=third['refresh_token'])
    same((answer.status, answer.raw, answer.header('Content-Type')), (200, b'', None), answer)
    for one in (first, second, third):
        same(introspect(one['access_token']), DEAD)
        same(introspect(one['refresh_token']), DEAD)
        same(known(portal, one['access_token']), False)
        same(portal.refresh(browser, one['refresh_token']).json()['error'], 'invalid_grant')
    same(known(portal, old['access_token']), True)      # another sign-in of the same customer
    portal.refresh(browser, old['refresh_token']), portal.ask(browser, 'revoke', token=old['refresh_token'])
    same(known(portal, old['access_token']), False)     # an older token of the family does as well


@test('req78', 'an access token is revoked alone; twice is fine; a code that made it stays spent')
def alone():
    for scope in ('openid', SCOPE):
        code = portal.code(portal.begin(browser, scope=scope))
        answer = portal.redeem(browser, code).json()
        spare = tokens()
        for _ in range(2):
            same(portal.ask(browser, 'revoke', token=answer['access_token'], token_type_hint='refresh_token').status,
                 200)
        same(introspect(answer['access_token']), DEAD)
        same(known(portal, answer['access_token']), False)
        same(known(portal, spare['access_token']), True)
        if 'refresh_token' in answer:
            again = portal.refresh(browser, answer['refresh_token']).json()
            same(known(portal, again['access_token']), True)
            same(portal.ask(browser, 'revoke', token=again['access_token']).status, 200)
            same(known(portal, again['access_token']), False)
            same(portal.refresh(browser, again['refresh_token']).status, 200)
        same(portal.redeem(browser, code).json()['error'], 'invalid_grant')


@test('req78 req76', 'a refresh token whose first access token alone was revoked is active, and good')
def alone_first():
    answer = tokens()
    same(portal.ask(browser, 'revoke', token=answer['access_token']).status, 200)
    same(introspect(answer['access_token']), DEAD)
    same(introspect(answer['refresh_token'])['active'], True)
    again = portal.refresh(browser, answer['refresh_token']).json()
    same(introspect(again['refresh_token'])['active'], True)
    same(known(portal, again['access_token']), True)
    same(known(portal, answer['access_token']), False)


@test('req78', 'unknown tokens are 200, those of another client are not revoked')
def others():
    answer = tokens()
    for one in ('x', 'a.b.c', answer['id_token'], answer['access_token'][:-9] + 'AAAAAAAAA', 'A' * 22 + '.' + 'A' * 43):
        same(portal.ask(browser, 'revoke', token=one).status, 200)
    for app in (other, public, api):
        for name in ('access_token', 'refresh_token'):
            reply = app.ask(browser, 'revoke', token=answer[name])
            same((reply.status, reply.json()['error']), (400, 'invalid_grant'), name)
    for secret in ('wrong', None):
        same(portal.ask(browser, 'revoke', token=answer['refresh_token'], client_secret=secret).status, 401)
    same(portal.ask(browser, 'revoke', token=None).json()['error'], 'invalid_request')
    same(known(portal, answer['access_token']), True)
    same(portal.refresh(browser, answer['refresh_token']).status, 200)
    mine = tokens(public)
    same(public.ask(browser, 'revoke', token=mine['refresh_token']).status, 200)
    same(known(public, mine['access_token']), False)


@test('req76', 'who is gone has no active token: disabled, revoked, signed out')
def gone():
    for what in ('disable', 'revoke', 'leave'):
        name, person = world.customer()
        page_of = world.sign_in(name, app=portal, scope=SCOPE)
        answer = portal.redeem(page_of[0], portal.code(page_of[2])).json()
        plain = portal.redeem(page_of[0], portal.code(portal.begin(page_of[0], scope='openid'))).json()
        if what == 'disable':
            world.must('PATCH', '/users/' + person, {'accountEnabled': False})
        elif what == 'revoke':
            world.must('POST', f'/users/{person}/revokeSignInSessions', {})
        else:
            page_of[0].post(portal.path('logout'), {'do': 'out'})
        same(introspect(answer['access_token'])['active'], what == 'leave', what)
        same(introspect(answer['refresh_token'])['active'], what == 'leave', what)
        same(introspect(plain['access_token']), DEAD, what)


@test('req79', 'revoked while it is refreshed: whatever comes out is dead a moment later')
def race():
    for _ in range(5):
        answer = tokens()
        replies = together(16, lambda n: portal.ask(browser, 'revoke', token=answer['refresh_token']) if n % 4 == 0
                           else portal.refresh(browser, answer['refresh_token']))
        assert {reply.status for reply in replies} <= {200, 400, 503}, replies
        for reply in replies:
            if reply.raw and reply.status == 200:
                same(introspect(reply.json()['access_token']), DEAD)
                same(portal.refresh(browser, reply.json()['refresh_token']).status, 400)


@test('req13', 'a page of a browser may revoke, and may not introspect')
def cors():
    for what, wanted in (('revoke', '*'), ('introspect', None)):
        answer = portal.ask(browser, what, token='x')
        same(answer.header('Access-Control-Allow-Origin'), wanted, what)
    same(browser.send('OPTIONS', portal.path('revoke')).header('Access-Control-Allow-Origin'), '*')


main(tests, [('revoking', world)])
