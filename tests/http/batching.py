"""Many requests in one, none of which gets further than alone; policies made of templates (requirements 218, 222, 233)."""
import json

from world import GHOST, WOODGROVE, World, main, named, same

tests = []
test = named(tests)
world = World()
GROUPS, POLICIES, TEMPLATES = '/groups', '/identity/conditionalAccess/policies', '/identity/conditionalAccess/templates'
world.fabrikam()


def one(number, method, url, body=None, *depends, **headers):
    return {'id': str(number), 'method': method, 'url': url, **({'body': body} if body is not None else {}),
            **({'dependsOn': [str(each) for each in depends]} if depends else {}),
            **({'headers': {name.replace('_', '-'): value for name, value in headers.items()}} if headers else {})}


def answers(status, answer, *_):
    same(status, 200, answer)
    return {each['id']: each for each in answer['responses']}


def batch(*requests, **more):
    return answers(*world.ask('POST', '/$batch', {'requests': list(requests)}, **more))


def refused(requests, target):
    status, answer, _ = world.ask('POST', '/$batch', {'requests': requests})
    same((status, answer['error']['target']), (400, target), requests)


def bearer(role, scope='/'):
    secret = world.api_token(role, scope)

    def ask(*requests):
        page = world.call(secret, 'POST', '/$batch', {'requests': list(requests)})
        return answers(page.status, page.json())
    return ask


@test('req222', 'each is answered as if it had come alone, after those that it depends on')
def in_order():
    told = batch(one(3, 'GET', "/groups?$filter=displayName%20eq%20'Batched'&$count=true", None, 1, 2),
                 one(1, 'POST', GROUPS, {'displayName': 'Batched'}), one(2, 'POST', GROUPS, {'displayName': 'Batched'}, 1),
                 one(4, 'GET', '/groups/none'), one(5, 'DELETE', '/groups/none', None, 4), one(6, 'GET', '/tenant'),
                 one(7, 'POST', GROUPS, {'displayNam': 'x'}), one(8, 'GET', '/nowhere'), one(9, 'PUT', '/groups', {}), one(10, 'GET', '/users?$top=0'))
    same({key: each['status'] for key, each in told.items()},
         {'1': 201, '2': 201, '3': 200, '4': 404, '5': 424, '6': 200, '7': 400, '8': 404, '9': 405, '10': 400})
    same((told['3']['body']['@odata.count'], told['6']['body']['id']), (2, WOODGROVE))
    same(told['7']['body']['error']['code'], 'BadRequest')
    tag = told['6']['headers']['ETag']
    told = batch(one(1, 'GET', '/tenant', If_None_Match=tag), one(2, 'PATCH', '/tenant', {'displayName': 'x'}, If_Match='W/"no"'),
                 one(3, 'DELETE', GROUPS + '/' + told['1']['body']['id']), one(4, 'GET', '/tenant', Sallyport_Tenant='fabrikam'))
    same([told[str(number)]['status'] for number in range(1, 5)], [304, 412, 204, 200])
    same(told['4']['body']['displayName'], 'Fabrikam')
    assert 'body' not in told['1'] and 'body' not in told['3']


@test('req228', 'what is no batch is refused whole, and nothing of it is done')
def wrong():
    good = one(1, 'POST', GROUPS, {'displayName': 'Never'})
    for requests in ([], [good] * 21, 'x', None):
        refused(requests, 'requests')
    for bad, where in (({**good, 'id': 5}, 'id'), ({**good, 'id': '1'}, 'id'), ({**good, 'id': 'x' * 65}, 'id'), (one(2, 'TRACE', '/'), 'method'),
                       (one(2, 'GET', 'groups'), 'url'), (one(2, 'GET', 'http://elsewhere/v1.0/groups'), 'url'), (one(2, 'POST', GROUPS, 'x'), 'body'),
                       (one(2, 'GET', GROUPS, Authorization='Bearer x'), 'headers'), (one(2, 'GET', GROUPS, X_Forwarded_For='1.1.1.1'), 'headers'),
                       ({**one(2, 'GET', GROUPS), 'headers': 7}, 'headers'), ({**one(2, 'GET', GROUPS), 'dependsOn': '1'}, 'dependsOn'), ('x', 'id')):
        refused([good, bad], 'requests[1].' + where)
    refused([good, one(2, 'GET', GROUPS, None, 3)], 'requests')
    refused([good, one(2, 'GET', GROUPS, None, 3), one(3, 'GET', GROUPS, None, 2)], 'requests')
    refused([good, one(2, 'GET', GROUPS, None, 2)], 'requests')
    same([group for group in world.must('GET', GROUPS)['value'] if group['displayName'] == 'Never'], [])


