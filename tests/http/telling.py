"""Apps hear that a session is over (Back-Channel Logout; requirements 99 to 101), from receivers that are slow, hung, wrong or private."""
import http.server
import threading
import urllib.parse

import jwt

from browser import App, Browser, claims
from world import PASSWORD, World, main, named, same, until

tests = []
test = named(tests)
world = World(keys=('outbound_allow: [127.0.0.0/8]',), sourceSendsAnHour=100000)
world.mfa(False)
enter = world.enter
EVENT = 'http://schemas.openid.net/event/backchannel-logout'


class Receiver:
    """An app's address for logout tokens; `answer` is a status, 'hang', 'close', or what to say to each try."""

    def __init__(self, *answers):
        self.answers, self.heard, self.wake = list(answers) or [200], [], threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                receiver.heard.append((self.path, dict(self.headers), urllib.parse.parse_qs(body.decode())))
                answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                if answer == 'hang':
                    receiver.wake.wait(60)
                if answer in ('hang', 'close'):
                    self.close_connection = True
                    return
                self.send_response(answer)
                if answer in (302, 307):
                    self.send_header('Location', f'http://127.0.0.1:{receiver.port}/elsewhere')
                self.send_header('Content-Length', '0')
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *arguments):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.socket.listen(512)          # many at once
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}/backchannel'

    def tokens(self, count=1):
        until(lambda: len(self.heard) >= count, f'{count} logout tokens')
        return [fields['logout_token'][0] for _, _, fields in self.heard]


def app_of(uri, **more):
    """A new app that wants to hear at `uri`."""
    return world.register('App', 'http://127.0.0.1:8095/back', backchannelLogoutUri=uri, **more)


def told_of(result):
    return world.metric('sallyport_logouts_told_total', f'result="{result}"')


def leave(app, browser, token):
    page = browser.send('GET', app.path('logout') + '?' + urllib.parse.urlencode({
        'id_token_hint': token, 'post_logout_redirect_uri': app.redirect_uri, 'state': 's'}))
    same((page.status, page.location), (303, app.redirect_uri + '?state=s'))


def checked(token, app, told, algorithm='RS256'):
    """As the specification has an app check it (2.6)."""
    head = jwt.get_unverified_header(token)
    same((head['typ'], head['alg']), ('logout+jwt', algorithm))
    keys = Browser(world.base).send('GET', '/woodgrove/discovery/v2.0/keys').json()['keys']
    key = jwt.PyJWK(next(key for key in keys if key['kid'] == head['kid'])).key
    found = jwt.decode(token, key, algorithms=[algorithm], audience=app.client_id, issuer=told['iss'],
                       options={'verify_iat': False, 'verify_exp': False})
    same(found['events'], {EVENT: {}})
    same((found['sub'], found['sid']), (told['sub'], told['sid']))
    assert 0 < found['exp'] - found['iat'] <= 120 and len(found['jti']) >= 32 and 'nonce' not in found, found
    same(set(found), {'iss', 'aud', 'iat', 'exp', 'jti', 'events', 'sub', 'sid'})
    return found


@test('req99 req98 req71 oidcc-backchannel-rp-initiated-logout', 'every app of the session hears of it, each in its own token and algorithm')
def every_app():
    receivers = [Receiver(200), Receiver(204), Receiver(200)]
    apps = [app_of(receivers[0].url), app_of(receivers[1].url, idTokenSignedResponseAlg='ES256', subjectType='pairwise'), app_of(receivers[2].url)]
    browser, first, customer = enter(apps[0])
    told = [first] + [enter(app, browser, customer)[1] for app in apps[1:2]]
    leave(apps[0], browser, first)
    found = [checked(receiver.tokens()[0], app, claims(token), algorithm) for receiver, app, token, algorithm
             in zip(receivers, apps, told, ('RS256', 'ES256'))]
    assert found[0]['jti'] != found[1]['jti']
    path, headers, fields = receivers[0].heard[0]
    same((path, headers['Content-Type'], list(fields)), ('/backchannel', 'application/x-www-form-urlencoded', ['logout_token']))
    leave(apps[0], browser, first)          # idempotent: nobody hears it twice
    other, token, _ = enter(apps[2], None, customer)
    leave(apps[2], other, token)
    checked(receivers[2].tokens()[0], apps[2], claims(token))
    same([len(receiver.heard) for receiver in receivers], [1, 1, 1])


