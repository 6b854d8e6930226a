"""Visitors who leave at any moment of a sign-in, and who send the next request before the answer is there."""
import http.client
import socket
import threading
import urllib.parse

from browser import query_of
from ill import Ill
from world import PASSWORD, TEST_PLUGINS, World, main, named, same, until, wrong_code

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000, mfaSends=100, unprovenSends=100, unprovenSendsADay=200)
FLOW = '/woodgrove/flow'


def request(browser, method, path, fields=None, **headers):
    """As bytes: (head, body)."""
    body = urllib.parse.urlencode(fields).encode() if fields is not None else b''
    lines = [f'{method} {path} HTTP/1.1', f'Host: {browser.host}', 'Accept: text/html']
    if browser.cookies:
        lines.append('Cookie: ' + '; '.join(f'{name}={value}' for name, value in browser.cookies.items()))
    if body:
        lines += ['Content-Type: application/x-www-form-urlencoded', f'Content-Length: {len(body)}']
    lines += [f'{name}: {value}' for name, value in headers.items()]
    return ('\r\n'.join(lines) + '\r\n\r\n').encode(), body


def line(browser):
    host, port = browser.host.split(':')
    sock = socket.create_connection((host, int(port)), 60, source_address=(browser.source, 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def leave(browser, data, reset):
    sock = line(browser)
    sock.sendall(data)
    if reset:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
    sock.close()


def ways_to_leave(head, body):
    """What has been sent by then: in the head, after it, in the body, all of it."""
    yield head[:len(head) // 2]
    yield head[:-2]
    if body:
        yield head
        yield head + body[:len(body) // 2]
        yield head + body[:-1]
    yield head + body


def nobody_left():
    # The one that asks is open as well.
    until(lambda: world.metric('sallyport_http_connections') <= 1, 'the end of all connections')


def post(browser, page, do, **fields):
    return request(browser, 'POST', page.form(do).action, {**page.form(do).fields, 'do': do, **fields})


def stages(address):
    """Each request of a sign-in with a second door: its bytes, and what then must go on as ever."""
    browser, app = world.browser(), world.app()
    start = app.path('authorize') + '?' + urllib.parse.urlencode(app.request())
    yield 'authorize', browser, *request(browser, 'GET', start)
    page = browser.get(start)
    yield 'password', browser, *post(browser, page, 'password', email=address, password=PASSWORD)
    before = len(world.codes(address))
    browser, app, page = world.sign_in(address)
    where = FLOW + '/' + page.form().fields['journey']
    yield 'page', browser, *request(browser, 'GET', where)
    yield 'resend', browser, *post(browser, page, 'resend')
    code = world.code(address, before + 1)
    yield 'wrong code', browser, *post(browser, page, 'code', code=wrong_code(code))
    browser, app, page = world.sign_in(address)
    done = browser.fill(page, 'code', code=newest(address, page))
    fields = {'grant_type': 'authorization_code', 'code': app.code(done), 'redirect_uri': app.redirect_uri,
              'client_id': app.client_id, 'code_verifier': app.verifier}
    yield 'token', world.browser(), *request(world.browser(), 'POST', app.path('token'), fields)
    done = app.begin(browser)
    token = app.redeem(browser, app.code(done)).json()['access_token']
    yield 'userinfo', world.browser(), *request(world.browser(), 'GET', app.path('userinfo'), Authorization='Bearer ' + token)
    yield 'sign-out', browser, *request(browser, 'POST', app.path('logout'), {'do': 'out'})


def newest(address, page):
    """The code whose reference the page shows."""
    def there():
        return next((letter.code for letter in reversed(world.letters(address)) if letter.code and
                     any(word in page.text for word in letter.text.split() if word.isupper() and len(word) == 5)), None)
    return until(there, 'the letter of this page')


@test('req223', 'whoever leaves at any stage leaves nothing behind, and the next one is served')
def everywhere():
    address, _ = world.customer()
    world.mfa()
    for name, browser, head, body in stages(address):
        for data in ways_to_leave(head, body):
            for reset in (False, True):
                leave(browser, data, reset)
        same(world.browser().get('/woodgrove/v2.0/.well-known/openid-configuration').status, 200, name)
        world.advance(61000)
    nobody_left()
    world.advance(24 * 3600 * 1000)
    browser, app, page = world.sign_in(address)
    done = browser.fill(page, 'code', code=newest(address, page))
    world.mfa(False)
    same(app.redeem(browser, app.code(done)).status, 200)


@test('attackA1', 'to leave before the answer buys no free guess')
def no_free_guess():
    address, _ = world.customer()
    browser, app = world.browser(), world.app()
    page = app.begin(browser)
    for number in range(40):
        head, body = post(browser, page, 'password', email=address, password=f'wrong password {number}')
        sock = line(browser)
        sock.sendall(head + body)
        if number % 4 == 3:
            sock.recv(1)            # now and then he waits for the answer
        sock.close()
    nobody_left()
    same(world.sign_in(address)[2].status, 429)


@test('req135', 'right passwords whose answer nobody waited for are charged to nobody')
def no_charge():
    address, _ = world.customer()
    for number in range(24):
        browser, app = world.browser(), world.app()
        page = app.begin(browser)
        head, body = post(browser, page, 'password', email=address, password=PASSWORD)
        leave(browser, head + body, number % 2 == 0)
        nobody_left()
    until(lambda: world.sign_in(address)[2].status == 303, 'a sign-in')


def replies(sock, count):
    """That many replies of one connection, in order: (status, body)."""
    file, found = sock.makefile('rb'), []
    for _ in range(count):
        status, size = int(file.readline().split()[1]), 0
        while (text := file.readline().strip()):
            if text.lower().startswith(b'content-length:'):
                size = int(text.split(b':')[1])
        found.append((status, file.read(size).decode()))
    return found


@test('req223', 'requests sent behind one that takes its time are answered in order, each by its own')
def pipelined():
    address, _ = world.customer()
    browser, app = world.browser(), world.app()
    page = app.begin(browser)
    head, body = post(browser, page, 'password', email=address, password=PASSWORD)
    wrong = b''.join(post(browser, page, 'password', email=address, password='a wrong password'))
    discovery = request(browser, 'GET', '/woodgrove/v2.0/.well-known/openid-configuration')[0]
    style = request(browser, 'GET', '/assets/style.css')[0]
    with line(browser) as sock:
        sock.sendall(wrong + discovery + wrong + style + head + body + discovery + head + body + style)
        found = replies(sock, 8)
    same([status for status, _ in found], [400, 200, 400, 200, 303, 200, 409, 200])
    assert '"issuer"' in found[1][1] and '"issuer"' in found[5][1] and 'Sign in' in found[0][1], found
    same('"issuer"' in found[3][1] or '<html' in found[3][1], False)
    with line(browser) as sock:         # and who leaves in the midst of it
        sock.sendall(wrong + discovery * 40)
    with line(browser) as sock:
        sock.sendall((discovery + wrong) * 10 + b'rubbish\r\n\r\n')
        found = replies(sock, 21)
    same([status for status, _ in found][:2] + [found[-1][0]], [200, 400, 400])
    nobody_left()


@test('req31', 'a form sent twice on one connection signs in once')
def twice():
    address, _ = world.customer()
    world.mfa()
    browser, app, page = world.sign_in(address)
    data = b''.join(post(browser, page, 'code', code=world.code(address)))
    with line(browser) as sock:
        sock.sendall(data * 10)
        found = replies(sock, 10)
    world.mfa(False)
    statuses = [status for status, _ in found]
    same((statuses.count(303), set(statuses)), (1, {303, 409}), statuses)
    same(query_of(app.begin(browser, prompt='none').location)['error'], 'login_required')


@test('attackF6', 'SIGTERM over a write that hangs: it is left to the next start, and nothing is freed under it')
def stopped_over():
    if TEST_PLUGINS is None:
        return 'no test plugins given'
    slow = Ill(', deadline: 60s', keys=('drain_deadline: 1s',))
    address, _ = slow.customer()
    slow.order('records.commit hang')
    browser, app = slow.browser(), slow.app()
    page = app.begin(browser)
    thread = threading.Thread(target=lambda: broken_off(lambda: browser.fill(page, 'password', email=address, password=PASSWORD)))
    thread.start()
    slow.until_met('records.commit hang')
    same(slow.stop(), 1)
    thread.join()
    assert 'work that has not ended is left to the next start' in slow.log.read_text(), slow.log.read_text()
    slow.heal()
    slow.start()
    same(slow.sign_in(address)[2].status, 303)
    slow.end()


def broken_off(what):
    try:
        what()
    except (OSError, http.client.HTTPException):
        pass


main(tests, [('leaving', world)])
