"""A person is forgotten: what is left of him on the disk names nobody (SEMANTICS 2.5, requirement 138)."""
import pathlib
import subprocess
import sys
import tempfile

from world import World, main, named, same, until

tests = []
test = named(tests)
world = World(sourceSendsAnHour=100000, sourcePasswords=100000)
LOOK = sys.argv[5]


def signins(user):
    entries = world.must('GET', '/auditLogs/signIns?$top=999')['value']
    return [entry for entry in entries if entry['userId'] == user]


def done(user):
    """The server has gone through its logs."""
    def told():
        world.advance(20000)
        return any(entry['activityDisplayName'] == 'Erase user from the logs' and entry['targetResources'][0]['id'] == user
                   for entry in world.must('GET', '/auditLogs/directoryAudits?$top=50')['value'])
    until(told, 'the word that it is done')


def person(number):
    """Somebody who has been here: with a name, an address, sign-ins that went well and others."""
    address, name = f'maximiliana.{number}@privacy.example', f'Maximiliana Mustermann-{number}'
    _, user = world.customer(address, displayName=name)
    browser, app, page = world.sign_in(address)
    same(app.redeem(browser, app.code(page)).status, 200)
    world.sign_in(address, password='wrong')
    assert signins(user) and all(entry['userPrincipalName'] and entry['ipAddress'] for entry in signins(user))
    return address, user, browser, app


@test('sem2.5', 'erased: gone at once, the sign-ins keep what was decided and name nobody; others keep theirs')
def erased():
    address, user, browser, app = person(1)
    other = person(2)
    before = {entry['id']: entry for entry in signins(user)}
    same(world.ask('POST', f'/users/{user}/erase')[0], 204)
    same(world.ask('GET', '/users/' + user)[0], 404)
    same(app.begin(browser).heading, 'Sign in')
    done(user)
    after = {entry['id']: entry for entry in signins(user)}
    same(set(after), set(before))
    for one, entry in after.items():
        same([entry[key] for key in ('userPrincipalName', 'signInIdentifier', 'ipAddress', 'userAgent')], [None] * 4)
        for key in ('appliedConditionalAccessPolicies', 'status', 'appId', 'createdDateTime', 'conditionalAccessStatus'):
            same(entry[key], before[one][key], key)
    assert all(entry['userPrincipalName'] for entry in signins(other[1]))


@test('sem2.5', 'deleted first, erased later, by id alone; twice is no harm, and by the command likewise')
def later():
    address, user, *_ = person(3)
    world.must('DELETE', '/users/' + user)
    assert any(entry['userPrincipalName'] for entry in signins(user))
    for _ in range(2):
        same(world.ask('POST', f'/users/{user}/erase')[0], 204)
    done(user)
    same({entry['userPrincipalName'] for entry in signins(user)}, {None})
    same(world.ask('POST', '/users/nobody@example.com/erase')[0], 404)


def held(words):
    """Which of them are in a compacted copy of the store: what was removed before is in none."""
    with tempfile.TemporaryDirectory() as small:
        subprocess.run([LOOK, str(world.folder / 'db'), small], check=True)
        data = b''.join(path.read_bytes() for path in pathlib.Path(small).iterdir())
    return [word for word in words if word.encode() in data]


@test('req138', 'after compaction no byte of the folder has his name, his address, or a part of it')
def compacted():
    address, user, browser, app = person(4)
    words = [address, 'Mustermann-4', 'maximiliana.4']
    kept = person(5)[0]
    same(held(words + [kept]), words + [kept])
    world.must('POST', f'/users/{user}/erase')
    done(user)
    world.advance(3600 * 1000)
    world.must('POST', '/users/%s/erase' % world.customer()[1])      # something that is written later
    same(held(words + [kept]), [kept])


main(tests, [('erasing', world)])
