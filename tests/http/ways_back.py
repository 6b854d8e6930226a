"""Back to the app: by redirect, by sign-out, and not by another tenant's cookies."""
import urllib.parse

from browser import App, Browser, query_of
from world import MFA, World, main, named, same

tests = []
test = named(tests)
world = World()
BACK = 'http://127.0.0.1:8090/callback'


@test('req214', 'the page that signs out may lead back to the app that asked, and to no other')
def sign_out():
    address, _ = world.customer()
    browser, app, page = world.sign_in(address)
    query = urllib.parse.urlencode({'client_id': app.client_id, 'post_logout_redirect_uri': BACK, 'state': 's&t'})
    page = browser.get(app.path('logout') + '?' + query)
    assert "form-action 'self' http://127.0.0.1:8090;" in page.header('Content-Security-Policy') + ';', page.headers
    page = browser.fill(page, 'sign-out')
    same(page.location, BACK + '?state=s%26t')
    page = browser.get(app.path('logout') + '?post_logout_redirect_uri=' + urllib.parse.quote(BACK))
    assert "form-action 'self'" in page.header('Content-Security-Policy')
    assert '8090' not in page.header('Content-Security-Policy')


@test('req83', 'prompt=none shows no page when policy blocks')
def none_blocked():
    address, _ = world.customer()
    browser, app, _ = world.sign_in(address)
    world.must('PATCH', '/identity/conditionalAccess/policies/' + MFA, {
        'state': 'enabled', 'grantControls': {'operator': 'OR', 'builtInControls': ['block']}})
    page = app.begin(browser, prompt='none')
    world.must('PATCH', '/identity/conditionalAccess/policies/' + MFA, {
        'state': 'disabled', 'grantControls': {'operator': 'OR', 'builtInControls': ['mfa']}})
    same((page.status, query_of(page.location or '').get('error')), (303, 'interaction_required'))


@test('req83', 'prompt=none shows no page to whom no policy can be judged for')
def none_denied():
    address, user = world.customer()
    browser, app, _ = world.sign_in(address)
    for first in range(0, 2100, 700):
        world.must('POST', '/apply', {'groups': [
            {'displayName': f'Group {number}', 'members': [user]} for number in range(first, first + 700)]})
    page = app.begin(browser, prompt='none')
    same((page.status, query_of(page.location or '').get('error')), (303, 'access_denied'))
    same(app.begin(browser).status, 403)    # the named denial of SEMANTICS 4.3, on a page


class Behind(Browser):
    """A browser that comes by a proxy which speaks https."""

    def send(self, method, path, body=None, headers=()):
        return super().send(method, path, body, {'Host': 'id.example.com', **dict(headers)})


@test('attackD1', "no cookie of one tenant has the name of another one's")
def cookie_names():
    secure = World(change=lambda text: text.replace('  public: { ', '  public: { base_url: "https://id.example.com", '))
    try:
        client = secure.app().client_id
        address, _ = secure.customer()
        browser = secure.sign_in(address, Behind(secure.base))[0]
        mine = set(browser.cookies)
        assert len(mine) == 3 and all(name.startswith('__Host-') for name in mine), mine
        for name in ('woodgrove-session', 'woodgrove-known'):
            secure.must('POST', '/apply', {
                'tenant': {'name': name, 'displayName': name},
                'applications': [{'displayName': 'Shop', 'appId': client, 'web': {'redirectUris': [BACK]}}]}, tenant=None)
            stranger = Behind(secure.base)
            same(App(name, client, BACK).begin(stranger).status, 200)
            assert not mine & set(stranger.cookies), (name, stranger.cookies)
    finally:
        secure.end()


main(tests, [('ways back', world)])
