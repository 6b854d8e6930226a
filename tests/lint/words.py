"""What no text of the repository says, where keys may be spelled, and how much of a public header is prose."""
import pathlib
import re
import sys

TOPS = ('core', 'plugins', 'contrib', 'tests', 'conf', '.ci')
ENDINGS = {'.c', '.h', '.py', '.md', '.sh', '.build', '.txt', '.yaml', '.yml', '.json', '.html', '.css', '.js',
           '.mustache', '.service', '.supp', ''}
PROSE = 40      # percent of a public header's lines

# Written in two halves, so that this file passes its own test.
BANNED = [(re.compile(pattern), why) for pattern, why in (
    (r'(?<![\w.{}])/wo' r'rk\b', 'a path of one machine'),
    (r'(?<![\w.])/ho' r'me/\w', 'a path of one machine'),
    (r'\b(py' r'pi\.org|pythonho' r'sted|npm' r'js\.|registry\.npm|crates' r'\.io|rubygems' r'\.org|'
     r'proxy\.gol' r'ang|docker' r'\.io|gh' r'cr\.io|deb\.deb' r'ian|static\.cra' r'tes)', 'a host of packages'),
    (r'"resol' r'ved": *"', 'where a package came from'),
)]
KEY = re.compile(r'\bKIND_[A-Z]|#include "store/kinds\.h"')


def texts():
    files = [p for p in pathlib.Path('.').iterdir() if p.is_file()]
    for top in TOPS:
        files += [p for p in pathlib.Path(top).rglob('*') if p.is_file() and '__pycache__' not in p.parts]
    for path in sorted(files):
        if path.suffix in ENDINGS:
            try:
                yield path, path.read_text()
            except UnicodeDecodeError:
                continue        # no text: a corpus, a picture


def prose(text):
    """Percent of the lines that hold a comment; empty ones aside."""
    inside, told, lines = False, 0, [line for line in text.split('\n') if line.strip()]
    for line in lines:
        told += inside or '/*' in line
        if '/*' in line:
            inside = '*/' not in line.split('/*', 1)[1]
        elif '*/' in line:
            inside = False
    return 100 * told // len(lines)


bad, told = 0, []
for path, text in texts():
    for number, line in enumerate(text.split('\n'), 1):
        for pattern, why in BANNED:
            if pattern.search(line):
                print(f'{path}:{number}: {why}')
                bad = 1
        if path.parts[0] in ('core', 'plugins') and path.parts[:2] != ('core', 'store') and KEY.search(line):
            print(f'{path}:{number}: spells a key of the records; only core/store may')
            bad = 1
for path in sorted(pathlib.Path('core/include').rglob('*.h')):
    percent = prose(path.read_text())
    told.append(f'{path.name} {percent}%')
    if percent < PROSE:
        print(f'{path}: {percent}% prose, less than {PROSE}%')
        bad = 1
print('prose: ' + ', '.join(told))
sys.exit(bad)
