"""A raw HTTP client, and the test server as a child process. No library decides what is sent."""
import select
import socket
import ssl
import subprocess
import sys
import tempfile
import time

failed = []
ran = 0
PATIENCE = 30


def check(tag, what, fine, detail=''):
    global ran
    ran += 1
    if not fine:
        failed.append(what)
        print(f'FAILED {tag} {what}: {detail}')


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return self.headers.get(name.lower())


class Wire:
    """One connection; replies are framed by what they say, so that a wrong length is seen."""

    def __init__(self, where, tls=None, name='id.test', first=b''):
        family = socket.AF_UNIX if isinstance(where, str) else socket.AF_INET
        self.sock = socket.socket(family)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(where if isinstance(where, str) else ('127.0.0.1', where))
        if family == socket.AF_INET:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if first:
            self.sock.sendall(first)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname=name)
        self.seen = b''

    def send(self, data):
        try:
            self.sock.sendall(data if isinstance(data, bytes) else data.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass
        return self

    def more(self):
        try:
            data = self.sock.recv(65536)
        except (ConnectionResetError, ssl.SSLError) as e:
            if isinstance(e, ssl.SSLError) and 'timed out' in str(e):
                raise TimeoutError from e
            data = b''
        self.seen += data
        return data != b''

    def reply(self, head=False):
        while b'\r\n\r\n' not in self.seen:
            if not self.more():
                return Reply(0, {}, self.seen)
        top, self.seen = self.seen.split(b'\r\n\r\n', 1)
        lines = top.decode('latin-1').split('\r\n')
        status = int(lines[0].split(' ')[1])
        headers = {}
        for line in lines[1:]:
            name, value = line.split(': ', 1)
            headers[name.lower()] = value
        size = int(headers.get('content-length', 0))
        if head or status in (100, 204, 304):
            size = 0
        while len(self.seen) < size:
            if not self.more():
                return Reply(-1, headers, self.seen)
        body, self.seen = self.seen[:size], self.seen[size:]
        return Reply(status, headers, body)

    def ended(self):
        """Nothing but the end comes."""
        while self.more():
            pass
        return self.seen == b''

    def quiet(self, seconds):
        """Waits for a byte or the end; True: none came."""
        return not select.select([self.sock], [], [], seconds)[0]

    def close(self, reset=False):
        if reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        self.sock.close()


class Server:
    def __init__(self, *args, fds=(), listener='listen=127.0.0.1:0;base=http://id.test'):
        args = [*args] if any(a.startswith('listen=') for a in args) else [listener, *args]
        command = [sys.argv[1], *args]
        if fds:
            command = ['/bin/sh', '-c', 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&%d' % fds[0],
                       'sh', *command]
        self.log = tempfile.TemporaryFile('w+')
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=self.log, text=True, bufsize=1, pass_fds=fds)
        self.said = self.child.stdout.readline().strip()
        words = self.said.split(' ')
        self.ports = [int(p) for p in words[1:]] if words[0] == 'ready' else []
        self.port = self.ports[0] if self.ports else 0

    def tell(self, line):
        self.child.stdin.write(line + '\n')
        return self.child.stdout.readline().strip()

    def wire(self, **more):
        return Wire(self.port, **more)

    def counters(self):
        wire = self.wire().send('GET /counters HTTP/1.1\r\nHost: id.test\r\nConnection: close\r\n\r\n')
        words = wire.reply().body.decode().split()
        wire.ended()
        wire.close()
        return dict(zip(words[::2], map(int, words[1::2])))

    def until(self, want):
        """Asks until the counters are as wanted: there is no other sign of what is gone."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            last = self.counters()
            if last and want(last):     # none: over a cap for the moment
                return True
        print(last)
        return False

    def logged(self):
        self.log.seek(0)
        return self.log.read()

    def quit(self):
        try:
            self.child.stdin.write('quit\n')
            self.child.stdin.close()
        except BrokenPipeError:
            pass    # it was refused and has ended
        code = self.child.wait(30)
        check('req223', 'the server ends well', code == 0, f'{code} {self.logged()[-3000:]}')
        self.log.close()
        self.child.stdout.close()
