"""Access tokens of administrators open the admin API: one tenant each, as long as he may (SEMANTICS 5.1)."""
import base64
import json
import urllib.parse

from admins import API, ROLES, SYSTEM, TOOLS, Administrator, scope_of
from browser import App, Browser, base64url, claims
from world import FABRIKAM as OTHER, GHOST, PASSWORD, WOODGROVE, World, main, named, same, source

tests = []
test = named(tests)
world = World()
world.fabrikam()
GLOBAL = ('Global Administrator', '/')


def call(token, method, path, body=None, where=None, **headers):
    return world.call(token, method, path, body, where or source(), **headers)


def refused(page, status, code):
    same((page.status, page.json()['error']['code']), (status, code), page)


def out(token, error='invalid_token'):
    page = call(token, 'GET', '/users')
    refused(page, 401, 'InvalidAuthenticationToken')
    assert f'error="{error}"' in page.header('WWW-Authenticate'), page.headers
    return page


@test('SEMANTICS 5.1', 'an administrator signs in with both doors; his token names one tenant, and the audit names him')
def names_one():
    ann = Administrator(world, 'ann@example.com', GLOBAL)
    answer = ann.sign_in('openid offline_access ' + scope_of(WOODGROVE))
    token = answer['access_token']
    said = claims(token)
    same((said['aud'][0], said['scp'], said['amr'], said['sub']), (API, WOODGROVE, ['pwd', 'emailotp', 'mfa'], ann.id))
    same(said['exp'] - said['iat'], 600)
    group = call(token, 'POST', '/groups', {'displayName': 'By Ann'})
    same(group.status, 201, group)
    same(world.must('GET', '/auditLogs/directoryAudits')['value'][0]['initiatedBy']['user']['displayName'], f'administrator {ann.id}')
    for other in ('fabrikam', OTHER, 'system', SYSTEM, 'nobody', GHOST):
        refused(call(token, 'GET', '/users', Sallyport_Tenant=other), 403, 'Authorization_RequestDenied')
    for method, path in (('GET', '/tenants'), ('GET', ROLES + 'roleAssignments'), ('GET', '/apiTokens'), ('GET', '/plugins')):
        refused(call(token, method, path), 403, 'Authorization_RequestDenied')     # the server's: by a token for `system`
    refused(call(token, 'POST', '/apply', {'tenant': {'id': OTHER, 'displayName': 'Mine'}}), 403, 'Authorization_RequestDenied')
    same(ann.app.refresh(ann.browser, ann.refresh_token, scope=scope_of(OTHER)).json()['error'], 'invalid_scope')    # was not asked for
    for scope in ('api://admin/nobody', 'api://admin/' + GHOST + 'x', 'api://nobody/' + WOODGROVE):
        assert 'invalid_scope' in ann.begin(scope).location, scope


@test('SEMANTICS 5.1', 'switching asks for a new token; the tenant of administrators governs the server')
def switching():
    bob = Administrator(world, 'bob@example.com', GLOBAL)
    same(call(bob.token(OTHER), 'GET', '/tenant').json()['name'], 'fabrikam')
    same(call(bob.token(WOODGROVE), 'GET', '/tenant').json()['name'], 'woodgrove')
    server = bob.token(SYSTEM)
    same(len(call(server, 'GET', '/tenants').json()['value']), 3)
    same(call(server, 'GET', '/users').status, 200)
    refused(call(server, 'GET', '/users', Sallyport_Tenant='woodgrove'), 403, 'Authorization_RequestDenied')
    same(call(server, 'POST', '/signInLinks', {'first': True}).status, 403)
    ghost = bob.token(GHOST)
    refused(call(ghost, 'GET', '/users'), 403, 'Authorization_RequestDenied')
    me = call(ghost, 'GET', '/me').json()
    same((me['id'], me['tenantId'], me['roleAssignments'][0]['roleDisplayName'], me['roleAssignments'][0]['directoryScopeId']),
         (bob.id, GHOST, 'Global Administrator', '/'))
    # None, or several: nobody could say which is meant.
    for scope in ('openid', 'api://admin/.default', f'{scope_of(WOODGROVE)} {scope_of(OTHER)}'):
        token = bob.take(App.redeem(bob.app, bob.browser, bob.app.code(bob.begin(scope))).json())['access_token']
        out(token)


