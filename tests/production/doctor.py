"""sallyport doctor: doctor.py SALLYPORTD SALLYPORT PLUGINS SOURCE

Each thing that it looks at is broken once, and told; what is fine is called so; no secret is shown
and nothing is changed.
"""
import datetime
import http.client
import json
import os
import pathlib
import pwd
import socket
import subprocess
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from server import Server, free_port, open_to_all     # noqa: E402

DAEMON, CLI, PLUGINS, SOURCE = sys.argv[1:5]
MFA = 'b4f1a2c3-5d7e-4f38-ad49-708192a3b401'
CANARY = 'canary-of-the-relay'


def doctor(conf, *args, env=()):
    """(exit status, [(check, verdict, text, advice)])"""
    answer = subprocess.run([CLI, 'doctor', '--conf', conf, '--json', *args], capture_output=True,
                            text=True, timeout=120, env={**os.environ, **dict(env)})
    assert CANARY not in answer.stdout + answer.stderr
    assert not answer.stderr, answer.stderr
    told = json.loads(answer.stdout)
    findings = [(one['check'], one['verdict'], one['text'], one.get('advice'))
                for one in told['findings']]
    assert told['wrong'] == sum(one[1] == 'wrong' for one in findings)
    assert answer.returncode == (told['wrong'] > 0), (answer.returncode, findings)
    for check, verdict, text, advice in findings:
        assert verdict in ('ok', 'warning', 'wrong', 'not checked'), verdict
        assert '\n' not in text + (advice or '')
    return answer.returncode, findings


def has(findings, check, verdict, word):
    found = [one for one in findings if one[0] == check and one[1] == verdict and word in one[2]]
    assert found, (check, verdict, word, findings)
    return found[0]


def pem(folder, name, days, *, begin=-1):
    """A certificate for that name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=min(begin, days - 1)))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .sign(key, hashes.SHA256()))
    (folder / 'cert.pem').write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / 'cert.key').write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (folder / 'cert.key').chmod(0o600)


def snapshot(folder):
    return {str(path): (path.stat().st_mode, path.read_bytes() if path.suffix in ('.yaml', '.key') else b'')
            for path in folder.rglob('*')}


def changed(server, *pairs):
    """Another conf file beside the server's: each pair is replaced."""
    text = server.conf.read_text()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = server.folder / 'other.yaml'
    path.write_text(text)
    return path


def healthy(server):
    document = json.loads(pathlib.Path(SOURCE, 'conf/woodgrove.json').read_text())
    document['tenant']['mailFrom'] = 'sign-in@woodgrove.example'
    for policy in document['conditionalAccessPolicies']:
        policy['state'] = 'enabled' if policy['id'] == MFA else 'disabled'
    assert server.admin('POST', '/v1.0/apply', document)[0] == 200
    before = snapshot(server.folder)
    status, findings = doctor(server.conf)
    assert status == 0, findings
    has(findings, 'conf', 'ok', 'fine')
    has(findings, 'server', 'ok', 'ready')
    has(findings, 'clock', 'ok', "the server's time is this machine's")
    assert 'copy' in has(findings, 'key file', 'ok', 'server.key')[3]
    has(findings, 'disk', 'ok', 'plugin.main')
    has(findings, 'plugins', 'warning', 'passcodes')
    has(findings, 'queue', 'ok', '0 mails')
    has(findings, 'doors', 'ok', 'policy asks for a second door')
    assert 'phishing' in has(findings, 'doors', 'ok', 'the only second door')[3]      # req150
    same = {path: what for path, what in snapshot(server.folder).items() if '/db/' not in path}
    assert same == {path: what for path, what in before.items() if '/db/' not in path}
    print('healthy fine')


def broken_conf(server):
    _, findings = doctor(changed(server, ('workers: 2', 'workers: many')))
    has(findings, 'conf', 'wrong', ":6:12: server.workers: cannot be 'many'")
    has(findings, 'disk', 'not checked', 'conf file')
    _, findings = doctor(server.folder / 'nowhere.yaml')
    has(findings, 'conf', 'wrong', 'No such file')
    print('broken_conf fine')


def relay(server):
    password = server.folder / 'password'
    password.write_text(CANARY)
    password.chmod(0o600)
    with socket.create_server(('127.0.0.1', 0)) as listener:
        port = listener.getsockname()[1]
        part = (f'spool: {{ file: spool.so, folder: {server.spool} }}',
                f'spool: {{ file: smtp.so, host: 127.0.0.1, port: {port}, username: u, '
                f'password_file: {password} }}')
        _, findings = doctor(changed(server, part))
        has(findings, 'relay', 'ok', f'127.0.0.1:{port} answers')
        has(findings, 'sender', 'warning', 'woodgrove sends as sign-in@woodgrove.example')
        has(findings, 'plugins', 'ok', 'mail alone')
    _, findings = doctor(changed(server, part))
    has(findings, 'relay', 'wrong', 'Connection refused')
    _, findings = doctor(changed(server, (part[0], part[1].replace(
        'username: u', 'tls: opportunistic').replace(f', password_file: {password}', ''))))
    has(findings, 'relay', 'warning', 'unencrypted')
    print('relay fine')


