"""What operators change: many at once, told in the audit, refused with a reason, and whole (DESIGN 5)."""
import json
import re
import urllib.parse
import uuid

from browser import App
from routes import routes
from world import World, free_port, main, named, same, together, until

tests = []
test = named(tests)
world = World()
FLOWS, GROUPS = '/identity/authenticationEventsFlows', '/groups'
CONTEXTS = '/identity/conditionalAccess/authenticationContextClassReferences'
APP = '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e5{:02}'
NOBODY = 'e7a4b1c2-3d5f-4a60-8b91-c0d1e2f3afff'
PARTNERS, CLUB = APP.format(4), 'c3d9e0f4-6a2b-4d18-b7c5-5e6f70819202'


def flow(name, *apps):
    return {'@odata.type': '#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow', 'displayName': name,
            'conditions': {'applications': {'includeApplications': [{'appId': app} for app in apps]}},
            'onInteractiveAuthFlowStart': {'isSignUpAllowed': True},
            'onAuthenticationMethodLoadStart': {'identityProviders': [{'id': 'EmailPassword-OAUTH'}]}}


def all_of(path, **more):
    return world.must('GET', path, **more)['value']


def audits(where=None, tenant='woodgrove', query='?$top=999'):
    return (where or world).must('GET', '/auditLogs/directoryAudits' + query, tenant=tenant)['value']


def user_link(user):
    return {'@odata.id': 'http://localhost/v1.0/users/' + user}


# Many at once

@test('DESIGN 5', 'of many who give one name at once, one has it, and the others are told')
def one_name():
    for turn in range(5):
        status = together(12, lambda number: world.ask('POST', FLOWS, flow(f'Race {turn}'))[0])
        same(sorted(status), [201] + [409] * 11)
        same(len([one for one in all_of(FLOWS) if one['displayName'] == f'Race {turn}']), 1)


@test('DESIGN 5', 'an app that many claim at once is in one user flow')
def one_flow():
    for turn in range(5):
        status = together(12, lambda number: world.ask('POST', FLOWS, flow(f'{turn} of {number}', PARTNERS))[0])
        same(sorted(status), [201] + [409] * 11)
        having = [one for one in all_of(FLOWS) if PARTNERS in json.dumps(one)]
        same(len(having), 1)
        world.must('DELETE', f'{FLOWS}/{having[0]["id"]}')


@test('DESIGN 5', 'groups that are put into each other at once make no ring')
def no_ring():
    for turn in range(5):
        ids = [world.must('POST', GROUPS, {'displayName': f'Ring {turn} {number}'})['id'] for number in range(6)]
        status = together(6, lambda number: world.ask('PATCH', f'{GROUPS}/{ids[number]}',
                                                      {'parentGroups': [ids[(number + 1) % 6]]})[0])
        same(sorted(status), [200] * 5 + [400])
        parents = {one['id']: one['parentGroups'] for one in all_of(GROUPS)}
        for one in ids:
            for _ in range(6):
                one = parents[one][0] if parents.get(one) else None
            assert one is None, parents


@test('DESIGN 5', 'every change that was acknowledged stays, also many of one document')
def all_kept():
    app = f'/applications/{world.must("POST", "/applications", {"displayName": "Busy"})["id"]}'
    group = world.must('POST', GROUPS, {'displayName': 'Busy'})['id']

    def work(number):
        done = [world.must('POST', GROUPS, {'displayName': f'Kept {number} {turn}'})['id'] for turn in range(4)]
        world.must('PATCH', app, ({'displayName': 'Busier'}, {'accountEnabled': False}, {'nativeAuthenticationApisEnabled': 'all'},
                                  {'idTokenSignedResponseAlg': 'ES256'})[number % 4])
        user = world.customer()[1]
        world.must('POST', f'{GROUPS}/{group}/members/$ref', user_link(user))
        world.must('PATCH', f'{GROUPS}/{done[0]}', {'description': f'by {number}'})
        world.must('DELETE', f'{GROUPS}/{done[1]}')
        return done, user
    results = together(16, work)
    groups = {one['id']: one for one in all_of(GROUPS)}
    for number, (done, user) in enumerate(results):
        same([one in groups for one in done], [True, False, True, True])
        same(groups[done[0]]['description'], f'by {number}')
    same({one['id'] for one in all_of(f'{GROUPS}/{group}/members')}, {user for _, user in results})
    busy = world.must('GET', app)
    same((busy['displayName'], busy['accountEnabled'], busy['nativeAuthenticationApisEnabled'], busy['idTokenSignedResponseAlg']),
         ('Busier', False, 'all', 'ES256'))


