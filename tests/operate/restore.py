"""What a backup brings back, what it must not, and what is refused before anything is written (2.5, req245)."""
import hashlib
import os
import pathlib
import random
import shutil
import signal
import subprocess

from operate import CROWD, Browser, backup, empty, people, restore, run
from server import open_to_all
from world import BINARY, PASSWORD, PLUGINS, SOURCE, WOODGROVE, Server, World, main, named, same, until

tests = []
test = named(tests)
world = World()
KEY = world.state / 'keys/server.key'
ADDRESS, USER = world.customer('kept@example.com')
FILE = world.folder / 'backup'


def lives(browser, app, token):
    return app.begin(browser).status == 303, app.userinfo(browser, token).status == 200


def store_of(server=world):
    return b''.join(path.read_bytes() for path in sorted((server.folder / 'db').glob('data*')))


def refused(path, *words, more=(), **how):
    """The store is what it was, and the words are told."""
    before = hashlib.sha256(store_of()).hexdigest()
    told = restore(world, path, *more, expect=1, **how)
    for word in words:
        assert word in told, (word, told)
    same(hashlib.sha256(store_of()).hexdigest(), before)
    return told


@test('SEMANTICS 2.5 req245', 'customers, passwords and settings come back; nothing that was spent, sealed or signed in does')
def epoch():
    world.must('PATCH', '/groups/' + world.must('GET', '/groups')['value'][0]['id'], {'description': 'kept'})
    signed, app, page = world.sign_in(ADDRESS)
    spent = app.code(page)
    token = app.redeem(signed, spent).json()['access_token']
    unspent = world.app()
    unspent_code = unspent.code(unspent.begin(signed))
    same(lives(signed, app, token), (True, True))
    form_browser, form_app = world.browser(), world.app()
    form = form_app.begin(form_browser)                     # a sealed journey, in a form
    world.mfa()
    half, half_app, half_page = world.sign_in(ADDRESS)      # a journey and a challenge, on record
    passcode = world.code(ADDRESS)
    before = people(world)
    bearer = world.must('POST', '/apiTokens', {'roleDefinitionId': 'global-reader', 'directoryScopeId': '/'}, tenant=None)

    def program():
        return Browser(world.private).send('GET', '/v1.0/tenants', headers={'Authorization': 'Bearer ' + bearer['secretText']}).status
    same(program(), 200)
    backup(world, FILE)
    world.must('DELETE', '/users/' + USER)
    world.must('DELETE', '/apiTokens/' + bearer['id'], tenant=None)
    world.customer('later@example.com')
    world.stop()
    refused(FILE, "isn't empty", '--replace')
    told = restore(world, FILE, '--replace')
    assert f'{len(before)} customers' in told and 'Everybody signs in again' in told, told
    world.start()
    same(people(world), before)
    same(world.must('GET', '/groups')['value'][0]['description'], 'kept')
    same(lives(signed, app, token), (False, False))
    same(program(), 401)                                    # it was revoked, and stays so
    for code in (spent, unspent_code):
        same((app if code is spent else unspent).redeem(signed, code).json().get('error'), 'invalid_grant')
    same(half.fill(half_page, 'code', code=passcode).status, 400)
    old = form_browser.fill(form, 'password', email=ADDRESS, password=PASSWORD)
    assert old.status != 303 and not world.codes(ADDRESS)[1:], old
    same(world.admin('GET', '/v1.0/mail/queue')[1]['value'], [])
    world.mfa(False)
    same(world.sign_in(ADDRESS)[2].status, 303)
    same(world.sign_in('later@example.com')[2].status, 400)


@test('SEMANTICS 2.5', 'what was sealed between two restores of one backup is void after the second')
def twice():
    signed, app, page = world.sign_in(ADDRESS)
    code = app.code(page)
    world.stop()
    restore(world, FILE, '--replace')
    world.start()
    world.mfa(False)
    same(app.redeem(signed, code).json().get('error'), 'invalid_grant')
    same(app.begin(signed).status, 200)
    same(world.sign_in(ADDRESS)[2].status, 303)


