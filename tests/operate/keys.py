"""The key file in a safe and back, and keys that take turns (SEMANTICS 8, req12, req243)."""
import hashlib
import os
import pty
import select
import shutil
import stat
import time

from operate import SALLYPORT, Browser, backup, claims, restore, run, tool
from world import BINARY, PASSWORD, PATIENCE, PLUGINS, SOURCE, Server, World, main, named, same

tests = []
test = named(tests)
world = World()
KEY = world.state / 'keys/server.key'
ADDRESS, _ = world.customer('kept@example.com')
PASSPHRASE = 'five words that nobody knows'
COPY = world.folder / 'copy'
ID = hashlib.sha256(KEY.read_bytes()).hexdigest()[:16]
world.canaries.add(PASSPHRASE)


def keys(what, path, conf=None, passphrase=PASSPHRASE, **more):
    return run(SALLYPORT, 'keys', what, path, '--conf', conf or world.conf, '--passphrase-file', '-',
               given=passphrase + '\n', **more)


class Elsewhere:
    def __enter__(self):
        self.server = Server(BINARY, PLUGINS, SOURCE, store='lmdb', keys=('test_clock: yes',))
        return self.server

    def __exit__(self, *_):
        self.server.kill()
        shutil.rmtree(self.server.folder)


@test('SEMANTICS 8', 'a copy is sealed, its owner\'s alone, replaces nothing and names the key')
def export():
    told = keys('export', COPY)
    assert ID in told and 'apart from the backups' in told, told
    same(stat.S_IMODE(COPY.stat().st_mode), 0o600)
    text = COPY.read_bytes()
    assert KEY.read_bytes() not in text and KEY.read_bytes().hex().encode() not in text
    assert f'"keyFile":"{ID}"'.encode() in text and PASSPHRASE.encode() not in text, text
    assert 'is there already' in keys('export', COPY, expect=1)
    same(COPY.read_bytes(), text)
    assert 'too short' in keys('export', world.folder / 'other', passphrase='short', expect=2)
    assert 'No such file' in keys('export', world.folder / 'other', conf='/nowhere', expect=2)
    assert not (world.folder / 'other').exists()


@test('SEMANTICS 8', 'the copy opens a backup on another machine; a wrong passphrase and damage are told apart')
def back():
    path = world.folder / 'backup'
    backup(world, path)
    with Elsewhere() as other:
        assert ID in restore(other, path, expect=1)
        assert 'passphrase is wrong' in keys('import', COPY, other.conf, 'another passphrase', expect=1)
        data, bad = COPY.read_bytes(), world.folder / 'bad'
        for place in range(0, len(data) - 1, 7):
            changed = bytearray(data)
            changed[place] ^= 1
            bad.write_bytes(changed)
            told = keys('import', bad, other.conf, expect=1)
            assert 'damaged' in told or 'no copy' in told, (place, told)
        bad.unlink()
        assert not (other.state / 'keys/server.key').exists()
        assert ID in keys('import', COPY, other.conf)
        same(stat.S_IMODE((other.state / 'keys/server.key').stat().st_mode), 0o600)
        same((other.state / 'keys/server.key').read_bytes(), KEY.read_bytes())
        assert 'in its place already' in keys('import', COPY, other.conf)
        restore(other, path)
        (other.state / 'keys/server.key').write_bytes(os.urandom(32))
        before = (other.state / 'keys/server.key').read_bytes()
        assert 'is another one' in keys('import', COPY, other.conf, expect=1)
        same((other.state / 'keys/server.key').read_bytes(), before)


@test('SEMANTICS 8', "root's copy of another user's key file, and back into that user's folder")
def as_root():
    if os.geteuid() != 0:
        return 'only root can become somebody'
    with Elsewhere() as other:
        other.folder.chmod(0o711)
        os.chown(other.state, 65534, 65534)
        keys('import', COPY, other.conf)
        made = other.state / 'keys/server.key'
        same({made.stat().st_uid, made.parent.stat().st_uid}, {65534})
        keys('export', other.folder / 'again', other.conf)
        same((other.folder / 'again').stat().st_uid, 0)