@test('DESIGN 5', 'an apply and single changes at once leave no rule broken')
def apply_at_once():
    def work(number):
        if number % 2:
            return world.ask('POST', '/apply', {'userFlows': [flow('Both', PARTNERS)]})[0]
        return world.ask('POST', FLOWS, flow(f'Single {number}', PARTNERS))[0]
    status = together(8, work)
    assert set(status) <= {200, 201, 409} and {200, 201} & set(status), status
    having = [one for one in all_of(FLOWS) if PARTNERS in json.dumps(one)]
    same(len(having), 1)
    world.must('DELETE', f'{FLOWS}/{having[0]["id"]}')


@test('DESIGN 5', 'two tenants that take one name at once: one has it')
def tenant_names():
    def work(number):
        return world.ask('POST', '/apply', {'tenant': {
            'id': f'5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8f{number:02}', 'name': 'contested', 'displayName': 'x'}}, tenant=None)
    answers = together(6, work)
    same(sorted(answer[0] for answer in answers), [200] + [409] * 5)
    told = next(answer[1] for answer in answers if answer[0] == 409)
    same(told['error']['details'][0]['target'], 'tenant.name')


# Members

@test('req239', 'nobody gets into a group that goes at the same moment')
def group_goes():
    user = world.customer()[1]
    for turn in range(20):
        group = world.must('POST', GROUPS, {'displayName': f'Going {turn}'})['id']
        status = together(4, lambda number: world.ask('DELETE', f'{GROUPS}/{group}')[0] if number == 0 else world.ask(
            'POST', f'{GROUPS}/{group}/members/$ref', user_link(user))[0])
        assert status[0] == 204 and set(status[1:]) <= {204, 400, 404}, status
        # The id again: whoever was in the old one is not in the new one.
        world.must('POST', GROUPS, {'id': group, 'displayName': f'Gone {turn}'})
        same(all_of(f'{GROUPS}/{group}/members'), [])


@test('req228', 'members: unknown, twice, and not in it are errors that name the user')
def members():
    group = world.must('POST', GROUPS, {'displayName': 'Strict'})['id']
    user = world.customer()[1]
    members = f'{GROUPS}/{group}/members'
    for number in range(2):
        status, answer, _ = world.ask('POST', members + '/$ref', user_link(NOBODY))
        same((status, answer['error']['code']), (404, 'ResourceNotFound'))
        assert NOBODY in answer['error']['message'], answer
    same(all_of(members), [])
    world.must('POST', members + '/$ref', user_link(user))
    status, answer, _ = world.ask('POST', members + '/$ref', user_link(user))
    same(status, 400)
    assert user in answer['error']['message'], answer
    same(all_of(members), [{'id': user}])
    same(world.ask('DELETE', f'{members}/{user}/$ref')[0], 204)
    status, answer, _ = world.ask('DELETE', f'{members}/{user}/$ref')
    same((status, answer['error']['code']), (404, 'ResourceNotFound'))
    assert user in answer['error']['message'], answer
    same(world.ask('POST', members + '/$ref', {'@odata.id': 'nonsense'})[0], 400)


# Users

@test('req228', 'apply refuses users that could not be made, and says that it makes none')
def apply_users():
    good = {'identities': [{'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': 'good@example.com'}]}
    for wrong, target in (({'identities': []}, 'users[1].identities'), ({}, 'users[1].identities'), (7, 'users[1]'),
                          ({**good, 'city': 'x' * 129}, 'users[1].city'), ({**good, 'id': 'x'}, 'users[1].id'),
                          ({'identities': [{'signInType': 'emailAddress', 'issuerAssignedId': 'no address'}]},
                           'users[1].identities[0].issuerAssignedId')):
        status, answer, _ = world.ask('POST', '/apply', {'groups': [{'displayName': 'Not made'}], 'users': [good, wrong]})
        same((status, [one['target'] for one in answer['error']['details']]), (400, [target]))
    same(world.ask('POST', '/apply', {'users': {}})[0], 400)
    assert 'Not made' not in [one['displayName'] for one in all_of(GROUPS)]
    answer = world.must('POST', '/apply', {'users': [good]})
    assert 'not made by this request' in answer['warnings'][0], answer
    same(world.ask('GET', '/users/good@example.com')[0], 404)


