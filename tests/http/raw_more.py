"""Deadlines, leaving, caps, TLS, proxies, Unix sockets: what a table of requests cannot say."""
import os
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile

from wire import Server, Wire, check

H = 'Host: id.test\r\n'
HELLO = f'GET /hello HTTP/1.1\r\n{H}\r\n'
SIGNATURE = b'\r\n\r\n\0\r\nQUIT\n'


def drip(wire, data):
    """A byte at a time, each when nothing has come back for a while."""
    for c in data:
        if not wire.quiet(0.03):
            return
        wire.send(c)


def test_deadlines():
    server = Server('head=300', 'body=300', 'reply=400', 'idle=300')
    wire = server.wire()
    drip(wire, f'GET /hello HTTP/1.1\r\n{H}X: ' + 'a' * 400)
    check('req224', 'a slow head', wire.reply().status == 408 and wire.ended())
    wire = server.wire().send(f'POST /echo HTTP/1.1\r\n{H}Content-Length: 400\r\n\r\n')
    drip(wire, 'b' * 400)
    check('req224', 'a slow body', wire.reply().status == 408 and wire.ended())
    wire = server.wire().send(f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n')
    drip(wire, '1\r\nb\r\n' * 100)
    check('req224', 'slow chunks', wire.reply().status == 408 and wire.ended())
    wire = server.wire()
    drip(wire, '\r\n' * 300)
    check('req224', 'empty lines without end', wire.reply().status in (408, 400) and wire.ended())
    check('req224', 'a mute connection', server.wire().ended())
    wire = server.wire().send(HELLO)
    check('req224', 'an idle connection', wire.reply().status == 200 and wire.ended())
    wire = server.wire().send(f'GET /never HTTP/1.1\r\n{H}\r\n')
    reply = wire.reply()
    check('req224', 'a late handler', reply.status == 503 and reply.header('Retry-After') and wire.ended())
    wire = server.wire().send(f'GET /slow/900 HTTP/1.1\r\n{H}\r\n')
    check('req224', 'a late timer', wire.reply().status == 503 and wire.ended())
    wire = Wire(server.port)
    wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.send(f'GET /big/30000000 HTTP/1.1\r\n{H}\r\n')
    check('req224', 'a reader who does not read', server.until(lambda n: n['open'] == 1))
    check('req224', 'is told late', server.counters()['late'] >= 5)
    server.quit()


def test_leaving():
    server = Server()
    stages = [f'GET /hello HTTP/1.1\r\nHo', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 9\r\n\r\nabc',
              f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n5\r\nab',
              f'GET /never HTTP/1.1\r\n{H}\r\n', f'GET /slow/100 HTTP/1.1\r\n{H}\r\n',
              f'GET /lane HTTP/1.1\r\n{H}\r\n' * 20, f'GET /big/4000000 HTTP/1.1\r\n{H}\r\n',
              f'GET /slow/20 HTTP/1.1\r\n{H}\r\n{HELLO}', '']
    for reset in (False, True):
        for stage in stages:
            for _ in range(10):
                server.wire().send(stage).close(reset)
    check('req223', 'all who left are gone', server.until(lambda n: n['open'] == 1))
    check('req223', 'handlers were told', server.counters()['left'] >= 20)
    server.quit()
    server = Server()
    waiting = [server.wire().send(f'GET /never HTTP/1.1\r\n{H}\r\n') for _ in range(20)]
    for wire in waiting:
        check('req223', 'nothing comes yet', wire.quiet(0))
    server.quit()   # with exchanges under way
    for wire in waiting:
        check('req223', 'closed at the end', wire.ended())
        wire.close()


def test_caps():
    server = Server('per_source=4')
    some = [server.wire().send(HELLO) for _ in range(4)]
    check('req224', 'as many as may', all(wire.reply().status == 200 for wire in some))
    one = server.wire()
    reply = one.send(HELLO).reply()
    check('req224', 'one too many of a source', reply.status == 503 and reply.header('Retry-After'))
    some.pop().close()
    # A free place is seen when the server has seen the end.
    for _ in range(100):
        wire = server.wire().send(HELLO)
        status = wire.reply().status
        wire.close()
        if status == 200:
            break
    check('req224', 'a place is free again', status == 200)
    server.quit()
    server = Server('connections=3', 'loops=1')     # who gives way is on the same loop
    some = [server.wire().send(HELLO + f'GET /never HTTP/1.1\r\n{H}\r\n') for _ in range(3)]
    check('req224', 'as many as may in all', all(wire.reply().status == 200 for wire in some))
    check('req224', 'one too many in all', server.wire().send(HELLO).reply().status == 503)
    some.pop().close()
    idle = server.wire().send(HELLO)
    while idle.reply().status != 200:       # until the server has seen that a place is free
        idle = server.wire().send(HELLO)
    check('req224', 'an idle one gives way', server.wire().send(HELLO).reply().status == 200 and idle.ended())
    server.quit()


def certificate(folder, name):
    cert, key = f'{folder}/{name}.pem', f'{folder}/{name}.key'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
                    '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', f'/CN={name}',
                    '-addext', f'subjectAltName=DNS:{name}'], check=True, capture_output=True)
    os.chmod(key, 0o600)
    return cert, key