@test('req99 sem2.5', 'revoked, disabled, deleted, reset, one too many in this browser: they hear of each')
def every_way():
    def revoke(customer, browser):
        world.must('POST', f'/users/{customer[1]}/revokeSignInSessions')

    def disable(customer, browser):
        world.must('PATCH', '/users/' + customer[1], {'accountEnabled': False})

    def delete(customer, browser):
        world.must('DELETE', '/users/' + customer[1])

    def reset(customer, browser):
        app, other = world.app(), world.browser()
        page = other.fill(app.begin(other), 'to-reset')
        page = other.fill(page, 'address', email=customer[0])
        page = other.fill(page, 'code', code=world.code(customer[0]))
        same(other.fill(page, 'new-password', password='a new and better one').status, 200)

    def crowd(customer, browser):       # one more than may share a browser
        for _ in range(4):
            page = world.app().begin(browser, prompt='login')
            same(browser.fill(page, 'password', email=world.customer()[0], password=PASSWORD).status, 303)

    def by_page(customer, browser):
        page = browser.send('GET', world.app().path('logout'))
        same(browser.fill(page, 'sign-out').heading, 'You are signed out')
    receiver = Receiver()
    app = app_of(receiver.url)
    for count, way in enumerate((revoke, disable, delete, reset, crowd, by_page), 1):
        browser, token, customer = enter(app)
        elsewhere = enter(app, None, customer)[1] if way in (revoke, reset) else None
        before = len(receiver.heard)
        way(customer, browser)
        tokens = receiver.tokens(before + (2 if elsewhere else 1))[before:]
        sids = {claims(one)['sid'] for one in tokens}
        same(sids, {claims(one)['sid'] for one in (token, elsewhere) if one}, way.__name__)


@test('req99', 'a new sign-in after that is not signed out, nor is a session elsewhere')
def only_that():
    receiver = Receiver()
    app = app_of(receiver.url)
    browser, token, customer = enter(app)
    other, kept, _ = enter(app, None, customer)
    leave(app, browser, token)
    same([claims(one)['sid'] for one in receiver.tokens()], [claims(token)['sid']])
    world.must('POST', f'/users/{customer[1]}/revokeSignInSessions')
    fresh, newest, _ = enter(app, None, customer)
    same([claims(one)['sid'] for one in receiver.tokens(2)][1:], [claims(kept)['sid']])
    leave(app, fresh, newest)
    same([claims(one)['sid'] for one in receiver.tokens(3)][2:], [claims(newest)['sid']])


@test('req99', 'after a step-up an app hears of the session that it knows')
def stepped_up():
    receivers = Receiver(), Receiver()
    apps = [app_of(receiver.url) for receiver in receivers]
    browser, first, customer = enter(apps[0])
    page = apps[1].begin(browser, prompt='login')
    page = browser.fill(page, 'password', email=customer[0], password=PASSWORD)
    second = apps[1].redeem(browser, apps[1].code(page)).json()['id_token']
    assert claims(first)['sid'] != claims(second)['sid']
    leave(apps[1], browser, second)
    for receiver, app, token in zip(receivers, apps, (first, second)):
        checked(receiver.tokens()[0], app, claims(token))


@test('req100', 'one that hangs holds up neither the page nor the others, and is asked again')
def hung():
    hanging, well = Receiver('hang', 200), Receiver()
    apps = [app_of(hanging.url), app_of(well.url)]
    browser, token, customer = enter(apps[0])
    enter(apps[1], browser, customer)
    leave(apps[0], browser, token)          # while it hangs
    well.tokens()
    until(lambda: len(hanging.heard) == 1, 'the first try')
    failed = until(lambda: told_of('failed'), 'the deadline of that try')
    world.advance(6000)
    tokens = hanging.tokens(2)
    same(claims(tokens[0])['sid'], claims(tokens[1])['sid'])
    assert claims(tokens[0])['jti'] != claims(tokens[1])['jti'] and failed >= 1
    same(len(well.heard), 1)
    hanging.wake.set()


@test('req100', 'an app that has just not answered is left alone for seconds by the next who sign out, and told of them after that')
def quiet():
    silent, well = Receiver(503, 200), Receiver()
    apps = [app_of(silent.url), app_of(well.url)]
    people = []
    for _ in range(3):
        browser, token, customer = enter(apps[0])
        enter(apps[1], browser, customer)
        people.append((browser, token))
    failed = told_of('failed')
    leave(apps[0], *people[0])
    until(lambda: told_of('failed') > failed, 'the try that fails')
    for number, one in enumerate(people[1:], 2):
        leave(apps[0], *one)
        well.tokens(number)
    same(len(silent.heard), 1)
    world.advance(6000)
    tokens = silent.tokens(4)
    same(sorted(claims(one)['sid'] for one in tokens[1:]), sorted(claims(token)['sid'] for _, token in people))


