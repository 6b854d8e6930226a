"""A mail bomb: thousands of requests for codes, from many sources, to customers and to nobody (SEMANTICS 1.3).

	bomb.py SALLYPORTD PLUGINS SOURCE TEST-PLUGINS [REQUESTS]

With 400 requests, and a tenant's minute made as small, it is a test; with 10,000 all limits are as they
are by default (meson test --benchmark bomb).
"""
import collections
import http.client
import math
import random
import re
import sys
import threading
import time
import urllib.parse

from world import World, main, named, same, source, until

tests = []
test = named(tests)
REQUESTS = int(sys.argv[5]) if len(sys.argv) > 5 else 400
MINUTE = 1000 if REQUESTS >= 10000 else 100     # of the tenant; three quarters are for strangers
STRANGERS = MINUTE * 3 // 4
A_SOURCE, AN_ADDRESS = 30, 3
world = World(**({} if REQUESTS >= 10000 else {'tenantSendsAMinute': MINUTE}))
JOURNEY = re.compile(r'name="journey" value="([^"]+)"')


class Bomber:
    """One source, on one connection: asks for a sign-up code again and again."""

    def __init__(self, addresses):
        self.line = http.client.HTTPConnection(world.browser().host, timeout=120, source_address=(source(), 0))
        self.addresses, self.statuses = addresses, []
        self.app = world.app()

    def send(self, method, path, fields=None, cookie=None):
        headers = {'Accept': 'text/html'}
        if cookie:
            headers['Cookie'] = cookie
        if fields is not None:
            headers['Content-Type'] = 'application/x-www-form-urlencoded'
        self.line.request(method, path, urllib.parse.urlencode(fields) if fields is not None else None, headers)
        answer = self.line.getresponse()
        return answer.status, answer.getheader('Set-Cookie'), answer.getheader('Retry-After'), answer.read().decode()

    def run(self):
        for address in self.addresses:
            query = urllib.parse.urlencode(self.app.request(prompt='create'))
            _, cookie, _, body = self.send('GET', self.app.path('authorize') + '?' + query)
            cookie = cookie.split(';')[0]
            status, _, wait, body = self.send('POST', '/woodgrove/flow', {
                'journey': JOURNEY.search(body)[1], 'do': 'address', 'email': address}, cookie)
            assert (status in (429, 503)) == (wait is not None), (status, wait)
            self.statuses.append(status)
        self.line.close()


@test('req141 attackB14 sem1.3', f'{REQUESTS:,} requests for codes stay under each cap, and a customer signs in meanwhile')
def bomb():
    victims = [world.customer()[0] for _ in range(20)]
    home, _ = world.customer()
    known = world.sign_in(home)[0]
    known.cookies = {name: value for name, value in known.cookies.items() if 'session' not in name}
    world.mfa()
    chance = random.Random(1)
    wanted = [chance.choice(victims) if number % 2 else f'nobody{number}@example.org' for number in range(REQUESTS)]
    each = A_SOURCE + 10
    bombers = [Bomber(wanted[at:at + each]) for at in range(0, REQUESTS, each)]
    queue, began = list(bombers), time.monotonic()

    def work():
        while queue:
            try:
                one = queue.pop()
            except IndexError:
                return
            one.run()
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: any(503 in one.statuses for one in bombers), "the tenant's cap")
    page = world.sign_in(home, known)[2]        # in the midst of it
    same(page.heading, 'Enter your code', page)
    same(known.fill(page, 'code', code=world.code(home)).status, 303)
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    world.mfa(False)
    judge(bombers, victims, took)


def judge(bombers, victims, took):
    statuses = [status for one in bombers for status in one.statuses]
    count = {status: statuses.count(status) for status in sorted(set(statuses))}
    same(sum(count.values()), REQUESTS)
    assert set(count) <= {200, 303, 429, 503} and count[503] > 0, count
    taken = count.get(200, 0) + count.get(303, 0)
    most = STRANGERS * (1 + took / 60) + 1
    assert taken <= most, (taken, most)
    for one in bombers:
        assert sum(status < 400 for status in one.statuses) <= A_SOURCE, one.statuses
    letters = collections.Counter(letter.to for letter in world.letters())
    most = max(letters[address] for address in victims)
    assert most <= AN_ADDRESS and letters.total() <= taken + 1, (most, letters.total(), taken)
    alerts = world.log.read_text().count('more codes a minute are asked for')
    assert 1 <= alerts <= math.ceil(took / 60) + 1, (alerts, took)
    print(f'{REQUESTS} requests in {took:.1f} s from {len(bombers)} sources: {count}, '
          f'{letters.total()} mails, {most} to one address, {alerts} alerts')


main(tests, [('the bomb', world)])
