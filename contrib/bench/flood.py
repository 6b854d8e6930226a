"""What others lose while one address sends wrong passwords without end; started by run.sh flood.

Customers sign in, alone and beside a flood, by turns; the figure is the ratio of their flows a second. The
flood comes from one address on a few connections, at the rate asked for, with the form of one sign-in.
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse

from world import CALLBACK, World

LINES = 8
TICK = 0.02     # seconds between two bursts
ATTACKER = '127.255.0.9'


class Flood:
    def __init__(self, world):
        self.world, self.replies, self.sent, self.running = world, {}, 0, True
        # Whom he is after is none of those who sign in: strangers are paused there.
        *lines, last = world.people.read_text().splitlines(keepends=True)
        world.people.write_text(''.join(lines))
        tenant, _, plain, email, _ = last.split()
        query = urllib.parse.urlencode({
            'client_id': plain, 'redirect_uri': CALLBACK, 'response_type': 'code', 'scope': 'openid', 'state': 's',
            'code_challenge': 'A' * 43, 'code_challenge_method': 'S256'})
        line = http.client.HTTPConnection('127.0.0.1', world.port, source_address=(ATTACKER, 0))
        line.request('GET', f'/{tenant}/oauth2/v2.0/authorize?{query}')
        answer = line.getresponse()
        cookie = answer.getheader('Set-Cookie').split(';')[0]
        journey = re.search(r'name="journey" value="([^"]+)"', answer.read().decode())[1]
        line.close()
        body = urllib.parse.urlencode({'journey': journey, 'do': 'password', 'email': email, 'password': 'a wrong password'})
        self.request = (f'POST /{tenant}/flow HTTP/1.1\r\nHost: 127.0.0.1:{world.port}\r\nAccept: text/html\r\n'
                        f'Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n'
                        f'Content-Length: {len(body)}\r\n\r\n{body}').encode()

    def run(self, rate, seconds):
        lines = []
        for _ in range(LINES):
            sock = socket.create_connection(('127.0.0.1', self.world.port), source_address=(ATTACKER, 0))
            threading.Thread(target=self.listen, args=(sock,), daemon=True).start()
            lines.append(sock)
        began, self.sent = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            due = int((time.monotonic() - began) * rate) - self.sent
            for number in range(LINES):
                count = (due + number) // LINES
                lines[number].sendall(self.request * count)
                self.sent += count
            time.sleep(TICK)
        for sock in lines:
            sock.close()
        return self.sent / seconds

    def listen(self, sock):
        tail = b''
        try:
            while data := sock.recv(1 << 18):
                data = tail + data
                for status in re.findall(rb'HTTP/1\.1 (\d{3})', data):
                    self.replies[status.decode()] = self.replies.get(status.decode(), 0) + 1
                tail = data[-11:] if not re.search(rb'HTTP/1\.1 \d{3}$', data[-12:]) else b''
        except OSError:
            pass        # closed by us


def measure(world, args):
    samples = {'alone': [], 'flood': []}
    flood, rates = Flood(world), []
    for _ in range(args.rounds):
        for kind in samples:
            thread = None
            if kind == 'flood':
                thread = threading.Thread(target=lambda: rates.append(flood.run(args.rate, args.seconds + 1)))
                thread.start()
                time.sleep(0.5)
            report = world.drive('password', args.many, seconds=args.seconds)
            if thread:
                thread.join()
            if report.get('failures'):
                sys.exit(f'{report["failures"]} sign-ins failed')
            samples[kind].append(report['count'] / report['seconds'])
    return {'alone': statistics.median(samples['alone']), 'flood': statistics.median(samples['flood']),
            'ratio': statistics.median(b / a for a, b in zip(samples['alone'], samples['flood'])),
            'rate': statistics.median(rates), 'replies': flood.replies, 'samples': samples, 'load': os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser(prog='run.sh flood', description=__doc__)
    parser.add_argument('--rate', type=int, default=1000, help='wrong passwords a second; 1000 if not given')
    parser.add_argument('--many', type=int, default=8, help='customers at once; 8 if not given')
    parser.add_argument('--rounds', type=int, default=5, help='5 if not given')
    parser.add_argument('--seconds', type=int, default=4, help='for each half of a round; 4 if not given')
    parser.add_argument('--build', required=True, help=argparse.SUPPRESS)
    parser.add_argument('--source', required=True, help=argparse.SUPPRESS)
    args = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-flood-'))
    try:
        world = World(folder / 'world', args.build, args.source)
        world.seed(1, args.many * 3 + 1)
        found = measure(world, args)
        world.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(found))
    print(f'sign-ins a second: {found["alone"]:.1f} alone, {found["flood"]:.1f} beside {found["rate"]:.0f} wrong passwords '
          f'a second from one address: {found["ratio"]:.2f} of it')


if __name__ == '__main__':
    main()
