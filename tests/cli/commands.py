"""Each command of the operator's tool: commands.py SALLYPORT SALLYPORTD PLUGINS SOURCE

Help, names, exit statuses, what is printed of what the server says (req241).
"""
import http.server
import json
import os
import pty
import re
import select
import socketserver
import subprocess
import tempfile
import threading

from tool import SALLYPORT, Tool, check, environment, run, server, woodgrove
from server import until

HELP = Tool().fine('--help')
COMMANDS = [re.split(r'  +| -f| \[| [A-Z]', line[2:])[0] for line in
            HELP.split('\n\n')[2].splitlines()]


def helps():
    check(len(COMMANDS) > 25 and 'policy set-state' in COMMANDS and 'apply' in COMMANDS, COMMANDS)
    tool = Tool()
    for command in COMMANDS:
        told = tool.fine(*command.split(), '--help')
        check(told == tool.fine('help', *command.split()), command)
        check(f'Example:\n  $ sallyport {command}' in told, command, told)
        check(f'When it goes wrong:\n  $ sallyport {command}' in told, command, told)
        check(re.search('\n  (sallyport: |WRONG  )', told.split('When it goes wrong:')[1]), command)
        check(max(map(len, told.splitlines())) < 160, command)
    check('policy set-state' in tool.fine('policy', '--help'))
    check(tool.fine('--version').startswith('sallyport '))


def usage():
    tool = Tool()
    for words, answer in ((('polcy', 'list'), 'policy list'), (('policy', 'lst'), 'policy list'),
                          (('aply',), 'apply'), (('app', 'list', '--jsno'), '--json'),
                          (('policy',), 'policy set-state'), (('user', 'show'), 'missing'),
                          (('user', 'show', 'a', 'b'), 'too many'), (('app', 'list', '-f', 'x'),
                          'does not take --file'), (('app', 'list', '--tenant'), 'needs a value'),
                          (('app', 'list', '--json=yes'), 'takes no value'),
                          (('frobnicate',), 'sallyport --help'),
                          (('policy', 'set-state', 'x', 'y', 'z'), 'too many')):
        check(answer in tool.refused(2, *words), words)
    status, out, err = tool()
    check(status == 2 and out == '' and 'Exit status' in err)


def unreachable():
    tool = Tool('/nowhere/admin.sock')
    for words in (('app', 'list'), ('version',), ('mail', 'queue'), ('signins', '--follow')):
        told = tool.refused(4, *words)
        check('/nowhere/admin.sock' in told and '--socket' in told and 'SALLYPORT_SOCKET' in told,
              told)
    told = tool.refused(4, 'plugin', 'list', '--state', '/other')
    check('/other/admin.sock' in told, told)
    told = tool.refused(4, 'plugin', 'list', '--socket', '/third.sock', '--state', '/other')
    check('/third.sock' in told, told)
    check('/var/lib/sallyport/admin.sock' in Tool().refused(4, 'plugin', 'list'))


def lists(tool):
    tool.fine('admin', 'add', 'eve@example.com', '--role', 'global-reader', '--all')
    tool.fine('token', 'create', '--role', 'global-reader', '--all')
    tool.fine('apply', '-f', '-', given=json.dumps({'tenant': {'name': 'woodgrove'}, 'namedLocations': [
        {'@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Head office', 'ipRanges': ['192.0.2.0/24']}]}))
    for command in COMMANDS:
        if re.fullmatch(r'\S+ list', command):
            table = tool.fine(*command.split()).splitlines()
            check(re.match(r'[A-Z]+  ', table[0] + '  '), table)
            rows = tool.json(*command.split())['value']
            check(len(rows) == len(table) - 1 > 0, command, table)
    check(tool.fine('tenant', 'get') == tool.fine('tenant', 'get', 'woodgrove'))
    for kind, name in (('app', 'Woodgrove Club'), ('flow', 'Club'), ('method', 'email'),
                       ('policy', 'Block Partners'), ('group', 'Break glass'), ('context', 'c1'), ('location', 'Head office')):
        one = json.loads(tool.fine(kind, 'get', name))
        check(json.loads(tool.fine(kind, 'get', one['id'])) == one, kind)
        told = tool.refused(1, kind, 'get', 'Nobody')
        check(f"there is no {kind} 'Nobody'" in told, told)
    told = tool.refused(1, 'policy', 'get', 'Block Partner')
    check("Did you mean 'Block Partners'?" in told, told)
    check(json.loads(tool.fine('group', 'get', 'Break glass'))['members'] ==
          ['e7a4b1c2-3d5f-4a60-8b91-c0d1e2f3a402'])