@test('req224 req228', 'each attribute has a limit of its own, and says so')
def limits():
    _, user = world.customer()
    for name, most in (('displayName', 256), ('givenName', 64), ('city', 128), ('postalCode', 40), ('streetAddress', 1024),
                       ('extension_of_nobody', 1024)):
        world.must('PATCH', '/users/' + user, {name: '\u00e4' * most})
        for method, path, body in (('PATCH', '/users/' + user, {}), ('POST', '/users', {'identities': [
                {'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': 'long@example.com'}]})):
            status, answer, _ = world.ask(method, path, {**body, name: '\u00e4' * (most + 1), 'surname': 'y' * 65})
            told = {one['target']: one['code'] for one in answer['error']['details']}
            same((status, told), (400, {name: 'TooLong', 'surname': 'TooLong'}))
    status, answer, _ = world.ask('PATCH', '/users/' + user, {'x' * 129: 'y'})
    same((status, answer['error']['details'][0]['code']), (400, 'InvalidProperty'))
    many = [{'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': f'm{number}@example.com'} for number in range(17)]
    status, answer, _ = world.ask('POST', '/users', {'identities': many})
    same((status, answer['error']['details'][0]['code']), (400, 'TooMany'))
    for path in ('/applications', GROUPS):
        status, answer, _ = world.ask('POST', path, {'displayName': 'x' * 257})
        same((status, answer['error']['details'][0]['code']), (400, 'TooLong'))


# The audit

