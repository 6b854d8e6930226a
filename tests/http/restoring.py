"""What was deleted comes back as it was, for a while, by whoever may (requirements 233, 237, 239)."""
import json

import policies
from browser import App
from policies import POLICIES
from world import GHOST, WOODGROVE, World, main, named, same, together

tests = []
test = named(tests)
world = World()
DAY = 24 * 3600 * 1000
DELETED = '/directory/deletedItems/microsoft.graph.'
APP, POLICY = DELETED + 'application', DELETED + 'conditionalAccessPolicy'
BODY = policies.policy('Going')
world.fabrikam()


def bare(document):
    return {name: value for name, value in document.items() if '@' not in name}


def gone(path):
    same(world.ask('GET', path)[0], 404)


@test('entra 1.1', 'a deleted policy asks nobody for anything, is listed with when, and comes back to the same id, and asks again')
def policy():
    made = world.must('POST', POLICIES, BODY)
    one, back = f'{POLICIES}/{made["id"]}', f'{POLICY}/{made["id"]}'
    address, _ = world.customer()
    assert 'code' in world.sign_in(address)[2].body.lower(), 'the second door'
    same(world.ask('DELETE', one)[0] in (200, 204), True)
    gone(one)
    page = world.sign_in(address)[2]
    same(page.status, 303, page)
    listed, = [each for each in world.must('GET', POLICY)['value'] if each['id'] == made['id']]
    assert listed['deletedDateTime'] >= made['createdDateTime'], listed
    same(bare(world.must('GET', back)), bare(listed))
    same({name: value for name, value in bare(listed).items() if name != 'deletedDateTime'}, bare(made))
    same(bare(world.must('POST', back + '/restore', {})), bare(made))
    same(bare(world.must('GET', one)), bare(made))
    gone(back)
    same(world.ask('POST', back + '/restore', {})[0], 404)
    world.must('DELETE', one)
    same(world.ask('DELETE', back)[0], 204)
    gone(back)
    same(world.ask('POST', back + '/restore', {})[0], 404)


@test('entra 1.1', 'an application comes back with its secrets, and shows none of them meanwhile')
def application():
    made = world.must('POST', '/applications', {'displayName': 'Going', 'web': {'redirectUris': ['http://127.0.0.1:8099/back']},
                                                'passwordCredentials': [{'displayName': 'one'}]})
    secret = made['@sallyport.secrets'][0]
    world.canaries.add(secret)
    api = world.must('POST', '/applications', {'displayName': 'An API'})

    def token():
        app = App('woodgrove', made['appId'], None, secret)
        return app.ask(world.browser(), 'token', grant_type='client_credentials', scope=f'{api["appId"]}/.default').json().get('error')
    before = token()
    assert before != 'invalid_client', before
    world.must('DELETE', '/applications/' + made['id'])
    same(token(), 'invalid_client')
    assert 'secretHash' not in json.dumps([world.must('GET', APP), world.must('GET', f'{APP}/{made["id"]}')])
    back = world.must('POST', f'{APP}/{made["id"]}/restore', {})
    same((back['appId'], back['createdDateTime'], back['passwordCredentials']),
         (made['appId'], made['createdDateTime'], made['passwordCredentials']))
    assert 'secretHash' not in json.dumps(back)
    same(token(), before)


@test('entra 1.1', 'what would break a rule now does not come back, and is kept')
def rules():
    made = world.must('POST', '/applications', {'displayName': 'Twice'})
    world.must('DELETE', '/applications/' + made['id'])
    other = world.must('POST', '/applications', {'displayName': 'Twice', 'appId': made['appId']})
    status, answer, _ = world.ask('POST', f'{APP}/{made["id"]}/restore', {})
    same((status, answer['error']['code']), (409, 'ObjectConflict'))
    world.must('GET', f'{APP}/{made["id"]}')
    world.must('DELETE', '/applications/' + other['id'])
    world.must('POST', f'{APP}/{made["id"]}/restore', {})
    for path in (APP, POLICY):
        for one in ('none', GHOST):
            for method, more in (('GET', ''), ('POST', '/restore'), ('DELETE', '')):
                same(world.ask(method, f'{path}/{one}{more}', {} if method == 'POST' else None)[0], 404)


