"""The plugin that plugins/README.md teaches: is it what it says? readme.py CHECK README INCLUDE"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

check, readme, include = (os.path.abspath(word) for word in sys.argv[1:4])
source = re.search(r'```c\n(.*?)```', pathlib.Path(readme).read_text(), re.S).group(1)
with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / 'append.c').write_text(source)
    subprocess.run([*os.environ.get('CC', 'cc').split(), '-shared', '-fPIC', '-Wall', '-Wextra', '-Wpedantic', '-Werror',
                    '-I', include, '-o', 'append.so', 'append.c'], cwd=folder, check=True)
    (pathlib.Path(folder) / 'mails').touch()
    subprocess.run([check, '--delivered', f'{folder}/mails', './append.so', f'path={folder}/mails'], cwd=folder, check=True)
    assert (pathlib.Path(folder) / 'mails').read_text().count('Subject: test') > 64
