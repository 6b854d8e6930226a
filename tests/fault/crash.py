"""Kill -9 under load: what the server has answered holds, and what it has not is whole or not there.

	crash.py SALLYPORTD PLUGINS SOURCE LOOK [CYCLES [SEED]]

Customers sign up, sign in with a second door, redeem, change passwords that they forgot; an operator
applies documents; all at once, each keeping what he was answered. The server is killed at a random
moment and started again. Then each of them looks at what he has: nothing that was acknowledged is
lost, no code or token is accepted twice, every mail that was promised comes, at most one of them
again (requirement 162), counters go on, and a sign-up in doubt is a customer or nobody. In the store
(LOOK reads it) nothing is there by halves, and the operator's changes are on record without a gap
(requirement 239). How long it was away is told.
"""
import collections
import http.client
import pathlib
import random
import re
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'http'))

LOOK = sys.argv[4]
CYCLES = int(sys.argv[5]) if len(sys.argv) > 5 else 20
SEED = int(sys.argv[6]) if len(sys.argv) > 6 else time.time_ns() % 1000000

from world import MFA, PASSWORD, Mail, World, same, source, until       # noqa: E402
from browser import claims      # noqa: E402
from store import Store     # noqa: E402

GONE = (OSError, http.client.HTTPException)
BUSY = (429, 503)
NEW = 'Another-battery 8 staple'


class Mailbox:
    """Each letter is read once; by address, in order of coming."""

    def __init__(self, folder):
        self.folder, self.lock = folder, threading.Lock()
        self.read, self.letters, self.ids = set(), {}, {}

    def look(self):
        with self.lock:
            for path in sorted(self.folder.glob('*.eml')):
                if path.name in self.read:
                    continue
                try:
                    letter = Mail(path)
                except FileNotFoundError:
                    continue
                self.read.add(path.name)
                found = self.ids.setdefault(letter.message['Message-ID'], [])
                found.append(letter)
                if len(found) == 1:
                    self.letters.setdefault(letter.to.lower(), []).append(letter)

    def codes(self, address):
        self.look()
        with self.lock:
            return [letter.code for letter in self.letters.get(address, []) if letter.code]

    def code(self, address, count, wanted=lambda: True):
        """The code of letter number `count`."""
        until(lambda: len(self.codes(address)) >= count or not wanted(), f'letter {count} to {address}')
        codes = self.codes(address)
        return codes[count - 1] if len(codes) >= count else None

    def repeated(self):
        """How many came again: one of each at most, the same in every word."""
        self.look()
        for letters in self.ids.values():
            assert len(letters) <= 2 and len({letter.message.as_bytes() for letter in letters}) == 1, letters
        for address, letters in self.letters.items():
            codes = [letter.code for letter in letters if letter.code]
            same(len(codes), len(set(codes)), f'one code in two mails to {address}')
        return sum(len(letters) - 1 for letters in self.ids.values())


class Refused(Exception):
    """The server is busy, or a budget is spent: the way is left."""


