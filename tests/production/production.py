"""contrib/production, with real nginx and a real relay: production.py SALLYPORTD SALLYPORT PLUGINS SOURCE

The files are used as they are but for folders, ports and the relay's address. A customer signs in
over TLS, his second door comes through the relay; whose address is written down is his, whatever
he or a stranger says (attackC8, req234).
"""
import datetime
import email
import email.policy
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.parse

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / 'http')]
from browser import App, Browser, claims        # noqa: E402
from server import PATIENCE, Unix, free_port, until         # noqa: E402

DAEMON, CLI, PLUGINS, SOURCE = sys.argv[1:5]
FILES = pathlib.Path(SOURCE, 'contrib/production')
NGINX = shutil.which('nginx', path='/usr/sbin:/usr/bin')
HOST, PASSWORD, RELAY_PASSWORD = 'login.example.com', 'Canary-battery 7 staple', 'canary of the relay'
MFA = 'b4f1a2c3-5d7e-4f38-ad49-708192a3b401'
SHOP = '0a8f6a52-7c1e-4b39-9a57-1f20c3d4e501'
ANN = 'ann@woodgrove.example'


def swap(text, *pairs):
    """Each must be there: a file that has changed is not tested by accident."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def certificate(folder):
    """Its own authority, for the visitors' name and the relay's."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName('localhost')]), False)
            .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()))
    (folder / 'fullchain.pem').write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / 'privkey.pem').write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (folder / 'privkey.pem').chmod(0o600)


class Relay:
    """Takes mail over STARTTLS from whoever has the password."""

    def __init__(self, tls):
        self.mails = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / 'fullchain.pem', tls / 'privkey.pem')
        self.controller = Controller(self, hostname='127.0.0.1', port=free_port(), tls_context=context,
                                     require_starttls=True, auth_required=True,
                                     authenticator=self.authenticate)
        self.controller.start()

    @staticmethod
    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b'sallyport', RELAY_PASSWORD.encode()))

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos[0], envelope.mail_from, envelope.content))
        return '250 taken'

    def code(self, to):
        def there():
            for who, _, content in self.mails:
                text = email.message_from_bytes(content, policy=email.policy.default).get_body(('plain',)).get_content()
                found = re.search(r'^    (\d{6,10})\s*$', text, re.M)
                if who == to and found:
                    return found[1]
            return None
        return until(there, f'a code to {to}')


class Secure(Browser):
    """Over TLS, to nginx, which the name would lead to."""

    def __init__(self, site, source):
        super().__init__(f'https://{HOST}', source)
        self.site = site

    def twin(self, source=None):
        twin = Secure(self.site, source or self.source)
        twin.cookies = dict(self.cookies)
        return twin

    def connect(self):
        context = ssl.create_default_context(cafile=self.site.tls / 'fullchain.pem')
        made = http.client.HTTPSConnection(HOST, self.site.https, timeout=PATIENCE, context=context)
        made._create_connection = lambda address, timeout, _: socket.create_connection(
            ('127.0.0.1', address[1]), timeout, (self.source, 0))
        return made


