"""Functions of at most 60 lines, files of at most 500, public headers of at most 150."""
import pathlib
import re
import statistics
import sys

bad, sizes = 0, []
for path in sorted(p for top in ('core', 'plugins', 'tests', 'contrib')
                   for p in pathlib.Path(top).rglob('*.[ch]')):
    lines = path.read_text().split('\n')
    most = 150 if 'include' in path.parts else 500
    if len(lines) - 1 > most:
        print(f'{path}: {len(lines) - 1} lines, more than {most}')
        bad = 1
    begin = None
    for number, line in enumerate(lines):
        if line == '{':
            begin = number
        elif line == '}' and begin is not None:
            if path.parts[0] in ('core', 'plugins'):
                sizes.append(number - begin + 2)
            if number - begin + 2 > 60:
                print(f'{path}:{begin}: {number - begin + 2} lines')
                bad = 1
            begin = None
        if len(line.expandtabs(8)) > 102:
            print(f'{path}:{number + 1}: wide')
            bad = 1
print(f'{len(sizes)} functions, median {statistics.median(sizes)}, greatest {max(sizes)}')
sys.exit(bad)
