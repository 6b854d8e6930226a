"""What fails behind the server: mail, disk, policy. A clear page, nothing lost, and it recovers."""
import os
import re
import socketserver
import subprocess
import tempfile
import threading
import urllib.parse

from browser import clear, query_of
from world import TEST_PLUGINS, Storm, World, free_port, main, named, same, until

tests, worlds = [], []
test = named(tests)


def world_of(name, **more):
    world = World(**more)
    worlds.append((name, world))
    return world


class Mute(socketserver.ThreadingTCPServer):
    """Takes connections and never says a word."""
    daemon_threads = True
    allow_reuse_address = True

    class RequestHandlerClass(socketserver.BaseRequestHandler):
        def handle(self):
            self.server.met.set()
            self.request.recv(1)

    def __init__(self):
        self.met = threading.Event()
        super().__init__(('127.0.0.1', 0), self.RequestHandlerClass)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Refusing(socketserver.ThreadingTCPServer):
    """Speaks SMTP; RCPT TO an address with `refuse` in it is 550, with `later` 451."""
    daemon_threads = True

    class RequestHandlerClass(socketserver.StreamRequestHandler):
        def handle(self):
            self.say('220 test')
            data = False
            for line in self.lines():
                word = line.decode(errors='replace').strip()
                if data:
                    data = word != '.'
                    if not data:
                        self.server.taken += 1
                        self.say('250 taken')
                elif word[:4].upper() == 'DATA':
                    data = True
                    self.say('354 go on')
                elif word[:4].upper() == 'RCPT' and 'refuse' in word:
                    self.say('550 5.1.1 no such user')
                elif word[:4].upper() == 'RCPT' and 'later' in word:
                    self.say('451 4.7.1 greylisted, try again later')
                else:
                    self.say('221 bye' if word[:4].upper() == 'QUIT' else '250 fine')

        def lines(self):
            try:
                yield from self.rfile
            except ConnectionResetError:        # how some say goodbye
                return

        def say(self, text):
            self.wfile.write(text.encode() + b'\r\n')

    def __init__(self):
        self.taken = 0
        super().__init__(('127.0.0.1', 0), self.RequestHandlerClass)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def relay(port, name='relay', more=''):
    return f'  {name}: {{ file: smtp.so, host: 127.0.0.1, port: {port}, tls: "off"{more} }}\n'


def order(*names):
    return lambda text: re.sub(r'mail: \[spool\]', f'mail: [{", ".join(names)}]', text)


@test('attackB11', 'a dead relay: the next transport has the mail, and the customer notices nothing')
def dead_relay():
    world = world_of('a dead relay', change=order('relay', 'spool'), more=relay(free_port()))
    address, _ = world.customer()
    world.mfa()
    for number in range(3):
        browser, app, page = world.sign_in(address)
        same(page.status, 200, page)
        same(browser.fill(page, 'code', code=world.code(address, number + 1)).status, 303)
    same(len(world.letters(address)), 3)


@test('attackB11 attackF6', 'a relay that hangs holds no request, and its mail goes another way')
def mute_relay():
    mute = Mute()
    world = world_of('a mute relay', change=order('relay', 'spool'),
                     more=relay(mute.server_address[1], more=', timeout: 2s, deadline: 3s'))
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    same(page.status, 200, page)        # the page is here while the relay hangs
    assert mute.met.wait(60)
    same(world.letters(address), [])
    other, _ = world.customer()
    same(world.sign_in(other, app=world.app(2))[2].status, 303)     # no second door: no mail, no delay
    same(browser.fill(page, 'code', code=world.code(address)).status, 303)
    mute.shutdown()


@test('attackB9', 'with no transport at all mail waits, is sent once when there is one, and never late')
def no_transport():
    port = free_port()
    world = world_of('no transport', change=order('relay'), more=relay(port))
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    same((page.status, page.heading), (200, 'Enter your code'))
    late, _ = world.customer()
    queue = until(lambda: world.must('GET', '/mail/queue', tenant=None).get('value'), 'the queue')
    assert address not in str(queue), queue
    world.advance(601000)               # that code is worth nothing now: it must not be sent
    world.sign_in(late)
    until(lambda: len(world.must('GET', '/mail/queue', tenant=None)['value']) == 1, 'the end of the first')
    world.stop()
    text = world.conf.read_text().replace('mail: [relay]', 'mail: [spool]')
    world.conf.write_text(text)
    world.start()
    world.advance(60000)
    code = world.code(late)
    assert re.fullmatch(r'\d{8}', code)
    same((len(world.letters(late)), len(world.letters(address))), (1, 0))


@test('attackB9', 'an address that the relay refuses is told to the customer on the page')
def refused():
    smtp = Refusing()
    world = world_of('a refusing relay', change=order('relay', 'spool'), more=relay(smtp.server_address[1]))
    app, browser = world.app(), world.browser()
    page = browser.fill(app.begin(browser), 'to-sign-up')
    page = browser.fill(page, 'address', email='refuse.me@example.com')
    same(page.heading, 'Enter your code')
    where = '/woodgrove/flow/' + page.form().fields['journey']
    told = until(lambda: (lambda seen: seen if 'refused' in seen.text else None)(browser.get(where)), 'the word')
    same((told.status, clear(told)), (200, None))
    same(world.letters(), [])           # refused is refused: no fail-over
    page = browser.fill(told, 'to-sign-up')
    page = browser.fill(page, 'address', email='fine@example.com')
    until(lambda: smtp.taken, 'the mail')
    same((smtp.taken, 'refused' in browser.get('/woodgrove/flow/' + page.form().fields['journey']).text), (1, False))
    smtp.shutdown()