def certificates(server):
    name = 'login.woodgrove.example'
    part = ('surfaces: [pages, oidc, native] }', f'base_url: "https://{name}", tls_certificate: '
            f'{server.folder}/cert.pem, tls_key: {server.folder}/cert.key, surfaces: [pages, oidc] }}')
    rows = [(name, 60, 'ok', 'good until'), (name, 5, 'warning', 'good until'),
            (name, -1, 'wrong', 'expired on'), ('other.example', 60, 'wrong', f'is not for {name}')]
    for subject, days, verdict, word in rows:
        pem(server.folder, subject, days)
        _, findings = doctor(changed(server, part))
        has(findings, 'certificates', verdict, word)
    (server.folder / 'cert.pem').write_text('no certificate')
    _, findings = doctor(changed(server, part))
    has(findings, 'certificates', 'wrong', 'no certificate that can be read')
    print('certificates fine')


def proxies(server):
    part = ('surfaces: [pages, oidc, native] }',
            'base_url: "https://login.woodgrove.example", surfaces: [pages, oidc] }')
    (server.state / 'demo.json').write_text('{}')
    status, findings = doctor(changed(server, part))
    assert status == 1, findings        # codes in files, where others come in
    has(findings, 'proxies', 'warning', 'nobody trusts')
    has(findings, 'plugins', 'wrong', 'passcodes')
    has(findings, 'demo', 'wrong', 'demo accounts')
    _, findings = doctor(changed(server, part, ('workers: 2', 'trusted_proxies: [127.0.0.1]')))
    has(findings, 'proxies', 'ok', 'whose word is taken')
    (server.state / 'demo.json').unlink()
    print('proxies fine')


def key_file(server):
    key = server.state / 'keys/server.key'
    key.chmod(0o640)
    _, findings = doctor(server.conf)
    has(findings, 'key file', 'wrong', 'mode 0640')
    key.chmod(0o600)
    kept = key.rename(key.with_suffix('.kept'))
    _, findings = doctor(server.conf)
    has(findings, 'key file', 'wrong', 'No such file')
    kept.rename(key)
    print('key_file fine')


def clock(server):
    """The server of this part has a clock to move: it is seen."""
    assert server.admin('POST', '/v1.0/clock', {'advance': 3600000})[0] < 300
    _, findings = doctor(server.conf)
    has(findings, 'clock', 'wrong', ' s ahead of')
    print('clock fine')


def stopped(server):
    server.stop()
    status, findings = doctor(server.conf)
    has(findings, 'server', 'wrong', 'no server answers')
    has(findings, 'queue', 'not checked', 'a server that runs')
    assert status == 1
    print('stopped fine')


def as_root(server):
    """Root's rights would hide what the server cannot read."""
    if os.geteuid() != 0 or not open_to_all(DAEMON):
        print('as_root skipped: there is nobody else here who could run the server')
        return
    nobody = pwd.getpwnam('nobody')
    server.folder.chmod(0o755)
    os.chown(server.state, nobody.pw_uid, nobody.pw_gid)
    server.conf.chmod(0o600)
    # A process that has given up rights cannot be looked at for leaks.
    _, findings = doctor(server.conf, env={'ASAN_OPTIONS': 'detect_leaks=0'}.items())
    has(findings, 'user', 'ok', 'looking as nobody')
    has(findings, 'conf', 'wrong', 'Permission denied')
    print('as_root fine')


def plain(server):
    """For people: a line each."""
    answer = subprocess.run([CLI, 'doctor', '--conf', server.conf], capture_output=True, text=True,
                            timeout=120, env={**os.environ, 'ASAN_OPTIONS': 'detect_leaks=0'})
    lines = answer.stdout.splitlines()
    assert lines[-2:-1] == [''] and lines[-1].endswith('to look at'), lines
    assert all(line.startswith(('ok ', 'warning ', 'wrong ', 'not checked ')) for line in lines[:-2]), lines
    print('plain fine')


with Server(DAEMON, PLUGINS, SOURCE, store='lmdb', keys=('test_clock: yes',)) as sick:
    for test in (healthy, broken_conf, relay, certificates, proxies, key_file, plain, clock, stopped, as_root):
        test(sick)
