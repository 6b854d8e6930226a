"""Refresh tokens: families that rotate, that outlive crashes, and that die of the right causes only."""
import json
import os
import random
import re
import shutil
import signal
import threading
import time

from browser import App, Browser, claims
from world import CLIENTS, TEST_PLUGINS, Storm, World, counts, main, named, same, together, until

tests, worlds = [], []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
worlds.append(('refreshing', world))
DAY = 24 * 3600 * 1000
SCOPE = 'openid profile email offline_access'
ROUNDS = int(os.environ.get('ROUNDS', 20))
LOYAL = 'd2e8f1a3-4b6c-4e27-9c38-6f7081a2b301'
LOYAL_MFA = 'b4f1a2c3-5d7e-4f38-ad49-708192a3b402'
SECRET = 'canary-secret-of-the-renewer-0123456789'
world.canaries.add(SECRET)
world.must('POST', '/applications', {
    'appId': CLIENTS + 'b', 'displayName': 'Renewer', 'web': {'redirectUris': ['http://127.0.0.1:8092/back']},
    'passwordCredentials': [{'displayName': 'one', 'secretText': SECRET}]})
world.must('POST', '/applications', {
    'appId': CLIENTS + 'c', 'displayName': 'In the browser',
    'spa': {'redirectUris': ['http://127.0.0.1:8093/back']}})
world.must('POST', '/applications', {
    'appId': CLIENTS + 'd', 'displayName': 'Never offline', 'allowRefreshTokens': False,
    'web': {'redirectUris': ['http://127.0.0.1:8094/back']}})
renewer = App('woodgrove', CLIENTS + 'b', 'http://127.0.0.1:8092/back', SECRET)
in_browser = App('woodgrove', CLIENTS + 'c', 'http://127.0.0.1:8093/back')
never = App('woodgrove', CLIENTS + 'd', 'http://127.0.0.1:8094/back')


class Family:
    """A customer who has signed in to an app for offline_access, and the newest answer."""

    def __init__(self, of=world, app=None, scope=SCOPE, customer=None, **more):
        self.world, self.app = of, app or of.app()
        self.address, self.user = customer or of.customer()
        self.browser, _, page = of.sign_in(self.address, app=self.app, scope=scope, **more)
        self.code = self.app.code(page)
        self.first = self.take(self.app.redeem(self.browser, self.code))

    def take(self, answer):
        same(answer.status, 200, answer)
        self.answer = answer.json()
        self.token = self.answer.get('refresh_token')
        self.world.canaries.update(filter(None, (self.token, self.answer['access_token'])))
        return self.answer

    def ask(self, token=None, **more):
        return self.app.refresh(self.browser, token or self.token, **more)

    def turn(self, **more):
        return self.take(self.ask(**more))

    def refused(self, token=None, error='invalid_grant', **more):
        answer = self.ask(token, **more)
        same((answer.status, answer.json()['error']), (400, error), answer)
        return answer.json()

    def known(self, token=None):
        """Whether userinfo takes the newest access token, or this one."""
        return self.app.userinfo(self.browser, token or self.answer['access_token']).status == 200


@test('req48 req44', 'offline_access, without prompt=consent, gives a refresh token; nothing else does')
def offered():
    family = Family()
    same(family.first['scope'], SCOPE)
    assert len(family.token) >= 43, family.token
    for scope in ('openid profile', 'openid offline_accessx', 'openid offline'):
        same(Family(scope=scope).token, None, scope)
    same(Family(prompt='consent').token is None, False)
    second = family.turn()
    assert second['refresh_token'] != family.first['refresh_token']
    same((second['token_type'], second['scope'], second['expires_in']), ('Bearer', SCOPE, 600))
    discovery = world.metadata()
    assert 'offline_access' in discovery['scopes_supported'], discovery
    assert 'refresh_token' in discovery['grant_types_supported'], discovery


