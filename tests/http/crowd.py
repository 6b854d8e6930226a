"""Thousands of connections: idle, slow, in floods. Who asks is answered, and nobody else pays.

	crowd.py HTTP-SERVER [IDLE]

With 300 idle connections it is a test; with 10,000 it measures what they cost (meson test --benchmark crowd).
"""
import os
import resource
import select
import socket
import ssl
import sys
import tempfile
import time

import wire as w
from raw_more import certificate, client
from wire import Server, Wire, check, failed

MANY = int(sys.argv[2]) if len(sys.argv) > 2 else 300
A_SOURCE = 100          # connections_per_source
H = 'Host: id.test\r\n'
HELLO = f'GET /hello HTTP/1.1\r\n{H}\r\n'.encode()


def descriptors():
    """As many as may be, for the server as well: it is our child."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    want = MANY + 1000
    if hard != resource.RLIM_INFINITY and hard < want:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (want, want))
        except (ValueError, OSError):
            return hard - 1000
    elif soft < want:
        resource.setrlimit(resource.RLIMIT_NOFILE, (want, hard))
    return MANY


def source(number):
    return f'127.3.{number // 250}.{number % 250 + 1}'


def connect(port, where):
    sock = socket.socket()
    sock.settimeout(w.PATIENCE)
    sock.bind((where, 0))
    sock.connect(('127.0.0.1', port))
    return sock


def answer(sock, what=HELLO):
    sock.sendall(what)
    return heard(sock)


def heard(sock):
    """The status of one small reply, or 0: the end."""
    data = b''
    try:
        while b'\r\n\r\n' not in data:
            more = sock.recv(65536)
            if not more:
                return 0
            data += more
    except ConnectionResetError:
        return 0
    return int(data.split(b' ', 2)[1])


def rss(server):
    with open(f'/proc/{server.child.pid}/status') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmRSS')) * 1024


def crowd(port, many):
    """Idle connections, each of which has asked once; none is more than its source may have."""
    idle = []
    for number in range(many):
        idle.append(connect(port, source(number // A_SOURCE)))
        if len(idle) % 50 == 0:     # asked together: the server has two loops
            for sock in idle[-50:]:
                sock.sendall(HELLO)
            for sock in idle[-50:]:
                if heard(sock) != 200:
                    return idle, False
    return idle, True


def is_open(sock):
    """Nothing has come, not even the end."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return not poll.poll(0)


def served(port, where, count=50):
    """Others' requests, each on a connection of its own: are all answered?"""
    return all(once(port, where) == 200 for _ in range(count))


def once(port, where):
    sock = connect(port, where)
    status = answer(sock)
    sock.close()
    return status


