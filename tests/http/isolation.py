"""Tenants don't meet: each route of every surface, with another tenant's ids, tokens, cookies and administrators (req232)."""
import json
import pathlib
import re
import urllib.parse
import uuid

from admins import Administrator
from browser import App, Browser
from policies import POLICIES, policy
from routes import routes
from world import FABRIKAM as OTHER, SOURCE, WOODGROVE, World, main, named, same, source

tests = []
test = named(tests)
world = World()
BACK = 'http://127.0.0.1:8097/back'
REFUSED = {400, 401, 403, 404}
NOBODY = '/users/{id}/erase'        # done of whoever is not there: of an id that is nobody's it takes nothing away
LISTS = ('/applications', '/groups', '/users', '/identity/conditionalAccess/policies', '/identity/authenticationEventsFlows',
         '/auditLogs/signIns', '/auditLogs/directoryAudits', '/tenant')


class Tenant:
    """One with an object of each kind, and a customer who is signed in."""

    def __init__(self, name):
        self.name = name
        app = self.post('/applications', {'displayName': 'Shop', 'web': {'redirectUris': [BACK]}, 'thirdParty': True})
        secret = self.post(f'/applications/{app["id"]}/addPassword', {})
        self.app, self.key, self.client = app['id'], secret['keyId'], app['appId']
        self.secret = secret['secretText']
        world.canaries.add(self.secret)
        self.group = self.post('/groups', {'displayName': 'People'})['id']
        self.policy = self.post(POLICIES, policy('Theirs', 'disabled'))['id']
        self.address, self.user = world.customer(f'ann@{name}.example.com', tenant=name)
        self.post(f'/groups/{self.group}/members/$ref', {'@odata.id': f'/users/{self.user}'})
        self.shop = App(name, self.client, BACK, self.secret)
        self.browser, self.tokens = self.sign_in()
        self.consent = world.must('GET', f'/users/{self.user}/oauth2PermissionGrants', tenant=name)['value'][0]['id']

    def post(self, path, body):
        return world.must('POST', path, body, tenant=self.name)

    def sign_in(self):
        browser, _, page = world.sign_in(self.address, app=self.shop, scope='openid offline_access')
        page = browser.fill(page, 'agree') if page.status == 200 else page
        tokens = self.shop.redeem(browser, self.shop.code(page)).json()
        world.canaries.update((tokens['access_token'], tokens['refresh_token']))
        return browser, tokens

    def state(self):
        """All that there is, to be compared."""
        return [json.dumps(world.must('GET', path, tenant=self.name)['value' if path != '/tenant' else 'id'], sort_keys=True) for path in LISTS] + [
            json.dumps(world.must('GET', f'/groups/{self.group}/members', tenant=self.name)['value'])]

    def stands(self):
        """The customer is signed in still, and his tokens are good."""
        same(self.shop.userinfo(self.browser, self.tokens['access_token']).status, 200)
        page = self.shop.begin(self.browser, prompt='none', scope='openid')
        assert 'code=' in page.location, page


def fresh():
    """What the refused may leave in the logs of the one who was asked, is no change."""
    return [part for part, path in zip(THEIRS.state(), (*LISTS, 'members')) if not path.startswith('/auditLogs')]


world.fabrikam()
OURS, THEIRS = Tenant('woodgrove'), Tenant('fabrikam')


def theirs_of(path):
    """The path with an id of theirs in each place; a kind that is new here must be named."""
    ids = {'/applications': THEIRS.app, '/groups': THEIRS.group, '/users': THEIRS.user, '/oauth2PermissionGrants': THEIRS.consent,
           '/identity/conditionalAccess/policies': THEIRS.policy}
    head = path.split('/{')[0]
    return re.sub(r'\{user\}', THEIRS.user, re.sub(r'\{id\}', ids.get(head, str(uuid.uuid4())), path))


def bearers():
    """Who may everything in ours, and nothing in theirs: an API token, and an administrator."""
    token = world.api_token('Global Administrator', f'/tenants/{WOODGROVE}')
    boss = Administrator(world, 'boss@example.com', ('Global Administrator', f'/tenants/{WOODGROVE}'))
    return token, boss.token(WOODGROVE), boss.token(OTHER)


@test('req232 attackE11', 'the admin API: ids of theirs are nobody in ours, and ours opens nothing of theirs')
def admin():
    before, walked = fresh(), 0
    program, person, stranger = bearers()
    bodies = {'/applications/{id}/removePassword': {'keyId': THEIRS.key}, '/groups/{id}/members/$ref': {'@odata.id': f'/users/{THEIRS.user}'}}
    for method, path, area, changes in routes():
        body = bodies.get(path, {'displayName': 'Mine'}) if method in ('POST', 'PATCH') else None
        where = theirs_of(path)
        for token in (program, person) if '{' in path else ():
            page = world.call(token, method, where, body)
            empty = method == 'GET' and page.status == 200 and page.json()['value'] == []
            assert page.status in REFUSED or empty or (page.status, path) == (204, NOBODY), (method, path, page)
            walked += 1
        for token, header in ((program, {'Sallyport_Tenant': 'fabrikam'}), (person, {'Sallyport_Tenant': OTHER}), (stranger, {})):
            page = world.call(token, method, where, body, **header)
            same(page.status == 403, area != 'self', method, path, page)
            walked += 1
    # A group of ours that takes theirs in, and an application of ours that is granted what is theirs.
    for token in (program, person):
        page = world.call(token, 'POST', f'/groups/{OURS.group}/members/$ref', {'@odata.id': f'/users/{THEIRS.user}'})
        assert page.status in REFUSED, page
    same(fresh(), before)
    THEIRS.stands()
    assert walked > 200, walked


