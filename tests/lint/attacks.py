"""The hundred attacks of tests/attacks.txt: each has its test, or the reason why it needs none yet still holds."""
import pathlib
import re
import sys

TABLE = pathlib.Path('tests/attacks.txt')
GROUPS = {'A': 19, 'B': 16, 'C': 28, 'D': 11, 'E': 20, 'F': 6}
ROW = re.compile(r'([A-F]\d+) (.+?)(?: -- (.+): (.+))?')
TAG = re.compile(r'\battack([A-F]\d+)(?!\d)')
bad = 0


def complain(what):
    global bad
    print(f'{TABLE}: {what}')
    bad = 1


def texts(*tops, endings=('.c', '.h', '.py')):
    for top in tops:
        for path in sorted(pathlib.Path(top).rglob('*')):
            if path.suffix in endings and 'lint' not in path.parts:
                yield path, path.read_text()


def rows():
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith('#'):
            row = ROW.fullmatch(line)
            if row:
                yield row.groups()
            else:
                complain(f'not a row: {line}')


tags = {}
for path, text in texts('tests', 'plugins', 'contrib'):
    for number in TAG.findall(text):
        tags.setdefault(number, []).append(path)
sources = list(texts('core', 'plugins'))
seen = set()
for number, what, why, pattern in rows():
    if number in seen:
        complain(f'{number} is there twice')
    seen.add(number)
    if why is None and number not in tags:
        complain(f'{number} ({what}): no test is tagged attack{number}')
    if why is not None and number in tags:
        complain(f'{number} ({what}): {tags[number][0]} tests it, the reason can go')
    if pattern is not None:
        for path, text in sources:
            if re.search(pattern, text):
                complain(f'{number} ({what}): "{why}", but {path} has {pattern!r}')
wanted = {f'{group}{number}' for group, most in GROUPS.items() for number in range(1, most + 1)}
for number in sorted(wanted ^ seen):
    complain(f'{number} is {"missing" if number in wanted else "no attack that is known"}')
for number in sorted(set(tags) - wanted):
    complain(f'{tags[number][0]} is tagged attack{number}, which is no attack that is known')
print(f'{len(seen)} attacks, {len(seen & set(tags))} tested')
sys.exit(bad)
