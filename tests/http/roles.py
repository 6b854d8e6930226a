"""Who may do what over the network: each role at each route, by either kind of token (SEMANTICS 5.1, entra.md 3.4)."""
import json
import re

from admins import ROLES, SYSTEM, Administrator
from browser import Browser
from policies import POLICIES, policy
from routes import routes
from world import FABRIKAM as OTHER, GHOST, WOODGROVE, World, main, named, same

tests = []
test = named(tests)
world = World()
call, mint = world.call, world.api_token
world.fabrikam()

# What each role reads and changes, as the article and the original say it: not taken from the server.
# A route whose area is in no row is nobody's.
NAMES = 'apps flows groups users tenant'
LOGS = 'signins audit'
REVIEW = f'policies methods {LOGS} trials'
ALL = f'{NAMES} {REVIEW} recovery keys mail apply attributes providers'
SERVER = 'server roles tokens'
MAY = {
    'Global Administrator': (f'{ALL} {SERVER}', f'{ALL} {SERVER}'),
    'Global Reader': (f'{ALL} {SERVER}', ''),
    'Conditional Access Administrator': (f'{NAMES} {REVIEW}', 'policies methods'),
    'Security Administrator': (f'{NAMES} {REVIEW}', 'policies methods'),
    'Security Reader': (f'{NAMES} {REVIEW}', ''),
    'Authentication Policy Administrator': (f'{NAMES} policies methods', 'methods'),
    'Authentication Administrator': ('groups users methods signins recovery', 'recovery'),
    'Privileged Authentication Administrator': ('groups users methods signins recovery', 'users recovery'),
    'Privileged Role Administrator': ('groups users roles audit', 'roles'),
    'Helpdesk Administrator': ('groups users signins recovery', 'recovery'),
    'User Administrator': ('groups users tenant signins recovery', 'groups users recovery'),
    'External ID User Flow Administrator': ('apps flows tenant attributes', 'flows'),
    'External ID User Flow Attribute Administrator': ('flows tenant attributes', 'attributes'),
    'External Identity Provider Administrator': ('apps flows tenant providers', 'providers'),
    'Cloud Application Administrator': ('apps flows tenant', 'apps'),
    'Application Administrator': ('apps flows tenant', 'apps'),
    'Reports Reader': (LOGS, ''),
}
# Who may so in the tenant of administrators as well.
PRIVILEGED = {'Global Administrator', 'Global Reader', 'Privileged Authentication Administrator', 'Privileged Role Administrator'}
# The article's three, who switch policies and methods on.
THREE = ('Global Administrator', 'Conditional Access Administrator', 'Security Administrator')
TABLE = [(method, re.sub(r'\{\w+\}', GHOST, path), area, changes) for method, path, area, changes in routes()]
# Proved elsewhere; making keys takes seconds.
SLOW = {('POST', '/keys/rotate')}


def may(role, area, changes):
    reads, writes = MAY[role]
    return (area == 'self' and not changes) or area in (writes if changes else reads).split()


