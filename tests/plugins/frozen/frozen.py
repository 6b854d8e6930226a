"""A plugin built from the first headers still conforms: frozen.py CHECK FOLDER"""
import hashlib
import pathlib
import platform
import subprocess
import sys
import tempfile

check, folder = sys.argv[1:]
EXPECTED = '3b41e7bd8e842029978285d4673c257e4c65053fe19a844938f78f7de2619456'
file = pathlib.Path(folder, '1.0', 'frozen-x86_64.so')
assert hashlib.sha256(file.read_bytes()).hexdigest() == EXPECTED, f'{file} is no longer what was frozen'
assert file.stat().st_size < 40000
if platform.machine() != 'x86_64':
    print(f'skipped: {file.name} cannot be loaded on {platform.machine()}')
    sys.exit(77)
with tempfile.TemporaryDirectory() as place:
    # A checkout may have any mode; the loader refuses what others could write to.
    copy = pathlib.Path(place, file.name)
    copy.write_bytes(file.read_bytes())
    copy.chmod(0o644)
    mails = pathlib.Path(place, 'mails')
    mails.touch()
    told = subprocess.run([check, '--limit', '240', '--delivered', mails, copy, f'path={mails}', 'lanes=1'], text=True, capture_output=True)
    print(told.stdout, told.stderr)
    red = [line.split()[1] for line in told.stdout.splitlines() if line.split()[:1] in (['WRONG'], ['CRASH'], ['HANGS'])]
    # It keeps users and records in memory beside a key that names a place, so these are its own fault.
    assert set(red) == {'users.restart', 'users.kill', 'records.restart', 'records.kill'}, red