def client(cert, **versions):
    context = ssl.create_default_context(cafile=cert)
    for name, version in versions.items():
        setattr(context, name, version)
    return context


def test_tls(folder):
    cert, key = certificate(folder, 'id.test')
    server = Server(f'listen=127.0.0.1:0;base=https://id.test;cert={cert};key={key}', 'head=1000')
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = client(cert, minimum_version=version, maximum_version=version)
        context.set_alpn_protocols(['h2', 'http/1.1'])
        wire = server.wire(tls=context)
        check('req230', 'ALPN', wire.sock.selected_alpn_protocol() == 'http/1.1')
        reply = wire.send(HELLO).reply()
        check('req230', f'{version.name}', reply.status == 200 and wire.sock.version().endswith(version.name[-1]))
        check('req230', 'forward secrecy', version.name[-1] == '3' or 'ECDHE' in wire.sock.cipher()[0])
        check('req230', 'no compression', wire.sock.compression() is None)
        check('req213', 'HSTS', 'max-age=31536000' in reply.header('Strict-Transport-Security'))
        wire.send(f'POST /echo HTTP/1.1\r\n{H}Content-Length: 65536\r\n\r\n' + 'b' * 65536)
        check('req223', 'a body over TLS', wire.reply().body == b'b' * 65536)
        wire.send(f'GET /slow/30 HTTP/1.1\r\n{H}\r\n' + HELLO * 500)
        check('req223', 'pipelined over TLS', [wire.reply().status for _ in range(501)] == [200] * 501)
        wire.send(f'GET /big/3000000 HTTP/1.1\r\n{H}\r\n')
        check('req223', 'a big reply over TLS', len(wire.reply().body) == 3000000)
        wire.send(f'GET /hello HTTP/1.1\r\n{H}Connection: close\r\n\r\n')
        check('req223', 'close over TLS', wire.reply().status == 200 and wire.ended())
        for stage in ('', f'GET /never HTTP/1.1\r\n{H}\r\n', f'GET /big/4000000 HTTP/1.1\r\n{H}\r\n',
                      f'GET /slow/20 HTTP/1.1\r\n{H}\r\n' + HELLO * 500):
            server.wire(tls=context).send(stage).close(True)
            server.wire(tls=context).send(stage).close()
    old = client(cert, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
    try:
        server.wire(tls=old)
        check('req230', 'TLS 1.1 is refused', False)
    except (ssl.SSLError, ConnectionResetError):
        check('req230', 'TLS 1.1 is refused', True)
    reply = server.wire().send(HELLO).reply()
    check('req230', 'plain HTTP to TLS', reply.status == 400 and b'HTTPS' in reply.body, reply.status)
    check('req224', 'a mute peer of TLS', server.wire().ended())
    server.wire().send(b'\x16\x03\x01\x02\x00\x01\x00').close()
    newer = certificate(folder, 'newer.test')
    shutil.copy(newer[0], cert)
    shutil.copy(newer[1], key)
    check('req230', 'reload', server.tell('reload') == 'reloaded')
    try:
        wire = server.wire(tls=client(newer[0]), name='newer.test')
        check('req230', 'the new certificate', wire.send(HELLO).reply().status == 200)
    except ssl.SSLError as e:
        check('req230', 'the new certificate', False, e)
    open(cert, 'w').close()
    check('req230', 'a broken one is refused', cert in server.tell('reload'))
    wire = server.wire(tls=client(newer[0]), name='newer.test')
    check('req230', 'and the old stays', wire.send(HELLO).reply().status == 200)
    wire.close()
    server.quit()
    plain = Server()
    reply = plain.wire().send(b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + bytes(100)).reply()
    check('req230', 'TLS to plain HTTP', reply.status == 400 and b'not TLS' in reply.body, reply.status)
    plain.quit()


def proxy(source='192.0.2.9', command=0x21, extra=b''):
    six = ':' in source
    pack = [socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, a)
            for a in (source, '::1' if six else '127.0.0.1')]
    body = b''.join(pack) + struct.pack('>HH', 4000, 443) + extra
    return SIGNATURE + bytes([command, 0x21 if six else 0x11]) + struct.pack('>H', len(body)) + body


