"""A server of its own for a measurement, with customers: everything in one folder."""
import atexit
import concurrent.futures
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tests'))
from server import Unix, free_port      # noqa: E402

ROBOT = 'bench-robot-secret-of-forty-three-letters-0'
PASSWORD = 'orange-Kettle-17-ladder'
CALLBACK = 'http://127.0.0.1:9/callback'
PLUGINS = ('plugins/lmdb.so', 'plugins/conditional-access.so', 'contrib/bench/count.so',
           'contrib/bench/sink.so')


def cpu_seconds(pid):
    """What a process has used, in all its threads."""
    text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    fields = text.rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Admin(Unix):
    def post(self, path, body, tenant=None):
        headers = {'Content-Type': 'application/json'}
        if tenant:
            headers['Sallyport-Tenant'] = tenant
        self.request('POST', path, json.dumps(body), headers)
        reply = self.getresponse()
        text = reply.read().decode()
        if reply.status not in (200, 201):
            raise SystemExit(f'POST {path}: {reply.status} {text[:600]}')


def tenant_document(name):
    def make(what):
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f'{what}.{name}.bench.example'))

    def app(what, algorithm='RS256'):
        return {'id': make(what + '-object'), 'appId': make(what), 'displayName': what,
                'publicClient': {'redirectUris': [CALLBACK]},
                'idTokenSignedResponseAlg': algorithm}
    apps = [app('guarded'), app('open'), app('guarded-es256', 'ES256'),
            app('open-es256', 'ES256')]
    robot = {'id': make('robot-object'), 'appId': make('robot'), 'displayName': 'robot',
             'web': {'redirectUris': [CALLBACK]}, 'passwordCredentials': [{'displayName': 'bench', 'secretText': ROBOT}]}
    return {
        'tenant': {'id': make('tenant'), 'name': name, 'displayName': name,
                   'defaultLocale': 'en', 'mailFrom': f'accounts@{name}.example'},
        'applications': [*apps, robot],
        'userFlows': [{
            '@odata.type': '#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow',
            'id': make('flow'), 'displayName': 'Sign in',
            'conditions': {'applications': {'includeApplications': [
                {'appId': one['appId']} for one in apps]}},
            'onInteractiveAuthFlowStart': {'isSignUpAllowed': True},
            'onAuthenticationMethodLoadStart': {
                'identityProviders': [{'id': 'EmailPassword-OAUTH'}]}}],
        'authenticationMethodConfigurations': [{
            '@odata.type': '#microsoft.graph.emailAuthenticationMethodConfiguration',
            'id': 'Email', 'state': 'enabled', 'allowExternalIdToUseEmailOtp': 'default',
            'includeTargets': [{'targetType': 'group', 'id': 'all_users'}],
            'excludeTargets': []}],
        'conditionalAccessPolicies': [{
            'id': make('policy'), 'displayName': 'Require MFA', 'state': 'enabled',
            'conditions': {
                'clientAppTypes': ['all'],
                'applications': {'includeApplications': ['All'],
                                 'excludeApplications': [make('open'), make('open-es256')]},
                'users': {'includeUsers': ['All']}},
            'grantControls': {'operator': 'OR', 'builtInControls': ['mfa']}}]}


