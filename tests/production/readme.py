"""contrib/production/README.md as it is written: readme.py SALLYPORTD SALLYPORT PLUGINS SOURCE BUILD

Each line of each block of commands is run by root, in order, in a copy of this machine that is thrown
away: a mount namespace of its own with an overlay over everything, and a network of its own. Stood in
for are only what would go to the world or take minutes: packages, the compiler (what was built is
installed), systemd (the unit's own command is run, as its user), certbot (a certificate of our own).
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE, BUILD = pathlib.Path(sys.argv[4]), pathlib.Path(sys.argv[5])
NAME, PASSPHRASE = 'login.example.com', 'five words that nobody knows'

SHIMS = {
    'apt-get': 'exit 0',
    'meson': f'''case $1 in
install) mkdir -p /etc/sallyport; exec "$REAL_MESON" install -C {BUILD} --no-rebuild --quiet;;
esac''',
    'ninja': 'exit 0',
    'certbot': '''while [ "$1" != -d ]; do shift; done
mkdir -p "/etc/letsencrypt/live/$2"
cd "/etc/letsencrypt/live/$2" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \\
	-subj "/CN=$2" -addext "subjectAltName=DNS:$2" -keyout privkey.pem -out fullchain.pem 2> /dev/null
[ -f chain.pem ] || cp fullchain.pem chain.pem''',
    'systemctl': '''unit=$(find /usr/local/lib/systemd /lib/systemd -name "${*: -1}.service" 2> /dev/null | head -n 1)
pid=$(cat /run/sallyport.pid 2> /dev/null)
case "$1 ${*: -1}" in
daemon-reload*|"reload nginx") exit 0;;
"start sallyport"|"enable sallyport")
	command=$(sed -n 's/^ExecStart=//p' "$unit") user=$(sed -n 's/^User=//p' "$unit")
	setsid runuser -u "$user" -- $command > /run/sallyport.log 2>&1 < /dev/null &
	echo $! > /run/sallyport.pid
	until curl -sf http://127.0.0.1:9464/readyz > /dev/null; do
		kill -0 $! || { cat /run/sallyport.log >&2; exit 1; }
		sleep 0.1
	done;;
"stop sallyport") kill -TERM $(cat "/proc/$pid/task/$pid/children")
	while grep -qs '^State:[^Z]*$' "/proc/$pid/status"; do sleep 0.1; done;;
"reload sallyport") kill -HUP $(cat "/proc/$pid/task/$pid/children");;
*) echo "systemctl $* is not understood here" >&2; exit 1;;
esac''',
}


def outside():
    """Into a copy of this machine, and on from there."""
    if os.geteuid() != 0:
        sys.exit(77)
    top = pathlib.Path(tempfile.mkdtemp(prefix='sallyport-readme-'))
    if subprocess.run(['unshare', '--mount', 'true'], capture_output=True).returncode != 0:
        print('skipped: no mounts of its own can be had here')
        sys.exit(77)
    code = subprocess.run(['unshare', '--mount', '--net', '--pid', '--fork', '/usr/bin/python3', __file__,
                           *sys.argv[1:6], str(top)]).returncode
    shutil.rmtree(top, ignore_errors=True)
    sys.exit(code)


def mount(*words):
    return subprocess.run(['mount', *map(str, words)], capture_output=True).returncode == 0


def copy(top):
    """The copy; False: this machine lets nobody make one."""
    root = top / 'root'
    if not mount('-t', 'tmpfs', 'none', top):
        return False
    for part in ('upper', 'work', 'root'):
        (top / part).mkdir()
    if not mount('-t', 'overlay', 'overlay', '-o', f'lowerdir=/,upperdir={top}/upper,workdir={top}/work', root):
        return False
    assert mount('-t', 'proc', 'proc', root / 'proc') and mount('--rbind', '/dev', root / 'dev')
    assert mount('-t', 'tmpfs', 'none', root / 'run')
    assert (root / str(SOURCE).lstrip('/') / 'README.md').exists(), 'the source is on another file system'
    os.chroot(root)
    os.chdir(SOURCE)
    for made in ('/etc/sallyport', '/var/lib/sallyport', '/var/backups/sallyport'):
        shutil.rmtree(made, ignore_errors=True)
    return True


def blocks():
    text = (SOURCE / 'contrib/production/README.md').read_text()
    return [block.strip().split('\n') for block in re.findall(r'^```sh\n(.*?)^```', text, re.M | re.S)]


def run(line, env):
    given = None
    if line.startswith('cat > '):
        given = 'canary of the relay\n'
    if 'keys export' in line:
        line, given = line + ' --passphrase-file -', PASSPHRASE + '\n'
    words = ['bash', '-ec', line]
    if line == 'sallyport apply -f tenant.json':        # it asks, at a terminal, and is told yes
        words, given = ['script', '-qec', line, '/dev/null'], 'yes\n'
    done = subprocess.run(words, input=given or '', capture_output=True, text=True, timeout=120, env=env)
    told = done.stdout + done.stderr
    print(f'$ {line}\n{told}', end='', flush=True)
    if line == 'sallyport doctor':      # nobody answers in this network: that alone may be wrong
        wrong = set(re.findall(r'^wrong +(\S+(?: \S+)?)  ', done.stdout, re.M))
        assert done.returncode == 1 and {word.strip() for word in wrong} <= {'relay', 'sender'}, told
        return told
    assert done.returncode == 0, told
    return told


def edit():
    """What the text says in words: the reader's own name, and his tenant."""
    path = pathlib.Path('/etc/sallyport/sallyport.yaml')
    path.write_text(path.read_text().replace('smtp.example.com', 'localhost'))
    shutil.copy(SOURCE / 'conf/woodgrove.json', SOURCE / 'tenant.json')


