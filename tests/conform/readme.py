"""The plugin that plugins/README.md teaches: is it what it says? readme.py CONFORM README INCLUDE"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

conform, readme, include = sys.argv[1:4]
source = re.search(r'```c\n(.*?)```', pathlib.Path(readme).read_text(), re.S).group(1)
with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / 'append.c').write_text(source)
    subprocess.run([*os.environ.get('CC', 'cc').split(), '-shared', '-fPIC', '-Wall', '-Wextra', '-Wpedantic', '-Werror',
                    '-I', include, '-o', 'append.so', 'append.c'], cwd=folder, check=True)
    subprocess.run([conform, folder, 'append.so', 'path', f'{folder}/mails'], check=True)
    assert (pathlib.Path(folder) / 'mails').read_text().count('Subject: test') == 64