def surface(name):
    """(method, path) of each route of a surface's own table."""
    text = pathlib.Path(SOURCE, f'core/surface/{name}/{name}.c').read_text()
    names = dict(re.findall(r'#define (\w+) "([^"]+)"', text))
    table = text[text.index(f'{name}_routes[] = {{'):]
    found = [(method, names.get(base, '') + path)
             for method, base, path in re.findall(r'\t\{ "(GET|POST)", (?:([A-Z]+)\s?)?(?:"([^"]+)")?', table)]
    same(len(found), len(re.findall(r'\t\{ "', table)), name)
    return found


def forms():
    """What is good at ours, for each route of theirs: form, headers."""
    code = OURS.shop.code(OURS.shop.begin(OURS.browser, scope='openid'))
    pushed = OURS.shop.ask(OURS.browser, 'par', **OURS.shop.request()).json()['request_uri']
    client = {'client_id': OURS.client, 'client_secret': OURS.secret}
    access, refresh = OURS.tokens['access_token'], OURS.tokens['refresh_token']
    bearer = {'Authorization': 'Bearer ' + access}
    return {
        'authorize': [(OURS.shop.request(), {}), ({'client_id': OURS.client, 'request_uri': pushed}, {}),
                      ({'client_id': THEIRS.client, 'request_uri': pushed}, {})],
        'token': [({**client, 'grant_type': 'authorization_code', 'code': code, 'redirect_uri': BACK, 'code_verifier': OURS.shop.verifier}, {}),
                  ({**client, 'grant_type': 'refresh_token', 'refresh_token': refresh}, {}),
                  ({'client_id': THEIRS.client, 'client_secret': THEIRS.secret, 'grant_type': 'refresh_token', 'refresh_token': refresh}, {}),
                  ({'client_id': THEIRS.client, 'client_secret': OURS.secret, 'grant_type': 'refresh_token',
                    'refresh_token': THEIRS.tokens['refresh_token']}, {}),
                  ({**client, 'grant_type': 'client_credentials', 'scope': f'{OURS.client}/.default'}, {})],
        'par': [({**client, **OURS.shop.request()}, {})], 'devicecode': [({**client, 'scope': 'openid'}, {})],
        'introspect': [({**client, 'token': access}, {}), ({**client, 'token': THEIRS.tokens['access_token']}, {})],
        'revoke': [({**client, 'token': refresh}, {}), ({**client, 'token': THEIRS.tokens['refresh_token']}, {})],
        'userinfo': [({}, bearer)], 'logout': [({'id_token_hint': OURS.tokens['id_token']}, {})],
    }


PUBLIC = {'.well-known', 'keys', 'flow', 'link', 'assets'}      # of everybody, or of pages: see below


@test('req232 attackE11', 'OpenID Connect: clients, secrets, codes, tokens and requests of ours are nothing in theirs')
def oidc():
    before, walked = fresh(), 0
    for method, path in surface('oidc'):
        what = path.rsplit('/', 1)[1]
        if PUBLIC & set(path.split('/')):
            continue
        tries = forms()[what]                    # one that is new has no row, and fails
        for fields, headers in tries:
            browser = Browser(world.base, source())
            browser.cookies = dict(OURS.browser.cookies)
            where = path.replace('{tenant}', 'fabrikam')
            if method == 'GET':
                page = browser.send('GET', f'{where}?{urllib.parse.urlencode(fields)}', headers=headers)
            else:
                page = browser.post(where, fields, follow=False, **headers)
            asks = what == 'logout' and page.status in (200, 303)      # it asks, and names nobody
            assert page.status in REFUSED or asks, (method, path, fields, page)
            assert OURS.address not in page.body and 'code=' not in (page.location or ''), page
            walked += 1
    # With their client as well: a session, a code or a token of ours is none of theirs.
    both = Browser(world.base, source())
    both.cookies = {**OURS.browser.cookies}
    page = THEIRS.shop.begin(both)
    assert page.form('password') and page.status == 200, page
    assert 'error=login_required' in THEIRS.shop.begin(both, prompt='none').location
    # The same of ours under the name of theirs: the cookie's name is the tenant's.
    both.cookies = {name.replace(WOODGROVE, OTHER): value for name, value in OURS.browser.cookies.items()}
    assert 'error=login_required' in THEIRS.shop.begin(both, prompt='none').location
    same(fresh(), before)
    THEIRS.stands()
    OURS.stands()
    assert walked > 20, walked


@test('req232 attackE11', 'pages: a journey of ours goes on in ours alone')
def pages():
    before = fresh()
    browser = world.browser()
    page = OURS.shop.begin(browser)
    fields = {**page.form('password').fields, 'do': 'password', 'email': THEIRS.address, 'password': 'x'}
    for method, path in surface('pages'):
        if 'assets' in path:
            continue
        where = path.replace('{tenant}', 'fabrikam').replace('{journey}', fields['journey'])
        for cookies in ({}, browser.cookies, OURS.browser.cookies, {name.replace(WOODGROVE, OTHER): value for name, value in browser.cookies.items()}):
            other = Browser(world.base, source())
            other.cookies = dict(cookies)
            answer = other.post(where, fields, follow=False) if method == 'POST' else other.send('GET', where)
            opened = 'device' in path and method == 'GET' and answer.status in (200, 303)     # an empty form
            assert answer.status in REFUSED | {409} or opened, (method, path, answer)
            assert OURS.address not in answer.body, answer
    same(fresh(), before)
    THEIRS.stands()


main(tests, [('isolation', world)])
