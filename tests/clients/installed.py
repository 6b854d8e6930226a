"""The clients of package.json, which install.sh has put outside the tree.

	/usr/bin/python3 TEST.py SALLYPORTD PLUGINS SOURCE

Without them a test says that it was skipped; where CI is true, that is a failure.
"""
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'http'))
SKIPPED = 77


def installed():
    """The folder that the clients are in."""
    node = shutil.which('node')
    folder = pathlib.Path(subprocess.run([HERE / 'install.sh', '--where'], check=True, capture_output=True,
                                         text=True).stdout.strip(), 'node_modules')
    if node is None or not folder.is_dir():
        print('skipped: the clients are not here; tests/clients/install.sh installs them')
        sys.exit(1 if os.environ.get('CI') == 'true' else SKIPPED)
    return folder