def customers(tool, running):
    secret = 'correct horse battery staple'
    made = tool.json('user', 'add', 'Zoe@example.com', '--name', 'Zoë', '--password-file', '-',
                     given=secret + '\n')
    check(secret not in running.log.read_text())
    check(tool.json('user', 'show', 'zoe@example.com')['id'] == made['id'])
    check('displayName: Zoë\n' in tool.fine('user', 'show', made['id']))
    check("another user's" in tool.refused(1, 'user', 'add', 'zoe@example.com'))
    check('no password' in tool.refused(2, 'user', 'add', 'y@example.com', '--password-file', '-',
                                        given='\n'))
    for verb, enabled in (('disable', False), ('enable', True), ('unlock', True), ('reset', True)):
        tool.fine('user', verb, 'zoe@example.com')
        check(tool.json('user', 'show', made['id'])['accountEnabled'] is enabled, verb)
    tool.fine('sessions', 'revoke', 'zoe@example.com')
    for verb, there in (('add-member', True), ('remove-member', False)):
        told = tool.fine('group', verb, 'Loyalty members', 'zoe@example.com')
        if there:
            check(tool.fine('group', verb, 'Loyalty members', 'zoe@example.com') == told, told)
        members = json.loads(tool.fine('group', 'get', 'Loyalty members'))['members']
        check((made['id'] in members) is there, verb, members)
    check(f"User '{made['id']}' is not in this group" in
          tool.refused(1, 'group', 'remove-member', 'Loyalty members', 'zoe@example.com'))
    listed = tool.fine('audit', 'list', '--top', '2').split('\n')
    check('Remove member from group' in listed[1] and 'Add member to group' in listed[2], listed)
    check(f"uid {os.getuid()}" in listed[1] and 'success' in listed[1], listed)
    check('from 1 to 999' in tool.refused(2, 'audit', 'list', '--top', '0'))
    tool.refused(3, 'user', 'delete', 'zoe@example.com')
    tool.fine('user', 'delete', 'zoe@example.com', '--yes')
    tool.refused(3, 'user', 'erase', made['id'])
    check('forget him' in tool.fine('user', 'erase', made['id'], '--yes'))
    told = tool.refused(1, 'user', 'show', 'zoe@example.com')
    check("no customer 'zoe@example.com'" in told, told)
    status, out, err = tool('user', 'list', '--top', '2')
    check(status == 0 and len(out.splitlines()) == 3 and '--all' in err, out, err)
    check(len(tool.fine('user', 'list', '--top', '1', '--all').splitlines()) == 4)
    check(len(tool.fine('user', 'list', 'grace@').splitlines()) == 2)


def service(tool, running):
    check('server 0.' in tool.fine('version') and tool.json('version')['version'])
    tool.fine('mail', 'test', 'me@example.com')
    check(running.mail_to('me@example.com').code == '00000000')
    check('name@example.com' in tool.refused(1, 'mail', 'test', 'me'))
    tool.fine('mail', 'queue')
    tool.refused(1, 'mail', 'retry', '00000000-0000-4000-8000-000000000001')
    tool.fine('keys', 'rotate')
    tool.fine('signins', '--top', '3')
    check(tool.json('signins')['value'] == [])
    check('from 1 to 999' in tool.refused(2, 'signins', '--top', '0'))
    tool.fine('method', 'set-state', 'email', 'off')
    check(tool.json('method', 'get', 'Email')['state'] == 'disabled')
    check('wanted: on, off' in tool.refused(2, 'method', 'set-state', 'email', 'report-only'))


