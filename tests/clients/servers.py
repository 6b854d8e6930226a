"""Clients for web applications, unmodified, over http and https: sign-in, userinfo, refresh, sign-out.

Each is a program of its own, a file beside this one, that is told an issuer and an application and does the rest as its
library's documents say: discovery, PKCE, state, nonce, signatures, introspection, revocation.
"""
import json
import os
import shutil
import subprocess
import sys

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from installed import HERE, installed
from browser import claims as read
from house import SCOPE, House, User
from world import main, named, same

BACK, GONE = 'http://127.0.0.1:8190/back', 'http://127.0.0.1:8190/gone'
SECRET = 'canary+secret/of strangers: 0123456789'       # what a form and Basic must encode
TAME = 'canary-secret-of-strangers-0123456789'          # Authlib's Basic encodes nothing
modules = installed()
house = House()
house.mfa()
house.canaries.update((SECRET, TAME))
tests = []
test = named(tests)
public = house.register(0xa, 'A public client', 'spa', BACK, GONE)
secret = house.register(0xb, 'A client with a secret', 'web', BACK, GONE,
                        passwordCredentials=[{'displayName': 'one', 'secretText': SECRET},
                                             {'displayName': 'two', 'secretText': TAME}])


KEY = json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()))) | {'kid': 'one', 'alg': 'ES256'}
signs = house.register(0xc, 'Somebody else, with a key', 'web', BACK, GONE, thirdParty=True, keyCredentials=[
    {'displayName': 'one', 'jwk': {name: value for name, value in KEY.items() if name != 'd'}}])
tags = {'none': 'req53', 'basic': 'req51 req53', 'post': 'req51 req53', 'key': 'req27 req51 req54 req57'}
clients = {'none': public, 'basic': secret, 'post': secret, 'key': signs}


class Program:
    """A client, started when it is first asked."""

    def __init__(self, script, secret=SECRET):
        self.script, self.secret, self.process = script, secret, None
        self.name = script.split('.')[0]

    def start(self):
        place = house.place / self.name
        place.mkdir()
        (place / 'node_modules').symlink_to(modules)
        for script in ('lines.mjs', self.script):
            shutil.copy(HERE / script, place)
        # Node 18 has the Web Crypto API behind this, 20 and later without.
        runner = [sys.executable] if self.script.endswith('.py') else ['node', '--experimental-global-webcrypto']
        ca = str(house.authority.ca)
        self.process = subprocess.Popen(
            [*runner, place / self.script], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, 'NODE_EXTRA_CA_CERTS': ca, 'NODE_NO_WARNINGS': '1', 'REQUESTS_CA_BUNDLE': ca})

    def tell(self, what):
        self.process.stdin.write(json.dumps(what) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f'{self.name} ended with {self.process.wait()}'
        return json.loads(line)

    def ask(self, user, **asked):
        """What it did, as {claims, info, again, known, refused, left}."""
        if self.process is None:
            self.start()
        told = self.tell(asked)
        while 'visit' in told:
            told = self.tell(user.visit(told['visit']))
        assert 'failed' not in told, told.get('failed')
        return told['done']

    def end(self):
        if self.process is not None:
            self.process.stdin.close()
            same(self.process.wait(60), 0)
            self.process.stdout.close()


def looked_at(done, user, issuer, client):
    """What every client must have been told."""
    claims, again, info = done['claims'], done['again'], done['info']
    for name in ('iss', 'sub', 'aud', 'auth_time', 'sid', 'amr'):
        same(again[name], claims[name], name)
    same((claims['iss'], claims['aud'], claims['sub']), (issuer, client, info['sub']))
    same(sorted(claims['amr']), ['emailotp', 'mfa', 'pwd'])
    same(info['email'], user.address)
    same(done['refused'], 'invalid_grant')
    same(done['left'], {'url': GONE + '?state=gone'})
    if 'presented' in done:
        same((done['presented']['client_id'], done['presented']['sub']), (client, claims['sub']))
    if done['known']:
        same((done['known']['active'], done['known']['client_id']), (True, client))
        own = read(done['own']['access_token'])
        same((own['sub'], own['aud'], own['client_id']), (client, client, client))


def case(program, scheme, method, mode):
    @test(f'req22 req35 req43 {tags[method]} req76 req78 req80 req95 req97',
          f'{program.name} over {scheme}, {method}, {mode}')
    def run():
        client, user = clients[method], User(house, scheme)
        done = program.ask(user, issuer=house.issuer(scheme), client=client, method=method, mode=mode,
                           secret=program.secret if client == secret else None, key=KEY if method == 'key' else None,
                           own=None if method == 'none' else client + '/.default', scope=SCOPE, redirect=BACK,
                           goodbye=GONE, pushed=method == 'key')
        same(user.agreed, method == 'key')
        same((bool(done['known']), bool(done['own'])), (method != 'none', method != 'none'))
        looked_at(done, user, house.issuer(scheme), client)


programs = [Program('oauth4webapi.mjs'), Program('openid_client_6.mjs'), Program('openid_client_5.mjs'),
            Program('authlib_session.py', TAME)]
for program in programs:
    for scheme in ('http', 'https'):
        case(program, scheme, 'none', 'query')
        case(program, scheme, 'basic', 'query')
        case(program, scheme, 'post', 'form_post')
for program in programs[:3]:
    case(program, 'https', 'key', 'query')
case(programs[0], 'http', 'none', 'fragment')
case(programs[0], 'https', 'basic', 'fragment')
tests += [(f'{program.name} ends well', program.end) for program in programs]

main(tests, [('strangers', house)])
