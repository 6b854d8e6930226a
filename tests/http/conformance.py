"""The OpenID conformance suite's modules for a server with codes and clients that are registered by hand.

Each module of the plans Basic, Form Post Basic and Config has a test of its name, and what the suite looks at
in every happy one is in Flow. The plans for logout: see logging_out.py. tests/oidc.txt has the whole list.
"""
import base64
import hashlib
import json
import re
import time
import urllib.parse

import jwt

from browser import App, base64url
from house import House, User
from world import main, named, same

BACK = 'https://127.0.0.1:8191/back'
SECRETS = ['canary-secret-of-conformance-012345', 'canary-secret-of-conformance-543210']
CODE = {'code', 'state', 'iss'}
ERROR = {'error', 'error_description', 'state', 'iss'}
house = House()
house.canaries.update(SECRETS)
tests = []
test = named(tests)
user = User(house, 'https')         # is signed in from the first module on
issuer = house.issuer('https')
metadata = user.browser.send('GET', issuer[len(house.safe):] + '/.well-known/openid-configuration').json()


class Client(App):
    """One of the suite's two clients, in one variant of a plan."""

    def __init__(self, number, method, mode):
        client_id = house.ids[number]
        super().__init__(house.tenant, client_id, BACK, SECRETS[number])
        self.method, self.mode = method, mode

    def path(self, what):
        """From the metadata, as the suite does."""
        name = {'authorize': 'authorization', 'revoke': 'revocation'}.get(what, what)
        return metadata[name + '_endpoint'][len(house.safe):]

    def ask(self, browser, what, **fields):
        headers = {'Accept': 'application/json', 'Cookie': None}
        if self.method == 'basic':
            words = ':'.join(urllib.parse.quote(word, '') for word in (self.client_id, self.secret))
            headers['Authorization'] = 'Basic ' + base64.b64encode(words.encode()).decode()
        else:
            fields.update(client_id=self.client_id, client_secret=self.secret)
        return browser.twin().post(self.path(what), fields, **headers)


house.ids = [house.register(10 + number, f'Conformance {number}', 'web', BACK,
                            passwordCredentials=[{'displayName': 'one', 'secretText': secret}])
             for number, secret in enumerate(SECRETS)]


def answered(client, back, allowed):
    """What came back to the client, in the way that it asked for, and nothing beside it."""
    assert 'url' in back, back
    target, _, query = back['url'].partition('?')
    same(target, client.redirect_uri)
    if client.mode == 'form_post':
        assert not query and 'body' in back, back
        query = back['body']
    answer = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
    assert set(answer) <= allowed, answer
    same((answer['state'], answer['iss']), (client.state, issuer))
    return answer


def authorized(client, who=user, method='GET', allowed=CODE, turned=False, **more):
    query = client.request(response_mode=client.mode, **more)
    if turned:
        query = dict(reversed(query.items()))
        query['scope'] = ' '.join(reversed(query['scope'].split()))
    path = client.path('authorize')
    if method == 'GET':
        back = who.visit(house.safe + path + '?' + urllib.parse.urlencode(query))
    else:
        back = who.answer(who.browser.post(path, query))
    return answered(client, back, allowed)


def refused(client, who=user, **more):
    """The error that the client is told."""
    answer = authorized(client, who, allowed=ERROR, **more)
    assert re.fullmatch(r'[\x20-\x21\x23-\x5b\x5d-\x7e]*', answer.get('error_description', '')), answer
    return answer['error']


def keys():
    found = user.browser.send('GET', metadata['jwks_uri'][len(house.safe):]).json()['keys']
    names = [key['kid'] for key in found]
    same(len(set(names)), len(names))
    assert not any(set(key) & set('d p q dp dq qi k'.split()) for key in found), found
    return {key['kid']: key for key in found}


def verified(client, token, nonce):
    """The claims of an ID token, looked at as a client must."""
    head = jwt.get_unverified_header(token)
    same(head['alg'], 'RS256')
    key = jwt.PyJWK(keys()[head['kid']], algorithm='RS256').key
    claims = jwt.decode(token, key, algorithms=['RS256'], audience=client.client_id, issuer=issuer,
                        options={'verify_exp': False, 'verify_iat': False, 'verify_nbf': False,
                                 'require': ['iss', 'sub', 'aud', 'exp', 'iat']})
    now = time.time() + house.advanced / 1000
    assert claims['iat'] <= now + 5 < claims['exp'] and 0 < len(claims['sub']) < 256, claims
    same((claims.get('nonce'), claims['aud']), (nonce, client.client_id))
    return claims