@test('attackB10', 'mails that the relay will not take yet, or never, stand in nobody\'s way')
def poison():
    smtp = Refusing()
    world = world_of('a relay that puts off', change=order('relay'), more=relay(smtp.server_address[1]))
    app = world.app()
    for number in range(24):
        browser = world.browser()
        page = browser.fill(app.begin(browser), 'to-sign-up')
        page = browser.fill(page, 'address', email=f'{"later" if number % 3 else "refuse"}{number}@example.net')
        same(page.heading, 'Enter your code', page)
    for number in range(3):
        before = smtp.taken
        browser = world.browser()
        page = browser.fill(app.begin(browser), 'to-sign-up')
        same(browser.fill(page, 'address', email=f'fine{number}@example.com').heading, 'Enter your code')
        until(lambda: smtp.taken > before, 'the mail that can be delivered')
    smtp.shutdown()


@test('req84 req30', 'a policy engine that fails: no code, no token, nothing spent, and the app hears where there is no form to keep; then all is well')
def storm():
    if TEST_PLUGINS is None:
        return 'no test plugins given'
    storm = Storm()
    world = world_of('a failing policy', change=storm.change)
    address, _ = world.customer()
    browser, app, page = world.sign_in(address)
    code = app.code(page)
    storm.begin()
    for number in range(15):
        stranger, other, page = world.sign_in(address)
        same((page.status, clear(page), page.location), (503, None, None), page)
        assert page.header('Retry-After') and page.form('to-sign-in'), page.headers   # the app's request is not lost
    for more, cut in (({}, '?'), ({'response_mode': 'fragment'}, '#'), ({'prompt': 'none'}, '?')):
        other = world.app()
        page = other.begin(browser, **more)
        there, _, answer = (page.location or '').partition(cut)
        told = query_of('?' + answer)
        same((page.status, there, told['error'], told['state'], told['iss'].startswith(world.base), 'code' in told),
             (303, other.redirect_uri, 'temporarily_unavailable', other.state, True, False), page)
    page = world.app().begin(browser, response_mode='form_post')
    assert page.status == 200 and 'temporarily_unavailable' in page.body and 'http://127.0.0.1:8090/' in page.body, page
    page = browser.get(app.path('authorize') + '?' + urllib.parse.urlencode(world.app().request(redirect_uri='https://evil.example/')))
    same((page.status, page.location), (400, None), page)
    answer = app.redeem(browser, code)
    same((answer.status, answer.json()['error']), (503, 'temporarily_unavailable'))
    assert answer.header('Retry-After')
    storm.cease()
    # The circuit may rest for a moment; then the code, unspent, is as good as before.
    answer = until(lambda: (lambda one: one if one.status != 503 else None)(app.redeem(browser, code)), 'the engine')
    same(answer.status, 200, answer)
    same(world.sign_in(address)[2].status, 303)     # 15 right passwords were given back
    same(world.app().begin(browser).status, 303)
    storm.end()


@test('req239', 'a full disk: 503 for what must be written, the rest goes on, and it recovers')
def full_disk():
    if os.geteuid() != 0:
        return 'only root can mount a small disk'
    disk = tempfile.mkdtemp(prefix='sallyport-disk-')
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'none', disk], capture_output=True).returncode:
        return 'this system does not let root mount a small disk'
    try:
        world = World(change=lambda text: re.sub(r'path: \S+/db', f'path: {disk}/db', text) if os.makedirs(
            f'{disk}/db', 0o700) is None else text)
        try:
            fill_up(world, disk)
        finally:
            world.end()
    finally:
        subprocess.run(['umount', '-l', disk], check=True)
        os.rmdir(disk)


def fill_up(world, disk):
    address, _ = world.customer()
    browser, app, page = world.sign_in(address)
    token = app.redeem(browser, app.code(page)).json()['access_token']
    ballast = os.open(f'{disk}/ballast', os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        while os.write(ballast, b'x' * 4096) == 4096:
            pass
    except OSError:
        pass
    os.close(ballast)
    pages = []
    for number in range(40):    # pages that are free in the file are used up first
        pages.append(world.sign_in(address)[2])
        if pages[-1].status == 503:
            break
    same((pages[-1].status, clear(pages[-1])), (503, None), [page.status for page in pages])
    assert pages[-1].header('Retry-After')
    same(app.begin(browser).status, 303)                # reads go on
    same(app.userinfo(browser, token).status, 200)
    same(browser.send('GET', '/woodgrove/discovery/v2.0/keys').status, 200)
    os.unlink(f'{disk}/ballast')
    until(lambda: world.sign_in(address)[2].status == 303, 'a sign-in')
    same(app.userinfo(browser, token).status, 200)


main(tests, worlds)
