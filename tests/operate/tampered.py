"""Whoever can write to the disk, but has not the key file, changes nothing of the audit unseen (req238)."""
import json
import subprocess
import sys

from operate import backup, empty, restore, tool
from world import WOODGROVE, World, main, named, same, until

TAMPER = sys.argv[6]
tests = []
test = named(tests)
world = World()
CHAIN, ENDS = '0048', '0049'       # kinds.h
HEAD = 16       # bytes before a value: revision, expiry
VERIFY = '/auditLogs/directoryAudits/verify'


def key(sequence, kind=CHAIN):
    return kind + WOODGROVE.replace('-', '') + f'{sequence:016x}'


def tamper(*commands):
    done = subprocess.run([TAMPER, world.folder / 'db'], input=''.join(line + '\n' for line in commands), text=True,
                          capture_output=True, check=True)
    return done.stdout


def records(prefix):
    return dict(line.split(' ') for line in tamper('list ' + prefix).splitlines() if line)


def links():
    return records(CHAIN + WOODGROVE.replace('-', ''))


def verify(**query):
    return world.must('GET', VERIFY + ''.join(f'?{name}={value}' for name, value in query.items()))


def quiet():
    """All that was done is in the chain, which is whole."""
    until(lambda: verify()['waiting'] == 0, 'the sealer')
    told = verify()
    same((told['whole'], told['value']), (True, []))
    return told


def faults(**query):
    told = verify(**query)
    same(told['whole'], not told['value'])
    return [(one.get('sequence'), one.get('lastSequence'), one['message']) for one in told['value']]


def tampered(*commands, **query):
    """What is found after that; then all is as before."""
    prefixes = [kind + WOODGROVE.replace('-', '') for kind in (CHAIN, ENDS)]
    before = {name: value for prefix in prefixes for name, value in records(prefix).items()}
    tamper(*commands)
    found = faults(**query)
    after = {name: value for prefix in prefixes for name, value in records(prefix).items()}
    tamper(*(f'put {name} {value}' for name, value in before.items()), *('remove ' + name for name in after if name not in before))
    same(faults(), [])
    return found


def flipped(value, byte):
    return value[:2 * byte] + f'{int(value[2 * byte:2 * byte + 2], 16) ^ 1:02x}' + value[2 * byte + 2:]


for number in range(12):
    world.must('POST', '/groups', {'displayName': f'Group {number}'})


@test('req238', 'a byte of an entry, of its hashes or its expiry, is told when it is another')
def bytes_of_it():
    last = quiet()['lastSequence']
    value = links()[key(5)]
    same(last, len(links()))
    size = len(value) // 2
    for byte in [*range(8, HEAD + 100, 9), *range(HEAD + 100, size, 41), size - 1]:
        found = tampered(f'put {key(5)} {flipped(value, byte)}')
        assert found and {one[0] for one in found} == {5}, (byte, found)
    for cut in (value[:-2], value + '00', value[:2 * HEAD], value[:2 * (HEAD + 40)]):
        same({one[0] for one in tampered(f'put {key(5)} {cut}')}, {5})


@test('req238', 'removed, moved, doubled, put in: each is told, with where')
def places():
    last = quiet()['lastSequence']
    all_ = links()
    same(tampered(f'remove {key(4)}'), [(4, None, 'missing')])
    same(tampered(f'remove {key(4)}', f'remove {key(5)}', f'remove {key(6)}'), [(4, 6, 'missing')])
    same(tampered(f'remove {key(1)}'), [(1, None, 'missing')])
    same(tampered(f'remove {key(last)}'), [(last, None, 'missing, at the end')])
    for one, other in ((3, 4), (3, 9)):
        found = tampered(f'put {key(one)} {all_[key(other)]}', f'put {key(other)} {all_[key(one)]}')
        same([(where, text.split()[-1]) for where, _, text in found], [(one, str(other)), (other, str(one))])
    same([one[0] for one in tampered(f'put {key(7)} {all_[key(6)]}')], [7])
    # An older copy of one, as it would be after a rollback of the rest.
    same(tampered(f'put {key(last + 1)} {all_[key(last)]}'), [(last + 1, None, 'stands behind the last one that was written')])
    for name in (key(0), key(3) + '00', key(3)[:-2], CHAIN + WOODGROVE.replace('-', '') + 'ff'):
        found = tampered(f'put {name} {all_[key(3)]}')
        same([where in (None, last + 1) for where, _, _ in found], [True], name)
    # The whole of another tenant's chain.
    other = {'id': '5f0cd3a1-5b0e-4e5c-9d43-7a1c2f6b8e66', 'name': 'another', 'displayName': 'x'}
    world.must('POST', '/apply', {'tenant': other}, tenant=None)
    until(lambda: world.must('GET', VERIFY, tenant='another')['waiting'] == 0, 'the sealer')
    foreign = records(CHAIN + other['id'].replace('-', ''))
    found = tampered(f'put {key(2)} {foreign[CHAIN + other["id"].replace("-", "") + f"{2:016x}"]}')
    same([one[0] for one in found], [2])


