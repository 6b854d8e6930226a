"""The real server, for tests: started on free ports with a folder of its own.

    with Server(SALLYPORTD, PLUGINS, SOURCE) as server:
        server.admin('POST', '/v1.0/apply', document)
        browser.open(server.url)
        code = server.mail_to('ann@example.com').code

Records and customers are kept by the memory plugin, or with store='lmdb' by lmdb, which lives on
when the server is stopped, killed and started again. Mail goes to the spool. `url` serves pages,
oidc and native, `private` admin and ops.
"""
import email
import email.policy
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

PATIENCE = 60       # seconds: the machine may be busy, a hang must still end


def open_to_all(path):
    """May everybody come to this file? A build below /root is root's alone."""
    path = pathlib.Path(path).resolve()
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)


given = set()


def free_port():
    """Never the same twice, and none that the kernel gives to a socket that asks for any: tests run side by side."""
    while True:
        port = random.SystemRandom().randrange(10000, 32000)
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(('127.0.0.1', port))
            except OSError:
                continue
        if port not in given:
            given.add(port)
            return port


def until(what, tell='it'):
    """The first true answer of what()."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f'{tell} did not come within {PATIENCE} s')
        time.sleep(0.01)


class Unix(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__('localhost', timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Mail:
    """A message of the spool."""

    def __init__(self, path):
        self.message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        self.to = self.message['To']
        self.subject = self.message['Subject']
        self.text = self.message.get_body(('plain',)).get_content()
        self.html = self.message.get_body(('html',)).get_content()
        code = re.search(r'^    (\d{6,10})\s*$', self.text, re.M)
        self.code = code and code[1]


class Server:
    """`keys` are lines of the conf file's section `server`; `bench` allows cheap hashes."""

    def __init__(self, binary, plugins, source, *, store='memory', keys=(), bench=False, more=''):
        self.binary, self.options = binary, ('--bench',) * bench
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-test-'))
        self.state, self.spool = self.folder / 'state', self.folder / 'spool'
        for part in ('state', 'spool', 'db'):
            (self.folder / part).mkdir(mode=0o700)
        self.socket = self.state / 'admin.sock'
        port, private = free_port(), free_port()
        self.url, self.private = f'http://127.0.0.1:{port}', f'http://127.0.0.1:{private}'
        main = 'file: memory.so' if store == 'memory' else f'file: lmdb.so, path: {self.folder}/db'
        lines = ''.join(f'  {key}\n' for key in keys)
        self.conf = self.folder / 'sallyport.yaml'
        self.conf.write_text(f'''server:
  state: {self.state}
  plugins: {plugins}
  pages: {source}/conf
  mail: [spool]
  workers: 2
{lines}listen:
  public: {{ address: "127.0.0.1:{port}", surfaces: [pages, oidc, native] }}
  private: {{ address: "127.0.0.1:{private}", surfaces: [admin, ops] }}
plugin:
  main: {{ {main} }}
  ca: {{ file: conditional-access.so }}
  spool: {{ file: spool.so, folder: {self.spool} }}
{more}''')
        self.log = self.folder / 'log'
        self.process = self.connection = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, error, trace):
        if error is not None and self.log.exists():
            print(''.join(self.log.read_text(errors='replace').splitlines(True)[-30:]))
        self.kill()
        shutil.rmtree(self.folder)

    def start(self):
        arguments = [self.binary, '--conf', self.conf, *self.options]
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(arguments, stderr=log, stdin=subprocess.DEVNULL,
                                            env={**os.environ, 'NOTIFY_SOCKET': ''})
        until(self.ready, 'the server')

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError('the server did not start:\n' + self.log.read_text())
        try:
            with urllib.request.urlopen(self.private + '/readyz', timeout=PATIENCE) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self, signum=signal.SIGTERM):
        """Its exit status."""
        self.disconnect()
        self.process.send_signal(signum)
        return self.process.wait(PATIENCE)

    def kill(self):
        self.disconnect()
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def disconnect(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def admin(self, method, path, body=None, tenant=None):
        """Over the operator's socket: (status, answer or None)."""
        headers = {'Content-Type': 'application/json'} if body is not None else {}
        if tenant is not None:
            headers['Sallyport-Tenant'] = tenant
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        if self.connection is None:
            self.connection = Unix(self.socket)
        self.connection.request(method, path, text, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def mails(self, address=None):
        """Oldest first, of all or of one address."""
        mails = [Mail(path) for path in sorted(self.spool.glob('*.eml'))]
        return [mail for mail in mails if address in (None, mail.to)]

    def mail_to(self, address, before=0):
        """The newest to this address, once there are more than `before`."""
        return until(lambda: self.mails(address)[before:], f'a mail to {address}')[-1]
