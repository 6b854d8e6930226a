"""What operators ask of lists and of single objects: options, pages, tags (requirements 222, 228, attacks E4, E11)."""
import json
import re
import urllib.parse

from world import GHOST, World, main, named, same, together

tests = []
test = named(tests)
world = World()
GROUPS, POLICIES = '/groups', '/identity/conditionalAccess/policies'
world.fabrikam()
for number in range(7):
    world.must('POST', GROUPS, {'displayName': f'Page {number}', 'description': f'd{number % 2}'})
PEOPLE = [world.customer(f'page{number}@example.com', city='Ulm' if number % 3 == 0 else 'Kiel') for number in range(12)]


def asked(path, *options, **more):
    """path?$name=value&..., encoded."""
    query = '&'.join(f'{name}={urllib.parse.quote(value)}' for name, value in options)
    return world.ask('GET', path + '?' + query, **more)


def found(path, *options, **more):
    status, answer, _ = asked(path, *options, **more)
    same(status, 200, answer)
    return answer


def wrong(path, *options, target=None, **more):
    status, answer, _ = asked(path, *options, **more)
    same(status, 400, options, answer)
    if target:
        same((answer['error']['target'], answer['error']['details'][0]['target']), (target, target))
    return answer['error']['message']


def follow(answer):
    """The page that its link leads to, which is absolute."""
    link = urllib.parse.urlsplit(answer['@odata.nextLink'])
    assert link.scheme in ('http', 'https') and link.netloc and link.path.startswith('/v1.0/'), link
    return world.must('GET', link.path[len('/v1.0'):] + '?' + link.query)


def pages(answer):
    yield answer['value']
    while '@odata.nextLink' in answer:
        answer = follow(answer)
        yield answer['value']


@test('req222', '$filter: what fits, and a count of it')
def filters():
    answer = found(GROUPS, ('$filter', "description eq 'd1' and startswith(displayName,'page')"), ('$count', 'true'))
    same(({one['displayName'] for one in answer['value']}, answer['@odata.count']), ({'Page 1', 'Page 3', 'Page 5'}, 3))
    assert answer['@odata.context'].endswith('/v1.0/$metadata#groups'), answer
    same(len(found(POLICIES, ('$filter', "state eq 'disabled' or not (state eq 'disabled')"))['value']),
         len(world.must('GET', POLICIES)['value']))
    same(found(POLICIES, ('$filter', "conditions/users/includeUsers/any(u:u eq 'nobody')"))['value'], [])
    same([one['displayName'] for one in found('/roleManagement/directory/roleDefinitions', ('$filter', "displayName eq 'Global Reader'"),
                                              tenant=None)['value']], ['Global Reader'])
    same(len(found('/tenants', ('$filter', 'builtIn eq false'), tenant=None)['value']), 2)


@test('req222 attackE4', 'what is not offered is refused, by name and place')
def refused():
    assert 'character 1' in wrong(GROUPS, ('$filter', "contains(displayName,'x')"), target='$filter')
    assert "'displyName'" in wrong(GROUPS, ('$filter', "displyName eq 'x'"))
    assert "'nonsense'" in wrong(GROUPS, ('$orderby', 'nonsense')) and "'nonsense'" in wrong(GROUPS, ('$select', 'id,nonsense'))
    for option, value in (('$expand', 'members'), ('$search', 'x'), ('$skip', '5'), ('$format', 'json'), ('$apply', 'x')):
        wrong(GROUPS, (option, value), target=option)
    for option, value in (('$top', '0'), ('$top', '1000'), ('$top', 'x'), ('$count', 'yes'), ('$orderby', 'a,b'), ('$orderby', 'a up'),
                          ('$select', ','), ('$filter', 'x' * 3000)):
        wrong(GROUPS, (option, value), target=option)
    wrong(GROUPS, ('$top', '1'), ('$top', '2'), target='$top')
    group = world.must('GET', GROUPS)['value'][0]['id']
    wrong(f'{GROUPS}/{group}', ('$filter', "id eq 'x'"), target='$filter')
    wrong('/users', ('$orderby', 'displayName'), target='$orderby')
    status, answer, _ = world.ask('POST', GROUPS + '?$select=id', {'displayName': 'Never'})
    same((status, answer['error']['target']), (400, '$select'))
    same(found(GROUPS, ('$filter', "displayName eq 'Never'"))['value'], [])
    same(world.ask('GET', GROUPS + '?$filter=%zz')[0], 400)


@test('req222', '$select: what is asked for, its id and annotations; of one, too')
def selects():
    for one in found(GROUPS, ('$select', 'displayName, description'), ('$top', '3'))['value']:
        same({name for name in one if '@' not in name}, {'id', 'displayName', 'description'})
    one = world.must('GET', f'/users/{PEOPLE[0][1]}?$select=city')
    same({name for name in one if '@' not in name}, {'id', 'city'})