@test('DESIGN 5', 'of many who bring one back at once, one does; apply with prune deletes as softly')
def at_once():
    made = world.must('POST', POLICIES, BODY)
    world.ask('DELETE', f'{POLICIES}/{made["id"]}')
    statuses = together(8, lambda number: world.ask('POST', f'{POLICY}/{made["id"]}/restore', {})[0])
    assert statuses.count(200) == 1 and set(statuses) <= {200, 404, 409}, statuses
    before = world.must('GET', POLICIES)['value']
    world.must('POST', '/apply?prune=true', {'conditionalAccessPolicies': []})
    same(world.must('GET', POLICIES)['value'], [])
    deleted = {one['id'] for one in world.must('GET', POLICY)['value']}
    assert {one['id'] for one in before} <= deleted
    for one in before:
        world.must('POST', f'{POLICY}/{one["id"]}/restore', {})


@test('req218 req233', 'each kind is for the roles that edit it, of that tenant')
def roles():
    app = world.must('POST', '/applications', {'displayName': 'Guarded'})['id']
    policy = world.must('POST', POLICIES, BODY)['id']
    world.must('DELETE', '/applications/' + app)
    world.ask('DELETE', f'{POLICIES}/{policy}')

    def ask(role, method, path):
        return world.call(world.api_token(role, f'/tenants/{WOODGROVE}'), method, path, {} if method == 'POST' else None).status
    same([ask('Application Administrator', 'POST', f'{POLICY}/{policy}/restore'), ask('Conditional Access Administrator', 'POST', f'{APP}/{app}/restore'),
          ask('Security Reader', 'DELETE', f'{POLICY}/{policy}'), ask('Reports Reader', 'GET', POLICY)], [403] * 4)
    same(world.ask('POST', f'{POLICY}/{policy}/restore', {}, tenant='fabrikam')[0], 404)
    same(world.must('GET', POLICY, tenant='fabrikam')['value'], [])
    same([ask('Security Reader', 'GET', f'{POLICY}/{policy}'), ask('Conditional Access Administrator', 'POST', f'{POLICY}/{policy}/restore'),
          ask('Application Administrator', 'POST', f'{APP}/{app}/restore')], [200, 200, 200])


@test('entra 1.1', 'more than a store lists at once are all listed, and counted, and cut into pages of $top')
def many():
    names, empty = [], {'tenant': {'name': 'fabrikam'}, 'applications': []}
    for part in range(6):
        apps = [{'displayName': f'Many {part} {number}'} for number in range(175)]
        world.must('POST', '/apply', {**empty, 'applications': apps}, tenant='fabrikam')
        world.must('POST', '/apply?prune=true', empty, tenant='fabrikam')
        names += [app['displayName'] for app in apps]
    page = world.must('GET', APP + '?$count=true', tenant='fabrikam')
    same((page['@odata.count'], len(page['value'])), (len(names), len(names)))
    same({one['displayName'] for one in page['value']} ^ set(names), set())
    page = world.must('GET', APP + '?$top=999', tenant='fabrikam')
    same(len(page['value']), 999)
    assert page['@odata.nextLink'], page


@test('entra 3.2', 'after its time it is gone for good')
def expires():
    world.must('PATCH', '/tenant', {'settings': {'deletedItemLifetime': 2 * 86400}})
    made = world.must('POST', POLICIES, {**BODY, 'state': 'disabled'})
    world.must('DELETE', f'{POLICIES}/{made["id"]}')
    world.advance(DAY)
    world.must('GET', f'{POLICY}/{made["id"]}')
    world.advance(DAY + 60000)
    gone(f'{POLICY}/{made["id"]}')
    same(world.ask('POST', f'{POLICY}/{made["id"]}/restore', {})[0], 404)
    assert made['id'] not in [one['id'] for one in world.must('GET', POLICY)['value']]


main(tests, [('restoring', world)])
