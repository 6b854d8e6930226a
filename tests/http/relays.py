"""Relays that are dead, dumb, slow, busy or fall silent: real sockets, the real smtp plugin, the real server."""
import pathlib
import re
import socket
import socketserver
import threading

from browser import clear
from world import BINARY, World, free_port, main, named, same, source, until

SANITIZED = b'__asan_init' in pathlib.Path(BINARY).read_bytes()

tests, worlds = [], []
test = named(tests)


class Relay(socketserver.ThreadingTCPServer):
    """Speaks SMTP, and does at `stage` what `way` says: a reply, or 'mute', 'drop', 'drip'.

    Stages: greeting, EHLO, MAIL, RCPT, DATA, end (of the message). `taken` are the messages that it
    has said 250 to; `read` those that it has read whole, whatever it said then.
    """
    allow_reuse_address = daemon_threads = True
    request_queue_size = 512

    class RequestHandlerClass(socketserver.StreamRequestHandler):
        def handle(self):
            try:
                self.talk()
            except (ConnectionError, StopIteration, TimeoutError):
                return

        def talk(self):
            self.server.sessions += 1
            self.say('greeting', '220 test')
            recipient = False
            for line in self.rfile:
                word = line[:4].decode(errors='replace').upper()
                if word == 'DATA' and not recipient:
                    self.say('DATA', '503 to nobody')
                elif word == 'DATA':
                    if self.say('DATA', '354 go on'):
                        self.message()
                elif word == 'RCPT':
                    recipient = self.say('RCPT', '250 fine')
                elif word == 'QUIT':
                    return self.say('QUIT', '221 bye')
                else:
                    self.say(word, '250 fine')

        def message(self):
            lines = []
            for line in self.rfile:
                if line == b'.\r\n':
                    break
                lines.append(line)
            else:
                raise ConnectionError
            text = b''.join(lines).decode()
            self.server.read.append(text)
            if self.say('end', '250 taken'):
                self.server.taken.append(text)

        def say(self, stage, text):
            """Whether it was what a sound relay says."""
            server = self.server
            way = server.way if stage == server.stage else None
            if way is not None:
                server.met.set()
            if way == 'drop':
                self.connection.shutdown(socket.SHUT_RDWR)
                raise ConnectionError
            if way == 'mute':
                server.healed.wait()
                raise ConnectionError
            if way == 'drip':
                self.drip()
            self.wfile.write((way or text).encode() + b'\r\n')
            return way is None

        def drip(self):
            """Lines that end nothing, a byte at a time, for as long as somebody listens."""
            while not self.server.healed.wait(0.05):
                for byte in b'250-wait\r\n':
                    self.wfile.write(bytes([byte]))
                    if self.server.healed.wait(0.05):
                        break
            raise ConnectionError

    def __init__(self, stage=None, way=None, port=0):
        self.stage, self.way = stage, way
        self.met, self.healed = threading.Event(), threading.Event()
        self.taken, self.read, self.sessions = [], [], 0
        super().__init__(('127.0.0.1', port), self.RequestHandlerClass)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def heal(self):
        self.stage = self.way = None
        self.healed.set()

    @property
    def port(self):
        return self.server_address[1]

    def codes(self):
        return [re.search(r'^    (\d{8})\s*$', text, re.M)[1] for text in self.taken]


def world_of(name, relay, second=True, more=''):
    """A world whose mail goes to this port first and, `second`, to the spool."""
    transports = 'relay, spool' if second else 'relay'
    world = World(change=lambda text: text.replace('mail: [spool]', f'mail: [{transports}]'),
                  more=f'  relay: {{ file: smtp.so, host: 127.0.0.1, port: {relay}, tls: "off"{more} }}\n',
                  sourceSendsAnHour=100000)
    worlds.append((name, world))
    return world


def at_door(world, address):
    """A customer who has given his password and waits for his code."""
    browser, app, page = world.sign_in(address, browser=world.browser(source()))
    same((page.status, page.heading, clear(page)), (200, 'Enter your code', None), page)
    return browser, page


def mails(world, result):
    return world.metric('sallyport_mails_total', f'result="{result}"')


@test('attackB9 attackB11', 'whatever a relay says instead of taking it, at each stage: the next one has the mail, once')
def fails_over():
    relay = Relay()
    world = world_of('a busy relay', relay.port, more=', timeout: 1s, circuit_failures: 1000')
    world.mfa()
    for stage, way in (('greeting', '421 too busy'), ('greeting', 'drop'), ('greeting', 'mute'), ('EHLO', '421 no'),
                       ('EHLO', 'drop'), ('MAIL', '451 later'), ('MAIL', 'drop'), ('RCPT', '450 greylisted'),
                       ('RCPT', '451 later'), ('RCPT', 'mute'), ('DATA', '421 closing'), ('end', '451 later'),
                       ('end', '452 full')):
        relay.stage, relay.way = stage, way
        address, _ = world.customer()
        browser, page = at_door(world, address)
        same(browser.fill(page, 'code', code=world.code(address)).status, 303, stage, way)
        world.advance(61000)        # whatever still waited would be due
        same((len(world.letters(address)), relay.taken), (1, []), stage, way)
    relay.heal()
    same(mails(world, 'unknown'), 0)


