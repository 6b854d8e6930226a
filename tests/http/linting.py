"""Lint: what of a tenant's policies does harm, or nothing, is found on demand, with the same words as at save (SEMANTICS 3.4, 5.3)."""
import functools
import json

import policies
from policies import POLICIES, stored
from world import CLIENTS, GHOST, MFA, World, main, named, same

tests = []
test = named(tests)
world = World()
CA = '/identity/conditionalAccess'
GRACE = 'e7a4b1c2-3d5f-4a60-8b91-c0d1e2f3a402'
EMAIL = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Email'


policy = functools.partial(policies.policy, users={'includeUsers': ['All'], 'excludeUsers': [GRACE]})
world.must('POST', '/users', {'id': GRACE, 'displayName': 'Grace', 'identities': [
    {'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': 'grace@example.com'}]})


def lint():
    return world.must('GET', CA + '/lint')['value']


def codes():
    return sorted((one['code'], one['policyDisplayName']) for one in lint())


def at_save(saved):
    """What was told at save is what lint finds, word for word."""
    found = {f"conditionalAccessPolicies '{one['policyDisplayName']}': " + (f"{one['target']}: " if one['target'] else '') + one['message']
             for one in lint()}
    for one in saved:
        assert set(one.get('@sallyport.warnings', [])) <= found, (one.get('@sallyport.warnings'), found)


@test('SEMANTICS 3.4', 'a tenant whose policies are off has nothing to mend')
def clean():
    same(lint(), [])
    status, answer, _ = world.ask('GET', '/identity/conditionalAccess/lint?$top=1')
    same((status, answer['error']['target']), (400, '$top'))


@test('SEMANTICS 5.3', 'nobody excluded, everybody locked out, a second door that there is none of')
def harm():
    with stored(world, policy('Open', users={'includeUsers': ['All']}, grant='block')) as saved:
        same(codes(), [('locksOut', 'Open'), ('noExclusion', 'Open')])
        at_save(saved)
        same(lint()[0]['policyId'], saved[0]['id'])
    with stored(world, policy('Trap')) as saved:
        found = lint()
        same([one['code'] for one in found], ['firstFactorTrap'])        # the Club signs in by code
        at_save(saved)
        before = world.must('GET', EMAIL)['state']
        world.must('PATCH', EMAIL, {'state': 'disabled'})
        same(codes(), [('noSecondFactor', 'Trap')])
        world.must('PATCH', EMAIL, {'state': before})
    with stored(world, policy('Off', state='disabled', users={'includeUsers': ['All']})):
        same(lint(), [])


@test('req187', 'ids that stand for nothing, each with its place, also of customers')
def dead():
    users = {'includeUsers': ['All'], 'excludeUsers': [GRACE, GHOST], 'excludeGroups': [GHOST]}
    with stored(world, policy('Dead', users=users, grant='block', apps=[CLIENTS + '1', GHOST])) as saved:
        same(sorted((one['code'], one['target']) for one in lint()),
             [('deadId', 'conditions.applications.includeApplications[1]'), ('deadId', 'conditions.users.excludeGroups[0]'),
              ('deadId', 'conditions.users.excludeUsers[1]')])
        at_save(saved)
    with stored(world, policy('Gone', grant='block', apps=[GHOST])):
        same(codes(), [('deadId', 'Gone'), ('unreachable', 'Gone')])


@test('req181', 'policies that can apply to nothing, and twins')
def idle():
    nobody = policy('Nobody', users={'includeUsers': ['None']}, grant='block')
    sync = policy('Sync', grant='block', apps=[CLIENTS + '1'])
    sync['conditions']['clientAppTypes'] = ['exchangeActiveSync']
    with stored(world, nobody, sync) as saved:
        same(codes(), [('unreachable', 'Nobody'), ('unreachable', 'Sync')])
        at_save(saved)
    one = policy('One', grant='block', apps=[CLIENTS + '1'])
    with stored(world, one, {**one, 'displayName': 'Two', 'state': 'enabledForReportingButNotEnforced'}, {**one, 'displayName': 'Three',
                       'state': 'disabled'}, policy('Other', grant='block', apps=[CLIENTS + '2'])):
        found = lint()
        same([one['code'] for one in found], ['duplicate'])
        assert {found[0]['policyDisplayName']} < {'One', 'Two'} and ("'One'" in found[0]['message']) != ("'Two'" in found[0]['message']), found


@test('req182', 'report-only for over 30 days protects nobody')
def pilot():
    with stored(world, policy('Pilot', state='enabledForReportingButNotEnforced', grant='block', apps=[CLIENTS + '1'])) as saved:
        world.advance(29 * 86_400_000)
        same(lint(), [])
        world.advance(3 * 86_400_000)
        same(codes(), [('reportOnlyForLong', 'Pilot')])
        assert '32 days' in lint()[0]['message'], lint()
        world.must('PATCH', f'{POLICIES}/{saved[0]["id"]}', {'displayName': 'Looked at'})
        same(lint(), [])


@test('SEMANTICS 3.1', 'settings that tell strangers who has an account')
def enumerable():
    app = world.must('POST', '/applications', {'displayName': 'Phone', 'nativeAuthenticationApisEnabled': 'all'})['id']
    world.must('PATCH', '/tenant', {'settings': {'passwordFloor': 0}})
    found = lint()
    same([(one['code'], one['policyId'], one['target']) for one in found],
         [('enumerable', None, 'nativeAuthenticationApisEnabled'), ('enumerable', None, 'settings.passwordFloor')])
    assert '"Phone"' in found[0]['message'] and '20 times an hour' in found[0]['message'], found
    world.must('PATCH', '/tenant', {'settings': {'passwordFloor': 1}})
    world.must('DELETE', '/applications/' + app)
    same(lint(), [])


@test('req233', 'whoever reads policies may look, and it changes and audits nothing')
def readers():
    before = world.must('GET', '/auditLogs/directoryAudits?$top=999')
    for role, status in (('Security Reader', 200), ('Helpdesk Administrator', 403)):
        page = world.call(world.api_token(role), 'GET', CA + '/lint', Sallyport_Tenant='woodgrove')
        same(page.status, status, role, page.body)
    same(world.must('GET', '/auditLogs/directoryAudits?$top=999'), before)
    same(world.must('GET', f'{POLICIES}/{MFA}')['state'], 'disabled')
    same(json.loads(json.dumps(lint())), [])


main(tests, [('the world', world)])
