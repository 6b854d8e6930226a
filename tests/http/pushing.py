"""Pushed authorization requests (RFC 9126): who may push, and one answer for each."""
import base64
import urllib.parse

from browser import App, Browser, claims, clear, query_of
from world import CLIENTS, PASSWORD, World, counts, main, named, same, together

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
address, user = world.customer()
SECRET = 'canary-secret-of-the-pusher-0123456789'
BACK = 'http://127.0.0.1:8091/pushed'
world.canaries.add(SECRET)
made = world.must('POST', '/applications', {
    'appId': CLIENTS + 'e', 'displayName': 'Pusher', 'web': {'redirectUris': [BACK]},
    'passwordCredentials': [{'displayName': 'one', 'secretText': SECRET}]})
PATH = '/applications/' + made['id']
pusher, shop = App('woodgrove', CLIENTS + 'e', BACK, SECRET), world.app()
browser = world.sign_in(address)[0]     # has a session
URI = 'urn:ietf:params:oauth:request_uri:'


def push(of=pusher, where=browser, also=(), **more):
    fields = {**of.request(**more), **dict(also)}
    if of.secret and 'client_secret' not in fields:
        fields['client_secret'] = of.secret
    fields = {name: value for name, value in fields.items() if value is not None}
    return where.twin().post(of.path('par'), fields, Accept='application/json', Cookie=None)


def pushed(of=pusher, **more):
    answer = push(of, **more)
    same(answer.status, 201, answer)
    return answer.json()['request_uri']


def use(uri, of=pusher, where=browser, **more):
    fields = {'client_id': of.client_id, 'request_uri': uri, **more}
    fields = {name: value for name, value in fields.items() if value is not None}
    return where.send('GET', of.path('authorize') + '?' + urllib.parse.urlencode(fields))


def refused(page, uri=BACK):
    """Told to the app: that it was used before."""
    same((page.status, page.location.split('?')[0], query_of(page.location)['error']), (303, uri, 'invalid_request_uri'))
    same(query_of(page.location)['state'], pusher.state)


def nowhere(page):
    """Told to the person, since nobody knows whose request it was."""
    same((page.status, page.location, clear(page)), (400, None, None), page)
    assert 'invalid_request_uri' in page.text, page.text


@test('req57', 'a request is pushed and used; what stands beside its name is ignored')
def pushes():
    answer = push()
    same((answer.status, sorted(answer.json()), answer.json()['expires_in']), (201, ['expires_in', 'request_uri'], 90))
    same(answer.header('Cache-Control'), 'no-store')
    assert answer.json()['request_uri'].startswith(URI), answer
    page = use(answer.json()['request_uri'], redirect_uri='https://evil.example', scope='root', state='other',
               code_challenge='x', response_type='token')
    same(pusher.redeem(browser, pusher.code(page)).status, 200)
    page = use(pushed(shop), shop)                  # a public client pushes as well
    same(shop.redeem(browser, shop.code(page)).status, 200)
    basic = 'Basic ' + base64.b64encode(f'{pusher.client_id}:{SECRET}'.encode()).decode()
    fields = {**pusher.request(client_id=None)}
    answer = browser.send('POST', pusher.path('par'), urllib.parse.urlencode(fields), {'Authorization': basic})
    same(answer.status, 201, answer)
    form = urllib.parse.urlencode({'client_id': pusher.client_id, 'request_uri': answer.json()['request_uri']})
    same(pusher.redeem(browser, pusher.code(browser.send('POST', pusher.path('authorize'), form))).status, 200)
    metadata = world.metadata()
    same(metadata['pushed_authorization_request_endpoint'],
         metadata['token_endpoint'].replace('/token', '/par'))
    same(metadata['require_pushed_authorization_requests'], False)
    same(world.must('GET', '/tenant')['settings']['pushedRequestLifetime'], 90)


@test('req57 req53 req34', 'who pushes says who he is, as at the token endpoint; what is wrong is told at once')
def refusals():
    for changed, status, error in (
            ({'client_secret': 'wrong secret of 16'}, 401, 'invalid_client'), ({'client_secret': ''}, 401, 'invalid_client'),
            ({'client_id': 'nobody'}, 401, 'invalid_client'), ({'client_id': None}, 400, 'invalid_request'),
            ({'request_uri': URI + 'x'}, 400, 'invalid_request'), ({'request': 'ey'}, 400, 'request_not_supported'),
            ({'redirect_uri': 'https://evil.example'}, 400, 'invalid_request'), ({'redirect_uri': None}, 400, 'invalid_request'),
            ({'response_type': 'token'}, 400, 'unsupported_response_type'), ({'code_challenge': None}, 400, 'invalid_request'),
            ({'scope': 'api://nowhere/x'}, 400, 'invalid_scope'), ({'prompt': 'none login'}, 400, 'invalid_request'),
            ({'resource': 'https://nobody.example'}, 400, 'invalid_target')):
        answer = push(also=changed)
        same((answer.status, answer.json()['error']), (status, error), changed, answer)
    same(browser.send('GET', pusher.path('par')).status, 405)
    same(browser.send('POST', pusher.path('par'), '{}', {'Content-Type': 'application/json'}).status, 400)
    same(browser.send('POST', pusher.path('par'), 'state=' + 'x' * 40000).status, 413)
    twice = urllib.parse.urlencode({**pusher.request(), 'client_secret': SECRET}) + '&state=two'
    same(browser.send('POST', pusher.path('par'), twice).json()['error'], 'invalid_request')