@test('SEMANTICS 5.1 req185', 'what he may is looked up at each call: a role that is taken away opens nothing from then on')
def at_each_call():
    cat = Administrator(world, 'cat@example.com', ('Conditional Access Administrator', f'/tenants/{WOODGROVE}'),
                        ('User Administrator', f'/tenants/{OTHER}'))
    here, there = cat.token(WOODGROVE), cat.token(OTHER)
    policies = '/identity/conditionalAccess/policies'

    def may():
        return [call(token, 'POST', path, {}).status != 403 for token in (here, there) for path in (policies, '/groups')]
    same(may(), [True, False, False, True])
    same(sorted(one['tenantName'] for one in call(here, 'GET', '/me').json()['roleAssignments']), ['fabrikam', 'woodgrove'])
    world.must('DELETE', f'{ROLES}roleAssignments/{cat.assignments[0]}', tenant=None)
    same(may(), [False, False, False, True])
    world.must('POST', ROLES + 'roleAssignments', {'principalId': cat.id, 'roleDefinitionId': 'User Administrator',
                                                   'directoryScopeId': f'/tenants/{WOODGROVE}'}, tenant=None)
    same(may(), [False, True, False, True])


@test('SEMANTICS 2.5 attackC26', 'signed out, revoked, disabled, reset or removed: the same token opens nothing')
def ended():
    def made(number):
        one = Administrator(world, f'ended{number}@example.com', GLOBAL)
        token = one.token(WOODGROVE)
        same(call(token, 'GET', '/users').status, 200)
        return one, token
    keeper = made(0)
    for number, end in enumerate((
            lambda one: world.must('POST', f'/users/{one.id}/revokeSignInSessions', {}, tenant='system'),
            lambda one: world.must('PATCH', f'/users/{one.id}', {'accountEnabled': False}, tenant='system'),
            lambda one: world.must('POST', f'/users/{one.id}/resetPassword', {}, tenant='system'),
            lambda one: world.must('DELETE', f'/users/{one.id}', tenant='system'),
            lambda one: same(one.app.ask(one.browser, 'revoke', token=one.refresh_token).status, 200)), 1):
        one, token = made(number)
        end(one)
        out(token)
    same(call(keeper[1], 'GET', '/users').status, 200)
    world.advance(600_000)
    out(keeper[1])
    same(call(keeper[0].token(WOODGROVE), 'GET', '/users').status, 200)
    world.advance(3_600_001)                      # an hour away from his desk (req234)
    same(keeper[0].app.refresh(keeper[0].browser, keeper[0].refresh_token).json()['error'], 'invalid_grant')


@test('req69 req232 attackE11', 'no token of another tenant, another audience, another key or another kind opens anything')
def confusion():
    dan = Administrator(world, 'dan@example.com', GLOBAL)
    token, renewal = dan.token(WOODGROVE), dan.refresh_token
    header, payload, signature = token.split('.')

    def part(text, **change):
        return base64url(json.dumps({**json.loads(base64.urlsafe_b64decode(text + '==')), **change}).encode())
    forged = [f'{part(header, alg="none")}.{payload}.', f'{part(header, alg="HS256")}.{payload}.{signature}',
              f'{header}.{part(payload, scp=OTHER)}.{signature}', f'{header}.{part(payload, aud=API)}.{signature}',
              f'{header}.{payload}.{signature[:-4]}AAAA', f'{header}.{payload}.', token + '.x', 'a.b.c', '..', f'{payload}.{header}.{signature}']
    # A customer's tenant whose operator calls his app, and its scope, as ours are called.
    world.must('POST', '/applications', {'displayName': 'Mine', 'appId': API, 'identifierUris': ['api://admin'], 'api': {
        'oauth2PermissionScopes': [{'id': WOODGROVE, 'value': WOODGROVE}]}})
    tools = world.must('POST', '/applications', {'displayName': 'Tools', 'appId': TOOLS, 'publicClient': {
        'redirectUris': ['http://127.0.0.1/signed-in']}, 'requiredResourceAccess': [
            {'resourceAppId': API, 'resourceAccess': [{'id': WOODGROVE, 'type': 'Scope'}]}]})
    same(tools['appId'], TOOLS)
    world.mfa()
    address, _ = world.customer()
    app = App('woodgrove', TOOLS, 'http://127.0.0.1:8099/signed-in')
    browser, _, page = world.sign_in(address, app=app, scope='openid ' + scope_of(WOODGROVE))
    page = browser.fill(page, 'code', code=world.code(address))
    customers = app.redeem(browser, app.code(page)).json()
    said = claims(customers['access_token'])
    same((said['aud'][0], said['scp'], said['client_id']), (API, WOODGROVE, TOOLS))        # all but the issuer
    forged += [customers['access_token'], customers['id_token']]
    ids = dan.take(dan.app.redeem(dan.browser, dan.app.code(dan.begin('openid'))).json())
    for wrong in forged + [ids['id_token'], ids['access_token'], renewal]:
        out(wrong)
    same(call(token, 'GET', '/users').status, 200)
    for headers in ({'Cookie': '; '.join(f'{name}={value}' for name, value in dan.browser.cookies.items())},
                    {'Authorization': 'Basic ' + token}, {'Authorization': token}, {'X_Authorization': 'Bearer ' + token}):
        refused(call(None, 'GET', '/users', **headers), 401, 'InvalidAuthenticationToken')
    refused(call(None, 'GET', '/users?access_token=' + urllib.parse.quote(token)), 401, 'InvalidAuthenticationToken')