def walk(token, allowed, **headers):
    """Each route of the table: answered if `allowed` says so, else refused, and never broken."""
    connection = Browser(world.private).connect()
    sent = {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json', **{name.replace('_', '-'): value for name, value in headers.items()}}
    for method, path, area, changes in TABLE:
        wanted = allowed(area, changes)
        if wanted and (method, path) in SLOW:
            continue
        connection.request(method, '/v1.0' + path, '{}' if method in ('POST', 'PATCH') else None, sent)
        answer = connection.getresponse()
        text = answer.read()
        same(answer.status == 403, not wanted, method, path, answer.status, text[:200])
        assert answer.status != 401 and answer.status < 500, (method, path, answer.status, text)
        if not wanted:
            same(json.loads(text)['error']['code'], 'Authorization_RequestDenied', method, path)
    connection.close()


@test('req233', 'the table has a row for each role that there is, and each area that a route names')
def whole():
    same({one['displayName'] for one in call(mint('Global Reader'), 'GET', ROLES + 'roleDefinitions').json()['value']}, set(MAY))
    areas = {area for _, _, area, _ in TABLE}
    assert areas <= {*f'{ALL} {SERVER} self socket'.split()}, areas
    assert len(TABLE) > 50, TABLE


@test('req233 attackE10', 'each role at each route by an API token: what it may and nothing else, and in no other tenant')
def by_program():
    for role in MAY:
        everywhere, here = mint(role), mint(role, f'/tenants/{WOODGROVE}')
        walk(everywhere, lambda area, changes: may(role, area, changes), Sallyport_Tenant='fabrikam')
        walk(everywhere, lambda area, changes: (role in PRIVILEGED or area in f'{SERVER} self'.split()) and
             may(role, area, changes), Sallyport_Tenant='system')
        walk(here, lambda area, changes: may(role, area, changes) and area not in SERVER.split())
    for other in ('fabrikam', SYSTEM, 'nobody'):
        walk(mint('Global Administrator', f'/tenants/{WOODGROVE}'), lambda area, changes: area == 'self', Sallyport_Tenant=other)


@test('req233 req232', 'each role at each route by the token of an administrator who has it: in the tenant that it names, and nowhere else')
def by_person():
    for number, role in enumerate(MAY):
        one = Administrator(world, f'everywhere{number}@example.com', (role, '/'))
        server = {*SERVER.split()}
        here = one.token(WOODGROVE)
        walk(here, lambda area, changes: may(role, area, changes) and area not in server)
        walk(one.token(SYSTEM), lambda area, changes: (role in PRIVILEGED or area in server | {'self'}) and
             may(role, area, changes))
        other = Administrator(world, f'there{number}@example.com', (role, f'/tenants/{OTHER}'))
        walk(other.token(WOODGROVE), lambda area, changes: area == 'self')
    walk(other.token(SYSTEM), lambda area, changes: area == 'self')
    walk(here, lambda area, changes: area == 'self', Sallyport_Tenant='fabrikam')


@test('Seed req233', "the article's procedure: each of its three roles saves the policy, switches it on, and the method; nobody else does")
def procedure():
    email = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Email'
    document = policy('Require MFA', 'enabledForReportingButNotEnforced')
    for number, role in enumerate(THREE):
        one = Administrator(world, f'three{number}@example.com', (role, f'/tenants/{WOODGROVE}'))
        token = one.token(WOODGROVE)
        made = call(token, 'POST', POLICIES, {**document, 'displayName': f'Require MFA {number}'})
        same(made.status, 201, made)
        path = f'{POLICIES}/{made.json()["id"]}'
        for state in ('disabled', 'enabled'):
            same(call(token, 'PATCH', email, {'state': state}).status, 200)
            same(call(token, 'GET', email).json()['state'], state)
        same(call(token, 'PATCH', path, {'state': 'enabled'}).json()['state'], 'enabled')
        address, _ = world.customer()
        browser, app, page = world.sign_in(address)
        page = browser.fill(page, 'code', code=world.code(address))
        app.code(page)
        same(call(token, 'DELETE', path).status, 204)
    world.policy_state(world.must('POST', POLICIES, {**document, 'state': 'disabled', 'displayName': 'Not theirs'})['id'], 'disabled')
    last = next(one['id'] for one in world.must('GET', POLICIES)['value'] if one['displayName'] == 'Not theirs')
    for role in set(MAY) - set(THREE):
        token = mint(role, f'/tenants/{WOODGROVE}')
        for method, path, body in (('POST', POLICIES, document), ('PATCH', f'{POLICIES}/{last}', {'state': 'enabled'}), ('DELETE', f'{POLICIES}/{last}', None)):
            same(call(token, method, path, body).status, 403, role, method)
        if role != 'Authentication Policy Administrator':
            same(call(token, 'PATCH', email, {'state': 'disabled'}).status, 403, role)
    same(world.must('GET', f'{POLICIES}/{last}')['state'], 'disabled')
    same(world.must('GET', email)['state'], 'enabled')


@test('attackE9', 'who mends administrators makes none of anybody: the void password of one is made anew by a link from the server alone')
def mending():
    boss = Administrator(world, 'boss@example.com', ('Global Administrator', '/'))
    mender = Administrator(world, 'mender@example.com', ('Privileged Authentication Administrator', '/'))
    token = mender.token(SYSTEM)
    same(call(token, 'POST', f'/users/{boss.id}/unlock', {}).status, 204)
    same(call(token, 'PATCH', f'/users/{boss.id}', {'passwordProfile': {'password': 'of my own choosing 1'}}).status, 400)
    for method, path, body in (
            ('POST', ROLES + 'roleAssignments', {'principalId': mender.id, 'roleDefinitionId': 'Global Administrator', 'directoryScopeId': '/'}),
            ('POST', '/apiTokens', {'roleDefinitionId': 'Global Administrator', 'directoryScopeId': '/'}),
            ('POST', '/signInLinks', {'user': boss.id}), ('PATCH', '/tenant', {'settings': {'passcodeTries': 10}})):
        same(call(token, method, path, body).status, 403, method, path)
    begun = boss.begin('openid')
    assert 'to-reset' not in begun.body, begun.body


main(tests, [('roles', world)])