@test('attackB10 req162', 'a relay that falls silent after the message has it, as far as anybody knows: nobody sends it again')
def silent_after_data():
    for way in ('drop', 'mute'):
        relay = Relay('end', way)
        world = world_of(f'a relay that reads and then is to {way}', relay.port, more=', timeout: 1s, deadline: 3s')
        address, _ = world.customer()
        world.mfa()
        browser, page = at_door(world, address)
        until(lambda: mails(world, 'unknown') == 1, 'the end of the mail')
        same((len(relay.read), world.letters(address)), (1, []), way)
        world.advance(70000)        # past lease and back-off
        until(lambda: not queued(world), 'an empty queue')
        same((len(relay.read), world.letters(address)), (1, []), way)
        # The customer asks for another, which comes another way or by the same one when it is well.
        relay.heal()
        page = browser.fill(page, 'resend')
        until(lambda: relay.codes() or world.codes(address), 'the second letter')
        code = (relay.codes() + world.codes(address))[-1]
        same(browser.fill(page, 'code', code=code).status, 303, way)


def queued(world):
    return world.must('GET', '/mail/queue', tenant=None)['value']


@test('attackB9', 'a storm of 4xx and no other relay: sent once when it is over, not before and not after its time')
def storm():
    relay = Relay('RCPT', '451 later')
    world = world_of('a storm', relay.port, second=False, more=', circuit_failures: 1000')
    address, _ = world.customer()
    world.mfa()
    browser, page = at_door(world, address)
    assert relay.met.wait(60)
    for tries in range(1, 4):
        until(lambda: queued(world) and queued(world)[0]['tries'] == tries, f'the end of try {tries}')
        world.advance(30000)        # the longest that it waits, after so few
    same((len(queued(world)), relay.taken), (1, []))
    relay.heal()
    world.advance(61000)
    until(relay.codes, 'the mail')
    world.advance(61000)
    same(browser.fill(page, 'code', code=relay.codes()[0]).status, 303)
    same(len(relay.taken), 1)
    relay.stage, relay.way = 'RCPT', '451 later'
    late, _ = world.customer()
    at_door(world, late)
    until(lambda: len(queued(world)) == 1, 'the queue')
    world.advance(601000)
    relay.heal()
    until(lambda: not queued(world), 'an empty queue')
    same(len(relay.taken), 1)


def threads_and_size(world):
    text = open(f'/proc/{world.process.pid}/status').read()
    return (int(re.search(r'Threads:\s+(\d+)', text)[1]), int(re.search(r'VmRSS:\s+(\d+)', text)[1]))


def crowd(world, count):
    """So many strangers who want to sign up: each gets the page that says where his code goes."""
    app = world.app()
    for _ in range(count):
        number = next(strangers)
        browser = world.browser(source())
        page = browser.fill(app.begin(browser), 'to-sign-up')
        page = browser.fill(page, 'address', email=f'stranger{number}@example.net')
        same((page.status, page.heading), (200, 'Enter your code'), page)


strangers = iter(range(1, 100000))


@test('attackB11 attackF6', 'a relay that answers nothing, or a byte at a time: threads and memory stay as they are')
def bounded():
    for name, stage, way in (('a black hole', 'greeting', 'mute'), ('a dripping relay', 'greeting', 'drip'),
                             ('a relay that drips later', 'EHLO', 'drip')):
        relay = Relay(stage, way)
        world = world_of(name, relay.port, second=False, more=', timeout: 1s, deadline: 2s')
        crowd(world, 50)
        before = threads_and_size(world)
        crowd(world, 300)
        after = threads_and_size(world)
        same(after[0], before[0], f'{name}: threads')
        # The address sanitizer keeps what was freed.
        assert SANITIZED or after[1] - before[1] < 16384, f'{name}: {before} KiB before, {after} after'
        same(relay.taken, [])
        same(world.sign_in(world.customer()[0])[2].status, 303)     # who needs no mail is not held up
        print(f'    {name}: {before} to {after} threads, KiB; {relay.sessions} sessions')
        relay.heal()


@test('attackB11', 'a dead relay and no other: the page is honest, and the mail comes when the relay does')
def dead():
    port = free_port()
    world = world_of('a dead relay', port, second=False)
    address, _ = world.customer()
    world.mfa()
    browser, page = at_door(world, address)
    until(lambda: queued(world), 'the queue')
    relay = Relay(port=port)
    world.advance(61000)
    until(relay.codes, 'the mail')
    same(browser.fill(page, 'code', code=relay.codes()[0]).status, 303)
    same(len(relay.taken), 1)


main(tests, worlds)
