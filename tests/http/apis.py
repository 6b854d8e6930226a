"""APIs as data: scopes, resources, roles, groups, and what the tokens for each of them say."""
import base64
import json
import urllib.parse
import uuid

from browser import App, claims, clear, query_of
from world import CLIENTS, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
SECRET = 'canary-secret-of-the-interface-0123456789'
world.canaries.add(SECRET)
SHOP, BANK = CLIENTS + 'a', CLIENTS + 'b'
READER, WRITER = str(uuid.uuid4()), str(uuid.uuid4())
NOBODY = '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e599'


def made(app_id, name, **more):
    return world.must('POST', '/applications', {
        'appId': app_id, 'displayName': name, 'web': {'redirectUris': ['http://127.0.0.1:8097/' + name.lower()]},
        'passwordCredentials': [{'displayName': 'one', 'secretText': SECRET}], **more})


made(SHOP, 'Shop', identifierUris=['https://shop.example/api'], appRoles=[
    {'id': READER, 'value': 'Reader', 'allowedMemberTypes': ['User']},
    {'id': WRITER, 'value': 'Writer', 'allowedMemberTypes': ['User', 'Application']}])
made(BANK, 'Bank')
world.publish(SHOP, 'read', 'write', 'root')
world.publish(BANK, 'read', 'pay')
world.publish(CLIENTS + '1', 'mine')
world.grant(CLIENTS + '1', SHOP, 'read', 'write')
world.grant(CLIENTS + '1', BANK, 'read')
app, shop = world.app(), App('woodgrove', SHOP, 'http://127.0.0.1:8097/shop', SECRET)
address, user = world.customer(givenName='Ann', surname='Wood', displayName='Ann Wood', city='Wien', country='AT')
browser = world.sign_in(address)[0]
USERINFO = app.path('userinfo')


def authorize(of=app, where=browser, **more):
    return where.send('GET', of.path('authorize') + '?' + urllib.parse.urlencode(of.request(**more), doseq=True))


def tokens(scope=None, of=app, redeem=(), **more):
    if scope is not None:
        more['scope'] = scope
    answer = of.redeem(browser, query_of(authorize(of, **more).location)['code'], **dict(redeem))
    same(answer.status, 200, answer)
    world.canaries.update({answer.json()['access_token'], answer.json().get('refresh_token', 'none at all')})
    return answer.json()


def known(token):
    return app.userinfo(browser, token)


def patch(app_id, **more):
    world.must('PATCH', '/applications/' + app_id, more)


@test('req70 req69', 'a token is for one API, named by any of its names, and holds its scopes alone')
def audiences():
    for scope, audience, scp, answer in (
            (f'api://{SHOP}/read', SHOP, 'read', f'api://{SHOP}/read'),
            ('https://shop.example/api/read', SHOP, 'read', 'https://shop.example/api/read'),
            (f'{SHOP}/write {SHOP}/read', SHOP, 'write read', f'{SHOP}/write {SHOP}/read'),
            (f'{SHOP}/.default', SHOP, 'read write', f'{SHOP}/read {SHOP}/write'),
            (f'{BANK}/read {SHOP}/read', BANK, 'read', f'{BANK}/read'),
            ('mine', app.client_id, 'mine', 'mine')):
        told = tokens(scope)
        token = claims(told['access_token'])
        same((token['aud'], token['scp'], told['scope'], token['client_id'], token['azp']),
             (audience, scp, answer, app.client_id, app.client_id), scope)
        same(token['scope'], scp, scope)
        assert 'id_token' not in told, told
        same(known(told['access_token']).status, 403 if audience == app.client_id else 401, scope)
    told = tokens('offline_access read', resource=[BANK, f'api://{SHOP}'])     # of each (RFC 8707 2.1)
    same((claims(told['access_token'])['aud'], claims(told['access_token'])['scp']), (BANK, 'read'))
    told = app.refresh(browser, told['refresh_token'], resource=SHOP).json()
    same((claims(told['access_token'])['aud'], claims(told['access_token'])['scp']), (SHOP, 'read'))
    told = tokens('read', resource='https://shop.example/api')
    same((claims(told['access_token'])['aud'], claims(told['access_token'])['scp'], told['scope']), (SHOP, 'read', 'read'))


