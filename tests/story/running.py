"""The demo as the quickstart runs it, on a build folder that it doesn't build again."""
import contextlib
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

READY = 'Ctrl-C stops it.'


def free_base(begin):
    """Three ports in a row that nobody has, from a range of 2,000 that the caller alone uses."""
    for base in range(begin, begin + 2000, 7):
        with contextlib.ExitStack() as taken:
            try:
                for port in range(base, base + 3):
                    taken.enter_context(socket.create_server(('127.0.0.1', port)))
                return base
            except OSError:
                continue
    raise SystemExit('no three free ports in a row')


def copied(build, folder):
    """A build folder that looks up to date, whose parts may be replaced."""
    copy = folder / 'build'
    (copy / 'core').mkdir(parents=True)
    (copy / 'build.ninja').write_text('build all: phony\n')
    for program in ('sallyportd', 'sallyport'):
        (copy / 'core' / program).symlink_to(build / 'core' / program)
    (copy / 'plugins').mkdir(mode=0o755)
    for plugin in (build / 'plugins').glob('*.so'):
        shutil.copy(plugin, copy / 'plugins')
    return copy


@contextlib.contextmanager
def scratch():
    folder = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-story-'))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def quickstart(source, build, folder, base):
    """Runs until the block ends, then must have stopped cleanly. Gives the state folder."""
    process = subprocess.Popen(
        [source / 'contrib/quickstart.sh', '--state', folder / 'state', '--port-base', str(base),
         '--build', build], stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            if line.startswith(READY):
                break
        else:
            raise SystemExit(f'the quickstart did not start: status {process.wait()}')
        yield folder / 'state'
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(60)
        process.stdout.close()
    if status != 0:
        raise SystemExit(f'the quickstart ended with status {status}')
