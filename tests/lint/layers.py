"""Who may include whom: the law of the house. See CONTRIBUTING.md for what each room holds."""
import pathlib
import re
import sys

MAY = {
    'base': '', 'text': 'base', 'loop': 'base', 'conf': 'base', 'crypto': 'base',
    'model': 'base text', 'plugin': 'base loop conf', 'check': 'base loop conf plugin',
    'store': 'base loop conf crypto model plugin',
    'flow': 'base text loop conf crypto model plugin store',
    'http': 'base loop conf text',
    'surface': 'base text loop conf crypto model plugin store flow http',
}
ROOMS = {room: set(may.split()) | {room} for room, may in MAY.items()}
bad = 0


def complain(path, what):
    global bad
    print(f'{path}: {what}')
    bad = 1


def core_may(path, inc):
    room = path.parts[1]
    if len(path.parts) == 2:        # core/sallyportd.c and core/sallyport.c know everybody
        return True
    return room != 'include' and inc.split('/')[0] in ROOMS[room]


sources = [p for top in ('core', 'plugins') for p in sorted(pathlib.Path(top).rglob('*.[ch]'))]
for path in sources:
    text = path.read_text()
    for inc in re.findall(r'#include "([^"]+)"', text):
        ok = '/' not in inc if path.parts[0] == 'plugins' else core_may(path, inc)
        if not ok:
            complain(path, f'may not include {inc}')
    room = path.parts[1]
    if path.parts[0] == 'core' and room == 'model' and re.search(r'#include <(event2|sys/socket)', text):
        complain(path, 'the model does no I/O')
    if room not in ('loop', 'http', 'include') and re.search(r'\b(evtimer_|event_new\(|event_assign\()', text) \
            and path.parts[0] == 'core':
        complain(path, 'timers and events are made in loop/ and http/ alone')
sys.exit(bad)
