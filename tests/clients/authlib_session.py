"""Authlib, the client of many Python applications, signs somebody in. See lines.mjs for what is on each line."""
import json
import os
import sys
import traceback

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebToken
from authlib.oidc.core import CodeIDToken
from authlib.common.security import generate_token

METHODS = {'none': 'none', 'basic': 'client_secret_basic', 'post': 'client_secret_post'}


def tell(**what):
    print(json.dumps(what), flush=True)


def visit(url):
    tell(visit=url)
    return json.loads(sys.stdin.readline())


def discovered(issuer):
    metadata = requests.get(issuer + '/.well-known/openid-configuration', timeout=60).json()
    assert metadata['issuer'] == issuer, metadata
    return metadata


def claims_of(token, metadata, asked, nonce):
    options = {'iss': {'value': asked['issuer']}, 'aud': {'value': asked['client']}}
    claims = JsonWebToken(['RS256']).decode(
        token['id_token'], requests.get(metadata['jwks_uri'], timeout=60).json(), claims_cls=CodeIDToken,
        claims_options=options, claims_params={'nonce': nonce, 'client_id': asked['client'],
                                               'access_token': token['access_token']})
    claims.validate()
    return dict(claims)


def sign_in(session, metadata, asked):
    nonce, verifier = generate_token(20), generate_token(48)
    url, state = session.create_authorization_url(
        metadata['authorization_endpoint'], nonce=nonce, code_verifier=verifier, response_mode=asked['mode'])
    back = visit(url)
    answer = back['url'] if 'body' not in back else back['url'] + '?' + back['body']
    token = session.fetch_token(metadata['token_endpoint'], authorization_response=answer, state=state,
                                code_verifier=verifier)
    return token, claims_of(token, metadata, asked, nonce)


def refused(session, metadata, token):
    try:
        session.refresh_token(metadata['token_endpoint'], refresh_token=token)
    except OAuthError as error:
        return error.error
    return None


def own_token(metadata, asked):
    session = OAuth2Session(asked['client'], asked['secret'], token_endpoint_auth_method=METHODS[asked['method']])
    return dict(session.fetch_token(metadata['token_endpoint'], grant_type='client_credentials', scope=asked['own']))


def work(asked):
    metadata = discovered(asked['issuer'])
    session = OAuth2Session(asked['client'], asked['secret'], scope=asked['scope'], redirect_uri=asked['redirect'],
                            code_challenge_method='S256', token_endpoint_auth_method=METHODS[asked['method']])
    token, claims = sign_in(session, metadata, asked)
    info = session.get(metadata['userinfo_endpoint']).json()
    second = session.refresh_token(metadata['token_endpoint'])
    again = claims_of(second, metadata, asked, None)
    session.get(metadata['userinfo_endpoint']).raise_for_status()
    own = asked['own'] and own_token(metadata, asked)
    known = asked['secret'] and session.introspect_token(
        metadata['introspection_endpoint'], token=second['access_token']).json()
    session.revoke_token(metadata['revocation_endpoint'], token=second['refresh_token']).raise_for_status()
    goodbye = requests.Request('GET', metadata['end_session_endpoint'], params={
        'id_token_hint': token['id_token'], 'client_id': asked['client'], 'state': 'gone',
        'post_logout_redirect_uri': asked['goodbye']}).prepare().url
    return {'claims': claims, 'info': info, 'again': again, 'own': own, 'known': known,
            'refused': refused(session, metadata, second['refresh_token']), 'left': visit(goodbye)}


os.environ['AUTHLIB_INSECURE_TRANSPORT'] = 'true'       # http on loopback
for line in sys.stdin:
    try:
        tell(done=work(json.loads(line)))
    except Exception:
        tell(failed=traceback.format_exc())