@test('req70', 'what is unknown, switched off or not granted is refused')
def refused():
    for more, error in (
            ({'scope': f'openid {SHOP}/root'}, 'invalid_scope'), ({'scope': f'openid {SHOP}/none'}, 'invalid_scope'),
            ({'scope': f'{BANK}/pay'}, 'invalid_scope'), ({'scope': f'{CLIENTS}2/.default'}, 'invalid_scope'),
            ({'scope': f'{NOBODY}/.default'}, 'invalid_scope'), ({'scope': 'https://elsewhere.example/x'}, 'invalid_scope'),
            ({'scope': f'api://{SHOP}'}, 'invalid_scope'), ({'resource': NOBODY}, 'invalid_target'),
            ({'resource': CLIENTS + '2'}, 'invalid_target'), ({'resource': SHOP, 'scope': 'root'}, 'invalid_scope'),
            ({'resource': [SHOP, NOBODY]}, 'invalid_target'),
            ({'resource': SHOP, 'scope': 'openid unheard'}, 'invalid_scope')):
        same(query_of(authorize(**more).location).get('error'), error, more)
    same(tokens('openid unheard of')['scope'], 'openid')        # OpenID Connect Core 3.1.2.1; req40
    recipes = world.app(2)
    same(query_of(authorize(recipes, scope=f'{SHOP}/read').location)['error'], 'invalid_scope')


@test('req70 req80', 'openid beside an API: userinfo takes the token by name, and the API still has one of its own')
def userinfo_beside():
    told = tokens(f'openid profile offline_access {SHOP}/read')
    token = claims(told['access_token'])
    same(token['aud'], [SHOP, world.metadata()['userinfo_endpoint']])
    same((token['scp'], token['scope']), ('read', 'read openid profile'))
    same(told['scope'], f'openid profile offline_access {SHOP}/read')
    answer = known(told['access_token'])
    same((answer.status, answer.json()['sub'], answer.json()['name']),
         (200, claims(told['id_token'])['sub'], 'Ann Wood'))
    assert 'name' not in token, token
    answer = shop.ask(browser, 'introspect', token=told['access_token']).json()
    same((answer['active'], answer['aud'], answer['scp']), (True, token['aud'], 'read'))
    bank = App('woodgrove', BANK, 'http://127.0.0.1:8097/bank', SECRET)
    same(bank.ask(browser, 'introspect', token=told['access_token']).json(), {'active': False})
    alone = app.refresh(browser, told['refresh_token'], scope=f'{SHOP}/read').json()
    same(claims(alone['access_token'])['aud'], SHOP)
    same(known(alone['access_token']).status, 401)


@test('req43 req40', 'a refresh names another of the resources that were granted, and never one more (RFC 8707 2.2)')
def refreshed():
    first = f'openid offline_access {SHOP}/read {BANK}/read unheard'
    told = tokens(first)
    same(claims(told['access_token'])['aud'][0], SHOP)
    for more, audience, scp in (
            ({}, SHOP, 'read'), ({'scope': first}, SHOP, 'read'), ({'resource': BANK}, BANK, 'read'),
            ({'scope': f'openid {BANK}/read'}, BANK, 'read'), ({'scope': f'{BANK}/.default'}, BANK, 'read'),
            ({'resource': f'api://{SHOP}', 'scope': first}, SHOP, 'read')):
        answer = app.refresh(browser, told['refresh_token'], **more)
        same(answer.status, 200, more, answer)
        told = answer.json()
        world.canaries.update({told['access_token'], told['refresh_token']})
        token = claims(told['access_token'])
        aud = token['aud'] if isinstance(token['aud'], str) else token['aud'][0]
        same((aud, token['scp']), (audience, scp), more)
    for more, error in (({'scope': f'{SHOP}/write'}, 'invalid_scope'), ({'scope': f'{BANK}/pay'}, 'invalid_scope'),
                        ({'scope': 'openid ' + 'x' * 2000}, 'invalid_scope'),
                        ({'resource': CLIENTS + '2'}, 'invalid_target'), ({'resource': NOBODY}, 'invalid_target')):
        answer = app.refresh(browser, told['refresh_token'], **more)
        same((answer.status, answer.json()['error']), (400, error), more)
    told = app.refresh(browser, told['refresh_token'], scope='openid').json()
    same((claims(told['access_token'])['aud'], known(told['access_token']).status), (app.client_id, 200))
    told = app.refresh(browser, told['refresh_token'], scope=f'{SHOP}/.default').json()
    same(claims(told['access_token'])['scp'], 'read')     # of what is there now, what was granted then
    code = query_of(authorize(scope=first).location)['code']
    same(claims(app.redeem(browser, code, resource=BANK).json()['access_token'])['aud'][0], BANK)


