"""The operator's programs, run as he would: shared by the tests of this folder."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'http'))

from browser import Browser, claims      # noqa: E402, F401
from world import PATIENCE      # noqa: E402

SALLYPORT, CROWD = sys.argv[4:6]


def run(*command, expect=0, given=None, env=(), **more):
    """What it says on both outputs; its exit status is as expected."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith('SALLYPORT_')}
    done = subprocess.run([str(word) for word in command], input=given, capture_output=True, text=True,
                          timeout=2 * PATIENCE, env={**kept, 'NOTIFY_SOCKET': '', **dict(env)}, **more)
    assert done.returncode == expect, (command, done)
    assert 'Sanitizer' not in done.stderr and 'runtime error' not in done.stderr, done.stderr
    return done.stdout + done.stderr


def tool(server, *words, **more):
    return run(SALLYPORT, *words, '--socket', server.socket, **more)


def backup(server, path, **more):
    return tool(server, 'backup', path, **more)


def restore(server, path, *more, **how):
    return run(server.binary, '--conf', server.conf, '--restore', path, *more, **how)


def empty(server):
    """Its database is no more; the key file and the rest of its state stay."""
    for path in (server.folder / 'db').iterdir():
        path.unlink()


def people(server, tenant='woodgrove'):
    """All customers of a tenant, by id, as the admin API tells them."""
    found, path = {}, '/v1.0/users?$top=999'
    while path:
        status, page = server.admin('GET', path, tenant=tenant)
        assert status == 200, page
        found.update((user['id'], user) for user in page['value'])
        link = page.get('@odata.nextLink')
        path = link and '/v1.0' + link.split('/v1.0', 1)[1]
    return found
