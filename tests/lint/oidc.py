"""The table of tests/oidc.txt: each requirement and each module of the conformance plans has its test, or a reason."""
import pathlib
import re
import sys

TABLE, TESTS = pathlib.Path('tests/oidc.txt'), pathlib.Path('tests')
REQUIREMENTS, MODULES = 110, 54
ROW = re.compile(r'(\d+|oidcc-\S+)(?: ([^:]+?))??(?:: (.+)| -- ([^:]+): (.+))')
bad = 0


def complain(what):
    global bad
    print(f'{TABLE}: {what}')
    bad = 1


def tagged(name, text):
    tag = rf'req{name}(?!\d)' if name.isdigit() else rf'{name}(?![\w-])'
    return re.search(r'(?<![A-Za-z])' + tag, text)


def look(name, files, why, pattern):
    for path in (TESTS / file for file in (files or '').split()):
        if not path.is_file():
            complain(f'{name}: there is no {path}')
        elif not tagged(name, path.read_text()):
            complain(f'{name}: no test of {path} is tagged so')
    for path, text in sources if pattern else ():
        if re.search(pattern, text):
            complain(f'{name}: "{why}", but {path} has {pattern!r}')


sources = [(path, path.read_text()) for top in ('core', 'plugins') for path in sorted(pathlib.Path(top).rglob('*.[ch]'))]
seen, tested = [], 0
for line in TABLE.read_text().splitlines():
    row = ROW.fullmatch(line)
    if row:
        name, _, files, why, pattern = row.groups()
        seen.append(name)
        tested += files is not None
        look(name, files, why, pattern)
    elif line and not line.startswith('#'):
        complain(f'not a row: {line}')
numbers = [int(name) for name in seen if name.isdigit()]
modules = len(seen) - len(numbers)
if numbers != list(range(1, REQUIREMENTS + 1)):
    complain(f'the numbers are not 1 to {REQUIREMENTS}: {sorted(set(range(1, REQUIREMENTS + 1)) ^ set(numbers))}')
if modules != MODULES or len(set(seen)) != len(seen):
    complain(f'there are {modules} modules, of {MODULES}, or one is there twice')
print(f'{len(numbers)} requirements, {modules} modules, {tested} of them tested')
sys.exit(bad)
