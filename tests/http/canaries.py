"""Secrets and addresses, planted and looked for wherever they must not be (requirements 138, 240, 244).

A customer signs up, signs in by both doors, resets; an app with a secret redeems. Everything that
was secret is then looked for in the log, in pages and JSON of errors, in /metrics and /readyz, in
what the tool prints, in every file of state and store, and in the memory of the server: there, what
ended requests have held may be nowhere, while others are under way.
"""
import os
import pathlib
import re
import signal
import socket
import subprocess
import urllib.parse

from browser import App, Browser
from world import BINARY, PASSWORD, World, main, named, same, source, until

tests = []
test = named(tests)
NEW = 'Kanarienvogel-7 in Reserve'
TYPED = 'Wrong-canary 9 password'
HALF = 'half-a-canary-that-is-still-flying'
world = World(keys=('log_level: debug',), sourceSendsAnHour=100000, sourcePasswords=100000)
world.mfa()
ADDRESS = 'canary.bird@example.com'
secrets = {'password': PASSWORD, 'new password': NEW, 'wrong password': TYPED}
pages = []


def keep(name, value):
    secrets[name] = value
    return value


def seen(page):
    pages.append(page)
    return page


class Watched(Browser):
    """Keeps each page that it has got, and each cookie as a secret."""

    def send(self, *words, **more):
        return seen(super().send(*words, **more))

    def keep(self, line):
        super().keep(line)
        name, value = line.split(';')[0].split('=', 1)
        if len(value) > 20:
            keep(f'cookie {name} {len(secrets)}', value)


def browser():
    return Watched(world.base, source())


def sign_up():
    person, app = browser(), world.app()
    page = person.fill(app.begin(person), 'to-sign-up')
    page = person.fill(page, 'address', email=ADDRESS)
    page = person.fill(page, 'code', code=keep('sign-up code', world.code(ADDRESS)))
    page = person.fill(page, 'new-password', password=PASSWORD)
    page = person.fill(page, 'attributes', displayName='Canary')
    keep('authorization code', app.code(page))
    answer = app.redeem(person, app.code(page))
    keep('PKCE verifier', app.verifier)
    keep('access token', answer.json()['access_token'])
    keep('ID token', answer.json()['id_token'])
    same(app.userinfo(person, answer.json()['access_token']).status, 200)
    same(app.redeem(person, app.code(page)).status, 400)            # replayed: an error, and a line
    same(app.userinfo(person, 'canary.' + secrets['access token']).status, 401)


def sign_in():
    person, app = browser(), world.app()
    page = app.begin(person)
    page = person.fill(page, 'password', email=ADDRESS, password=TYPED)
    known = world.codes(ADDRESS)
    page = person.fill(page, 'password', email=ADDRESS, password=PASSWORD)
    code = keep('second code', world.new_code(ADDRESS, known))
    page = person.fill(page, 'code', code=keep('wrong code', '31415926' if code != '31415926' else '27182818'))
    page = person.fill(page, 'code', code=code)
    keep('second authorization code', app.code(page))
    app.redeem(person, app.code(page), code_verifier='x' * 50)      # wrong: an error, and a line


def confidential():
    """An app with a secret, that renews what it has got; and one that only says that it is this app."""
    client, uri = '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e5cb', 'https://secret.canary.example.com/callback'
    world.must('POST', '/applications', {
        'displayName': 'Canary with a secret', 'appId': client, 'web': {'redirectUris': [uri]},
        'passwordCredentials': [{'displayName': 'one', 'secretText': keep('client secret', 'Client-secret-canary 4711 of its app')}]})
    person, app = browser(), App('woodgrove', client, uri, secrets['client secret'])
    address, _ = world.customer()
    known = set(world.codes(address))
    page = person.fill(app.begin(person, scope='openid offline_access'), 'password', email=address, password=PASSWORD)
    page = person.fill(page, 'code', code=keep('third code', world.new_code(address, known)))
    first = app.redeem(person, keep('third authorization code', app.code(page))).json()
    second = app.refresh(person, keep('refresh token', first['refresh_token'])).json()
    keep('refresh token that was rotated in', second['refresh_token'])
    same(app.ask(person, 'introspect', token=first['access_token']).json()['active'], True)
    liar = App('woodgrove', client, uri, keep('wrong client secret', 'Wrong-secret-canary 815 of nobody'))
    same(liar.refresh(person, second['refresh_token']).status, 401)
    same(app.ask(person, 'revoke', token=second['refresh_token']).status, 200)


def reset():
    person, app = browser(), world.app()
    before = set(world.codes(ADDRESS))
    page = person.fill(app.begin(person), 'to-reset')
    page = person.fill(page, 'address', email=ADDRESS)
    page = person.fill(page, 'code', code=keep('reset code', world.new_code(ADDRESS, before)))
    person.fill(page, 'new-password', password='password')          # refused
    person.fill(page, 'new-password', password=NEW)


def operator():
    document = {'displayName': 'Canary app', 'appId': '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e5ca',
                'identifierUris': [], 'web': {'redirectUris': ['https://canary.example.com/callback']}}
    world.ask('POST', '/applications', document)
    world.ask('POST', '/users', {'passwordProfile': {'password': keep('password of a bad request', 'Bad-canary 3 x')},
                                 'identities': 'none', 'mail': ADDRESS})
    world.ask('POST', '/users', raw='{"passwordProfile": {"password": "' + keep('cut off', 'Cut-canary 4 x') + '"')


