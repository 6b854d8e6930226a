"""The quickstart started again: again.py BUILD SOURCE

A second start keeps the data, and beside a running one it is refused before it touches anything;
on other ports the apps move along.
"""
import json
import os
import pathlib
import subprocess
import sys

import running

BUILD, SOURCE = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def check(what, *why):
    if not what:
        raise SystemExit(' '.join(str(part) for part in why))


def tool(state, *words):
    return subprocess.run([BUILD / 'core/sallyport', *words], check=True, text=True, timeout=60,
                          stdout=subprocess.PIPE,
                          env={**os.environ, 'SALLYPORT_SOCKET': str(state / 'admin.sock')}).stdout


def told(state):
    """All that a start must leave alone: each customer, each document."""
    return [tool(state, kind, 'list', '--json')
            for kind in ('tenant', 'app', 'flow', 'policy', 'method', 'group', 'user')]


def beside(folder, build, base):
    """With the ports or the folder of a running one: says which, and writes nothing."""
    state = folder / 'state'
    before = {path: path.read_bytes() for path in state.glob('*.[jyt]*')}
    for other, ports, words in (
            (state, base, f'127.0.0.1:{base} is in use.'),
            (folder / 'other', base, f'127.0.0.1:{base} is in use.'),
            (state, running.free_base(base + 7), f'A server runs on {state} already.')):
        done = subprocess.run(
            [SOURCE / 'contrib/quickstart.sh', '--state', other, '--port-base', str(ports),
             '--build', build], text=True, capture_output=True, timeout=60)
        check(done.returncode == 1 and done.stdout == '' and done.stderr.startswith(words), done)
    check(not (folder / 'other').exists(), 'a folder was made')
    check(before == {path: path.read_bytes() for path in state.glob('*.[jyt]*')}, 'files changed')


def main():
    base = running.free_base(30011)
    with running.scratch() as folder:
        build = running.copied(BUILD, folder)
        with running.quickstart(SOURCE, build, folder, base) as state:
            tool(state, 'user', 'add', 'zoe@example.net')
            tool(state, 'policy', 'set-state', 'Block Partners', 'on')
            kept, demo = told(state), (state / 'demo.json').read_bytes()
            beside(folder, build, base)
        with running.quickstart(SOURCE, build, folder, base) as state:
            check('zoe@example.net' in kept[-1] and told(state) == kept, kept, told(state))
            check((state / 'demo.json').read_bytes() == demo, 'demo.json has changed')
        moved = running.free_base(base + 7)
        with running.quickstart(SOURCE, build, folder, moved) as state:
            shop = json.loads((state / 'demo.json').read_text())
            check(shop['accounts'] == json.loads(demo)['accounts'], 'passwords have changed')
            check(shop['addresses']['shop'] == f'http://127.0.0.1:{moved + 2}', shop)
            apps = tool(state, 'app', 'get', 'Woodgrove Groceries')
            check(f':{moved + 2}/callback' in apps and f':{base + 2}/' not in apps, apps)
            check(told(state)[-1] == kept[-1], 'customers have changed')


main()
