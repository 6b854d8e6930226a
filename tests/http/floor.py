"""A users backend that verifies passwords itself is padded to a floor (SEMANTICS 3.1)."""
import http.client
import os
import shutil
import tempfile
import threading
import urllib.parse

from browser import clear
from world import World, main, named, same, shape, until, with_test_plugins

tests = []
test = named(tests)
folder = tempfile.mkdtemp(prefix='sallyport-plugins-')
storm = os.path.join(folder, 'storm')
PASSWORD = 'Canary-teller 9 bridle'
FLOOR = 30          # seconds: more than a slow machine needs for what comes before it is over
world = World(change=lambda text: with_test_plugins(folder)(text.replace('workers: 2', 'workers: 1')),
              passwordFloor=FLOOR, sourcePasswords=100000, keys=('users: teller', 'drain_deadline: 0s'),
              more=f'  teller: {{ file: teller.so, password: "{PASSWORD}", storm: {storm} }}\n')
world.canaries.add(PASSWORD)


def asked():
    """How often the backend was asked to verify."""
    return world.metric('sallyport_plugin_calls_total', '"users.verify"')


def customer(**more):
    return world.customer(password=PASSWORD, **more)


class Held:
    """Posts of the sign-in form, each on a thread of its own."""

    def __init__(self, *posts):
        before = asked()
        ways = [(world.browser(), world.app()) for _ in posts]
        pages = [app.begin(browser) for browser, app in ways]
        self.pages = [None] * len(posts)
        self.threads = [threading.Thread(target=self.post, args=(number, ways[number][0], pages[number], *post))
                        for number, post in enumerate(posts)]
        for thread in self.threads:
            thread.start()
        until(lambda: asked() == before + len(posts), 'the question to the backend')

    def post(self, number, browser, page, address, password):
        try:
            self.pages[number] = browser.fill(page, 'password', email=address, password=password)
        except (OSError, http.client.HTTPException):        # the server has stopped
            pass

    def answered(self):
        return [page.status for page in self.pages if page is not None]

    def end(self):
        for thread in self.threads:
            thread.join()
        return self.pages


@test('sem3.1 attackE3 req143', 'unknown, disabled and wrong are told when the floor is over, and not before')
def uniform():
    address, _ = customer()
    disabled, user = customer()
    world.must('PATCH', '/users/' + user, {'accountEnabled': False})
    people = (address, 'wrong'), ('nobody.at.all@example.com', 'wrong'), (disabled, 'wrong'), \
        (disabled, PASSWORD), ('nobody.else@example.com', PASSWORD)
    held = Held(*people)
    for _ in range(2):      # the same loop has long had time to answer
        same(world.sign_in(address, password=PASSWORD)[2].status, 303)      # who is right doesn't wait
        same(held.answered(), [])
        world.advance(FLOOR * 1000 // 3)
    same(world.sign_in(address, password=PASSWORD)[2].status, 303)
    same(held.answered(), [])
    world.advance(FLOOR * 1000 // 3 + 1)
    shapes = []
    for page, (who, _) in zip(held.end(), people):
        status, headers, body = shape(page)
        shapes.append((status, headers, body.replace(f'value="{who}"', 'value="WHO"')))
    same(shapes[0][0], 400)
    for one in shapes[1:]:
        same(one, shapes[0])


@test('attackE1', 'a backend that is down is down for all, and nobody is charged')
def down():
    address, _ = customer()
    with open(storm, 'w'):
        pass
    for _ in range(2):
        held = Held((address, PASSWORD), ('nobody.there@example.com', PASSWORD))
        same(held.answered(), [])
        world.advance(FLOOR * 1000)
        same([(page.status, clear(page)) for page in held.end()], [(503, None)] * 2)
    os.unlink(storm)
    same(world.sign_in(address, password=PASSWORD)[2].status, 303)


@test('attackF1', 'a password longer than the backend takes is wrong, and ends nothing')
def long():
    address, _ = customer()
    world.seed(passwordFloor=0, sourcePasswords=100000)
    before = asked()
    page = world.sign_in(address, password='x' * 5000)[2]
    same((page.status, clear(page), asked()), (400, None, before))
    same(world.sign_in(address, password='wrong')[2].status, 400)       # no floor: told at once
    same(world.sign_in(address, password=PASSWORD)[2].status, 303)
    world.seed(passwordFloor=FLOOR, sourcePasswords=100000)


def leave(address, password):
    """Posts, and hangs up while the answer is held."""
    before = asked()
    browser, app = world.browser(), world.app()
    fields = app.begin(browser).form('password').fields
    connection = browser.connect()
    connection.request('POST', '/woodgrove/flow', urllib.parse.urlencode(
        {**fields, 'do': 'password', 'email': address, 'password': password}), {
            'Cookie': '; '.join(f'{name}={value}' for name, value in browser.cookies.items()),
            'Content-Type': 'application/x-www-form-urlencoded'})
    until(lambda: asked() > before, 'the question to the backend')
    connection.close()


@test('attackA2 attackA14', 'who hangs up while he is held is charged all the same')
def left():
    address, _ = customer()
    for number in range(10):
        leave(address, f'wrong {number}')
    until(lambda: world.sign_in(address, password=PASSWORD)[2].status == 429, 'the pause')
    world.advance(60000)
    same(world.sign_in(address, password=PASSWORD)[2].status, 303)


@test('req230', 'a server that stops lets go of who is held')
def stopping():
    address, _ = customer()
    held = Held((address, 'wrong'))
    same(world.stop(), 0)
    for thread in held.threads:
        thread.join()
    same(held.answered(), [])
    world.start()
    log = world.log.read_text(errors='replace')
    assert 'never replied' not in log, log[-2000:]


try:
    main(tests, [('floor', world)])
finally:
    shutil.rmtree(folder)
