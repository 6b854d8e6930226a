"""The APIs of contrib/step-up, run as they are: what they refuse, and how an app gets what they want."""
import base64
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

from browser import App, base64url, claims
from world import CLIENTS, SOURCE, World, free_port, main, named, same

tests = []
test = named(tests)
STEP_UP_API = sys.argv[4]
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
SENSITIVE = 'b4f1a2c3-5d7e-4f38-ad49-708192a3b405'
API, CLIENT = CLIENTS + 'a', CLIENTS + 'b'
world.policy_state(SENSITIVE, 'enabled')
world.must('POST', '/applications', {'appId': API, 'displayName': 'Orders'})
world.must('POST', '/applications', {'appId': CLIENT, 'displayName': 'Till',
                                     'publicClient': {'redirectUris': ['http://127.0.0.1:8092/back']}})
world.publish(API, 'read')
world.grant(CLIENT, API, 'read')
app = App('woodgrove', CLIENT, 'http://127.0.0.1:8092/back')
SCOPE = f'openid {API}/read'
ISSUER = world.metadata()['issuer']


class Running:
    """One of the two, on a port of its own, until the with is over."""

    def __init__(self, *command):
        self.port = free_port()
        self.process = subprocess.Popen([*command, str(self.port), ISSUER, API], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == 'ready\n', command

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.process.stdout.close()

    def get(self, path, token=None, scheme='Bearer'):
        """(status, challenges, body)"""
        request = urllib.request.Request(f'http://127.0.0.1:{self.port}{path}')
        if token is not None:
            request.add_header('Authorization', f'{scheme} {token}')
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, [], answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get_all('WWW-Authenticate') or [], error.read()


def parameters(challenge):
    return dict(re.findall(r'(\w+)="([^"]*)"', challenge))


def signed_in():
    address, _ = world.customer()
    browser, _, page = world.sign_in(address, app=app, scope=SCOPE)
    return address, browser, app.redeem(browser, app.code(page)).json()


def step(browser, address, page):
    page = browser.fill(page, 'send')
    page = browser.fill(page, 'code', code=world.code(address))
    return app.redeem(browser, app.code(page)).json()['access_token']


def by_rfc(api):
    address, browser, tokens = signed_in()
    token = tokens['access_token']
    same(api.get('/orders', token)[0], 200)
    for path in ('/checkout', '/profile'):
        status, challenges, _ = api.get(path, token)
        same((status, len(challenges)), (401, 2), path)
        asked = parameters(challenges[0])
        same((asked['error'], asked['acr_values'], asked.get('max_age')),
             ('insufficient_user_authentication', 'c1', '600' if path == '/profile' else None))
    token = step(browser, address, app.begin(browser, scope=SCOPE, acr_values=asked['acr_values'], max_age=asked['max_age']))
    for path in ('/orders', '/checkout', '/profile'):
        status, _, body = api.get(path, token)
        same((status, json.loads(body)), (200, {'path': path, 'customer': claims(token)['sub']}))
    plain = app.redeem(browser, app.code(app.begin(browser, scope=SCOPE))).json()['access_token']
    same(api.get('/checkout', plain)[0], 401)       # claims left out: no acrs, though the session has both doors


def by_claims(api):
    address, browser, tokens = signed_in()
    status, challenges, _ = api.get('/checkout', tokens['access_token'])
    asked = parameters(challenges[1])
    same((status, asked['error'], asked['client_id'], asked['cc_type']), (401, 'insufficient_claims', CLIENT, 'authcontext'))
    assert asked['authorization_uri'].startswith(world.base + '/'), asked
    wanted = base64.b64decode(asked['claims']).decode()
    same(json.loads(wanted), {'access_token': {'acrs': {'essential': True, 'value': 'c1'}}})
    same(api.get('/checkout', step(browser, address, app.begin(browser, scope=SCOPE, claims=wanted)))[0], 200)


def refused(api):
    address, browser, tokens = signed_in()
    token = tokens['access_token']
    status, challenges, _ = api.get('/orders')
    same((status, challenges), (401, ['Bearer realm=""']))
    head, body, signature = token.split('.')
    other, shop, page = world.sign_in(address)
    elsewhere = shop.redeem(other, shop.code(page)).json()['access_token']      # made for another

    def said(**more):
        return base64url(json.dumps({**claims(token), **more}).encode())

    def headed(**more):
        return base64url(json.dumps(more).encode())
    kid = json.loads(base64.urlsafe_b64decode(head + '=' * (-len(head) % 4)))['kid']
    for bad in ('x', 'a.b', 'a.b.c', '..', f'{head}.{body}.', f'{head}.{body}.{signature[:-4]}', tokens['id_token'],
                elsewhere, f'{head}.{said(acrs=["c1"])}.{signature}', f'{headed(alg="none", typ="at+jwt", kid=kid)}.{body}.',
                f'{headed(alg="HS256", typ="at+jwt", kid=kid)}.{body}.{signature}', f'{token}.x', 'x' * 9000,
                f'{headed(alg="ES256", typ="at+jwt", kid="other")}.{body}.{signature}', f'{head}.{body}.{"A" * 86}',
                f'{headed(alg="ES256", typ="JWT", kid=kid)}.{body}.{signature}', f'{base64url(b"[]")}.{body}.{signature}',
                f'{base64url(b"null")}.{base64url(b"null")}.{signature}'):
        status, challenges, _ = api.get('/orders', bad)
        same((status, [parameters(one).get('error') for one in challenges]), (401, ['invalid_token']), bad[:80])
    same(api.get('/orders', token, 'Basic')[0], 401)
    same((api.get('/nothing', token)[0], api.get('/constructor', token)[0]), (404, 404))
    same(api.get('/orders', token)[0], 200)


for name, command in (('C', [STEP_UP_API]), ('Node.js', ['node', os.path.join(SOURCE, 'contrib/step-up/api.mjs')])):
    for tag, what, play in (('rfc9470', 'acr_values and max_age of a challenge bring a token that does', by_rfc),
                            ('entra4.3', 'claims of a challenge do, too', by_claims),
                            ('req69 req70', 'nothing but a token of this issuer for this API opens anything', refused)):
        def run(command=command, play=play):
            with Running(*command) as api:
                play(api)
        test(tag, f'{what} ({name})')(run)

main(tests, [('challenges', world)])
