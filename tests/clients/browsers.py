"""Clients for single-page apps, unmodified, in Chromium: oidc-client-ts and MSAL.

Each is a page that the test serves from an origin of its own: it signs in with both doors, asks who that is,
renews its tokens at the token endpoint, which is another origin (CORS), and signs out.
"""
import http.server
import json
import threading
import urllib.parse

from installed import HERE, installed
from house import SCOPE, House
from person import Person
from world import main, named, same

modules = installed()
house = House()
house.mfa()
tests = []
test = named(tests)
LIBRARIES = {
    'oidc_client_ts': 'oidc-client-ts/dist/browser/oidc-client-ts.min.js',
    'msal': '@azure/msal-browser/lib/msal-browser.min.js',
}


class Site:
    """A web server with one single-page app in each folder."""

    def __init__(self, scheme):
        site = self
        self.folders = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.answer(self)

            def log_message(self, *words):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        if scheme == 'https':
            self.server.socket = house.authority.shown().wrap_socket(self.server.socket, server_side=True)
        host = 'localhost' if scheme == 'https' else '127.0.0.1'
        self.url = f'{scheme}://{host}:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, folder, library, settings):
        self.folders[folder] = {
            '': (HERE / 'spa/page.html').read_bytes(), 'show.js': (HERE / 'spa/show.js').read_bytes(),
            'app.js': (HERE / f'spa/{library}.js').read_bytes(),
            'library.js': (modules / LIBRARIES[library]).read_bytes(),
            'settings.js': b'const settings = ' + json.dumps(settings).encode()}

    def answer(self, asked):
        _, folder, name = (urllib.parse.urlsplit(asked.path).path + '//').split('/')[:3]
        body = self.folders.get(folder, {}).get(name)
        asked.send_response(404 if body is None else 200)
        asked.send_header('Content-Type', 'text/javascript' if name else 'text/html; charset=utf-8')
        asked.send_header('Content-Length', str(len(body or b'')))
        asked.end_headers()
        asked.wfile.write(body or b'')


class AppUser(Person):
    """Before a page of ours, which says what happens in it."""

    def said(self, *wanted):
        """What the page says, once it says one of these."""
        def there(driver):
            told = json.loads(driver.execute_script('return document.getElementById("said")?.textContent || "{}"'))
            assert 'failed' in wanted or 'failed' not in told, told
            return told if any(name in told for name in wanted) else None
        return self.wait.until(there, f'the page never says one of {wanted}')

    def press(self, name, *wanted):
        super().press(name)
        return self.said(*wanted) if wanted else None

    def sign_in(self):
        self.driver.get(self.url)
        same(self.said('out'), {'out': True})
        self.press('sign-in')
        self.pass_doors()
        told = self.said('claims')
        same(sorted(told['claims']['amr']), ['emailotp', 'mfa', 'pwd'])
        return told

    def leave(self, hint):
        """Signs out: with the ID token as a hint at once, without by a page that asks. Who comes back is nobody."""
        self.press('sign-out')
        if not hint:
            self.fill('sign-out')
            self.see('signed out')
            self.driver.get(self.url)
        same(self.said('out'), {'out': True})
        self.press('sign-in')
        self.see_door()


def looked_at(person, first, issuer, client):
    """Userinfo and renewal."""
    claims = first['claims']
    same((claims['iss'], claims['aud']), (issuer, client))
    told = person.press('profile', 'status')
    same((told['status'], told['info']['sub'], told['info']['email']), (200, claims['sub'], person.address))
    second = person.press('renew', 'claims')
    assert second['token'] != first['token'], 'nothing was renewed'
    same((second['claims']['sub'], second['claims']['sid']), (claims['sub'], claims['sid']))
    same(person.press('profile', 'status')['status'], 200)


sites = {scheme: Site(scheme) for scheme in ('http', 'https')}


def registered(number, name, scheme, folder):
    """(client_id, URL of the page)"""
    url = f'{sites[scheme].url}/{folder}/'
    return house.register(number, name, 'spa', url), url


def oidc_client_ts(number, scheme, **more):
    @test('req13 req44 req78 req80 req97', f'oidc-client-ts over {scheme} {more or ""}')
    def run():
        folder = f'oidc-{number:x}'
        client, url = registered(number, f'oidc-client-ts over {scheme}', scheme, folder)
        sites[scheme].put(folder, 'oidc_client_ts', {
            'authority': house.issuer(scheme), 'client_id': client, 'redirect_uri': url,
            'post_logout_redirect_uri': url, 'scope': SCOPE, **more})
        with AppUser(house, url) as person:
            first = person.sign_in()
            same(first['renewable'], True)
            looked_at(person, first, house.issuer(scheme), client)
            same(person.press('silent', 'status')['status'], 401)     # revoked
            person.leave(True)


def msal(number, mode, authority, hint):
    @test('req13 req44 req80 req96', f'MSAL over https, protocol mode {mode}')
    def run():
        folder = f'msal-{mode.lower()}'
        client, url = registered(number, f'MSAL, {mode}', 'https', folder)
        sites['https'].put(folder, 'msal', {
            'clientId': client, 'authority': authority, 'knownAuthorities': [house.safe[8:]], 'redirectUri': url,
            'postLogoutRedirectUri': url, 'protocolMode': mode, 'hint': hint,
            'scopes': ['openid', 'profile', 'email', 'offline_access']})
        with AppUser(house, url) as person:
            first = person.sign_in()
            same(first['home'], f'{person.id}.{house.tenant}')      # of client_info
            looked_at(person, first, house.issuer('https'), client)
            same(person.press('silent', 'failed', 'claims').get('failed'), 'login_required')
            person.leave(hint)


oidc_client_ts(0xa, 'http')
oidc_client_ts(0xb, 'https', response_mode='fragment')
msal(0xc, 'AAD', f'{house.safe}/{house.tenant}/', False)
msal(0xd, 'OIDC', house.issuer('https'), True)

tests.append(('Chromium ends', Person.gone))

main(tests, [('browsers', house)])