@test('req222', 'pages of what has no id: each day of the sign-ups once')
def days():
    path = '/reports/userInsights/daily/signUps?days=5'
    for number in range(3):
        browser = world.browser()
        browser.fill(world.app().begin(browser, prompt='create'), 'address', email=f'new{number}@example.net')
        world.advance(24 * 3600 * 1000)
    whole = [day['factDate'] for day in world.must('GET', path)['value']]
    same(len(whole), 3)
    for top in (1, 2):
        same(sorted(day['factDate'] for page in pages(world.must('GET', f'{path}&$top={top}')) for day in page), sorted(whole))


@test('req222', 'pages: each of all once, in order, whatever comes and goes meanwhile')
def whole_pages():
    def names(answer):
        return [one['displayName'] for page in pages(answer) for one in page]
    ours = ('$filter', "startswith(displayName,'Page')")
    same(names(found(GROUPS, ours, ('$top', '2'), ('$orderby', 'displayName'))), [f'Page {number}' for number in range(7)])
    same(names(found(GROUPS, ours, ('$top', '3'), ('$orderby', 'displayName desc'))), [f'Page {number}' for number in range(6, -1, -1)])
    same([len(page) for page in pages(found(GROUPS, ours, ('$top', '3')))], [3, 3, 1])
    same(len(set(names(found(GROUPS, ours, ('$top', '1'), ('$orderby', 'description'))))), 7)
    first = found(GROUPS, ours, ('$top', '2'), ('$orderby', 'displayName'))
    gone = world.must('POST', GROUPS, {'displayName': 'Page 00'})['id']
    same([one['displayName'] for one in follow(first)['value']], ['Page 2', 'Page 3'])
    world.must('DELETE', f'{GROUPS}/{gone}')


@test('req222 attackE11', 'a token of a link is good for that path, those options, that tenant and caller, and is not to be forged')
def tokens():
    first = found(GROUPS, ('$top', '2'))
    link = urllib.parse.urlsplit(first['@odata.nextLink'])
    token = urllib.parse.parse_qs(link.query)['$skiptoken'][0]
    follow(first)
    for path, options in ((GROUPS, (('$top', '3'),)), (GROUPS, ()), (GROUPS, (('$top', '2'), ('$count', 'true'))),
                          (POLICIES, (('$top', '2'),)), ('/users', (('$top', '2'),))):
        wrong(path, *options, ('$skiptoken', token), target='$skiptoken')
    wrong(GROUPS, ('$top', '2'), ('$skiptoken', token), tenant='fabrikam', target='$skiptoken')
    for forged in ('', 'A', 'AAAA', token[:-2], token[::-1], token + 'AAAA', ('B' if token[0] != 'B' else 'C') + token[1:]):
        wrong(GROUPS, ('$top', '2'), ('$skiptoken', forged), target='$skiptoken')
    page = world.call(world.api_token('Global Reader'), 'GET', f'{GROUPS}?{link.query}', Sallyport_Tenant='woodgrove')
    same((page.status, page.json()['error']['target']), (400, '$skiptoken'))


@test('req222', 'customers: by identity, by any attribute, page by page, and counted as far as one has looked')
def people():
    address, user = PEOPLE[4]
    by = f"identities/any(c:c/issuerAssignedId eq '{address.upper()}' and c/issuer eq 'woodgrove')"
    same([one['id'] for one in found('/users', ('$filter', by))['value']], [user])
    same(found('/users', ('$filter', by.replace('woodgrove', 'fabrikam')))['value'], [])
    begins = found('/users', ('$filter', "identities/any(c:startswith(c/issuerAssignedId,'Page1'))"))['value']
    same({one['id'] for one in begins}, {PEOPLE[number][1] for number in (1, 10, 11)})
    answer = found('/users', ('$filter', "city eq 'ulm' and accountEnabled eq true"), ('$top', '3'), ('$count', 'true'))
    same((answer['@odata.count'], answer['@sallyport.countIsAtLeast']), (3, True))
    ulm = [one['id'] for page in pages(answer) for one in page]
    same((len(ulm), set(ulm)), (4, {PEOPLE[number][1] for number in (0, 3, 6, 9)}))
    last = found('/users', ('$filter', "city eq 'Ulm'"), ('$count', 'true'))
    same((last['@odata.count'], '@sallyport.countIsAtLeast' in last), (4, False))
    everybody = [one['id'] for page in pages(found('/users', ('$top', '5'))) for one in page]
    assert len(everybody) == len(set(everybody)) and set(user for _, user in PEOPLE) <= set(everybody)
    members = world.must('POST', GROUPS, {'displayName': 'Many'})['id']
    for _, user in PEOPLE[:5]:
        world.must('POST', f'{GROUPS}/{members}/members/$ref', {'@odata.id': '/users/' + user})
    same([len(page) for page in pages(found(f'{GROUPS}/{members}/members', ('$top', '2')))], [2, 2, 1])