GHOST = '00000000-0000-4000-8000-000000000001'
ANN = 'ann@example.com'
NOBODY = '1b521e2d-ff01-4b40-8b6c-aae0edbc0bf6'
# command -> arguments that do, and arguments that don't; None: one of the two cannot be had.
WALK = {
    'apply': (['-f', '-', '--yes'], ['-f', '/nowhere.json']),
    'backup': (['{folder}/backup'], ['{folder}']),
    'init': (['{folder}/made', 'https://login.example.com'], ['{folder}/made', 'login.example.com']),
    'tenant list': ([], ['--top', '1']), 'tenant get': ([], ['nowhere']),
    **{f'{kind} list': ([], ['--tenant', 'nowhere']) for kind in ('app', 'context', 'flow', 'location', 'policy', 'method',
                                                                   'group')},
    'app add': (['Walked', '--secret'], ['Walked', '--flow', 'x']),
    'app publish': (['Walked', 'read'], ['Walked', 'openid']),
    **{f'app {verb}': (['Woodgrove Club', 'Walked', 'read'], ['Woodgrove Club', 'Walked', 'x']) for verb in ('grant', 'withdraw')},
    'app secret add': (['Walked'], ['Walked', '--expires', 'x']), 'app secret list': (['Walked'], ['x']),
    'app secret remove': (None, ['Walked', GHOST]), 'app key add': (None, ['Walked']), 'app key list': (['Walked'], ['x']),
    'app key remove': (None, ['Walked', GHOST]), 'app consent list': (None, [GHOST]),
    'app consent revoke': (None, ['ann@woodgrove.example', 'Walked']),
    'app get': (['Woodgrove Club'], ['x']), 'flow get': (['Club'], ['x']), 'method get': (['email'], ['x']),
    'context get': (['c1'], ['x']), 'location get': (['Head office'], ['x']), 'policy get': (['Block Partners'], ['x']), 'group get': (['Break glass'], ['x']),
    'policy set-state': (['Require MFA for customers', 'on', '--yes'], ['Block Partners', 'maybe']),
    'method set-state': (['email', 'on', '--yes'], ['sms', 'on']),
    'user add': ([ANN], ['bad']), 'user list': (['--all', '--top', '1'], ['--top', 'x']),
    'user show': ([ANN], [GHOST]), 'user disable': ([ANN], [GHOST]), 'user enable': ([ANN], [GHOST]),
    'user unlock': ([ANN], [GHOST]), 'user reset': ([ANN], [GHOST]), 'sessions revoke': ([ANN], [GHOST]),
    'group add-member': (['Break glass', ANN], ['Break glass', GHOST]),
    'group remove-member': (['Break glass', ANN], ['Break glass', GHOST]),
    'admin add': ([ANN, '--role', 'global-reader', '--all'], ['bad', '--role', 'global-reader', '--all']),
    'admin list': ([], ['x']), 'admin link': ([ANN], []), 'admin remove': ([ANN, '--yes'], [GHOST]),
    'token create': (['--all', '--role', 'Global Reader'], ['--all', '--role', 'x']), 'token list': ([], ['x']),
    'token revoke': (None, [GHOST]),
    'signins': (['--user', ANN, '--failed', '--since', '1d'], ['--top', 'x']), 'audit list': (['--user', ANN, '--since', '2h'], ['--since', 'x']), 'audit verify': ([], ['--tenant', 'nowhere']),
    'signups': (['--days', '7'], ['--days', '0']), 'keys rotate': ([], ['x']),
    'mail queue': ([], ['x']), 'mail retry': (None, [GHOST]), 'mail test': ([ANN], ['bad']),
    'backtest': (['--days', '7'], ['--days', '1000']),
    'lint': (None, ['--tenant', 'nowhere']),
    'what-if': (['--user', ANN, '--app', 'Woodgrove Club', '--platform', 'iOS'], ['--user', ANN, '--app', 'x']),
    'user delete': ([ANN, '--yes'], [ANN]),
    'user erase': ([NOBODY, '--yes'], [NOBODY]),
    'keys export': (None, ['/nowhere/copy', '--conf', '/nowhere']), 'keys import': (None, ['/nowhere/copy', '--conf', '/nowhere']),
    'doctor': (None, ['--file', 'x']), 'plugin check': (None, ['/nowhere.so', 'no-value']),
    'export': ([], ['x']), 'plugin list': ([], ['x']), 'version': ([], ['x']),
}