@test('req39 req40', 'an app whose refresh tokens are switched off gets none, and the scope says so')
def switched_off():
    family = Family(app=never)
    same((family.token, family.first['scope']), (None, 'openid profile email'))
    same(claims(family.first['access_token'])['scope'], 'openid profile email')
    other = Family()
    answer = never.refresh(family.browser, other.token)
    same((answer.status, answer.json()['error']), (400, 'unauthorized_client'))
    family = Family(app=renewer)
    identity = next(one for one in world.must('GET', '/applications?$top=100')['value']
                    if one['appId'] == renewer.client_id)['id']
    world.must('PATCH', '/applications/' + identity, {'allowRefreshTokens': False})
    family.refused(error='unauthorized_client')
    world.must('PATCH', '/applications/' + identity, {'allowRefreshTokens': True})
    family.turn()


@test('sem4.2 req43', 'an API that is gone or disabled gets no more tokens; the family waits for it')
def resource_gone():
    api = world.must('POST', '/applications', {
        'appId': CLIENTS + 'e', 'displayName': 'API', 'web': {'redirectUris': ['http://127.0.0.1:8096/']}})
    world.publish(CLIENTS + 'e', 'read')
    world.grant(CLIENTS + '1', CLIENTS + 'e', 'read')
    family = Family(scope=f'offline_access api://{CLIENTS}e/read')
    same(claims(family.turn()['access_token'])['aud'], CLIENTS + 'e')
    world.must('PATCH', '/applications/' + api['id'], {'accountEnabled': False})
    family.refused()
    world.must('PATCH', '/applications/' + api['id'], {'accountEnabled': True})
    family.turn()
    world.must('DELETE', '/applications/' + api['id'])
    family.refused()
    same(audited(family.user), [])


@test('req43 req232 attackD8', 'a refresh token is good for its client, at its issuer and tenant, and for no more scope')
def bound():
    family = Family(app=renewer)
    for app, secret in ((world.app(), None), (in_browser, None)):
        answer = app.refresh(family.browser, family.token)
        same((answer.status, answer.json()['error']), (400, 'invalid_grant'), app.client_id)
    for secret in ('wrong', None):
        answer = renewer.refresh(family.browser, family.token, client_secret=secret)
        same((answer.status, answer.json()['error']), (401, 'invalid_client'), secret)
    other = Browser(world.other, family.browser.source)
    same(renewer.refresh(other, family.token).json()['error'], 'invalid_grant')
    for scope in ('openid profile email offline_access address', 'Openid', 'openid,profile', f'{CLIENTS}2/.default'):
        family.refused(scope=scope, error='invalid_scope')
    for scope, wanted in ((SCOPE, SCOPE), (SCOPE + ' x', SCOPE), ('openid', 'openid'), ('email openid offline_access',) * 2,
                          (None, SCOPE), ('', SCOPE)):
        answer = family.turn(scope=scope)
        same((answer['scope'], claims(answer['access_token'])['scope']), (wanted, wanted), scope)
    same('id_token' in family.turn(scope='profile'), False)
    same('email' in claims(family.turn()['id_token']), True)


@test('req50', 'a refreshed ID token is of the same sign-in, and says when it was')
def identity():
    family = Family()
    first = claims(family.first['id_token'])
    assert first['nonce']
    world.advance(2000)
    family.turn()
    world.advance(2000)
    second = claims(family.turn()['id_token'])
    for name in ('auth_time', 'sub', 'iss', 'aud', 'sid', 'acr', 'amr', 'oid', 'tid'):
        same(second[name], first[name], name)
    assert second['iat'] >= first['iat'] + 4 and second['exp'] > first['exp'] and 'nonce' not in second, second
    tokens = {claims(one['access_token'])['jti'] for one in (family.first, family.turn(), family.turn())}
    same(len(tokens), 3)
    assert family.known()


def audited(user):
    return [one for one in world.must('GET', '/auditLogs/directoryAudits?$top=200')['value']
            if user in json.dumps(one) and 'reuse' in one['activityDisplayName']]