class Way:
    """One way through the house, step by step; `next` is the one that is not acknowledged yet."""

    steps = ()

    def __init__(self, load, customer):
        self.load, self.customer = load, customer
        self.world = load.world
        self.begin()

    def begin(self):
        self.browser, self.app = self.world.browser(source()), self.world.app()
        self.next, self.page, self.code, self.answer = 0, None, None, None
        self.before = len(self.load.mailbox.codes(self.customer.address))

    def take(self, name, page, good):
        if page.status in BUSY:
            raise Refused(f'{name}: {page}')
        assert good(page), f'{type(self).__name__} {name} of {self.customer.address}: {page}'
        return page

    def fill(self, do, good, **fields):
        self.page = self.take(do, self.browser.fill(self.page, do, **fields), good)

    def step(self):
        getattr(self, self.steps[self.next])()
        self.next += 1

    def run(self, wanted=lambda: True):
        while self.next < len(self.steps) and wanted():
            self.step()
        return self.next == len(self.steps)

    def letter(self, wanted=lambda: True):
        if self.code is None:
            self.code = self.load.mailbox.code(self.customer.address, self.before + 1, wanted)

    # Steps that several ways share

    def redeem(self):
        answer = self.app.redeem(self.browser, self.app.code(self.page))
        self.answer = self.take('redeem', answer, lambda page: page.status == 200)
        self.load.redeemed.append(claims(self.answer.json()['id_token'])['sub'])

    # After the crash

    def doubtful(self):
        return self.steps[self.next] if self.next < len(self.steps) else None

    def replay_redeemed(self):
        """A token that was given lives; its code is dead, and takes the token with it."""
        token = self.answer.json()['access_token']
        same(self.app.userinfo(self.browser, token).status, 200, 'an acknowledged token is lost')
        same(self.app.redeem(self.browser, self.app.code(self.page)).status, 400, 'a code was redeemed twice')
        same(self.app.userinfo(self.browser, token).status, 401, 'the token outlived the replay')

    def redeem_doubtful(self):
        code = self.app.code(self.page)
        good = [self.app.redeem(self.browser, code).status for _ in range(2)]
        assert good in ([200, 400], [400, 400]), f'redeemed in doubt, then {good}'

    def again(self):
        """From the start, to the end: whatever was left lying about is in nobody's way."""
        self.begin()
        try:
            self.run()
        except Refused:
            self.load.left += 1


def has_field(name):
    return lambda page: page.status == 200 and any(name in form.fields for form in page.forms)


def is_redirect(page):
    return page.status == 303


class Customer:
    def __init__(self, address):
        self.address, self.password = address, PASSWORD
        self.known = False          # he was told that he has an account
        self.ways = self.resets = 0


class SignUp(Way):
    steps = ('open', 'address', 'prove', 'password', 'attributes', 'redeem')

    def open(self):
        self.page = self.app.begin(self.browser)
        self.fill('to-sign-up', has_field('email'))

    def address(self):
        self.fill('address', has_field('code'), email=self.customer.address)

    def prove(self):
        self.letter(self.load.wanted)
        if self.code is None:
            raise OSError('the crash came before the letter')
        self.fill('code', has_field('password'), code=self.code)

    def password(self):
        self.fill('new-password', has_field('displayName'), password=self.customer.password)

    def attributes(self):
        self.fill('attributes', is_redirect, displayName='Newcomer')
        self.customer.known = True

    def judge(self):
        if self.next > 4:
            return self.sign_in()
        if self.next == 2 and self.code is None:
            self.letter()       # it was promised: it comes
        if self.doubtful() == 'attributes':
            return self.made_or_not()
        return self.again()

    def sign_in(self):
        way = SignIn(self.load, self.customer)
        way.again()
        if self.doubtful() == 'redeem':
            self.redeem_doubtful()
        elif self.next == len(self.steps):
            self.replay_redeemed()

    def made_or_not(self):
        status, _, _ = self.world.ask('GET', '/users/' + self.customer.address)
        if status == 200:
            self.customer.known = True
            SignIn(self.load, self.customer).again()
            self.load.completed += 1
        else:
            same(status, 404)
            self.again()
            self.load.undone += 1


class SignIn(Way):
    steps = ('open', 'password', 'second', 'redeem')

    def open(self):
        self.page = self.app.begin(self.browser)

    def password(self):
        self.fill('password', has_field('code'), email=self.customer.address, password=self.customer.password)

    def second(self):
        self.letter(self.load.wanted)
        if self.code is None:
            raise OSError('the crash came before the letter')
        self.door = self.page
        self.fill('code', is_redirect, code=self.code)

    def judge(self):
        if self.next > 2:
            twice = self.browser.twin().fill(self.door, 'code', code=self.code)
            assert twice.status != 303, f'a passcode was accepted twice: {twice}'
        if self.doubtful() == 'redeem':
            return self.redeem_doubtful()
        if self.next == len(self.steps):
            return self.replay_redeemed()
        if self.doubtful() == 'second':
            return self.second_again()
        return self.again()

    def second_again(self):
        """The letter comes; the code passes once, counting the answer that was not heard."""
        self.letter()
        pages = [self.browser.twin().fill(self.page, 'code', code=self.code) for _ in range(2)]
        good = [page.status == 303 for page in pages]
        assert sum(good) <= 1, f'a passcode was accepted twice: {pages}'
        if not good[0]:
            self.again()


