"""An app signs its customer out (RP-Initiated Logout; requirements 96 to 98, and the modules of the suite)."""
import re
import urllib.parse

from browser import clear, query_of
from world import CLIENTS, PASSWORD, World, main, named, same

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000)
BACK = 'http://127.0.0.1:8090/callback'
AWAY = 'http://127.0.0.1:8090/goodbye?from=us'
world.must('PATCH', '/applications/a1b0c6de-0c55-4c7b-8f1d-2d3f4a5b6c01', {'postLogoutRedirectUris': [AWAY]})
TOLD = 'What the developer of the app should fix'


class In:
    """A customer who is signed in to an app, and its tokens."""

    def __init__(self, number=1, browser=None, customer=None, **more):
        self.address, self.user = customer or world.customer()
        self.app = world.app(number)
        if browser is None:
            self.browser, _, page = world.sign_in(self.address, app=self.app, **more)
        else:
            self.browser, page = browser, self.app.begin(browser, **more)
        same(page.status, 303, page)
        answer = self.app.redeem(self.browser, query_of(page.location)['code'])
        same(answer.status, 200, answer)
        self.tokens = answer.json()
        self.hint = self.tokens['id_token']

    def out(self, browser=None, method='GET', headers=(), **query):
        path = self.app.path('logout')
        text = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        if method == 'POST':
            return (browser or self.browser).send('POST', path, text, headers)
        return (browser or self.browser).send(method, path + ('?' + text if text else ''), headers=headers)

    def alive(self, browser=None):
        return self.app.begin(browser or self.browser.twin(), prompt='none').location.find('code=') > 0


def asks(page):
    same((page.status, page.heading, clear(page)), (200, 'Sign out?', None), page)
    return page


def signed_out(page, told=False):
    same((page.status, page.heading, clear(page)), (400 if told else 200, 'You are signed out', None), page)
    return page


@test('req96 req97 req98 oidcc-rp-initiated-logout', 'with the ID token of this session the app is gone back to at once, with state')
def with_hint():
    one = In()
    page = one.out(id_token_hint=one.hint, post_logout_redirect_uri=BACK, state='a:b&c="d"')
    same((page.status, page.location), (303, BACK + '?state=a%3Ab%26c%3D%22d%22'))
    assert not one.alive()
    assert '.session' not in ''.join(one.browser.cookies), one.browser.cookies
    again = one.out(id_token_hint=one.hint, post_logout_redirect_uri=AWAY, state='2')
    same((again.status, again.location), (303, AWAY + '&state=2'))


@test('req96 oidcc-rp-initiated-logout', 'by POST from the app, whose form brings no cookie, it is the same')
def by_post():
    one = In()
    stranger = one.browser.twin()
    stranger.cookies = {}
    page = one.out(stranger, 'POST', {'Origin': 'http://127.0.0.1:8090', 'Sec-Fetch-Site': 'cross-site'},
                   id_token_hint=one.hint, post_logout_redirect_uri=BACK, state='s')
    same(page.status, 303, page)
    assert page.location.startswith(one.app.path('logout') + '?') and one.alive(), page
    page = one.browser.send('GET', page.location)
    same((page.status, page.location), (303, BACK + '?state=s'))
    assert not one.alive()


@test('req96', 'whose token is of another session, user or kind asks, and signs nobody out')
def foreign_hint():
    one, other = In(), In()
    second = In(customer=(one.address, one.user))       # of the same customer, elsewhere
    for hint in (other.hint, second.hint):
        page = asks(one.out(id_token_hint=hint, post_logout_redirect_uri=BACK, state='s'))
        assert one.alive()
    page = one.browser.fill(page, 'sign-out')
    same((page.location, one.alive(), second.alive(), other.alive()), (BACK + '?state=s', False, True, True))


@test('req97 oidcc-rp-initiated-logout-bad-id-token-hint oidcc-rp-initiated-logout-modified-id-token-hint',
      'a token that is not ours, or was changed, leads nowhere; the customer may still sign out')
def bad_hint():
    one = In()
    head, body, mark = one.hint.split('.')
    swap = 'A' if mark[20] != 'A' else 'B'
    for hint in ('bad', f'{head}.{body}.{mark[:20]}{swap}{mark[21:]}', f'{head}.{body}.', one.tokens['access_token'],
                 'eyJhbGciOiJub25lIn0.' + body + '.', one.hint + 'x'):
        page = one.out(id_token_hint=hint, client_id=one.app.client_id, post_logout_redirect_uri=BACK, state='s')
        same((page.status, page.heading, page.location, clear(page)), (400, 'Sign out?', None, None), hint)
        assert 'id_token_hint' in page.text and one.alive(), page.text
    page = one.browser.fill(page, 'sign-out')
    signed_out(page, told=True)
    same((page.location, one.alive()), (None, False))


@test('req97 attackD6 oidcc-rp-initiated-logout-bad-post-logout-redirect-uri '
      'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', 'an address that is not registered is a page, and no redirect')