def unguessable(text, most=2000):
    """As much chance in it as RFC 6749 10.10 asks for, and letters that fit in every header and form."""
    assert re.fullmatch(r'[A-Za-z0-9._~+/=-]+', text) and 22 <= len(text) <= most and len(set(text)) > 14, text


class Flow:
    """One happy flow: the code, the tokens, the claims of the ID token, userinfo."""

    def __init__(self, client, who=user, **more):
        self.client, self.who = client, who
        self.answer = authorized(client, who, **more)
        unguessable(self.answer['code'])
        self.tokens = self.redeemed()
        self.claims = verified(client, self.tokens['id_token'], more.get('nonce', client.nonce))
        if 'at_hash' in self.claims:
            half = hashlib.sha256(self.tokens['access_token'].encode()).digest()[:16]
            same(self.claims['at_hash'], base64url(half))
        self.info = self.userinfo().json()
        same(self.info['sub'], self.claims['sub'])

    def redeem(self):
        return self.client.ask(self.who.browser, 'token', grant_type='authorization_code', code=self.answer['code'],
                               redirect_uri=BACK, code_verifier=self.client.verifier)

    def redeemed(self):
        page = self.redeem()
        same((page.status, page.header('Content-Type').split(';')[0]), (200, 'application/json'), page)
        same(page.header('Cache-Control'), 'no-store')
        told = page.json()
        unguessable(told['access_token'])
        assert told['token_type'] == 'Bearer' and isinstance(told['expires_in'], int) and told['expires_in'] > 0, told
        house.canaries.update(token for name, token in told.items() if name.endswith('_token'))
        return told

    def userinfo(self, method='GET', body=None, headers=None):
        headers = {'Authorization': 'Bearer ' + self.tokens['access_token']} if headers is None else headers
        page = self.who.browser.twin().send(method, self.client.path('userinfo'), body, {'Cookie': None, **headers})
        same((page.status, page.header('Content-Type').split(';')[0]), (200, 'application/json'), page)
        return page


VARIANTS = (('basic', None), ('post', 'form_post'))


def module(name, also=''):
    """Registers a test for each variant. `also` are requirements that it proves."""
    def keep(function):
        for method, mode in VARIANTS:
            client = Client(0, method, mode)
            test(f'{name} {also}'.strip(), f'client_secret_{method}, {mode or "default"}')(lambda client=client: function(client))
        return function
    return keep


def fresh():
    return User(house, 'https')


def harmless(name, more):
    """A parameter that may be there, or be missing, and nothing goes wrong."""
    @module(name, 'req91 req92' if 'acr_values' in more else 'req91')
    def run(client):
        Flow(client, **more)


for name, more in (
        ('oidcc-display-page', {'display': 'page'}), ('oidcc-display-popup', {'display': 'popup'}),
        ('oidcc-ui-locales', {'ui_locales': 'se'}), ('oidcc-claims-locales', {'claims_locales': 'se'}),
        ('oidcc-ensure-request-with-acr-values-succeeds', {'acr_values': '1 2'}),
        ('oidcc-ensure-request-with-unknown-parameter-succeeds', {'extra': 'foobar'}),
        ('oidcc-ensure-request-with-valid-pkce-succeeds', {'scope': 'openid'}),
        ('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', {'nonce': None}),
        ('oidcc-alternate-happy-flow', {'turned': True}), ('oidcc-ensure-post-request-succeeds', {'method': 'POST'})):
    harmless(name, more)


@module('oidcc-server')
def server(client):
    assert f'client_secret_{client.method}' in metadata['token_endpoint_auth_methods_supported'], metadata
    flow = Flow(client, fresh())
    same(flow.who.asked, ['password'])
    assert flow.claims['acr'] and flow.claims['auth_time'] <= flow.claims['iat'], flow.claims