class Reset(Way):
    steps = ('open', 'address', 'prove', 'password')

    address, prove = SignUp.address, SignUp.prove

    def open(self):
        self.page = self.app.begin(self.browser)
        self.fill('to-reset', has_field('email'))

    def password(self):
        self.wanted_password = NEW if self.customer.password == PASSWORD else PASSWORD
        self.fill('new-password', lambda page: page.status == 200 and not has_field('password')(page) or
                  page.status == 303, password=self.wanted_password)
        self.customer.password = self.wanted_password

    def judge(self):
        if self.next == len(self.steps):
            return self.only(self.customer.password)
        if self.doubtful() == 'password' and self.page is not None:
            return self.either()
        return SignIn(self.load, self.customer).again()

    def opens(self, password):
        page = self.world.sign_in(self.customer.address, password=password)[2]
        if page.status in BUSY:
            raise Refused(str(page))
        return has_field('code')(page)

    def only(self, password):
        assert self.opens(password), f'the new password of {self.customer.address} is lost'
        other = NEW if password == PASSWORD else PASSWORD
        assert not self.opens(other), f'the old password of {self.customer.address} still opens'

    def either(self):
        good = [password for password in (PASSWORD, NEW) if self.opens(password)]
        same(len(good), 1, 'after a reset in doubt')
        self.customer.password = good[0]


class Operator:
    """Applies the whole document, numbered in two places."""

    def __init__(self, world, document):
        self.world, self.document, self.acknowledged, self.sent = world, document, 0, 0

    def apply(self):
        self.sent += 1
        self.document['tenant']['displayName'] = f'Woodgrove {self.sent}'
        for policy in self.document['conditionalAccessPolicies']:
            if policy['id'] == MFA:
                policy['displayName'], policy['state'] = f'Second door {self.sent}', 'enabled'
        self.world.must('POST', '/apply', self.document, tenant=None)
        self.acknowledged = self.sent

    def judge(self):
        tenant = self.world.must('GET', '/tenant')['displayName']
        policy = self.world.must('GET', '/identity/conditionalAccess/policies/' + MFA)['displayName']
        for text in (tenant, policy):
            number = int(text.split()[-1])
            assert self.acknowledged <= number <= self.sent, f'{text}: {self.acknowledged} was acknowledged'
        self.apply()


class Guesser:
    """Wrong codes: five in all, whatever happens between."""

    def __init__(self, load):
        self.load, self.judged = load, 0
        self.customer = Customer(load.world.customer()[0])

    def begin(self):
        self.way = SignIn(self.load, self.customer)
        self.way.step()
        self.way.step()
        self.way.letter()
        self.wrong = '00000000' if self.way.code != '00000000' else '00000001'

    def guess(self):
        page = self.way.browser.twin().fill(self.way.page, 'code', code=self.wrong)
        self.judged += 'not right' in page.text
        return page

    def judge(self):
        for _ in range(5):
            last = self.guess()
        assert self.judged <= 5, f'{self.judged} tries of 5 were judged'
        same(last.status, 429, 'the tries are used up')
        page = self.way.browser.twin().fill(self.way.page, 'code', code=self.way.code)
        assert page.status != 303, 'a used up challenge let somebody in'