def bad_uri():
    one = In()
    for uri in (BACK + '?foo=bar', BACK + '/', BACK.upper(), 'https://evil.example/', '//evil.example', AWAY + '&x=1',
                'http://127.0.0.1:8090/goodbye', 'javascript:alert(1)', BACK + '\r\nX: y'):
        page = one.out(id_token_hint=one.hint, post_logout_redirect_uri=uri, state='s')
        same((page.status, page.heading, page.location, clear(page)), (400, 'Sign out?', None, None), uri)
        assert 'post_logout_redirect_uri' in page.text and '8090' not in page.text and one.alive(), page.text
    gone = one.browser.twin()
    gone.cookies = {}
    signed_out(one.out(gone, id_token_hint=one.hint, post_logout_redirect_uri=BACK + '?foo=bar'), told=True)
    same(one.out(id_token_hint=one.hint, post_logout_redirect_uri=AWAY).location, AWAY)


@test('req97 req96 oidcc-rp-initiated-logout-no-id-token-hint oidcc-rp-initiated-logout-no-params '
      'oidcc-rp-initiated-logout-only-state oidcc-rp-initiated-logout-no-state '
      'oidcc-rp-initiated-logout-no-post-logout-redirect-uri', 'whatever is left out, the customer is asked or it is done')
def left_out():
    for query, goes in (({}, None), ({'state': 's'}, None), ({'post_logout_redirect_uri': BACK, 'state': 's'}, None),
                        ({'client_id': CLIENTS + '1'}, None), ({'logout_hint': 'somebody', 'ui_locales': 'en'}, None),
                        ({'client_id': CLIENTS + '1', 'post_logout_redirect_uri': BACK}, BACK),
                        ({'client_id': CLIENTS + '1', 'post_logout_redirect_uri': BACK, 'state': 's'}, BACK + '?state=s')):
        one = In()
        page = asks(one.out(**query))
        assert one.alive()
        page = one.browser.fill(page, 'sign-out', follow=False)
        same((page.location, one.alive()), (goes, False), query)
        if goes is None:
            signed_out(page)
        same(one.out(**query).location, goes)          # there is nothing to ask any more
    one = In()
    signed_out(one.out(id_token_hint=one.hint))
    assert not one.alive()
    one = In()
    same(one.out(id_token_hint=one.hint, post_logout_redirect_uri=BACK).location, BACK)


@test('req97', 'a token of one app and the client_id of another do not go together')
def mismatch():
    one = In()
    for query in ({'client_id': CLIENTS + '2'}, {'client_id': CLIENTS + '9'}, {'client_id': ''}):
        page = one.out(id_token_hint=one.hint, post_logout_redirect_uri=BACK, **query)
        same((page.status, page.location, one.alive()), (400, None, True), query)
    path = one.app.path('logout') + '?' + urllib.parse.urlencode({'id_token_hint': one.hint, 'post_logout_redirect_uri': BACK})
    page = one.browser.send('GET', path + '&post_logout_redirect_uri=https://evil.example')
    same((page.status, page.location, one.alive()), (400, None, True))


@test('req96', 'an ID token that has expired says as well who is signed in')
def expired_hint():
    one = In()
    world.advance(2 * 3600 * 1000)
    same(one.out(id_token_hint=one.hint, post_logout_redirect_uri=BACK).location, BACK)
    assert not one.alive()


@test('req96', 'after a step-up, whoever knows the session of before signs out the one of now')
def stepped_up():
    one = In()
    same(one.app.begin(one.browser, prompt='login').status, 200)
    two = In(2, customer=(one.address, one.user), browser=None)
    page = one.app.begin(one.browser, prompt='login')
    same(one.browser.fill(page, 'password', email=one.address, password=PASSWORD).status, 303)
    assert one.alive()
    asks(one.out(id_token_hint=two.hint))
    same(one.out(id_token_hint=one.hint, post_logout_redirect_uri=BACK).location, BACK)
    same((one.alive(), two.alive()), (False, True))


@test('req96 attackD8', 'a foreign page, a picture, HEAD and a form without our origin end nothing')
def foreign_pages():
    one = In()
    same(one.out(method='HEAD', id_token_hint=one.hint).status, 200)
    asks(one.out(headers={'Sec-Fetch-Dest': 'image', 'Sec-Fetch-Site': 'cross-site'}))
    for headers in ({'Sec-Fetch-Site': 'cross-site'}, {'Sec-Fetch-Site': 'same-site'}, {'Origin': 'https://evil.example'}):
        same(one.out(method='POST', headers=headers, do='sign-out').status, 403, headers)
    assert one.alive()
    same(one.out(method='POST', headers={'Sec-Fetch-Site': 'same-origin'}, do='stay').heading, 'Sign out?')
    assert one.alive()
    signed_out(one.out(method='POST', headers={'Sec-Fetch-Site': 'same-origin'}, do='sign-out'))
    assert not one.alive()


@test('req96 req249', 'the page speaks the language of ui_locales')
def language():
    one = In()
    page = one.out(ui_locales='de fr')
    same((page.heading, page.reader.lang), ('Abmelden?', 'de'))
    same(one.browser.fill(page, 'sign-out').heading, 'Sie sind abgemeldet')


@test('req8 oidcc-rp-initiated-logout-discovery-endpoint-verification', 'the metadata names the endpoint')
def metadata():
    found = world.metadata()
    assert re.fullmatch(re.escape(world.base) + r'/[0-9a-f-]{36}/oauth2/v2\.0/logout', found['end_session_endpoint']), found


main(tests, [('World', world)])
