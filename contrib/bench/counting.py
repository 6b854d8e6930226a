"""What each flow writes: a server whose commits are counted (count.c), a few flows of each."""
import array
import json
import pathlib
import re
import subprocess
import time

from world import World

KINDS, CELLS = 256, 8
CHECKS, PUTS, REMOVES, ADDS, BYTES, SCATTERED, SCATTERED_REMOVES, SCATTERED_BYTES = range(8)
MODES = ('mfa', 'password', 'wrong', 'refresh', 'resend')
FLOWS = 64
REFRESHES = 1024    # many to each sign-in that makes them ready


def kind_names(source):
    text = (pathlib.Path(source) / 'core/store/kinds.h').read_text()
    return {int(number): name.lower() for name, number
            in re.findall(r'\bKIND_(\w+) = (\d+)', text) if number != '0'}


def read(world):
    numbers = array.array('Q')
    numbers.frombytes(world.counts.read_bytes())
    return numbers


def settled(world):
    """Once nothing has been written for a while: mail is sent after the customer's answer."""
    before = read(world)
    for _ in range(100):
        time.sleep(0.3)
        after = read(world)
        if after == before:
            return after
        before = after
    raise SystemExit('the server never comes to rest')


def transactions(world):
    run = subprocess.run([str(world.build / 'contrib/bench/bench-limits'), 'txns',
                          str(world.folder / 'db')], stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)['count']


def difference(before, after, names, flows):
    """For one flow: commits, and what they held, by kind."""
    delta = [(b - a) / flows for a, b in zip(before, after)]
    kinds = {}
    for kind in range(KINDS):
        cells = delta[2 + kind * CELLS:2 + (kind + 1) * CELLS]
        if any(cells):
            kinds[names.get(kind, str(kind))] = cells

    def total(*which):
        return sum(cells[i] for cells in kinds.values() for i in which)
    puts, scattered = total(PUTS, ADDS), total(SCATTERED)
    return {
        'batches': delta[0] + delta[1], 'waited': delta[0], 'puts': puts,
        'scattered': scattered, 'appended': puts - scattered, 'removes': total(REMOVES),
        'scattered_removes': total(SCATTERED_REMOVES), 'checks': total(CHECKS),
        'bytes': total(BYTES), 'scattered_bytes': total(SCATTERED_BYTES),
        'kinds': {name: {'puts': cells[PUTS] + cells[ADDS], 'scattered': cells[SCATTERED],
                         'removes': cells[REMOVES]} for name, cells in kinds.items()},
    }


def measure(world, mode, many, names, **more):
    before, first = settled(world), transactions(world)
    flows = REFRESHES if mode == 'refresh' else FLOWS
    report = world.drive(mode, many, count=flows, **more)
    if report['failures'] or report['count'] != flows:
        raise SystemExit(f'{mode}: {report["failures"]} of {flows} flows failed')
    after = settled(world)
    flow = difference(before, after, names, flows)
    flow['transactions'] = (transactions(world) - first) / flows
    return flow


def count(folder, args):
    names = kind_names(args.source)
    world = World(pathlib.Path(folder) / 'counted', args.build, args.source, cheap=True,
                  counted=True)
    flows, journeys = {}, world.folder / 'journeys'
    world.seed(1, FLOWS)
    prepared = time.monotonic()
    world.drive('prepare', 16, count=FLOWS, journeys=journeys)
    for mode in MODES:
        if mode == 'resend':
            time.sleep(max(0, prepared + 65 - time.monotonic()))
        more = {'journeys': journeys} if mode == 'resend' else {}
        flows[mode] = measure(world, mode, 1 if mode != 'resend' else 16, names, **more)
        if mode != 'resend':
            flows[mode]['transactions_16'] = measure(world, mode, 16, names)['transactions']
    world.stop()
    return flows