@test('req43', 'what an operator takes back is not in the next token')
def withdrawn():
    told = tokens(f'offline_access {SHOP}/read {SHOP}/write')
    world.grant(app.client_id, SHOP, 'read')
    told = app.refresh(browser, told['refresh_token'], scope=f'{SHOP}/read {SHOP}/write offline_access').json()
    same((claims(told['access_token'])['scp'], told['scope']), ('read', f'{SHOP}/read offline_access'))
    world.grant(app.client_id, SHOP)
    answer = app.refresh(browser, told['refresh_token'])
    same((answer.status, answer.json()['error']), (400, 'invalid_grant'))
    world.grant(app.client_id, SHOP, 'read', 'write')
    same(app.refresh(browser, told['refresh_token']).status, 200)


@test('req70', 'two applications never have one name')
def names():
    for uri in ('https://shop.example/api', f'api://{SHOP}', SHOP):
        status, answer, _ = world.ask('PATCH', '/applications/' + BANK, {'identifierUris': [uri]})
        assert status in (400, 409), (uri, answer)
    patch(SHOP, identifierUris=['https://shop.example/api', f'api://{SHOP}'])
    answer = world.must('PATCH', '/applications/' + BANK, {'requiredResourceAccess': [
        {'resourceAppId': NOBODY, 'resourceAccess': [{'id': READER, 'type': 'Role'}]},
        {'resourceAppId': SHOP, 'resourceAccess': [{'id': NOBODY, 'type': 'Scope'}]}]})
    same(len(answer['@sallyport.warnings']), 2, answer)
    patch(BANK, requiredResourceAccess=[])


def group(name, **more):
    return world.must('POST', '/groups', {'displayName': name, **more})['id']


def join(group_id, who=user):
    world.must('POST', f'/groups/{group_id}/members/$ref', {'@odata.id': '/users/' + who})


@test('sem4.3 req68', 'roles and groups are what they are when the token is made, nested ones too')
def roles():
    told = tokens(f'openid offline_access {SHOP}/read')
    assert not {'roles', 'groups'} & set(claims(told['access_token'])), told
    outer = group('Outer')
    inner = group('Inner', parentGroups=[outer])
    patch(SHOP, groupMembershipClaims='All', appRoleAssignedTo=[
        {'principalId': user, 'appRoleId': READER}, {'principalId': outer, 'principalType': 'Group', 'appRoleId': WRITER}])

    def now():
        nonlocal told
        told = app.refresh(browser, told['refresh_token']).json()
        token = claims(told['access_token'])
        answer = shop.ask(browser, 'introspect', token=told['access_token']).json()
        same((answer.get('roles'), answer.get('groups')), (token.get('roles'), token.get('groups')))
        assert not {'roles', 'groups'} & set(claims(told['id_token'])), told      # those are the client's own
        return token.get('roles'), token.get('groups')
    same(now(), (['Reader'], None))
    join(inner)
    same(now(), (['Reader', 'Writer'], sorted([inner, outer])))
    world.must('DELETE', f'/groups/{inner}/members/{user}/$ref')
    same(now(), (['Reader'], None))
    patch(SHOP, appRoleAssignedTo=[], groupMembershipClaims='None')
    same(now(), (None, None))
    patch(app.client_id, groupMembershipClaims='SecurityGroup')
    join(inner)
    same(claims(tokens('openid')['id_token'])['groups'], sorted([inner, outer]))
    patch(app.client_id, groupMembershipClaims='None')


