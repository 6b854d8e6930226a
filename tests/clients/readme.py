"""README.md, "Integrate an app", as it is written: readme.py SALLYPORTD PLUGINS SOURCE SALLYPORT

Each command is run, each program is kept under the name that it says, in a folder of their own; people go through them
in Chromium. Stood in for are the ports, which may be taken, and `npm install`, which was done before.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request

from installed import installed
from house import House
from person import Person
from world import SOURCE, free_port, main, named, same, until

modules = installed()
house = House()
house.mfa()
tests = []
test = named(tests)
place = house.place / 'apps'
place.mkdir()
(place / 'node_modules').symlink_to(modules)
(place / 'sallyport').symlink_to(pathlib.Path(sys.argv[4]).resolve())
running = []
HOMES = {port: f'http://127.0.0.1:{free_port()}' for port in ('3000', '3001', '3002')}
env = {**os.environ, 'SALLYPORT_SOCKET': str(house.socket), 'PATH': f'{place}:{os.environ["PATH"]}',
       'NODE_OPTIONS': '--experimental-global-webcrypto'}      # Node 18
printed = {}        # of each app: "client id", "secret"


def here(text):
    """With this test's addresses, and what was printed when the apps were registered."""
    text = text.replace('http://127.0.0.1:8080', house.base)
    for port, home in HOMES.items():
        text = text.replace(f'http://127.0.0.1:{port}', home).replace(port, home.rpartition(':')[2])
    return text


def blocks():
    """(language, text) of each block of the section; the issuer is the one that stands between them."""
    section = re.search(r'^## Integrate an app\n(.*?)^## ', pathlib.Path(SOURCE, 'README.md').read_text(), re.M | re.S)
    env['ISSUER'] = here(re.search(r'^    export ISSUER=(\S+)$', section[1], re.M)[1])
    return re.findall(r'^```(\w+)\n(.*?)^```', section[1], re.M | re.S)


def keep(text, **words):
    name = re.search(r'([\w.]+\.(?:mjs|py|html))', text)[1]
    for word, value in words.items():
        text = text.replace(word.replace('_', '-'), value)
    (place / name).write_text(here(text))
    return name


def register(line):
    """`sallyport app add`: what it printed."""
    told = subprocess.run(here(line), shell=True, cwd=place, env=env, check=True, capture_output=True, text=True).stdout
    found = dict(re.findall(r'^(client id|secret) +(\S+)', told, re.M))
    house.canaries.update(found[name] for name in found if name == 'secret')
    printed[shlex.split(line)[3]] = found
    return found


def answers(url):
    try:
        urllib.request.urlopen(url).close()
    except urllib.error.HTTPError:
        pass
    except OSError:
        return False
    return True


def start(line, port, **words):
    for word, value in words.items():
        line = line.replace(word.replace('_', '-'), value)
    running.append(subprocess.Popen('exec env ' + here(line), shell=True, cwd=place, env=env,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    until(lambda: answers(HOMES[port] + '/'), line)


def add_and_run(commands, port):
    """The commands of one app, the program of which is kept already."""
    lines = commands.strip().split('\n')
    found = register(lines[0])
    same([line.split()[:2] for line in lines[1:-1]], [['npm', 'install']] * (len(lines) - 2))
    start(lines[-1], port, its_client_id=found['client id'], its_secret=found.get('secret', ''))
    return found


parts = blocks()
same([language for language, _ in parts], ['sh', 'js', 'sh', 'python', 'sh', 'html'])


@test('readme', 'the web app: sign-in by both doors, and out')
def web_app():
    same(keep(parts[1][1]), 'server.mjs')
    add_and_run(parts[0][1], '3000')
    with Person(house, HOMES['3000']) as person:
        person.driver.get(person.url)
        person.press('in')
        person.pass_doors()
        person.see('Hello, Customer')
        person.press('out')
        person.press('in')
        person.see_door()
        person.driver.get(person.url + '/callback?code=x&state=y')
        person.see('That did not work')


@test('readme', 'the single-page app calls the API')
def page_and_api():
    same(keep(parts[3][1]), 'api.py')
    api = add_and_run(parts[2][1], '3002')
    commands = parts[4][1]
    found = register(commands.split('\n')[0])
    same(keep(parts[5][1], its_client_id=found['client id'], the_api_client_id=api['client id']), 'index.html')
    start(commands.strip().split('\n')[-1], '3001')
    with Person(house, HOMES['3001']) as person:
        person.driver.get(person.url)
        person.press('in')
        person.pass_doors()
        person.see('Customer: bread, butter')
        kept = json.loads(person.driver.execute_script(
            'return Object.values(sessionStorage).find((text) => text.includes("access_token"))'))
        api_refuses(kept['access_token'], kept['id_token'])
        person.press('out')
        person.press('in')
        person.see_door()


def asked(**headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(HOMES['3002'] + '/', headers=headers)) as answer:
            return answer.status, None
    except urllib.error.HTTPError as error:
        return error.code, error.headers['WWW-Authenticate']


def api_refuses(token, id_token):
    """Everything but that one token (req69, req81)."""
    same(asked(Authorization='Bearer ' + token), (200, None))
    same(asked(), (401, 'Bearer'))
    for wrong in (id_token, 'x', token[:-4] + 'AAAA', token + '.'):
        same(asked(Authorization='Bearer ' + wrong), (401, 'Bearer error="invalid_token"'))


def end():
    for process in running:
        process.terminate()
        process.wait(60)
    Person.gone()


tests.append(('the apps end', end))
main(tests, [('the apps', house)])