@test('oidcc-server-client-secret-post', 'the secret in the form')
def secret_in_form():
    Flow(Client(1, 'post', None))


@module('oidcc-response-type-missing')
def response_type_missing(client):
    same(refused(client, response_type=None), 'invalid_request')


@module('oidcc-idtoken-signature')
def signature(client):
    flow = Flow(client)
    head, body, mark = flow.tokens['id_token'].split('.')
    key = jwt.PyJWK(keys()[jwt.get_unverified_header(flow.tokens['id_token'])['kid']], algorithm='RS256').key
    for other in (body[:-1] + ('A' if body[-1] != 'A' else 'B'), base64url(b'{}')):
        try:
            jwt.decode(f'{head}.{other}.{mark}', key, algorithms=['RS256'], audience=client.client_id)
        except jwt.InvalidSignatureError:
            continue
        raise AssertionError('any signature will do')


@test('oidcc-idtoken-unsigned', 'is offered nowhere, and can be registered by nobody')
def unsigned():
    assert 'none' not in metadata['id_token_signing_alg_values_supported'], metadata
    status, answer, _ = house.ask('POST', '/applications', {
        'displayName': 'Unsigned', 'web': {'redirectUris': [BACK]}, 'idTokenSignedResponseAlg': 'none'})
    same(status, 400, answer)


@module('oidcc-userinfo-get')
def userinfo_get(client):
    Flow(client).userinfo()


@module('oidcc-userinfo-post-header')
def userinfo_post_header(client):
    flow = Flow(client)
    same(flow.userinfo('POST', '').json(), flow.info)


@module('oidcc-userinfo-post-body')
def userinfo_post_body(client):
    flow = Flow(client)
    body = urllib.parse.urlencode({'access_token': flow.tokens['access_token']})
    same(flow.userinfo('POST', body, {}).json(), flow.info)


# req82: what userinfo holds for each scope, beside `sub`. Of a phone nothing is kept, or said.
SCOPES = {'profile': {'name'}, 'email': {'email', 'email_verified'}, 'address': {'address'}, 'phone': set()}


def scope_module(name, *scopes):
    @module(name)
    def run(client):
        flow = Flow(client, scope=' '.join(('openid', *scopes)))
        wanted = set().union(*(SCOPES[scope] for scope in scopes))
        assert wanted <= set(flow.info), (wanted, flow.info)
        for scope, claims in SCOPES.items():
            assert scope in scopes or not claims & set(flow.info), (scope, flow.info)
            same(scope in metadata['scopes_supported'], bool(claims))
        assert not {'phone_number', 'phone_number_verified'} & set(flow.info), flow.info


scope_module('oidcc-scope-profile', 'profile')
scope_module('oidcc-scope-email', 'email')
scope_module('oidcc-scope-address', 'address')
scope_module('oidcc-scope-phone', 'phone')
scope_module('oidcc-scope-all', *SCOPES)


def twice(name, asked, **more):
    """Once more, with something that asks for a newer sign-in, or doesn't."""
    @module(name)
    def run(client):
        first = Flow(client)
        house.advance(2000)
        second = Flow(client, **more)
        same((user.asked, second.claims['sub']), (asked, first.claims['sub']))
        same(second.claims['auth_time'] > first.claims['auth_time'], bool(asked))


twice('oidcc-prompt-login', ['password'], prompt='login')
twice('oidcc-prompt-none-logged-in', [], prompt='none')
twice('oidcc-max-age-1', ['password'], max_age='1')
twice('oidcc-max-age-10000', [], max_age='10000')


@module('oidcc-prompt-none-not-logged-in')
def none_not_logged_in(client):
    assert refused(client, fresh(), prompt='none') in (
        'login_required', 'interaction_required', 'account_selection_required', 'consent_required')


@module('oidcc-id-token-hint', 'req89')
def id_token_hint(client):
    first = Flow(client)
    second = Flow(client, id_token_hint=first.tokens['id_token'], prompt='none')
    same((user.asked, second.claims['sub']), ([], first.claims['sub']))


@module('oidcc-login-hint', 'req90')
def login_hint(client):
    who = fresh()
    page = client.begin(who.browser, login_hint=who.address, response_mode=client.mode)
    same(page.form('password').fields['email'], who.address)
    answered(client, who.answer(page), CODE)