@test('req100', 'more silent ones than fit into one turn hold up nobody who comes after them')
def many():
    silent, well = Receiver(503), Receiver()
    apps = [app_of(silent.url) for _ in range(65)] + [app_of(well.url)]
    browser, token, customer = enter(apps[0])
    for app in apps[1:]:
        last = enter(app, browser, customer)[1]
    leave(apps[0], browser, token)
    checked(well.tokens()[0], apps[-1], claims(last))
    silent.tokens(65)
    silent.answers = [200]
    world.advance(6000)
    silent.tokens(130)
    world.advance(3600000)
    same((len(silent.heard), len(well.heard)), (130, 1))


@test('req99', 'no answer and a gateway that fails are tried again, later and later; what the app says is not')
def again():
    for answers, tries in (((503, 200), 2), (('close', 502, 204), 3), ((500,), 1), ((400,), 1), ((302,), 1), ((307,), 1)):
        receiver = Receiver(*answers)
        app = app_of(receiver.url)
        browser, token, _ = enter(app)
        before = {result: told_of(result) for result in ('told', 'refused', 'failed')}
        leave(app, browser, token)
        for count in range(1, tries + 1):
            receiver.tokens(count)
            until(lambda: sum(told_of(result) - before[result] for result in before) == count, 'it is counted')
            world.advance(5000 * 2 ** count)
        last = answers[-1]
        same(told_of('told') - before['told'], int(last in (200, 204)), answers)
        same(told_of('refused') - before['refused'], int(last not in (200, 204)), answers)
        same([path for path, _, _ in receiver.heard], ['/backchannel'] * tries, answers)


@test('req99', 'what a crash left untold is told by the next life of the server')
def crash():
    hanging = Receiver('hang', 200)
    app = app_of(hanging.url)
    browser, token, _ = enter(app)
    leave(app, browser, token)
    hanging.tokens(1)
    world.kill()
    world.start()
    world.advance(61000)        # the lease
    same({claims(one)['sid'] for one in hanging.tokens(2)}, {claims(token)['sid']})
    hanging.wake.set()


@test('req101', 'an address that may not be called is not, by any name')
def private():
    strict = World(sourceSendsAnHour=100000)
    try:
        receiver = Receiver()
        client = '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e0ff'
        app = App('woodgrove', client, 'http://127.0.0.1:8095/back')
        body = {'appId': client, 'displayName': 'Private', 'web': {'redirectUris': [app.redirect_uri]}}
        made = strict.must('POST', '/applications', {**body, 'backchannelLogoutUri': receiver.url})
        address, _ = strict.customer()
        for count, uri in enumerate((f'http://127.0.0.1:{receiver.port}/x', f'https://localhost:{receiver.port}/x',
                                     f'https://127.1:{receiver.port}/x', f'https://[::1]:{receiver.port}/x',
                                     f'https://[::ffff:127.0.0.1]:{receiver.port}/x', 'https://10.0.0.1/x',
                                     'https://169.254.169.254/latest', 'https://0.0.0.0/x'), 1):
            strict.must('PATCH', '/applications/' + made['id'], {'backchannelLogoutUri': uri})
            browser, _, page = strict.sign_in(address, app=app)
            token = app.redeem(browser, app.code(page)).json()['id_token']
            leave(app, browser, token)
            until(lambda: strict.metric('sallyport_logouts_told_total') == count, uri)
        same(strict.metric('sallyport_logouts_told_total', 'result="forbidden"'), count)
        same(receiver.heard, [])
        until(lambda: 'server.outbound_allow' in strict.log.read_text(), 'a word about it in the log')
    finally:
        strict.end()


@test('req99', 'an app that is registered with an address that can be none is refused')
def registered():
    for uri in ('ftp://app.example/x', 'http://app.example/x', 'https://a@app.example/x', 'https://app.example/x#y', 'app.example'):
        status, answer, _ = world.ask('POST', '/applications', {'displayName': 'Bad', 'backchannelLogoutUri': uri})
        same((status, answer['error']['details'][0]['target']), (400, 'backchannelLogoutUri'), uri)


@test('req8 oidcc-backchannel-logout-discovery-endpoint-verification', 'the metadata says so')
def metadata():
    found = world.metadata()
    same((found['backchannel_logout_supported'], found['backchannel_logout_session_supported']), (True, True))


main(tests, [('World', world)])