class Load:
    """Everybody at once, until the crash."""

    THREADS = 5

    def __init__(self, world, document, seed):
        self.world, self.random = world, random.Random(seed)
        self.mailbox, self.operator = Mailbox(world.spool), Operator(world, document)
        self.customers, self.ways, self.failures, self.redeemed = [], [], [], []
        self.lock = threading.Lock()
        self.count = self.acknowledged = self.completed = self.undone = self.left = self.doubts = 0
        self.stopped = False

    def wanted(self):
        return not self.stopped

    def choose(self):
        with self.lock:
            free = [one for one in self.customers if one.known and one.ways < 4]
            roll = self.random.random()
            if roll < 0.4 or not free:
                self.count += 1
                customer = Customer(f'newcomer{self.count}@example.org')
                way = SignUp
            else:
                customer = self.random.choice(free)
                self.customers.remove(customer)
                way = Reset if roll > 0.9 and customer.resets < 1 else SignIn
                customer.ways += 1
                customer.resets += way is Reset
        return way(self, customer)

    def drive(self):
        while self.wanted():
            way = self.choose()
            try:
                if way.run(self.wanted):
                    self.acknowledged += 1
            except GONE:
                pass
            except Refused:
                self.left += 1
                way = None
            except Exception as error:
                self.failures.append(error)
                return
            if way is not None:
                self.ways.append(way)
                if way.next == len(way.steps) and self.random.random() < 0.5:
                    self.ways.remove(way)
                    self.customers.append(way.customer)

    def operate(self):
        while self.wanted():
            try:
                self.operator.apply()
            except GONE:
                return
            except Exception as error:
                self.failures.append(error)
                return

    def until_killed(self, seconds):
        guesser = Guesser(self)
        guesser.begin()
        self.stopped, self.ways = False, []
        threads = [threading.Thread(target=self.drive) for _ in range(self.THREADS)]
        threads.append(threading.Thread(target=self.operate))
        for thread in threads:
            thread.start()
        guesser.guess()
        time.sleep(seconds)         # the moment is what is random; nothing is waited for
        self.world.kill()
        self.stopped = True
        for thread in threads:
            thread.join()
        return guesser

    def judge(self, guesser):
        self.stopped = False
        if self.failures:
            raise self.failures[0]
        self.operator.judge()
        guesser.judge()
        for way in self.ways:
            self.doubts += way.doubtful() is not None
            try:
                way.judge()
            except Refused:
                self.left += 1
            if way.customer.known:
                self.customers.append(way.customer)
        self.mailbox.repeated()
        self.judge_store()

    def judge_store(self):
        """Nothing by halves, and each name that the tenant had is where the next change began."""
        store = Store(LOOK, self.world.folder / 'db')
        same(store.wrong(), [])
        changes = [re.search(r'displayName: "(.*)" -> "(.*)"', ' '.join(entry['differences']))
                   for _, entry in sorted(store.audits().items())
                   if entry['activityDisplayName'] == 'Update tenant']
        names = [changes[0][1]] + [change[2] for change in changes]
        same([change[1] for change in changes], names[:-1], 'a change of the tenant is not on record')
        same(names[-1], self.world.must('GET', '/tenant')['displayName'])
        self.audited = len(changes)

    def judge_history(self):
        """Every token that was given is in the log of sign-ins."""
        found, page, before = collections.Counter(), True, ''
        while page:
            page = self.world.must('GET', '/auditLogs/signIns?$top=500' + before)['value']
            found.update(one['userId'] for one in page if one['status']['errorCode'] == 0)
            before = '&before=' + page[-1]['id'] if page else ''
        lost = collections.Counter(self.redeemed) - found
        assert not lost, f'sign-ins that are not in the log: {lost}'


def main():
    world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
    away = []
    try:
        document = world.seed(sourceSendsAnHour=100000, sourcePasswords=100000)
        world.mfa()
        load = Load(world, document, SEED)
        load.operator.apply()
        for cycle in range(CYCLES):
            guesser = load.until_killed(load.random.uniform(0.1, 1.2))
            begun = time.monotonic()
            world.start()
            away.append(time.monotonic() - begun)
            load.judge(guesser)
        load.judge_history()
        world.stopped()
    except Exception:
        print(f'seed {SEED}, cycle {len(away)}', *world.log.read_text(errors='replace').splitlines()[-10:], sep='\n')
        raise
    finally:
        world.kill()
    away.sort()
    print(f'{CYCLES} crashes, seed {SEED}: {load.acknowledged} ways to their end, {load.doubts} cut off, '
          f'{load.completed} sign-ups completed by the server, {load.undone} undone, {load.left} turned away; '
          f'{len(load.mailbox.ids)} mails, {load.mailbox.repeated()} of them again; '
          f'{load.audited} changes on record; '
          f'back in {away[len(away) // 2] * 1000:.0f} ms, '
          f'at most {away[-1] * 1000:.0f} ms')


main()