def one_value(tool, words, good):
    """The one JSON value that is on stdout, and nothing else there."""
    given = json.dumps(woodgrove()) if words[0] == 'apply' else None
    status, out, err = tool(*words, '--json', given=given)
    check((status == 0) is good, words, status, out, err)
    return json.loads(out)


def json_everywhere(tool, folder):
    """With --json each command prints one value, also of what is refused (req241)."""
    check(set(WALK) == set(COMMANDS), 'not walked, or gone:', set(WALK) ^ set(COMMANDS))
    for command, (good, bad) in WALK.items():
        fill = [word.replace('{folder}', folder) for word in (good or [])]
        if command in ('user delete', 'user erase'):        # asked for first: nobody is there to say yes
            error = one_value(tool, [*command.split(), *bad], False)['error']
            check(error['code'] == 'ConfirmationRequired', error)
        if good is not None:
            told = one_value(tool, [*command.split(), *fill], True)
            check(isinstance(told, dict) and told and 'error' not in told, command, told)
        error = one_value(tool, [*command.split(), *(word.replace('{folder}', folder) for word in bad)], False)['error']
        check(error['code'] and error['message'] and error['target'], command, error)
        check(one_value(tool, [*command.split(), '--no-such-option'], False)['error']['code'] == 'BadUsage', command)
    for words in ((), ('frobnicate',)):
        check(one_value(tool, words or ('policy',), False)['error']['message'], words)
    for command in ('app list', 'user add x@example.com', 'mail queue', 'version'):
        error = one_value(Tool('/nowhere/admin.sock'), command.split(), False)['error']
        check(error['code'] == 'ServerUnreachable' and '/nowhere' in error['message'], error)
    people = [{'identities': [{'issuerAssignedId': name}]} for name in ('bad', 'worse')]
    status, out, err = tool('apply', '-f', '-', '--yes', '--json', given=json.dumps(woodgrove(users=people)))
    check(status == 1 and json.loads(out), status, out, err)


def operators_words(tool):
    """A wrong address is told as it was typed, with what is allowed."""
    told = tool.refused(1, 'user', 'add', 'bad')
    check("'bad' is no address" in told and 'name@example.com' in told and 'identities' not in told, told)


class Evil(http.server.BaseHTTPRequestHandler):
    """Says whatever it has been given, whoever asks: `said`, or what answers() makes of a path."""
    said = b''
    answers = None

    def do_GET(self):
        if Evil.answers is not None:
            Evil.said = json.dumps(Evil.answers(self.path)).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(self.said)))
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, *words):
        pass


class EvilServer(socketserver.UnixStreamServer):
    def get_request(self):
        return self.socket.accept()[0], ('evil', 0)


def hostile():
    """Nothing that a server says moves the operator's cursor (req241)."""
    bad = 'Red\x1b[31m\r\nNEW LINE \u009b31m \u202egnp.exe \x7f'
    user = {'id': bad, 'displayName': bad, 'userPrincipalName': bad, bad: bad,
            'identities': [{'issuerAssignedId': bad}]}
    raw = re.compile('[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]')
    with tempfile.TemporaryDirectory() as folder:
        path = folder + '/evil.sock'
        with EvilServer(path, Evil) as evil:
            threading.Thread(target=evil.serve_forever, daemon=True).start()
            tool = Tool(path)
            for answer, *words in (({'value': [user]}, 'user', 'list'), (user, 'user', 'show', 'x'),
                                   (user, 'user', 'show', 'x', '--json'),
                                   ({'value': [user]}, 'signins')):
                Evil.said = json.dumps(answer).encode()
                told = tool.fine(*words, '--tenant', 't')
                check(not raw.search(told) and 'NEW LINE' in told, words, ascii(told))
                check(words[1:] != ['list'] or len(told.splitlines()) == 2, ascii(told))
            Evil.said = json.dumps(user).encode()
            check(tool.json('user', 'show', 'x', '--tenant', 't') == user, 'JSON was bent')
            twins = [{**user, 'id': '1' + bad}, {**user, 'id': '2' + bad}]
            Evil.said = json.dumps({'value': twins}).encode()
            told = tool.refused(1, 'app', 'get', bad, '--tenant', 't')
            check(not raw.search(told) and 'more than one' in told, ascii(told))
            for said in (b'\x1b[31m', b'{"a"', b'[' * 100, b'{"a": 1, "a": 2}'):
                Evil.said = said
                told = tool.refused(4, 'version')
                check('is no Sallyport' in told and not raw.search(told), ascii(told))
            evil.shutdown()
    check('control' in Tool().refused(2, 'app', 'list', '--tenant', 'x\r\nX-Evil: 1'))


