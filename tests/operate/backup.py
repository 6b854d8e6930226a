"""A backup is taken while everybody works, and is of one moment (req245)."""
import hashlib
import itertools
import json
import os
import stat
import subprocess
import threading

from operate import CROWD, SALLYPORT, backup, empty, people, restore, run
from world import MFA, PLUGINS, WOODGROVE, World, main, named, same, until

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
CROWDED = 10000
POLICIES = [policy['id'] for policy in
            world.must('GET', '/identity/conditionalAccess/policies')['value'] if policy['id'] != MFA][:2]
GROUP = world.must('GET', '/groups')['value'][0]['id']
files = itertools.count(1)


def new_file():
    return world.folder / f'backup-{next(files)}'


def head_of(path):
    lines = path.read_bytes()[:8192].split(b'\n')
    same(lines[0], b'sallyport backup 1')
    return json.loads(lines[1])


@test('SEMANTICS 8', 'the file is its owner\'s alone, tells what it is, and holds no key, name or hash in the clear')
def file():
    world.customer('canary.of.backup@example.com')
    path = new_file()
    told = backup(world, path)
    assert 'key file is not in it' in told and str(path) in told, told
    same(stat.S_IMODE(path.stat().st_mode), 0o600)
    head, data = head_of(path), path.read_bytes()
    same(head['keyFile'], key_id())
    for name in ('server', 'storeFormat', 'created', 'users', 'records', 'blocks', 'bytes', 'sha256'):
        assert head[name], (name, head)
    same(len(data), 8192 + head['bytes'])
    for secret in (b'canary.of.backup', b'argon2id', (world.state / 'keys/server.key').read_bytes()):
        assert secret not in data, secret
    same(list(world.folder.glob('backup-*part*')), [])
    told = backup(world, path, expect=1)
    assert 'is there already' in told, told
    same(path.read_bytes(), data)


def key_id():
    return hashlib.sha256((world.state / 'keys/server.key').read_bytes()).hexdigest()[:16]


def somebody(**more):
    """Of no name that the crowd has."""
    return world.customer(f'writer{next(files)}@example.com', **more)


class Writers:
    """Pairs that move in step: at any one moment the second is where the first is, or one behind."""

    def __init__(self):
        self.users = [[somebody(displayName='U 0')[1] for _ in range(2)] for _ in range(2)]
        self.people = [somebody()[1] for _ in range(3)]
        for policy in POLICIES:
            world.must('PATCH', '/identity/conditionalAccess/policies/' + policy, {'displayName': f'P 0 {policy}'})
        self.over, self.failed, self.count = threading.Event(), [], 0
        self.threads = [threading.Thread(target=self.write, args=(what,)) for what in
                        (self.policies, *(self.pair(pair) for pair in self.users), self.member, self.sign_in,
                         self.come_and_go)]

    def write(self, what):
        try:
            for number in itertools.count(1):
                if self.over.is_set():
                    return
                what(number)
                self.count += 1
        except Exception as error:
            self.failed.append(error)

    def policies(self, number):
        for policy in POLICIES:
            world.must('PATCH', '/identity/conditionalAccess/policies/' + policy, {'displayName': f'P {number} {policy}'})

    def pair(self, pair):
        def step(number):
            for user in pair:
                world.must('PATCH', '/users/' + user, {'displayName': f'U {number}'})
        return step

    def member(self, number):
        user = self.people[number % len(self.people)]
        world.must('POST', f'/groups/{GROUP}/members/$ref', {'@odata.id': f'https://x/v1.0/directoryObjects/{user}'})
        world.must('DELETE', f'/groups/{GROUP}/members/{user}/$ref')

    def sign_in(self, number):
        """A wrong password: an account's budget, a source, a record of it."""
        world.sign_in('nobody.at.all@example.com')

    def come_and_go(self, number):
        _, user = somebody()
        world.must('DELETE', '/users/' + user)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert not self.failed, self.failed


def number_of(thing):
    return int(thing['displayName'].split()[1])


def of_one_moment(writers):
    policies = world.must('GET', '/identity/conditionalAccess/policies')['value']
    first, second = (number_of(next(one for one in policies if one['id'] == policy)) for policy in POLICIES)
    assert first - 1 <= second <= first, ('policies', first, second)
    for pair in writers.users:
        first, second = (number_of(world.must('GET', '/users/' + user)) for user in pair)
        assert first - 1 <= second <= first, ('users', first, second)
    return first


@test('req245', 'hot, under writes of every kind: each of five backups is of one moment, whole, and none holds writers up')
def hot():
    world.stop()
    run(CROWD, PLUGINS, world.folder / 'db', WOODGROVE, 'fill', CROWDED)
    world.start()
    paths, far = [new_file() for _ in range(5)], []
    with Writers() as writers:
        for path in paths:
            before = writers.count
            backup(world, path)
            assert writers.count > before, 'nobody could write meanwhile'
    world.stop()
    for path in paths:
        head = head_of(path)
        assert head['users'] >= CROWDED and head['changed'] > 0, head
        empty(world)
        told = restore(world, path)
        assert 'Everybody signs in again' in told, told
        world.start()
        far.append(of_one_moment(writers))
        assert len(people(world)) >= CROWDED
        world.stop()
    world.start()
    same(far, sorted(far), 'a later backup is of a later moment')


@test('DESIGN 6', 'one at a time; who breaks off leaves room at once, and what he had is nothing')
def one():
    first = world.must('POST', '/backups', tenant=None)['id']
    status, answer, _ = world.ask('POST', '/backups', tenant=None)
    same((status, answer['error']['code']), (409, 'BackupUnderWay'))
    path = new_file()
    assert 'one at a time' in backup(world, path, expect=1)
    same(list(world.folder.glob(path.name + '*')), [])
    world.must('DELETE', f'/backups/{first}', tenant=None)
    same(world.ask('POST', f'/backups/{first}/next', tenant=None)[0], 404)
    same(world.ask('POST', '/backups/none/next', tenant=None)[0], 404)
    backup(world, path)
    # One who never comes back is forgotten.
    world.must('POST', '/backups', tenant=None)
    world.advance(61000)
    status, answer, _ = until(lambda: next((told for told in [world.ask('POST', '/backups', tenant=None)]
                                            if told[0] != 409), None), 'the end of patience')
    same(status, 201)
    world.must('DELETE', f'/backups/{answer["id"]}', tenant=None)
    backup(world, new_file())


@test('req245', 'a full disk leaves no half file, and says so')
def full():
    disk = world.folder / 'disk'
    disk.mkdir()
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=16k,mode=0700', 'none', disk],
                      capture_output=True).returncode:
        limited()
        return
    try:
        told = backup(world, disk / 'backup', expect=1)
        assert 'No space left' in told, told
        same(os.listdir(disk), [])
    finally:
        subprocess.run(['umount', disk], check=True)
    backup(world, new_file())


def limited():
    """No disk of our own can be made here: a limit on file sizes is as full as a disk."""
    path = new_file()
    told = run('/bin/sh', '-c', 'trap "" XFSZ; ulimit -f 32; exec "$0" "$@"', SALLYPORT, 'backup',
               path, '--socket', world.socket, expect=1)
    assert 'File too large' in told, told
    same(list(world.folder.glob(path.name + '*')), [])
    backup(world, new_file())


main(tests, [('backup', world)])
