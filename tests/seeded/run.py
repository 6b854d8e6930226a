#!/usr/bin/env python3
"""Plants one bug after another into a copy of the sources, and sees that a test notices each.

    run.py SOURCES [PLACE]      PLACE: a folder for the copy, kept and used again

A bug that does not compile proves nothing and counts as a failure of this list.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

from bugs import BUGS

# Tests that are more than one program without arguments: what to build, what to run.
OTHERS = {
    'stress visits': (['tests/stress/stress-visits', 'tests/plugins/chaos.so', 'plugins/conditional-access.so'],
                      ['env', 'TEST_PLUGINS=tests/plugins', 'tests/stress/stress-visits', 'plugins', 'SOURCE/conf',
                       '--steps', '4000']),
    'conform lmdb': (['tests/conform/conform', 'plugins/lmdb.so'],
                     ['sh', 'SOURCE/tests/run-lmdb.sh', 'tests/conform/conform', 'plugins']),
    'conform conditional-access': (['tests/conform/conform', 'plugins/conditional-access.so'],
                                   ['tests/conform/conform', 'plugins', 'conditional-access.so']),
}


def targets_of(test):
    return OTHERS[test][0] if test in OTHERS else ['tests/' + test]


def command_of(test, source):
    if test in OTHERS:
        return [part.replace('SOURCE', str(source)) for part in OTHERS[test][1]]
    return ['tests/' + test]


def build(place, targets):
    return subprocess.run(['ninja', '-C', 'build', *targets], cwd=place, capture_output=True, text=True)


def notices(place, test):
    try:
        return subprocess.run(command_of(test, place), cwd=place / 'build', capture_output=True,
                              timeout=120).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def plant(place, bug):
    """None: caught. Else why not."""
    name, good, bad, tests = bug
    path = place / name
    text = path.read_text()
    if text.count(good) < 1:
        return 'the line is not there any more'
    path.write_text(text.replace(good, bad, 1))
    try:
        made = build(place, [target for test in tests for target in targets_of(test)])
        if made.returncode != 0:
            return 'does not compile:\n' + made.stdout[-800:]
        return None if any(notices(place, test) for test in tests) else 'nobody noticed'
    finally:
        path.write_text(text)


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    place = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else \
        pathlib.Path(tempfile.mkdtemp(prefix='seeded-'))
    for folder in ('core', 'plugins', 'conf', 'contrib', 'tests'):
        shutil.copytree(source / folder, place / folder, dirs_exist_ok=True)
    for file in ('meson.build', 'meson_options.txt'):
        if (source / file).exists():
            shutil.copy(source / file, place)
    if not (place / 'build').exists():
        subprocess.run(['meson', 'setup', 'build', '-Dwerror=false', '-Doptimization=0', '-Ddebug=false'],
                       cwd=place, check=True, capture_output=True)
    caught = failed = 0
    for bug in BUGS:
        why = plant(place, bug)
        caught, failed = caught + (why is None), failed + (why is not None)
        print(f'{"caught" if why is None else "MISSED"}  {bug[0]}: {bug[2].strip()}'
              + (f'\n        {why}' if why else ''), flush=True)
    if len(sys.argv) <= 2:
        shutil.rmtree(place)
    print(f'{caught} passed, {failed} failed')
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