def sign_in(number, code, *policies):
    return {'id': f'id-{number}', 'createdDateTime': f'2026-11-24T08:00:0{number}Z',
            'appDisplayName': 'Shop', 'userPrincipalName': 'a***@e***.com', 'ipAddress': '192.0.2.0',
            'status': {'errorCode': code, 'additionalDetails': 'credentials' if code else None},
            'appliedConditionalAccessPolicies': [{'displayName': name, 'result': result}
                                                 for name, result in policies]}


def followed():
    """Oldest first, then what is new, each once; policies that had a say, or would have."""
    asked = []

    def answers(path):
        asked.append(path)
        later = '@odata.deltaLink', 'http://localhost/v1.0/auditLogs/signIns?$top=50&after='
        if 'after=' not in path:
            return {'value': [sign_in(2, 50126), sign_in(1, 0, ('MFA', 'success'), ('Off', 'notApplied'))],
                    later[0]: later[1] + 'id-2'}
        return {'value': [sign_in(3, 50076, ('Try', 'reportOnlyFailure'))] * path.endswith('id-2'), later[0]: later[1] + 'id-3'}

    with tempfile.TemporaryDirectory() as folder:
        with EvilServer(folder + '/s.sock', Evil) as evil:
            threading.Thread(target=evil.serve_forever, daemon=True).start()
            Evil.answers = answers
            with subprocess.Popen([SALLYPORT, 'signins', '--follow', '--tenant', 't'], text=True,
                                  stdout=subprocess.PIPE,
                                  env=environment(folder + '/s.sock')) as done:
                lines = [done.stdout.readline() for line in range(4)]
                until(lambda: asked[-1].endswith('after=id-3'), 'the next look')
                done.terminate()
                lines += done.stdout.readlines()
            evil.shutdown()
    Evil.answers = None
    words = [re.split('  +', line.strip()) for line in lines]
    check([line[1] for line in words] == ['RESULT', 'success', 'failed: credentials',
                                          'second door asked'], lines)
    check([line[5] for line in words] == ['POLICIES', 'MFA: passed', '-', 'Try: would refuse'],
          lines)


def ambiguous(tool, running):
    first = 'Loyalty members'
    status, twin = running.admin('POST', '/v1.0/groups', {'displayName': first}, 'woodgrove')
    check(status == 201, status, twin)
    told = tool.refused(1, 'group', 'get', first)
    check(twin['id'] in told and 'd2e8f1a3-4b6c-4e27-9c38-6f7081a2b301' in told, told)
    check(json.loads(tool.fine('group', 'get', twin['id']))['displayName'] == first)


def tenants(tool, running):
    apps_before = tool.json('app', 'list')['value']
    tool.apply({'tenant': {'name': 'second', 'displayName': 'Second'}})
    told = tool.refused(2, 'app', 'list')
    check('woodgrove' in told and 'second' in told and '--tenant' in told, told)
    check(tool.json('app', 'list', '--tenant', 'second')['value'] == [])
    check(tool.json('app', 'list', env={'SALLYPORT_TENANT': 'woodgrove'})['value'] == apps_before)
    check("no tenant 'third'" in tool.refused(1, 'app', 'list', '--tenant', 'third'))


