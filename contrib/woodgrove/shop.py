#!/usr/bin/env python3
"""Woodgrove Groceries: a small shop that signs its customers in with Sallyport, as any app would.

    shop.py --port 8090 --authority http://127.0.0.1:8080/woodgrove/v2.0 --spool DIR

Authorization code with PKCE, state and nonce; the ID token is checked with the keys that the
server publishes. Only the standard library, PyJWT and cryptography: read it as an example.
Loopback only. What is signed in lives in this process's memory.
"""
import argparse
import base64
import hashlib
import html
import http.cookies
import http.server
import json
import pathlib
import secrets
import ssl
import sys
import threading
import time
import urllib.parse
import urllib.request

# PyJWT and email.policy are imported where they are used: half of what a start would cost.

# Each use case is an app of its own, registered in conf/woodgrove.json.
APPS = {
    'shop': ('Woodgrove Groceries', '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e501', '/callback'),
    'recipes': ('Recipes', '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e502', '/recipes/callback'),
    'club': ('Club', '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e503', '/club/callback'),
    'partners': ('Partners', '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e504', '/partners/callback'),
}
CALLBACKS = {path: name for name, (_, _, path) in APPS.items()}
SESSION_HOURS = 8
# Where more is wanted than a sign-in: the authentication context that policies are about.
SENSITIVE, FREE_UP_TO = 'c1', 50
STEP_UP = json.dumps({'id_token': {'acrs': {'essential': True, 'value': SENSITIVE}}})
MAX_SESSIONS = 1000


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Provider:
    """What discovery says, and the keys; fetched when first needed, keys again when unknown."""

    def __init__(self, authority, ca):
        self.authority = authority
        self.origin = '{0.scheme}://{0.netloc}'.format(urllib.parse.urlsplit(authority))
        self.context = ssl.create_default_context(cafile=ca) if ca else None
        self.lock = threading.Lock()
        self.found = None

    def fetch(self, url, data=None, headers=None):
        request = urllib.request.Request(url, data=data, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10, context=self.context) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            body = error.read()
            try:
                return json.loads(body)
            except ValueError:
                raise ShopError(f'The sign-in server answered {error.code}.') from None

    def metadata(self):
        with self.lock:
            if self.found is None:
                found = self.fetch(self.authority + '/.well-known/openid-configuration')
                if 'issuer' not in found:
                    raise ShopError('The sign-in server has no such tenant.')
                self.found = found
            return self.found

    def key(self, kid):
        import jwt
        for key in jwt.PyJWKSet.from_dict(self.fetch(self.metadata()['jwks_uri'])).keys:
            if key.key_id == kid:
                return key
        raise ShopError('The ID token is signed by an unknown key.')

    def check(self, token, client_id, nonce):
        """Signature, issuer, audience, time, nonce: OpenID Connect Core 3.1.3.7."""
        import jwt
        try:
            return self.checked(jwt, token, client_id, nonce)
        except jwt.PyJWTError as error:
            raise ShopError(f'The ID token is not right: {error}.') from None

    def checked(self, jwt, token, client_id, nonce):
        head = jwt.get_unverified_header(token)
        if head.get('alg') not in ('RS256', 'ES256'):
            raise ShopError('The ID token is signed in a way that this shop does not take.')
        claims = jwt.decode(token, self.key(head.get('kid')).key, algorithms=[head['alg']],
                            audience=client_id, issuer=self.metadata()['issuer'], leeway=5,
                            options={'require': ['exp', 'iat', 'sub', 'iss', 'aud']})
        if claims.get('nonce') != nonce:
            raise ShopError('The ID token belongs to another sign-in.')
        return claims


class ShopError(Exception):
    """Told to the visitor as it is."""


class Sessions:
    """By a random cookie. A sign-in gets a new one, so that nobody can plant his own."""

    def __init__(self):
        self.lock = threading.Lock()
        self.all = {}

    def new(self, values):
        key = secrets.token_urlsafe(32)
        with self.lock:
            now = time.time()
            self.all = {k: v for k, v in self.all.items() if v['until'] > now}
            while len(self.all) >= MAX_SESSIONS:
                self.all.pop(next(iter(self.all)))
            self.all[key] = dict(values, until=now + SESSION_HOURS * 3600)
        return key

    def get(self, key):
        with self.lock:
            session = self.all.get(key)
            return session if session and session['until'] > time.time() else None

    def end(self, key):
        with self.lock:
            self.all.pop(key, None)