@test('req45 attackA17', 'a rotated token that comes again ends the family and its access tokens, on record')
def reuse():
    family = Family()
    tokens = [family.first]
    for _ in range(4):
        tokens.append(family.turn())
    assert all(family.known(one['access_token']) for one in tokens)
    same(audited(family.user), [])
    told = family.refused(tokens[0]['refresh_token'])
    assert 'void' in told['error_description'], told
    for one in tokens:
        family.refused(one['refresh_token'])
        same(family.known(one['access_token']), False)
    same(len(audited(family.user)), 1)
    until(lambda: '"refresh-token-reused"' in world.log.read_text(), 'the alert in the log')
    log = world.log.read_text()
    same(log.count('"refresh-token-reused"'), 1)
    assert family.user in log
    same(world.sign_in(family.address)[2].status, 303)      # a sign-in is as good as ever


@test('req45', 'a guess, a changed token or another client\'s thief ends nobody\'s family')
def guesses():
    family = Family(app=renewer)
    old = family.token
    family.turn(), family.turn()
    head, secret = family.token.split('.')
    number, seal = secret[:6], secret[6:]
    for one in (head + '.' + 'A' * len(secret), head + '.' + number + seal[::-1], head + '.' + seal + number,
                old.split('.')[0] + '.' + old.split('.')[1][:-1] + ('A' if old[-1] != 'A' else 'B'), head, secret,
                head + '.', '.' + secret, head + '.' + secret + '=', family.token + ' ', 'x' * 5000,
                old.upper(), 'ey.ey.ey'):
        family.refused(one)
    for one in ('', None):
        answer = renewer.ask(family.browser, 'token', grant_type='refresh_token', refresh_token=one)
        same((answer.status, answer.json()['error']), (400, 'invalid_request'), one)
    same(world.app().refresh(family.browser, old).json()['error'], 'invalid_grant')
    family.turn()
    family.refused(family.answer['access_token'])
    same(audited(family.user), [])


@test('req46', 'an answer that got lost can be asked for again, until somebody has used it')
def lost():
    family = Family()
    old = family.token
    answers = [family.ask().json() for _ in range(5)]
    same(len({one['refresh_token'] for one in answers}), 1)
    assert all(family.known(one['access_token']) for one in answers)
    world.advance(20000)
    same(family.ask(old).json()['refresh_token'], answers[0]['refresh_token'])
    family.token = answers[0]['refresh_token']
    family.turn()
    same(family.ask(answers[0]['refresh_token']).json()['refresh_token'], family.token)
    family.refused(old)
    family.refused()


@test('req46', 'for half a minute an answer can be asked for again; a tenant may say longer')
def repeat_limit():
    for seconds, more in ((30, {}), (3600, {'refreshTokenRepeat': 3600})):
        world.seed(sourceSendsAnHour=100000, sourcePasswords=100000, **more)
        family = Family()
        old = family.token
        family.turn()
        world.advance((seconds - 2) * 1000)
        same(family.ask(old).status, 200)
        world.advance(3000)
        family.refused(old)
        family.refused()
    world.seed(sourceSendsAnHour=100000, sourcePasswords=100000)


@test('req47', 'a refresh token ends without use, in all, and sooner in a browser')
def expiry():
    used, unused = Family(), Family()
    spa = Family(app=in_browser)
    world.advance(23 * 3600 * 1000)
    spa.turn()
    world.advance(3600 * 1000)
    spa.refused()
    same(spa.known(), False)
    for _ in range(2):
        world.advance(50 * DAY)
        used.turn()
    unused.refused()
    world.advance(78 * DAY)
    used.turn()
    world.advance(DAY)
    used.refused()
    same(audited(used.user) + audited(unused.user) + audited(spa.user), [])


@test('sem2.5 req49', 'reset, disable, delete, revoke and a new address end every family, and its access tokens')
def ended():
    for what in ('disable', 'revoke', 'operator', 'delete', 'again', 'mail', 'reset'):
        family = Family()
        family.turn()
        same(family.known(), True)
        path = '/users/' + family.user
        if what == 'disable':
            world.must('PATCH', path, {'accountEnabled': False})
        elif what == 'revoke':
            world.must('POST', path + '/revokeSignInSessions', {})
        elif what == 'operator':
            world.must('POST', path + '/resetPassword', {})
        elif what == 'delete':
            world.must('DELETE', path)
        elif what == 'again':
            world.must('DELETE', path)
            world.customer(family.address, id=family.user)
        elif what == 'mail':
            world.must('PATCH', path, {'mail': 'moved.' + family.address})
        else:
            reset(family.address)
        same(family.known(), False, what)
        family.refused()
        if what == 'disable':
            world.must('PATCH', path, {'accountEnabled': True})
            family.refused()
        same(audited(family.user), [], what)