class Site:
    """The folder, and the processes."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-production-'))
        self.state, self.etc, self.tls = (self.folder / part for part in ('state', 'etc', 'tls'))
        for part in (self.state, self.etc, self.tls, self.state / 'db', self.folder / 'log'):
            part.mkdir(mode=0o700)
        self.http, self.https, self.inner, self.ops = (free_port() for _ in range(4))
        self.processes = []
        certificate(self.tls)
        (self.etc / 'relay.password').write_text(RELAY_PASSWORD + '\n')
        (self.etc / 'relay.password').chmod(0o400)
        self.relay = Relay(self.tls)
        self.conf, self.nginx = self.etc / 'sallyport.yaml', self.folder / 'nginx.conf'
        self.conf.write_text(self.conf_text())
        self.nginx.write_text(self.nginx_text())

    def conf_text(self):
        return swap((FILES / 'sallyport.yaml').read_text(),
                    ('server:\n', f'server:\n  plugins: {PLUGINS}\n  pages: {SOURCE}/conf\n'),
                    ('/var/lib/sallyport', str(self.state)), ('/etc/sallyport', str(self.etc)),
                    ('127.0.0.1:8080', f'127.0.0.1:{self.inner}'), ('127.0.0.1:9464', f'127.0.0.1:{self.ops}'),
                    ('    host: smtp.example.com\n    port: 587\n',
                     f'    host: localhost\n    port: {self.relay.controller.port}\n'
                     f'    ca_file: {self.tls}/fullchain.pem\n'))

    def nginx_text(self):
        """Debian's nginx.conf, as far as it matters, around ours."""
        site = swap((FILES / 'nginx.conf').read_text(),
                    ('/etc/letsencrypt/live/login.example.com', str(self.tls)),
                    ('/var/log/nginx', str(self.folder / 'log')),
                    ('listen 80;', f'listen 127.0.0.1:{self.http};'), ('\tlisten [::]:80;\n', ''),
                    ('listen 443 ', f'listen 127.0.0.1:{self.https} '),
                    ('server 127.0.0.1:8080;', f'server 127.0.0.1:{self.inner};'))
        site = re.sub(r'\tlisten \[::\]:443 .*\n', '', site)
        paths = ''.join(f'\t{kind}_temp_path {self.folder}/log/{kind};\n'
                        for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
        user = 'user root;\n' if os.geteuid() == 0 else ''      # the folder is root's alone
        return (f'{user}daemon off;\nworker_processes 1;\npid {self.folder}/nginx.pid;\n'
                f'error_log {self.folder}/log/error.log;\nevents {{}}\nhttp {{\n{paths}{site}}}\n')

    def run(self, *command):
        answer = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=PATIENCE)
        assert answer.returncode == 0, (command, answer)
        return answer.stdout + answer.stderr

    def start(self):
        self.run(DAEMON, '--check-conf', '--conf', self.conf)
        self.run(NGINX, '-t', '-c', self.nginx, '-p', self.folder)
        for name, command in (('server', [DAEMON, '--conf', self.conf]),
                              ('nginx', [NGINX, '-c', self.nginx, '-p', self.folder])):
            with open(self.folder / f'{name}.log', 'wb') as log:
                self.processes.append(subprocess.Popen(command, stderr=log, stdin=subprocess.DEVNULL,
                                                       env={**os.environ, 'NOTIFY_SOCKET': ''}))
        until(self.ready, 'the server behind nginx')

    def ready(self):
        assert all(process.poll() is None for process in self.processes), self.log()
        try:
            return Browser(f'http://127.0.0.1:{self.ops}').send('GET', '/readyz').status == 200 and \
                socket.create_connection(('127.0.0.1', self.https)).close() is None
        except OSError:
            return False

    def log(self):
        return ''.join(path.read_text(errors='replace')[-3000:] for path in self.folder.glob('**/*.log'))

    def admin(self, method, path, body=None):
        connection = Unix(self.state / 'admin.sock')
        connection.request(method, '/v1.0' + path, json.dumps(body) if body else None,
                           {'Content-Type': 'application/json', 'Sallyport-Tenant': 'woodgrove'})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < 300, (path, text)
        return json.loads(text) if text else None

    def end(self):
        statuses = []
        for process in reversed(self.processes):
            process.terminate()
            statuses.append(process.wait(PATIENCE))
        self.relay.controller.stop()
        log = self.log()
        shutil.rmtree(self.folder)
        assert not any(statuses), (statuses, log)
        assert PASSWORD not in log and RELAY_PASSWORD not in log and 'Sanitizer' not in log, log


def seed(site):
    document = json.loads(pathlib.Path(SOURCE, 'conf/woodgrove.json').read_text())
    for policy in document['conditionalAccessPolicies']:
        policy['state'] = 'enabled' if policy['id'] == MFA else 'disabled'
    del document['tenant']['mailFrom']      # the conf file's
    for user in document['users']:
        user['passwordProfile'] = {'password': PASSWORD}
    path = site.folder / 'tenant.json'
    path.write_text(json.dumps(document))
    site.run(CLI, 'apply', '-f', path, '--yes', '--socket', site.state / 'admin.sock')


def doctor(site):
    """What is left to do is told: an address of example.com, and nothing else that is wrong."""
    answer = subprocess.run([CLI, 'doctor', '--conf', site.conf, '--json'], capture_output=True, text=True,
                            timeout=PATIENCE)
    told = json.loads(answer.stdout)['findings']
    wrong = [one['check'] for one in told if one['verdict'] == 'wrong']
    assert wrong == ['sender'], told
    fine = {one['check'] for one in told if one['verdict'] == 'ok'}
    assert {'server', 'key file', 'disk', 'plugins', 'proxies', 'relay', 'queue', 'doors'} <= fine, told


