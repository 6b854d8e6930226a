"""The smtp plugin against real servers: smtp.py SEND PLUGINS

Each case starts a server on loopback, sends through the real plugin with the program SEND,
and looks at how each message ended and at what arrived.
"""
import contextlib
import logging
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from server import free_port     # noqa: E402

SEND, PLUGINS = sys.argv[1:3]
work = pathlib.Path(tempfile.mkdtemp())


def openssl(*words):
    subprocess.run(['openssl', *words], check=True, capture_output=True)


def make_ca(name):
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
            '-subj', f'/CN={name}', '-keyout', f'{work}/{name}.key', '-out', f'{work}/{name}.pem')


def make_cert(name, ca, san):
    (work / 'ext').write_text(f'subjectAltName={san}\n')
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=relay',
            '-keyout', f'{work}/{name}.key', '-out', f'{work}/{name}.csr')
    openssl('x509', '-req', '-in', f'{work}/{name}.csr', '-CA', f'{work}/{ca}.pem', '-CAkey', f'{work}/{ca}.key',
            '-CAcreateserial', '-days', '2', '-extfile', f'{work}/ext', '-out', f'{work}/{name}.crt')


def tls(name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)       # offers TLS 1.3, with tickets
    context.load_cert_chain(f'{work}/{name}.crt', f'{work}/{name}.key')
    assert context.maximum_version == ssl.TLSVersion.MAXIMUM_SUPPORTED
    return context