@test('req238', 'cut off at its end, with the record of the ends: only an older copy of that would do, and a note tells it')
def truncated():
    told = quiet()
    last, noted = told['lastSequence'], f'{told["lastSequence"]}:{told["lastHash"]}'
    ends = records(ENDS + WOODGROVE.replace('-', ''))
    (name, value), = ends.items()
    for byte in range(HEAD, len(value) // 2, 11):
        found = tampered(f'put {name} {flipped(value, byte)}')
        assert 'the record of its ends is not as the server wrote it' in [text for _, _, text in found], byte
    found = tampered(f'remove {name}')
    assert found and found[0][0] == 1 and 'behind' in found[0][2], found
    # All of it goes back to how it was.
    old = links()
    world.must('POST', '/groups', {'displayName': 'Afterwards'})
    quiet()
    same(faults(known=noted), [])
    now = links()
    noted = f'{len(now)}:{verify()["lastHash"]}'
    back = [f'put {name} {value}', *('remove ' + one for one in now if one not in old)]
    same(tampered(*back), [])
    same(tampered(*back, known=noted), [(last + 1, None, 'was noted down, and the chain is shorter than that')])
    same(faults(known=noted), [])
    same([one[0] for one in faults(known=f'{last}:{"0" * 64}')], [last])
    for wrong in ('x', '0:' + '0' * 64, '5', '5:12', '5:' + 'g' * 64):
        same(world.ask('GET', f'{VERIFY}?known={wrong}')[0], 400)


@test('req238', 'an entry that is changed on the way into the chain stays out of a broken one, and the tool says so')
def the_tool():
    noted = quiet()
    told = tool(world, 'audit', 'verify')
    assert f'last {noted["lastSequence"]}:{noted["lastHash"]}' in told and 'the server: whole' in told, told
    value = links()[key(5)]
    tamper(f'put {key(5)} {flipped(value, HEAD + 140)}')
    told = tool(world, 'audit', 'verify', '--tenant', 'woodgrove', expect=1)
    assert 'NOT WHOLE' in told and 'entry 5 has been changed' in told, told
    whole = json.loads(tool(world, 'audit', 'verify', '--json', expect=1))['value']
    same({one['name']: one['whole'] for one in whole}['woodgrove'], False)
    same(sum(not one['whole'] for one in whole), 1)
    tamper(f'put {key(5)} {value}')
    # A link where the next one belongs: nothing is overwritten, and entries wait outside.
    last = noted['lastSequence']
    tamper(f'put {key(last + 1)} {value}')
    world.must('POST', '/groups', {'displayName': 'Outside'})
    until(lambda: 'there is a link where the next one belongs' in world.log.read_text(), 'a word in the log')
    same(verify()['waiting'], 1)
    entry = world.must('GET', '/auditLogs/directoryAudits?$top=1')['value'][0]
    same((entry['activityDisplayName'], entry['sequence']), ('Add group', None))
    tamper(f'remove {key(last + 1)}')
    same(quiet()['lastSequence'], last + 1)


@test('req238 req245', 'a backup holds the chain, and what is restored of it is whole and goes on; both are in the audit')
def restored():
    quiet()
    path = world.folder / 'backup'
    backup(world, path)
    said = [one['activityDisplayName'] for one in world.must('GET', '/auditLogs/directoryAudits', tenant=None)['value']]
    same(said[0], 'Create backup')
    before = quiet()
    world.stop()
    empty(world)
    restore(world, path)
    world.start()
    until(lambda: world.must('GET', VERIFY, tenant=None)['waiting'] == 0, 'the sealer')
    server = world.must('GET', '/auditLogs/directoryAudits', tenant=None)['value']
    same([one['activityDisplayName'] for one in server][:2], ['Restore backup', 'Create backup'])
    same(world.must('GET', VERIFY, tenant=None)['whole'], True)
    world.must('POST', '/groups', {'displayName': 'After the backup'})
    same(quiet()['lastSequence'], before['lastSequence'] + 1)
    same(faults(known=f'{before["lastSequence"]}:{before["lastHash"]}'), [])


@test('req246', 'the oldest go when their time has come, and the rest is whole without them')
def pruned():
    before = quiet()
    world.must('PATCH', '/tenant', {'settings': {'auditRetention': 86400}})
    world.advance(2 * 86400000)
    until(lambda: verify()['removedSequence'] > 0, 'the pruner')
    told = quiet()
    assert told['removedSequence'] >= before['lastSequence'] - 1 and told['checked'] <= 3, told      # the last one stays
    entries = world.must('GET', '/auditLogs/directoryAudits?after=0')['value']
    same(entries[0]['sequence'], told['removedSequence'] + 1)
    value = records(CHAIN + WOODGROVE.replace('-', ''))[key(told['lastSequence'])]
    found = tampered(f'put {key(told["removedSequence"])} {value}')
    same(found, [(None, None, 'a record was put in where none belongs')])
    same([one[0] for one in tampered(f'remove {key(told["removedSequence"] + 1)}')], [told['removedSequence'] + 1])


main(tests, [('tampered', world)])