def sign_in(site):
    """Through both doors, over TLS; the spoofed address of the visitor himself is thrown away."""
    browser, app = Secure(site, '127.3.0.1'), App('woodgrove', SHOP, 'http://127.0.0.1:8090/callback')
    spoof = {'X-Forwarded-For': '203.0.113.9'}
    page = browser.get(app.path('authorize') + '?' + urllib.parse.urlencode(app.request()), **spoof)
    assert 'max-age' in page.header('Strict-Transport-Security', ''), page.headers
    assert '; secure' in page.header('Set-Cookie', '').lower(), page.headers
    form = page.form('password')
    page = browser.post(form.action, {**form.fields, 'do': 'password', 'email': ANN, 'password': PASSWORD}, **spoof)
    for _ in range(3):
        if page.status == 303:
            break
        do = next(name for name in ('send', 'code') if any(('do', name) in form.buttons for form in page.forms))
        page = browser.fill(page, do, **({'code': site.relay.code(ANN)} if do == 'code' else {}))
    tokens = app.redeem(browser, app.code(page)).json()
    assert claims(tokens['id_token'])['iss'].startswith(f'https://{HOST}/'), tokens
    assert [mail[1] for mail in site.relay.mails][:1] == ['sign-in@example.com'], site.relay.mails


def address(site):
    """The record's (its network: addresses are masked), which could have been another's."""
    records = site.admin('GET', '/auditLogs/signIns')['value']
    assert {one['ipAddress'] for one in records} == {'127.3.0.0/24'}, records
    # Straight at the listener, from where nobody is trusted.
    stranger = Browser(f'http://127.0.0.1:{site.inner}', '127.9.9.9')
    stranger.host = f'127.0.0.1:{site.inner}'
    app = App('woodgrove', SHOP, 'http://127.0.0.1:8090/callback')
    headers = {'Host': HOST, 'X-Forwarded-For': '203.0.113.9'}
    page = stranger.send('GET', app.path('authorize') + '?' + urllib.parse.urlencode(app.request()),
                         headers=headers)
    while page.status == 303:
        page = stranger.send('GET', page.location.replace(f'https://{HOST}', ''), headers=headers)
    form = page.form('password')
    stranger.post(form.action, {**form.fields, 'do': 'password', 'email': ANN, 'password': 'not the one'},
                  follow=False, **headers)
    records = until(lambda: [one for one in site.admin('GET', '/auditLogs/signIns')['value']
                             if one['ipAddress'] == '127.9.9.0/24'], "the stranger's record")
    assert len(records) == 1 and 'X-Forwarded-For from' in site.log(), site.log()
    everybody = {one['ipAddress'] for one in site.admin('GET', '/auditLogs/signIns')['value']}
    assert everybody == {'127.3.0.0/24', '127.9.9.0/24'}, everybody


def edges(site):
    """Old TLS, other names, too much, and what is nobody's business."""
    context = ssl.create_default_context(cafile=site.tls / 'fullchain.pem')
    context.options |= ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers('ALL:@SECLEVEL=0')
    for name, how in ((HOST, context), ('other.example', ssl.create_default_context())):
        with socket.create_connection(('127.0.0.1', site.https)) as raw:
            try:
                how.wrap_socket(raw, server_hostname=name)
                raise AssertionError(f'{name} was let in')
            except ssl.SSLError as error:
                assert 'CERTIFICATE_VERIFY' not in str(error), error
    browser = Secure(site, '127.3.0.2')
    assert browser.send('POST', '/woodgrove/flow', 'x' * 40000).status == 413
    for path in ('/v1.0/users', '/metrics', '/readyz', '/admin/'):
        assert browser.send('GET', path).status == 404, path
    page = Browser(f'http://127.0.0.1:{site.http}').send('GET', '/woodgrove?x=1', headers={'Host': HOST})
    assert (page.status, page.location) == (308, f'https://{HOST}/woodgrove?x=1'), page
    lines = (site.folder / 'log/sallyport.log').read_text()
    assert 'authorize' in lines and 'client_id' not in lines and ANN not in lines, lines


if NGINX is None:
    sys.exit('nginx is missing: contrib/packages.txt, [test]')
site = Site()
try:
    site.start()
    for test in (seed, doctor, sign_in, address, edges):
        test(site)
        print(test.__name__, 'fine', flush=True)
except BaseException:
    print(site.log())
    raise
finally:
    site.end()
