"""Clients for web applications, unmodified, over http and https: sign-in, userinfo, refresh, sign-out.

Each is a program of its own, NAME.mjs, that is told an issuer and an application and does the rest as its
library's documents say: discovery, PKCE, state, nonce, signatures, introspection, revocation.
"""
import json
import os
import shutil
import subprocess

from house import HERE, SCOPE, House, User, installed
from world import main, named, same

BACK, GONE = 'http://127.0.0.1:8190/back', 'http://127.0.0.1:8190/gone'
SECRET = 'canary+secret/of strangers: 0123456789'       # what a form and Basic must encode
modules = installed()
house = House()
house.canaries.add(SECRET)
tests = []
test = named(tests)
public = house.register(0xa, 'A public client', 'spa', BACK, GONE)
secret = house.register(0xb, 'A client with a secret', 'web', BACK, GONE,
                        passwordCredentials=[{'displayName': 'one', 'secretText': SECRET}])


class Program:
    """NAME.mjs, started when it is first asked."""

    def __init__(self, name):
        self.name, self.process = name, None

    def start(self):
        place = house.place / self.name
        place.mkdir()
        (place / 'node_modules').symlink_to(modules)
        for script in HERE.glob('*.mjs'):
            shutil.copy(script, place)
        # Node 18 has the Web Crypto API behind this, 20 and later without.
        self.process = subprocess.Popen(
            ['node', '--experimental-global-webcrypto', place / (self.name + '.mjs')], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, 'NODE_EXTRA_CA_CERTS': str(house.authority.ca), 'NODE_NO_WARNINGS': '1'})

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
    if done.get('known'):
        same((done['known']['active'], done['known']['client_id']), (True, client))


def case(program, scheme, method, mode):
    @test('req22 req35 req43 req53 req76 req78 req80 req97',
          f'{program.name} over {scheme}, {method}, {mode}')
    def run():
        client, user = public if method == 'none' else secret, User(house, scheme)
        done = program.ask(user, issuer=house.issuer(scheme), client=client, method=method, mode=mode,
                           secret=None if method == 'none' else SECRET, scope=SCOPE, redirect=BACK, goodbye=GONE)
        same(bool(done.get('known')), method != 'none')
        looked_at(done, user, house.issuer(scheme), client)


programs = [Program(name) for name in ('openid_client_6', 'openid_client_5', 'oauth4webapi')]
for program in programs:
    for scheme in ('http', 'https'):
        case(program, scheme, 'none', 'query')
        case(program, scheme, 'basic', 'query')
        case(program, scheme, 'post', 'form_post')
case(programs[2], 'http', 'none', 'fragment')
case(programs[2], 'https', 'basic', 'fragment')
tests += [(f'{program.name} ends well', program.end) for program in programs]

main(tests, [('strangers', house)])