def who(wire, more=''):
    reply = wire.send(f'GET /who HTTP/1.1\r\n{H}{more}\r\n').reply()
    wire.close()
    return reply.body.decode().split(' from ')[1].split(' uid')[0] if reply.status == 200 else reply.status


def test_proxies(folder):
    cert, key = certificate(folder, 'id.test')
    server = Server('listen=127.0.0.1:0;base=http://id.test;proxy=yes',
                    f'listen=127.0.0.1:0;base=https://id.test;cert={cert};key={key};proxy=yes',
                    'listen=127.0.0.1:0;base=http://id.test', 'trusted=127.0.0.0/8', 'trusted=10.0.0.0/8',
                    'trusted=2001:db8:1::/48', 'per_source=3', 'head=1000')
    tls = client(cert)
    check('req226', 'PROXY, IPv4', who(server.wire(first=proxy())) == '192.0.2.9')
    check('req226', 'PROXY, IPv6', who(server.wire(first=proxy('2001:db8::7'))) == '2001:db8::7')
    check('req226', 'PROXY with more fields', who(server.wire(first=proxy(extra=b'\x04\0\1x' * 50))) == '192.0.2.9')
    check('req226', 'PROXY, LOCAL', who(server.wire(first=proxy(command=0x20))) == '127.0.0.1')
    wire = server.wire()
    for c in proxy():
        wire.send(bytes([c]))
    check('req226', 'PROXY, byte by byte', who(wire) == '192.0.2.9')
    check('req226', 'PROXY, then TLS', who(Wire(server.ports[1], tls=tls, first=proxy())) == '192.0.2.9')
    check('req226', 'PROXY, then XFF of a stranger', who(server.wire(first=proxy()), 'X-Forwarded-For: 1.2.3.4\r\n') == '192.0.2.9')
    check('req226', 'PROXY, then XFF of a proxy', who(server.wire(first=proxy('10.1.1.1')), 'X-Forwarded-For: 1.2.3.4\r\n') == '1.2.3.4')
    for what, data in (('none', HELLO.encode()), ('version 1', b'PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n' + HELLO.encode()),
                       ('version 3', proxy().replace(b'\x21\x11', b'\x31\x11')), ('a command', proxy(command=0x22)),
                       ('too short', SIGNATURE + b'\x21\x11\0\4abcd' + HELLO.encode()),
                       ('too long', SIGNATURE + b'\x21\x11\xff\xff')):
        check('req226', f'PROXY refused: {what}', server.wire().send(data).ended())
    check('req224', 'PROXY that never comes', server.wire().send(SIGNATURE).ended())
    server.wire().send(proxy()[:20]).close()
    some = [server.wire(first=proxy('192.0.2.50')).send(HELLO) for _ in range(3)]
    check('req224', 'caps count the visitor', all(w.reply().status == 200 for w in some))
    check('req224', 'and refuse it', server.wire(first=proxy('192.0.2.50')).send(HELLO).reply().status == 503)
    check('req224', 'and nobody else', who(server.wire(first=proxy('192.0.2.51'))) == '192.0.2.51')
    for value, want in (('1.2.3.4', '1.2.3.4'), ('6.6.6.6, 1.2.3.4', '1.2.3.4'), ('1.2.3.4, 10.2.2.2', '1.2.3.4'),
                        ('1.2.3.4:5678', '1.2.3.4'), ('[2001:db8::5]:99', '2001:db8::5'), ('2001:db8::5', '2001:db8::5'),
                        ('1.2.3.4, 2001:db8:1::1', '1.2.3.4'), ('10.1.1.1, 10.2.2.2', '10.1.1.1'), ('::ffff:1.2.3.4', '1.2.3.4'),
                        ('unknown', 400), ('1.2.3.4, ', 400), ('1.2.3.256', 400), ('', 400), ('1.2.3.4:x', 400), ('x, 1.2.3.4', '1.2.3.4')):
        got = who(Wire(server.ports[2]), f'X-Forwarded-For: {value}\r\n')
        check('attackE4', f'XFF {value}', got == want, got)
    check('attackE4', 'XFF on two lines', who(Wire(server.ports[2]), 'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 1.2.3.4\r\n') == '1.2.3.4')
    server.quit()
    server = Server()
    for _ in range(3):
        check('attackE5', 'XFF of a stranger', who(server.wire(), 'X-Forwarded-For: 1.2.3.4\r\n') == '127.0.0.1')
        check('attackE5', 'PROXY of a stranger', server.wire(first=proxy()).reply().status == 400)
    log = server.logged()
    check('req226', 'each is told once, with what to write', log.count('trusted_proxies: [127.0.0.1]') == 2
          and log.count('X-Forwarded-For') == 1 and log.count('PROXY') == 1, log)
    server.quit()


