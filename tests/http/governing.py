"""API tokens, who makes himself more, and the last administrator (SEMANTICS 5); who may what: roles.py."""
import select
import socket

from admins import ROLES, SYSTEM
from world import FABRIKAM as OTHER, GHOST, PATIENCE, WOODGROVE, World, main, named, same, source, together, until

tests = []
test = named(tests)
world = World()
call = world.call
world.fabrikam()


def mint(role, scope='/', **more):
    status, answer, _ = world.ask('POST', '/apiTokens', {'roleDefinitionId': role, 'directoryScopeId': scope, **more}, tenant=None)
    same(status, 201, answer)
    world.canaries.add(answer['secretText'])
    return answer


def refused(page, status, code):
    same((page.status, page.json()['error']['code']), (status, code), page)
    assert page.json()['error']['message'] and page.json()['error']['innerError']['request-id'], page.body


@test('req232 attackE11', 'a token of one tenant applies to that tenant alone, whatever the document says')
def applying():
    here = mint('Global Administrator', f'/tenants/{WOODGROVE}')['secretText']
    for tenant in ({'id': OTHER, 'displayName': 'Mine'}, {'name': 'fabrikam', 'displayName': 'Mine'}, {'id': SYSTEM, 'displayName': 'Mine'},
                   {'name': 'brand-new', 'displayName': 'Mine'}):
        refused(call(here, 'POST', '/apply', {'tenant': tenant}, Sallyport_Tenant='woodgrove'), 403, 'Authorization_RequestDenied')
    for unknown in ({'id': 'nobody'}, {'id': GHOST}):
        refused(call(here, 'POST', '/apply', {'tenant': unknown}), 403, 'Authorization_RequestDenied')
    for headers in ({'Sallyport_Tenant': 'nobody'}, {'Sallyport_Tenant': GHOST}):
        refused(call(here, 'POST', '/apply', {}, **headers), 403, 'Authorization_RequestDenied')
    same(call(mint('Global Administrator')['secretText'], 'POST', '/apply', {'tenant': {'id': 'nobody'}}).status, 404)
    same(call(here, 'POST', '/apply', {'tenant': {'id': WOODGROVE}, 'groups': [{'displayName': 'Applied'}]}).status, 200)
    same(sorted(one['name'] for one in world.must('GET', '/tenants', tenant=None)['value']), ['fabrikam', 'system', 'woodgrove'])


@test('req233 attackE9', 'who mends passwords and groups everywhere makes no administrator of anybody')
def climbing():
    boss = world.customer('climbed@example.com', tenant='system')[1]
    for role in ('User Administrator', 'Helpdesk Administrator', 'Authentication Administrator', 'Security Administrator',
                 'Application Administrator', 'Global Reader'):
        token = mint(role)['secretText']
        for method, path, body in (
                ('PATCH', f'/users/{boss}', {'mail': 'thief@example.com'}), ('POST', '/users', {}), ('DELETE', f'/users/{boss}', None),
                ('POST', f'/users/{boss}/resetPassword', {}), ('POST', '/groups', {'displayName': 'x'}),
                ('POST', ROLES + 'roleAssignments', {'principalId': boss, 'roleDefinitionId': 'Global Administrator', 'directoryScopeId': '/'}),
                ('POST', '/apiTokens', {'roleDefinitionId': 'Global Administrator', 'directoryScopeId': '/'}),
                ('POST', '/signInLinks', {'user': boss})):
            refused(call(token, method, path, body, Sallyport_Tenant='system'), 403, 'Authorization_RequestDenied')
    token = mint('Global Administrator')['secretText']
    refused(call(token, 'POST', '/signInLinks', {'user': boss}), 403, 'Authorization_RequestDenied')   # at the server itself alone
    group = world.must('GET', '/groups')['value'][0]['id']
    for principal in (group, world.customer()[1], GHOST, 'x'):       # a group, a customer, nobody
        assert call(token, 'POST', ROLES + 'roleAssignments', {'principalId': principal, 'roleDefinitionId': 'Global Administrator',
                                                               'directoryScopeId': '/'}).status in (400, 404)


# Tokens

@test('req81 req218', 'without a token, with a wrong one, with a cookie or a password nobody gets in')
def strangers():
    token = mint('Global Reader')['secretText']
    for headers in ({}, {'Cookie': f'token={token}; sp-system.session={token}'}, {'Authorization': 'Basic ' + token},
                    {'Authorization': token}, {'X_Api_Key': token}):
        page = call(None, 'GET', '/tenants', **headers)
        refused(page, 401, 'InvalidAuthenticationToken')
        assert page.header('WWW-Authenticate').startswith('Bearer realm="admin", resource_metadata='), page.headers
    where = source()
    for wrong in (token[:-1] + ('A' if token[-1] != 'A' else 'B'), token + 'x', token.upper(), 'x'):
        page = call(wrong, 'GET', '/tenants', where=where)
        refused(page, 401, 'InvalidAuthenticationToken')
        assert 'invalid_token' in page.header('WWW-Authenticate')
    same(call(token, 'GET', '/tenants', where=where).status, 200)
    same(call(token, 'POST', '/apiTokens', {}, Content_Type='text/plain').status, 403)