def granted(tool, client):
    """Scopes of an API one by one, for an application that may have the first."""
    def scopes():
        api = json.loads(tool.fine('app', 'get', 'Orders'))
        names = {scope['id']: scope['value'] for scope in api['api']['oauth2PermissionScopes']}
        needs = json.loads(tool.fine('app', 'get', client))['requiredResourceAccess']
        return sorted(names.values()), sorted(names[right['id']] for need in needs for right in need['resourceAccess'])
    told = tool.fine('app', 'publish', 'Orders', 'orders.pay')
    check("'Orders' has the scope orders.pay" in told, told)
    check(tool.fine('app', 'publish', 'Orders', 'orders.pay') == told)
    check(scopes() == (['orders.pay', 'orders.read'], ['orders.read']), scopes())
    for verb, left in (('grant', ['orders.pay', 'orders.read']), ('withdraw', ['orders.read'])):
        for _ in range(2):
            tool.fine('app', verb, 'Desk', 'Orders', 'orders.pay')
            check(scopes()[1] == left, verb, scopes())
    tool.fine('app', 'withdraw', client, 'Orders', 'orders.read')
    check(json.loads(tool.fine('app', 'get', client))['requiredResourceAccess'] == [])
    tool.fine('app', 'grant', client, 'Orders', 'orders.read')
    check("has no scope 'rea'" in tool.refused(1, 'app', 'grant', 'Desk', 'Orders', 'rea'))
    check("no app 'Order'" in tool.refused(1, 'app', 'withdraw', 'Desk', 'Order', 'orders.read'))
    check('server\'s own' in tool.refused(1, 'app', 'publish', 'Orders', 'openid'))


def apps(tool):
    told = tool.fine('app', 'add', 'Orders', '--scope', 'orders.read')
    api = re.fullmatch(r'client id  (\S{36})\nscope      api://\1/orders\.read\n', told)[1]
    told = tool.fine('app', 'add', 'Desk', '--web', 'https://desk.example/back', '--signed-out', 'https://desk.example/',
                     '--secret', '--flow', 'Club', '--calls', 'Orders')
    client, secret = re.fullmatch(r'client id  (\S{36})\nsecret     (\S{43})   \(shown this once\)\n', told).groups()
    made = json.loads(tool.fine('app', 'get', client))
    check(made['web']['redirectUris'] == ['https://desk.example/back'] and secret not in json.dumps(made), made)
    check(made['postLogoutRedirectUris'] == ['https://desk.example/'], made)
    check([need['resourceAppId'] for need in made['requiredResourceAccess']] == [api], made)
    check({'appId': client} in json.loads(tool.fine('flow', 'get', 'Club'))['conditions']['applications'][
        'includeApplications'])
    check(tool.json('app', 'add', 'Page', '--spa', 'https://page.example/')['spa']['redirectUris'], 'no URI')
    check(tool.json('app', 'add', 'Phone', '--native', 'com.example.phone:/back')['publicClient']['redirectUris'])
    granted(tool, client)
    known = len(tool.json('app', 'list')['value'])
    for words, answer in ((('--web', 'http://desk.example/back'), 'web.redirectUris[0]'),
                          (('--flow', 'Clubs'), "no flow 'Clubs'"), (('--calls', 'Order'), "no app 'Order'"),
                          (('--scope', 'a b'), 'oauth2PermissionScopes[0].value')):
        told = tool.refused(1, 'app', 'add', 'Wrong', *words)
        check(answer in told, words, told)
    check(len(tool.json('app', 'list')['value']) == known, 'an app was made all the same')