@test('SEMANTICS 8', 'at a terminal the passphrase is asked for twice, and never shown')
def terminal():
    def ask(*typed):
        child, fd = pty.fork()
        if child == 0:
            os.execv(SALLYPORT, [SALLYPORT, 'keys', 'export', str(world.folder / 'typed'), '--conf', str(world.conf)])
        told, end = b'', time.monotonic() + PATIENCE
        for number, line in enumerate(typed):
            while told.count(b': ') <= number:
                assert select.select([fd], [], [], PATIENCE)[0] and time.monotonic() < end, told
                told += os.read(fd, 4096)
            os.write(fd, line + b'\n')
        while True:
            try:
                more = os.read(fd, 4096)
            except OSError:
                break
            if not more:
                break
            told += more
        os.close(fd)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told
    status, told = ask(PASSPHRASE.encode(), b'another one of these')
    assert status == 2 and b'two different' in told, told
    status, told = ask(PASSPHRASE.encode(), PASSPHRASE.encode())
    assert status == 0 and PASSPHRASE.encode() not in told, told
    with Elsewhere() as other:
        assert ID in keys('import', world.folder / 'typed', other.conf)


@test('SEMANTICS 5', 'init makes all that a server starts from, its owner\'s alone, and replaces nothing')
def init():
    folder = world.folder / 'made'
    told = run(SALLYPORT, 'init', folder, 'https://login.example.com')
    key = (folder / 'state/keys/server.key').read_bytes()
    assert hashlib.sha256(key).hexdigest()[:16] in told and 'Next:' in told, told
    for part, mode in (('state', 0o700), ('state/db', 0o700), ('state/keys', 0o700), ('relay.password', 0o600),
                       ('state/keys/server.key', 0o600), ('sallyport.yaml', 0o644)):
        same(stat.S_IMODE((folder / part).stat().st_mode), mode, part)
    conf = folder / 'sallyport.yaml'
    text = conf.read_text()
    for words, status in ((('login.example.com',), 2), (('https://a b',), 2), (('https://login.example.com',), 1)):
        told = run(SALLYPORT, 'init', folder, *words, expect=status)
        assert 'is wanted' in told if status == 2 else 'is there already' in told, told
    same((conf.read_text(), (folder / 'state/keys/server.key').read_bytes()), (text, key))
    conf.write_text(text.replace('server:\n', f'server:\n  plugins: {PLUGINS}\n  pages: {SOURCE}/conf\n'))
    told = run(BINARY, '--check-conf', '--conf', conf, expect=2)
    assert 'relay.password: is empty' in told and told.count('\n') == 1, told
    (folder / 'relay.password').write_text('canary of the relay')
    assert 'fine' in run(BINARY, '--check-conf', '--conf', conf)


def key_ids():
    page = Browser(world.base).send('GET', '/woodgrove/discovery/v2.0/keys')
    return {key['kid'] for key in page.json()['keys']}


@test('req12', 'keys rotate publishes a new key before it signs, and the old one goes on being published')
def rotate():
    browser, app, page = world.sign_in(ADDRESS)
    token = app.redeem(browser, app.code(page)).json()['access_token']
    before = key_ids()
    assert 'New signing keys are published' in tool(world, 'keys', 'rotate', '--tenant', 'woodgrove')
    after = key_ids()
    assert before < after, (before, after)
    same(app.userinfo(browser, token).status, 200)
    world.advance(25 * 3600 * 1000)
    browser, app, page = world.sign_in(ADDRESS, password=PASSWORD)
    tokens = app.redeem(browser, app.code(page)).json()
    same(app.userinfo(browser, tokens['access_token']).status, 200)
    assert claims(tokens['id_token']), tokens
    assert before <= key_ids()


main(tests, [('keys', world)])