def inside(top):
    if not copy(top):
        sys.exit(77)
    shims = pathlib.Path('/run/shims')
    shims.mkdir()
    for name, text in SHIMS.items():
        (shims / name).write_text('#!/bin/bash\n' + text + '\n')
        (shims / name).chmod(0o755)
    env = {'PATH': f'{shims}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root',
           'REAL_MESON': shutil.which('meson')}
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    told, ran = '', 0
    for block in blocks():
        for line in block:
            told += run(line.replace('YOUR.NAME', NAME).replace('you@your.domain', 'you@example.com'), env)
            ran += 1
            if line.startswith('cat > '):
                edit()
    after(env, told, ran)


def after(env, told, ran):
    """It serves, as its own user, behind what only he may read; and what was restored is there."""
    assert ran > 25 and 'restored: ' in told and 'the key file' in told, ran
    assert 'woodgrove' in run('sallyport tenant list', env)
    people = run('sallyport user list --tenant woodgrove', env)
    assert 'ann@woodgrove.example' in people, people
    owners = run('stat -c "%U %a %n" /var/lib/sallyport /var/lib/sallyport/db /var/lib/sallyport/keys/server.key '
                 '/etc/sallyport/relay.password /var/backups/sallyport/first.backup /root/sallyport.keycopy', env)
    assert owners.split('\n')[:6] == [
        'sallyport 700 /var/lib/sallyport', 'sallyport 700 /var/lib/sallyport/db',
        'sallyport 600 /var/lib/sallyport/keys/server.key', 'sallyport 400 /etc/sallyport/relay.password',
        'root 600 /var/backups/sallyport/first.backup', 'root 600 /root/sallyport.keycopy'], owners
    assert 'canary of the relay' not in told + pathlib.Path('/run/sallyport.log').read_text()
    run('systemctl stop sallyport', env)
    print(f'{ran} lines of the README were run')


if len(sys.argv) > 6:
    inside(pathlib.Path(sys.argv[6]))
else:
    outside()
