"""What can be had once is had once, round after round: 64 at once redeem a code, a refresh token, a device code.

	python3 rounds.py SALLYPORTD PLUGINS SOURCE TEST-PLUGINS ROUNDS
"""
import sys

from browser import App
from world import CLIENTS, PASSWORD, World, counts, main, named, same, together

tests = []
test = named(tests)
ROUNDS = int(sys.argv[5])
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
SCOPE = 'openid profile offline_access'


def rounds(what):
    for number in range(ROUNDS):
        what(number)
        if number % 100 == 99:
            print(f'  {number + 1} of {ROUNDS}', flush=True)


def winner(answers):
    """The answer of the one who was first; all others are refused, and nothing is a 500."""
    same(counts(answers), {200: 1, 400: 63})
    return next(answer for answer in answers if answer.status == 200).json()


@test('req36 attackA14', 'a code: one of 64 gets tokens, and they are dead afterwards, since it was replayed')
def codes():
    app, (address, _) = world.app(), world.customer()
    browser, _, page = world.sign_in(address, app=app, scope=SCOPE)

    def one(number):
        nonlocal page
        code = app.code(page)
        tokens = winner(together(64, lambda _: app.redeem(browser, code)))
        same(app.userinfo(browser, tokens['access_token']).status, 401, number)
        same(app.refresh(browser, tokens['refresh_token']).json().get('error'), 'invalid_grant', number)
        page = app.begin(browser, scope=SCOPE)
    rounds(one)


@test('req45 req46 attackA17', 'a refresh token: all of 64 get the same successor, or are asked to come again')
def refreshes():
    app, (address, _) = world.app(), world.customer()
    browser, _, page = world.sign_in(address, app=app, scope=SCOPE)
    token = app.redeem(browser, app.code(page)).json()['refresh_token']

    def one(number):
        nonlocal token
        answers = together(64, lambda _: app.refresh(browser, token))
        assert set(counts(answers)) <= {200, 503}, (number, counts(answers))
        next_ones = {answer.json()['refresh_token'] for answer in answers if answer.status == 200}
        same(len(next_ones), 1, number, counts(answers))
        token = next_ones.pop()
    rounds(one)


@test('req37 req104', 'a device code: one of 64 gets tokens; who asks again later ends them')
def devices():
    world.must('POST', '/applications', {'appId': CLIENTS + 'f', 'displayName': 'Television', 'allowDeviceCode': True})
    tv, (address, _), browser = App('woodgrove', CLIENTS + 'f', None), world.customer(), world.browser()

    def poll(where, told):
        return tv.ask(where, 'token', grant_type='urn:ietf:params:oauth:grant-type:device_code',
                      device_code=told['device_code'])

    def one(number):
        where = world.browser()     # of an address of its own: one has ports for some hundred rounds
        told = tv.ask(where, 'devicecode', scope=SCOPE).json()
        page = browser.fill(browser.get('/woodgrove/flow/device'), 'find', user_code=told['user_code'])
        if page.heading == 'Sign in':
            page = browser.fill(page, 'password', email=address, password=PASSWORD)
        same(browser.fill(page, 'allow').heading, 'Your device is connected', number)
        tokens = winner(together(64, lambda _: poll(where, told)))
        same(tv.userinfo(where, tokens['access_token']).status, 200, number)
        world.advance(61000)
        same(poll(where, told).json()['error'], 'invalid_grant', number)
        same(tv.userinfo(where, tokens['access_token']).status, 401, number)
    rounds(one)


main(tests, [('rounds', world)])