@test('req218 req233', 'a batch is no way around role, tenant, limits or the surface')
def no_way_around():
    reader = bearer('Reports Reader', '/tenants/' + WOODGROVE)
    told = reader(one(1, 'GET', '/auditLogs/signIns'), one(2, 'GET', GROUPS), one(3, 'POST', GROUPS, {'displayName': 'Never'}),
                  one(4, 'POST', '/apply', {'tenant': {'id': WOODGROVE}, 'groups': [{'displayName': 'Never'}]}), one(5, 'GET', '/apiTokens'), one(6, 'POST', '/signInLinks', {'first': True}),
                  one(7, 'GET', '/auditLogs/signIns', Sallyport_Tenant='fabrikam'), one(8, 'POST', '/$batch', {'requests': [one(1, 'GET', GROUPS)]}),
                  one(9, 'POST', '/%24batch', {'requests': [one(1, 'GET', GROUPS)]}), one(10, 'GET', '/../healthz'), one(11, 'GET', '/%2e%2e/metrics'),
                  one(12, 'POST', GROUPS, {'displayName': 'x' * 400000}))
    same([told[str(number)]['status'] for number in range(1, 13)], [200, 403, 403, 403, 403, 403, 403, 400, 400, 400, 400, 413])
    same(bearer('User Administrator', '/tenants/' + WOODGROVE)(one(1, 'GET', GROUPS))['1']['status'], 200)
    same(world.call(None, 'POST', '/$batch', {'requests': []}).status, 401)
    same([group for group in world.must('GET', GROUPS)['value'] if group['displayName'] == 'Never'], [])


@test('req237', 'what a batch changes is in the audit, as by him who sent it')
def audited():
    batch(one(1, 'POST', GROUPS, {'displayName': 'Told of'}))
    told = world.must('GET', '/auditLogs/directoryAudits?$top=1')['value'][0]
    same((told['activityDisplayName'], told['operationType']), ('Add group', 'Add'))


@test('attackE4', 'when the answers are many megabytes already, the others are not asked, and say so')
def answers_most():
    places = '/identity/conditionalAccess/namedLocations'
    for number in range(5):
        world.must('POST', places, {'@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': f'Place {number}',
                                    'ipRanges': [f'10.{number}.{at // 250}.{at % 250}/32' for at in range(2000)]})
    size = len(json.dumps(world.must('GET', places), separators=(',', ':')))
    fit = (8 << 20) // size + 1         # the last may go beyond
    assert 1 < fit < 18, size
    told = batch(*[one(number, 'GET', places) for number in range(18)], one('made', 'POST', GROUPS, {'displayName': 'Too late'}),
                 one('after', 'GET', GROUPS, None, 'made'))
    same([told[str(number)]['status'] for number in range(18)], [200] * fit + [413] * (18 - fit))
    same((told['17']['body']['error']['code'], told['made']['status'], told['after']['status']), ('ResponseTooLarge', 413, 424))
    assert 'Too late' not in [each['displayName'] for each in world.must('GET', GROUPS)['value']]


@test('entra 1.5', 'templates: each makes a policy, report-only, which may say some things otherwise')
def templates():
    listed = world.must('GET', TEMPLATES)['value']
    assert any('all users' in each['name'] for each in listed) and len(listed) >= 3, listed
    for each in listed:
        same({name: value for name, value in world.must('GET', f'{TEMPLATES}/{each["id"]}').items() if '@' not in name}, each)
        made = world.must('POST', POLICIES, {'templateId': each['id']})
        same((made['displayName'], made['templateId'], made['state']), (each['details']['displayName'], each['id'], 'enabledForReportingButNotEnforced'))
        world.must('POST', POLICIES, each['details'])
    made = world.must('POST', POLICIES, {'templateId': listed[0]['id'].upper(), 'displayName': 'Mine', 'state': 'disabled'})
    same((made['displayName'], made['state'], made['grantControls']['builtInControls']), ('Mine', 'disabled', ['mfa']))
    same(world.ask('GET', TEMPLATES + '/none')[0], 404)
    same(world.ask('POST', POLICIES, {'templateId': GHOST, 'state': 'disabled', 'displayName': 'x'})[0], 400)


main(tests, [('batching', world)])
