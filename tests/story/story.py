"""The demo's story, as a newcomer plays it, and its controls: story.py BUILD SOURCE CONTROL

BUILD is a build folder. `none` plays the story, which must hold. Any other control puts something
broken in the place of one part; then the story must fail at the steps that name it, and at no
other: a story that can't fail proves nothing.
"""
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

BUILD, SOURCE, CONTROL = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]

# What is put where, and the steps that must fail, with words of the first of them.
CONTROLS = {
    'none': (None, None, [], ''),
    'allow': ('allow.so', 'conditional-access.so', '1b 3 5b 6 7 8 9 10 10b'.split(),
              'expected: a code asked for at the next sign-in'),
    'drop': ('drop.so', 'spool.so', '1 1b 3 5b 6 10 10b 12'.split(), 'in the spool'),
    'forgetful': ('forgetful.so', 'lmdb.so', ['3'], 'expected: five wrong codes to end the tries'),
    'mfa-off': (None, None, '1b 3 5b 6 7 8 9 10 10b'.split(),
                'expected: a code asked for at the next sign-in'),
}
# An operator whose switch isn't connected.
UNCONNECTED = '''#!/bin/sh
case "$1 $2" in "policy set-state") exit 0 ;; esac
exec "{}" "$@"
'''


def free_base():
    """Three ports in a row that nobody has; each control looks in a range of its own."""
    begin = 20011 + 2000 * list(CONTROLS).index(CONTROL)
    for base in range(begin, begin + 2000, 7):
        taken = []
        try:
            for port in range(base, base + 3):
                taken.append(socket.create_server(('127.0.0.1', port)))
            return base
        except OSError:
            continue
        finally:
            for sock in taken:
                sock.close()
    sys.exit('no three free ports in a row')


def rigged(folder, broken, place):
    """A build folder that looks up to date, with something else in one place."""
    build = folder / 'build'
    (build / 'core').mkdir(parents=True)
    (build / 'build.ninja').write_text('build all: phony\n')
    (build / 'core/sallyportd').symlink_to(BUILD / 'core/sallyportd')
    if CONTROL == 'mfa-off':
        (build / 'core/sallyport').write_text(UNCONNECTED.format(BUILD / 'core/sallyport'))
        (build / 'core/sallyport').chmod(0o755)
    else:
        (build / 'core/sallyport').symlink_to(BUILD / 'core/sallyport')
    (build / 'plugins').mkdir(mode=0o755)
    for plugin in (BUILD / 'plugins').glob('*.so'):
        shutil.copy(plugin, build / 'plugins')
    if broken:
        shutil.copy(BUILD / 'tests/plugins' / broken, build / 'plugins' / place)
    return build


def main():
    broken, place, steps, words = CONTROLS[CONTROL]
    folder = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-story-'))
    folder.chmod(0o755)
    try:
        build = rigged(folder, broken, place)
        done = subprocess.run(
            [SOURCE / 'contrib/quickstart.sh', '--once', '--state', folder / 'state',
             '--port-base', str(free_base()), '--build', build,
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
    finally:
        shutil.rmtree(folder)


main()