def test_unix(folder):
    os.chmod(folder, 0o700)
    path = f'{folder}/admin.sock'
    server = Server(f'listen=unix:{path};admin=yes', 'listen=127.0.0.1:0;base=http://id.test')
    check('req223', 'the socket is ours alone', os.stat(path).st_mode & 0o777 == 0o600)
    reply = Wire(path).send('GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n').reply()
    check('req223', 'the peer is known', f'from uid {os.getuid()} uid {os.getuid()}'.encode() in reply.body, reply.body)
    reply = Wire(path).send('GET /v1.0/secret HTTP/1.1\r\nHost: x\r\n\r\n').reply()
    check('req223', 'its surface', reply.body == b'secret')
    second = Server(f'listen=unix:{path}')
    check('req223', 'no second one', second.said.startswith('refused') and 'in use' in second.said, second.said)
    second.quit()
    check('req223', 'nor does it take the first away', Wire(path).send('GET /hello HTTP/1.1\r\nHost: x\r\n\r\n').reply().status == 200)
    server.quit()
    check('req223', 'the file is gone', not os.path.exists(path))
    os.chmod(folder, 0o755)
    server = Server(f'listen=unix:{path}')
    check('req223', 'an open folder is refused', 'folder' in server.said, server.said)
    server.quit()
    os.chmod(folder, 0o700)