@module('oidcc-claims-essential')
def claims_essential(client):
    flow = Flow(client, scope='openid', claims=json.dumps({'userinfo': {'name': {'essential': True}}}))
    same('name' in flow.info, metadata['claims_parameter_supported'])


def reused(client, wait):
    flow = Flow(client)
    house.advance(wait)
    page = flow.redeem()
    same((page.status, page.json()['error']), (400, 'invalid_grant'))
    page = client.userinfo(user.browser, flow.tokens['access_token'])
    same((page.status, 'invalid_token' in page.header('WWW-Authenticate')), (401, True))


module('oidcc-codereuse')(lambda client: reused(client, 1))
module('oidcc-codereuse-30seconds')(lambda client: reused(client, 30000))


@module('oidcc-ensure-registered-redirect-uri')
def registered_redirect_uri(client):
    for uri in (BACK + '/', BACK + '?one=1', BACK.replace('back', 'other'), BACK.replace('https', 'http')):
        page = client.begin(user.browser, redirect_uri=uri, response_mode=client.mode)
        same((page.status, page.location, len(page.forms)), (400, None, 0), uri)


def request_object(**claims):
    head, body = {'alg': 'none', 'typ': 'oauth-authz-req+jwt'}, {'aud': issuer, **claims}
    return '.'.join(base64url(json.dumps(part).encode()) for part in (head, body)) + '.'


@module('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported')
def unsigned_request_object(client):
    same(refused(client, request=request_object(nonce='in the object')), 'request_not_supported')
    same(metadata['request_parameter_supported'], False)


@module('oidcc-ensure-request-object-with-redirect-uri')
def request_object_with_redirect_uri(client):
    same(refused(client, request=request_object(redirect_uri=BACK + '/elsewhere')), 'request_not_supported')


@module('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported')
def request_uri(client):
    assert refused(client, request_uri='https://127.0.0.1:8191/object') in (
        'request_uri_not_supported', 'invalid_request_uri')
    same(metadata['request_uri_parameter_supported'], False)


@module('oidcc-refresh-token')
def refresh_token(client):
    flow = Flow(client, scope='openid offline_access')
    unguessable(flow.tokens['refresh_token'])
    page = client.refresh(user.browser, flow.tokens['refresh_token'])
    same((page.status, page.header('Content-Type').split(';')[0]), (200, 'application/json'), page)
    same(page.header('Cache-Control'), 'no-store')
    told = page.json()
    same(told['token_type'], 'Bearer')
    for name in ('access_token', 'refresh_token'):
        unguessable(told[name])
        assert told[name] != flow.tokens[name]
    again = verified(client, told['id_token'], None)
    for name in ('iss', 'sub', 'aud', 'auth_time'):
        same(again[name], flow.claims[name])
    page = Client(1, client.method, client.mode).refresh(user.browser, told['refresh_token'])
    same((page.status, page.json()['error']), (400, 'invalid_grant'))


@test('oidcc-discovery-endpoint-verification', 'the metadata is what Discovery 3 wants, and all of it https')
def discovery():
    page = user.browser.send('GET', issuer[len(house.safe):] + '/.well-known/openid-configuration')
    same((page.status, page.header('Content-Type').split(';')[0]), (200, 'application/json'))
    same(metadata['issuer'], issuer)
    for name in [name for name in metadata if name.endswith('_endpoint')] + ['jwks_uri']:
        assert re.fullmatch(r'https://[^?#]+', metadata[name]), (name, metadata[name])
    for name in ('authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri'):
        assert name in metadata, name
    for name, wanted in (('response_types_supported', 'code'), ('subject_types_supported', 'public'),
                         ('id_token_signing_alg_values_supported', 'RS256'), ('scopes_supported', 'openid'),
                         ('code_challenge_methods_supported', 'S256'), ('claims_supported', 'sub'),
                         ('grant_types_supported', 'authorization_code')):
        assert wanted in metadata[name], (name, metadata[name])
    for name in metadata:
        assert not name.endswith('_supported') or isinstance(metadata[name], (list, bool)), name
        same(metadata[name] == [], False, name)
    assert keys()


main(tests, [('conformance', house)])