def holds(text, spared=()):
    """Which secrets are in it, as they are or as URLs and JSON spell them."""
    spellings = lambda value: {value, urllib.parse.quote(value), urllib.parse.quote_plus(value)}
    data = text if isinstance(text, bytes) else text.encode()
    return sorted(name for name, value in secrets.items() if name not in spared and
                  any(one.encode() in data for one in spellings(value)))


@test('req240', 'nothing of it in the log, at the loudest level')
def in_log():
    sign_up()
    sign_in()
    confidential()
    reset()
    operator()
    log = world.log.read_text()
    assert log.count('"sign-in"') >= 3 and log.count('"token"') >= 2, log
    same(holds(log), [])
    assert ADDRESS not in log, [line for line in log.splitlines() if ADDRESS in line]


@test('req229', 'nothing of it on a page or in JSON, but the tokens of the answer that gives them')
def on_pages():
    given = ('access token', 'ID token', 'authorization code', 'second authorization code', 'third authorization code',
             'refresh token', 'refresh token that was rotated in')
    for page in pages:
        same(holds(page.raw, given), [], page)
        if page.status >= 400:
            same(holds(page.raw), [], page)
            same(holds(str([value for name, value in page.headers if name.lower() != 'set-cookie'])), [], page)


@test('req240', 'nothing of it in metrics and status')
def in_metrics():
    for path in ('/metrics', '/readyz', '/healthz'):
        text = Browser(world.private).send('GET', path).body
        same(holds(text), [], path)
        assert 'canary' not in text.lower(), path


@test('req240 req244', "nothing of it in what the tool prints, but an operator's own addresses")
def in_tool():
    tool = pathlib.Path(BINARY).with_name('sallyport')
    for words in (['user', 'list'], ['user', 'show', ADDRESS], ['signins'], ['plugin', 'list'], ['mail', 'queue'],
                  ['app', 'list'], ['tenant', 'get'], ['policy', 'list']):
        for json in ([], ['--json']):
            done = subprocess.run([tool, '--socket', world.socket, '--tenant', 'woodgrove', *words, *json],
                                  capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
            same((done.returncode, holds(done.stdout + done.stderr)), (0, []), words, json, done)
            assert b'$argon2' not in done.stdout, words


@test('req138 req244', 'nothing of it in any file of store and state')
def in_files():
    for folder in ('db', 'state'):
        for path in (world.folder / folder).rglob('*'):
            if path.is_file():
                data = path.read_bytes()
                same(holds(data), [], path)
                assert b'PRIVATE KEY' not in data, path


def memory(pid):
    """What a core would hold: each private mapping that may be written."""
    parts = []
    with open(f'/proc/{pid}/maps') as maps, open(f'/proc/{pid}/mem', 'rb', 0) as mem:
        for line in maps:
            span, mode, *rest = line.split()
            if 'rw' not in mode or 's' in mode or rest[-1:] in (['[vvar]'], ['[vsyscall]']):
                continue
            start, end = (int(word, 16) for word in span.split('-'))
            try:
                mem.seek(start)
                parts.append((rest[-1] if len(rest) > 3 else 'memory', mem.read(end - start)))
            except (OSError, ValueError):
                continue
    return parts


@test('req244', 'nothing that ended requests have held is in the memory of the server, in mid-flow')
def in_memory():
    if os.geteuid() != 0:
        return 'only root may look into a process that allows no core'
    if '__asan_init' in pathlib.Path(BINARY).read_bytes().decode('latin-1'):
        return 'the sanitizer keeps what is freed'
    person, app = browser(), world.app()
    address, _ = world.customer()
    page = person.fill(app.begin(person), 'password', email=address, password=PASSWORD)     # waits for its code
    same(page.heading, 'Enter your code')
    until(lambda: world.code(address), 'its mail')
    until(lambda: not world.must('GET', '/mail/queue', tenant=None)['value'], 'the end of all sending')
    # A request that is not over: what is sent of it must be there, or nobody has looked.
    host, port = world.base[7:].split(':')
    half = socket.create_connection((host, int(port)))
    half.sendall(f'POST /woodgrove/oauth2/v2.0/token HTTP/1.1\r\nHost: {world.base[7:]}\r\nContent-Type: '
                 f'application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\ncode={HALF}&'.encode())
    until(lambda: holds_half(world.process.pid), 'the half request')
    os.kill(world.process.pid, signal.SIGSTOP)
    try:
        parts = memory(world.process.pid)
    finally:
        os.kill(world.process.pid, signal.SIGCONT)
    assert sum(len(data) for _, data in parts) > 1 << 20
    found = {}
    for where, data in parts:
        for name in holds(data):
            found.setdefault(name, []).append(where)
    for name, places in sorted(found.items()):
        print(f'    {name}: {places}')
    half.close()
    same(found, {})


def holds_half(pid):
    return any(HALF.encode() in data for _, data in memory(pid))


@test('req244', 'the process leaves no core, whoever ends it')
def no_core():
    limits = pathlib.Path(f'/proc/{world.process.pid}/limits').read_text()
    assert re.search(r'Max core file size\s+0\s+0', limits), limits


main(tests, [('canaries', world)])