STYLE = '''
:root { color-scheme: light dark; --leaf: #1f6f43; --paper: #fbfaf6; --ink: #1d2a22; --line: #d9ddd3; }
@media (prefers-color-scheme: dark) { :root { --leaf: #7fce9f; --paper: #141a16; --ink: #e7eee9; --line: #33403a; } }
* { box-sizing: border-box } body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: var(--paper); color: var(--ink) }
header, main { max-width: 60rem; margin: 0 auto; padding: 1rem }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; border-bottom: 1px solid var(--line) }
header b { font-size: 1.2rem; color: var(--leaf); margin-right: auto } a { color: var(--leaf) }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; padding: 0; list-style: none }
.cards li { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem } .cards h2 { font-size: 1.05rem; margin: 0 0 .25rem }
.button { display: inline-block; margin-top: .5rem; padding: .5rem .9rem; border-radius: .5rem; background: var(--leaf); color: var(--paper); text-decoration: none; border: 0; font: inherit; cursor: pointer }
.button:focus-visible, a:focus-visible { outline: 3px solid currentColor; outline-offset: 2px }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere } th { white-space: nowrap }
@media (max-width: 30rem) { th, td { display: block } th { border: 0; padding-bottom: 0 } }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: rgba(127,127,127,.12); padding: .75rem; border-radius: .5rem } form { display: inline }
'''

CASES = [
    ('sign-in', 'Sign in', 'The shop itself. Whether a code is asked for is up to policy.', '/signin?app=shop'),
    ('sign-up', 'Sign up', 'A new account: address proven by a code, then a password.', '/signin?app=shop&create=1'),
    ('mfa', 'Multi-factor authentication', 'Sign in anew and see whether the second door asks.',
     '/signin?app=shop&fresh=1'),
    ('recipes', 'Recipes', 'The app that the policy excludes: no code here.', '/signin?app=recipes'),
    ('club', 'Club', 'Signs in by a code to the mailbox, without a password.', '/signin?app=club'),
    ('partners', 'Partners', 'In no user flow: known customers sign in, nobody signs up.', '/signin?app=partners'),
    ('small', 'Checkout: 20', 'A small basket: to be signed in is enough.', '/checkout?total=20'),
    ('large', 'Checkout: 80', 'Above 50 the shop asks for the authentication context c1, and policy for a code.',
     '/checkout?total=80'),
    ('profile', 'Profile', 'Behind the same door as a large basket.', '/profile'),
    ('token', 'What my token says', 'The claims that this shop got about you.', '/token'),
    ('inbox', 'Inbox', 'The mails that Sallyport sent, from the spool folder.', '/inbox'),
]