@test('attackA12', 'guessing is stopped by source, and hurts nobody else')
def guessing():
    token, where = mint('Global Reader')['secretText'], source()
    statuses = [call('x' * 66, 'GET', '/tenants', where=where).status for _ in range(25)]
    same((statuses[0], statuses[-1]), (401, 429), statuses)
    page = call(token, 'GET', '/tenants', where=where)
    refused(page, 429, 'TooManyRequests')
    assert int(page.header('Retry-After')) > 0
    same(call(token, 'GET', '/tenants', where=source()).status, 200)


@test('SEMANTICS 5.1', 'a token is told once, has an end, tells of its use, and is void when it is revoked or over')
def life():
    made = mint('Global Reader', displayName='deploy', lifetimeDays=1)
    token = made['secretText']

    def listed():
        return next(one for one in world.must('GET', '/apiTokens', tenant=None)['value'] if one['id'] == made['id'])
    same((listed()['lastUsedDateTime'], 'secretText' in listed(), listed()['createdBy'].split()[0]), (None, False, 'uid'))
    same(call(token, 'GET', '/tenants').status, 200)
    first = listed()
    same(first['lastUsedFrom'], '127.0.0.0/24')
    world.advance(3_500_000)
    call(token, 'GET', '/tenants')
    same(listed()['lastUsedDateTime'], first['lastUsedDateTime'])
    world.advance(200_000)
    call(token, 'GET', '/tenants')
    assert listed()['lastUsedDateTime'] > first['lastUsedDateTime']
    world.advance(86_400_000 - 3_700_000)
    refused(call(token, 'GET', '/tenants', where=source()), 401, 'InvalidAuthenticationToken')
    second = mint('Global Reader')
    same(call(second['secretText'], 'GET', '/tenants').status, 200)
    same(world.ask('DELETE', f'/apiTokens/{second["id"]}', tenant=None)[0], 204)
    refused(call(second['secretText'], 'GET', '/tenants', where=source()), 401, 'InvalidAuthenticationToken')
    same(world.ask('DELETE', f'/apiTokens/{second["id"]}', tenant=None)[0], 404)
    for body in ({'lifetimeDays': 0}, {'lifetimeDays': 367}, {'lifetimeDays': '9'}, {'lifetimeDays': -1}, {'roleDefinitionId': 'x'}, {'displayName': 'a\nb'},
                 {'directoryScopeId': ''}, {'directoryScopeId': f'/tenants/{SYSTEM}'}, {'directoryScopeId': f'/tenants/{GHOST}'}):
        same(world.ask('POST', '/apiTokens', {'roleDefinitionId': 'Global Reader', 'directoryScopeId': '/', **body}, tenant=None)[0], 400, body)
    told = world.must('GET', '/auditLogs/directoryAudits?$top=999', tenant='system')['value']
    assert {'Add API token', 'Delete API token'} <= {one['activityDisplayName'] for one in told}


@test('req237', 'what a token changes, the audit says of the token')
def audited():
    made = mint('User Administrator', f'/tenants/{WOODGROVE}', displayName='importer')
    same(call(made['secretText'], 'POST', '/groups', {'displayName': 'By a token'}).status, 201)
    newest = world.must('GET', '/auditLogs/directoryAudits')['value'][0]
    same(newest['initiatedBy']['user']['displayName'], f'token {made["id"]} importer')


# The last administrator

def administrator(address):
    user = world.customer(address, tenant='system')[1]
    return user, world.must('POST', ROLES + 'roleAssignments', {
        'principalId': user, 'roleDefinitionId': '62e90394-69f5-4237-9190-012177145e10', 'directoryScopeId': '/'}, tenant=None)['id']


def whole():
    return [one for one in world.must('GET', ROLES + 'roleAssignments', tenant=None)['value']
            if one['roleDisplayName'] == 'Global Administrator' and one['directoryScopeId'] == '/']