@test('attackA12', 'forged tokens are counted by source; one that is over is not')
def counted():
    eve = Administrator(world, 'eve@example.com', GLOBAL)
    token, where = eve.token(WOODGROVE), source()
    world.must('POST', f'/users/{eve.id}/revokeSignInSessions', {}, tenant='system')
    same({call(token, 'GET', '/users', where=where).status for _ in range(30)}, {401})
    statuses = [call(token[:-4] + 'AAAA', 'GET', '/users', where=where).status for _ in range(25)]
    same((statuses[0], statuses[-1]), (401, 429), statuses)


@test('SEMANTICS 5.2', 'the link of an operator is enough: with no mail going out he is back in')
def by_link():
    fay = Administrator(world, 'fay@example.com', GLOBAL)
    link = world.must('POST', '/signInLinks', {'user': fay.id}, tenant=None)['link'].split('#')[1]
    world.canaries.add(link)
    fay.browser = world.browser()
    page = fay.browser.fill(fay.browser.get('/system/link'), 'link', link=link)
    same(page.heading, 'You are signed in as an administrator')
    token = fay.take(fay.app.redeem(fay.browser, fay.app.code(fay.begin(scope_of(WOODGROVE)))).json())['access_token']
    same((claims(token)['amr'], call(token, 'GET', '/users').status), (['link'], 200))


@test('req234', 'by a password alone nobody gets a token at all')
def one_door():
    gus = Administrator(world, 'gus@example.com', GLOBAL)
    page = gus.browser or gus.begin(scope_of(WOODGROVE))
    page = gus.browser.fill(page, 'password', email=gus.address, password=PASSWORD)
    assert page.form('code') and page.status == 200, page
    page = gus.app.begin(gus.browser, scope=scope_of(WOODGROVE), prompt='none')
    assert 'login_required' in page.location or 'interaction_required' in page.location, page


@test('RFC 9728 req81', 'whoever has no token is told where one is to be had')
def where():
    page = call(None, 'GET', '/users')
    refused(page, 401, 'InvalidAuthenticationToken')
    address = f'{world.private}/.well-known/oauth-protected-resource/v1.0'
    same(page.header('WWW-Authenticate'), f'Bearer realm="admin", resource_metadata="{address}"')
    told = Browser(world.private).send('GET', '/.well-known/oauth-protected-resource/v1.0').json()
    same((told['resource'], f'{world.base}/{SYSTEM}/v2.0' in told['authorization_servers']), (world.private + '/v1.0', True))
    same(call(None, 'GET', '/me').status, 401)
    me = world.must('GET', '/me', tenant=None)
    same((me['id'], me['roleAssignments'], me['displayName'].split()[0]), (None, [], 'uid'))


# API tokens

@test('SEMANTICS 5.1', 'an API token outlives no administrator who made it, nor its child, and lives again when he may again')
def outliving():
    hal = Administrator(world, 'hal@example.com', GLOBAL)
    maker = hal.token(SYSTEM)

    def mint(token):
        page = call(token, 'POST', '/apiTokens', {'roleDefinitionId': 'Global Administrator', 'directoryScopeId': '/'})
        same(page.status, 201, page)
        world.canaries.add(page.json()['secretText'])
        return page.json()
    child = mint(maker)
    same(child['createdBy'], f'administrator {hal.id}')
    grandchild = mint(child['secretText'])
    both = child['secretText'], grandchild['secretText']

    def lives():
        return [call(token, 'GET', '/tenants').status for token in both]
    same(lives(), [200, 200])
    world.must('PATCH', f'/users/{hal.id}', {'accountEnabled': False}, tenant='system')
    same(lives(), [401, 401])
    world.must('PATCH', f'/users/{hal.id}', {'accountEnabled': True}, tenant='system')
    same(lives(), [200, 200])
    world.must('DELETE', f'{ROLES}roleAssignments/{hal.assignments[0]}', tenant=None)
    same(lives(), [401, 401])
    world.must('POST', ROLES + 'roleAssignments', {'principalId': hal.id, 'roleDefinitionId': 'Global Reader', 'directoryScopeId': '/'}, tenant=None)
    same(lives(), [401, 401])
    world.must('DELETE', f'/users/{hal.id}', tenant='system')
    same(lives(), [401, 401])
    world.must('DELETE', f'/apiTokens/{child["id"]}', tenant=None)


main(tests, [('mandates', world)])
