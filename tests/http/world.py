"""The real server with real plugins, in a folder of its own: started, asked, killed, started again.

	python3 test.py SALLYPORTD PLUGINS SOURCE [TEST PLUGINS]

Each test is named by what it proves, prints one line, and fails by an exception; the last line is
`N passed, N failed`. A sanitizer's report, or a canary in the log, fails the run.
"""
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from browser import App, Browser, query_of        # noqa: E402
from server import PATIENCE, Mail, Server, Unix, free_port, until       # noqa: E402

BINARY, PLUGINS, SOURCE = sys.argv[1:4]
TEST_PLUGINS = sys.argv[4] if len(sys.argv) > 4 else None
PASSWORD = 'Canary-battery 7 staple'
MFA = 'b4f1a2c3-5d7e-4f38-ad49-708192a3b401'
CLIENTS = '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e50'
WOODGROVE, FABRIKAM = '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e10', '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e99'
GHOST = '00000000-0000-4000-8000-000000000001'      # the id of nothing
counter = itertools.count(1)
addresses = itertools.count(2)


def source():
    """A loopback address that nobody has come from yet: source budgets of tests stay apart."""
    number = next(addresses)
    return f'127.1.{number // 250}.{number % 250 + 1}'


class World(Server):
    """A Server on lmdb with a second issuer (`other`), a clock to move, and the seed of Woodgrove.

    `change` rewrites its conf file before the start.
    """

    def __init__(self, change=lambda text: text, keys=(), more='', seed=True, **settings):
        super().__init__(BINARY, PLUGINS, SOURCE, store='lmdb', keys=('test_clock: yes', *keys), more=more)
        self.base, self.other = self.url, f'http://127.0.0.1:{free_port()}'
        text = self.conf.read_text().replace('plugin:\n', f'''  other:
    address: "{self.other[7:]}"
    surfaces: [pages, oidc]
plugin:
''', 1)
        self.conf.write_text(change(text))
        self.canaries, self.advanced, self.slow = {PASSWORD}, 0, False
        self.start()
        if seed:
            self.seed(**settings)

    def start(self):
        """The clock goes on from where it was moved to. The new server knows most of it from the store,
        and goes on from there a tenth slower: what is missing is added until it isn't."""
        super().start()
        self.slow = self.advanced > 0
        if self.slow:
            self.reach(time.time_ns() // 1000000 + self.advanced, self.move(1))

    def move(self, ms):
        return self.must('POST', '/clock', {'advance': ms}, tenant=None)['now']

    def reach(self, target, now):
        while target - now > 5:
            now = self.move(target - now)
        return now

    def restart(self, how=signal.SIGTERM):
        status = self.stop(how)
        assert how == signal.SIGKILL or status == 0, (status, self.log.read_text()[-4000:])
        self.start()

    def end(self):
        """Stops, and looks at what the log holds; then all is removed."""
        try:
            self.stopped()
        finally:
            self.kill()
            shutil.rmtree(self.folder, ignore_errors=True)

    def stopped(self):
        status, log = self.stop(), self.log.read_text(errors='replace')
        assert 'Sanitizer' not in log and 'runtime error' not in log, log[-6000:]
        assert status == 0, (status, log[-4000:])
        told = [canary for canary in self.canaries if canary in log]
        assert not told, f'req240: the log tells {told}'
        store = b''.join(path.read_bytes() for path in self.folder.glob('db/*'))
        kept = [canary for canary in self.canaries if '@' not in canary and canary.encode() in store]
        assert not kept, f'req138: the store holds {kept} as it is'

    # The operator

    def ask(self, method, path, body=None, tenant='woodgrove', raw=None, headers=()):
        """The admin API on a connection of its own: (status, answer, headers)."""
        connection = Unix(self.socket)
        sent = {'Content-Type': 'application/json', 'Sallyport-Tenant': tenant}
        sent.update(headers)
        sent = {name: value for name, value in sent.items() if value is not None}
        data = raw if raw is not None else json.dumps(body) if body is not None else None
        connection.request(method, '/v1.0' + path, data, sent)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None, dict(answer.getheaders())

    def must(self, method, path, body=None, **more):
        status, answer, _ = self.ask(method, path, body, **more)
        assert status < 300, (method, path, status, answer)
        return answer

    def call(self, token, method, path, body=None, where=None, **headers):
        """The admin API from the network, by a token or by None: a page."""
        sent = {'Accept': 'application/json', **({'Content-Type': 'application/json'} if body is not None else {}),
                **({'Authorization': 'Bearer ' + token} if token else {}),
                **{name.replace('_', '-'): value for name, value in headers.items()}}
        return Browser(self.private, where or '127.0.0.1').send(method, '/v1.0' + path, json.dumps(body) if body is not None else None, sent)

    def api_token(self, role, scope='/'):
        """The secret of a new API token."""
        secret = self.must('POST', '/apiTokens', {'roleDefinitionId': role, 'directoryScopeId': scope}, tenant=None)['secretText']
        self.canaries.add(secret)
        return secret

    def fabrikam(self):
        """From now on there is a second tenant."""
        self.must('POST', '/apply', {'tenant': {'id': FABRIKAM, 'name': 'fabrikam', 'displayName': 'Fabrikam'}}, tenant=None)

    def woodgrove(self, **settings):
        document = json.loads(pathlib.Path(SOURCE, 'conf/woodgrove.json').read_text())
        document['settings'].update(settings)
        return document

    def seed(self, **settings):
        document = self.woodgrove(**settings)
        self.must('POST', '/apply', document, tenant=None)
        return document

    def policy_state(self, policy, state):
        self.must('PATCH', '/identity/conditionalAccess/policies/' + policy, {'state': state})

    def mfa(self, on=True):
        self.policy_state(MFA, 'enabled' if on else 'disabled')

    def advance(self, ms):
        self.advanced += ms
        before = self.move(1) if self.slow else 0
        now = self.move(ms)
        return self.reach(before + ms, now) if self.slow else now

    def customer(self, address=None, password=PASSWORD, tenant='woodgrove', **more):
        """A new customer: (address, id)."""
        address = address or f'customer{next(counter)}@example.com'
        answer = self.must('POST', '/users', {
            'displayName': 'Customer', 'mail': address, **more,
            'identities': [{'signInType': 'emailAddress', 'issuer': tenant, 'issuerAssignedId': address}],
            'passwordProfile': {'password': password}}, tenant=tenant)
        self.canaries.add(address)
        return address, answer['id']

    def register(self, name, back, **more):
        """A new application, which answers go back to: App, and its `id`."""
        made = self.must('POST', '/applications', {'displayName': name, 'web': {'redirectUris': [back]}, **more})
        app = App('woodgrove', made['appId'], back)
        app.id = made['id']
        return app

    def document(self, app_id):
        return self.must('GET', '/applications/' + app_id)

    def publish(self, api, *values):
        """The application gets scopes of these values, beside those that it has."""
        scopes = self.document(api)['api']['oauth2PermissionScopes']
        scopes += [{'id': str(uuid.uuid4()), 'value': value} for value in values]
        self.must('PATCH', '/applications/' + api, {'api': {'oauth2PermissionScopes': scopes}})

    def grant(self, client, api, *values):
        """What the client may have of the API; no value: nothing any more."""
        rights = [{'id': scope['id'], 'type': 'Scope'} for scope in self.document(api)['api']['oauth2PermissionScopes']
                  if scope['value'] in values]
        needs = [need for need in self.document(client)['requiredResourceAccess'] if need['resourceAppId'] != api]
        needs += [{'resourceAppId': api, 'resourceAccess': rights}] if rights else []
        self.must('PATCH', '/applications/' + client, {'requiredResourceAccess': needs})

    # The mailbox

    def letters(self, to=None):
        """Oldest first; one that has expired meanwhile is left out."""
        found = []
        for path in sorted(self.spool.glob('*.eml')):
            try:
                found.append(Mail(path))
            except FileNotFoundError:
                continue
        return [letter for letter in found if to is None or letter.to.lower() == to.lower()]

    def code(self, to, count=1):
        """The code in the coded letter number `count` to this address, once it is there."""
        def there():
            codes = [letter.code for letter in self.letters(to) if letter.code]
            return codes[count - 1] if len(codes) >= count else None
        code = until(there, f'letter {count} to {to}')
        self.canaries.add(code)
        return code

    def codes(self, to):
        return [letter.code for letter in self.letters(to) if letter.code]

    def new_code(self, to, known):
        """A code that is not among `known`, once it is there: older letters may expire meanwhile."""
        code = until(lambda: next((one for one in self.codes(to) if one not in known), None), f'a letter to {to}')
        self.canaries.add(code)
        return code

    # Ways through

    def app(self, number=1, **more):
        path = {1: '', 2: '/recipes', 3: '/club', 4: '/partners'}[number]
        return App('woodgrove', CLIENTS + str(number), f'http://127.0.0.1:8090{path}/callback', **more)

    def browser(self, where=None):
        return Browser(self.base, where or source())

    def enter(self, app, browser=None, customer=None):
        """Signed in to the app, where he isn't yet: (browser, ID token, customer)."""
        customer = customer or self.customer()
        page = app.begin(browser) if browser else None
        if page is None or page.status == 200:
            browser, _, page = self.sign_in(customer[0], browser, app)
        answer = app.redeem(browser, app.code(page))
        same(answer.status, 200, answer)
        return browser, answer.json()['id_token'], customer

    def sign_in(self, address, browser=None, app=None, password=PASSWORD, **more):
        """Password posted: (browser, app, page)."""
        browser, app = browser or self.browser(), app or self.app()
        page = app.begin(browser, **more)
        return browser, app, browser.fill(page, 'password', email=address, password=password)

    def signed_in(self, app=None, **more):
        """A new customer with a session: (address, id, browser, app, tokens)."""
        address, user = self.customer()
        browser, app, page = self.sign_in(address, app=app, **more)
        return address, user, browser, app, app.redeem(browser, app.code(page)).json()

    def told(self, app, page):
        """The error that the app hears: by redirect, with its state and our issuer (req22)."""
        assert page.status == 303 and page.location and page.location.split('?')[0] == app.redirect_uri, page
        answer = query_of(page.location)
        same((answer.get('state'), 'code' in answer), (app.state, False), page)
        assert answer['iss'].startswith(self.base + '/') and answer['error_description'], answer
        return answer['error']

    def metadata(self):
        page = self.browser().send('GET', '/woodgrove/v2.0/.well-known/openid-configuration')
        same(page.status, 200, page)
        return page.json()

    def metric(self, name, label=''):
        """The sum of all of that name, or of those with this label."""
        body = Browser(self.private).send('GET', '/metrics').body
        return sum(float(line.split()[-1]) for line in body.splitlines()
                   if re.match(re.escape(name) + r'(\{|\s)', line) and label in line)


def with_test_plugins(folder):
    """A `change` of the conf: the plugins are in `folder`, the server's and those of the tests."""
    def change(text):
        plugins = re.search(r'plugins: (.*)', text).group(1)
        for place in (plugins, TEST_PLUGINS):
            for name in os.listdir(place):
                if name.endswith('.so') and name not in os.listdir(folder):
                    os.symlink(os.path.join(place, name), os.path.join(folder, name))
        return text.replace(plugins, folder, 1)
    return change


class Storm:
    """A policy engine that allows everything, and fails between begin() and cease(): weather.so.

    Pass `change` to a World.
    """

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-plugins-'))
        self.flag = self.folder / 'storm'

    def change(self, text):
        return with_test_plugins(str(self.folder))(text).replace('file: conditional-access.so',
                                                            f'file: weather.so, storm: {self.flag}')

    def begin(self):
        self.flag.touch()

    def cease(self):
        self.flag.unlink()

    def end(self):
        shutil.rmtree(self.folder)


def together(count, work):
    """`work(number)` in many threads that start at once; the results, in order."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number):
        barrier.wait()
        try:
            results[number] = work(number)
        except Exception as error:      # told by whoever looks at the results
            results[number] = error
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def wrong_code(code, number=0):
    """Another one for each number."""
    return f'{(int(code) + 1 + number) % 10 ** 8:08}'


def counts(pages):
    """How many of each status."""
    found = {}
    for page in pages:
        found[page.status] = found.get(page.status, 0) + 1
    return found


def same(left, right, *why):
    assert left == right, f'{left!r} is not {right!r} {why if why else ""}'


def shape(page):
    """A page without what is different each time: ids, references, request numbers, times."""
    body = re.sub(r'value="[A-Za-z0-9_.=-]{36,}"', 'value="J"', page.body)
    body = re.sub(r'\b[0-9a-f]{16}\b', 'R', body)
    body = re.sub(r'<code>[A-Z]{5}</code>', '<code>REF</code>', body)
    body = re.sub(r'(?<=in )\d+(?= seconds?)', 'N', body)
    headers = sorted((name, re.sub(r'[A-Za-z0-9_-]{36,}', 'J', value)) for name, value in page.headers
                     if name.lower() not in ('date', 'x-request-id', 'content-length'))
    return page.status, headers, body


def main(tests, worlds=()):
    """Runs the tests in order; ends the worlds, each of which is a test as well, also those that tests added."""
    passed = failed = 0
    ends = ((f'req240 nothing secret in the log of {name}', world.end) for name, world in worlds)
    only = os.environ.get('ONLY')
    for name, test in itertools.chain(tests, ends):
        if only and not re.search(only, name) and 'req240' not in name:
            continue
        try:
            skipped = test()
            passed += 1
            print(f'{"skipped" if skipped else "ok"} {name}{": " + skipped if skipped else ""}', flush=True)
        except Exception:
            failed += 1
            print(f'FAILED {name}\n{traceback.format_exc()}', flush=True)
    print(f'{passed} passed, {failed} failed')
    sys.exit(1 if failed else 0)


def named(registry):
    """Decorator: @test('req22', 'what it says') adds to the registry."""
    def of(tag, what):
        def keep(function):
            registry.append((f'{tag} {what}', function))
            return function
        return keep
    return of