class World:
    """`cheap`: with the least hash there is. `counted`: commits are counted."""

    def __init__(self, folder, build, source, cheap=False, counted=False):
        self.folder, self.build = pathlib.Path(folder), pathlib.Path(build)
        self.port, self.number, self.turns = free_port(), 0, {}
        for name in ('plugins', 'state', 'db'):
            (self.folder / name).mkdir(mode=0o700, parents=True)
        for file in PLUGINS:
            shutil.copy(self.build / file, self.folder / 'plugins')
        # Copies, so that a build meanwhile changes nothing.
        shutil.copy(self.build / 'core/sallyportd', self.folder / 'server')
        self.codes, self.people = self.folder / 'codes', self.folder / 'people'
        self.es256 = self.folder / 'people-es256'    # the same, with apps that ask for ES256
        self.robots = self.folder / 'robots'         # applications that act for themselves
        os.mkfifo(self.codes, 0o600)
        self.counts = self.folder / 'counts'
        records = f'count.so, counts: {self.counts}' if counted else 'lmdb.so'
        conf = self.folder / 'sallyport.yaml'
        conf.write_text(f'''server:
  state: {self.folder}/state
  plugins: {self.folder}/plugins
  pages: {source}/conf
  mail: [sink]
{"  password_memory: 8k" if cheap else ""}
{"  password_passes: 1" if cheap else ""}
listen:
  public: {{ address: "127.0.0.1:{self.port}", surfaces: [pages, oidc] }}
plugin:
  main: {{ file: {records}, path: {self.folder}/db }}
  ca: {{ file: conditional-access.so }}
  sink: {{ file: sink.so, codes: {self.codes} }}
''')
        self.log = self.folder / 'log'
        with open(self.log, 'w') as log:
            self.process = subprocess.Popen(
                [str(self.folder / 'server'), '--conf', str(conf)] +
                (['--bench'] if cheap else []), stderr=log)
        atexit.register(self.process.kill)      # however this ends; one that has ended stays so
        self.wait()

    def wait(self):
        for _ in range(600):
            with socket.socket() as sock:
                if sock.connect_ex(('127.0.0.1', self.port)) == 0 and (self.folder / 'state/admin.sock').exists():
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f'the server does not start:\n{self.log.read_text()[-2000:]}')

    def seed(self, tenants, people):
        """So many tenants, and customers spread over them."""
        names = [f'bench{i}' for i in range(tenants)]
        admin = Admin(self.folder / 'state/admin.sock')
        documents = [tenant_document(name) for name in names]
        for document in documents:
            admin.post('/v1.0/apply', document)
        local = threading.local()

        def create(i):
            if not hasattr(local, 'admin'):
                local.admin = Admin(self.folder / 'state/admin.sock')
            name = names[i % tenants]
            local.admin.post('/v1.0/users', {
                'displayName': f'Customer {i}',
                'identities': [{'signInType': 'emailAddress', 'issuer': name,
                                'issuerAssignedId': f'p{i}@bench.example'}],
                'accountEnabled': True, 'passwordProfile': {'password': PASSWORD}}, name)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(create, range(people)))
        with open(self.robots, 'w') as file:
            for i in range(people):
                robot = documents[i % tenants]['applications'][-1]['appId']
                print(names[i % tenants], robot, robot, f'p{i}@bench.example', ROBOT, file=file)
        for path, first in ((self.people, 0), (self.es256, 2)):
            with open(path, 'w') as file:
                for i in range(people):
                    apps = documents[i % tenants]['applications']
                    print(names[i % tenants], apps[first]['appId'], apps[first + 1]['appId'],
                          f'p{i}@bench.example', PASSWORD, file=file)

    def command(self, mode, many, port=None, **options):
        # Whoever has mail sent, or is wrong, takes turns with his like: each has a budget.
        turn = {'prepare': 'mfa'}.get(mode, mode)
        flows = options.get('count') or 2000
        command = [str(self.build / 'contrib/bench/bench-drive'), mode, '--port',
                   str(port or self.port), '--people', str(options.pop('people', self.people)),
                   '--many', str(many), '--first', str(self.number), '--person',
                   str(self.turns.get(turn, 0))]
        self.number += flows
        self.turns[turn] = self.turns.get(turn, 0) + flows
        if mode in ('mfa', 'prepare', 'resend'):
            command += ['--codes', str(self.codes)]
        for name, value in options.items():
            command += ['--' + name, str(value)]
        return command

    def drive(self, mode, many, pid=None, **options):
        """One run of the driver; its report, with the server's share of the processor."""
        cpu = cpu_seconds(pid or self.process.pid)
        run = subprocess.run(self.command(mode, many, **options), stdout=subprocess.PIPE,
                             text=True, timeout=600, check=False)
        if self.process.poll() is not None:
            raise SystemExit(f'the server has ended with {self.process.returncode}:\n'
                             f'{self.log.read_text()[-500:]}')
        if not run.stdout:
            raise SystemExit(f'bench-drive {mode}: exit status {run.returncode}')
        report = json.loads(run.stdout)
        report['cpu'] = cpu_seconds(pid or self.process.pid) - cpu
        return report

    def stop(self):
        """Its greatest use of memory, in MiB."""
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        peak = {line.split(':')[0]: line.split()[1] for line in status.splitlines()
                if line.startswith(('VmHWM', 'RssAnon'))}
        self.process.terminate()
        if self.process.wait(timeout=60) != 0:
            raise SystemExit(f'the server ended with {self.process.returncode}:\n'
                             f'{self.log.read_text()[-2000:]}')
        return {name: round(int(kib) / 1024, 1) for name, kib in peak.items()}