@test('entra 2.2', 'by what a customer can prove who he is')
def methods():
    address, user = world.customer(mail='codes@example.com')
    _, bare = world.customer()
    world.must('POST', f'/users/{bare}/resetPassword', {})
    email = [{'@odata.type': '#microsoft.graph.emailAuthenticationMethod', 'id': '3ddfcfc8-9383-446f-83cc-3ab9be4be18f',
              'emailAddress': 'codes@example.com'}]
    same(world.must('GET', f'/users/{user}/authentication/emailMethods')['value'], email)
    password, second = world.must('GET', f'/users/{address}/authentication/methods')['value']
    same((password['@odata.type'], 'password' in json.dumps(password).replace('passwordAuthenticationMethod', ''), [second]),
         ('#microsoft.graph.passwordAuthenticationMethod', False, email))
    same(world.must('GET', f'/users/{bare}/authentication/passwordMethods')['value'], [])
    same(world.ask('GET', '/users/nobody@example.com/authentication/methods')[0], 404)


@test('req222', 'tags: unchanged is 304, changed meanwhile is 412 and nothing happens')
def tags():
    group = world.must('POST', GROUPS, {'displayName': 'Tagged'})
    policy = world.must('GET', POLICIES)['value'][0]
    for path, change in ((f'{GROUPS}/{group["id"]}', {'description': 'new'}), (f'{POLICIES}/{policy["id"]}', {'displayName': 'Renamed'}),
                         (f'/users/{PEOPLE[0][1]}', {'city': 'Bonn'}), ('/tenant', {'displayName': 'Renamed'})):
        status, one, headers = world.ask('GET', path)
        tag = one['@odata.etag']
        assert re.fullmatch(r'W/"[\w-]{22}"', tag) and headers['ETag'] == tag, one
        same(world.ask('GET', path, headers={'If-None-Match': tag})[:2], (304, None))
        same(world.ask('PATCH', path, change, headers={'If-Match': 'W/"0123456789012345678901"'})[1]['error']['code'], 'PreconditionFailed')
        same(world.must('GET', path)['@odata.etag'], tag)
        status, changed, _ = world.ask('PATCH', path, change, headers={'If-Match': f'W/"x", {tag}'})
        same(status, 200, changed)
        assert changed['@odata.etag'] != tag
        same(world.must('GET', path)['@odata.etag'], changed['@odata.etag'])
        status, answer, _ = world.ask('PATCH', path, {**change, 'displayName': 'Not any more'}, headers={'If-Match': tag})
        same((status, answer['error']['code']), (412, 'PreconditionFailed'))
        same(world.ask('GET', path, headers={'If-None-Match': tag})[0], 200)
        same(world.ask('PATCH', path, {'displayName': 'Anyhow'}, headers={'If-Match': '*'})[0], 200)
    one = f'{GROUPS}/{group["id"]}'
    same(world.ask('DELETE', one, headers={'If-Match': group['@odata.etag']})[0], 412)
    listed, = [item for item in world.must('GET', GROUPS)['value'] if item['id'] == group['id']]
    same(listed['@odata.etag'], world.must('GET', one)['@odata.etag'])
    same(world.ask('DELETE', one, headers={'If-Match': listed['@odata.etag']})[0], 204)


@test('req222', 'of many who change what all of them saw, one does')
def one_of_many():
    group = world.must('POST', GROUPS, {'displayName': 'Wanted'})
    path, tag = f'{GROUPS}/{group["id"]}', group['@odata.etag']
    statuses = together(8, lambda number: world.ask('PATCH', path, {'description': f'by {number}'}, headers={'If-Match': tag})[0])
    same(sorted(statuses), [200] + [412] * 7)
    user = f'/users/{PEOPLE[1][1]}'
    tag = world.must('GET', user)['@odata.etag']
    statuses = together(8, lambda number: world.ask('PATCH', user, {'city': f'City {number}'}, headers={'If-Match': tag})[0])
    assert statuses.count(200) == 1 and set(statuses) <= {200, 409, 412}, statuses


@test('attackE16', 'secrets go back as they came, keep what is kept of them, and bring nothing of their own')
def secrets():
    app = world.must('POST', '/applications', {'displayName': 'Kept', 'passwordCredentials': [{'displayName': 'one'}]})
    key = app['passwordCredentials'][0]['keyId']
    path = '/applications/' + app['id']
    world.must('POST', path + '/addPassword', {})
    read = world.must('GET', path)
    same(len(read['passwordCredentials']), 2)
    assert 'secretHash' not in json.dumps(read)
    status, answer, _ = world.ask('PATCH', path, {**{name: value for name, value in read.items() if '@' not in name}, 'displayName': 'Still'})
    same((status, answer.get('displayName'), answer.get('passwordCredentials')), (200, 'Still', read['passwordCredentials']), answer)
    world.must('PATCH', path, {'passwordCredentials': [one for one in read['passwordCredentials'] if one['keyId'] == key]})
    same([one['keyId'] for one in world.must('GET', path)['passwordCredentials']], [key])
    for credential in ({'keyId': GHOST}, {'keyId': key, 'secretHash': 'A' * 43}):
        same(world.ask('PATCH', path, {'passwordCredentials': [credential]})[0], 400)
    same([one['keyId'] for one in world.must('GET', path)['passwordCredentials']], [key])


main(tests, [('querying', world)])