@test('req57 req70', 'several resources are pushed as they are asked for (RFC 8707 2)')
def resources():
    bank, ledger = (world.must('POST', '/applications', {'displayName': name})['appId'] for name in ('Bank', 'Ledger'))
    for api in (bank, ledger):
        world.publish(api, 'read')
        world.grant(pusher.client_id, api, 'read')
    fields = {**pusher.request(scope='read'), 'client_secret': SECRET, 'resource': [bank, ledger]}
    answer = browser.send('POST', pusher.path('par'), urllib.parse.urlencode(fields, doseq=True))
    same(answer.status, 201, answer)
    code = pusher.code(use(answer.json()['request_uri']))
    same(claims(pusher.redeem(browser, code, resource=ledger).json()['access_token'])['aud'], ledger)


@test('req57 req18', 'it is for its client, its tenant, its issuer and its time; else nobody is sent anywhere')
def bound():
    uri = pushed()
    nowhere(use(uri, shop))
    nowhere(use(uri, client_id=None))
    nowhere(use(uri[:-2]))
    nowhere(use(uri[:-4] + 'AAAA'))
    nowhere(use(URI))
    other = Browser(world.other, browser.source)
    other.cookies = dict(browser.cookies)
    nowhere(use(uri, where=other))
    same(use(uri).status, 303)
    late, soon = pushed(), pushed()
    world.advance(89 * 1000)
    same('code' in query_of(use(soon).location), True)
    world.advance(1000)
    nowhere(use(late))
    uri = pushed()
    world.must('PATCH', PATH, {'web': {'redirectUris': ['http://127.0.0.1:8091/moved']}})
    page = use(uri)                                 # it is judged by what is registered now
    same((page.status, page.location), (400, None))
    world.must('PATCH', PATH, {'web': {'redirectUris': [BACK]}})


@test('req57 req37', 'of 64 uses at once by who is signed in, one gets a code; later ones are refused')
def parallel():
    for _ in range(2):
        uri = pushed()
        pages = together(64, lambda _: use(uri, where=browser.twin()))
        told = [query_of(page.location) for page in pages]
        same(len([one for one in told if 'code' in one]), 1, counts(pages))
        same({one.get('error') for one in told}, {None, 'invalid_request_uri'})
        refused(use(uri))
        code = next(one['code'] for one in told if 'code' in one)
        same(pusher.redeem(browser, code).status, 200)


@test('req57 attackA2', 'the page may be loaded again and in two tabs; the first to sign in has it')
def tabs():
    uri, where = pushed(), world.browser()
    page = use(uri, where=where)
    again = use(uri, where=where)
    same((page.status, page.heading, again.heading), (200, 'Sign in', 'Sign in'))
    world.advance(10 * 60 * 1000)                   # its name is over, what was begun is not
    first = where.fill(page, 'password', email=address, password=PASSWORD)
    same(pusher.redeem(where, pusher.code(first)).status, 200)
    second = where.fill(again, 'password', email=address, password=PASSWORD)
    same((second.status, second.location), (409, None), second)
    assert not second.forms or not second.forms[0].fields.get('journey'), second.body
    uri, one, two = pushed(), world.browser(), world.browser()
    forms = [use(uri, where=one), use(uri, where=two)]
    pages = together(2, lambda n: (one, two)[n].fill(forms[n], 'password', email=address, password=PASSWORD))
    same(sorted(page.status for page in pages), [303, 409])
    refused(use(uri))
    uri, where = pushed(), world.browser()
    form = use(uri, where=where)
    refused_later = use(uri)                        # somebody who is signed in is faster
    same('code' in query_of(refused_later.location), True)
    same(where.fill(form, 'password', email=address, password=PASSWORD).status, 409)


@test('req57', 'what is begun stays one way in for as long as it may take, by way of the other forms too')
def ways_in():
    uri, where = pushed(), world.browser()
    page = use(uri, where=where)
    page = where.fill(page, 'to-reset')
    page = where.fill(page, 'to-sign-in')
    world.advance(29 * 60 * 1000)
    page = where.fill(page, 'to-reset')
    page = where.fill(page, 'to-sign-in')
    kept = page
    first = where.fill(page, 'password', email=address, password=PASSWORD)
    same('code' in query_of(first.location), True)
    world.advance(20 * 1000)
    same(where.fill(kept, 'password', email=address, password=PASSWORD).status, 409)
    world.advance(3 * 60 * 1000)                    # by then nobody remembers that it is spent, and it opens nothing
    same(where.fill(kept, 'password', email=address, password=PASSWORD).location, None)
    same(use(pushed(prompt='none'), where=world.browser()).location.split('error=')[1].split('&')[0], 'login_required')


@test('req58', 'where an app or a tenant wants it so, a request that was not pushed is refused')
def demanded():
    def plain(of):
        return query_of(browser.send('GET', of.path('authorize') + '?' + urllib.parse.urlencode(of.request())).location)
    same('code' in plain(pusher), True)
    world.must('PATCH', PATH, {'requirePushedAuthorizationRequests': True})
    same((plain(pusher)['error'], 'code' in plain(shop)), ('invalid_request', True))
    same('code' in query_of(use(pushed()).location), True)
    world.must('PATCH', PATH, {'requirePushedAuthorizationRequests': False})
    world.must('PATCH', '/tenant', {'settings': {'requirePushedAuthorizationRequests': True}})
    same((plain(pusher)['error'], plain(shop)['error']), ('invalid_request', 'invalid_request'))
    same(world.metadata()['require_pushed_authorization_requests'], True)
    same('code' in query_of(use(pushed(shop), shop).location), True)
    world.must('PATCH', '/tenant', {'settings': {'requirePushedAuthorizationRequests': False}})


main(tests, [('pushing', world)])