@test('DESIGN 5', 'while a server runs nothing is restored')
def running():
    told = restore(world, FILE, '--replace', expect=1)
    assert 'a server answers at' in told and 'stop it first' in told, told
    same(world.sign_in(ADDRESS)[2].status, 303)


@test('req245', 'cut anywhere, longer, a byte changed anywhere, no backup at all: refused before anything is written')
def damaged():
    data, bad = FILE.read_bytes(), world.folder / 'bad'
    chance = random.Random(7)
    world.stop()
    places = [0, 9, 20, 100, 8191, 8192, 8195, 8196, len(data) - 1] + [chance.randrange(len(data)) for _ in range(20)]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        bad.write_bytes(changed)
        refused(bad, 'sallyportd: ', more=('--replace',))
    for size in (0, 1, 20, 8191, 8192, 8193, len(data) // 2, len(data) - 1):
        bad.write_bytes(data[:size])
        refused(bad, 'sallyportd: ', more=('--replace',))
    bad.write_bytes(data + b'\0')
    refused(bad, 'behind its end', more=('--replace',))
    bad.write_bytes(os.urandom(20000))
    refused(bad, 'no backup of Sallyport', more=('--replace',))
    bad.write_bytes(data.replace(b'"users":1,', b'"users":2,', 1))
    refused(bad, 'the backup has been changed', more=('--replace',))
    told = run(world.binary, '--conf', world.conf, '--restore', world.folder / 'nowhere', expect=2)
    assert 'No such file' in told, told
    told = run('/bin/sh', '-c', 'cat "$1" | "$0" --conf "$2" --restore - --replace', world.binary, FILE, world.conf,
               expect=2)
    assert 'no regular file' in told, told
    bad.unlink()
    world.start()
    same(world.sign_in(ADDRESS)[2].status, 303)


@test('SEMANTICS 8', 'another key file, or none, is refused, and the one that is wanted is named by its id')
def keys():
    right = KEY.read_bytes()
    wanted = hashlib.sha256(right).hexdigest()[:16]
    world.stop()
    other = os.urandom(32)
    KEY.write_bytes(other)
    refused(FILE, wanted, hashlib.sha256(other).hexdigest()[:16], more=('--replace',))
    KEY.unlink()
    refused(FILE, wanted, 'No such file', more=('--replace',))
    KEY.write_bytes(right)
    KEY.chmod(0o644)
    refused(FILE, wanted, 'chmod', more=('--replace',))
    KEY.chmod(0o600)
    world.start()


@test('req239', 'killed half-way: no server starts with half of it, and to run it again is enough')
def half():
    world.stop()
    empty(world)
    world.start()
    world.seed()
    world.stop()
    run(CROWD, PLUGINS, world.folder / 'db', WOODGROVE, 'fill', 10000)
    world.start()
    count = len(people(world))
    large = world.folder / 'large'
    backup(world, large)
    world.stop()
    started, store, broken = store_of(), world.folder / 'db/data.mdb', 0
    for size in (1, 2, 3):
        empty(world)
        process = subprocess.Popen([world.binary, '--conf', world.conf, '--restore', large],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: process.poll() is not None or store.exists() and
              store.stat().st_blocks > size * 700, 'some of it')
        process.send_signal(signal.SIGKILL)
        broken += process.wait() != 0
        if process.returncode == 0:
            continue
        told = run(world.binary, '--conf', world.conf, expect=1)
        assert 'a restore was begun and has not ended' in told, told
    assert broken > 0 and len(started) > 0
    told = restore(world, large)
    assert f'restored: {count} customers' in told, told
    world.start()
    same(len(people(world)), count)
    large.unlink()


class Other:
    """Another machine with the same key file, and backends of its own."""

    def __init__(self, store='lmdb', change=lambda text: text):
        self.server = Server(BINARY, PLUGINS, SOURCE, store=store, keys=('test_clock: yes',))
        (self.server.state / 'keys').mkdir(mode=0o700)
        shutil.copy(KEY, self.server.state / 'keys/server.key')
        (self.server.state / 'keys/server.key').chmod(0o600)
        self.server.conf.write_text(change(self.server.conf.read_text()))

    def __enter__(self):
        return self.server

    def __exit__(self, *_):
        self.server.kill()
        shutil.rmtree(self.server.folder)


def apart(text):
    """Users in one lmdb, records in another."""
    folder = pathlib.Path(text.split('path: ')[1].split('/db')[0])
    (folder / 'people').mkdir(mode=0o700)
    return text.replace('  workers: 2', '  workers: 2\n  users: people\n  records: main\n').replace(
        'plugin:\n', f'plugin:\n  people: {{ file: lmdb.so, path: {folder}/people }}\n', 1)


def forgetful(text):
    """Records in lmdb, users in memory."""
    return text.replace('  workers: 2', '  workers: 2\n  users: people\n  records: main\n').replace(
        'plugin:\n', 'plugin:\n  people: { file: memory.so }\n', 1)


@test('DESIGN 3', 'whatever the backends are: one lmdb into two, two into one, memory into lmdb; what keeps nothing is refused')
def backends():
    before, path = people(world), world.folder / 'from-one'
    backup(world, path)
    with Other(change=apart) as two:
        restore(two, path)
        two.start()
        same(people(two), before)
        backup(two, two.folder / 'from-two')
        with Other() as one:
            restore(one, two.folder / 'from-two')
            one.start()
            same(people(one), before)
    for how in ({'store': 'memory'}, {'change': forgetful}):
        with Other(**how) as none:
            told = restore(none, path, expect=1)
            assert 'keeps nothing when it stops' in told, told
    with Other(store='memory') as source, Other() as target:
        source.start()
        status, _ = source.admin('POST', '/v1.0/apply', (pathlib.Path(SOURCE) / 'conf/woodgrove.json').read_text())
        same(status, 200)
        backup(source, source.folder / 'file')
        restore(target, source.folder / 'file')
        target.start()
        same(people(target), people(source))
        same(target.admin('GET', '/v1.0/tenants')[1]['value'], source.admin('GET', '/v1.0/tenants')[1]['value'])


@test('SEMANTICS 8', "standard input will do, if it is a file; root's file is restored as the server's user")
def as_user():
    with Other() as other, open(FILE) as given:
        told = run(other.binary, '--conf', other.conf, '--restore', '-', stdin=given)
        assert 'restored' in told, told
    if os.geteuid() != 0:
        return 'only root can become somebody'
    if not open_to_all(other.binary):
        return 'this build lies where nobody else may come'
    with Other() as other:
        for path in (other.folder, *other.folder.rglob('*')):
            os.chown(path, 65534, 65534)
        pathlib.Path(other.folder).chmod(0o711)
        restore(other, FILE)
        owners = {path.stat().st_uid for path in (other.folder / 'db').iterdir()}
        same(owners, {65534})


KEPT = pathlib.Path(SOURCE, 'tests/operate/kept')


@test('DESIGN 5', 'a store of the first format, kept with its key file since it was made, is one of today\'s')
def kept():
    with Other() as other:
        shutil.copy(KEPT / 'format-1.key', other.state / 'keys/server.key')
        (other.state / 'keys/server.key').chmod(0o600)
        told = restore(other, KEPT / 'format-1.backup')
        assert 'restored: 1 customers' in told, told
        other.start()
        same([user['mail'] for user in people(other).values()], ['kept@example.com'])
        browser, app = Browser(other.url, '127.4.0.1'), world.app()
        page = browser.fill(app.begin(browser), 'password', email='kept@example.com', password=PASSWORD)
        assert 'id_token' in app.redeem(browser, app.code(page)).json(), page
        # It is older than the tenant of administrators, which is made now (SEMANTICS 5.1).
        told = other.admin('GET', '/v1.0/tenants')[1]['value']
        same(sorted((one['name'], one['builtIn']) for one in told), [('system', True), ('woodgrove', False)])


main(tests, [('restore', world)])