class Sink:
    """Takes mail, and refuses whom it is told to refuse."""

    def __init__(self):
        self.mails, self.sessions, self.versions, self.logins = [], set(), set(), []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('gone'):
            return '550 5.1.1 no such mailbox'
        if address.startswith('busy'):
            return '450 4.2.0 try again later'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith('spam'):
            return '554 5.7.1 we do not like it'
        self.mails.append(envelope)
        self.sessions.add(session.peer)
        if session.ssl:
            self.versions.add(session.ssl['cipher'][1])
        return '250 OK'

    def authenticate(self, server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and data == LoginPassword(b'shop', b's3cret')
        self.logins.append(data)
        return AuthResult(success=good, handled=False)


@contextlib.contextmanager
def sink(cert=None, auth=False):
    handler, port = Sink(), free_port()
    words = {}
    if cert:
        words.update(tls_context=tls(cert), require_starttls=True)
    if auth:
        words.update(authenticator=handler.authenticate, auth_required=True)
    server = Controller(handler, hostname='127.0.0.1', port=port, **words)
    server.start()
    try:
        yield handler, port
    finally:
        server.stop()


@contextlib.contextmanager
def raw(script):
    """A server that runs `script(connection, file)` for each connection."""
    listener = socket.create_server(('127.0.0.1', 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, connection.makefile('rwb') as file, contextlib.suppress(OSError):
                script(connection, file)
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(20)


def talk_until_data(file):
    """Speaks SMTP up to 354 and reads the text, if the client comes that far."""
    file.write(b'220 hello\r\n')
    file.flush()
    while line := file.readline():
        verb = line[:4].upper()
        file.write(b'354 go on\r\n' if verb == b'DATA' else b'250 fine\r\n')
        file.flush()
        if verb == b'DATA':
            while (text := file.readline()) and text != b'.\r\n':
                pass
            return bool(text)
    return False


logging.disable(logging.CRITICAL)       # of the servers: refused handshakes are what we want
environment = dict(os.environ)


def send(port, *recipients, host='127.0.0.1', **keys):
    words = ['host', host, 'port', str(port), 'timeout', '2s']
    for name, value in keys.items():
        words += [name, str(value)]
    return subprocess.run([SEND, PLUGINS, 'smtp.so', *words, '--', *recipients], capture_output=True, text=True,
                          env=environment, timeout=60)


def ends(run, *statuses):
    assert run.returncode == 0 and run.stdout.split() == list(statuses), (run, statuses)


def password(text='s3cret\n'):
    path = work / 'password'
    path.write_text(text)
    path.chmod(0o600)
    return path


def secure(**keys):
    return {'ca_file': work / 'ca.pem', **keys}


def test_tls_and_auth():
    with sink('good', auth=True) as (seen, port):
        run = send(port, 'ann@x.example', **secure(username='shop', password_file=password()))
        ends(run, 'OK')
        assert len(seen.mails) == 1 and seen.logins
        assert seen.versions == {'TLSv1.2'}, seen.versions      # the mend for TLS 1.3
        mail = seen.mails[0]
        assert mail.mail_from == 'shop@shop.example' and mail.rcpt_tos == ['ann@x.example']
        head, body = mail.content.split(b'\r\n\r\n', 1)
        assert body == b'.\r\n..two\r\nbare\r\nlf\r\ncr\r\nlast\r\n', body
        lines = head.split(b'\r\n')
        assert b'Subject: number 0' in lines and b'  folded' in lines
        assert b'From: =?utf-8?q?Sh=C3=B6p?= <shop@shop.example>' in lines
        assert sum(line.lower().startswith(b'message-id:') for line in lines) == 1
        assert len(lines) == 9, lines
        assert 's3cret' not in run.stderr


def test_wrong_password_sends_nothing():
    with sink('good', auth=True) as (seen, port):
        ends(send(port, 'ann@x.example', **secure(username='shop', password_file=password('no'))), 'UNAVAILABLE')
        assert not seen.mails


def test_each_message_of_a_session_ends_for_itself():
    with sink('good') as (seen, port):
        ends(send(port, 'a@x.example', 'gone@x.example', 'b@x.example', 'busy@x.example', 'spam@x.example',
                  'c@x.example', **secure()),
             'OK', 'REJECTED', 'OK', 'UNAVAILABLE', 'UNAVAILABLE', 'OK')
        assert [mail.rcpt_tos for mail in seen.mails] == [['a@x.example'], ['b@x.example'], ['c@x.example']]


def test_many_share_sessions():
    with sink('good') as (seen, port):
        ends(send(port, *(f'u{i}@x.example' for i in range(45)), **secure()), *['OK'] * 45)
        assert len(seen.mails) == 45 and len(seen.sessions) < 10, len(seen.sessions)
    with sink('good') as (seen, port):
        ends(send(port, *(f'u{i}@x.example' for i in range(60)), **secure(lanes=4)), *['OK'] * 60)
        assert sorted(int(mail.rcpt_tos[0][1:].split('@')[0]) for mail in seen.mails) == list(range(60))


def test_certificates():
    with sink('good') as (seen, port):
        ends(send(port, 'a@x.example', host='localhost', **secure()), 'OK')
        run = send(port, 'a@x.example', ca_file=work / 'other.pem')
        ends(run, 'UNAVAILABLE')
        assert 'unable to get local issuer certificate' in run.stderr, run.stderr
        assert len(seen.mails) == 1
    with sink('misnamed', auth=True) as (seen, port):
        for tls_key in 'required', 'opportunistic':
            run = send(port, 'a@x.example', **secure(tls=tls_key))
            ends(run, 'UNAVAILABLE')
            assert 'mismatch' in run.stderr, run.stderr
        ends(send(port, 'a@x.example', host='localhost',
                  **secure(username='shop', password_file=password())), 'UNAVAILABLE')
        assert not seen.mails and not seen.logins


def test_no_starttls():
    with sink() as (seen, port):
        run = send(port, 'a@x.example', **secure())
        ends(run, 'UNAVAILABLE')
        assert 'STARTTLS is not offered' in run.stderr and not seen.mails
        ends(send(port, 'a@x.example', **secure(tls='opportunistic')), 'OK')
        ends(send(port, 'a@x.example', tls='off'), 'OK')
        assert len(seen.mails) == 2 and not seen.versions


def test_dead_and_mute():
    ends(send(free_port(), 'a@x.example', 'b@x.example'), 'UNAVAILABLE', 'UNAVAILABLE')
    with raw(lambda connection, file: connection.recv(100)) as port:     # never says a word
        began = time.monotonic()
        ends(send(port, 'a@x.example'), 'UNAVAILABLE')
        assert time.monotonic() - began < 8
    with raw(lambda connection, file: None) as port:                     # hangs up at once
        ends(send(port, 'a@x.example'), 'UNAVAILABLE')
    ends(send(25, 'a@x.example', host='nobody.invalid'), 'UNAVAILABLE')


def test_after_data_nobody_knows():
    with raw(lambda connection, file: talk_until_data(file)) as port:    # then hangs up
        ends(send(port, 'a@x.example', tls='off'), 'UNKNOWN')

    def mute(connection, file):
        talk_until_data(file)
        connection.recv(100)
    with raw(mute) as port:
        ends(send(port, 'a@x.example', tls='off'), 'UNKNOWN')


def test_client_certificates_of_the_home_are_left_alone():
    for folder in '.config/libesmtp/private', '.authenticate/127.0.0.1/private':
        place = work / 'home' / folder
        place.mkdir(parents=True)
        for name in '127.0.0.1.pem', 'smtp-starttls.pem':
            (place / name).write_text('not a certificate')
            (place / name).chmod(0o600)
    environment['HOME'] = str(work / 'home')
    with sink('good') as (seen, port):
        ends(send(port, 'a@x.example', **secure()), 'OK')
    environment['HOME'] = os.environ.get('HOME', '/')


def test_conf_is_refused_in_words():
    for says, keys in ((': must be required', dict(tls='off', username='u', password_file=password())),
                       (': must be required', dict(tls='opportunistic', username='u', password_file=password())),
                       ('go together', dict(username='u')),
                       ('No such file', dict(ca_file='/nonexistent/ca.pem')),
                       ('use a name', dict(host='::1')),
                       ('neither a name nor', dict(host='a:25'))):
        run = send(25, 'a@x.example', **keys)
        assert run.returncode != 0 and says in run.stderr, (says, run)


make_ca('ca')
make_ca('other')
make_cert('good', 'ca', 'DNS:localhost,IP:127.0.0.1')
make_cert('misnamed', 'ca', 'DNS:elsewhere.example')
try:
    for name, test in list(globals().items()):
        if name.startswith('test_') and (len(sys.argv) < 4 or sys.argv[3] == name):
            began = time.monotonic()
            test()
            print(f'{name}: {time.monotonic() - began:.1f} s', flush=True)
finally:
    subprocess.run(['rm', '-r', str(work)], check=False)
