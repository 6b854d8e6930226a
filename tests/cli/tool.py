"""The operator's tool, run against a real server. TEST.py SALLYPORT SALLYPORTD PLUGINS SOURCE"""
import copy
import json
import os
import pathlib
import subprocess
import sys

SALLYPORT, SALLYPORTD, PLUGINS, SOURCE = sys.argv[1:5]
sys.path.insert(0, str(pathlib.Path(SOURCE) / 'tests'))
from server import Server  # noqa: E402

WOODGROVE = json.loads((pathlib.Path(SOURCE) / 'conf/woodgrove.json').read_text())


def check(what, *why):
    if not what:
        raise AssertionError(' '.join(str(part) for part in why))


def server(**options):
    return Server(SALLYPORTD, PLUGINS, SOURCE, **options)


def woodgrove(**sections):
    """The demo tenant, with these sections instead."""
    return {**copy.deepcopy(WOODGROVE), **sections}


def environment(socket):
    kept = {name: value for name, value in os.environ.items() if not name.startswith('SALLYPORT_')}
    return {**kept, 'SALLYPORT_SOCKET': str(socket)} if socket else kept


class Tool:
    """tool('app', 'list') is (exit status, stdout, stderr)."""

    def __init__(self, socket=None):
        self.socket = socket

    def __call__(self, *words, given=None, env=()):
        done = subprocess.run([SALLYPORT, *words], input=given, capture_output=True, timeout=120,
                              env={**environment(self.socket), **dict(env)},
                              stdin=subprocess.DEVNULL if given is None else None,
                              encoding='utf-8')
        check(done.returncode in range(5), words, done)
        return done.returncode, done.stdout, done.stderr

    def fine(self, *words, **more):
        status, out, err = self(*words, **more)
        check(status == 0, words, status, out, err)
        return out

    def refused(self, status, *words, **more):
        """Its words."""
        got, out, err = self(*words, **more)
        check(got == status, words, 'ends with', got, out, err)
        check(err.startswith('sallyport: ') or 'warning: ' in err, words, err)
        return err

    def json(self, *words, **more):
        return json.loads(self.fine(*words, '--json', **more))

    def apply(self, document, *words):
        """With --yes: the Club of the demo is a dead end for whoever needs a second door."""
        return self.fine('apply', '-f', '-', '--yes', *words, given=json.dumps(document))

    def not_applied(self, status, document, *words):
        text = document if isinstance(document, str) else json.dumps(document, indent=1)
        return self.refused(status, 'apply', '-f', '-', *words, given=text)


def run(*tests):
    for test in tests:
        test()
        print(test.__name__, 'fine', flush=True)