@test('sem4.3', 'more groups than fit in a token are told of, never cut')
def overage():
    who, whose = world.customer()
    where = world.sign_in(who)[0]
    patch(app.client_id, groupMembershipClaims='All')
    ids = [str(uuid.uuid4()) for _ in range(200)]
    leaves = [{'id': ids[number], 'displayName': f'Many {number}'} for number in range(198)]
    leaves += [{'id': ids[number], 'displayName': f'Many {number}', 'parentGroups': ids[(number - 198) * 99:][:99]}
               for number in (198, 199)]
    world.must('POST', '/apply', {'tenant': {'name': 'woodgrove'}, 'groups': leaves}, tenant=None)
    join(ids[198], whose), join(ids[199], whose)
    code = query_of(authorize(where=where).location)['code']
    token = claims(app.redeem(where, code).json()['id_token'])
    same((token['groups'], 'hasgroups' in token), (sorted(ids), False))
    join(group('One more'), whose)
    code = query_of(authorize(where=where).location)['code']
    token = claims(app.redeem(where, code).json()['id_token'])
    same((token.get('groups'), token['hasgroups']), (None, True))
    patch(app.client_id, groupMembershipClaims='None')


@test('sem4.2 sem4.4', 'policy is asked about the API that a token is for, at each refresh, and about no other')
def policies():
    told = tokens(f'offline_access {SHOP}/read {BANK}/read')
    policy = world.must('POST', '/identity/conditionalAccess/policies', {
        'displayName': 'Shop with a second door', 'state': 'enabled',
        'grantControls': {'operator': 'OR', 'builtInControls': ['mfa']},
        'conditions': {'users': {'includeUsers': ['All']}, 'clientAppTypes': ['all'],
                       'applications': {'includeApplications': [SHOP]}}})['id']
    answer = app.refresh(browser, told['refresh_token'], resource=SHOP)
    same((answer.status, answer.json()['error'], answer.json()['suberror']), (400, 'invalid_grant', 'basic_action'))
    answer = app.refresh(browser, told['refresh_token'], resource=BANK)
    same((answer.status, claims(answer.json()['access_token'])['aud']), (200, BANK))
    same(authorize(scope=f'{BANK}/read {SHOP}/read').heading, 'One more step')      # of a sign-in: of all that it asks for
    same(authorize(scope=f'{BANK}/read').status, 303)
    world.must('DELETE', '/identity/conditionalAccess/policies/' + policy)
    same(app.refresh(browser, answer.json()['refresh_token'], resource=SHOP).status, 200)


@test('req49 sem4.3', 'an application for a set of users refuses others honestly, at sign-in and at refresh')
def restricted():
    (who, whose) = world.customer()
    where = world.sign_in(who)[0]
    answer = app.redeem(where, query_of(authorize(where=where, scope=f'offline_access {SHOP}/read').location)['code']).json()
    world.canaries.add(answer['refresh_token'])
    for restrict in (app.client_id, SHOP):
        patch(restrict, appRoleAssignmentRequired=True)
        more = {'scope': f'openid {SHOP}/read'}
        page = authorize(where=where, **more)
        same((page.status, page.heading, clear(page)), (403, 'Not for this account', None), page)
        told = query_of(authorize(where=where, prompt='none', **more).location)
        same((told['error'], told['state']), ('access_denied', app.state))
        page = world.sign_in(who, **more)[2]
        same((page.status, page.heading), (403, 'Not for this account'))
        same(world.sign_in(who, password='wrong password 1')[2].status, 400)    # nobody learns of it without
        refusal = app.refresh(where, answer['refresh_token'])
        same((refusal.status, refusal.json()['error']), (400, 'invalid_grant'))
        chosen = group('Chosen of ' + restrict)
        patch(restrict, appRoleAssignedTo=[{'principalId': chosen, 'principalType': 'Group'}])
        join(chosen, whose)
        same(authorize(where=where, **more).status, 303)
        answer = app.refresh(where, answer['refresh_token']).json()
        world.canaries.add(answer['refresh_token'])
        patch(restrict, appRoleAssignmentRequired=False, appRoleAssignedTo=[])


@test('req49', 'nobody signs up to an application that is for others: no account is made')
def sign_up():
    patch(app.client_id, appRoleAssignmentRequired=True)
    where, who = world.browser(), 'newcomer.of.it@example.net'
    page = where.fill(app.begin(where), 'to-sign-up')
    page = where.fill(page, 'address', email=who)
    page = where.fill(page, 'code', code=world.code(who))
    for do, fields in (('new-password', {'password': 'a fine long password'}), ('attributes', {})):
        if page.status != 403:
            page = where.fill(page, do, **fields)
    same((page.status, page.heading), (403, 'Not for this account'), page)
    same(world.ask('GET', '/users/' + who)[0], 404)
    patch(app.client_id, appRoleAssignmentRequired=False)