def test_idle(many):
    server = Server(f'connections={many + 50}', f'per_source={A_SOURCE}', 'idle=600000')
    connect(server.port, source(0)).close()
    before = rss(server)
    idle, good = crowd(server.port, many)
    check('req224', f'{many} idle connections', good)
    used = rss(server) - before
    check('req224', 'others are answered', served(server.port, '127.4.0.1'))
    check('req224', 'the idle are still there', all(is_open(sock) for sock in idle))
    again = max(2, many // 100)
    check('req224', 'and are answered', {answer(sock) for sock in idle[::again]} == {200})
    print(f'{many} idle connections: {used / many:.0f} bytes each')
    extra = [connect(server.port, '127.4.0.2') for _ in range(100)]
    flood = [answer(sock) for sock in extra]
    # 50 places more: then those that were idle for longest give way.
    check('req224', 'a hundred more are answered', flood == [200] * 100, flood)
    gone = [number for number, sock in enumerate(idle) if not is_open(sock)]
    check('req224', 'those who had asked nothing for longest gave way', 0 < len(gone) <= 60 and
          all(number % again and number < many * 3 // 4 for number in gone), gone)
    log = server.logged()
    check('req224', 'the cap is told, once', log.count('server.connections)') == 1, log)
    check('req224', 'shed, not refused', server.until(lambda n: n['shed'] >= 50 and n['refused'] == 0))
    for sock in idle + extra:
        sock.close()
    server.quit()


def test_operators(folder):
    """attackF4: strangers take every place; whoever has the operator's socket still comes in."""
    path = f'{folder}/admin.sock'
    os.chmod(folder, 0o700)
    server = Server('listen=127.0.0.1:0;base=http://id.test', f'listen=unix:{path};admin=yes',
                    'listen=127.0.0.1:0;base=http://id.test;ops=yes', 'connections=20', 'reply=600000')
    stuck = [connect(server.port, '127.4.1.1') for _ in range(20)]
    for sock in stuck:      # the first is answered when the second is with its handler
        status = answer(sock, HELLO + f'GET /never HTTP/1.1\r\n{H}\r\n'.encode())
        check('req224', 'one that is being worked on', status == 200, status)
    late = connect(server.port, '127.4.1.2')
    check('req224', 'no place for a stranger', answer(late) == 503)
    check('req224', 'one for the operator', Wire(path).send('GET /v1.0/secret HTTP/1.1\r\nHost: x\r\n\r\n').reply().status == 200)
    check('req224', 'and for who asks whether all is well', answer(connect(server.ports[2], '127.4.1.3')) == 404)
    for sock in stuck + [late]:
        sock.close()
    server.quit()


def test_busy():
    """attackF4: more busy connections than are looked at, in front of idle ones, don't keep these from giving way."""
    server = Server('loops=1', 'connections=100', 'per_source=200', 'reply=600000', 'idle=600000')
    busy = [connect(server.port, '127.4.1.4') for _ in range(70)]
    for sock in busy:       # the first is answered when the second is with its handler
        check('req224', 'a busy one', answer(sock, HELLO + f'GET /never HTTP/1.1\r\n{H}\r\n'.encode()) == 200)
    idle = [connect(server.port, '127.4.1.5') for _ in range(30)]
    check('req224', 'idle ones behind them', {answer(sock) for sock in idle} == {200})
    late = [connect(server.port, '127.4.1.6') for _ in range(3)]
    served = []
    for sock in late:
        try:
            served.append(answer(sock))
        except OSError:
            served.append(0)
    check('req224', 'newcomers are served, soon', served[-1] == 200, served)
    check('req224', 'busy ones go on', all(is_open(sock) for sock in busy))
    for sock in busy + idle + late:
        sock.close()
    server.quit()


def test_slow(folder):
    """A byte at a time in head, body and handshake: each is cut off by one deadline, others don't notice."""
    cert, key = certificate(folder, 'id.test')
    server = Server('listen=127.0.0.1:0;base=http://id.test', f'listen=127.0.0.1:0;base=https://id.test;cert={cert};key={key}',
                    'head=1500', 'body=1500', 'idle=600000', 'per_source=100', 'connections=1000')
    hello = tls_hello()
    begins = [(server.ports[0], f'GET /hello HTTP/1.1\r\n{H}X: '.encode(), b'a'),
              (server.ports[0], f'POST /echo HTTP/1.1\r\n{H}Content-Length: 60000\r\n\r\n'.encode(), b'b'),
              (server.ports[0], f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n'.encode(), b'1\r\nb\r\n'),
              (server.ports[1], hello[:40], None), (server.ports[1], b'', None), (server.ports[0], b'', None)]
    slow = []
    for number in range(60):
        port, first, drop = begins[number % len(begins)]
        sock = connect(port, source(200 + number % 3))
        sock.sendall(first)
        slow.append([sock, drop, hello[40:] if first == hello[:40] else b''])
    context = client(cert)
    began, alive = time.monotonic(), list(slow)
    while alive and time.monotonic() - began < w.PATIENCE:
        for one in list(alive):
            sock, drop, rest = one
            try:
                if rest:        # the handshake goes on, a byte at a time
                    sock.sendall(rest[:1])
                    one[2] = rest[1:]
                elif drop:
                    sock.sendall(drop)
            except (BrokenPipeError, ConnectionResetError):
                pass
            if not is_open(sock):
                alive.remove(one)
        check('req224', 'others are answered meanwhile', once(server.ports[0], '127.4.2.1') == 200)
        with context.wrap_socket(connect(server.ports[1], '127.4.2.2'), server_hostname='id.test') as good:
            check('req224', 'over TLS as well', answer(good) == 200)
        select.select([], [], [], 0.05)
    check('req224', 'no slow one stays', not alive, len(alive))
    statuses = [heard(sock) for sock, _, _ in slow]
    check('req224', 'slow heads and bodies are told', all(status in (408, 0) for status in statuses) and
          statuses.count(408) >= 20, statuses)
    check('req224', 'none is left', server.until(lambda n: n['open'] == 1))
    for sock, _, _ in slow:
        sock.close()
    server.quit()


def tls_hello():
    """The first message of a handshake, as a client would send it."""
    context = ssl.create_default_context()
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(into, out, server_hostname='id.test').do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


def test_flood():
    """One source opens all it can; it is capped, told once in the log, and the others are served."""
    server = Server(f'per_source={A_SOURCE}')
    flood = [connect(server.port, '127.4.3.1') for _ in range(A_SOURCE)]
    check('req224', 'as many as may be', [answer(sock) for sock in flood] == [200] * A_SOURCE)
    over = [once(server.port, '127.4.3.1') for _ in range(200)]
    check('req224', 'no more', set(over) <= {503, 0}, set(over))
    check('req224', 'others are served', served(server.port, '127.4.3.2', 100))
    log = server.logged()
    check('req224', 'told once', log.count('server.connections_per_source)') == 1, log)
    check('req240', 'and not whom', '127.4.3.1' not in log, log)
    storm = f'GET /slow/5 HTTP/1.1\r\n{H}\r\n'.encode() * 10
    for sock in flood:
        sock.sendall(storm)
    check('req224', 'a storm of requests keeps nobody out', served(server.port, '127.4.3.2', 100))
    for sock in flood:
        sock.close()
    check('req224', 'all gone', server.until(lambda n: n['open'] == 1))
    server.quit()


if __name__ == '__main__':
    many = descriptors()
    if many < MANY:
        print(f'only {many}: this system allows no more open files')
    with tempfile.TemporaryDirectory() as folder:
        test_idle(many)
        test_operators(folder)
        test_busy()
        test_slow(folder)
        test_flood()
    print(f'{w.ran} checks, {len(failed)} failed')
    sys.exit(len(failed) > 0)
