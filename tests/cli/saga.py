"""The users of a document: saga.py SALLYPORT SALLYPORTD PLUGINS SOURCE CROWD

Whoever is killed in the middle, the next run goes on; what customers have become since is theirs.
"""
import json
import subprocess
import sys

from tool import PLUGINS, SALLYPORT, Tool, check, environment, run, server, woodgrove
from server import until

CROWD = sys.argv[5]
SIGN_UPS = 100_000
TENANT = woodgrove()['tenant']['id']
ANN = woodgrove()['users'][0]['id']


def staff(count):
    """With passwords, so that each takes a while; every other without an id of the document's."""
    return [{'identities': [{'signInType': 'emailAddress',
                             'issuerAssignedId': f'staff{number}@example.com'}],
             **({'id': f'00000000-0000-4000-8000-{number:012}'} if number % 2 else {}),
             'displayName': f'Staff {number}', 'passwordProfile': {'password': f'Zx{number} q7 yonder'}}
            for number in range(count)]


def staff_there(running):
    """None while the tenant is not there."""
    path, users = '/v1.0/users?$top=999&prefix=staff', []
    while path:
        answer = running.admin('GET', path, tenant=TENANT)[1]
        users += answer.get('value', [])
        path = answer.get('@odata.nextLink', '').replace('http://localhost', '')
    return users


def interrupted(running, document, kill):
    """An apply is under way; once some are there, kill(it)."""
    path = running.folder / 'document.json'
    path.write_text(json.dumps(document))
    before = len(staff_there(running))
    with subprocess.Popen([SALLYPORT, 'apply', '--yes', '-f', path], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True,
                          env=environment(running.socket)) as done:
        until(lambda: len(staff_there(running)) >= before + 10, 'ten users')
        kill(done)
        out, err = done.communicate(timeout=120)
        return done.returncode, out, err


def resumed():
    count = 150
    document = woodgrove(users=staff(count))
    with server(store='lmdb') as running:
        tool = Tool(running.socket)
        status, out, err = interrupted(running, document, lambda done: done.kill())
        check(status < 0 and 10 <= len(staff_there(running)) < count, status, out, err)
        status, out, err = interrupted(running, document, lambda done: running.kill())
        check(status == 4 and 'goes on where this one was' in err, status, out, err)
        running.start()
        there = len(staff_there(running))
        check(20 <= there < count, there)
        told = tool.apply(document)
        users = staff_there(running)
        check(len(users) == count == len({user['displayName'] for user in users}), len(users))
        for user in users:
            number = int(user['displayName'].split()[1])
            check(number % 2 == 0 or user['id'].endswith(f'{number:012}'), user)
        check(f'{count - there} changes made' in told or f'{count - there - 1} changes made' in told,
              there, told)
        check(tool.apply(document) == 'no change\n')


def many():
    """Many at once, told in the order of the document; who is refused stops nobody else."""
    count = 2000
    document = woodgrove(users=[{key: value for key, value in user.items() if key != 'passwordProfile'}
                                for user in staff(count)])
    with server(store='lmdb') as running:
        tool = Tool(running.socket)
        tool.apply(woodgrove(users=[]))
        document['users'][7]['city'] = 'x' * 2000
        status, out, err = tool('apply', '-f', '-', '--yes', given=json.dumps(document))
        check(status == 1 and 'users[7]' in err and 'city' in err and err.count('users[') == 1, err)
        check([f"users 'staff{number}@example.com': added" for number in range(20)] == out.split('\n')[:20], out)
        check(f'users: and {count - 20} more' in out, out)
        check(len(staff_there(running)) == count - 1, len(staff_there(running)))
        listed = tool.fine('user', 'list', 'staff1', '--all').split('\n')[1:-1]
        check(len(listed) == len(set(listed)) == 1111 and all(one.startswith('staff1') for one in listed), len(listed))
        document['users'][7]['city'] = 'Ulm'
        check('1 change made' in tool.apply(document))
        check(tool.apply(document) == 'no change\n')
        wrong = [{'identities': []} for number in range(1000)]
        told = tool.not_applied(1, woodgrove(users=wrong))
        check(told.count('at least one') == 100 and 'and 900 more' in told, told)


def crowd(running, *words):
    return subprocess.run([CROWD, PLUGINS, running.folder / 'db', TENANT, *words], check=True,
                          capture_output=True, text=True, timeout=120).stdout


def survived():
    """A changed password and 100,000 sign-ups are the same, byte for byte, after a second apply."""
    document = woodgrove()
    document['users'][0]['passwordProfile'] = {'password': 'the first one of ann'}
    with server(store='lmdb') as running:
        tool = Tool(running.socket)
        tool.apply(document)
        running.stop()
        first = crowd(running, 'digest')
        crowd(running, 'password', ANN)
        check(crowd(running, 'digest') != first, 'a changed password is not seen')
        crowd(running, 'fill', str(SIGN_UPS))
        before = crowd(running, 'digest')
        check(before.startswith(f'{SIGN_UPS + 3} '), before)
        running.start()
        check(tool.apply(document) == 'no change\n')
        document['conditionalAccessPolicies'].pop()
        document['users'] = document['users'][:2]
        check('1 change made' in tool.apply(document, '--prune'))
        running.stop()
        check(crowd(running, 'digest') == before, 'apply has changed customers')
        running.start()
        document['users'][1]['displayName'] = 'Grace Other'
        tool.apply(document)
        running.stop()
        check(crowd(running, 'digest') != before, 'a change is not seen')


run(resumed, many, survived)