def changes():
    """Each route of the table that changes something, and a request for it: (method, path, body, tenant)."""
    group = world.must('POST', GROUPS, {'displayName': 'Walked'})['id']
    app = world.must('POST', '/applications', {'displayName': 'Walked'})['id']
    secret = world.must('POST', f'/applications/{app}/addPassword', {})['keyId']
    policies = '/identity/conditionalAccess/policies'
    policy = {'displayName': 'Walked', 'state': 'disabled', 'grantControls': {'operator': 'OR', 'builtInControls': ['mfa']},
              'conditions': {'clientAppTypes': ['all'], 'users': {'includeUsers': ['All']},
                             'applications': {'includeApplications': ['All']}}}
    policy_id = world.must('POST', policies, {**policy, 'displayName': 'Walked before'})['id']
    flow_id = world.must('POST', FLOWS, flow('Walked before'))['id']
    for number in (98, 99):
        world.must('POST', CONTEXTS, {'id': f'c{number}', 'displayName': 'Walked'})
    user, other, last = (world.customer()[1] for _ in range(3))
    world.must('POST', f'{GROUPS}/{group}/members/$ref', user_link(other))
    theirs = world.must('POST', '/applications', {'displayName': 'Theirs', 'thirdParty': True,
                                                  'web': {'redirectUris': ['http://127.0.0.1:8097/back']}})
    address, agreed = world.customer()
    browser, _, page = world.sign_in(address, app=App('woodgrove', theirs['appId'], 'http://127.0.0.1:8097/back'))
    browser.fill(page, 'agree')
    consent = world.must('GET', f'/users/{agreed}/oauth2PermissionGrants')['value'][0]['id']
    methods = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations'
    locations = '/identity/conditionalAccess/namedLocations'
    office = {'@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Walked', 'ipRanges': ['192.0.2.0/24']}
    before, gone = (world.must('POST', locations, office)['id'] for _ in range(2))
    rename = {'displayName': 'Renamed'}
    deleted = {}
    for name, path, body in (('application', '/applications', {'displayName': 'Gone'}),
                             ('conditionalAccessPolicy', policies, {**policy, 'displayName': 'Gone'})):
        ids = [world.must('POST', path, body)['id'] for _ in range(2)]
        for one in ids:
            world.ask('DELETE', f'{path}/{one}')
        route = '/directory/deletedItems/microsoft.graph.' + name
        deleted[f'POST {route}/{{id}}/restore'] = (f'{route}/{ids[0]}/restore', {})
        deleted[f'DELETE {route}/{{id}}'] = (f'{route}/{ids[1]}', None)
    return {
        **deleted,
        'POST /applications': ('/applications', {'displayName': 'New'}),
        'PATCH /applications/{id}': ('/applications/' + app, rename),
        'POST /applications/{id}/addPassword': (f'/applications/{app}/addPassword', {}),
        'POST /applications/{id}/removePassword': (f'/applications/{app}/removePassword', {'keyId': secret}),
        'DELETE /applications/{id}': ('/applications/' + app, None),
        f'POST {FLOWS}': (FLOWS, flow('Walked')),
        f'PATCH {FLOWS}/{{id}}': (f'{FLOWS}/{flow_id}', rename),
        f'DELETE {FLOWS}/{{id}}': (f'{FLOWS}/{flow_id}', None),
        f'POST {policies}': (policies, policy),
        f'PATCH {policies}/{{id}}': (f'{policies}/{policy_id}', rename),
        f'DELETE {policies}/{{id}}': (f'{policies}/{policy_id}', None),
        f'POST {CONTEXTS}': (CONTEXTS, {'id': 'c97', 'displayName': 'New'}),
        f'PATCH {CONTEXTS}/{{id}}': (CONTEXTS + '/c98', rename),
        f'DELETE {CONTEXTS}/{{id}}': (CONTEXTS + '/c99', None),
        f'PATCH {methods}/{{id}}': (methods + '/Email', {'state': 'disabled'}),
        f'POST {locations}': (locations, office),
        f'PATCH {locations}/{{id}}': (f'{locations}/{before}', rename),
        f'DELETE {locations}/{{id}}': (f'{locations}/{gone}', None),
        'POST /groups': (GROUPS, {'displayName': 'New'}),
        'PATCH /groups/{id}': (f'{GROUPS}/{group}', rename),
        'POST /groups/{id}/members/$ref': (f'{GROUPS}/{group}/members/$ref', user_link(user)),
        'DELETE /groups/{id}/members/{user}/$ref': (f'{GROUPS}/{group}/members/{other}/$ref', None),
        'DELETE /groups/{id}': (f'{GROUPS}/{group}', None),
        'POST /users': ('/users', {'identities': [{'signInType': 'emailAddress', 'issuer': 'woodgrove',
                                                   'issuerAssignedId': 'walked@example.com'}]}),
        'PATCH /users/{id}': ('/users/' + user, rename),
        'DELETE /users/{id}': ('/users/' + last, None),
        'POST /users/{id}/erase': ('/users/' + str(uuid.uuid4()) + '/erase', None),
        'POST /users/{id}/revokeSignInSessions': (f'/users/{user}/revokeSignInSessions', {}),
        'POST /users/{id}/unlock': (f'/users/{user}/unlock', {}),
        'POST /users/{id}/resetPassword': (f'/users/{user}/resetPassword', {}),
        'DELETE /oauth2PermissionGrants/{id}': ('/oauth2PermissionGrants/' + consent, None),
        'PATCH /tenant': ('/tenant', rename),
        'POST /apply': ('/apply', {'groups': [{'displayName': 'Applied', 'members': [user]}]}),
        'POST /keys/rotate': ('/keys/rotate', {}),
        'POST /mail/test': ('/mail/test', {'to': 'me@example.com'}),
        'POST /clock': ('/clock', {'advance': 1}),
    }


# What If and a backtest ask and change nothing: see whatif.py, backtesting.py. A backup reads and changes nothing; who takes one is in the log. The retry: see many_mails.
# Who administers is in the audit of the tenant of administrators: see administrators.py and governing.py.
ROLES = '/roleManagement/directory/roleAssignments'
ELSEWHERE = {'POST /identity/conditionalAccess/backtest', 'POST /identity/conditionalAccess/evaluate', 'POST /backups', 'POST /backups/{id}/next', 'DELETE /backups/{id}', 'POST /mail/queue/{id}/retry',
             'POST /signInLinks', 'POST /apiTokens', 'DELETE /apiTokens/{id}', 'POST ' + ROLES, f'DELETE {ROLES}/{{id}}'}