@test('DESIGN 6', 'large bodies of strangers are few at once, and the socket is not among them')
def bodies():
    host, port = world.private[7:].split(':')
    head = f'POST /v1.0/apply HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n'
    for framing in ('Content-Length: 8000000\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\n'):
        streams = [socket.create_connection((host, int(port)), PATIENCE) for _ in range(80)]
        for stream in streams:
            stream.sendall((head + framing).encode())
        same(world.ask('POST', '/apply', {'tenant': {'name': 'woodgrove'}, 'filler': 'x' * 300000}, tenant=None)[0], 400)
        until(lambda: len(select.select(streams, [], [], 0)[0]) >= 16, 'refusals')
        refused, *_ = select.select(streams, [], [], 0)
        assert all(stream.recv(12) == b'HTTP/1.1 503' for stream in refused), refused
        for stream in streams:
            stream.close()
    token = mint('Global Administrator')['secretText']
    large = {'tenant': {'name': 'woodgrove'}, 'filler': 'x' * 300000}
    until(lambda: call(token, 'POST', '/apply', large).status == 400, 'room again')


@test('SEMANTICS 5.1', 'who is given a role while he is removed leaves none to the next one of his id')
def orphans():
    for number in range(8):
        user = world.customer(f'orphan{number}@example.com', tenant='system')[1]
        together(2, lambda n: world.ask('POST', ROLES + 'roleAssignments', {
            'principalId': user, 'roleDefinitionId': 'global-reader', 'directoryScopeId': '/'}, tenant=None) if n
            else world.ask('DELETE', f'/users/{user}', tenant='system'))
        if world.ask('GET', f'/users/{user}', tenant='system')[0] == 404:
            same([one for one in world.must('GET', ROLES + 'roleAssignments', tenant=None)['value'] if one['principalId'] == user], [])


@test('SEMANTICS 5.3 req236', 'the last one who can sign in and do everything stays, and so does his role')
def last():
    boss, role = administrator('boss@example.com')

    def kept():
        for method, path, body in (('DELETE', f'/users/{boss}', None), ('PATCH', f'/users/{boss}', {'accountEnabled': False}),
                                   ('POST', f'/users/{boss}/resetPassword', {}), ('DELETE', ROLES + f'roleAssignments/{role}', None)):
            status, answer, _ = world.ask(method, path, body, tenant='system')
            same((status, answer['error']['code']), (409, 'LastAdministrator'), method, path)
    kept()
    status, answer, _ = world.ask('POST', ROLES + 'roleAssignments', {
        'principalId': boss, 'roleDefinitionId': 'global-administrator', 'directoryScopeId': '/'}, tenant=None)
    same((status, answer['error']['code']), (409, 'ObjectConflict'))
    # Who has never set a password cannot sign in, nor can who is disabled: neither is somebody left.
    new = world.must('POST', '/users', {'displayName': 'New', 'mail': 'new@example.com', 'identities': [
        {'signInType': 'emailAddress', 'issuer': 'system', 'issuerAssignedId': 'new@example.com'}]}, tenant='system')['id']
    world.must('POST', ROLES + 'roleAssignments', {'principalId': new, 'roleDefinitionId': 'Global Administrator', 'directoryScopeId': '/'}, tenant=None)
    kept()
    second, other = administrator('second@example.com')
    world.must('PATCH', f'/users/{second}', {'accountEnabled': False}, tenant='system')
    kept()
    world.must('PATCH', f'/users/{second}', {'accountEnabled': True}, tenant='system')
    same(world.ask('DELETE', f'/users/{new}', tenant='system')[0], 204)
    same({one['principalId'] for one in whole()}, {boss, second})      # his role went with him
    same(world.ask('DELETE', ROLES + f'roleAssignments/{role}', tenant=None)[0], 204)
    same(world.ask('DELETE', f'/users/{second}', tenant='system')[0], 409)
    same(world.ask('DELETE', f'/users/{boss}', tenant='system')[0], 204)
    same({one['principalId'] for one in whole()}, {second})


@test('SEMANTICS 5.3', 'of two who take each other away at once, one is left')
def duel():
    keeper = whole()[0]
    for turn in range(4):
        pair = [administrator(f'duel{turn}{number}@example.com') for number in range(2)]
        if turn == 0:
            same(world.ask('DELETE', ROLES + f'roleAssignments/{keeper["id"]}', tenant=None)[0], 204)
            before = set()
        else:
            for one in before:
                same(world.ask('DELETE', ROLES + f'roleAssignments/{one}', tenant=None)[0], 204)
        ways = [('DELETE', f'/users/{user}', None) if turn % 2 else ('DELETE', ROLES + f'roleAssignments/{role}', None) for user, role in pair]
        statuses = together(2, lambda number: world.ask(*ways[number], tenant='system')[0])
        same(sorted(statuses), [204, 409], statuses)
        before = {one['id'] for one in whole()}
        same(len(before), 1)


main(tests, [('governing', world)])
