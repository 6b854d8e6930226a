"""Killed between each two steps of each change of a customer (DESIGN 5): done at the next start, or never begun.

	cut_off.py SALLYPORTD PLUGINS SOURCE TEST_PLUGINS LOOK [memory]

With `memory` the backend of users forgets all of them when it dies, while the records stay: what is
left of somebody who has never been, or is no more, must not be in his way.

For each kind of change the server dies before the first write, after it, before the second, and so
on, until the change comes through without meeting its death. Each time it is started again and asked.
"""
import http.client
import itertools
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'http'))

from ill import Ill     # noqa: E402
from store import INTENT, Store, settled        # noqa: E402
from world import PASSWORD, main, named, same, source, until        # noqa: E402

LOOK = sys.argv[5]
FORGETS = sys.argv[6:] == ['memory']
NEW = 'Another-battery 8 staple'
GONE = (OSError, http.client.HTTPException)
MOST = 24       # deaths of one change: more than any has writes

tests = []
test = named(tests)


def apart(text):
    orders = re.search('orders: ([^ ,}]*)', text)[1]
    return text.replace('plugin:\n', f'plugin:\n  people: {{ file: ill-memory.so, orders: {orders} }}\n', 1)


world = Ill(change=apart if FORGETS else lambda text: text, keys=('users: people', 'records: main') if FORGETS else (),
            sourceSendsAnHour=100000, sourcePasswords=100000)


def store():
    return Store(LOOK, world.folder / 'db')


def rest():
    if not FORGETS:
        settled(LOOK, world.folder / 'db')
        return
    until(lambda: not store().of(INTENT), 'the end of the open changes')
    same([entry for entry in store().audits().values() if entry['result'] == 'begun'], [])


def each_death(change, judge, prepare=lambda: None):
    """Runs `change(prepared)` with the server dying at each write; `judge(prepared, answer)` looks afterwards.

    `answer` is None where there was none. How many deaths there were.
    """
    deaths = 0
    changed = ('users.create', 'records.commit') if FORGETS else ('changes',)
    for number in range(1, MOST):
        for what, fate in itertools.product(changed if number == 1 else changed[-1:], ('exit-before', 'exit-after')):
            prepared = prepare()
            world.order(f'{what} {fate} {number}')
            try:
                answer = change(prepared)
            except GONE:
                answer = None
            world.heal()
            if answer is not None and not world.was_met():     # it may have died of what comes after the answer
                judge(prepared, answer)
                return deaths
            deaths += 1
            world.process.wait()
            world.start()
            rest()
            judge(prepared, answer)
    raise AssertionError(f'{MOST} deaths, and no end')


def user_body(address, **more):
    return {'displayName': 'Customer', 'mail': address, **more, 'passwordProfile': {'password': PASSWORD},
            'identities': [{'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': address}]}


def opens(address, password=PASSWORD):
    page = world.sign_in(address, browser=world.browser(source()), password=password)[2]
    assert page.status in (303, 400), page
    return page.status == 303


def audit_of(user, name):
    """The results of the entries of that name about this customer."""
    return [entry['result'] for entry in store().audits().values()
            if entry['target'] == user and entry['activityDisplayName'] == name]


numbers = iter(range(1, 1000))


def fresh_address():
    return f'cut{next(numbers)}@example.org'


def customer():
    address = fresh_address()
    return address, world.customer(address)[1]


@test('sem5 req239', 'an operator creates a customer')
def creates():
    def change(address):
        status, answer, _ = world.ask('POST', '/users', user_body(address))
        assert status == 201, answer
        return answer

    def judge(address, answer):
        status, found, _ = world.ask('GET', '/users/' + address)
        if status == 404:
            assert FORGETS or answer is None, 'an acknowledged customer is lost'
            found = world.must('POST', '/users', user_body(address))        # nothing is in the way
        same(audit_of(found['id'], 'Add user'), ['success'])
        assert opens(address)
    return told(each_death(change, judge, fresh_address))


def told(deaths):
    assert deaths >= 4, f'only {deaths} deaths: where are the writes?'
    print(f'    {deaths} deaths')


def changes(verb, ask, then, prepare=customer):
    """One change of a customer who is there; `then` what must be so, done or not."""
    def change(who):
        status, answer, _ = ask(who[1])
        assert status < 300, answer
        return status

    def judge(who, answer):
        results = audit_of(who[1], verb)
        assert results in ([], ['success']), results
        assert results or answer is None, 'acknowledged, and not on record'
        then(*who, bool(results))
    return told(each_death(change, judge, prepare))


@test('sem5 req239', 'an operator disables a customer')
def disables():
    def then(address, user, done):
        same(opens(address), not done)
        same(world.must('GET', '/users/' + user)['accountEnabled'], not done)
    changes('Disable account', lambda user: world.ask('PATCH', '/users/' + user, {'accountEnabled': False}), then)


