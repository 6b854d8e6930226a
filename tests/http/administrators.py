"""Administrators: a tenant of their own, who may do what, and the way in when all else fails (SEMANTICS 5)."""
import json

from world import World, main, named, same

tests = []
test = named(tests)
world = World()
POLICIES = '/identity/conditionalAccess/policies'
METHODS = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations'
SYSTEM = '5a119047-7e0d-4a5e-8c1b-000000000001'


def system(method, path, body=None, **more):
    return world.ask(method, path, body, tenant='system', **more)


# The tenant

@test('SEMANTICS 5.1', 'the tenant of administrators is there from the start, and says what it is')
def there():
    told = {one['name']: (one['id'], one['builtIn']) for one in world.must('GET', '/tenants', tenant=None)['value']}
    same(told['system'], (SYSTEM, True))
    same(told['woodgrove'][1], False)
    policy, = system('GET', POLICIES)[1]['value']
    same((policy['state'], policy['grantControls']['builtInControls'], policy['conditions']['users']['includeUsers']),
         ('enabled', ['mfa'], ['All']))
    same([one['state'] for one in system('GET', METHODS)[1]['value']], ['enabled'])
    same(system('GET', '/identity/authenticationEventsFlows')[1]['value'], [])       # nobody signs up


@test('SEMANTICS 5.1', 'what makes it safe is not to be changed, switched off, added to, renamed or removed')
def built_in():
    def refused(method, path, body=None):
        status, answer, _ = system(method, path, body)
        same((status, answer['error']['details'][0]['code']), (400, 'BuiltIn'), method, path)
    before = [json.dumps(system('GET', path)[1]) for path in ('/tenant', POLICIES, METHODS, '/applications', '/groups')]
    policy, = system('GET', POLICIES)[1]['value']
    for change in ({'state': 'disabled'}, {'state': 'enabledForReportingButNotEnforced'}, {'displayName': 'x'}):
        refused('PATCH', f'{POLICIES}/{policy["id"]}', change)
    refused('DELETE', f'{POLICIES}/{policy["id"]}')
    refused('POST', POLICIES, {'displayName': 'Nobody', 'state': 'enabled', 'grantControls': {'operator': 'OR', 'builtInControls': ['block']},
                               'conditions': {'clientAppTypes': ['all'], 'users': {'includeUsers': ['All']}, 'applications': {'includeApplications': ['All']}}})
    refused('PATCH', METHODS + '/Email', {'state': 'disabled'})
    for app in system('GET', '/applications')[1]['value']:
        refused('PATCH', f'/applications/{app["id"]}', {'accountEnabled': False})
        refused('DELETE', f'/applications/{app["id"]}')
    refused('POST', '/applications', {'displayName': 'Mine'})
    refused('POST', '/groups', {'displayName': 'Mine'})
    refused('PATCH', '/tenant', {'name': 'mine'})
    for more in ('', '?prune=true'):
        for document in ({'conditionalAccessPolicies': [{**policy, 'state': 'disabled'}]}, {'groups': [{'displayName': 'x'}]}):
            refused('POST', '/apply' + more, {'tenant': {'id': SYSTEM}, **document})
    refused('POST', '/apply?prune=true', {'tenant': {'id': SYSTEM}, 'conditionalAccessPolicies': []})
    same([json.dumps(system('GET', path)[1]) for path in ('/tenant', POLICIES, METHODS, '/applications', '/groups')], before)
    same(system('PATCH', '/tenant', {'settings': {'passcodeTries': 3}})[0], 200)     # settings are an operator's


main(tests, [('administrators', world)])
