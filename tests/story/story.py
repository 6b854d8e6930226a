"""The demo's story, as a newcomer plays it, and its controls: story.py BUILD SOURCE CONTROL

BUILD is a build folder. `none` plays the story, which must hold. Any other control puts something
broken in the place of one part; then the story must fail at the steps that name it, and at no
other: a story that can't fail proves nothing.
"""
import json
import pathlib
import shutil
import subprocess
import sys

import running

BUILD, SOURCE, CONTROL = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]

# What is put where, and the steps that must fail, with words of the first of them.
CONTROLS = {
    'none': (None, None, [], ''),
    'allow': ('allow.so', 'conditional-access.so', '1b 3 5b 5c 6 7 8 9 10 10b'.split(),
              'expected: a code asked for at the next sign-in'),
    'drop': ('drop.so', 'spool.so', '1 1b 3 5b 5c 6 10 10b 12'.split(), 'in the spool'),
    'forgetful': ('forgetful.so', 'lmdb.so', ['3'], 'expected: five wrong codes to end the tries'),
    'mfa-off': (None, None, '1b 3 5b 5c 6 7 8 9 10 10b'.split(),
                'expected: a code asked for at the next sign-in'),
}
# An operator whose switch isn't connected.
UNCONNECTED = '''#!/bin/sh
case "$1 $2" in "policy set-state") exit 0 ;; esac
exec "{}" "$@"
'''


def rigged(folder, broken, place):
    """The build folder, with something else in one place."""
    build = running.copied(BUILD, folder)
    if CONTROL == 'mfa-off':
        (build / 'core/sallyport').unlink()
        (build / 'core/sallyport').write_text(UNCONNECTED.format(BUILD / 'core/sallyport'))
        (build / 'core/sallyport').chmod(0o755)
    if broken:
        shutil.copy(BUILD / 'tests/plugins' / broken, build / 'plugins' / place)
    return build


def main():
    broken, place, steps, words = CONTROLS[CONTROL]
    base = running.free_base(20011 + 2000 * list(CONTROLS).index(CONTROL))
    with running.scratch() as folder:
        done = subprocess.run(
            [SOURCE / 'contrib/quickstart.sh', '--once', '--state', folder / 'state',
             '--port-base', str(base), '--build', rigged(folder, broken, place),
             '--', '--result', folder / 'result', *(['--patience', '1'] if steps else [])],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280)
        print(done.stdout)
        for log in (folder / 'state').glob('*.log'):
            print(f'--- {log.name}', log.read_text()[-4000:], sep='\n')
        if not (folder / 'result').exists():
            sys.exit('the story was not played')
        failed = json.loads((folder / 'result').read_text())['failed']
        if failed != steps or words not in done.stdout or (done.returncode != 0) != bool(steps):
            sys.exit(f'control {CONTROL}: steps {failed} failed, wanted {steps}, with the words '
                     f'"{words}"; exit status {done.returncode}')


main()
