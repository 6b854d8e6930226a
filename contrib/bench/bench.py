"""Measures Sallyport beside the machine's own limits; started by run.sh. See README.md."""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import counting
import table
from world import World, free_port

SENDS_OF_PERSON, WRONGS_OF_PERSON, SENDS_OF_TENANT = 8, 8, 900
SENDS = {'mfa': 1, 'mfa es256': 1, 'resend': 2}     # of a flow
RESEND_AFTER = 61   # seconds; the setting is 60
HASHES = {'full': (19456, 2), 'least': (8, 1)}  # KiB, passes

# Flows in one round, by how many at once.
COUNTS = {
    'full': {'mfa': {1: 40, 16: 160, 64: 192}, 'password': {1: 40, 16: 160, 64: 192},
             'wrong': {1: 40, 16: 128, 64: 128}, 'resend': {16: 64}},
    'least': {'mfa': {1: 150, 16: 600, 64: 800}, 'mfa es256': {1: 150, 16: 600, 64: 800},
              'password': {1: 150, 16: 600, 64: 800}, 'wrong': {1: 150, 16: 600, 64: 800},
              'refresh': {1: 1500, 16: 8000, 64: 12000}, 'resend': {16: 320}},
}


def limits(world, *args):
    command = [str(world.build / 'contrib/bench/bench-limits'), *map(str, args)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    return json.loads(run.stdout)


class Samples(dict):
    """What was measured, by name and number at once, a list of reports each."""

    def add(self, name, many, report):
        self.setdefault((name, many), []).append(report)

    def median(self, name, many, what):
        values = [what(report) for report in self.get((name, many), [])]
        return statistics.median(values) if values else None


class Bench:
    def __init__(self, args, folder, hashing, flows):
        self.args, self.hashing, self.flows = args, hashing, flows
        self.counts, self.samples = COUNTS[hashing], Samples()
        self.rounds, self.memory, self.prepared = args.rounds, None, 0
        self.folder = pathlib.Path(folder) / hashing
        self.folder.mkdir()
        self.world = World(self.folder / 'world', args.build, args.source,
                           cheap=hashing == 'least')
        self.journeys = self.folder / 'journeys'
        sends = self.rounds * sum(
            sum(counts.values()) * SENDS.get(mode, 0) for mode, counts in self.counts.items())
        wrongs = self.rounds * sum(self.counts['wrong'].values())
        self.people = max(args.people, sends // SENDS_OF_PERSON + 65)
        self.others = wrongs // WRONGS_OF_PERSON + 65
        self.tenants = sends // SENDS_OF_TENANT + 1

    def seed(self):
        began = time.time()
        self.world.seed(self.tenants, self.people + self.others)
        lines = self.world.people.read_text().splitlines(keepends=True)
        fewer = self.world.es256.read_text().splitlines(keepends=True)[:self.people]
        self.world.es256.write_text(''.join(fewer))
        # The wrong passwords are for people of their own: ten in a row, and one has to wait.
        self.wrong = self.folder / 'wrong'
        self.wrong.write_text(''.join(lines[self.people:]))
        self.world.people.write_text(''.join(lines[:self.people]))
        note(f'{self.hashing} hash: {self.tenants} tenants, {len(lines)} customers in '
             f'{time.time() - began:.1f} s')

    def prepare(self):
        """Journeys at the second door for every round; resending is allowed after a minute."""
        count = sum(self.counts['resend'].values()) * self.rounds
        report = self.world.drive('prepare', 16, count=count, journeys=self.journeys)
        self.samples.add('prepare', 16, report)
        self.prepared = time.monotonic()
        self.left = self.journeys.read_text().splitlines(keepends=True)

    def sign_ins(self):
        who = {'wrong': self.wrong, 'mfa es256': self.world.es256, 'refresh': self.world.es256}
        for mode in self.counts:
            if mode == 'resend':
                continue
            for many, count in self.counts[mode].items():
                self.samples.add(mode, many, self.world.drive(
                    mode.split()[0], many, count=count,
                    people=who.get(mode, self.world.people)))

    def resend(self):
        wait = self.prepared + RESEND_AFTER - time.monotonic()
        if wait > 0:
            note(f'  {wait:.0f} s until codes may be sent again')
            time.sleep(wait)
        for many, count in self.counts['resend'].items():
            part, self.left = self.left[:count], self.left[count:]
            (self.folder / 'part').write_text(''.join(part))
            self.samples.add('resend', many, self.world.drive(
                'resend', many, count=count, journeys=self.folder / 'part'))

    def argon(self):
        memory, passes = HASHES[self.hashing]
        self.samples.add('argon', 0, limits(self.world, 'argon', self.args.seconds,
                                            os.cpu_count(), memory, passes))

    def lmdb(self):
        """For each flow and number at once: only the syncs that a customer has to wait for, each
        with its share of all the puts, as many customers in one transaction."""
        for mode, flow in self.flows.items():
            for many in self.counts.get(mode, ()):
                folder = self.folder / 'bare'
                report = limits(self.world, 'lmdb', self.args.seconds, folder, many,
                                flow['appended'] / flow['waited'],
                                int((flow['bytes'] - flow['scattered_bytes']) /
                                    max(flow['appended'], 1)),
                                flow['scattered'] / flow['waited'],
                                int(flow['scattered_bytes'] / max(flow['scattered'], 1)))
                shutil.rmtree(folder)
                report['count'] /= flow['waited']
                self.samples.add('lmdb ' + mode, many, report)

    def userinfo(self):
        """Beside bare verifications of such tokens."""
        self.samples.add('verify', 0, limits(self.world, 'verify', self.args.seconds,
                                             os.cpu_count()))
        for many in (1, 16):
            self.samples.add('userinfo', many, self.world.drive(
                'userinfo', many, seconds=self.args.seconds))

    def robots(self):
        """Applications without customers: a token beside bare signatures, a question about it beside bare verifications."""
        self.samples.add('sign', 0, limits(self.world, 'sign', self.args.seconds, os.cpu_count()))
        for mode in ('alone', 'introspect'):
            for many in (1, 16):
                self.samples.add(mode, many, self.world.drive(
                    mode, many, seconds=self.args.seconds, people=self.world.robots))

    def discovery(self):
        """Alone, beside 16 who sign in, and from a server that does nothing else."""
        for many in (1, 16):
            self.samples.add('discovery', many, self.world.drive(
                'discovery', many, seconds=self.args.seconds))
        size = self.samples['discovery', 1][-1]['bytes']
        beside = subprocess.Popen(self.world.command('password', 16,
                                                     seconds=self.args.seconds + 2),
                                  stdout=subprocess.PIPE, text=True)
        time.sleep(1)   # until they are under way
        self.samples.add('discovery beside', 1, self.world.drive(
            'discovery', 1, seconds=self.args.seconds))
        self.samples.add('beside', 16, json.loads(beside.communicate(timeout=300)[0]))
        port = free_port()
        bare = subprocess.Popen([str(self.world.build / 'contrib/bench/bench-limits'), 'http',
                                 str(2 * self.args.seconds + 5), str(port),
                                 str(os.cpu_count()), str(size)])
        time.sleep(0.5)
        for many in (1, 16):
            self.samples.add('http', many, self.world.drive(
                'discovery', many, pid=bare.pid, port=port, seconds=self.args.seconds))
        bare.terminate()
        bare.wait()

    def run(self):
        self.seed()
        self.prepare()
        for number in range(self.rounds):
            began = time.time()
            self.argon()
            self.sign_ins()
            self.lmdb()
            if self.hashing == 'full':
                self.discovery()
            else:
                self.userinfo()
                self.robots()
            self.resend()
            note(f'  round {number + 1}: {time.time() - began:.0f} s')
        self.memory = self.world.stop()
        return self

    def failures(self):
        return sum(report.get('failures', 0) for reports in self.samples.values()
                   for report in reports)


def note(text):
    print(text, file=sys.stderr, flush=True)


def machine():
    cpu = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    return {'processors': os.cpu_count(), 'model': cpu.group(1) if cpu else platform.machine(),
            'kernel': platform.release(), 'load': os.getloadavg()[0],
            'date': time.strftime('%Y-%m-%d %H:%M')}


def arguments():
    parser = argparse.ArgumentParser(prog='run.sh', description=__doc__)
    parser.add_argument('--json', action='store_true', help='all that was measured, as JSON')
    parser.add_argument('--rounds', type=int, default=3, help='interleaved; 3 if not given')
    parser.add_argument('--seconds', type=int, default=2,
                        help='for each limit, and for discovery; 2 if not given')
    parser.add_argument('--people', type=int, default=64,
                        help='customers at least; more are made where budgets ask for them')
    parser.add_argument('--hash', choices=('full', 'least', 'both'), default='both',
                        help='with which password hash; both if not given')
    parser.add_argument('--folder', default=tempfile.gettempdir(),
                        help='where the state goes: on the disk that is to be measured')
    parser.add_argument('--build', required=True, help=argparse.SUPPRESS)
    parser.add_argument('--source', required=True, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.rounds < 1 or args.seconds < 1 or not 64 <= args.people <= 100000:
        parser.error('--rounds and --seconds from 1, --people from 64 to 100000')
    return args


def main():
    args = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    before = machine()
    folder = tempfile.mkdtemp(prefix='sallyport-bench-', dir=args.folder)
    try:
        flows = counting.count(folder, args)
        hashes = ('full', 'least') if args.hash == 'both' else (args.hash,)
        benches = [Bench(args, folder, hashing, flows).run() for hashing in hashes]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    failures = sum(bench.failures() for bench in benches)
    if args.json:
        print(json.dumps({
            'machine': before, 'flows': flows, 'failures': failures,
            'samples': {bench.hashing: {f'{name} {many}': reports for (name, many), reports
                                        in bench.samples.items()} for bench in benches},
            'memory': {bench.hashing: bench.memory for bench in benches}}, indent=1))
    else:
        table.show(before, flows, benches)
        print(f'failures: {failures}')
    return failures > 0


if __name__ == '__main__':
    sys.exit(main())