@test('req67 req75', 'optional claims come where they are asked for, within the scope')
def optional():
    told = tokens('openid profile email address')
    same(set(claims(told['id_token'])) - set(claims(told['access_token'])),
         {'nonce', 'name', 'preferred_username', 'email', 'email_verified'})
    patch(app.client_id, optionalClaims={'idToken': [{'name': 'given_name'}, {'name': 'auth_time', 'essential': True}],
                                         'accessToken': [{'name': 'family_name'}, {'name': 'email'}]})
    told = tokens('openid profile')
    identity, token = claims(told['id_token']), claims(told['access_token'])
    same((identity['given_name'], identity.get('family_name'), identity.get('email')), ('Ann', None, None))
    same((token['family_name'], token.get('email'), token.get('given_name')), ('Wood', None, None))
    same(claims(tokens('openid email')['access_token'])['email'], address)
    patch(app.client_id, optionalClaims={'idToken': [{'name': 'locale'}]})
    document = world.document(app.client_id)['optionalClaims']
    same(document, {'idToken': [{'name': 'locale', 'source': None, 'essential': False, 'additionalProperties': []}],
                    'accessToken': [], 'saml2Token': []})
    status, answer, _ = world.ask('PATCH', '/applications/' + app.client_id,
                                  {'optionalClaims': {'idToken': [{'name': 'shoe_size'}]}})
    same((status, answer['error']['details'][0]['target']), (400, 'optionalClaims.idToken[0].name'))
    patch(app.client_id, optionalClaims=None)
    answer = known(tokens('openid profile address')['access_token']).json()
    same((answer['given_name'], answer['address']), ('Ann', {'locality': 'Wien', 'country': 'AT'}))


@test('req68', 'client_info names the account, for those who ask')
def client_info():
    told = tokens('openid offline_access', redeem={'client_info': '1'})
    info = json.loads(base64.urlsafe_b64decode(told['client_info'] + '=='))
    token = claims(told['id_token'])
    same(info, {'uid': token['oid'], 'utid': token['tid']})
    same('client_info' in app.refresh(browser, told['refresh_token'], client_info='1').json(), True)
    same('client_info' in tokens('openid'), False)


@test('req71', 'an application may know customers by ids that are nobody else\'s business')
def pairwise():
    ids, apps = [], []
    for name in ('One', 'Two'):
        app_id = CLIENTS + {'One': 'c', 'Two': 'd'}[name]
        made(app_id, name, subjectType='pairwise')
        apps.append(App('woodgrove', app_id, f'http://127.0.0.1:8097/{name.lower()}', SECRET))
    for one in apps:
        told = tokens('openid profile offline_access', of=one, redeem={'client_info': '1'})
        identity, token = claims(told['id_token']), claims(told['access_token'])
        info = json.loads(base64.urlsafe_b64decode(told['client_info'] + '=='))
        ids.append(identity['sub'])
        assert user not in json.dumps([identity, token, info]), (identity, token, info)
        same((token['sub'], info['uid'], one.userinfo(browser, told['access_token']).json()['sub']), (identity['sub'],) * 3)
        for name in ('access_token', 'refresh_token'):
            same(one.ask(browser, 'introspect', token=told[name]).json()['sub'], identity['sub'])
        again = one.refresh(browser, told['refresh_token']).json()
        same(claims(again['id_token'])['sub'], identity['sub'])
        same(claims(tokens('openid', of=one)['id_token'])['sub'], identity['sub'])
    same(len(set(ids + [user])), 3)
    other, whose = world.customer()
    where = world.sign_in(other)[0]
    code = query_of(authorize(apps[0], where).location)['code']
    hint = apps[0].redeem(where, code).json()['id_token']
    assert claims(hint)['sub'] not in ids + [whose]
    page = where.send('GET', apps[0].path('logout') + '?' + urllib.parse.urlencode({
        'id_token_hint': hint, 'post_logout_redirect_uri': apps[0].redirect_uri}))
    same((page.status, page.location), (303, apps[0].redirect_uri), page)     # it is his: he isn't asked
    same(authorize(apps[0], where).heading, 'Sign in')


main(tests, [('apis', world)])
