"""The server's main: daemon.py SALLYPORTD PLUGINS SOURCE

Command line, conf check, sample, start, reload, stop; what the process may not do (req244).
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from server import free_port     # noqa: E402

BINARY, PLUGINS, SOURCE = sys.argv[1:4]
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-daemon-'))
CONF = FOLDER / 'sallyport.yaml'


def check(what, *why):
    if not what:
        raise AssertionError(' '.join(str(part) for part in why))


def run(*args):
    return subprocess.run([BINARY, *args], capture_output=True, text=True, timeout=60)


PORT = free_port()


def conf_text(server='', mail='{ file: spool.so, folder: %s }' % (FOLDER / 'mail')):
    return f'''server:
  state: {FOLDER}/state
  plugins: {PLUGINS}
  mail: [relay]
  workers: 2
{server}
  pages: {SOURCE}/conf
listen:
  public: {{ address: "127.0.0.1:{PORT}", surfaces: [pages, oidc, native, admin, ops] }}
plugin:
  main: {{ file: memory.so }}
  ca: {{ file: conditional-access.so }}
  relay: {mail}
'''


class Server:
    """A running one; its log lines, as they come."""

    def __init__(self):
        path = FOLDER / 'notify'
        path.unlink(missing_ok=True)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(path))
        self.notify.settimeout(60)
        self.lines = []
        self.process = subprocess.Popen([BINARY, '--conf', CONF], stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, 'NOTIFY_SOCKET': str(path)})
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def told(self):
        return self.notify.recv(256).decode()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)
        check(self.told() == 'RELOADING=1')
        check(self.told() == 'READY=1')

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(60)
        self.reader.join()
        self.notify.close()
        return status

    def said(self, pattern):
        return any(re.search(pattern, line) for line in self.lines)


def command_line():
    check(run('--help').stdout.startswith('sallyportd - '))
    check(re.fullmatch(r'sallyportd \d+\.\d+\.\d+ \(plugin API 1\.\d+\)\n', run('--version').stdout))
    for wrong in (['--nonsense'], ['--conf'], ['extra'], ['--check-conf', '--conf', '/nowhere']):
        answer = run(*wrong)
        check(answer.returncode == 2 and answer.stderr, wrong, answer)


def check_conf():
    """req249: what is wrong with a plugin refuses the start, with its place in the file."""
    CONF.write_text(conf_text())
    answer = run('--check-conf', '--conf', CONF)
    check(answer.returncode == 0 and 'fine' in answer.stdout and not answer.stderr, answer)
    rows = [
        (conf_text('  connections: many'), r':6:16: server\.connections: cannot be \'many\''),
        (conf_text(mail='{ file: nope.so }'), r':13:18: plugin\.relay\.file: .*nope\.so: cannot be'),
        (conf_text(mail='{ file: spool.so }'), r':13:3: plugin\.relay\.folder: must be set'),
        (conf_text(mail='{ file: spool.so, folder: mail }'),
         r':13:36: plugin\.relay\.folder: cannot be \'mail\'; allowed: an absolute path'),
        (conf_text(mail='{ file: spool.so, folder: /x, colour: red }'),
         r':13:40: plugin\.relay\.colour: unknown key'),
        (conf_text(mail='{ file: spool.so, folder: /x, lanes: 60 }'),
         r':13:47: plugin\.relay\.lanes: cannot be \'60\'; allowed: 0 to \d+, '),
        (conf_text(mail='{ file: memory.so }'),
         r':4:9: server\.mail: plugin \'relay\' \(memory\.so\) doesn\'t offer it'),
        (conf_text('  test_clock: perhaps\n  log_level: loud'), r':7:14: server\.log_level'),
        # What core and what a plugin finds wrong is told at once.
        (conf_text('  connections: many', '{ file: spool.so, folder: mail, colour: red }'),
         r':6:16: server\.connections(.*\n)*.*:13:36: plugin\.relay\.folder.*\n'
         r'.*:13:42: plugin\.relay\.colour: unknown key.*\n$'),
        (conf_text('  connections: many', '{ file: nope.so }'),
         r':6:16: server\.connections.*\n.*:13:18: plugin\.relay\.file: .*nope\.so'),
    ]
    for text, pattern in rows:
        CONF.write_text(text)
        answer = run('--check-conf', '--conf', CONF)
        check(answer.returncode == 2 and re.search(re.escape(str(CONF)) + pattern, answer.stderr),
              pattern, answer)
        started = run('--conf', CONF)
        check(started.returncode == 2 and started.stderr == answer.stderr, started)


def sample():
    printed = run('--print-conf', '--plugins', PLUGINS)
    kept = (pathlib.Path(SOURCE) / 'conf/sallyport.yaml').read_text()
    check(printed.returncode == 0)
    check(printed.stdout == kept, 'conf/sallyport.yaml is out of date: ninja -C build sample-conf')
    text = printed.stdout.replace('  #plugins: ""', f'  plugins: {PLUGINS}')
    CONF.write_text(text)
    answer = run('--check-conf', '--conf', CONF)
    check(answer.returncode == 0, answer.stderr)


def life():
    CONF.write_text(conf_text())
    server = Server()
    check(server.told() == 'READY=1')
    proc = pathlib.Path(f'/proc/{server.process.pid}')
    limits = (proc / 'limits').read_text()
    check(re.search(r'Max core file size\s+0\s+0', limits), limits)
    ignored = int(re.search(r'SigIgn:\s+(\w+)', (proc / 'status').read_text()).group(1), 16)
    check(ignored & 1 << (signal.SIGPIPE - 1))
    check((FOLDER / 'state').stat().st_mode & 0o777 == 0o700)

    CONF.write_text(conf_text('  log_level: debug\n  password_passes: 3',
                              '{ file: spool.so, folder: %s, deadline: 9s }' % (FOLDER / 'mail')))
    server.reload()
    CONF.write_text(conf_text('  log_level: lod'))
    server.reload()
    CONF.write_text(conf_text('  log_level: debug\n  password_passes: 3',
                              '{ file: spool.so, folder: %s }' % (FOLDER / 'nowhere')))
    server.reload()
    (FOLDER / 'nowhere').mkdir(mode=0o700)      # the cause is mended, the conf file is not touched
    server.reload()
    server.reload()                             # and now there is nothing to do
    pages = FOLDER / 'conf'
    shutil.copytree(pathlib.Path(SOURCE) / 'conf', pages)
    for name in ('sign-in', 'code'):        # each is told, and the pages that were stay
        with open(pages / f'pages/{name}.html', 'a') as file:
            file.write('{{/nothing}}\n')
    CONF.write_text(CONF.read_text().replace(f'{SOURCE}/conf', str(pages)))
    server.reload()
    check(server.stop() == 0)
    for pattern in (r'server\.log_level has changed"', r'plugin\.relay has changed"',
                    r'server\.password_passes has changed, which needs a restart',
                    r':6:14: server\.log_level: cannot be', 'nothing has changed',
                    'nowhere', 'the mail plugins stay as they were', '"stopping"',
                    'certificates, limits and proxies are read again',
                    'pages, mails and texts are read again', r'server\.pages has changed"',
                    r'/conf/pages/sign-in\.html:\d+: [^\\]*"}', r'/conf/pages/code\.html:\d+: ',
                    r'pages, mails and texts stay as they were: server\.pages: '):
        check(server.said(pattern), pattern, server.lines)
    opened = [line for line in server.lines if 'the mail plugins are those of the conf file' in line]
    check(len(opened) == 2, 'once for the deadline, once for the folder', server.lines)
    for line in server.lines:
        check({'time', 'level', 'message'} <= json.loads(line).keys() or
              'event' in json.loads(line), line)
    check(not list(FOLDER.glob('**/core*')))

    (FOLDER / 'state/clock').write_text('4102444800000\n')    # 2100: the clock was set back
    CONF.write_text(conf_text('  log_format: text'))
    server = Server()
    check(server.told() == 'READY=1')
    check(server.stop(signal.SIGINT) == 0)
    check(server.said(r' warning message="the system\'s clock is \d+ s behind'), server.lines)
    check(server.said(r'^2100-01-01T00:00:\d\d\.\d{3}Z info message="ready'), server.lines)

    (FOLDER / 'state').chmod(0o755)
    answer = run('--conf', CONF)
    check(answer.returncode == 1 and 'server.state' in answer.stderr, answer)
    (FOLDER / 'state').chmod(0o700)


try:
    (FOLDER / 'mail').mkdir(mode=0o700)
    FOLDER.chmod(0o755)
    for test in (command_line, check_conf, sample, life):
        test()
        print(test.__name__, 'fine')
finally:
    shutil.rmtree(FOLDER)