@test('req49 paragraph2.5', 'a deleted customer whom the backend has again: nothing of old lives; enabled, he signs in')
def came_back():
    def part(text):
        os.mkdir(re.search('path: (.*)/db', text)[1] + '/people', 0o700)
        return re.sub(r'( main:)( .* path: )(.*)/db', r'\1\2\3/db }\n  people:\2\3/people', text)
    apart = World(keys=('users: people', 'records: main'), change=part)
    people = apart.folder / 'people'
    worlds.append(('a backend with a memory', apart))
    family = Family(apart)
    family.turn()
    path = '/users/' + family.user
    apart.stop()
    shutil.copytree(people, apart.folder / 'earlier')
    apart.start()
    apart.must('DELETE', path)
    family.refused()
    apart.stop()
    shutil.rmtree(people)
    os.rename(apart.folder / 'earlier', people)
    apart.start()
    same(apart.must('GET', path)['accountEnabled'], False)
    family.refused()
    same(apart.sign_in(family.address)[2].status, 400)
    apart.must('PATCH', path, {'accountEnabled': True})
    family.refused()
    same(family.known(), False)
    same(apart.sign_in(family.address)[2].status, 303)
    apart.must('DELETE', path)
    apart.customer(family.address, id=family.user)
    family.refused()


def reset(address):
    app, browser = world.app(), world.browser()
    page = browser.fill(app.begin(browser), 'to-reset')
    page = browser.fill(page, 'address', email=address)
    page = browser.fill(page, 'code', code=world.code(address))
    page = browser.fill(page, 'new-password', password='a new and better one')
    same(page.status, 200, page)


@test('req48', 'signing out ends the session, and not what offline_access was asked for')
def signed_out():
    family = Family()
    plain = Family(scope='openid', customer=(family.address, family.user))
    for one in (family, plain):
        one.browser.post(one.app.path('logout'), {'do': 'out'})
    same((family.known(), plain.known()), (True, False))
    family.turn()
    same(family.known(), True)


@test('sem4.4 req49 req192', 'policy is asked at every refresh: refused while it is not met, and the family is kept')
def policies():
    family, partner = Family(), Family(app=world.app(4))
    family.turn()
    world.mfa()
    told = family.refused()
    same(told['suberror'], 'basic_action')
    same(family.known(), True)      # what was given lives its ten minutes
    world.mfa(False)
    family.turn()
    world.policy_state('b4f1a2c3-5d7e-4f38-ad49-708192a3b404', 'enabled')
    same(partner.refused()['suberror'], 'message_only')
    family.turn()
    world.policy_state('b4f1a2c3-5d7e-4f38-ad49-708192a3b404', 'disabled')
    partner.turn()
    world.mfa()
    browser, app, page = world.sign_in(family.address, scope=SCOPE)
    page = browser.fill(page, 'code', code=world.code(family.address))
    strong = app.redeem(browser, app.code(page)).json()
    answer = app.refresh(browser, strong['refresh_token'])
    same((answer.status, claims(answer.json()['access_token'])['amr']), (200, ['pwd', 'emailotp', 'mfa']))
    world.mfa(False)


@test('sem4.3 req185', 'groups are read at every refresh')
def groups():
    family = Family()
    world.policy_state(LOYAL_MFA, 'enabled')
    family.turn()
    link = {'@odata.id': f'https://graph.microsoft.com/v1.0/directoryObjects/{family.user}'}
    world.must('POST', f'/groups/{LOYAL}/members/$ref', link)
    family.refused()
    world.must('DELETE', f'/groups/{LOYAL}/members/{family.user}/$ref')
    family.turn()
    world.policy_state(LOYAL_MFA, 'disabled')


