"""An app, as small as it gets: OpenID Connect with code, PKCE, state and nonce."""
import base64
import hashlib
import json
import secrets
import ssl
import urllib.error
import urllib.parse
import urllib.request

import jwt

from browser import Arrived, Unexpected


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Client:
    def __init__(self, authority, client_id, redirect_uri, ca):
        self.client_id, self.redirect_uri = client_id, redirect_uri
        self.context = ssl.create_default_context(cafile=ca)
        status, self.meta = self.ask(authority + '/v2.0/.well-known/openid-configuration')
        if status != 200:
            raise Unexpected(f'metadata of {authority}', f'{status} {self.meta}')

    def ask(self, url, form=None, bearer=None):
        request = urllib.request.Request(url)
        if form is not None:
            request.data = urllib.parse.urlencode(form).encode()
        if bearer:
            request.add_header('Authorization', 'Bearer ' + bearer)
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.context) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b'{}')

    def begin(self, browser, **more):
        """Sends the browser to sign in: the page that it sees, or where it arrives."""
        self.state, self.nonce, self.verifier = (secrets.token_urlsafe(32) for _ in range(3))
        browser.home = self.redirect_uri
        return browser.get(self.meta['authorization_endpoint'] + '?' + urllib.parse.urlencode({
            'client_id': self.client_id, 'response_type': 'code', 'scope': 'openid profile email',
            'redirect_uri': self.redirect_uri, 'state': self.state, 'nonce': self.nonce,
            'code_challenge': b64url(hashlib.sha256(self.verifier.encode()).digest()),
            'code_challenge_method': 'S256', **more}))

    def finish(self, arrived):
        """From the code to checked claims; self.access is the access token."""
        if not isinstance(arrived, Arrived) or 'code' not in arrived.query:
            raise Unexpected('the browser back at the app with a code', str(arrived))
        if arrived.query.get('state') != self.state:
            raise Unexpected('the state that was sent', arrived.query.get('state'))
        if arrived.query.get('iss') != self.meta['issuer']:
            raise Unexpected(f'iss {self.meta["issuer"]}', arrived.query.get('iss'))
        status, tokens = self.ask(self.meta['token_endpoint'], {
            'grant_type': 'authorization_code', 'code': arrived.query['code'],
            'client_id': self.client_id, 'redirect_uri': self.redirect_uri,
            'code_verifier': self.verifier})
        if status != 200:
            raise Unexpected('tokens for the code', f'{status} {tokens}')
        self.access = tokens['access_token']
        return self.check(tokens['id_token'])

    def check(self, token):
        """OpenID Connect Core 3.1.3.7: key, signature, issuer, audience, time, nonce."""
        head = jwt.get_unverified_header(token)
        _, keys = self.ask(self.meta['jwks_uri'])
        key = next((k for k in jwt.PyJWKSet.from_dict(keys).keys if k.key_id == head['kid']), None)
        if key is None or head['alg'] not in ('RS256', 'ES256'):
            raise Unexpected('an ID token signed by a published key', str(head))
        try:
            claims = jwt.decode(token, key.key, algorithms=[head['alg']], audience=self.client_id,
                                issuer=self.meta['issuer'], leeway=5,
                                options={'require': ['exp', 'iat', 'sub', 'iss', 'aud']})
        except jwt.PyJWTError as error:
            raise Unexpected('an ID token that holds', f'{type(error).__name__}: {error}') from None
        if claims.get('nonce') != self.nonce:
            raise Unexpected('the nonce that was sent', claims.get('nonce'))
        return claims

    def userinfo(self, access):
        return self.ask(self.meta['userinfo_endpoint'], bearer=access)