@test('req237 req239', 'each change of each route of the admin API is in the audit, with who and what')
def audited():
    requests = changes()
    same(set(requests) | ELSEWHERE, {f'{method} {path}' for method, path, _, _ in routes() if method != 'GET'})
    for name, (path, body) in requests.items():
        scope = None if path == '/clock' else 'woodgrove'
        before = len(audits(tenant=scope))
        world.must(name.split()[0], path, body, **({'tenant': None} if scope is None else {}))
        new = audits(tenant=scope)[:len(audits(tenant=scope)) - before]
        assert new, f'{name} left no audit'
        for entry in new:
            assert entry['result'] == 'success' and re.match(r'uid \d+$', entry['initiatedBy']['user']['displayName']), entry
            assert entry['operationType'] in ('Add', 'Update', 'Delete', 'Assign', 'Unassign'), entry
            assert entry['activityDisplayName'] and int(entry['correlationId'], 16), entry
        if path == '/apply':
            assert {entry['activityDisplayName'] for entry in new} == {'Add group', 'Add member to group'}, new
        if path == '/clock':
            world.advanced += 1


@test('req239', 'members that apply changes, and the keys of a new tenant, are on record one by one')
def apply_audited():
    tenant = {'id': '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e77', 'name': 'audited', 'displayName': 'Audited'}
    users = [f'{number:08x}-0000-4000-8000-000000000077' for number in range(1200)]
    world.must('POST', '/apply', {'tenant': tenant, 'groups': [{'displayName': 'Many', 'members': users}]}, tenant=None)
    world.must('POST', '/apply?prune=true', {'tenant': tenant, 'groups': [{'displayName': 'Many', 'members': users[1:]}]},
               tenant=None)
    told, path = [], '/auditLogs/directoryAudits?$top=400'
    while path:
        page = world.must('GET', path, tenant='audited')
        told += page['value']
        path = page.get('@odata.nextLink', '').partition('/v1.0')[2]
    told = list({entry['id']: entry for entry in told}.values())        # those that came into the chain meanwhile
    by = {}
    for entry in told:
        by.setdefault(entry['activityDisplayName'], []).append(entry)
    same({name: len(entries) for name, entries in by.items()}, {
        'Add tenant': 1, 'Add group': 1, 'Rotate signing keys': 1, 'Add member to group': 1200, 'Remove member from group': 1})
    same(by['Remove member from group'][0]['additionalDetails'], [{'key': 'member', 'value': users[0]}])
    same({detail['value'] for entry in by['Add member to group'] for detail in entry['additionalDetails']}, set(users))


# Mail

@test('req239', 'the last of a long queue is found, tried again, and that is in the audit')
def many_mails():
    dead = World(change=lambda text: text.replace('mail: [spool]', 'mail: [relay]'), more='  relay: { file: smtp.so, '
                 f'host: 127.0.0.1, port: {free_port()}, tls: "off" }}\n')
    try:
        ids = sum(together(4, lambda number: [
            dead.must('POST', '/mail/test', {'to': f'a{number}.{turn}@example.com'})['id'] for turn in range(270)]), [])

        def queued():
            path, found = '/mail/queue', []
            while path:
                page = dead.must('GET', path, tenant=None)
                found += [one['id'] for one in page['value']]
                path = urllib.parse.unquote(page.get('@odata.nextLink', '')).partition('/v1.0')[2]
            return found
        found = until(lambda: (lambda all_: all_ if set(all_) == set(ids) else None)(queued()), 'a queue of all mails')
        same(dead.ask('POST', f'/mail/queue/{found[-1]}/retry', {}, tenant=None)[0], 202)
        assert [entry for entry in audits(dead) if entry['activityDisplayName'] == 'Retry mail' and
                entry['targetResources'][0]['id'] == found[-1]]
        same(dead.ask('POST', f'/mail/queue/{NOBODY}/retry', {}, tenant=None)[0], 404)
        same(dead.ask('POST', '/mail/queue/x/retry', {}, tenant=None)[0], 404)
    finally:
        dead.end()


main(tests, [('edits', world)])