def test_settings(folder):
    cert, key = certificate(folder, 'id.test')
    os.chmod(key, 0o644)
    first = Server()
    for listener, word in ((f'127.0.0.1:{first.port};base=http://id.test', 'in use'), ('127.0.0.1', 'wanted'),
                           ('localhost:80', 'numbers'), ('127.0.0.1:99999', 'wanted'), ('*:0', 'base_url'),
                           ('*:0;base=http://id.test', 'loopback'), ('127.0.0.1:0;base=http://id.test/x', 'path'),
                           ('127.0.0.1:0;base=ftp://id.test', 'https'), ('127.0.0.1:0;cert=/x', 'together'),
                           (f'127.0.0.1:0;cert=/none;key={key}', '/none'), (f'127.0.0.1:0;cert={cert};key={key}', 'chmod'),
                           ('unix:relative', 'absolute')):
        server = Server(f'listen={listener}')
        check('req223', f'refused: {listener}', server.said.startswith('refused') and word in server.said, server.said)
        server.quit()
    bad = Server('trusted=10.0.0.0/33')
    check('req226', 'a network that is none', 'trusted_proxies' in bad.said, bad.said)
    bad.quit()
    first.quit()
    server = Server('listen=127.0.0.1:0', 'listen=[::1]:0')
    for index, host in ((0, '127.0.0.1'), (1, '[::1]')):
        wire = Wire(server.ports[0]) if index == 0 else None
        if wire:
            reply = wire.send(f'GET /who HTTP/1.1\r\nHost: {host}:{server.ports[0]}\r\n\r\n').reply()
            check('req223', 'a base_url of its own', f'http://{host}:{server.ports[0]}'.encode() in reply.body, reply.body)
    server.quit()


def test_reload_and_drain():
    server = Server('loops=1')      # with two, one may hear of the end before the other
    check('req224', 'told', server.tell('per_source=1') == 'noted' and server.tell('reload') == 'reloaded')
    one = server.wire().send(HELLO)
    check('req224', 'the new cap holds', one.reply().status == 200 and server.wire().send(HELLO).reply().status == 503)
    server.tell('per_source=100')
    server.tell('reload')
    idle = server.wire().send(HELLO)
    idle.reply()
    busy = server.wire().send(f'POST /echo HTTP/1.1\r\n{H}Content-Length: 3\r\n\r\nab')
    stuck = server.wire().send(f'GET /never HTTP/1.1\r\n{H}\r\n')
    check('req223', 'under way', busy.quiet(0) and server.until(lambda n: n['open'] >= 4))
    server.child.stdin.write('drain 3000\n')    # answered when it is over
    check('req223', 'idle ones are closed', idle.ended())
    reply = busy.send('c').reply()
    check('req223', 'what is under way is finished', reply.body == b'abc')
    check('req223', 'and told to close', reply.header('Connection') == 'close' and busy.ended())
    busy.close()
    said = server.child.stdout.readline().strip()
    check('req223', 'drain leaves the one that never ends', said == '1 left', said)
    try:
        check('req223', 'nobody else comes in', server.wire().send(HELLO).reply().status == 0)
    except ConnectionRefusedError:
        pass
    server.quit()
    check('req223', 'the stuck one is closed', stuck.ended())


def test_handed_over():
    sock = socket.socket()
    sock.bind(('127.0.0.1', 0))
    sock.listen()
    port = sock.getsockname()[1]
    server = Server(f'listen=127.0.0.1:{port};base=http://id.test', fds=[sock.fileno()])
    check('req223', 'LISTEN_FDS', server.port == port, server.said)
    sock.close()
    for _ in range(20):
        check('req223', 'served on it', server.wire().send(HELLO).reply().status == 200)
    server.quit()


def run():
    with tempfile.TemporaryDirectory() as folder:
        test_deadlines()
        test_leaving()
        test_caps()
        test_tls(folder)
        test_proxies(folder)
        test_unix(folder)
        test_settings(folder)
        test_reload_and_drain()
        test_handed_over()
