"""Disks that are full, and have room again: under the spool, under the log, and by a limit on the size of files."""
import os
import re
import resource
import subprocess
import tempfile

from browser import clear
from world import World, main, named, same, source, until

tests, worlds = [], []
test = named(tests)


class SmallDisk:
    """A disk of so many KiB, while `with` lasts; `path` is None where root may not mount one."""

    def __init__(self, size):
        self.size, self.path = size, None

    def __enter__(self):
        folder = tempfile.mkdtemp(prefix='sallyport-disk-')
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={self.size}k,mode=0700', 'none', folder],
                              capture_output=True)
        if done.returncode == 0:
            self.path = folder
        else:
            os.rmdir(folder)
        return self

    def __exit__(self, kind, error, trace):
        if self.path is not None:
            subprocess.run(['umount', '-l', self.path], check=True)
            os.rmdir(self.path)

    def fill(self):
        ballast = os.open(f'{self.path}/ballast', os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            for size in (4096, 1):
                try:
                    while os.write(ballast, b'x' * size) == size:
                        pass
                except OSError:
                    continue
        finally:
            os.close(ballast)

    def empty(self):
        os.unlink(f'{self.path}/ballast')


NO_DISK = 'this system does not let us mount a small disk'


def at_door(world, address):
    browser, _, page = world.sign_in(address, browser=world.browser(source()))
    same((page.status, page.heading, clear(page)), (200, 'Enter your code', None), page)
    return browser, page


@test('req239', 'a full disk under the spool: the page is there, the mail waits, and comes once when there is room')
def spool():
    with SmallDisk(256) as disk:
        if disk.path is None:
            return NO_DISK
        world = World(change=lambda text: re.sub(r'(spool\.so, folder: )\S+ \}', rf'\g<1>{disk.path} }}', text))
        world.spool = type(world.spool)(disk.path)
        try:
            address, _ = world.customer()
            world.mfa()
            disk.fill()
            browser, page = at_door(world, address)
            until(lambda: world.must('GET', '/mail/queue', tenant=None)['value'], 'the queue')
            same(world.letters(address), [])
            disk.empty()
            world.advance(61000)
            code = world.code(address)
            same(browser.fill(page, 'code', code=code).status, 303)
            world.advance(61000)
            same(len(world.letters(address)), 1)
        finally:
            world.end()


@test('req240', 'a full disk under the log: nobody is held up, and what was dropped is counted and told')
def log():
    with SmallDisk(64) as disk:
        if disk.path is None:
            return NO_DISK
        world = World()
        world.stop()
        world.log = type(world.log)(disk.path) / 'log'
        world.start()
        try:
            address, _ = world.customer()
            disk.fill()
            before = world.metric('sallyport_log_lines_dropped_total')
            for _ in range(20):
                same(world.sign_in(address, browser=world.browser(source()))[2].status, 303)
            until(lambda: world.metric('sallyport_log_lines_dropped_total') > before, 'lines that were dropped')
            disk.empty()
            size = world.log.stat().st_size
            same(world.sign_in(address)[2].status, 303)
            until(lambda: world.log.stat().st_size > size, 'the log again')
        finally:
            world.end()


@test('req239', 'a limit on the size of files: 503 for what must be written, no death by SIGXFSZ, and it recovers')
def limited():
    world = World()
    worlds.append(('a limit on the size of files', world))
    address, _ = world.customer()
    same(world.sign_in(address)[2].status, 303)
    data = world.folder / 'db' / 'data.mdb'
    resource.prlimit(world.process.pid, resource.RLIMIT_FSIZE, (data.stat().st_size, resource.RLIM_INFINITY))
    pages = []
    for number in range(400):       # pages that are free in the file are used up first
        browser = world.browser(source())
        page = browser.fill(world.app().begin(browser), 'to-sign-up')
        pages.append(browser.fill(page, 'address', email=f'stranger{number}@example.net'))
        if pages[-1].status == 503:
            break
    same(world.process.poll(), None, 'it died')
    same((pages[-1].status, clear(pages[-1])), (503, None), len(pages))
    assert pages[-1].header('Retry-After')
    resource.prlimit(world.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    until(lambda: world.sign_in(address)[2].status == 303, 'a sign-in')


main(tests, worlds)