@test('req36', 'a code that comes twice takes the family of the first with it')
def replayed_code():
    family = Family()
    family.turn()
    same(family.app.redeem(family.browser, family.code).status, 400)
    same(family.known(), False)
    family.refused()


@test('req237', 'each refresh is on record as a sign-in that nobody saw')
def recorded():
    family = Family()
    before = signins(family.user)
    family.turn(), family.turn()
    family.ask(family.first['refresh_token'])
    after = signins(family.user)
    same(len(after) - len(before), 2)
    same({one['isInteractive'] for one in after[:2]}, {False})


def signins(user):
    return [one for one in world.must('GET', '/auditLogs/signIns?$top=200')['value'] if one['userId'] == user]


@test('req52 req46 attackA17', '64 parallel refreshes of one token: one family lives, and nothing is ever a 500')
def storm():
    family = Family()
    for turn in range(3):
        answers = together(64, lambda _: family.ask())
        same(set(counts(answers)) <= {200, 503}, True, counts(answers))
        good = [answer.json() for answer in answers if answer.status == 200]
        same(len({one['refresh_token'] for one in good}), 1, counts(answers))
        assert len(good) >= 32, counts(answers)
        assert all(family.known(one['access_token']) for one in good[:5])
        family.answer = good[0]
        family.token = good[0]['refresh_token']
    family.turn()
    same(audited(family.user), [])


@test('req45', '64 parallel uses of a token that was stolen: none is answered, one is on record')
def thieves():
    family = Family()
    family.turn(), family.turn()
    answers = together(64, lambda _: family.ask(family.first['refresh_token']))
    same(counts(answers), {400: 64})
    family.refused()
    same(len(audited(family.user)), 1)


@test('req45 req239', 'a customer who steals from himself all day: ten are on record, and the audit is not written full')
def self_made():
    first = Family()
    for _ in range(14):
        family = Family(customer=(first.address, first.user))
        family.turn(), family.turn()
        family.refused(family.first['refresh_token'])
        family.refused()
    same(len(audited(first.user)), 10)


@test('req45 req46', 'old and new at once: whatever order they come in, tokens are of one family')
def mixed():
    for turn in range(5):
        family = Family()
        old = family.token
        family.turn()
        new = family.token
        answers = together(16, lambda n: family.ask(old if n % 2 else new))
        assert set(counts(answers)) <= {200, 400, 503}, counts(answers)
        good = {answer.json()['refresh_token'] for answer in answers if answer.status == 200}
        assert len(good) <= 2, good


@test('req46 attackA19', 'kill -9 under a refresh: the client is never locked out, and never has two families')
def killed():
    world = World()
    worlds.append(('kill -9', world))
    family = Family(world)
    chance = random.Random(4)
    for turn in range(ROUNDS):
        old = family.token
        def ask():
            try:
                family.ask()
            except Exception:       # killed under it: what a client sees is no answer
                pass
        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(chance.random() * 0.012)      # the moment is what is random; nothing is waited for
        world.stop(signal.SIGKILL)
        thread.join()
        world.start()
        family.turn()
        if turn % 2:
            same(family.ask(old).json().get('refresh_token'), family.token, turn)
        assert family.known(), turn
    family.turn()
    world.restart(signal.SIGKILL)
    family.refused(old)
    family.refused()
    world.restart(signal.SIGKILL)
    family.refused()


@test('sem4.4 req30 req49', 'a policy engine that fails: 503 with Retry-After, for ten minutes, and no token is spent')
def dead_policy():
    if TEST_PLUGINS is None:
        return 'no test plugins given'
    storm = Storm()
    weather = World(change=storm.change)
    worlds.append(('a failing policy', weather))
    families = [Family(weather) for _ in range(8)]
    storm.begin()
    for _ in range(5):
        weather.advance(120000)
        for answer in together(8, lambda n: families[n].ask()):
            same((answer.status, answer.json()['error']), (503, 'temporarily_unavailable'))
            assert answer.header('Retry-After'), answer.headers
    storm.cease()
    for family in families:
        until(lambda: family.ask().status != 503, 'the engine')
        family.turn()
        family.turn()
    storm.end()


main(tests, worlds)
