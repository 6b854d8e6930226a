"""The conformance suite of a bundled plugin, in a folder of its own: check.py CHECK FILE.so [--mail] [key=value]...

{folder} in a value is that folder. With --mail it is also where its messages are counted.
"""
import subprocess
import sys
import tempfile

check, file, *words = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    options = []
    if words[:1] == ['--mail']:
        options = ['--delivered', folder]
        words = words[1:]
    run = subprocess.run([check, '--limit', '240', *options, file, *(word.replace('{folder}', folder) for word in words)])
    sys.exit(run.returncode)