def credentials(tool, running):
    client = re.match(r'client id  (\S{36})', tool.fine('app', 'add', 'Robot', '--web', 'https://robot.example/'))[1]
    told = tool.fine('app', 'secret', 'add', 'Robot', '--name', 'first', '--expires', '90d')
    secret, first, until = re.match(r'secret  (\S{43})   \(shown this once\)\nid      (\S{36})\nuntil   (\S{20})\n', told).groups()
    second = tool.json('app', 'secret', 'add', client)
    check(len(second['secretText']) == 43 and 'secretHash' not in second and second['endDateTime'] > until, second)
    table = tool.fine('app', 'secret', 'list', 'Robot')
    check(first in table and 'first' in table and until in table and secret[:3] in table and secret not in table, table)
    rows = tool.json('app', 'secret', 'list', 'Robot')['value']
    check([row['keyId'] for row in rows] == [first, second['keyId']] and 'secretHash' not in str(rows), rows)
    tool.fine('app', 'secret', 'remove', 'Robot', first.upper())
    check([row['keyId'] for row in tool.json('app', 'secret', 'list', 'Robot')['value']] == [second['keyId']])
    check('no secret of this' in tool.refused(1, 'app', 'secret', 'remove', 'Robot', first))
    check('1d to 3660d' in tool.refused(2, 'app', 'secret', 'add', 'Robot', '--expires', '0'))
    key = {'kty': 'EC', 'crv': 'P-256', 'kid': 'one', 'x': 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
           'y': 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU'}
    made = tool.json('app', 'key', 'add', 'Robot', '-f', '-', '--name', 'signer', given=json.dumps(key))
    tool.fine('app', 'key', 'add', 'Robot', '-f', '-', given=json.dumps({'keys': [{**key, 'kid': 'two'}]}))
    rows = tool.json('app', 'key', 'list', 'Robot')['value']
    check([row['jwk']['kid'] for row in rows] == ['one', 'two'] and rows[0]['keyId'] == made['keyId'], rows)
    check('signer' in tool.fine('app', 'key', 'list', 'Robot'))
    check('private' in tool.refused(1, 'app', 'key', 'add', 'Robot', '-f', '-', given=json.dumps({**key, 'd': key['x']})))
    check('-f FILE' in tool.refused(2, 'app', 'key', 'add', 'Robot'))
    tool.fine('app', 'key', 'remove', 'Robot', made['keyId'])
    check([row['jwk']['kid'] for row in tool.json('app', 'key', 'list', 'Robot')['value']] == ['two'])
    check("has no key '" in tool.refused(1, 'app', 'key', 'remove', 'Robot', made['keyId']))
    check(tool.json('app', 'consent', 'list', 'ann@woodgrove.example')['value'] == [])
    check('has agreed to nothing of' in tool.refused(1, 'app', 'consent', 'revoke', 'ann@woodgrove.example', 'Robot'))
    check('no customer' in tool.refused(1, 'app', 'consent', 'list', 'nobody@example.com'))


def terminal(running):
    """Colours, and the question, only where somebody sits."""
    def at_terminal(answer, *words, **env):
        lead, follow = pty.openpty()
        with subprocess.Popen([SALLYPORT, *words], stdin=follow, stdout=follow, stderr=follow,
                              env={**environment(running.socket), 'TERM': 'xterm', **env}) as done:
            os.close(follow)
            text, fed = b'', False
            while select.select([lead], [], [], 60)[0]:
                try:
                    text += os.read(lead, 65536)
                except OSError:
                    break
                if b'[y/N]' in text and not fed:
                    os.write(lead, answer)
                    fed = True
            os.close(lead)
            return done.wait(60), text.decode()

    plain = {'SALLYPORT_TENANT': 'woodgrove'}
    status, told = at_terminal(b'', 'app', 'list', **plain)
    check(status == 0 and '\x1b[1m' in told, ascii(told))
    status, told = at_terminal(b'', 'app', 'list', NO_COLOR='1', **plain)
    check(status == 0 and '\x1b' not in told, ascii(told))
    status, told = at_terminal(b'n\n', 'user', 'delete', 'grace@woodgrove.example', **plain)
    check(status == 3 and 'nothing was changed' in told, status, told)
    status, told = at_terminal(b'y\n', 'user', 'delete', 'grace@woodgrove.example', **plain)
    check(status == 0 and 'is deleted' in told, status, told)


def follow(running):
    """The table begins before anybody signs in; ^C ends it."""
    with subprocess.Popen([SALLYPORT, 'signins', '--follow', '--tenant', 'woodgrove'],
                          stdout=subprocess.PIPE, env=environment(running.socket)) as done:
        check(done.stdout.readline().startswith(b'TIME'))
        done.terminate()


def with_server():
    with server() as running:
        tool = Tool(running.socket)
        check('apply' in tool.refused(1, 'app', 'list'))
        tool.apply(woodgrove())
        lists(tool)
        customers(tool, running)
        service(tool, running)
        operators_words(tool)
        json_everywhere(tool, str(running.folder))
        ambiguous(tool, running)
        apps(tool)
        credentials(tool, running)
        tenants(tool, running)
        terminal(running)
        follow(running)


run(helps, usage, unreachable, hostile, followed, with_server)