@test('sem5 req239', 'an operator enables a customer')
def enables():
    def disabled():
        who = customer()
        world.must('PATCH', '/users/' + who[1], {'accountEnabled': False})
        return who

    def then(address, user, done):
        same(opens(address), done)
        same(world.must('GET', '/users/' + user)['accountEnabled'], done)
    changes('Enable account', lambda user: world.ask('PATCH', '/users/' + user, {'accountEnabled': True}), then,
            disabled)


@test('sem5 req239', "an operator voids a customer's password")
def voids():
    def then(address, user, done):
        same(opens(address), not done)
    changes('Reset password', lambda user: world.ask('POST', f'/users/{user}/resetPassword', {}), then)


@test('sem5 req239', "an operator changes a customer's attributes")
def updates():
    def then(address, user, done):
        same(world.must('GET', '/users/' + user)['displayName'], 'Renamed' if done else 'Customer')
        assert opens(address)
    changes('Update user', lambda user: world.ask('PATCH', '/users/' + user, {'displayName': 'Renamed'}), then)


@test('sem5 req239', 'an operator deletes a customer, whose address and id can be given again')
def removes():
    def then(address, user, done):
        same(world.ask('GET', '/users/' + user)[0], 404 if done else 200)
        if not done:
            assert opens(address)
            return
        assert not opens(address)
        again = world.must('POST', '/users', user_body(address, id=user))
        same(again['id'], user)
        assert opens(address)
    changes('Delete user', lambda user: world.ask('DELETE', '/users/' + user), then)


def at_code(address, way):
    """The page that asks for the code of a sign-up or reset, and the code."""
    browser, app = world.browser(source()), world.app()
    before = len(world.codes(address))
    page = browser.fill(app.begin(browser), 'to-' + way)
    page = browser.fill(page, 'address', email=address)
    return browser, app, browser.fill(page, 'code', code=world.code(address, before + 1))


@test('sem5 attackA2', 'a customer signs up')
def signs_up():
    def prepare():
        address = fresh_address()
        browser, app, page = at_code(address, 'sign-up')
        page = browser.fill(page, 'new-password', password=PASSWORD)
        return address, browser, page

    def change(prepared):
        address, browser, page = prepared
        return browser.fill(page, 'attributes', displayName='Newcomer')

    def judge(prepared, answer):
        address, browser, page = prepared
        status, _, _ = world.ask('GET', '/users/' + address)
        assert answer is None or FORGETS or (answer.status, status) == (303, 200), (answer, status)
        again = browser.fill(page, 'attributes', displayName='Newcomer')        # the customer presses it once more
        if FORGETS and status == 404 and again.status != 303:       # he was there, and is forgotten
            browser, app, page = at_code(address, 'sign-up')
            page = browser.fill(page, 'new-password', password=PASSWORD)
            same(browser.fill(page, 'attributes', displayName='Newcomer').status, 303, again)
        elif status == 404:
            same(again.status, 303, 'nothing was begun, and the form is good for nothing')
        else:
            assert again.status != 303, 'one form made two sign-ins'
            assert again.status < 500 and again.forms, f'a dead end: {again}'
        assert opens(address)
    return told(each_death(change, judge, prepare))


@test('sem5 sem2.5', 'a customer makes a new password')
def resets():
    def prepare():
        address, user = customer()
        return address, *at_code(address, 'reset')

    def change(prepared):
        address, browser, app, page = prepared
        return browser.fill(page, 'new-password', password=NEW)

    def judge(prepared, answer):
        address = prepared[0]
        good = [password for password in (PASSWORD, NEW) if opens(address, password)]
        same(len(good), 1)
        assert answer is None or good == [NEW], 'an acknowledged password is lost'
        if good == [NEW]:
            until(lambda: [letter for letter in world.letters(address) if not letter.code], 'word of the new password')
    return told(each_death(change, judge, prepare))


@test('sem5 DESIGN 5', 'a document makes a tenant: the same document again makes what is missing, keys too')
def bears():
    def prepare():
        name = f'born{next(numbers)}'
        return {'tenant': {'name': name, 'displayName': name}}

    def change(document):
        status, answer, _ = world.ask('POST', '/apply', document, tenant=None)
        assert status == 200, answer
        return answer

    def judge(document, answer):
        change(document)
        name = document['tenant']['name']
        keys = world.browser().send('GET', f'/{name}/discovery/v2.0/keys').json()['keys']
        same(sorted(key['alg'] for key in keys), ['ES256', 'RS256'], name)
    return told(each_death(change, judge, prepare))


if FORGETS:
    tests = [(name, test) for name, test in tests if test in (creates, signs_up)]
main(tests, [('changes that were cut off', world)])
