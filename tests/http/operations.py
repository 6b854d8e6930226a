"""Each operation of each backend, on each kind of bad day: a clear answer, never "allow", and then all is well.

A row for each operation and fate: a customer signs in, through both doors, and redeems his code.
While the order stands each answer is the usual one, or 503 with Retry-After, or a page that says
why; and whoever holds a token then has been through both doors. When it is lifted, he signs in.
"""
import itertools
import threading

from browser import Browser, clear
from ill import Ill
from world import PASSWORD, main, same, source, until

tests = []
# Little patience, and a circuit that rests for a moment: the table is long.
PATIENT = ', deadline: 1s, overdue: 1, circuit_failures: 3, circuit_open: 100ms'
world = Ill(patient=PATIENT, sourceSendsAnHour=100000, sourcePasswords=100000)
world.mfa()

def spare():
    """A customer made while all was well: called before anything is ordered. A busy machine may miss a deadline of a second."""
    def made():
        address = f'spare{next(numbers)}@example.com'
        return world.ask('POST', '/users', {
            'displayName': 'Spare', 'mail': address, 'passwordProfile': {'password': PASSWORD},
            'identities': [{'signInType': 'emailAddress', 'issuer': 'woodgrove', 'issuerAssignedId': address}]
        })[0] == 201 and customers.append(address) is None
    while len(customers) < 8:
        until(made, 'a customer')
    return customers.pop()


customers, numbers = [], itertools.count(1)
READS = ('records.get', 'records.list', 'users.find', 'users.get')
WRITES = ('records.commit',)
ELSE = ('policy.decide', 'mail.send')
NOT_ASKED = ('users.create', 'users.update', 'users.remove', 'users.list', 'policy.load')
PLAIN = ('fail', 'unavailable', 'rejected', 'empty')
HELD = ('hang', 'late')


def answered(page, *why):
    """An answer that a customer can do something with."""
    if page.status == 503:
        assert page.header('Retry-After'), (page, page.headers, *why)
    assert page.status in (200, 303, 400, 403, 429, 503), (page, *why)
    if 'html' in page.header('Content-Type', ''):
        same(clear(page), None, page, *why)
    return page


class Way:
    """A sign-in, as far as it comes; by a customer of his own, so that no budget is in the way."""

    def __init__(self, *why):
        self.why, self.browser, self.app = why, world.browser(source()), world.app()
        self.token, self.address = None, spare()

    def begin(self):
        return answered(self.app.begin(self.browser), *self.why)

    def password(self, page):
        return answered(self.browser.fill(page, 'password', email=self.address, password=PASSWORD), *self.why)

    def code(self, page, digits):
        return answered(self.browser.fill(page, 'code', code=digits), *self.why)

    def redeem(self, page):
        answer = answered(self.app.redeem(self.browser, self.app.code(page)), *self.why)
        self.token = answer.json().get('access_token')
        return answer

    def has(self, page, field):
        return any(field in form.fields for form in page.forms)

    def run(self, mail=True):
        """None when it came to its end; else the page where it stopped."""
        page = self.begin()
        if not self.has(page, 'password'):
            return page
        page = self.password(page)
        assert page.status != 303, ('the second door was left out', page, *self.why)
        if not self.has(page, 'code') or not mail:
            return page
        page = self.code(page, world.code(self.address))
        if page.status != 303:
            return page
        answer = self.redeem(page)
        return None if answer.status == 200 else answer


def recovers(*why):
    world.heal()
    until(lambda: world.ask('GET', '/users')[0] == 200 and ready().status == 200, f'the stores after {why}')
    until(lambda: Way(*why).run() is None, f'a sign-in after {why}')


def plain(operation, fate):
    """Answered at once, and wrongly."""
    way = Way(operation, fate)
    world.order(f'{operation} {fate}')
    stopped = way.run(mail=operation != 'mail.send')
    # An empty list is an answer like any other: nobody can tell. The policy here is for everybody.
    if operation in NOT_ASKED or (operation, fate) == ('records.list', 'empty'):
        same(stopped, None, operation, fate)
    elif operation != 'mail.send':
        assert stopped is not None, (operation, fate, 'was met, and went through')
        assert world.was_met(), (operation, fate)
    recovers(operation, fate)


def unknown(operation, fate):
    """A write that may have happened. Whatever the customer is told, what he then does works."""
    way = Way(operation, fate)
    world.order(f'{operation} {fate}')
    stopped = way.run(mail=operation != 'mail.send')
    assert way.token is None or stopped is None
    recovers(operation, fate)


def held(operation, fate):
    """Past its deadline: 503 then, and who is overdue is named until it has ended."""
    way, pages = Way(operation, fate), []
    world.order(f'{operation} {fate}')
    thread = threading.Thread(target=lambda: pages.append(way.run(mail=operation != 'mail.send')))
    thread.start()
    world.until_met(f'{operation} {fate}')
    thread.join()       # the deadline is a second
    if operation != 'mail.send':
        assert pages and pages[0] is not None, (operation, fate, pages)
        assert way.token is None or operation not in WRITES, (operation, fate)
        if fate == 'hang':
            page = ready()
            assert page.status == 503 and ' main' in page.body, page
    recovers(operation, fate)
    until(lambda: ready().status == 200, 'a server that is ready')


def ready():
    return Browser(world.private).send('GET', '/readyz')


for operation in READS + WRITES + ELSE + NOT_ASKED:
    for fate in PLAIN[:1] if operation in NOT_ASKED else PLAIN:
        tests.append((f'req84 attackF6 {operation} {fate}', lambda o=operation, f=fate: plain(o, f)))
for operation in WRITES + ('mail.send',):
    for fate in ('undone', 'done'):
        tests.append((f'req84 attackF6 {operation} {fate}', lambda o=operation, f=fate: unknown(o, f)))
for operation in ('records.get', 'users.find', 'users.get') + WRITES + ('mail.send',):
    for fate in HELD:
        tests.append((f'req84 attackF6 {operation} {fate}', lambda o=operation, f=fate: held(o, f)))

main(tests, [('the table', world)])