class Handler(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = 'Woodgrove', ''
    protocol_version = 'HTTP/1.1'
    timeout = 30

    def log_message(self, *args):
        pass        # the query holds codes: nothing of it is logged

    # One way in, one way out.

    def do_GET(self):
        self.serve({'/': self.home, '/signin': self.signin, '/token': self.token,
                    '/checkout': self.checkout, '/profile': self.profile,
                    '/inbox': self.inbox, '/signed-out': self.signed_out,
                    **dict.fromkeys(CALLBACKS, self.callback)})

    def do_POST(self):
        self.serve({'/signout': self.signout})

    def serve(self, routes):
        self.body_done = False
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        self.route = url.path
        jar = http.cookies.SimpleCookie()
        try:
            jar.load(self.headers.get('Cookie', ''))
        except http.cookies.CookieError:
            jar.clear()
        self.cookies = {name: jar[name].value for name in jar}
        self.session = self.server.sessions.get(self.cookies.get(self.cookie_name, ''))
        try:
            if self.headers.get('Host') != self.server.host:
                self.page(421, 'Wrong host', '<p>This shop answers under its own address only.</p>')
            elif url.path not in routes:
                self.page(404, 'Not here', '<p>There is no such page.</p>')
            else:
                routes[url.path]()
        except ShopError as error:
            self.page(502, 'Sign-in did not work', f'<p>{html.escape(str(error))}</p>'
                      '<p><a class="button" href="/">Back to the shop</a></p>')
        except (OSError, ValueError) as error:
            self.page(502, 'Sign-in did not work', f'<p>{html.escape(type(error).__name__)}: the '
                      'sign-in server can’t be used as it is now.</p>')

    @property
    def cookie_name(self):
        return f'woodgrove-{self.server.server_port}'

    def send(self, status, kind, body, headers=()):
        data = body.encode()
        self.send_response(status)
        for name, value in (('Content-Type', kind), ('Content-Length', str(len(data))),
                            ('Cache-Control', 'no-store'), ('X-Content-Type-Options', 'nosniff'),
                            ('Referrer-Policy', 'no-referrer'),
                            # "Sign out" is a form, and is answered by a redirect to the server.
                            ('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; "
                             f"form-action 'self' {self.server.provider.origin}; frame-ancestors 'none'; "
                             "base-uri 'none'"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def page(self, status, title, body):
        who = 'Not signed in'
        if self.session:
            name = self.session['claims'].get('name') or self.session['claims'].get('email') or 'a customer'
            who = (f'Signed in as <span id="who">{html.escape(name)}</span> <form method="post" action="/signout">'
                   '<button class="button">Sign out</button></form>')
        self.send(status, 'text/html; charset=utf-8', f'''<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(title)} - Woodgrove Groceries</title>
<style>{STYLE}</style><header><b>Woodgrove Groceries</b><a href="/">Shop</a><a href="/token">What my token says</a>
<a href="/inbox">Inbox</a><span>{who}</span></header><main><h1>{html.escape(title)}</h1>{body}</main></html>''')

    def redirect(self, place, cookie=None):
        headers = [('Location', place)]
        if cookie is not None:
            headers.append(('Set-Cookie', f'{self.cookie_name}{cookie}; Path=/; HttpOnly; SameSite=Lax'))
        self.send(303, 'text/plain', '', headers)

    # Pages.

    def home(self):
        self.page(200, 'Fresh from the grove', '<ul class="cards">' + ''.join(
            f'<li><h2>{title}</h2><p>{text}</p><a class="button" id="{name}" href="{html.escape(link)}">'
            f'{title}</a></li>' for name, title, text, link in CASES) + '</ul>')

    def signin(self):
        if self.query.get('app') not in APPS:
            raise ShopError('There is no such app.')
        ask, verifier = self.ask(self.query['app'])
        if self.query.get('create'):
            ask['prompt'] = 'create'
        elif self.query.get('fresh'):
            ask['prompt'] = 'login'
        self.leave(ask, verifier)

    def leave(self, ask, verifier, back='/token'):
        """To the sign-in server, and `back` afterwards."""
        state, nonce = ask['state'], ask['nonce']
        place = self.server.provider.metadata()['authorization_endpoint']
        # The state is kept in the browser alone, so that two tabs don't disturb each other.
        self.redirect(place + '?' + urllib.parse.urlencode(ask),
                      f'-{hashlib.sha256(state.encode()).hexdigest()[:16]}={nonce}.{verifier}.{b64url(back.encode())}; Max-Age=1800')

    def ask(self, app):
        """What each authorize request holds, and the verifier that belongs to it."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return {'client_id': APPS[app][1], 'response_type': 'code', 'scope': 'openid profile email',
                'redirect_uri': self.server.base + APPS[app][2], 'state': state, 'nonce': nonce,
                'code_challenge': b64url(hashlib.sha256(verifier.encode()).digest()),
                'code_challenge_method': 'S256'}, verifier

    def stepped_up(self):
        """Is the proof there? If not, the customer is sent for it, and comes back to this page."""
        if self.session and SENSITIVE in self.session['claims'].get('acrs', []):
            return True
        ask, verifier = self.ask(self.session['app'] if self.session else 'shop')
        ask['claims'] = STEP_UP
        self.leave(ask, verifier, self.path)
        return False

    def callback(self):
        name = CALLBACKS[self.route]
        _, client_id, path = APPS[name]
        provider, meta = self.server.provider, self.server.provider.metadata()
        state = self.query.get('state', '')
        kept = self.cookies.get(f'{self.cookie_name}-{hashlib.sha256(state.encode()).hexdigest()[:16]}')
        if not kept or kept.count('.') != 2:
            raise ShopError('This answer belongs to no sign-in of this browser.')
        if self.query.get('iss') != meta['issuer']:
            raise ShopError('This answer comes from another server.')
        if 'error' in self.query:
            raise ShopError(f"{self.query['error']}: {self.query.get('error_description', '')}")
        nonce, verifier, back = kept.split('.')
        back = base64.urlsafe_b64decode(back + '=' * (-len(back) % 4)).decode()
        tokens = provider.fetch(meta['token_endpoint'], urllib.parse.urlencode({
            'grant_type': 'authorization_code', 'code': self.query.get('code', ''), 'client_id': client_id,
            'redirect_uri': self.server.base + path, 'code_verifier': verifier}).encode())
        if 'error' in tokens:
            raise ShopError(f"{tokens['error']}: {tokens.get('error_description', '')}")
        claims = provider.check(tokens['id_token'], client_id, nonce)
        userinfo = provider.fetch(meta['userinfo_endpoint'],
                                  headers={'Authorization': 'Bearer ' + tokens['access_token']})
        if userinfo.get('sub') != claims['sub']:
            raise ShopError('The user information is about somebody else.')
        self.server.sessions.end(self.cookies.get(self.cookie_name, ''))
        key = self.server.sessions.new({'app': name, 'claims': {**claims, **userinfo}})
        # The cookie could be anybody's: only to pages of this shop, and never round in a circle.
        page = back.split('?')[0]
        if page not in ('/token', '/checkout', '/profile') or (
                page != '/token' and SENSITIVE not in claims.get('acrs', [])):
            raise ShopError('The sign-in server did not give the proof that was asked for.')
        self.redirect(back, '=' + key)

    def checkout(self):
        total = self.query.get('total', '')
        if not total.isascii() or not total.isdigit() or len(total) > 6:
            raise ShopError('A basket has a total.')
        if not self.session and int(total) <= FREE_UP_TO:
            self.page(200, 'Checkout', '<p>Nobody is signed in here.</p>'
                      '<a class="button" href="/signin?app=shop">Sign in</a>')
        elif int(total) <= FREE_UP_TO or self.stepped_up():
            self.page(200, 'Thank you', f'<p>Your basket of <b id="paid">{int(total)}</b> is paid.</p>')

    def profile(self):
        if self.stepped_up():
            email = html.escape(str(self.session['claims'].get('email', '')))
            self.page(200, 'Profile', f'<p>You sign in as <b id="address">{email}</b>.</p>')

    def token(self):
        if not self.session:
            self.page(200, 'What my token says', '<p>Nobody is signed in here.</p>'
                      '<a class="button" href="/signin?app=shop">Sign in</a>')
            return
        claims = self.session['claims']
        rows = ''.join(f'<tr><th>{html.escape(k)}</th><td>{html.escape(json.dumps(v))}</td></tr>'
                       for k, v in sorted(claims.items()))
        mfa = 'mfa' in claims.get('amr', [])
        self.page(200, 'What my token says', f'<p>Signed in to <b>{APPS[self.session["app"]][0]}</b>. '
                  f'{"The second door was passed." if mfa else "No second door was asked for."}</p>'
                  f'<table>{rows}</table><pre id="claims">{html.escape(json.dumps(claims, sort_keys=True))}</pre>')

    def inbox(self):
        """The newest 50 mails of the spool, as text: for trying it out, on loopback alone."""
        import email
        import email.policy
        parts = []
        for path in sorted(self.server.spool.glob('*.eml'), reverse=True)[:50]:
            try:
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            except OSError:
                continue        # deleted when its code had expired
            text = mail.get_body(('plain',)).get_content()
            parts.append(f'<h2>{html.escape(mail["Subject"])}</h2><p>To {html.escape(mail["To"])}</p>'
                         f'<pre>{html.escape(text)}</pre>')
        self.page(200, 'Inbox', ''.join(parts) or '<p>No mail yet.</p>')

    def signout(self):
        origin = self.headers.get('Sec-Fetch-Site', 'same-origin')
        self.rfile.read(min(int(self.headers.get('Content-Length') or 0), 4096))
        if origin != 'same-origin':
            raise ShopError('This request did not come from the shop.')
        app = self.session['app'] if self.session else 'shop'
        self.server.sessions.end(self.cookies.get(self.cookie_name, ''))
        place = self.server.provider.metadata()['end_session_endpoint']
        self.redirect(place + '?' + urllib.parse.urlencode({
            'client_id': APPS[app][1], 'post_logout_redirect_uri': self.server.base + '/signed-out'}),
            '=; Max-Age=0')

    def signed_out(self):
        self.page(200, 'Signed out', '<p>See you soon.</p>')


def main():
    parser = argparse.ArgumentParser(description='Woodgrove Groceries, a demo shop for Sallyport.')
    parser.add_argument('--port', type=int, default=8090)
    parser.add_argument('--authority', required=True, help='for example http://127.0.0.1:8080/woodgrove/v2.0')
    parser.add_argument('--spool', required=True, type=pathlib.Path, help='folder with the mails')
    parser.add_argument('--ca', help='certificate authority of an https authority')
    options = parser.parse_args()
    try:
        server = http.server.ThreadingHTTPServer(('127.0.0.1', options.port), Handler)
    except OSError as error:
        sys.exit(f'shop.py: 127.0.0.1:{options.port}: {error.strerror}')
    server.daemon_threads = True
    server.host = f'127.0.0.1:{server.server_port}'
    server.base = 'http://' + server.host
    server.provider = Provider(options.authority, options.ca)
    server.sessions = Sessions()
    server.spool = options.spool
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
